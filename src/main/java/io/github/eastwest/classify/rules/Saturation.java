package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.model.metric.MetricSeries;
import java.util.Arrays;
import java.util.TreeMap;

/** Signs that the callee has more work than it can do. */
final class Saturation {
    private static final double BUSY_PERCENT = 80;

    private final Facts facts;
    private final TrafficView view;

    Saturation(Facts facts, TrafficView view) {
        this.facts = facts;
        this.view = view;
    }

    /** Highest CPU utilisation of the callee in the window, percent of its reservation; 0 when not known. */
    double cpuPeak() {
        return facts.utilization(facts.edge().callee(), "CPUUtilization", "Maximum")
                .or(() -> facts.utilization(facts.edge().callee(), "CPUUtilization", "Average"))
                .map(m -> m.points().stream()
                        .mapToDouble(MetricSeries.Point::value)
                        .max()
                        .orElse(0))
                .orElse(0.0);
    }

    boolean cpuBusy() {
        return cpuPeak() >= BUSY_PERCENT;
    }

    /** How many times more calls per time the busiest twelfth of the window began than the quietest. */
    double loadGrowth() {
        long from = facts.window().from().toEpochMilli();
        long slice = Math.max(1, facts.window().length().toMillis() / 12);
        long[] counts = new long[12];
        view.failures().forEach(o -> counts[index(o, from, slice)]++);
        view.successes()
                .forEach(o -> counts[index(o, from, slice)] += view.traffic().successStep());
        long low = Arrays.stream(counts).min().orElse(0);
        long high = Arrays.stream(counts).max().orElse(0);
        return low < 10 ? (high >= 30 ? 2 : 1) : (double) high / low;
    }

    private static int index(Observed o, long from, long slice) {
        return (int) Math.max(0, Math.min(11, (o.start() - from) / slice));
    }

    /** Calls in flight at once, at most. */
    long peakConcurrency() {
        TreeMap<Long, Integer> changes = new TreeMap<>();
        java.util.stream.Stream.concat(view.successes().stream(), view.failures().stream())
                .forEach(o -> {
                    changes.merge(o.start(), 1, Integer::sum);
                    changes.merge(o.end() + 1, -1, Integer::sum);
                });
        long now = 0;
        long peak = 0;
        for (int change : changes.values()) {
            now += change;
            peak = Math.max(peak, now);
        }
        return peak * view.traffic().successStep();
    }
}
