package io.github.eastwest.collect;

import io.github.eastwest.bundle.Arn;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Side;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** What ECS says: clusters, services, tasks, task definitions, deployments, revisions, the namespace's services. */
final class EcsSources {
    /** Tasks listed of each service and status; a service with more is described in part. */
    static final int MOST_TASKS = 1000;

    /** DescribeTasks takes no more. */
    private static final int TASKS_PER_CALL = 100;

    /** Entries of a service's history, of which the newest are described. */
    private static final int DEPLOYMENTS_LISTED = 200;

    /** DescribeServiceDeployments and DescribeServiceRevisions take no more. */
    private static final int DEPLOYMENTS_PER_CALL = 20;

    /** Task definitions besides the services' current ones: of older tasks and revisions, the newest first. */
    private static final int MOST_OLDER_DEFINITIONS = 20;

    /** The operation may be called once a second: a few pages. */
    private static final int MOST_NAMESPACE_SERVICES = 500;

    /** Services of the namespace that are described besides the edge's. */
    private static final int MOST_OTHERS = 100;

    /** DescribeServices takes no more. */
    private static final int SERVICES_PER_CALL = 10;

    private final Reader reader;

    EcsSources(Reader reader) {
        this.reader = reader;
    }

    CompletableFuture<List<Reply>> clusters(EdgeSearch.Places places) {
        Set<Call> calls = new LinkedHashSet<>();
        for (EdgeSearch.Place place : List.of(places.caller(), places.callee())) {
            calls.add(Call.of(
                    Operation.DESCRIBE_CLUSTERS,
                    place.side(),
                    OrderedMap.of(
                            "clusters", List.of(place.cluster()), "include", List.of("CONFIGURATIONS", "SETTINGS"))));
        }
        return reader.read(1, List.copyOf(calls));
    }

    SourceResult clusters(List<Reply> replies) {
        return SourceResult.merging(Operation.DESCRIBE_CLUSTERS, replies, "clusters", "clusterArn");
    }

    /** The edge's services; those of the namespace lie beside them, without being part of what was asked. */
    SourceResult services(List<Reply> replies, Namespace namespace) {
        Operation operation = Operation.DESCRIBE_SERVICES;
        return SourceResult.of(operation, replies, List.of(), draft -> {
            Map<String, Object> document = SourceResult.merged(replies, operation, "services", "serviceArn");
            List<Object> services = new ArrayList<>();
            Field.of(document)
                    .at("services")
                    .items()
                    .forEach(service -> service.raw().ifPresent(services::add));
            Reply.items(namespace.described(), "services")
                    .forEach(service -> service.raw().ifPresent(services::add));
            document.put("services", services);
            draft.document(operation.path(), document);
        });
    }

    /** A service's tasks: how they were listed, then what they are. */
    CompletableFuture<List<Reply>> tasks(EdgeSearch.Place place) {
        List<Call> lists = new ArrayList<>();
        for (String status : List.of("RUNNING", "STOPPED")) {
            lists.add(new Call(
                    Operation.LIST_TASKS,
                    place.side(),
                    "",
                    OrderedMap.of("cluster", place.cluster(), "serviceName", place.service(), "desiredStatus", status),
                    MOST_TASKS));
        }
        return reader.read(1, lists).thenCompose(listed -> {
            List<Call> calls = new ArrayList<>();
            for (List<String> some : chunks(new TreeSet<>(arns(listed, "taskArns")), TASKS_PER_CALL)) {
                calls.add(Call.of(
                        Operation.DESCRIBE_TASKS,
                        place.side(),
                        OrderedMap.of("cluster", place.cluster(), "tasks", some)));
            }
            return reader.read(2, calls).thenApply(described -> join(listed, described));
        });
    }

    SourceResult tasks(List<Reply> replies) {
        return SourceResult.merging(Operation.DESCRIBE_TASKS, replies, "tasks", "taskArn");
    }

    /** A service's deployments: the list, then the newest of them. */
    CompletableFuture<List<Reply>> listDeployments(EdgeSearch.Place place) {
        return reader.read(
                1,
                List.of(new Call(
                        Operation.LIST_SERVICE_DEPLOYMENTS,
                        place.side(),
                        "",
                        OrderedMap.of("cluster", place.cluster(), "service", place.service()),
                        DEPLOYMENTS_LISTED)));
    }

    CompletableFuture<List<Reply>> deployments(EdgeSearch.Place place, List<Reply> listed) {
        List<String> newest = newest(listed).stream()
                .flatMap(brief -> brief.at("serviceDeploymentArn").text().stream())
                .toList();
        List<Call> calls = new ArrayList<>();
        for (List<String> some : chunks(new TreeSet<>(newest), DEPLOYMENTS_PER_CALL)) {
            calls.add(Call.of(
                    Operation.DESCRIBE_SERVICE_DEPLOYMENTS,
                    place.side(),
                    OrderedMap.of("serviceDeploymentArns", some)));
        }
        return reader.read(2, calls).thenApply(described -> join(listed, described));
    }

