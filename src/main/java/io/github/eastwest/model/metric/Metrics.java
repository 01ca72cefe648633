package io.github.eastwest.model.metric;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All time series read.
 *
 * @param series in the order of the answer
 * @param listed identities that ListMetrics named, with or without data in the window: metric name and dimensions
 * @param alarms alarms on metrics of the services, and those that watch their deployments
 */
public record Metrics(List<MetricSeries> series, List<MetricId> listed, List<Alarm> alarms) {
    public Metrics {
        series = List.copyOf(series);
        listed = List.copyOf(listed);
        alarms = List.copyOf(alarms);
    }

    /** Metrics without alarms. */
    public Metrics(List<MetricSeries> series, List<MetricId> listed) {
        this(series, listed, List.of());
    }

    /** A metric's identity. */
    public record MetricId(String namespace, String name, Map<String, String> dimensions) {
        public MetricId {
            dimensions = Map.copyOf(dimensions);
        }
    }

    /**
     * An alarm ({@code DescribeAlarms}).
     *
     * @param state OK, ALARM or INSUFFICIENT_DATA
     * @param since when it took on that state, UTC; the states before are not known
     */
    public record Alarm(String name, String state, Optional<Instant> since) {}

    /** The series of that namespace, name, statistic and exactly those dimensions. */
    public Optional<MetricSeries> find(
            String namespace, String name, String statistic, Map<String, String> dimensions) {
        return series.stream()
                .filter(s -> s.namespace().equals(namespace)
                        && s.name().equals(name)
                        && s.statistic().equals(statistic)
                        && s.dimensions().equals(dimensions))
                .findFirst();
    }
}
