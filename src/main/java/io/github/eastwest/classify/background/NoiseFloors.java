package io.github.eastwest.classify.background;

import io.github.eastwest.classify.Exact;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Words;
import io.github.eastwest.classify.background.ChangePoint.Cell;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.report.Background.NoiseFloor;
import io.github.eastwest.model.report.Background.Onset;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is usual on the edge: the failing share of the time before the onset, or before the window, and whether the window
 * lies above it by more than chance.
 */
final class NoiseFloors {
    /** Chance of as many failures as now at the floor's upper bound, up to which they are above it. */
    private static final double CHANCE = 0.01;

    private static final double BOUND = 0.025;

    /** Calls of history that a floor needs. */
    private static final long FEWEST = 100;

    /** The rise that the number of calls needed is told for. */
    private static final double RISE = 3;

    private static final long MOST_CALLS = 1L << 40;

    private NoiseFloors() {}

    static Optional<NoiseFloor> of(Facts facts, Optional<Onset> onset) {
        Optional<TrafficView> traffic = facts.traffic().filter(t -> t.requests() > 0);
        Instant since = onset.map(Onset::earliest).orElse(facts.window().from());
        if (traffic.isPresent() && since.isAfter(facts.window().from())) {
            return Optional.of(byLines(traffic.get(), since.toEpochMilli())).filter(floor -> floor.requests() > 0);
        }
        List<Cell> history = EdgeMetrics.before(facts, since);
        List<Cell> now = EdgeMetrics.inWindow(facts).stream()
                .filter(c -> c.to() > since.toEpochMilli())
                .toList();
        // The metric counts answers of the callee: where the lines have failures of another kind it tells of none of
        // them.
        boolean blind =
                traffic.filter(t -> t.traffic().failed() > 2 * failed(now)).isPresent();
        return total(history) == 0 || total(now) == 0 || blind
                ? Optional.empty()
                : Optional.of(compare(failed(history), total(history), failed(now), total(now), Input.METRICS));
    }

    private static NoiseFloor byLines(TrafficView view, long end) {
        long[] before = new long[2];
        long[] now = new long[2];
        for (Observed o : view.failures()) {
            long[] cell = o.start() < end ? before : now;
            cell[0] += view.traffic().failureStep();
            cell[1] += view.traffic().failureStep();
        }
        for (Observed o : view.successes()) {
            (o.start() < end ? before : now)[1] += view.traffic().successStep();
        }
        return compare(
                before[0], before[1], now[0], now[1], view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS);
    }

    private static long failed(List<Cell> cells) {
        return cells.stream().mapToLong(Cell::failed).sum();
    }

    private static long total(List<Cell> cells) {
        return cells.stream().mapToLong(Cell::total).sum();
    }

    /** The floor of a history, and whether the calls now lie above it. */
    static NoiseFloor compare(long failed, long total, long failedNow, long totalNow, Input source) {
        double usual = total == 0 ? 0 : (double) failed / total;
        double upper = Exact.upperShare(failed, total, BOUND);
        double now = totalNow == 0 ? 0 : (double) failedNow / totalNow;
        boolean enough = total >= FEWEST;
        boolean exceeded = enough && totalNow > 0 && Exact.tail(totalNow, failedNow, upper) <= CHANCE;
        double risen = risen(usual, upper);
        long needed = needed(risen, upper);
        String text =
                "usually " + Words.of(failed, total, "call") + " failed, at most " + share(upper) + " with 95\u00a0%";
        if (!enough) {
            text += "; too few to tell: at least " + Words.number(FEWEST) + " calls of history are needed";
        } else if (exceeded) {
            text += "; now " + Words.of(failedNow, totalNow, "call") + ": above it";
        } else if (totalNow < needed) {
            text += "; now " + Words.of(failedNow, totalNow, "call") + ": too few to tell, " + Words.number(needed)
                    + " calls are needed to see a rise to " + share(risen);
        } else {
            text += "; now " + Words.of(failedNow, totalNow, "call") + ": within it";
        }
        return new NoiseFloor(usual, upper, now, total, exceeded, text, source.id());
    }

    private static String share(double share) {
        return Words.percent(Math.round(share * 1_000_000), 1_000_000);
    }

    /** The share whose rise is looked for: three times the usual, or what lies clearly above the bound. */
    private static double risen(double usual, double upper) {
        return Math.min(1, Math.max(RISE * usual, 1.5 * upper));
    }

    /** Calls from which that share stands out from the bound. */
    static long needed(double risen, double upper) {
        long high = 1;
        while (high < MOST_CALLS && !standsOut(high, risen, upper)) {
            high *= 2;
        }
        long low = high / 2;
        while (high - low > 1) {
            long middle = (low + high) / 2;
            if (standsOut(middle, risen, upper)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    private static boolean standsOut(long calls, double risen, double upper) {
        return Exact.tail(calls, (long) (calls * risen), upper) <= CHANCE;
    }
}
