package io.github.eastwest.accesslog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The timers of one authority's requests, read off the durations of its lines. Milliseconds throughout.
 *
 * <p>A timer shows as many durations at one value. Which timer it is:
 *
 * <ul>
 *   <li><b>Request timeout</b>: the longest value at which 504s with the timeout's body pile up (per-try timeouts lie
 *       below it; a starved proxy's late ones scatter above it). Without such bodies (gRPC): a value in whole seconds
 *       that unanswered requests of a chosen host do not exceed, if requests the callee's proxy saw abandoned, broken-off
 *       streams or slow successes confirm it.
 *   <li><b>Connect timeout</b>: the value whose multiples, plus back-off between attempts, explain most of the 503s with
 *       its body, or else of gRPC's unanswered requests.
 *   <li><b>Other timers</b>: any further value at which unanswered gRPC requests pile up: an idle timeout.
 * </ul>
 *
 * @param requestTimeout learned from the timeout's own text, configured, or learned otherwise, in this order: lines may be
 *     older than the configuration; empty when none is known
 * @param certain whether this authority's own lines, or the configuration, tell the request timeout
 * @param unpunctual whether many timeouts came long after the request timeout: the proxy that keeps the time waits for a
 *     processor itself, and some come early then as well
 * @param connectTimeout learned; empty when no attempt timed out
 * @param others further values at which unanswered requests pile up
 * @param pendingConnects whether short unanswered requests are mostly calls that joined a connection attempt near its end:
 *     such calls end evenly from 0 to the connect timeout, refusals all at once
 * @param delayedCloses whether bodies of about a second stand out, so that they are the proxy's delayed close
 * @param longBody from this time between headers and end on, a body's transfer is unusually long for this authority
 */
