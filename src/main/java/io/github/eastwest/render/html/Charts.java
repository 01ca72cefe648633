package io.github.eastwest.render.html;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Breakdown;
import io.github.eastwest.model.report.Breakdown.Seen;
import io.github.eastwest.model.report.Breakdown.SideView;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.model.report.TrafficReport.Bucket;
import io.github.eastwest.model.report.TrafficReport.Latency;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Units;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Draws the calls of a report. Coordinates are rounded and computed with exact or strict arithmetic: same calls, same bytes. */
final class Charts {
    /** Conditions with a colour of their own; the rest is one. */
    static final int MAX_CONDITIONS = 5;

    private static final int HEAT_LEVELS = 5;
    private static final int MAX_LIMITS = 6;

    private final TimeAxis axis;
    private final TrafficReport traffic;
    private final List<Bucket> buckets;
    private final Chart.Overlay overlay;
    private final List<Background.Rung> ladder;
    private final Optional<Background.NoiseFloor> usual;

    private Charts(
            TimeAxis axis, TrafficReport traffic, Background background, List<Diagnosis.TimelineEntry> timeline) {
        this.axis = axis;
        this.traffic = traffic;
        this.buckets = traffic.series().buckets();
        this.overlay = axis.overlay(background, timeline);
        this.ladder = background.ladder();
        this.usual = background.noiseFloor();
    }

    /** Charts of that traffic; empty when it was not counted over time. */
    static Optional<Charts> of(TrafficReport traffic, Background background, List<Diagnosis.TimelineEntry> timeline) {
        return TimeAxis.of(traffic.series()).map(axis -> new Charts(axis, traffic, background, timeline));
    }

    TimeAxis axis() {
        return axis;
    }

    private record Layer(String style, String name, boolean inferred, IntToLongFunction count) {}

