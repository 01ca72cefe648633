package io.github.eastwest.classify;

import io.github.eastwest.model.Condition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
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

    /** Share of slow calls from which a path has become slow in part. */
    private static final double PART = 0.25;

    /** Share of slow calls up to which it was not. */
    private static final double HARDLY_ANY = 0.05;

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
     * @param lowMillis what its calls took in its fastest slice
     * @param highMillis what they took in its slowest slice
     * @param risen whether it became several times slower, and slow
     */
    public record Path(String path, long lowMillis, long highMillis, boolean risen, long calls) {
        /**
         * Slower as a whole: the medians are several times apart, and so are the quartiles towards each other. Or in part: a
         * quarter of the calls takes several times what hardly any took before.
         */
        static Path of(String path, Slice fastest, Slice slowest, long calls) {
            boolean whole = slowest.quantile(0.25) > fastest.quantile(0.75)
                    && slowest.quantile(0.5) >= SLOW_MILLIS
                    && slowest.quantile(0.5) >= RISEN * Math.max(1, fastest.quantile(0.5));
            if (whole) {
                return new Path(path, fastest.quantile(0.5), slowest.quantile(0.5), true, calls);
            }
            long slow = Math.max(SLOW_MILLIS, 4 * fastest.quantile(0.95));
            boolean part = slowest.shareAbove(slow) >= PART && fastest.shareAbove(slow) <= HARDLY_ANY;
            double p = part ? 0.9 : 0.5;
            return new Path(path, fastest.quantile(p), slowest.quantile(p), part, calls);
        }
    }

    /** The durations of one time slice, ascending. */
    private record Slice(List<Long> ascending) {
        long quantile(double p) {
            int rank = (int) Math.ceil(p * ascending.size());
            return ascending.get(Math.max(0, rank - 1));
        }

        double shareAbove(long millis) {
            return (double) ascending.stream().filter(d -> d > millis).count() / ascending.size();
        }
    }

    /** The rise of those calls' latency. */
    public static LatencyRise of(TrafficView traffic, long fromMillis, long toMillis) {
        return of(traffic, fromMillis, toMillis, o -> true, Observed::duration);
    }

    /** The rise of the time that the callee's proxies measured, over the calls of which they have lines. */
    public static LatencyRise atCallee(TrafficView traffic, long fromMillis, long toMillis) {
        return of(
                traffic,
                fromMillis,
                toMillis,
                o -> !o.call().callee().isEmpty(),
                o -> Math.max(
                        0,
                        o.call()
                                .callee()
                                .get(o.call().callee().size() - 1)
                                .timing()
                                .durationMillis()));
    }

    private static LatencyRise of(
            TrafficView traffic,
            long fromMillis,
            long toMillis,
            Predicate<Observed> measured,
            ToLongFunction<Observed> duration) {
        Map<String, List<Observed>> byPath = new TreeMap<>();
        Stream.concat(
                        traffic.successes().stream(),
                        traffic.failures().stream().filter(o -> WAITED.contains(o.condition())))
                .filter(measured)
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
                Slice slice = new Slice(own.stream()
                        .filter(o -> o.start() >= begin && o.start() < begin + length)
                        .map(duration::applyAsLong)
                        .sorted()
                        .toList());
                if (slice.ascending().size() < MINIMUM_PER_SLICE / 2) {
                    continue;
                }
                fastest = fastest == null || slice.quantile(0.75) < fastest.quantile(0.75) ? slice : fastest;
                slowest = slowest == null || slice.quantile(0.75) > slowest.quantile(0.75) ? slice : slowest;
            }
            if (fastest != null && slowest != null) {
                paths.add(Path.of(entry.getKey(), fastest, slowest, own.size()));
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
