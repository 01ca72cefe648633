package io.github.eastwest.collect;

import io.github.eastwest.bundle.Arn;
import io.github.eastwest.bundle.BundleDraft;
import io.github.eastwest.bundle.HealthReader;
import io.github.eastwest.bundle.Names;
import io.github.eastwest.bundle.Text;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.health.CallEdge;
import io.github.eastwest.model.health.EdgeMetric;
import io.github.eastwest.model.health.HealthWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Collects what a health report needs. The edges are those that ListMetrics names on the caller's dimension set; only metrics
 * that it lists are asked for, since each costs.
 *
 * <p>Made for ten thousand edges: a few calls are under way at a time, each answer is written to the bundle and forgotten
 * before the next ones are asked for, and of earlier days only the hours that are compared are kept.
 */
public final class HealthCollector {
    /** Calls under way at once. CloudWatch admits more, but their answers have to fit into memory. */
    private static final int AT_ONCE = 4;

    /** GetMetricData takes no more queries. */
    private static final int MOST_QUERIES = 500;

    /** Points that one page of GetMetricData holds: more would be a second request. */
    private static final int POINTS_PER_PAGE = 100_800;

    /** DescribeServices takes no more. */
    private static final int SERVICES_PER_CALL = 10;

    /** Names compared with a misspelt one. */
    private static final int MOST_NAMES = 2000;

    private static final Duration CALL_LIMIT = Duration.ofSeconds(60);
    private static final int HOUR = 3600;
    private static final String LISTED = Operation.LIST_METRICS.path();
    private static final String DATA = Operation.GET_METRIC_DATA.path();
    private static final String QUERIES = "cloudwatch/metric-data-queries";

    /** What an edge has whose calls have no response codes. */
    private static final String BYTES = "TargetProcessedBytes";

    private final Aws aws;
    private final Progress progress;

    /** A collector. */
    public HealthCollector(Aws aws, Progress progress) {
        this.aws = aws;
        this.progress = progress;
    }

    /**
     * Collects. Never fails because a source fails: that is coverage.
     *
     * @throws EastwestException of kind USAGE if the cluster or namespace does not exist, or none is named and there are
     *     several; of kind NO_ACCESS without usable credentials
     * @throws InterruptedException if this thread was interrupted
     */
    public HealthCollected collect(HealthRequest request) throws InterruptedException {
        return new Run(request).collect();
    }

    /** One collection. */
    private final class Run {
        private final HealthRequest request;
        private final HealthWindow window;
        private final long end;
        private final BundleDraft draft = new BundleDraft();
        private final List<SourceResult> results = new ArrayList<>();
        private final SortedMap<CallEdge, Set<EdgeMetric>> edges = new TreeMap<>();
        private final String metrics;
        private final List<Reply> unlisted = new ArrayList<>();
        private Optional<AwsFailure> lockedOut = Optional.empty();
        private boolean answered;
        private int dataCalls;

        Run(HealthRequest request) {
            this.request = request;
            this.window = request.window();
            this.end = System.nanoTime() + request.timeout().toNanos();
            this.metrics = request.metricNamespace().orElse(MetricSources.DEFAULT_NAMESPACE);
        }

        HealthCollected collect() throws InterruptedException {
            Optional<String> cluster = cluster();
            SortedMap<String, List<String>> services = services(cluster);
            describe(services);
            list(services, cluster);
            if (!answered && lockedOut.isPresent()) {
                throw Collector.locked(lockedOut.get());
            }
            HealthPlan plan =
                    data(services.values().stream().mapToInt(List::size).sum());
            Optional<String> arn =
                    services.values().stream().flatMap(List::stream).findFirst();
            return new HealthCollected(request, draft, results, cluster, arn, plan);
        }

        // ---- calls

