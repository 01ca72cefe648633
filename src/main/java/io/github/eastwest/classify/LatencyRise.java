package io.github.eastwest.classify;

import io.github.eastwest.model.Condition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How much slower each path became within the window: medians of time slices, so that neither a quiet start nor a quiet
 * end is needed as a baseline. Calls that ended in a timeout count with the time they waited.
 *
 * @param paths paths with enough calls to judge
 * @param calls all calls of those paths
 */
public record LatencyRise(List<Path> paths, long calls) {
    private static final int SLICES = 12;
    private static final int MINIMUM_PER_SLICE = 5;
    private static final int MINIMUM_CALLS = 30;

    /** Below this median a path is fast, however much slower it became. */
    private static final long SLOW_MILLIS = 100;

    private static final double RISEN = 3;

    /** Failures whose duration is time spent waiting for the callee. */
    private static final Set<Condition> WAITED = EnumSet.of(
            Condition.UPSTREAM_RESPONSE_TIMEOUT,
            Condition.PER_TRY_TIMEOUT,
            Condition.DOWNSTREAM_DISCONNECT,
            Condition.STREAM_IDLE_TIMEOUT,
            Condition.APPLICATION_5XX);

    public LatencyRise {
        paths = List.copyOf(paths);
    }

    /**
     * One path.
     *
     * @param lowMillis median of its fastest slice
     * @param highMillis median of its slowest slice
     */
    public record Path(String path, long lowMillis, long highMillis, long calls) {
        /** Whether it became several times slower, and slow. */
        public boolean risen() {
            return highMillis >= SLOW_MILLIS && highMillis >= RISEN * Math.max(1, lowMillis);
        }
    }

    /** The rise of those calls' latency. */
    public static LatencyRise of(TrafficView traffic, long fromMillis, long toMillis) {
        Map<String, List<Observed>> byPath = new TreeMap<>();
        Stream.concat(
                        traffic.successes().stream(),
                        traffic.failures().stream().filter(o -> WAITED.contains(o.condition())))
                .forEach(o ->
                        byPath.computeIfAbsent(o.path(), p -> new ArrayList<>()).add(o));
        List<Path> paths = new ArrayList<>();
        long calls = 0;
        long slice = Math.max(1, (toMillis - fromMillis) / SLICES);
        for (Map.Entry<String, List<Observed>> entry : byPath.entrySet()) {
            if (entry.getValue().size() < MINIMUM_CALLS) {
                continue;
            }
            long low = Long.MAX_VALUE;
            long high = 0;
            for (int i = 0; i < SLICES; i++) {
                long begin = fromMillis + i * slice;
                List<Observed> inside = entry.getValue().stream()
                        .filter(o -> o.start() >= begin && o.start() < begin + slice)
                        .toList();
                OptionalLong median = TrafficView.quantile(inside, o -> true, 0.5);
                if (inside.size() >= MINIMUM_PER_SLICE && median.isPresent()) {
                    low = Math.min(low, median.getAsLong());
                    high = Math.max(high, median.getAsLong());
                }
            }
            if (high > 0) {
                paths.add(new Path(entry.getKey(), low, high, entry.getValue().size()));
                calls += entry.getValue().size();
            }
        }
        return new LatencyRise(paths, calls);
    }

    /** Share of the calls on paths that became slow, 0 to 1. */
    public double risenShare() {
        long risen = paths.stream().filter(Path::risen).mapToLong(Path::calls).sum();
        return calls == 0 ? 0 : (double) risen / calls;
    }

    /** Paths that became slow. */
    public List<Path> risen() {
        return paths.stream().filter(Path::risen).toList();
    }
}
