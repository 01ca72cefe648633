package io.github.eastwest.model.report;

import java.time.Instant;
import java.util.List;

/**
 * A measured quantity of the caller or the callee over time: capacity and its use.
 *
 * @param name the metric's name, or what was counted in the logs
 * @param subject whose
 * @param statistic {@code Average}, {@code Maximum}, {@code Sum}; {@code number} for what was counted in the logs
 * @param unit {@code %} or the thing counted in the plural
 * @param periodSeconds length of a period
 * @param points in order of time; a period without a point was not measured
 * @param source the input it was read from
 */
public record Gauge(
        String name,
        String subject,
        String statistic,
        String unit,
        int periodSeconds,
        List<Point> points,
        String source) {
    public Gauge {
        points = List.copyOf(points);
    }

    /** A value for the period that begins at {@code at}. */
    public record Point(Instant at, double value) {}
}