        /** Makes calls, a few at once, and hands over each reply as it comes; in order. */
        private void each(List<Call> calls, Consumer<Reply> taker) throws InterruptedException {
            for (int from = 0; from < calls.size(); from += AT_ONCE) {
                Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
                // Of each round only what was taken from its replies stays in memory.
                try (Calls round = new Calls(aws, call -> true, left)) {
                    List<Call> some = calls.subList(from, Math.min(calls.size(), from + AT_ONCE));
                    for (Reply reply : round.await(round.make(1, some, CALL_LIMIT))) {
                        answered |= reply.isAnswered();
                        taker.accept(reply);
                    }
                    lockedOut = lockedOut.or(round::lockedOut);
                }
            }
        }

        private Reply one(Call call) throws InterruptedException {
            List<Reply> replies = new ArrayList<>();
            each(List.of(call), replies::add);
            return replies.get(0);
        }

        /** The same reply without what it says, to tell later how the call went. */
        private static Reply bare(Reply reply) {
            Call call = Call.of(reply.call().operation(), reply.call().side(), Map.of());
            return new Reply(
                    call,
                    reply.answer().map(answer -> new Answer(Map.of(), answer.cutShort(), answer.requests())),
                    reply.failure());
        }

        private void finished(String input, long begun, SourceResult result) {
            results.add(result);
            progress.finished(input, result.state(), Duration.ofNanos(System.nanoTime() - begun));
        }

        // ---- where

        private Optional<String> cluster() throws InterruptedException {
            if (request.cluster().isPresent() || request.namespace().isPresent()) {
                return request.cluster();
            }
            Reply listed = one(Call.of(Operation.LIST_CLUSTERS, Side.CALLER, Map.of()));
            requireAccess(listed, "no cluster was named, and the clusters cannot be listed: ", "Give --cluster. ");
            List<String> names = listed.at("clusterArns").texts().stream()
                    .map(Arn::name)
                    .sorted()
                    .toList();
            if (names.size() != 1) {
                throw new EastwestException(
                        EastwestException.Kind.USAGE,
                        names.isEmpty()
                                ? "there is no ECS cluster in this account and Region"
                                : "there are several ECS clusters: " + Text.printable(String.join(", ", names)),
                        names.isEmpty() ? "Check --region and --profile." : "Give --cluster or --namespace.");
            }
            return Optional.of(names.get(0));
        }

        private void requireAccess(Reply reply, String what, String hint) {
            if (reply.isAnswered()) {
                return;
            }
            if (lockedOut.isPresent()) {
                throw Collector.locked(lockedOut.get());
            }
            throw new EastwestException(
                    EastwestException.Kind.NO_ACCESS, what + Reasons.why(reply), hint + Reasons.remedy(reply));
        }

        // ---- services

        /** ARNs of the scope's services by cluster, sorted. */
        private SortedMap<String, List<String>> services(Optional<String> cluster) throws InterruptedException {
            boolean byNamespace = request.namespace().isPresent();
            Operation operation = byNamespace ? Operation.LIST_SERVICES_BY_NAMESPACE : Operation.LIST_SERVICES;
            long begun = System.nanoTime();
            progress.started(operation.path());
            Reply listed = one(Call.of(
                    operation,
                    Side.CALLER,
                    byNamespace
                            ? OrderedMap.of("namespace", request.namespace().get())
                            : OrderedMap.of("cluster", cluster.orElse(""))));
            requireKnown(listed, cluster);
            TreeSet<String> arns = new TreeSet<>(listed.at("serviceArns").texts());
            if (byNamespace) {
                arns.removeIf(arn -> cluster.isPresent() && !Arn.cluster(arn).equals(cluster.map(Arn::name)));
                finished(
                        operation.path(),
                        begun,
                        SourceResult.of(
                                operation,
                                List.of(listed),
                                List.of(),
                                files -> files.document(
                                        operation.path(), OrderedMap.of("serviceArns", List.copyOf(arns)))));
                results.get(results.size() - 1).files().accept(draft);
            } else {
                progress.finished(
                        operation.path(),
                        listed.failure().isEmpty() ? Coverage.State.COMPLETE : Coverage.State.PARTIAL,
                        Duration.ofNanos(System.nanoTime() - begun));
            }
            SortedMap<String, List<String>> byCluster = new TreeMap<>();
            cluster.ifPresent(name -> byCluster.put(Arn.name(name), new ArrayList<>()));
            for (String arn : arns) {
                String home = cluster.map(Arn::name).or(() -> Arn.cluster(arn)).orElse("");
                if (!home.isEmpty()) {
                    byCluster.computeIfAbsent(home, any -> new ArrayList<>()).add(arn);
                }
            }
            if (listed.failure().isPresent()) {
                unlisted.add(bare(listed));
            }
            return byCluster;
        }

