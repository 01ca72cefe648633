package io.github.eastwest.collect;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * CloudWatch's metrics of the edge, and how much the log groups hold.
 *
 * <p>Target metrics are measured at the caller's proxies and lie in its account, with the caller as ServiceName; the others
 * at the callee's proxies and in its account. The three-dimension sets are asked for: those with a name alone add up equal
 * names of all clusters, which only their difference to the others tells.
 */
final class MetricSources {
    static final String DEFAULT_NAMESPACE = "AWS/ECS";

    /** Namespace of the log groups' volume. */
    static final String LOGS = "AWS/Logs";

    /** GetMetricData takes no more. */
    private static final int MOST_QUERIES = 500;

    /** Metrics listed per side. */
    private static final int MOST_LISTED = 1000;

    /** Alarms looked through for those of the services. */
    private static final int MOST_ALARMS = 500;

    /** Points asked for of one series at most; longer windows get a longer period. */
    private static final int MOST_POINTS = 1500;

    private static final List<String[]> TARGET = List.of(
            new String[] {"HTTPCode_Target_2XX_Count", "Sum"},
            new String[] {"HTTPCode_Target_3XX_Count", "Sum"},
            new String[] {"HTTPCode_Target_4XX_Count", "Sum"},
            new String[] {"HTTPCode_Target_5XX_Count", "Sum"},
            new String[] {"RequestCountPerTarget", "Average"},
            new String[] {"TargetProcessedBytes", "Sum"},
            new String[] {"TargetResponseTime", "Average"},
            new String[] {"TargetResponseTime", "Maximum"},
            new String[] {"TargetTLSNegotiationErrorCount", "Sum"});

    private static final List<String[]> ENDPOINT = List.of(
            new String[] {"ActiveConnectionCount", "Average"},
            new String[] {"ActiveConnectionCount", "Maximum"},
            new String[] {"ClientTLSNegotiationErrorCount", "Sum"},
            new String[] {"GrpcRequestCount", "Sum"},
            new String[] {"NewConnectionCount", "Sum"},
            new String[] {"ProcessedBytes", "Sum"},
            new String[] {"RequestCount", "Sum"});

    /** Of all services with the discovery name. */
    private static final List<String[]> NAMESAKES = List.<String[]>of(new String[] {"RequestCount", "Sum"});

    private static final List<String[]> SERVICE = List.of(
            new String[] {"CPUUtilization", "Average"},
            new String[] {"CPUUtilization", "Maximum"},
            new String[] {"LiveTaskCount", "Maximum"},
            new String[] {"LiveTaskCount", "Minimum"},
            new String[] {"MemoryUtilization", "Average"},
            new String[] {"MemoryUtilization", "Maximum"});

    private static final List<String[]> LOG_GROUP =
            List.of(new String[] {"IncomingBytes", "Sum"}, new String[] {"IncomingLogEvents", "Sum"});

    private final Reader reader;
    private final CollectRequest request;
    private final Budget budget;
    private final String namespace;

    MetricSources(Reader reader, CollectRequest request, Budget budget) {
        this.reader = reader;
        this.request = request;
        this.budget = budget;
        this.namespace = request.metricNamespace().orElse(DEFAULT_NAMESPACE);
    }

    /** The metrics that the caller's and the callee's proxies had in the last two weeks. */
    CompletableFuture<List<Reply>> list(EdgeSearch.Places places) {
        return reader.read(
                1, List.of(list(places.caller(), "TargetDiscoveryName"), list(places.callee(), "DiscoveryName")));
    }

    private Call list(EdgeSearch.Place place, String dimension) {
        return new Call(
                Operation.LIST_METRICS,
                place.side(),
                "",
                OrderedMap.of(
                        "Namespace",
                        namespace,
                        "Dimensions",
                        List.of(
                                OrderedMap.of("Name", dimension),
                                OrderedMap.of("Name", "ServiceName", "Value", place.service()),
                                OrderedMap.of("Name", "ClusterName", "Value", place.clusterName()))),
                MOST_LISTED);
    }