    /** Failed calls per column, stacked by condition; those that are inferred, even in part, are hatched. Empty without any. */
    Optional<Chart> errors() {
        List<Condition> shown = mostFrequentFailures();
        if (shown.isEmpty()) {
            return Optional.empty();
        }
        Set<Condition> inferred = new HashSet<>();
        traffic.conditions().stream()
                .filter(count -> count.basis() == Basis.INFERRED || count.basis() == Basis.MIXED)
                .forEach(count -> inferred.add(count.condition()));
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            Condition condition = shown.get(i);
            layers.add(new Layer(
                    "c" + i,
                    condition.id(),
                    inferred.contains(condition),
                    bucket -> buckets.get(bucket).conditions().getOrDefault(condition, 0L)));
        }
        Layer others = new Layer(
                "c" + MAX_CONDITIONS,
                "other failed calls",
                false,
                bucket -> sum(buckets.get(bucket), condition -> condition.failure() && !shown.contains(condition)));
        if (IntStream.range(0, buckets.size()).anyMatch(bucket -> others.count.applyAsLong(bucket) > 0)) {
            layers.add(others);
        }
        Chart failed = stacked("Failed calls per " + axis.columnLength() + " by condition.", layers);
        return Optional.of(usual.map(floor -> withUsual(failed, floor)).orElse(failed));
    }

    /**
     * Failed calls per column, stacked by what they were answered with, the frequent ones with a colour of their own. Empty when
     * the answers were not counted bucket by bucket.
     */
    Optional<Chart> statuses() {
        List<Breakdown.Status> statuses = traffic.breakdown().statuses().stream()
                .filter(status -> status.buckets().size() == buckets.size() && status.count() > 0)
                .toList();
        if (statuses.isEmpty()) {
            return Optional.empty();
        }
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < Math.min(MAX_CONDITIONS, statuses.size()); i++) {
            Breakdown.Status status = statuses.get(i);
            layers.add(new Layer(
                    "c" + i,
                    status.status().equals("0") ? "0: no answer" : Clean.name(status.status()),
                    false,
                    status.buckets()::get));
        }
        List<Breakdown.Status> rest = statuses.subList(layers.size(), statuses.size());
        if (!rest.isEmpty()) {
            layers.add(new Layer(
                    "c" + MAX_CONDITIONS,
                    "other statuses",
                    false,
                    bucket -> rest.stream()
                            .mapToLong(status -> status.buckets().get(bucket))
                            .sum()));
        }
        return Optional.of(stacked("Failed calls per " + axis.columnLength() + " by status.", layers));
    }

    /** With the failed calls that each column would have at the upper end of what is usual. */
    private Chart withUsual(Chart failed, Background.NoiseFloor floor) {
        StringBuilder path = new StringBuilder();
        long top = evenTop(highestFailed());
        for (int i = 0; i < axis.columns(); i++) {
            long calls = axis.sum(i, bucket -> sum(buckets.get(bucket), condition -> true));
            double at = Math.min(Chart.HEIGHT, floor.upper() * calls / top * Chart.HEIGHT);
            path.append('M')
                    .append(number(axis.left(i)))
                    .append(' ')
                    .append(number(Chart.HEIGHT - at))
                    .append('H')
                    .append(number(axis.left(i + 1)));
        }
        return failed.with(
                new Chart.Shape("usual", path.toString()),
                new Chart.Legend(
                        "usual",
                        "usual at most: " + Units.share(StrictMath.round(floor.upper() * 1_000_000), 1_000_000)));
    }

    private long highestFailed() {
        long highest = 0;
        for (int i = 0; i < axis.columns(); i++) {
            highest = Math.max(highest, axis.sum(i, bucket -> sum(buckets.get(bucket), Condition::failure)));
        }
        return highest;
    }

    /** Calls per column, the failed ones at the bottom. */
    Chart calls() {
        return stacked(
                "Calls per " + axis.columnLength() + ", failed ones at the bottom.",
                List.of(
                        new Layer("c0", "failed", false, bucket -> sum(buckets.get(bucket), Condition::failure)),
                        new Layer(
                                "ok",
                                "answered",
                                false,
                                bucket -> sum(buckets.get(bucket), condition -> !condition.failure()))));
    }

    private Chart stacked(String label, List<Layer> layers) {
        int columns = axis.columns();
        long[][] counts = new long[layers.size()][columns];
        long highest = 0;
        for (int i = 0; i < columns; i++) {
            long all = 0;
            for (int layer = 0; layer < layers.size(); layer++) {
                counts[layer][i] = axis.sum(i, layers.get(layer).count);
                all = TimeAxis.saturated(all, counts[layer][i]);
            }
            highest = Math.max(highest, all);
        }
        long top = evenTop(highest);
        List<Chart.Shape> shapes = new ArrayList<>();
        long[] below = new long[columns];
        for (int layer = 0; layer < layers.size(); layer++) {
            StringBuilder path = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                if (counts[layer][i] > 0) {
                    double y = height(below[i], top);
                    double tall = height(TimeAxis.saturated(below[i], counts[layer][i]), top) - y;
                    path.append(bar(i, y, tall));
                    below[i] = TimeAxis.saturated(below[i], counts[layer][i]);
                }
            }
            shapes.add(new Chart.Shape(layers.get(layer).style, path.toString()));
            if (layers.get(layer).inferred) {
                shapes.add(new Chart.Shape("hatch", path.toString()));
            }
        }
        List<String> head = new ArrayList<>(List.of("from"));
        layers.forEach(layer -> head.add(layer.name));
        List<List<String>> rows = new ArrayList<>();
        List<Chart.Hover> hovers = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            List<String> row = new ArrayList<>(List.of(axis.name(i)));
            StringBuilder title = new StringBuilder(axis.name(i));
            for (int layer = 0; layer < layers.size(); layer++) {
                row.add(Units.count(counts[layer][i]));
                if (counts[layer][i] > 0) {
                    title.append(title.indexOf(":\n") < 0 ? ":\n" : "\n")
                            .append(layers.get(layer).name)
                            .append(' ')
                            .append(Units.count(counts[layer][i]));
                }
            }
            rows.add(row);
            hovers.add(axis.hover(i, title.toString()));
        }
        return new Chart(
                label + " The table below has the numbers.",
                List.of(Units.count(top), Units.count(top / 2), "0"),
                axis.ticks(),
                shapes,
                hovers,
                overlay,
                layers.stream()
                        .map(layer -> new Chart.Legend(
                                layer.inferred ? layer.style + " hatched" : layer.style,
                                layer.inferred ? layer.name + " (inferred)" : layer.name))
                        .toList(),
                new Chart.Table(head, rows));
    }

    /** Percentiles of answered calls per column on a logarithmic scale; empty when no call was answered. */
    Optional<Chart> latency() {
        List<LineChart.Line> lines = Stream.of(
                        line("p50", "p50", i -> buckets.get(i).latency().p50()),
                        line("p90", "p90", i -> buckets.get(i).latency().p90()),
                        line("p99", "p99", i -> buckets.get(i).latency().p99()),
                        line("slowest", "max", i -> buckets.get(i).latency().max()))
                .toList();
        return millis("Latency of answered calls per " + axis.columnLength() + ", logarithmic scale.", lines, true);
    }

    private LineChart.Line line(String style, String name, IntFunction<OptionalLong> value) {
        return new LineChart.Line(
                style,
                name,
                IntStream.range(0, axis.columns())
                        .mapToObj(column -> axis.highest(column, value))
                        .map(millis ->
                                millis.isPresent() ? OptionalDouble.of(millis.getAsLong()) : OptionalDouble.empty())
                        .toList());
    }

    private Optional<Chart> millis(String label, List<LineChart.Line> lines, boolean withLimits) {
        List<Double> values = lines.stream()
                .flatMap(line -> line.values().stream())
                .filter(OptionalDouble::isPresent)
                .map(OptionalDouble::getAsDouble)
                .toList();
        if (values.isEmpty()) {
            return Optional.empty();
        }
        double lowest = values.stream().mapToDouble(Double::doubleValue).min().orElse(1);
        double highest = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        Scale scale = Scale.millis((long) lowest, (long) highest);
        List<Chart.Limit> limits = withLimits
                ? limits(millis -> millis >= lowest && scale.above(millis) < Chart.HEIGHT
                        ? OptionalDouble.of(Chart.HEIGHT - scale.above(millis))
                        : OptionalDouble.empty())
                : List.of();
        return Optional.of(LineChart.of(label, "from", axis.names(), scale, lines, overlay.with(limits)));
    }

    /** The budgets of time that lie inside a chart, one line per value. */
    private List<Chart.Limit> limits(Function<Long, OptionalDouble> y) {
        Map<Long, String> names = new TreeMap<>();
        ladder.forEach(rung -> rung.limit()
                .ifPresent(limit -> names.merge(
                        limit.toMillis(),
                        Foreign.clean(rung.name(), 60),
                        (one, other) -> one.contains(other) ? one : one + ", " + other)));
        List<Chart.Limit> limits = new ArrayList<>();
        names.forEach((millis, name) -> y.apply(millis).ifPresent(at -> {
            if (limits.size() < MAX_LIMITS) {
                limits.add(new Chart.Limit(number(at), Units.millis(OptionalLong.of(millis)) + ": " + name));
            }
        }));
        return limits;
    }

    /** How many calls took how long, over time; empty when no duration is known. */
    Optional<Chart> heat() {
        Breakdown.Heat heat = traffic.breakdown().heat();
        if (heat.buckets().size() != buckets.size()) {
            return Optional.empty();
        }
        int columns = axis.columns();
        int bands = heat.upperMillis().size();
        long[][] counts = new long[columns][bands];
        int lowest = bands;
        int highest = -1;
        long most = 0;
        for (int i = 0; i < columns; i++) {
            for (int band = 0; band < bands; band++) {
                int at = band;
                counts[i][band] =
                        axis.sum(i, bucket -> heat.buckets().get(bucket).get(at));
                if (counts[i][band] > 0) {
                    lowest = Math.min(lowest, band);
                    highest = Math.max(highest, band);
                    most = Math.max(most, counts[i][band]);
                }
            }
        }
        if (highest < 0) {
            return Optional.empty();
        }
        int shown = highest - lowest + 1;
        double tall = (double) Chart.HEIGHT / shown;
        List<StringBuilder> levels =
                Stream.generate(StringBuilder::new).limit(HEAT_LEVELS).toList();
        List<List<String>> rows = new ArrayList<>();
        List<Chart.Hover> hovers = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            List<String> row = new ArrayList<>(List.of(axis.name(i)));
            StringBuilder title = new StringBuilder(axis.name(i)).append(':');
            for (int band = highest; band >= lowest; band--) {
                long count = counts[i][band];
                row.add(Units.count(count));
                if (count > 0) {
                    title.append('\n').append(bandName(heat, band)).append(": ").append(Units.count(count));
                    double y = Chart.HEIGHT - tall * (band - lowest + 1);
                    levels.get(level(count, most))
                            .append('M')
                            .append(number(axis.left(i)))
                            .append(' ')
                            .append(number(y))
                            .append('h')
                            .append(number(axis.left(i + 1) - axis.left(i)))
                            .append('v')
                            .append(number(tall))
                            .append('H')
                            .append(number(axis.left(i)))
                            .append('z');
                }
            }
            rows.add(row);
            hovers.add(axis.hover(i, title.toString()));
        }
        List<String> ticks = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("from"));
        for (int band = highest; band >= lowest; band--) {
            ticks.add(edge(heat.upperMillis().get(band)));
            head.add(bandName(heat, band));
        }
        ticks.add(lowest == 0 ? "0" : edge(heat.upperMillis().get(lowest - 1)));
        List<Chart.Shape> shapes = new ArrayList<>();
        List<Chart.Legend> legend = new ArrayList<>();
        for (int level = 0; level < HEAT_LEVELS; level++) {
            shapes.add(new Chart.Shape("h" + level, levels.get(level).toString()));
            long from = (long) StrictMath.ceil(StrictMath.pow(most, (double) level / HEAT_LEVELS));
            if (levels.get(level).length() > 0) {
                legend.add(new Chart.Legend("h" + level, "from " + Units.count(Math.max(1, from), "call")));
            }
        }
        int first = lowest;
        return Optional.of(new Chart(
                "Durations of all calls per " + axis.columnLength()
                        + ", darker where more calls took that long. The table below has the numbers.",
                ticks,
                axis.ticks(),
                shapes,
                hovers,
                overlay.with(limits(millis -> heatLine(heat, millis, first, first + shown - 1))),
                legend,
                new Chart.Table(head, rows)));
    }

    /** Where a duration lies among the bands, from the top. */
    private static OptionalDouble heatLine(Breakdown.Heat heat, long millis, int lowest, int highest) {
        long below = lowest == 0 ? 0 : heat.upperMillis().get(lowest - 1);
        if (millis < below) {
            return OptionalDouble.empty();
        }
        for (int band = lowest; band <= highest; band++) {
            long upper = heat.upperMillis().get(band);
            if (upper != Long.MAX_VALUE && millis <= upper) {
                double at = band - lowest + (double) (millis - below) / (upper - below);
                return OptionalDouble.of(Chart.HEIGHT * (1 - at / (highest - lowest + 1)));
            }
            below = upper;
        }
        return OptionalDouble.empty();
    }

    private static int level(long count, long most) {
        if (most <= 1) {
            return HEAT_LEVELS - 1;
        }
        double share = StrictMath.log10(count) / StrictMath.log10(most);
        return (int) Math.max(0, Math.min(HEAT_LEVELS - 1.0, StrictMath.floor(share * HEAT_LEVELS)));
    }

    private static String bandName(Breakdown.Heat heat, int band) {
        long upper = heat.upperMillis().get(band);
        return upper == Long.MAX_VALUE
                ? "over " + (band == 0 ? "0" : edge(heat.upperMillis().get(band - 1)))
                : "up to " + edge(upper);
    }

    private static String edge(long millis) {
        if (millis == Long.MAX_VALUE) {
            return "longer";
        }
        return Units.millis(OptionalLong.of(millis));
    }

    /**
     * Both sides' views of the same calls on the same axes: rate, success, latency. A side that was not read has no line.
     *
     * @return none when neither side's lines were counted over time
     */
    List<Chart> sides() {
        List<SideView> sides = traffic.breakdown().sides().stream()
                .filter(side -> side.buckets().size() == buckets.size())
                .toList();
        if (sides.isEmpty()) {
            return List.of();
        }
        List<LineChart.Line> rates = new ArrayList<>();
        List<LineChart.Line> success = new ArrayList<>();
        List<LineChart.Line> latencies = new ArrayList<>();
        double highest = 0;
        double lowest = 1;
        for (SideView side : sides) {
            String id = side.side().id();
            List<OptionalDouble> rate = new ArrayList<>();
            List<OptionalDouble> share = new ArrayList<>();
            for (int i = 0; i < axis.columns(); i++) {
                long requests = axis.sum(i, bucket -> side.buckets().get(bucket).requests());
                long failed = axis.sum(i, bucket -> side.buckets().get(bucket).failed());
                rate.add(OptionalDouble.of(requests));
                share.add(requests == 0 ? OptionalDouble.empty() : OptionalDouble.of(1 - (double) failed / requests));
                highest = Math.max(highest, requests);
                lowest = Math.min(lowest, requests == 0 ? 1 : 1 - (double) failed / requests);
            }
            rates.add(new LineChart.Line(style(side.side()), seenBy(side.side()), rate));
            success.add(new LineChart.Line(style(side.side()), seenBy(side.side()), share));
            latencies.add(line("p50 " + style(side.side()), id + " p50", at(side, Latency::p50)));
            latencies.add(line("p90 " + style(side.side()), id + " p90", at(side, Latency::p90)));
            latencies.add(line("p99 " + style(side.side()), id + " p99", at(side, Latency::p99)));
        }
        List<Chart> charts = new ArrayList<>();
        charts.add(LineChart.of(
                "Requests seen per " + axis.columnLength() + ".",
                "from",
                axis.names(),
                Scale.linear(highest, value -> Units.count(StrictMath.round(value))),
                rates,
                overlay));
        charts.add(LineChart.of(
                "Share of requests that succeeded.", "from", axis.names(), Scale.shares(lowest), success, overlay));
        millis("Latency of all requests, failed ones too, logarithmic scale.", latencies, true)
                .ifPresent(charts::add);
        return charts;
    }

    private static IntFunction<OptionalLong> at(SideView side, Function<Latency, OptionalLong> percentile) {
        return bucket -> {
            Seen seen = side.buckets().get(bucket);
            return percentile.apply(seen.latency());
        };
    }

    private static String style(Side side) {
        return side == Side.CALLEE ? "callee" : "caller";
    }

    private static String seenBy(Side side) {
        return side.id() + "'s proxy";
    }

    private List<Condition> mostFrequentFailures() {
        Map<Condition, Long> total = new EnumMap<>(Condition.class);
        for (Bucket bucket : buckets) {
            bucket.conditions().forEach((condition, count) -> {
                if (condition.failure() && count > 0) {
                    total.merge(condition, count, TimeAxis::saturated);
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
                sum = TimeAxis.saturated(sum, entry.getValue());
            }
        }
        return sum;
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

    private static double height(long count, long top) {
        return (double) count / top * Chart.HEIGHT;
    }

    /** A rectangle that starts {@code y} above the ground. */
    private String bar(int column, double y, double tall) {
        double gap = axis.columns() > 60 ? 0 : 0.1 * Chart.WIDTH / axis.columns();
        double wide = axis.left(column + 1) - axis.left(column) - gap;
        return "M" + number(axis.left(column)) + " " + number(Chart.HEIGHT - y) + "v-" + number(tall) + "h"
                + number(wide) + "v" + number(tall) + "z";
    }

    /** One decimal place, never in scientific form. */
    static String number(double value) {
        long tenths = StrictMath.round(value * 10);
        String sign = tenths < 0 ? "-" : "";
        long size = Math.abs(tenths);
        return sign + size / 10 + (size % 10 == 0 ? "" : "." + size % 10);
    }
}