        private void requireKnown(Reply listed, Optional<String> cluster) throws InterruptedException {
            String code = listed.failure().map(AwsFailure::code).orElse("");
            if (code.equals("ClusterNotFoundException") && cluster.isPresent()) {
                List<String> names =
                        one(Call.of(Operation.LIST_CLUSTERS, Side.CALLER, Map.of())).at("clusterArns").texts().stream()
                                .map(Arn::name)
                                .limit(MOST_NAMES)
                                .toList();
                throw new EastwestException(
                        EastwestException.Kind.USAGE,
                        "there is no ECS cluster '" + Text.printable(Arn.name(cluster.get()))
                                + "' in this account and Region",
                        names.isEmpty()
                                ? "Check --region and --profile."
                                : Names.hint(Arn.name(cluster.get()), names, "There are"));
            }
            if (code.equals("NamespaceNotFoundException")) {
                throw new EastwestException(
                        EastwestException.Kind.USAGE,
                        "there is no Cloud Map namespace '"
                                + Text.printable(request.namespace().orElse("")) + "' in this account and Region",
                        "Check --namespace, --region and --profile; an ARN names a shared one.");
            }
            if (request.namespace().isPresent() && request.cluster().isEmpty()) {
                requireAccess(
                        listed,
                        "the services of the namespace cannot be listed: ",
                        "Give --cluster instead of --namespace. ");
            }
        }

        private void describe(SortedMap<String, List<String>> services) throws InterruptedException {
            if (request.dryRun()) {
                return;
            }
            Operation operation = Operation.DESCRIBE_SERVICES;
            long begun = System.nanoTime();
            progress.started(operation.path());
            List<Call> calls = new ArrayList<>();
            services.forEach((cluster, arns) -> EcsSources.chunks(arns, SERVICES_PER_CALL)
                    .forEach(some -> calls.add(
                            Call.of(operation, Side.CALLER, OrderedMap.of("cluster", cluster, "services", some)))));
            List<Reply> replies = new ArrayList<>(unlisted);
            each(calls, reply -> {
                if (reply.isAnswered()) {
                    draft.compact(operation.path(), key(replies.size()), withoutEvents(reply));
                }
                replies.add(bare(reply));
                progress.counted(operation.path(), replies.size(), calls.size());
            });
            finished(operation.path(), begun, SourceResult.of(operation, replies, List.of(), files -> {}));
        }

        /** A service's hundred events are most of its answer, and health does not read them. */
        private static Map<String, Object> withoutEvents(Reply reply) {
            List<Object> services = new ArrayList<>();
            for (Field service : reply.at("services").items()) {
                service.raw().filter(Map.class::isInstance).map(Map.class::cast).ifPresent(map -> {
                    Map<Object, Object> copy = new LinkedHashMap<>((Map<?, ?>) map);
                    copy.put("events", List.of());
                    services.add(copy);
                });
            }
            Map<String, Object> answer = OrderedMap.of("services", services);
            reply.at("failures").raw().ifPresent(failures -> answer.put("failures", failures));
            return answer;
        }

        // ---- ListMetrics

