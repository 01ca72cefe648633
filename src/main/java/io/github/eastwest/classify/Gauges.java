package io.github.eastwest.classify;

import io.github.eastwest.model.Input;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.report.Gauge;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What tells of capacity: metrics of CPU and memory of both services and of connections at the callee, and the callee's tasks that
 * answered calls.
 */
final class Gauges {
    private static final long MOST_PERIODS = 120;

    private Gauges() {}

    /** The gauges that have a value, callee first. */
    static List<Gauge> of(Facts facts) {
        List<Gauge> gauges = new ArrayList<>();
        for (String service : List.of(facts.edge().callee(), facts.edge().caller())) {
            for (String metric : List.of("CPUUtilization", "MemoryUtilization")) {
                facts.utilization(service, metric, "Maximum")
                        .or(() -> facts.utilization(service, metric, "Average"))
                        .ifPresent(series -> gauges.add(gauge(series, service, "%")));
            }
            if (service.equals(facts.edge().callee())) {
                connections(facts, "ActiveConnectionCount", "Maximum", "Average")
                        .ifPresent(series -> gauges.add(gauge(series, service, "connections")));
                connections(facts, "NewConnectionCount", "Sum", "Average")
                        .ifPresent(series -> gauges.add(gauge(series, service, "connections")));
            }
        }
        answering(facts).ifPresent(gauges::add);
        return gauges;
    }

    /**
     * How many tasks of the callee answered a call of this edge well, per period in which a call was made. Empty where answered calls
     * are a sample or name no task: both would make tasks disappear that were well.
     */
    private static Optional<Gauge> answering(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()
                || traffic.get().traffic().successStep() != 1
                || traffic.get().successes().stream()
                        .anyMatch(call -> call.host().isEmpty())) {
            return Optional.empty();
        }
        TrafficView view = traffic.get();
        long minutes = (facts.window().length().toMinutes() + MOST_PERIODS - 1) / MOST_PERIODS;
        int seconds = (int) Math.max(1, minutes) * 60;
        Map<Long, Set<String>> hosts = new TreeMap<>();
        // A period of failures alone is one in which no task answered.
        view.failures().forEach(call -> hosts.computeIfAbsent(period(facts, call, seconds), any -> new HashSet<>()));
        view.successes()
                .forEach(call -> hosts.computeIfAbsent(period(facts, call, seconds), any -> new HashSet<>())
                        .add(call.host()));
        return Optional.of(new Gauge(
                        "tasks that served a call",
                        facts.edge().callee(),
                        "number",
                        "tasks",
                        seconds,
                        hosts.entrySet().stream()
                                .map(entry -> new Gauge.Point(
                                        facts.window().from().plusSeconds(entry.getKey() * seconds),
                                        entry.getValue().size()))
                                .toList(),
                        (view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS).id()))
                .filter(gauge -> !gauge.points().isEmpty());
    }

    private static long period(Facts facts, Observed call, int seconds) {
        return Math.max(0, (call.start() - facts.window().from().toEpochMilli()) / (seconds * 1000L));
    }

    private static Optional<MetricSeries> connections(Facts facts, String metric, String first, String second) {
        return facts.atCallee(metric, first).or(() -> facts.atCallee(metric, second));
    }

    private static Gauge gauge(MetricSeries series, String subject, String unit) {
        return new Gauge(
                series.name(),
                subject,
                series.statistic(),
                unit,
                series.periodSeconds(),
                series.points().stream()
                        .map(point -> new Gauge.Point(point.at(), point.value()))
                        .toList(),
                Input.METRICS.id());
    }
}
