package io.github.eastwest.render.html;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.model.report.TrafficReport.Bucket;
import io.github.eastwest.model.report.TrafficReport.Latency;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Units;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** Draws a traffic series. Coordinates are rounded and computed with exact or strict arithmetic: same series, same bytes. */
final class Charts {
    /** More columns than that are not told apart; neighbours are merged. */
    static final int MAX_BUCKETS = 120;

    /** Conditions with a colour of their own; the rest is one. */
    static final int MAX_CONDITIONS = 5;

    private static final int MAX_MARKERS = 20;
    private static final int TITLE = 200;
    private static final Set<String> MARKED = Set.of("deployment", "config");

    private final List<Bucket> buckets;
    private final int merged;
    private final long bucketSeconds;
    private final Instant from;
    private final Instant to;
    private final List<Chart.Marker> markers;

    private Charts(TrafficReport.Series series, List<Diagnosis.TimelineEntry> timeline) {
        this.merged = (series.buckets().size() + MAX_BUCKETS - 1) / MAX_BUCKETS;
        this.buckets = merge(series.buckets(), merged);
        this.bucketSeconds = (long) series.bucketSeconds() * merged;
        this.from = buckets.get(0).from();
        this.to = buckets.get(buckets.size() - 1).from().plusSeconds(bucketSeconds);
        this.markers = markers(timeline);
    }

    /** Charts of that series; empty when it has no bucket. */
    static Optional<Charts> of(TrafficReport.Series series, List<Diagnosis.TimelineEntry> timeline) {
        return series.buckets().isEmpty() || series.bucketSeconds() <= 0
                ? Optional.empty()
                : Optional.of(new Charts(series, timeline));
    }

    /** {@code 5 s}. */
    String bucketLength() {
        return Units.duration(Duration.ofSeconds(bucketSeconds));
    }

    /** How many of the diagnosis's buckets one column holds. */
    int merged() {
        return merged;
    }

    /** Calls per bucket, stacked: failed ones by condition at the bottom, answered ones above. */
    Chart calls() {
        List<Condition> shown = mostFrequentFailures();
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            Condition condition = shown.get(i);
            layers.add(new Layer(
                    "c" + i, condition.id(), bucket -> bucket.conditions().getOrDefault(condition, 0L)));
        }
        Layer others = new Layer(
                "c" + MAX_CONDITIONS,
                "other failed calls",
                bucket -> sum(bucket, condition -> condition.failure() && !shown.contains(condition)));
        if (buckets.stream().anyMatch(bucket -> others.count.apply(bucket) > 0)) {
            layers.add(others);
        }
        layers.add(new Layer("ok", "answered", bucket -> sum(bucket, condition -> !condition.failure())));