        private void list(SortedMap<String, List<String>> services, Optional<String> cluster)
                throws InterruptedException {
            long begun = System.nanoTime();
            progress.started(LISTED);
            List<String> names = new ArrayList<>();
            for (EdgeMetric metric : EdgeMetric.values()) {
                names.add(metric.metric());
            }
            names.add(BYTES);
            Set<String> clusters = new TreeSet<>(services.keySet());
            cluster.map(Arn::name).ifPresent(clusters::add);
            List<Call> calls = new ArrayList<>();
            clusters.forEach(home -> names.forEach(name -> calls.add(Call.of(
                    Operation.LIST_METRICS,
                    Side.CALLER,
                    OrderedMap.of(
                            "Namespace",
                            metrics,
                            "MetricName",
                            name,
                            "Dimensions",
                            List.of(
                                    OrderedMap.of("Name", "TargetDiscoveryName"),
                                    OrderedMap.of("Name", "ServiceName"),
                                    OrderedMap.of("Name", "ClusterName", "Value", home)))))));
            Set<String> callers = new LinkedHashSet<>();
            services.forEach((home, arns) -> arns.forEach(arn -> callers.add(home + "/" + Arn.service(arn))));
            List<Reply> replies = new ArrayList<>();
            each(calls, reply -> {
                List<Object> kept = new ArrayList<>();
                for (Field metric : reply.at("Metrics").items()) {
                    edge(metric)
                            .filter(edge -> request.namespace().isEmpty()
                                    || callers.contains(edge.cluster() + "/" + edge.caller()))
                            .ifPresent(edge -> {
                                Set<EdgeMetric> known =
                                        edges.computeIfAbsent(edge, any -> EnumSet.noneOf(EdgeMetric.class));
                                EdgeMetric.of(metric.at("MetricName").textOrEmpty())
                                        .ifPresent(known::add);
                                metric.raw().ifPresent(kept::add);
                            });
                }
                if (reply.isAnswered()) {
                    draft.compact(LISTED, key(replies.size()), OrderedMap.of("Metrics", kept));
                }
                replies.add(bare(reply));
            });
            finished(LISTED, begun, SourceResult.of(Operation.LIST_METRICS, replies, List.of(), files -> {}));
        }

        private static Optional<CallEdge> edge(Field metric) {
            Map<String, String> dimensions = new TreeMap<>();
            for (Field dimension : metric.at("Dimensions").items()) {
                dimensions.put(
                        dimension.at("Name").textOrEmpty(),
                        dimension.at("Value").textOrEmpty());
            }
            boolean callerSide =
                    dimensions.keySet().equals(Set.of("ClusterName", "ServiceName", "TargetDiscoveryName"));
            return callerSide
                    ? Optional.of(new CallEdge(
                            dimensions.getOrDefault("ClusterName", ""),
                            dimensions.getOrDefault("ServiceName", ""),
                            dimensions.getOrDefault("TargetDiscoveryName", "")))
                    : Optional.empty();
        }

        // ---- GetMetricData

