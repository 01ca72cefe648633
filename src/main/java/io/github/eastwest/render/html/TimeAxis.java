package io.github.eastwest.render.html;

import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Units;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/** The horizontal axis that all charts of a report share: its columns, the onset of failures, and what changed. */
final class TimeAxis {
    /** More columns than that are not told apart; neighbours are merged. */
    static final int MAX_COLUMNS = 120;

    private static final int MAX_MARKERS = 20;
    private static final int TITLE = 200;
    private static final Set<String> MARKED = Set.of("deployment", "config");

    private final Instant from;
    private final Instant to;
    private final int buckets;
    private final int merged;
    private final long bucketSeconds;

    private TimeAxis(TrafficReport.Series series) {
        this.buckets = series.buckets().size();
        this.merged = (buckets + MAX_COLUMNS - 1) / MAX_COLUMNS;
        this.bucketSeconds = (long) series.bucketSeconds() * merged;
        this.from = series.buckets().get(0).from();
        this.to = from.plusSeconds(bucketSeconds * columns());
    }

    /** The axis of that series; empty when it has no bucket. */
    static Optional<TimeAxis> of(TrafficReport.Series series) {
        return series.buckets().isEmpty() || series.bucketSeconds() <= 0
                ? Optional.empty()
                : Optional.of(new TimeAxis(series));
    }

    int columns() {
        return (buckets + merged - 1) / merged;
    }

    /** How many of the series' buckets one column holds. */
    int merged() {
        return merged;
    }

    /** Seconds of a column. */
    long columnSeconds() {
        return bucketSeconds;
    }

    /** {@code 5 s}. */
    String columnLength() {
        return Units.duration(Duration.ofSeconds(bucketSeconds));
    }

    /** The sum of a column's buckets; it does not overflow. */
    long sum(int column, IntToLongFunction value) {
        return inside(column).mapToLong(value).reduce(0, TimeAxis::saturated);
    }

    /** The highest value among a column's buckets. */
    OptionalLong highest(int column, IntFunction<OptionalLong> value) {
        return inside(column)
                .mapToObj(value)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .max();
    }

    private IntStream inside(int column) {
        return IntStream.range(column * merged, Math.min(buckets, (column + 1) * merged));
    }

    static long saturated(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** Left edge of a column in the chart's units. */
    double left(int column) {
        return (double) Chart.WIDTH * column / columns();
    }

    Chart.Hover hover(int column, String title) {
        return new Chart.Hover(Charts.number(left(column)), Charts.number(left(column + 1) - left(column)), title);
    }

    /** When a column begins. */
    String name(int column) {
        return tick(from.plusSeconds(bucketSeconds * column));
    }

    LineChart.Columns names() {
        return new LineChart.Columns(
                IntStream.range(0, columns()).mapToObj(this::name).toList(), ticks());
    }

    List<String> ticks() {
        Instant middle = from.plusSeconds(Duration.between(from, to).toSeconds() / 2);
        return List.of(tick(from), tick(middle), tick(to));
    }

    String tick(Instant at) {
        return Duration.between(from, to).toHours() >= 24 ? Units.dateTime(at) : Units.time(at);
    }

    private double x(Instant at) {
        double share = (double) Duration.between(from, at).toMillis()
                / Duration.between(from, to).toMillis();
        return Chart.WIDTH * Math.max(0, Math.min(1, share));
    }

    /** The onset's band, and deployments and changes of configuration inside the axis. */
    Chart.Overlay overlay(Background background, List<Diagnosis.TimelineEntry> timeline) {
        List<Chart.Band> bands = background
                .onset()
                .filter(onset ->
                        onset.earliest().isBefore(to) && !onset.latest().isBefore(from))
                .map(onset -> {
                    double left = x(onset.earliest());
                    // A band of no width cannot be seen.
                    double width = Math.max(4, x(onset.latest()) - left);
                    return new Chart.Band(
                            Charts.number(Math.min(left, Chart.WIDTH - width)),
                            Charts.number(width),
                            "onset of the failures",
                            "onset between " + tick(onset.earliest()) + " and " + tick(onset.latest()));
                })
                .stream()
                .toList();
        TreeMap<Instant, String> events = new TreeMap<>();
        timeline.stream()
                .filter(entry -> MARKED.contains(entry.kind()))
                .forEach(entry -> events.putIfAbsent(entry.at(), entry.kind() + ": " + entry.text()));
        background.changes().stream()
                .filter(change -> switch (change.kind()) {
                    case DEPLOYMENT, SCALING, SECURITY_GROUP, NETWORK, CERTIFICATE, CONFIGURATION -> true;
                    case TASK_STOP, TASK_START -> false;
                })
                .forEach(change -> events.put(
                        change.at(), change.id() + " " + change.kind().id() + ": " + change.text()));
        List<Chart.Marker> markers = new ArrayList<>();
        events.forEach((at, text) -> {
            if (!at.isBefore(from) && at.isBefore(to) && markers.size() < MAX_MARKERS) {
                markers.add(new Chart.Marker(Charts.number(x(at)), tick(at) + " " + Foreign.clean(text, TITLE)));
            }
        });
        return new Chart.Overlay(bands, markers, List.of());
    }
}