    SourceResult deployments(List<Reply> replies) {
        return SourceResult.merging(
                Operation.DESCRIBE_SERVICE_DEPLOYMENTS, replies, "serviceDeployments", "serviceDeploymentArn");
    }

    private static List<Field> newest(List<Reply> listed) {
        return Reply.items(listed, "serviceDeployments").stream()
                .sorted(Comparator.comparing(
                                (Field brief) -> brief.at("createdAt").textOrEmpty())
                        .thenComparing(brief -> brief.at("serviceDeploymentArn").textOrEmpty())
                        .reversed())
                .limit(DEPLOYMENTS_PER_CALL)
                .toList();
    }

    /**
     * A service's revisions: those that run or that a deployment moved to, then those that one moved from.
     *
     * @param described the deployments once they are described
     */
    CompletableFuture<List<Reply>> revisions(
            EdgeSearch.Place place,
            Optional<EcsService> service,
            List<Reply> listed,
            CompletableFuture<List<Reply>> described) {
        Set<String> first = new TreeSet<>();
        service.ifPresent(known -> first.addAll(known.revisions()));
        newest(listed)
                .forEach(brief -> brief.at("targetServiceRevisionArn").text().ifPresent(first::add));
        CompletableFuture<List<Reply>> early = reader.read(2, revisions(place, first));
        return described.thenCompose(deployments -> {
            Set<String> later = new TreeSet<>();
            for (Field deployment : Reply.items(deployments, "serviceDeployments")) {
                deployment
                        .at("sourceServiceRevisions")
                        .items()
                        .forEach(source -> source.at("arn").text().ifPresent(later::add));
                deployment.at("targetServiceRevision").at("arn").text().ifPresent(later::add);
                deployment.at("rollback").at("serviceRevisionArn").text().ifPresent(later::add);
            }
            later.removeAll(first);
            CompletableFuture<List<Reply>> late = reader.read(3, revisions(place, later));
            return early.thenCombine(late, (a, b) -> join(listed, join(a, b)));
        });
    }

    private static List<Call> revisions(EdgeSearch.Place place, Set<String> arns) {
        List<Call> calls = new ArrayList<>();
        for (List<String> some : chunks(arns, DEPLOYMENTS_PER_CALL)) {
            calls.add(Call.of(
                    Operation.DESCRIBE_SERVICE_REVISIONS, place.side(), OrderedMap.of("serviceRevisionArns", some)));
        }
        return calls;
    }

    SourceResult revisions(List<Reply> replies) {
        return SourceResult.merging(
                Operation.DESCRIBE_SERVICE_REVISIONS, replies, "serviceRevisions", "serviceRevisionArn");
    }

    /**
     * Task definitions: the services' own at once, those of older tasks and revisions when these are known.
     *
     * @param tasks of both sides
     * @param revisions of both sides
     */
    CompletableFuture<List<Reply>> definitions(
            Ends ends, CompletableFuture<List<Reply>> tasks, CompletableFuture<List<Reply>> revisions) {
        Map<String, Side> first = new LinkedHashMap<>();
        for (Side side : Ends.SIDES) {
            ends.service(side)
                    .ifPresent(
                            service -> service.taskDefinitions().forEach(arn -> first.putIfAbsent(arn, ends.as(side))));
        }
        CompletableFuture<List<Reply>> early = reader.read(2, definitions(first));
        return tasks.thenCombine(revisions, EcsSources::join).thenCompose(replies -> {
            Map<String, Side> later = new LinkedHashMap<>();
            for (Reply reply : replies) {
                List<Field> users = new ArrayList<>(reply.at("tasks").items());
                users.addAll(reply.at("serviceRevisions").items());
                for (Field user : users) {
                    user.at("taskDefinitionArn")
                            .text()
                            .or(() -> user.at("taskDefinition").text())
                            .filter(arn -> !first.containsKey(arn))
                            .ifPresent(arn ->
                                    later.putIfAbsent(arn, ends.as(reply.call().side())));
                }
            }
            Map<String, Side> newest = new LinkedHashMap<>();
            later.keySet().stream()
                    .sorted(Comparator.comparing(EcsSources::revision)
                            .reversed()
                            .thenComparing(arn -> arn))
                    .limit(MOST_OLDER_DEFINITIONS)
                    .sorted()
                    .forEach(arn -> newest.put(arn, later.get(arn)));
            CompletableFuture<List<Reply>> late = reader.read(4, definitions(newest));
            return early.thenCombine(late, EcsSources::join);
        });
    }

    private static int revision(String taskDefinition) {
        String digits = taskDefinition.substring(taskDefinition.lastIndexOf(':') + 1);
        return digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : 0;
    }