        private HealthPlan data(int services) throws InterruptedException {
            int series = edges.values().stream().mapToInt(Set::size).sum();
            // A blind edge has nothing to ask for but what tells that it is blind.
            boolean compare = window.samples() > 0;
            boolean affordable = CostEstimate.usd(series, 0) <= request.maxCostUsd();
            boolean earlier = compare && CostEstimate.usd(2 * series, 0) <= request.maxCostUsd();
            boolean stopped = series > 0 && (!affordable || compare && !earlier);
            int perCall = perCall(window.periods());
            int perEarlierCall = perCall(earlierHours());
            if (request.dryRun() || !affordable) {
                results.add(SourceResult.none(
                        DATA,
                        Coverage.State.NOT_COLLECTED,
                        affordable ? "" : "not asked: " + series + " metrics would cost more than --max-cost"));
                int calls = request.dryRun()
                        ? ceilDiv(series, perCall) + (compare ? ceilDiv(series, perEarlierCall) : 0)
                        : 0;
                return new HealthPlan(
                        edges.size(),
                        services,
                        request.dryRun() ? series : 0,
                        request.dryRun() && compare ? series : 0,
                        calls,
                        false,
                        !request.dryRun() && stopped);
            }
            long begun = System.nanoTime();
            progress.started(DATA);
            List<Reply> replies = new ArrayList<>();
            Set<String> shortfalls = new LinkedHashSet<>();
            int all = ceilDiv(series, perCall) + (earlier ? ceilDiv(series, perEarlierCall) : 0);
            int asked = earlier ? 2 * series : series;
            progress.priced(asked, all, CostEstimate.usd(asked, 0));
            Asking now = new Asking(
                    "now-",
                    window.periodSeconds(),
                    perCall,
                    window.window().from(),
                    window.window().to(),
                    all);
            ask(now, replies, shortfalls);
            if (earlier) {
                ask(
                        new Asking(
                                HealthReader.EARLIER,
                                HOUR,
                                perEarlierCall,
                                window.earliest(),
                                window.hours().to().minus(window.stepDays(), ChronoUnit.DAYS),
                                all),
                        replies,
                        shortfalls);
            } else if (compare && series > 0) {
                shortfalls.add(
                        "earlier days were not compared: their " + series + " metrics would cost more than --max-cost");
            }
            boolean listedWhole = results.stream()
                    .anyMatch(result -> result.input().equals(LISTED) && result.state() == Coverage.State.COMPLETE);
            if (series == 0 && !listedWhole) {
                results.add(SourceResult.none(
                        DATA, Coverage.State.NOT_COLLECTED, "the metrics were not listed, so none could be asked for"));
                progress.finished(DATA, Coverage.State.NOT_COLLECTED, Duration.ZERO);
            } else if (series == 0) {
                // Nothing is there to be asked for, which is whole.
                draft.compact(DATA, "now-" + key(0), OrderedMap.of("MetricDataResults", List.of()));
                results.add(new SourceResult(DATA, Coverage.State.COMPLETE, "", files -> {}));
                progress.finished(DATA, Coverage.State.COMPLETE, Duration.ZERO);
            } else {
                finished(
                        DATA,
                        begun,
                        SourceResult.of(Operation.GET_METRIC_DATA, replies, List.copyOf(shortfalls), files -> {}));
            }
            return new HealthPlan(
                    edges.size(), services, series, earlier ? series : 0, dataCalls, compare && !earlier, stopped);
        }

        /**
         * GetMetricData calls of one kind.
         *
         * @param prefix how the keys of their files begin
         * @param period seconds
         * @param perCall queries in a call
         * @param from first instant asked for
         * @param to first instant no longer asked for
         * @param all calls of all kinds, for the progress
         */
        private record Asking(String prefix, int period, int perCall, Instant from, Instant to, int all) {}

        private void ask(Asking asking, List<Reply> replies, Set<String> shortfalls) throws InterruptedException {
            List<Map<String, Object>> queries = new ArrayList<>();
            List<Call> calls = new ArrayList<>();
            int[] number = {0};
            for (Map.Entry<CallEdge, Set<EdgeMetric>> edge : edges.entrySet()) {
                for (EdgeMetric metric : edge.getValue()) {
                    queries.add(query(edge.getKey(), metric, queries.size(), asking.period()));
                    if (queries.size() == asking.perCall()) {
                        calls.add(call(asking, queries));
                        queries = new ArrayList<>();
                    }
                    if (calls.size() == AT_ONCE) {
                        make(calls, asking, number, replies, shortfalls);
                        calls = new ArrayList<>();
                    }
                }
            }
            if (!queries.isEmpty()) {
                calls.add(call(asking, queries));
            }
            make(calls, asking, number, replies, shortfalls);
        }

        private void make(List<Call> calls, Asking asking, int[] number, List<Reply> replies, Set<String> shortfalls)
                throws InterruptedException {
            each(calls, reply -> {
                dataCalls++;
                String key = asking.prefix() + key(number[0]++);
                if (reply.isAnswered()) {
                    draft.compact(QUERIES, key, reply.call().parameters().getOrDefault("MetricDataQueries", List.of()));
                    draft.compact(DATA, key, kept(reply, asking, shortfalls));
                }
                replies.add(bare(reply));
                progress.counted(DATA, dataCalls, asking.all());
            });
        }

