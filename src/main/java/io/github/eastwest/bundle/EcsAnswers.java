package io.github.eastwest.bundle;

import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.ecs.CloudMap;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceDeployment;
import io.github.eastwest.model.ecs.ServiceRevision;
import io.github.eastwest.model.ecs.TaskDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * All ECS and Cloud Map answers of a bundle, each thing once.
 *
 * @param snapshot as the model wants it
 * @param tasks the tasks with what the model does not keep
 * @param instances Cloud Map's instances with what the model does not keep
 * @param serviceNames every service that any answer names
 * @param clusterNames every cluster that any answer names
 */
record EcsAnswers(
        Snapshot.Ecs snapshot,
        List<EcsMapper.TaskAnswer> tasks,
        List<CloudMapMapper.InstanceAnswer> instances,
        Set<String> serviceNames,
        Set<String> clusterNames) {
    /** AWS promises no order of tasks, and what is found must not depend on it. */
    private static final Comparator<EcsMapper.TaskAnswer> BY_AGE = Comparator.comparing((EcsMapper.TaskAnswer answer) ->
                    answer.task().lifecycle().createdAt().orElse(Instant.MAX))
            .thenComparing(answer -> answer.task().id())
            .thenComparing(EcsMapper.TaskAnswer::cluster);

    /**
     * Services and clusters: what tells which clusters the edge lies in.
     *
     * @param services services
     * @param clusters clusters
     * @param arns ARNs of the services, which tell account and region
     */
    record Services(List<Service> services, List<Snapshot.Cluster> clusters, List<String> arns) {
        static Services read(Answers answers) {
            List<String> arns = new ArrayList<>();
            return new Services(
                    once(
                            answers.read("ecs/describe-services", "services", json -> {
                                Optional<Service> service = EcsMapper.service(json);
                                if (service.isPresent()) {
                                    json.at("serviceArn").text().ifPresent(arns::add);
                                }
                                return service;
                            }),
                            service -> service.cluster() + "/" + service.name(),
                            (first, second) -> first),
                    once(
                            answers.read("ecs/describe-clusters", "clusters", EcsMapper::cluster),
                            Snapshot.Cluster::name,
                            (first, second) -> first),
                    arns);
        }
    }

    /**
     * Reads the rest.
     *
     * @param belongs whether a service of that name in that cluster (empty when unknown) can be meant; a service of the
     *     caller's or callee's name in a cluster that is not the edge's is another service
     */
    static EcsAnswers read(Answers answers, Services services, BiPredicate<String, String> belongs) {
        Set<String> serviceNames = new LinkedHashSet<>();
        Set<String> clusterNames = new LinkedHashSet<>();
        services.services().forEach(service -> {
            serviceNames.add(service.name());
            clusterNames.add(service.cluster());
        });
        services.clusters().forEach(cluster -> clusterNames.add(cluster.name()));
        Set<String> namespaceServices = new LinkedHashSet<>();
        for (String arn : answers.read("ecs/list-services-by-namespace", "serviceArns", Json::text)) {
            serviceNames.add(Arn.service(arn));
            namespaceServices.add(Arn.service(arn));
            Arn.cluster(arn).ifPresent(clusterNames::add);
        }
        List<EcsMapper.TaskAnswer> tasks = new ArrayList<>(once(
                answers.read("ecs/describe-tasks", "tasks", EcsMapper::task),
                answer -> answer.cluster() + "/" + answer.task().id(),
                EcsAnswers::later));
        tasks.sort(BY_AGE);
        tasks.forEach(answer -> {
            serviceNames.add(answer.task().service());
            clusterNames.add(answer.cluster());
        });
        tasks.removeIf(answer -> !belongs.test(answer.task().service(), answer.cluster()));
        List<ServiceDeployment> deployments = new ArrayList<>(once(
                answers.read("ecs/describe-service-deployments", "serviceDeployments", EcsMapper::serviceDeployment),
                ServiceDeployment::arn,
                (first, second) -> first));
        deployments.removeIf(deployment -> !belongs.test(
                deployment.service(), Arn.cluster(deployment.arn()).orElse("")));
        List<ServiceRevision> revisions = new ArrayList<>(once(
                answers.read("ecs/describe-service-revisions", "serviceRevisions", EcsMapper::serviceRevision),
                ServiceRevision::arn,
                (first, second) -> first));
        revisions.removeIf(revision ->
                !belongs.test(revision.service(), Arn.cluster(revision.arn()).orElse("")));
        deployments.forEach(deployment -> serviceNames.add(deployment.service()));
        revisions.forEach(revision -> serviceNames.add(revision.service()));
        serviceNames.remove("");
        clusterNames.remove("");
        List<CloudMapMapper.InstanceAnswer> instances = once(
                answers.read("servicediscovery/discover-instances", "Instances", CloudMapMapper::instance),
                answer -> answer.instance().namespace() + "/"
                        + answer.instance().service() + "/"
                        + answer.instance().id(),
                (first, second) -> first);
        Snapshot.Ecs snapshot = new Snapshot.Ecs(
                services.services(),
                tasks.stream().map(EcsMapper.TaskAnswer::task).toList(),
                once(
                        answers.read("ecs/describe-task-definition", "taskDefinition", EcsMapper::taskDefinition),
                        TaskDefinition::id,
                        (first, second) -> first),
                deployments,
                revisions,
                cloudMap(answers, instances),
                once(
                        answers.read("logs/describe-log-groups", "logGroups", EcsMapper::logGroup),
                        group -> group.name(),
                        (first, second) -> first),
                services.clusters(),
                List.copyOf(namespaceServices));
        return new EcsAnswers(snapshot, tasks, instances, serviceNames, clusterNames);
    }

    private static CloudMap cloudMap(Answers answers, List<CloudMapMapper.InstanceAnswer> instances) {
        // The answers about one thing say more than the lists: they come first and win.
        List<CloudMap.Namespace> namespaces =
                new ArrayList<>(answers.read("servicediscovery/get-namespace", "Namespace", CloudMapMapper::namespace));
        namespaces.addAll(answers.read("servicediscovery/list-namespaces", "Namespaces", CloudMapMapper::namespace));
        List<CloudMap.DiscoveryService> services =
                new ArrayList<>(answers.read("servicediscovery/get-service", "Service", CloudMapMapper::service));
        services.addAll(answers.read("servicediscovery/list-services", "Services", CloudMapMapper::service));
        return new CloudMap(
                once(namespaces, CloudMap.Namespace::id, (first, second) -> first),
                once(services, CloudMap.DiscoveryService::id, (first, second) -> first),
                instances.stream().map(CloudMapMapper.InstanceAnswer::instance).toList());
    }

    /** The answer that ECS gave later: a task listed as running and as stopped has stopped. */
    private static EcsMapper.TaskAnswer later(EcsMapper.TaskAnswer first, EcsMapper.TaskAnswer second) {
        if (first.version() != second.version()) {
            return first.version() > second.version() ? first : second;
        }
        return !first.task().stopped() && second.task().stopped() ? second : first;
    }

    /** Each thing once, in order of first appearance. */
    static <T> List<T> once(Collection<T> all, Function<T, String> identity, BinaryOperator<T> choose) {
        Map<String, T> once = new LinkedHashMap<>();
        all.forEach(thing -> once.merge(identity.apply(thing), thing, choose));
        return List.copyOf(once.values());
    }

    /** The name of a namespace given as name, id or ARN; empty when nothing tells it. */
    Optional<String> namespaceName(String reference) {
        String id = Arn.name(reference);
        for (CloudMap.Namespace namespace : snapshot.cloudMap().namespaces()) {
            if (namespace.arn().equals(reference)
                    || namespace.id().equals(id)
                    || namespace.name().equals(reference)) {
                return Optional.of(namespace.name());
            }
        }
        boolean opaque = reference.startsWith("arn:") || reference.startsWith("ns-");
        return opaque ? Optional.empty() : Optional.of(reference);
    }
}
