package io.github.eastwest.classify;

import io.github.eastwest.model.Condition;
import java.util.ArrayList;
import java.util.Comparator;
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
 * end is needed as a baseline. Calls that ended in a timeout count with the time they waited. A call that stands for
 * others counts as often; whether there are enough to judge depends on those that were read.
 *
 * @param paths paths with enough calls to judge
 * @param calls all calls of those paths
 * @param undecided calls of paths that did not rise as far as was read, and of which enough were made to tell, but not
 *     enough read
 */
public record LatencyRise(List<Path> paths, long calls, long undecided) {
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

    /** How long a call took, and how many calls it stands for. */
    private record Timed(long start, long millis, long weight) {}

    /** The calls of one time slice, the fastest first. */
    private record Slice(List<Timed> ascending) {
        long weight() {
            return LatencyRise.weight(ascending);
        }

        long quantile(double p) {
            long rank = Math.max(1, (long) Math.ceil(p * weight()));
            long seen = 0;
            for (Timed call : ascending) {
                seen += call.weight();
                if (seen >= rank) {
                    return call.millis();
                }
            }
            return ascending.get(ascending.size() - 1).millis();
        }

        double shareAbove(long millis) {
            return (double) ascending.stream()
                            .filter(call -> call.millis() > millis)
                            .mapToLong(Timed::weight)
                            .sum()
                    / weight();
        }
    }

    private static long weight(List<Timed> calls) {
        return calls.stream().mapToLong(Timed::weight).sum();
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
        Map<String, List<Timed>> byPath = new TreeMap<>();
        Stream<Observed> waited = traffic.failures().stream().filter(o -> WAITED.contains(o.condition()));
        long successStep = traffic.traffic().successStep();
        long failureStep = traffic.traffic().failureStep();
        traffic.successes().stream().filter(measured).forEach(o -> add(byPath, o, duration, successStep));
        waited.filter(measured).forEach(o -> add(byPath, o, duration, failureStep));
        List<Path> paths = new ArrayList<>();
        long calls = 0;
        long undecided = 0;
        for (Map.Entry<String, List<Timed>> entry : byPath.entrySet()) {
            List<Timed> own = entry.getValue();
            long weight = weight(own);
            int slices = Math.min(SLICES, own.size() / MINIMUM_PER_SLICE);
            if (slices < FEWEST_SLICES) {
                undecided += weight >= FEWEST_SLICES * MINIMUM_PER_SLICE ? weight : 0;
                continue;
            }
            boolean unread = false;
            Slice fastest = null;
            Slice slowest = null;
            long length = Math.max(1, (toMillis - fromMillis + slices - 1) / slices);
            for (int i = 0; i < slices; i++) {
                long begin = fromMillis + i * length;
                Slice slice = new Slice(own.stream()
                        .filter(o -> o.start() >= begin && o.start() < begin + length)
                        .sorted(Comparator.comparingLong(Timed::millis))
                        .toList());
                if (slice.ascending().size() < MINIMUM_PER_SLICE / 2) {
                    unread |= slice.weight() >= MINIMUM_PER_SLICE / 2;
                    continue;
                }
                fastest = fastest == null || slice.quantile(0.75) < fastest.quantile(0.75) ? slice : fastest;
                slowest = slowest == null || slice.quantile(0.75) > slowest.quantile(0.75) ? slice : slowest;
            }
            if (fastest != null && slowest != null) {
                Path path = Path.of(entry.getKey(), fastest, slowest, weight);
                if (unread && !path.risen()) {
                    undecided += weight;
                    continue;
                }
                paths.add(path);
                calls += weight;
            }
        }
        return new LatencyRise(paths, calls, undecided);
    }

    private static void add(
            Map<String, List<Timed>> byPath, Observed call, ToLongFunction<Observed> duration, long weight) {
        byPath.computeIfAbsent(call.path(), p -> new ArrayList<>())
                .add(new Timed(call.start(), duration.applyAsLong(call), weight));
    }

    /** Whether paths with that share of the calls may have become slow, those taken in that could not be judged. */
    public boolean mayHaveRisen(double share) {
        long risen = risen().stream().mapToLong(Path::calls).sum();
        return undecided > 0 && risen + undecided >= share * (calls + undecided);
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