    /** Whose metrics carry the callee's discovery names: others' may, and the name alone sums them all. */
    CompletableFuture<List<Reply>> namesakes(Ends ends) {
        List<Call> calls = new ArrayList<>();
        for (String name : ends.calleeService().map(EcsService::discoveryNames).orElse(Set.of())) {
            Map<String, Object> parameters = OrderedMap.of(
                    "Namespace",
                    namespace,
                    "Dimensions",
                    List.of(OrderedMap.of("Name", "DiscoveryName", "Value", name)));
            calls.add(new Call(Operation.LIST_METRICS, ends.as(Side.CALLEE), "", parameters, MOST_LISTED));
        }
        return reader.read(2, calls);
    }

    SourceResult listed(List<Reply> replies) {
        return SourceResult.merging(Operation.LIST_METRICS, replies, "Metrics", "");
    }

    /**
     * A log group whose volume is asked for.
     *
     * @param as whose credentials to use
     */
    record Group(Side as, String name) {}

    /** The period in seconds that CloudWatch still keeps for the window; empty when it keeps none. */
    static Optional<Integer> period(TimeWindow window, Instant now) {
        Duration age = Duration.between(window.from(), now);
        int kept = age.toDays() < 15 ? 60 : age.toDays() < 63 ? 300 : 3600;
        if (age.toDays() >= 455) {
            return Optional.empty();
        }
        for (int period : List.of(60, 300, 3600)) {
            if (period >= kept && window.length().toSeconds() / period <= MOST_POINTS) {
                return Optional.of(period);
            }
        }
        return Optional.of(3600);
    }

    /** The queries of one GetMetricData call per account, and what they are. */
    private static final class Queries {
        private final Map<Side, List<Map<String, Object>>> bySide = new LinkedHashMap<>();
        private final Set<String> labels = new LinkedHashSet<>();
        private final int period;

        Queries(int period) {
            this.period = period;
        }

        void add(Side as, String namespace, List<String[]> metrics, Map<String, String> dimensions) {
            for (String[] metric : metrics) {
                String label = namespace + " " + metric[0] + " " + metric[1] + " " + period + " "
                        + String.join(
                                ",",
                                dimensions.entrySet().stream()
                                        .map(d -> d.getKey() + "=" + d.getValue())
                                        .toList());
                if (!labels.add(as + label)) {
                    continue;
                }
                Map<String, Object> stat = OrderedMap.of(
                        "Metric",
                        OrderedMap.of(
                                "Namespace",
                                namespace,
                                "MetricName",
                                metric[0],
                                "Dimensions",
                                dimensions.entrySet().stream()
                                        .map(d -> OrderedMap.of("Name", d.getKey(), "Value", d.getValue()))
                                        .toList()),
                        "Period",
                        period,
                        "Stat",
                        metric[1]);
                bySide.computeIfAbsent(as, any -> new ArrayList<>())
                        .add(OrderedMap.of("Id", "m" + (labels.size() - 1), "MetricStat", stat, "Label", label));
            }
        }
    }

    private Queries queries(Ends ends, List<Reply> listed, List<Group> groups, int period) {
        Queries queries = new Queries(period);
        Set<String> names = new TreeSet<>(
                ends.calleeService().map(EcsService::discoveryNames).orElse(Set.of()));
        for (Field metric : Reply.items(listed, "Metrics")) {
            for (Field dimension : metric.at("Dimensions").items()) {
                if (dimension.at("Name").textOrEmpty().equals("DiscoveryName")) {
                    dimension.at("Value").text().ifPresent(names::add);
                }
            }
        }
        if (names.isEmpty()) {
            // Nothing tells the discovery name; that it is the service's is the most common choice.
            names.add(ends.callee().service());
        }
        for (String name : names) {
            queries.add(
                    ends.as(Side.CALLER), namespace, TARGET, dimensions(ends.caller(), "TargetDiscoveryName", name));
            queries.add(ends.as(Side.CALLEE), namespace, ENDPOINT, dimensions(ends.callee(), "DiscoveryName", name));
            queries.add(ends.as(Side.CALLEE), namespace, NAMESAKES, Map.of("DiscoveryName", name));
        }
        for (Side side : Ends.SIDES) {
            Map<String, String> dimensions = new TreeMap<>();
            dimensions.put("ClusterName", ends.place(side).clusterName());
            dimensions.put("ServiceName", ends.place(side).service());
            queries.add(ends.as(side), namespace, SERVICE, dimensions);
        }
        for (Group group : groups) {
            queries.add(group.as(), LOGS, LOG_GROUP, Map.of("LogGroupName", group.name()));
        }
        return queries;
    }

