package io.github.eastwest.classify.background;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.TrafficView.Tally;
import io.github.eastwest.classify.background.ChangePoint.Cell;
import io.github.eastwest.model.metric.MetricSeries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Answers by status class as the callers' proxies count them ({@code HTTPCode_Target_*}). A class that did not occur in a
 * period has no point there: a period in which any class has a point was measured, and the others are then zero.
 */
final class EdgeMetrics {
    private static final String FAILED = "HTTPCode_Target_5XX_Count";
    private static final Set<String> ANSWERS =
            Set.of(FAILED, "HTTPCode_Target_2XX_Count", "HTTPCode_Target_3XX_Count", "HTTPCode_Target_4XX_Count");

    private EdgeMetrics() {}

    /** The edge's periods that begin within the window, in order of time. */
    static List<Cell> inWindow(Facts facts) {
        return cells(facts, facts.edge().caller(), callee(facts)).stream()
                .filter(c -> facts.window().containsMillis(c.from()))
                .toList();
    }

    /** The edge's periods that end before that time, in order of time. */
    static List<Cell> before(Facts facts, Instant end) {
        return cells(facts, facts.edge().caller(), callee(facts)).stream()
                .filter(c -> c.to() <= end.toEpochMilli())
                .toList();
    }

    private static Set<String> callee(Facts facts) {
        return Set.copyOf(facts.discoveryNames());
    }

    private static List<Cell> cells(Facts facts, String caller, Set<String> names) {
        Map<Long, long[]> periods = new TreeMap<>();
        for (MetricSeries series : facts.metrics().series()) {
            if (!isAnswers(series)
                    || !caller.equals(series.dimensions().get("ServiceName"))
                    || !names.contains(series.dimensions().get("TargetDiscoveryName"))) {
                continue;
            }
            for (MetricSeries.Point point : series.points()) {
                long[] cell = periods.computeIfAbsent(
                        point.at().toEpochMilli(), at -> new long[] {0, 0, series.periodSeconds() * 1000L});
                long count = Math.max(0, Math.round(point.value()));
                cell[0] += series.name().equals(FAILED) ? count : 0;
                cell[1] += count;
            }
        }
        List<Cell> cells = new ArrayList<>();
        periods.forEach((at, cell) -> {
            if (cell[1] > 0) {
                cells.add(new Cell(at, at + cell[2], cell[0], cell[1]));
            }
        });
        return cells;
    }

    /** Calls of the callee's other callers within that time, by caller. */
    static Map<String, Tally> otherCallers(Facts facts, long from, long to) {
        Set<String> names = callee(facts);
        Map<String, Tally> tallies = new TreeMap<>();
        for (MetricSeries series : facts.metrics().series()) {
            String caller = series.dimensions().getOrDefault("ServiceName", "");
            if (isAnswers(series)
                    && !caller.isEmpty()
                    && !caller.equals(facts.edge().caller())
                    && names.contains(series.dimensions().get("TargetDiscoveryName"))) {
                add(tallies, caller, series, from, to);
            }
        }
        return tallies;
    }

    /** Calls of the caller to other services within that time, by discovery name. */
    static Map<String, Tally> otherCallees(Facts facts, long from, long to) {
        Set<String> names = callee(facts);
        Map<String, Tally> tallies = new TreeMap<>();
        for (MetricSeries series : facts.metrics().series()) {
            String name = series.dimensions().getOrDefault("TargetDiscoveryName", "");
            if (isAnswers(series)
                    && facts.edge().caller().equals(series.dimensions().get("ServiceName"))
                    && !name.isEmpty()
                    && !names.contains(name)) {
                add(tallies, name, series, from, to);
            }
        }
        return tallies;
    }

    private static void add(Map<String, Tally> tallies, String group, MetricSeries series, long from, long to) {
        for (MetricSeries.Point point : series.points()) {
            long at = point.at().toEpochMilli();
            if (at + series.periodSeconds() * 1000L > from && at < to) {
                long count = Math.max(0, Math.round(point.value()));
                boolean failed = series.name().equals(FAILED);
                tallies.merge(
                        group,
                        new Tally(failed ? count : 0, failed ? 0 : count),
                        (a, b) -> new Tally(a.failed() + b.failed(), a.answered() + b.answered()));
            }
        }
    }

    private static boolean isAnswers(MetricSeries series) {
        return ANSWERS.contains(series.name())
                && series.statistic().equals("Sum")
                && series.dimensions().size() == 3;
    }
}
