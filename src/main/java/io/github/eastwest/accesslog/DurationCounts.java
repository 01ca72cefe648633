package io.github.eastwest.accesslog;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts of durations in milliseconds, exact while they are few.
 *
 * <p>Holds at most {@value #CAPACITY} distinct values; beyond that the bucket width doubles until they fit. The width
 * depends on the values only, not on their order, so merging in any order gives the same counts.
 */
final class DurationCounts {
    private static final int CAPACITY = 4096;

    private CellCounts counts = new CellCounts();
    private int shift;
    private long total;
    private @Nullable Sorted sorted;

    /** Buckets in ascending order with their counts. */
    private record Sorted(long[] buckets, long[] counts) {
        static Sorted of(CellCounts cells) {
            long[] buckets = new long[cells.size()];
            int[] filled = new int[1];
            cells.forEach((bucket, count) -> buckets[filled[0]++] = bucket);
            Arrays.sort(buckets);
            long[] counts = new long[buckets.length];
            cells.forEach((bucket, count) -> counts[Arrays.binarySearch(buckets, bucket)] = count);
            return new Sorted(buckets, counts);
        }

        /** Index of the first bucket from that one on. */
        int from(long bucket) {
            int at = Arrays.binarySearch(buckets, bucket);
            return at < 0 ? -at - 1 : at;
        }
    }

    void add(long millis) {
        add(millis, 1);
    }

    void add(long millis, long count) {
        if (count == 0) {
            return;
        }
        counts.add(Math.max(0, millis) >> shift, count);
        total += count;
        sorted = null;
        while (counts.size() > CAPACITY) {
            widen();
        }
    }

    void merge(DurationCounts other) {
        while (shift < other.shift) {
            widen();
        }
        other.counts.forEach((bucket, count) -> add(bucket << other.shift, count));
    }

    private void widen() {
        shift++;
        CellCounts wider = new CellCounts();
        counts.forEach((bucket, count) -> wider.add(bucket >> 1, count));
        counts = wider;
        sorted = null;
    }

    private Sorted sorted() {
        Sorted known = sorted;
        if (known == null) {
            known = Sorted.of(counts);
            sorted = known;
        }
        return known;
    }

    long total() {
        return total;
    }

    /** Durations within the closed interval, milliseconds. */
    long between(long from, long to) {
        long last = Math.max(0, to) >> shift;
        Sorted all = sorted();
        long sum = 0;
        for (int i = all.from(Math.max(0, from) >> shift); to >= from && i < all.buckets.length; i++) {
            if (all.buckets[i] > last) {
                break;
            }
            sum += all.counts[i];
        }
        return sum;
    }

    /** The distinct durations with their counts, ascending; a bucket stands for its lower end. */
    Map<Long, Long> values() {
        Sorted all = sorted();
        Map<Long, Long> values = new LinkedHashMap<>();
        for (int i = 0; i < all.buckets.length; i++) {
            values.put(all.buckets[i] << shift, all.counts[i]);
        }
        return values;
    }

    /** The lower median of the durations within the closed interval, or -1 if there are none. */
    long medianBetween(long from, long to) {
        long rank = (between(from, to) + 1) / 2;
        if (rank == 0) {
            return -1;
        }
        Sorted all = sorted();
        int at = all.from(Math.max(0, from) >> shift);
        while (rank > all.counts[at]) {
            rank -= all.counts[at];
            at++;
        }
        return all.buckets[at] << shift;
    }
}
