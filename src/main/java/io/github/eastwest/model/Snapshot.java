package io.github.eastwest.model;

import io.github.eastwest.model.ecs.CloudMap;
import io.github.eastwest.model.ecs.LogGroup;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceDeployment;
import io.github.eastwest.model.ecs.ServiceRevision;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.ecs.TaskDefinition;
import io.github.eastwest.model.history.History;
import io.github.eastwest.model.log.LogEvidence;
import io.github.eastwest.model.metric.Metrics;
import io.github.eastwest.model.network.Network;
import java.util.List;
import java.util.Optional;

/**
 * All that a bundle says of an edge. A list is empty both when nothing was read and when there is nothing:
 * {@code coverage} tells which.
 *
 * @param edge the edge
 * @param window the time looked at
 * @param account where the bundle came from
 * @param coverage what was read
 * @param ecs ECS and Cloud Map
 * @param network the VPC
 * @param metrics CloudWatch time series
 * @param logs the proxies' logs
 * @param history changes that AWS noted with their times
 */
public record Snapshot(
        Edge edge,
        TimeWindow window,
        Account account,
        Coverage coverage,
        Ecs ecs,
        Network network,
        Metrics metrics,
        LogEvidence logs,
        History history) {
    /** A snapshot without history. */
    public Snapshot(
            Edge edge,
            TimeWindow window,
            Account account,
            Coverage coverage,
            Ecs ecs,
            Network network,
            Metrics metrics,
            LogEvidence logs) {
        this(edge, window, account, coverage, ecs, network, metrics, logs, History.NONE);
    }

    /** Where the bundle came from; empty where it does not say. */
    public record Account(Optional<String> region, Optional<String> accountId) {}

    /**
     * ECS and Cloud Map.
     *
     * @param services all services in the answers, caller and callee among them
     * @param tasks all tasks in the answers
     * @param taskDefinitions all revisions read
     * @param deployments deployment history
     * @param revisions service revisions
     * @param cloudMap Cloud Map
     * @param logGroups log groups
     * @param clusters clusters
     * @param namespaceServices names of the services that the callee's namespace lists
     */
    public record Ecs(
            List<Service> services,
            List<Task> tasks,
            List<TaskDefinition> taskDefinitions,
            List<ServiceDeployment> deployments,
            List<ServiceRevision> revisions,
            CloudMap cloudMap,
            List<LogGroup> logGroups,
            List<Cluster> clusters,
            List<String> namespaceServices) {
        public Ecs {
            services = List.copyOf(services);
            tasks = List.copyOf(tasks);
            taskDefinitions = List.copyOf(taskDefinitions);
            deployments = List.copyOf(deployments);
            revisions = List.copyOf(revisions);
            logGroups = List.copyOf(logGroups);
            clusters = List.copyOf(clusters);
            namespaceServices = List.copyOf(namespaceServices);
        }
    }

    /** A cluster and its default Service Connect namespace (name or ARN). */
    public record Cluster(String name, String status, Optional<String> defaultNamespace) {}

    /** The caller's ECS service. */
    public Optional<Service> caller() {
        return service(edge.caller(), edge.cluster());
    }

    /** The callee's ECS service. */
    public Optional<Service> callee() {
        return service(edge.callee(), edge.calleeCluster().or(edge::cluster));
    }

    private Optional<Service> service(String name, Optional<String> cluster) {
        return ecs.services().stream()
                .filter(s -> s.name().equals(name))
                .filter(s -> cluster.isEmpty()
                        || s.cluster().isEmpty()
                        || s.cluster().equals(cluster.get()))
                .findFirst();
    }

    /** That service's tasks, running and stopped. */
    public List<Task> tasksOf(String service) {
        return ecs.tasks().stream().filter(t -> t.service().equals(service)).toList();
    }

    /** The task definition {@code family:revision}. */
    public Optional<TaskDefinition> taskDefinition(String id) {
        return ecs.taskDefinitions().stream().filter(t -> t.id().equals(id)).findFirst();
    }
}
