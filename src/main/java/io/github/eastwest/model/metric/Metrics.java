package io.github.eastwest.model.metric;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All time series read.
 *
 * @param series in the order of the answer
 * @param listed identities that ListMetrics named, with or without data in the window: metric name and dimensions
 */
public record Metrics(List<MetricSeries> series, List<MetricId> listed) {
    public Metrics {
        series = List.copyOf(series);
        listed = List.copyOf(listed);
    }

    /** A metric's identity. */
    public record MetricId(String namespace, String name, Map<String, String> dimensions) {
        public MetricId {
            dimensions = Map.copyOf(dimensions);
        }
    }

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
