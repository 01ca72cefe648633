package io.github.eastwest.model.metric;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One CloudWatch time series.
 *
 * @param namespace such as {@code AWS/ECS}
 * @param name metric name
 * @param statistic Sum, Average, Maximum, Minimum, SampleCount
 * @param periodSeconds period
 * @param dimensions dimension names and values
 * @param points in order of time; a missing period has no point, which is not zero
 * @param complete whether CloudWatch said that all of it was returned
 */
public record MetricSeries(
        String namespace,
        String name,
        String statistic,
        int periodSeconds,
        Map<String, String> dimensions,
        List<Point> points,
        boolean complete) {
    public MetricSeries {
        dimensions = Map.copyOf(dimensions);
        points = List.copyOf(points);
    }

    /** A value for the period that begins at {@code at}. */
    public record Point(Instant at, double value) {}

    /** The sum of all points. */
    public double sum() {
        return points.stream().mapToDouble(Point::value).sum();
    }
}
