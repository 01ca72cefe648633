package io.github.eastwest.classify;

import io.github.eastwest.model.Condition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
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
    private static final int FEWEST_SLICES = 2;

    /** Fewer calls have a median that chance can move several times. */
    private static final int MINIMUM_PER_SLICE = 20;

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
     * @param apart whether three quarters of the slow slice's calls took longer than three quarters of the fast one's
     */
    public record Path(String path, long lowMillis, long highMillis, boolean apart, long calls) {
        /** Whether it became several times slower, and slow. */
        public boolean risen() {
            return apart && highMillis >= SLOW_MILLIS && highMillis >= RISEN * Math.max(1, lowMillis);
        }
    }

    private record Slice(long lowerQuartile, long median, long upperQuartile) {
        static Slice of(long[] ascending) {
            return new Slice(
                    TrafficView.quantile(ascending, 0.25).orElse(0),
                    TrafficView.quantile(ascending, 0.5).orElse(0),
                    TrafficView.quantile(ascending, 0.75).orElse(0));
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
        for (Map.Entry<String, List<Observed>> entry : byPath.entrySet()) {
            List<Observed> own = entry.getValue();
            int slices = Math.min(SLICES, own.size() / MINIMUM_PER_SLICE);
            if (slices < FEWEST_SLICES) {
                continue;
            }
            Slice fastest = null;
            Slice slowest = null;
            long length = Math.max(1, (toMillis - fromMillis + slices - 1) / slices);
            for (int i = 0; i < slices; i++) {
                long begin = fromMillis + i * length;
                long[] durations = own.stream()
                        .filter(o -> o.start() >= begin && o.start() < begin + length)
                        .mapToLong(Observed::duration)
                        .sorted()
                        .toArray();
                if (durations.length < MINIMUM_PER_SLICE / 2) {
                    continue;
                }
                Slice slice = Slice.of(durations);
                fastest = fastest == null || slice.median() < fastest.median() ? slice : fastest;
                slowest = slowest == null || slice.median() > slowest.median() ? slice : slowest;
            }
            if (fastest != null && slowest != null) {
                paths.add(new Path(
                        entry.getKey(),
                        fastest.median(),
                        slowest.median(),
                        slowest.lowerQuartile() > fastest.upperQuartile(),
                        own.size()));
                calls += own.size();
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