        long top = evenTop(buckets.stream()
                .mapToLong(bucket -> sum(bucket, condition -> true))
                .max()
                .orElse(0));
        List<Chart.Shape> shapes = new ArrayList<>();
        long[] below = new long[buckets.size()];
        for (Layer layer : layers) {
            StringBuilder path = new StringBuilder();
            for (int i = 0; i < buckets.size(); i++) {
                long count = layer.count.apply(buckets.get(i));
                if (count > 0) {
                    double y = height(below[i], top);
                    double tall = height(saturated(below[i], count), top) - y;
                    path.append(bar(i, y, tall));
                    below[i] = saturated(below[i], count);
                }
            }
            shapes.add(new Chart.Shape(layer.style, path.toString()));
        }
        List<String> head = new ArrayList<>();
        head.add("from");
        layers.forEach(layer -> head.add(layer.name));
        List<List<String>> rows = new ArrayList<>();
        List<Chart.Hover> hovers = new ArrayList<>();
        for (int i = 0; i < buckets.size(); i++) {
            Bucket bucket = buckets.get(i);
            List<String> row = new ArrayList<>();
            row.add(tick(bucket.from()));
            StringBuilder title = new StringBuilder(tick(bucket.from()));
            for (Layer layer : layers) {
                long count = layer.count.apply(bucket);
                row.add(Units.count(count));
                if (count > 0) {
                    title.append(title.indexOf(":\n") < 0 ? ":\n" : "\n")
                            .append(layer.name)
                            .append(' ')
                            .append(Units.count(count));
                }
            }
            rows.add(row);
            hovers.add(hover(i, title.toString()));
        }
        return new Chart(
                "Calls per " + bucketLength()
                        + " by condition, failed ones at the bottom. The table below has the numbers.",
                List.of(Units.count(top), Units.count(top / 2), "0"),
                xTicks(),
                shapes,
                hovers,
                markers,
                layers.stream()
                        .map(layer -> new Chart.Legend(layer.style, layer.name))
                        .toList(),
                new Chart.Table(head, rows));
    }

    /** Percentiles per bucket on a logarithmic scale; empty without any answered call. */
    Optional<Chart> latency() {
        List<Line> lines = List.of(
                new Line("p50", "p50", bucket -> bucket.latency().p50()),
                new Line("p90", "p90", bucket -> bucket.latency().p90()),
                new Line("p99", "p99", bucket -> bucket.latency().p99()));
        long least = Long.MAX_VALUE;
        long most = -1;
        for (Bucket bucket : buckets) {
            for (Line line : lines) {
                OptionalLong value = line.value.apply(bucket);
                if (value.isPresent()) {
                    least = Math.min(least, value.getAsLong());
                    most = Math.max(most, value.getAsLong());
                }
            }
        }
        if (most < 0) {
            return Optional.empty();
        }
        // Whole decades, so that the ticks are evenly spaced; below a millisecond nothing is told apart.
        int low = (int) StrictMath.floor(log(least));
        int high = Math.max(low + 1, (int) StrictMath.ceil(log(most)));
        List<Chart.Shape> shapes = new ArrayList<>();
        for (Line line : lines) {
            shapes.add(new Chart.Shape(line.style, path(line, low, high)));
        }
        List<String> ticks = new ArrayList<>();
        long value = 1;
        for (int decade = 0; decade <= high; decade++) {
            if (decade >= low) {
                ticks.add(0, Units.count(value) + Units.THIN_SPACE + "ms");
            }
            value = value > Long.MAX_VALUE / 10 ? Long.MAX_VALUE : value * 10;
        }
        List<List<String>> rows = new ArrayList<>();
        List<Chart.Hover> hovers = new ArrayList<>();
        for (int i = 0; i < buckets.size(); i++) {
            Latency latency = buckets.get(i).latency();
            String at = tick(buckets.get(i).from());
            rows.add(List.of(
                    at,
                    Units.millis(latency.p50()),
                    Units.millis(latency.p90()),
                    Units.millis(latency.p99()),
                    Units.millis(latency.max())));
            hovers.add(hover(
                    i,
                    latency.p50().isEmpty()
                            ? at + ":\nno answered call"
                            : at + ":\np50 " + Units.millis(latency.p50()) + "\np90 " + Units.millis(latency.p90())
                                    + "\np99 " + Units.millis(latency.p99())));
        }
        return Optional.of(new Chart(
                "Latency of answered calls per " + bucketLength()
                        + ", logarithmic scale. The table below has the numbers.",
                ticks,
                xTicks(),
                shapes,
                hovers,
                markers,
                lines.stream()
                        .map(line -> new Chart.Legend(line.style, line.name))
                        .toList(),
                new Chart.Table(List.of("from", "p50", "p90", "p99", "max"), rows)));
    }

    private record Layer(String style, String name, Function<Bucket, Long> count) {}

    private record Line(String style, String name, Function<Bucket, OptionalLong> value) {}

    private List<Condition> mostFrequentFailures() {
        Map<Condition, Long> total = new EnumMap<>(Condition.class);
        for (Bucket bucket : buckets) {
            bucket.conditions().forEach((condition, count) -> {
                if (condition.failure() && count > 0) {
                    total.merge(condition, count, Charts::saturated);
                }
            });
        }
        return total.entrySet().stream()
                .sorted(Map.Entry.<Condition, Long>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MAX_CONDITIONS)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static long sum(Bucket bucket, Function<Condition, Boolean> which) {
        long sum = 0;
        for (Map.Entry<Condition, Long> entry : bucket.conditions().entrySet()) {
            if (which.apply(entry.getKey())) {
                sum = saturated(sum, entry.getValue());
            }
        }
        return sum;
    }

    private static long saturated(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static List<Bucket> merge(List<Bucket> buckets, int size) {
        if (size <= 1) {
            return buckets;
        }
        List<Bucket> merged = new ArrayList<>();
        for (int start = 0; start < buckets.size(); start += size) {
            List<Bucket> group = buckets.subList(start, Math.min(start + size, buckets.size()));
            Map<Condition, Long> conditions = new EnumMap<>(Condition.class);
            group.forEach(bucket -> bucket.conditions()
                    .forEach((condition, count) -> conditions.merge(condition, count, Charts::saturated)));
            merged.add(new Bucket(
                    group.get(0).from(),
                    conditions,
                    new Latency(
                            highest(group, Latency::p50),
                            highest(group, Latency::p90),
                            highest(group, Latency::p99),
                            highest(group, Latency::max))));
        }
        return merged;
    }

    private static OptionalLong highest(List<Bucket> group, Function<Latency, OptionalLong> percentile) {
        return group.stream()
                .map(bucket -> percentile.apply(bucket.latency()))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .max();
    }

    /** The next number that reads well and whose half is whole: 2, 4, 6, 8, 10, 12, 16, 20, 30, 40, 50, 60, 80, 100, 120, … */
    static long evenTop(long count) {
        for (long small : new long[] {2, 4, 6, 8}) {
            if (small >= count) {
                return small;
            }
        }
        for (long unit = 1; unit <= Long.MAX_VALUE / 100; unit *= 10) {
            for (long digits : new long[] {10, 12, 16, 20, 30, 40, 50, 60, 80}) {
                if (digits * unit >= count) {
                    return digits * unit;
                }
            }
        }
        return Long.MAX_VALUE;
    }

    private double left(int bucket) {
        return (double) Chart.WIDTH * bucket / buckets.size();
    }

    private static double height(long count, long top) {
        return (double) count / top * Chart.HEIGHT;
    }

    /** A rectangle that starts {@code y} above the ground. */
    private String bar(int bucket, double y, double tall) {
        double gap = buckets.size() > 60 ? 0 : 0.1 * Chart.WIDTH / buckets.size();
        double wide = left(bucket + 1) - left(bucket) - gap;
        return "M" + number(left(bucket)) + " " + number(Chart.HEIGHT - y) + "v-" + number(tall) + "h" + number(wide)
                + "v" + number(tall) + "z";
    }

    private static double log(long millis) {
        return StrictMath.log10(Math.max(1, millis));
    }

    /** Lines between neighbours that both have a value; a value alone is a dot. */
    private String path(Line line, int low, int high) {
        StringBuilder path = new StringBuilder();
        boolean open = false;
        for (int i = 0; i < buckets.size(); i++) {
            OptionalLong value = line.value.apply(buckets.get(i));
            if (value.isEmpty()) {
                open = false;
                continue;
            }
            double x = (left(i) + left(i + 1)) / 2;
            double y = Chart.HEIGHT * (1 - (log(value.getAsLong()) - low) / (high - low));
            path.append(open ? 'L' : 'M').append(number(x)).append(' ').append(number(y));
            if (!open) {
                path.append("h0.1");
            }
            open = true;
        }
        return path.toString();
    }

    private Chart.Hover hover(int bucket, String title) {
        return new Chart.Hover(number(left(bucket)), number(left(bucket + 1) - left(bucket)), title);
    }

    private List<Chart.Marker> markers(List<Diagnosis.TimelineEntry> timeline) {
        double seconds = Duration.between(from, to).toSeconds();
        return timeline.stream()
                .filter(entry -> MARKED.contains(entry.kind()))
                .filter(entry -> !entry.at().isBefore(from) && entry.at().isBefore(to))
                .sorted(Comparator.comparing(Diagnosis.TimelineEntry::at))
                .limit(MAX_MARKERS)
                .map(entry -> new Chart.Marker(
                        number(Chart.WIDTH * Duration.between(from, entry.at()).toSeconds() / seconds),
                        tick(entry.at()) + " " + entry.kind() + ": " + Foreign.clean(entry.text(), TITLE)))
                .toList();
    }

    private List<String> xTicks() {
        Instant middle = from.plusSeconds(Duration.between(from, to).toSeconds() / 2);
        return List.of(tick(from), tick(middle), tick(to));
    }

    private String tick(Instant at) {
        return Duration.between(from, to).toHours() >= 24 ? Units.dateTime(at) : Units.time(at);
    }

    /** One decimal place, never in scientific form. */
    static String number(double value) {
        long tenths = StrictMath.round(value * 10);
        String sign = tenths < 0 ? "-" : "";
        long size = Math.abs(tenths);
        return sign + size / 10 + (size % 10 == 0 ? "" : "." + size % 10);
    }
}