    private static List<Call> definitions(Map<String, Side> arns) {
        List<Call> calls = new ArrayList<>();
        arns.forEach((arn, side) ->
                calls.add(Call.of(Operation.DESCRIBE_TASK_DEFINITION, side, OrderedMap.of("taskDefinition", arn))));
        return calls;
    }

    /** The definitions, each in a file of its own. */
    SourceResult definitions(List<Reply> replies) {
        if (replies.isEmpty()) {
            return SourceResult.none(
                    Operation.DESCRIBE_TASK_DEFINITION.path(),
                    Coverage.State.NOT_COLLECTED,
                    "neither services nor tasks say which");
        }
        return Reader.keyed(
                Operation.DESCRIBE_TASK_DEFINITION,
                replies,
                reply -> reply.at("taskDefinition")
                        .at("taskDefinitionArn")
                        .text()
                        .map(Arn::taskDefinition)
                        .orElseGet(() -> reply.asked("taskDefinition")));
    }

    /**
     * The namespace's services.
     *
     * @param listed how they were listed; empty without a namespace
     * @param described how the others among them were described
     */
    record Namespace(List<Reply> listed, List<Reply> described) {
        /** How many of the listed services nobody asked about. */
        long undescribed(Ends ends) {
            long asked = described.stream()
                    .mapToLong(reply -> Field.of(reply.call().parameters())
                            .at("services")
                            .items()
                            .size())
                    .sum();
            return arns(listed, "serviceArns").stream()
                            .filter(arn -> !ends.isEnd(arn))
                            .count()
                    - asked;
        }
    }

    /**
     * The services of the callee's namespace, listed once because the operation is throttled to one call a second, and what
     * the others of this account are: a name of theirs may be the callee's too.
     */
    CompletableFuture<Namespace> namespace(Ends ends, Map<Side, String> references) {
        Optional<Side> side = List.of(Side.CALLEE, Side.CALLER).stream()
                .filter(references::containsKey)
                .findFirst();
        if (side.isEmpty()) {
            return CompletableFuture.completedFuture(new Namespace(List.of(), List.of()));
        }
        Call call = new Call(
                Operation.LIST_SERVICES_BY_NAMESPACE,
                ends.as(side.get()),
                "",
                OrderedMap.of("namespace", references.getOrDefault(side.get(), "")),
                MOST_NAMESPACE_SERVICES);
        return reader.read(2, List.of(call))
                .thenCompose(listed -> reader.read(3, others(ends, side.get(), listed))
                        .thenApply(described -> new Namespace(listed, described)));
    }

    private static List<Call> others(Ends ends, Side side, List<Reply> listed) {
        Optional<String> account = ends.service(side).flatMap(EcsService::account);
        Map<String, List<String>> byCluster = new TreeMap<>();
        arns(listed, "serviceArns").stream()
                .filter(arn -> Arn.account(arn).equals(account) && !ends.isEnd(arn))
                .sorted()
                .limit(MOST_OTHERS)
                .forEach(arn -> byCluster
                        .computeIfAbsent(Arn.cluster(arn).orElse(""), any -> new ArrayList<>())
                        .add(Arn.service(arn)));
        byCluster.remove("");
        List<Call> calls = new ArrayList<>();
        byCluster.forEach((cluster, names) -> chunks(names, SERVICES_PER_CALL)
                .forEach(some -> calls.add(Call.of(
                        Operation.DESCRIBE_SERVICES,
                        ends.as(side),
                        OrderedMap.of("cluster", cluster, "services", some)))));
        return calls;
    }

    SourceResult namespace(Ends ends, Namespace namespace) {
        Operation operation = Operation.LIST_SERVICES_BY_NAMESPACE;
        if (namespace.listed().isEmpty()) {
            return SourceResult.none(
                    operation.path(),
                    ends.unknownOr(Coverage.State.NOT_CONFIGURED),
                    ends.unknownOr("neither service is in a Service Connect namespace"));
        }
        List<Reply> replies = join(namespace.listed(), namespace.described());
        long left = namespace.undescribed(ends);
        return SourceResult.of(
                operation,
                replies,
                left == 0
                        ? List.of()
                        : List.of(left + " services of the namespace were not described: " + MOST_OTHERS
                                + " are at most, and none of other accounts"),
                draft -> draft.document(operation.path(), SourceResult.merged(replies, operation, "serviceArns", "")));
    }

    private static List<String> arns(List<Reply> replies, String member) {
        return replies.stream()
                .flatMap(reply -> reply.at(member).texts().stream())
                .toList();
    }

    static <T> List<List<T>> chunks(Collection<T> all, int size) {
        List<T> list = List.copyOf(all);
        List<List<T>> chunks = new ArrayList<>();
        for (int from = 0; from < list.size(); from += size) {
            chunks.add(list.subList(from, Math.min(list.size(), from + size)));
        }
        return chunks;
    }

    static <T> List<T> join(List<T> first, List<T> second) {
        List<T> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }
}