record LearnedTimers(
        OptionalLong requestTimeout,
        boolean certain,
        boolean unpunctual,
        OptionalLong connectTimeout,
        List<Long> others,
        boolean pendingConnects,
        boolean delayedCloses,
        long longBody) {
    /** Service Connect's request timeout where nothing else is configured. */
    static final long DEFAULT_REQUEST_TIMEOUT = 15_000;
    /** With back-offs of up to 25 and 75 ms, a refusal by three hosts takes at most this long. */
    static final long LONGEST_REFUSAL = 120;
    /** A proxy's refusal without waiting takes at most this long. */
    static final long AT_ONCE = 1;
    /** Shorter durations are no timer's. */
    static final long SHORTEST_TIMER = 100;
    /** An application's own error of a timeout's length would not take this long. */
    static final long RELAYED_TIMEOUT = 1000;
    /** A body still on its way after this time is a stream's. */
    static final long STREAMING_BODY = 100;

    /** Half the width of a pile of durations at one timer. */
    private static final long HALF_WIDTH = 10;
    /** Connection attempts share a timer, so the pile begins a little below it. */
    private static final long EARLY = 25;
    /** Longest sum of the back-offs before a third attempt: 25 ms, then 75 ms, both jittered, and scheduling. */
    private static final long BACK_OFF = 110;

    private static final int ATTEMPTS = 3;
    /** Fewer late timeouts are a moment's trouble. */
    private static final int LATE_TIMEOUTS = 5;

    private static final long DEFAULT_LONG_BODY = 250;
    private static final long SHORTEST_LONG_BODY = 10;

    /**
     * Learns one authority's timers.
     *
     * @param own its durations
     * @param all all authorities' durations: the connect timeout is the calling proxy's, not the authority's
     * @param configured configured request timeout, or empty
     */
    static LearnedTimers learn(Observations.Timers own, Observations.Timers all, OptionalLong configured) {
        OptionalLong byText = requestTimeoutByText(own, configured);
        OptionalLong timeout = byText.isPresent() ? byText : configured;
        if (timeout.isEmpty()) {
            timeout = requestTimeoutByStatus(own);
        }
        boolean certain = timeout.isPresent();
        if (timeout.isEmpty()) {
            timeout = requestTimeoutByText(all, configured);
        }
        if (timeout.isEmpty()) {
            timeout = requestTimeoutByStatus(all);
        }
        OptionalLong connect = connectTimeout(all, timeout);
        return new LearnedTimers(
                timeout,
                certain,
                timeout.isPresent() && isUnpunctual(own, timeout.getAsLong()),
                connect,
                others(own, timeout, connect),
                pendingConnects(own, connect),
                delayedCloses(own),
                longBody(own));
    }

    /** How far a duration may be from the timer that ended it: scheduling grows with load, so with the wait. */
    private static long tolerance(long timer) {
        return 15 + timer / 1000;
    }

    /** Whether a request of that duration was ended by the request timeout. */
    boolean atRequestTimeout(long duration) {
        long timer = requestTimeout.orElse(DEFAULT_REQUEST_TIMEOUT);
        return Math.abs(duration - timer) <= tolerance(timer);
    }

    /** Whether a request of that duration lasted to the request timeout or longer: a starved proxy's timers are late. */
    boolean reachedRequestTimeout(long duration) {
        long timer = requestTimeout.orElse(DEFAULT_REQUEST_TIMEOUT);
        return unpunctual || duration >= timer - tolerance(timer);
    }

    private static boolean isUnpunctual(Observations.Timers own, long timeout) {
        long late = own.timeouts.between(timeout + Math.max(500, timeout / 4), Long.MAX_VALUE);
        return late >= LATE_TIMEOUTS && late * 4 >= own.timeouts.total();
    }

    /** Whether one to three timed-out connection attempts take that long. */
    boolean atConnectTimeouts(long duration) {
        return connectTimeout.isPresent() && explains(connectTimeout.getAsLong(), duration);
    }

    /** Whether that duration is one of the other timers' values. */
    boolean atOtherTimer(long duration) {
        return others.stream().anyMatch(timer -> Math.abs(duration - timer) <= HALF_WIDTH);
    }

    private static boolean explains(long connectTimeout, long duration) {
        for (int attempts = 1; attempts <= ATTEMPTS; attempts++) {
            long least = attempts * connectTimeout;
            if (duration >= least - EARLY && duration <= least + HALF_WIDTH + (attempts - 1) * BACK_OFF) {
                return true;
            }
        }
        return false;
    }

    /** What the timeout's text tells: the configured value if lines confirm it, else the longest usual one. */
    private static OptionalLong requestTimeoutByText(Observations.Timers timers, OptionalLong configured) {
        List<Pile> piles = piles(timers.timeouts, 2);
        if (configured.isPresent()
                && piles.stream().anyMatch(pile -> Math.abs(pile.at() - configured.getAsLong()) <= 2 * HALF_WIDTH)) {
            return configured;
        }
        long highest = piles.stream().mapToLong(Pile::weight).max().orElse(0);
        // Late timeouts of a starved proxy pile up too where they are many, but hardly ever at a whole second. A
        // timeout
        // that can be configured is in whole seconds: where one is, another pile is no reason to doubt it.
        boolean whole = configured.isPresent() || piles.stream().anyMatch(Pile::wholeSecond);
        return piles.stream()
                .filter(pile -> pile.wholeSecond() || !whole && pile.count() > 2)
                .filter(pile -> pile.weight() * 4 >= highest)
                .mapToLong(Pile::at)
                .max();
    }

    /** What gRPC's unanswered requests and broken-off streams tell. */
    private static OptionalLong requestTimeoutByStatus(Observations.Timers timers) {
        DurationCounts candidates = new DurationCounts();
        candidates.merge(timers.unanswered);
        candidates.merge(timers.unansweredInbound);
        candidates.merge(timers.abandoned);
        candidates.merge(timers.streams);
        return piles(candidates, 3).stream()
                .filter(pile -> isTimeout(pile, timers))
                .mapToLong(Pile::at)
                .max();
    }

    private static boolean isTimeout(Pile pile, Observations.Timers timers) {
        long above = pile.at() + 4 * HALF_WIDTH;
        if (!pile.wholeSecond()
                || timers.unanswered.between(above, Long.MAX_VALUE) * 20 > pile.count()
                || timers.answered.between(above, Long.MAX_VALUE) * 100 > timers.answered.total()) {
            return false;
        }
        long near = 2 * HALF_WIDTH;
        long unanswered = timers.unanswered.between(pile.at() - near, pile.at() + near)
                + timers.unansweredInbound.between(pile.at() - near, pile.at() + near);
        // Connection attempts that time out scatter below their timer, requests do not.
        boolean scattered = timers.unanswered.between(pile.at() / 10, pile.at() - 4 * HALF_WIDTH) * 2 > pile.count();
        boolean confirmed = timers.abandoned.between(pile.at() - near, pile.at() + near) > 0 && unanswered > 0
                || timers.streams.between(pile.at() - near, pile.at() + near) > 0 && unanswered > 0
                || timers.answered.between(pile.at() / 2, pile.at() - near - 1) > 0 && unanswered > 0 && !scattered;
        return confirmed || Math.abs(pile.at() - DEFAULT_REQUEST_TIMEOUT) <= near;
    }

    private static OptionalLong connectTimeout(Observations.Timers timers, OptionalLong requestTimeout) {
        boolean byBody = timers.connectTimeouts.between(SHORTEST_TIMER, Long.MAX_VALUE) >= 2;
        DurationCounts durations = byBody ? timers.connectTimeouts : timers.unanswered;
        Map<Long, Long> values = durations.values();
        long best = -1;
        long bestExplained = 0;
        for (Pile pile : piles(durations, byBody ? 2 : 3)) {
            if (!byBody
                    && requestTimeout.isPresent()
                    && Math.abs(pile.at() - requestTimeout.getAsLong()) <= 2 * HALF_WIDTH) {
                continue;
            }
            long explained = 0;
            for (Map.Entry<Long, Long> value : values.entrySet()) {
                if (explains(pile.at(), value.getKey())) {
                    explained += value.getValue();
                }
            }
            if (explained > bestExplained) {
                best = pile.at();
                bestExplained = explained;
            }
        }
        return best < 0 ? OptionalLong.empty() : OptionalLong.of(best);
    }

    private static List<Long> others(
            Observations.Timers timers, OptionalLong requestTimeout, OptionalLong connectTimeout) {
        List<Long> others = new ArrayList<>();
        for (Pile pile : piles(timers.unanswered, 4)) {
            boolean request = requestTimeout.isPresent() && pile.at() >= requestTimeout.getAsLong() - 2 * HALF_WIDTH;
            boolean connect = connectTimeout.isPresent() && explains(connectTimeout.getAsLong(), pile.at());
            if (!request && !connect && standsOut(pile, timers.unanswered)) {
                others.add(pile.at());
            }
        }
        return List.copyOf(others);
    }

    /** Whether a pile is much higher than chance makes one of durations spread as around it. */
    private static boolean standsOut(Pile pile, DurationCounts counts) {
        long around = 500;
        long others = counts.between(pile.at() - around, pile.at() + around) - pile.count();
        return pile.count() * 2 * around >= 6 * others * (2 * HALF_WIDTH + 1);
    }

    private static boolean pendingConnects(Observations.Timers timers, OptionalLong connectTimeout) {
        if (connectTimeout.isEmpty()) {
            return false;
        }
        long from = LONGEST_REFUSAL + 1;
        long to = connectTimeout.getAsLong() - 2 * EARLY;
        long spread = timers.unanswered.between(from, to);
        long quick = timers.unanswered.between(AT_ONCE + 1, LONGEST_REFUSAL);
        // As many short ones as an even spread holds, give or take the same again.
        return to > from && spread * (LONGEST_REFUSAL - AT_ONCE) * 2 >= quick * (to - from);
    }

    private static boolean delayedCloses(Observations.Timers timers) {
        long second = 1000;
        long around =
                timers.bodies.between(second / 2, second - 11) + timers.bodies.between(second + 151, second * 8 / 5);
        return timers.bodies.between(second - 10, second + 150) >= around;
    }

    private static long longBody(Observations.Timers timers) {
        if (timers.bodies.total() < 20) {
            return DEFAULT_LONG_BODY;
        }
        long median = timers.bodies.medianBetween(0, Long.MAX_VALUE);
        return Math.max(SHORTEST_LONG_BODY, 8 * median);
    }

    /**
     * Many durations at one value.
     *
     * @param at their median
     * @param count how many lie within {@value #HALF_WIDTH} ms around it
     */
    private record Pile(long at, long count) {
        /** Service Connect's timeouts are configured in whole seconds. */
        boolean wholeSecond() {
            long rest = at % 1000;
            return Math.min(rest, 1000 - rest) <= 2 * HALF_WIDTH;
        }

        long weight() {
            return wholeSecond() ? 2 * count : count;
        }
    }

    /** Disjoint piles of at least {@code least} durations, the highest first. */
    private static List<Pile> piles(DurationCounts counts, int least) {
        List<Pile> found = new ArrayList<>();
        if (counts.between(SHORTEST_TIMER, Long.MAX_VALUE) < least) {
            return found;
        }
        List<Pile> windows = new ArrayList<>();
        for (long start : counts.values().keySet()) {
            if (start >= SHORTEST_TIMER) {
                long end = start + 2 * HALF_WIDTH;
                long count = counts.between(start, end);
                if (count >= least) {
                    windows.add(new Pile(counts.medianBetween(start, end), count));
                }
            }
        }
        windows.sort((a, b) -> a.count != b.count ? Long.compare(b.count, a.count) : Long.compare(a.at, b.at));
        for (Pile window : windows) {
            if (found.stream().noneMatch(pile -> Math.abs(pile.at - window.at) <= 4 * HALF_WIDTH)) {
                found.add(window);
            }
            if (found.size() >= 64) {
                break;
            }
        }
        return found;
    }
}
