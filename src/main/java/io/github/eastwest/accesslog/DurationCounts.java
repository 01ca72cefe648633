package io.github.eastwest.accesslog;

import java.util.Map;
import java.util.TreeMap;

/**
 * Counts of durations in milliseconds, exact while they are few.
 *
 * <p>Holds at most {@value #CAPACITY} distinct values; beyond that the bucket width doubles until they fit. The width
 * depends on the values only, not on their order, so merging in any order gives the same counts.
 */
final class DurationCounts {
    private static final int CAPACITY = 4096;

    /** Most durations are short; these are counted without boxing until they enter the tree. */
    private static final int SHORT = 1024;

    /** Empty until one is counted: most kinds of durations are never seen. */
    private long[] pending = new long[0];

    private TreeMap<Long, Long> counts = new TreeMap<>();
    private int shift;
    private long total;

    void add(long millis) {
        if (millis >= 0 && millis < SHORT) {
            if (pending.length == 0) {
                pending = new long[SHORT];
            }
            pending[(int) millis]++;
        } else {
            add(millis, 1);
        }
    }

    private void settle() {
        long[] settled = pending;
        pending = new long[0];
        for (int i = 0; i < settled.length; i++) {
            add(i, settled[i]);
        }
    }

    void merge(DurationCounts other) {
        other.settle();
        while (shift < other.shift) {
            widen();
        }
        other.counts.forEach((bucket, count) -> add(bucket << other.shift, count));
    }

    void add(long millis, long count) {
        if (count == 0) {
            return;
        }
        counts.merge(Math.max(0, millis) >> shift, count, Long::sum);
        total += count;
        while (counts.size() > CAPACITY) {
            widen();
        }
    }

    private void widen() {
        shift++;
        TreeMap<Long, Long> wider = new TreeMap<>();
        counts.forEach((bucket, count) -> wider.merge(bucket >> 1, count, Long::sum));
        counts = wider;
    }

    long total() {
        settle();
        return total;
    }

    /** Durations within the closed interval, milliseconds. */
    long between(long from, long to) {
        if (to < from) {
            return 0;
        }
        settle();
        long sum = 0;
        for (long count : counts.subMap(Math.max(0, from) >> shift, true, Math.max(0, to) >> shift, true)
                .values()) {
            sum += count;
        }
        return sum;
    }

    /** The distinct durations with their counts, ascending; a bucket stands for its lower end. */
    Map<Long, Long> values() {
        settle();
        if (shift == 0) {
            return counts;
        }
        TreeMap<Long, Long> values = new TreeMap<>();
        counts.forEach((bucket, count) -> values.put(bucket << shift, count));
        return values;
    }

    /** The lower median of the durations within the closed interval, or -1 if there are none. */
    long medianBetween(long from, long to) {
        long rank = (between(from, to) + 1) / 2;
        if (rank == 0) {
            return -1;
        }
        for (Map.Entry<Long, Long> value : counts.subMap(
                        Math.max(0, from) >> shift, true, Math.max(0, to) >> shift, true)
                .entrySet()) {
            rank -= value.getValue();
            if (rank <= 0) {
                return value.getKey() << shift;
            }
        }
        return -1;
    }
}