        /** The answer; of earlier days only the hours that are compared, which are a small part of it. */
        private Map<String, Object> kept(Reply reply, Asking asking, Set<String> shortfalls) {
            boolean earlier = asking.prefix().equals(HealthReader.EARLIER);
            List<Object> results = new ArrayList<>();
            for (Field result : reply.at("MetricDataResults").items()) {
                String status = result.at("StatusCode").text().orElse("Complete");
                if (!status.equals("Complete")) {
                    shortfalls.add("CloudWatch says " + Text.printable(status) + " of some series");
                }
                if (!earlier) {
                    result.raw().ifPresent(results::add);
                    continue;
                }
                Map<String, Object> copy = new LinkedHashMap<>();
                result.at("Id").text().ifPresent(id -> copy.put("Id", id));
                result.at("Label").text().ifPresent(label -> copy.put("Label", label));
                List<Field> times = result.at("Timestamps").items();
                List<Field> values = result.at("Values").items();
                List<Object> keptTimes = new ArrayList<>();
                List<Object> keptValues = new ArrayList<>();
                for (int i = 0; i < Math.min(times.size(), values.size()); i++) {
                    if (compared(times.get(i))) {
                        times.get(i).raw().ifPresent(keptTimes::add);
                        values.get(i).raw().ifPresent(keptValues::add);
                    }
                }
                copy.put("Timestamps", keptTimes);
                copy.put("Values", keptValues);
                copy.put("StatusCode", status);
                results.add(copy);
            }
            return OrderedMap.of("MetricDataResults", results);
        }

        private boolean compared(Field time) {
            try {
                return time.text()
                        .map(text -> java.time.OffsetDateTime.parse(text).toInstant())
                        .map(at -> window.sample(at).isPresent())
                        .orElse(false);
            } catch (DateTimeParseException foreign) {
                // The reader of the bundle says what is wrong with it.
                return true;
            }
        }

        private Call call(Asking asking, List<Map<String, Object>> queries) {
            return Call.of(
                    Operation.GET_METRIC_DATA,
                    Side.CALLER,
                    OrderedMap.of(
                            "MetricDataQueries",
                            List.copyOf(queries),
                            "StartTime",
                            asking.from(),
                            "EndTime",
                            asking.to()));
        }

        private Map<String, Object> query(CallEdge edge, EdgeMetric metric, int number, int period) {
            List<Map<String, Object>> dimensions = List.of(
                    OrderedMap.of("Name", "ClusterName", "Value", edge.cluster()),
                    OrderedMap.of("Name", "ServiceName", "Value", edge.caller()),
                    OrderedMap.of("Name", "TargetDiscoveryName", "Value", edge.target()));
            String label = metrics + " " + metric.metric() + " " + metric.statistic() + " " + period + " ClusterName="
                    + edge.cluster() + ",ServiceName=" + edge.caller() + ",TargetDiscoveryName=" + edge.target();
            return OrderedMap.of(
                    "Id",
                    "m" + number,
                    "MetricStat",
                    OrderedMap.of(
                            "Metric",
                            OrderedMap.of(
                                    "Namespace", metrics, "MetricName", metric.metric(), "Dimensions", dimensions),
                            "Period",
                            period,
                            "Stat",
                            metric.statistic()),
                    "Label",
                    label);
        }

        private int earlierHours() {
            return window.samples() * window.stepDays() * 24;
        }

        private static int perCall(int points) {
            return Math.max(1, Math.min(MOST_QUERIES, POINTS_PER_PAGE / Math.max(1, points)));
        }

        private static int ceilDiv(int number, int by) {
            return (number + by - 1) / by;
        }

        private static String key(int number) {
            String digits = Integer.toString(number);
            return "0".repeat(Math.max(0, 4 - digits.length())) + digits;
        }
    }
}
