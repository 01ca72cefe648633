package io.github.eastwest.classify.background;

import java.util.List;
import java.util.Optional;

/**
 * The stretch of time in which calls fail more often than before and after it, by likelihood ratio.
 *
 * <p>Calls are cells in order of their start. Every pair of cells is tried as the first and the last of the stretch: inside
 * it calls fail with one probability, outside with another (binomial). The best pair counts when it is more than chance would
 * do among all the pairs tried, and when the failures inside are several and clearly denser. Where the failures come in
 * bursts (a host is ejected, comes back and fails again) the stretch reaches from the first of them to the last.
 *
 * @param first index of the first cell inside
 * @param last index after the last cell inside
 * @param earliestFirst lowest first index that fits nearly as well
 * @param latestFirst highest first index that fits nearly as well
 */
record ChangePoint(int first, int last, int earliestFirst, int latestFirst) {
    /** Chance of a stretch where there is none, over all pairs tried; its negative logarithm. */
    private static final double SURE = Math.log(1000);

    /** Fewer failures begin at no time: they happen. */
    private static final long FEWEST_FAILED = 5;

    /** A stretch must fail at least so many times as often as the rest. */
    private static final double DENSER = 2;

    /**
     * How much less likely, in natural logarithms, a begin of the 95 % band may be. On either side of a change point the
     * logarithm is a random walk whose highest point beyond {@code b} has the probability {@code e^-b}: {@code 1 - (1 -
     * e^-b)^2} is 5 % for this one.
     */
    private static final double BAND = 3.68;

    /** Cells tried as ends of the stretch at first; then every cell around the best ones. */
    private static final int COARSE = 300;

    private static final int MOST_BURSTS = 50;

    /**
     * Calls of a moment.
     *
     * @param from their start, milliseconds since the epoch
     * @param to their end, milliseconds since the epoch
     * @param failed how many failed
     * @param total how many there were
     */
    record Cell(long from, long to, long failed, long total) {}

    /** The stretch, if there is one; the whole of the cells is none: nothing changed. */
    static Optional<ChangePoint> of(List<Cell> cells) {
        Sums sums = new Sums(cells);
        Optional<ChangePoint> found = best(sums, 0, cells.size());
        if (found.isEmpty()) {
            return found;
        }
        ChangePoint first = found.get();
        int last = first.last;
        for (int i = 0; i < MOST_BURSTS && first.first > 0; i++) {
            Optional<ChangePoint> earlier = best(sums, 0, first.first);
            if (earlier.isEmpty()) {
                break;
            }
            first = earlier.get();
        }
        for (int i = 0; i < MOST_BURSTS && last < cells.size(); i++) {
            Optional<ChangePoint> later = best(sums, last, cells.size());
            if (later.isEmpty()) {
                break;
            }
            last = later.get().last;
        }
        return Optional.of(new ChangePoint(first.first, last, first.earliestFirst, first.latestFirst));
    }

    private static Optional<ChangePoint> best(Sums sums, int from, int to) {
        if (to - from < 2 || sums.failed(from, to) < FEWEST_FAILED) {
            return Optional.empty();
        }
        int step = Math.max(1, (to - from + COARSE - 1) / COARSE);
        Search search = new Search(sums, from, to);
        for (int i = from; i < to; i += step) {
            for (int j = i + step; j < to; j += step) {
                search.consider(i, j);
            }
            search.consider(i, to);
        }
        if (search.gain == Double.NEGATIVE_INFINITY) {
            return Optional.empty();
        }
        // Each end moves to the best cell near it; the other end may then have a better place.
        for (int round = 0; round < 2 && step > 1; round++) {
            int first = search.first;
            int last = search.last;
            for (int i = Math.max(from, first - step); i <= Math.min(last - 1, first + step); i++) {
                search.consider(i, last);
            }
            first = search.first;
            for (int j = Math.max(first + 1, last - step); j <= Math.min(to, last + step); j++) {
                search.consider(first, j);
            }
        }
        if (search.gain <= 0) {
            return Optional.empty();
        }
        return Optional.of(search.found());
    }

    /** Looks for the pair whose likelihood gains most beyond what chance would give. */
    private static final class Search {
        private final Sums sums;
        private final int from;
        private final int to;
        private final double oneEnd;
        private final double bothEnds;
        private double gain = Double.NEGATIVE_INFINITY;
        private int first;
        private int last;

        Search(Sums sums, int from, int to) {
            this.sums = sums;
            this.from = from;
            this.to = to;
            double cells = to - from;
            // Bonferroni: as many stretches are tried as there are ends, or pairs of ends.
            this.oneEnd = Math.log(cells) + SURE;
            this.bothEnds = Math.log(cells * cells / 2) + SURE;
        }

        void consider(int i, int j) {
            if (i == from && j == to) {
                return;
            }
            long failed = sums.failed(i, j);
            long total = sums.total(i, j);
            long otherFailed = sums.failed(from, to) - failed;
            long otherTotal = sums.total(from, to) - total;
            if (failed < FEWEST_FAILED
                    || otherTotal == 0
                    || (double) failed / total < DENSER * otherFailed / otherTotal) {
                return;
            }
            double own = ratio(i, j) - (i == from || j == to ? oneEnd : bothEnds);
            if (own > gain) {
                gain = own;
                first = i;
                last = j;
            }
        }

        private double ratio(int i, int j) {
            long failed = sums.failed(i, j);
            long total = sums.total(i, j);
            return logLikelihood(failed, total)
                    + logLikelihood(sums.failed(from, to) - failed, sums.total(from, to) - total)
                    - logLikelihood(sums.failed(from, to), sums.total(from, to));
        }

        ChangePoint found() {
            double most = ratio(first, last);
            int earliest = first;
            int latest = first;
            for (int i = from; i < last; i++) {
                boolean whole = i == from && last == to;
                if (!whole && ratio(i, last) >= most - BAND) {
                    earliest = Math.min(earliest, i);
                    latest = Math.max(latest, i);
                }
            }
            return new ChangePoint(first, last, earliest, latest);
        }
    }

    private static double logLikelihood(long failed, long total) {
        if (failed == 0 || failed == total) {
            return 0;
        }
        double share = (double) failed / total;
        return failed * Math.log(share) + (total - failed) * Math.log1p(-share);
    }

    /** Running sums, so that a stretch is counted by two look-ups. */
    private static final class Sums {
        private final long[] failed;
        private final long[] total;

        Sums(List<Cell> cells) {
            failed = new long[cells.size() + 1];
            total = new long[cells.size() + 1];
            for (int i = 0; i < cells.size(); i++) {
                failed[i + 1] = failed[i] + cells.get(i).failed();
                total[i + 1] = total[i] + cells.get(i).total();
            }
        }

        long failed(int from, int to) {
            return failed[to] - failed[from];
        }

        long total(int from, int to) {
            return total[to] - total[from];
        }
    }
}
