package io.github.eastwest.bundle;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.health.CallEdge;
import io.github.eastwest.model.health.EdgeMetric;
import io.github.eastwest.model.health.EdgeTraffic;
import io.github.eastwest.model.health.HealthSnapshot;
import io.github.eastwest.model.health.HealthWindow;
import io.github.eastwest.model.metric.Metrics;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads a health bundle: the edges that ListMetrics names on the caller's dimension set, their series, and the services. Made
 * for tens of thousands of edges: answers are read element by element into compact series.
 *
 * <p>Series of the window have the manifest's period. Those of earlier days are hours; they lie in files whose key begins
 * with {@value #EARLIER}, or are known by their times where a bundle was made by hand.
 */
public final class HealthReader {
    /** How the keys of answers about earlier days begin. */
    public static final String EARLIER = "earlier-";

    /** A health bundle of ten thousand edges has some hundred megabytes of answers, of which little stays in memory. */
    public static final Limits LIMITS = new Limits(
            Limits.DEFAULT.entries(),
            256L << 20,
            2048L << 20,
            100_000_000,
            Limits.DEFAULT.logBytes(),
            Limits.DEFAULT.eventBytes(),
            Limits.DEFAULT.logBytesInAll(),
            Limits.DEFAULT.expansion());

    /** Most edges of a report; what a stranger's bundle names beyond is left out and said. */
    static final int MOST_EDGES = 100_000;

    private static final Set<String> CALLER_SIDE = Set.of("TargetDiscoveryName", "ServiceName", "ClusterName");
    private static final int HOUR = 3600;
    private static final int DEFAULT_PERIOD = 60;
    private static final int MOST_DIAGNOSED = 1000;

    private final Bundle bundle;
    private final Manifest manifest;
    private final Ledger ledger = new Ledger();
    private final SortedMap<CallEdge, EdgeTraffic.Builder> edges = new TreeMap<>();
    private int edgesLeftOut;
    private boolean anythingListed;
    private boolean anythingEarlier;

    private HealthReader(Bundle bundle) {
        this.bundle = bundle;
        this.manifest = Manifest.read(bundle);
    }

    /**
     * Reads everything. What cannot be read becomes coverage.
     *
     * @throws EastwestException of kind USAGE if the bundle holds no metrics, or does not say which time it covers
     */
    public static HealthSnapshot read(Bundle bundle) {
        return new HealthReader(bundle).read();
    }

    private HealthSnapshot read() {
        boolean any = bundle.paths().stream()
                .flatMap(path -> Layout.operation(path).stream())
                .anyMatch(operation -> operation.startsWith("cloudwatch/"));
        if (!any && manifest.coverage().isEmpty()) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    bundle.name() + " holds no metrics",
                    "A health bundle has manifest.json, cloudwatch/list-metrics.json and cloudwatch/get-metric-data.json.");
        }
        if (manifest.from().isEmpty() || manifest.to().isEmpty()) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "the bundle " + bundle.name() + " does not say which time it covers",
                    "Its manifest.json needs \"window\": {\"from\": …, \"to\": …}.");
        }
        Faults faults = new Faults();
        Json plan = plan(faults);
        HealthWindow window = window(plan);
        Answers answers = new Answers(bundle, ledger);
        answers.read("cloudwatch/list-metrics", "Metrics", json -> list(json, window));
        readSeries(answers, window);
        if (window.samples() > 0 && anythingListed && !anythingEarlier) {
            ledger.source(Input.METRICS.id()).faults().add("earlier days are missing");
        }
        List<Service> services = EcsAnswers.once(
                answers.read("ecs/describe-services", "services", EcsMapper::service),
                service -> service.cluster() + "/" + service.name(),
                (first, second) -> first);
        List<EdgeTraffic> traffic = new ArrayList<>(edges.size());
        // Each builder goes when its edge is built: the two need not be in memory together.
        while (!edges.isEmpty()) {
            CallEdge first = edges.firstKey();
            Optional.ofNullable(edges.remove(first)).ifPresent(builder -> traffic.add(builder.build()));
        }
        Json scope = plan.at("scope");
        HealthSnapshot.Scope looked = new HealthSnapshot.Scope(
                scope.at("cluster").text().or(() -> manifest.names().cluster()),
                scope.at("namespace").text());
        SortedMap<CallEdge, HealthSnapshot.Deep> diagnosed = diagnosed(plan);
        return new HealthSnapshot(
                looked,
                window,
                new Snapshot.Account(manifest.region(), manifest.account()),
                coverage(faults),
                traffic,
                services,
                diagnosed);
    }

    /** The manifest as a whole; absent when it cannot be read, which {@link Manifest} says. */
    private Json plan(Faults faults) {
        try (DocumentInput in = bundle.openDocument(Layout.MANIFEST)) {
            return JsonDocument.whole(in, Layout.MANIFEST, faults);
        } catch (JsonDocument.Broken | IOException unreadable) {
            return Json.of(null, Layout.MANIFEST, faults);
        }
    }

    private HealthWindow window(Json plan) {
        TimeWindow window =
                new TimeWindow(manifest.from().orElseThrow(), manifest.to().orElseThrow());
        int days = plan.at("compareDays").integer().orElse(0);
        int period = plan.at("periodSeconds").integer().orElse(DEFAULT_PERIOD);
        try {
            return new HealthWindow(window, period, days);
        } catch (IllegalArgumentException unfit) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "the manifest of " + bundle.name() + " has a window, periodSeconds or compareDays that do not fit: "
                            + unfit.getMessage(),
                    "Correct the manifest, or collect again.");
        }
    }

    // ---- ListMetrics

    private Optional<CallEdge> list(Json json, HealthWindow window) {
        Optional<Metrics.MetricId> id = MetricMapper.listed(json);
        Optional<CallEdge> edge = id.flatMap(metric -> edge(metric.dimensions()));
        if (edge.isEmpty()) {
            return edge;
        }
        EdgeTraffic.Builder builder = edges.get(edge.get());
        if (builder == null) {
            if (edges.size() >= MOST_EDGES) {
                edgesLeftOut++;
                return Optional.empty();
            }
            builder = new EdgeTraffic.Builder(edge.get(), window.periods(), window.samples());
            edges.put(edge.get(), builder);
        }
        Optional<EdgeMetric> metric = EdgeMetric.of(id.get().name());
        metric.ifPresent(builder::listed);
        anythingListed |= metric.isPresent();
        return edge;
    }

    /** The edge of target metrics with the caller's dimensions; empty for any other set. */
    private static Optional<CallEdge> edge(Map<String, String> dimensions) {
        return dimensions.keySet().equals(CALLER_SIDE)
                ? Optional.of(new CallEdge(
                        dimensions.getOrDefault("ClusterName", ""),
                        dimensions.getOrDefault("ServiceName", ""),
                        dimensions.getOrDefault("TargetDiscoveryName", "")))
                : Optional.empty();
    }

    // ---- GetMetricData

    /** What a query asks for, as far as health reads it. */
    private record Asked(EdgeTraffic.Builder edge, EdgeMetric metric, int period) {}

    private void readSeries(Answers answers, HealthWindow window) {
        Map<String, Map<String, Asked>> queries = new HashMap<>();
        answers.read("cloudwatch/metric-data-queries", "MetricDataQueries", (json, key) -> {
            Optional<String> id = json.at("Id").required();
            MetricMapper.identity(json)
                    .flatMap(this::asked)
                    .ifPresent(asked -> id.ifPresent(known ->
                            queries.computeIfAbsent(key, any -> new HashMap<>()).putIfAbsent(known, asked)));
            return Optional.empty();
        });
        answers.read("cloudwatch/get-metric-data", "MetricDataResults", (json, key) -> {
            Optional<Asked> asked = Optional.ofNullable(queries.getOrDefault(key, Map.of())
                            .get(json.at("Id").textOrEmpty()))
                    .or(() -> Optional.ofNullable(
                            queries.getOrDefault("", Map.of()).get(json.at("Id").textOrEmpty())))
                    .or(() -> MetricMapper.parse(json.at("Label").textOrEmpty()).flatMap(this::asked));
            asked.ifPresent(series -> take(json, series, key.startsWith(EARLIER), window));
            // A series of something else, or of an edge that ListMetrics does not name, is not wrong.
            return Optional.of(true);
        });
    }

    private Optional<Asked> asked(MetricMapper.Identity identity) {
        Optional<EdgeMetric> metric =
                EdgeMetric.of(identity.name()).filter(known -> known.statistic().equals(identity.statistic()));
        return metric.flatMap(known -> edge(identity.dimensions())
                .flatMap(edge -> Optional.ofNullable(edges.get(edge)))
                .map(builder -> new Asked(builder, known, identity.periodSeconds())));
    }

    private void take(Json json, Asked asked, boolean earlier, HealthWindow window) {
        String status = json.at("StatusCode").text().orElse("Complete");
        if (!status.equals("Complete") && !status.equals("PartialData")) {
            json.fault("is " + status);
            return;
        }
        List<Json> times = json.at("Timestamps").items();
        List<Json> values = json.at("Values").items();
        if (times.size() != values.size()) {
            json.fault("has " + times.size() + " Timestamps and " + values.size() + " Values");
            return;
        }
        boolean before = earlier;
        for (int i = 0; i < times.size(); i++) {
            Optional<Instant> at = times.get(i).time();
            OptionalDouble value = values.get(i).number();
            if (at.isEmpty() || value.isEmpty() || !(value.getAsDouble() >= 0)) {
                json.fault("has a point without time or without a value that can be");
                return;
            }
            OptionalInt period = asked.period() == window.periodSeconds() && !earlier
                    ? window.period(at.get())
                    : OptionalInt.empty();
            OptionalInt sample = asked.period() == HOUR ? window.sample(at.get()) : OptionalInt.empty();
            if (period.isPresent()) {
                asked.edge().now(asked.metric(), period.getAsInt(), value.getAsDouble());
            } else if (sample.isPresent()) {
                asked.edge().earlier(asked.metric(), sample.getAsInt(), value.getAsDouble());
                before = true;
            }
        }
        // Pages of one series are PartialData until the last, which is Complete.
        if (status.equals("Complete")) {
            if (before) {
                anythingEarlier = true;
                asked.edge().readEarlier(asked.metric());
            }
            if (!earlier && asked.period() == window.periodSeconds()) {
                asked.edge().read(asked.metric());
            }
        }
    }

    // ---- the closer looks

    private SortedMap<CallEdge, HealthSnapshot.Deep> diagnosed(Json plan) {
        SortedMap<CallEdge, HealthSnapshot.Deep> diagnosed = new TreeMap<>();
        for (Json item : plan.at("diagnosed").items()) {
            Optional<String> caller = item.at("caller").required();
            Optional<String> target = item.at("target").required();
            String folder = item.at("folder").textOrEmpty();
            String problem = item.at("problem").textOrEmpty();
            boolean there = folder.isEmpty()
                    || (Bundle.danger(folder).isEmpty()
                            && bundle.paths().stream().anyMatch(path -> path.startsWith(folder + "/")));
            if (caller.isPresent() && target.isPresent() && diagnosed.size() < MOST_DIAGNOSED) {
                diagnosed.put(
                        new CallEdge(item.at("cluster").textOrEmpty(), caller.get(), target.get()),
                        new HealthSnapshot.Deep(
                                there ? folder : "",
                                item.at("callee").text(),
                                there ? problem : "the bundle has no folder " + Text.printable(folder)));
            }
        }
        return diagnosed;
    }

    private Coverage coverage(Faults plan) {
        List<Coverage.Entry> entries = new ArrayList<>();
        for (Input input : List.of(Input.SERVICES, Input.SERVICES_BY_NAMESPACE, Input.LIST_METRICS, Input.METRICS)) {
            Coverage.Entry entry = ledger.entry(input.id(), manifest);
            boolean byNamespace = input == Input.SERVICES_BY_NAMESPACE;
            if (!byNamespace
                    || entry.state() != Coverage.State.NOT_COLLECTED
                    || !entry.detail().isEmpty()) {
                entries.add(entry);
            }
        }
        if (edgesLeftOut > 0) {
            entries.add(new Coverage.Entry(
                    Input.LIST_METRICS.id() + " (beyond " + MOST_EDGES + " edges)",
                    Coverage.State.PARTIAL,
                    edgesLeftOut + " metrics of more edges were left out"));
        }
        manifest.entry().ifPresent(entries::add);
        if (plan.any()) {
            entries.add(new Coverage.Entry("manifest", Coverage.State.PARTIAL, plan.detail()));
        }
        bundle.leftOut()
                .forEach((path, why) ->
                        entries.add(new Coverage.Entry(path, Coverage.State.NOT_COLLECTED, "ignored: " + why)));
        return new Coverage(entries, manifest.stoppedAtCost());
    }
}
