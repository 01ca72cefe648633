package io.github.eastwest.classify;

import io.github.eastwest.model.Input;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.report.Gauge;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Picks the metrics that tell of capacity: CPU and memory of both services, connections at the callee. */
final class Gauges {
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
        return gauges;
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