    private static Map<String, String> dimensions(EdgeSearch.Place place, String dimension, String name) {
        Map<String, String> dimensions = new TreeMap<>();
        dimensions.put("ClusterName", place.clusterName());
        dimensions.put(dimension, name);
        dimensions.put("ServiceName", place.service());
        return dimensions;
    }

    /**
     * The series.
     *
     * @param replies the answers
     * @param unasked why nothing was asked; empty when it was
     */
    record Data(List<Reply> replies, String unasked) {
        static final Data NONE = new Data(List.of(), "");
    }

    /** Asks for all series at once. */
    CompletableFuture<Data> data(Ends ends, List<Reply> listed, List<Group> groups) {
        Optional<Integer> period = period(request.window(), request.now());
        if (period.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new Data(List.of(), "CloudWatch keeps metrics for 455 days, and the window is older"));
        }
        long seconds = period.get();
        long from = Math.floorDiv(request.window().from().getEpochSecond(), seconds) * seconds;
        long to = -Math.floorDiv(-request.window().to().plusMillis(999).getEpochSecond(), seconds) * seconds;
        List<Call> calls = new ArrayList<>();
        Queries all = queries(ends, listed, groups, period.get());
        if (!budget.metrics(all.labels.size())) {
            budget.stop();
            return CompletableFuture.completedFuture(new Data(
                    List.of(), "not asked: " + all.labels.size() + " metrics would cost more than --max-cost"));
        }
        all.bySide.forEach((as, queries) -> {
            for (int first = 0; first < queries.size(); first += MOST_QUERIES) {
                calls.add(Call.of(
                        Operation.GET_METRIC_DATA,
                        as,
                        OrderedMap.of(
                                "MetricDataQueries",
                                List.copyOf(queries.subList(first, Math.min(queries.size(), first + MOST_QUERIES))),
                                "StartTime",
                                Instant.ofEpochSecond(from),
                                "EndTime",
                                Instant.ofEpochSecond(to))));
            }
        });
        return reader.read(2, calls).thenApply(replies -> new Data(replies, ""));
    }

    SourceResult data(Data data) {
        Operation operation = Operation.GET_METRIC_DATA;
        List<Reply> replies = data.replies();
        if (replies.isEmpty()) {
            return SourceResult.none(operation.path(), Coverage.State.NOT_COLLECTED, data.unasked());
        }
        List<String> shortfalls = new ArrayList<>();
        for (Field result : Reply.items(replies, "MetricDataResults")) {
            String status = result.at("StatusCode").text().orElse("Complete");
            if (!status.equals("Complete") && !status.equals("PartialData")) {
                shortfalls.add("CloudWatch says " + status + " of some series");
            }
        }
        List<Map<String, Object>> queries = new ArrayList<>();
        replies.stream().filter(Reply::isAnswered).forEach(reply -> queries.addAll(asked(reply.call())));
        return SourceResult.of(operation, replies, shortfalls, draft -> {
            draft.document(operation.path(), SourceResult.merged(replies, operation, "MetricDataResults", ""));
            draft.list("cloudwatch/metric-data-queries", queries);
        });
    }

    @SuppressWarnings("unchecked") // They were put there by data().
    private static List<Map<String, Object>> asked(Call call) {
        return (List<Map<String, Object>>) call.parameters().getOrDefault("MetricDataQueries", List.of());
    }

    /** The sum of a log group's metric in the window; empty when CloudWatch has no value. */
    static OptionalLong volume(Data data, Group group, String metric) {
        for (Reply reply : data.replies()) {
            if (reply.call().side() != group.as()) {
                continue;
            }
            for (Map<String, Object> query : asked(reply.call())) {
                String label = String.valueOf(query.get("Label"));
                if (label.startsWith(LOGS + " " + metric + " ") && label.endsWith(" LogGroupName=" + group.name())) {
                    List<Double> values = new ArrayList<>();
                    reply.at("MetricDataResults").items().stream()
                            .filter(result -> result.at("Id").textOrEmpty().equals(query.get("Id")))
                            .flatMap(result -> result.at("Values").items().stream())
                            .forEach(value -> value.number().ifPresent(values::add));
                    return values.isEmpty()
                            ? OptionalLong.empty()
                            : OptionalLong.of((long)
                                    values.stream().mapToDouble(value -> value).sum());
                }
            }
        }
        return OptionalLong.empty();
    }

    /** The alarms of the caller's account, and of the callee's where that is another one. */
    CompletableFuture<List<Reply>> alarms(Ends ends) {
        return reader.read(
                2,
                ends.shares().stream()
                        .map(share -> new Call(
                                Operation.DESCRIBE_ALARMS,
                                share.as(),
                                "",
                                OrderedMap.of("AlarmTypes", List.of("MetricAlarm")),
                                MOST_ALARMS))
                        .toList());
    }

    /** The alarms on metrics of the services, and those that watch their deployments. */
    SourceResult alarms(Ends ends, List<Reply> replies) {
        Set<String> watching = new LinkedHashSet<>();
        Ends.SIDES.forEach(
                side -> ends.service(side).ifPresent(service -> watching.addAll(service.deploymentAlarms())));
        List<Object> kept = new ArrayList<>();
        for (Reply reply : replies) {
            for (Field alarm : reply.at("MetricAlarms").items()) {
                if (concerns(alarm, ends)
                        || watching.contains(alarm.at("AlarmName").textOrEmpty())) {
                    alarm.raw().filter(raw -> !kept.contains(raw)).ifPresent(kept::add);
                }
            }
        }
        return SourceResult.of(
                Operation.DESCRIBE_ALARMS,
                replies,
                List.of(),
                draft -> draft.document(Operation.DESCRIBE_ALARMS.path(), OrderedMap.of("MetricAlarms", kept)));
    }

    /** Whether one of an alarm's metrics is of the edge's services, or of calls by the callee's discovery names. */
    private static boolean concerns(Field alarm, Ends ends) {
        List<Field> metrics = new ArrayList<>(List.of(alarm));
        alarm.at("Metrics")
                .items()
                .forEach(metric -> metrics.add(metric.at("MetricStat").at("Metric")));
        return metrics.stream().anyMatch(metric -> {
            Map<String, String> dimensions = new TreeMap<>();
            metric.at("Dimensions")
                    .items()
                    .forEach(dimension -> dimensions.put(
                            dimension.at("Name").textOrEmpty(),
                            dimension.at("Value").textOrEmpty()));
            return Ends.SIDES.stream().anyMatch(side -> concerns(dimensions, ends, side));
        });
    }

    private static boolean concerns(Map<String, String> dimensions, Ends ends, Side side) {
        EdgeSearch.Place place = ends.place(side);
        // Metrics by a name alone have no cluster; a service of that name in another one is another service.
        if (!dimensions.getOrDefault("ClusterName", place.clusterName()).equals(place.clusterName())) {
            return false;
        }
        Set<String> names = new TreeSet<>(Set.of(place.service()));
        ends.service(side).ifPresent(service -> names.addAll(service.discoveryNames()));
        return place.service().equals(dimensions.get("ServiceName"))
                || names.contains(dimensions.getOrDefault("DiscoveryName", ""))
                || names.contains(dimensions.getOrDefault("TargetDiscoveryName", ""));
    }
}
