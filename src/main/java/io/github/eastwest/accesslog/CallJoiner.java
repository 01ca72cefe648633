package io.github.eastwest.accesslog;

import io.github.eastwest.model.log.AccessLogEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the callee's lines of each call: same request id, same method and path, overlapping times.
 *
 * <p>A request id can stand on several calls, because an application forwards the id it received: then a callee's line
 * belongs to the call that fits best (inside its time first, nearest start second). Calls must be asked for in order of
 * start; a callee's line is given out once.
 */
final class CallJoiner {
    /** Clocks of two tasks may differ by this much, milliseconds. */
    private static final long CLOCK_SKEW = 1000;
    /** A callee's line normally lies inside its call's time up to this much, milliseconds. */
    private static final long NORMAL_SKEW = 50;
    /** Lines of one request id looked at per call: more would be a forged id, and quadratic time. */
    private static final int CANDIDATES = 64;

    /** A retry starts this soon after the failed attempt's end, milliseconds: back-off is at most 75 ms. */
    private static final long RETRY_GAP = 250;

    /** No position. */
    static final int NONE = -1;

    private final LineStore store;
    private final int[] calls;
    private final int[] attempts;
    private final Chains callChains;
    private final Chains attemptChains;
    private final boolean[] claimed;

    /**
     * @param calls numbers of the caller's lines, in order of start
     * @param attempts numbers of the callee's inbound lines, in order of start
     */
    CallJoiner(LineStore store, int[] calls, int[] attempts) {
        this.store = store;
        this.calls = calls;
        this.attempts = attempts;
        this.callChains = new Chains(calls);
        this.attemptChains = new Chains(attempts);
        this.claimed = new boolean[attempts.length];
    }

    /**
     * The callee's lines of a call, in order of start.
     *
     * @param position position of the call among the calls
     * @param call its line
     */
    List<AccessLogEntry> attemptsOf(int position, AccessLogEntry call) {
        long hash = store.idHash(calls[position]);
        int slot = hash == 0 ? NONE : attemptChains.slot(hash);
        if (slot == NONE) {
            return List.of();
        }
        long earliest = call.startMillis() - CLOCK_SKEW;
        long latest = call.endMillis() + CLOCK_SKEW;
        // Later calls start later, so what lies before this one's time is of no use to them either.
        while (attemptChains.head[slot] != NONE && store.start(attempts[attemptChains.head[slot]]) < earliest) {
            attemptChains.head[slot] = attemptChains.next[attemptChains.head[slot]];
        }
        List<AccessLogEntry> found = new ArrayList<>(1);
        int looked = 0;
        for (int at = attemptChains.head[slot];
                at != NONE && looked < CANDIDATES && store.start(attempts[at]) <= latest;
                at = attemptChains.next[at], looked++) {
            if (claimed[at]) {
                continue;
            }
            AccessLogEntry attempt = store.get(attempts[at]);
            if (isSameRequest(call, attempt) && !fitsLaterCall(position, call, attempt)) {
                claimed[at] = true;
                found.add(sharing(attempt, call.request()));
            }
        }
        return found;
    }

    /** Whether the attempt at that position was given to a call. */
    boolean isClaimed(int position) {
        return claimed[position];
    }

    /**
     * The position of the callee's line that retries a failed one: the next of the same request that starts right after
     * its end; {@link #NONE} if there is none.
     *
     * @param position position of the failed line among the attempts
     * @param failed the line
     */
    int retryOf(int position, AccessLogEntry failed) {
        int at = attemptChains.next[position];
        for (int looked = 0; at != NONE && looked < CANDIDATES; looked++, at = attemptChains.next[at]) {
            long gap = store.start(attempts[at]) - failed.endMillis();
            if (gap > RETRY_GAP) {
                return NONE;
            }
            if (gap >= -NORMAL_SKEW && isSameRequest(failed, store.get(attempts[at]))) {
                return at;
            }
        }
        return NONE;
    }

    private static boolean isSameRequest(AccessLogEntry call, AccessLogEntry attempt) {
        AccessLogEntry.Request asked = call.request();
        AccessLogEntry.Request seen = attempt.request();
        return Objects.equals(asked.requestId(), seen.requestId())
                && Objects.equals(asked.method(), seen.method())
                && Objects.equals(withoutQuery(asked.path()), withoutQuery(seen.path()));
    }

    /** Each service decides for itself whether its log shows query parameters. */
    private static @Nullable String withoutQuery(@Nullable String path) {
        int query = path == null ? -1 : path.indexOf('?');
        return path == null || query < 0 ? path : path.substring(0, query);
    }

    /** Whether a later call of the same request id fits the callee's line better. */
    private boolean fitsLaterCall(int position, AccessLogEntry call, AccessLogEntry attempt) {
        int next = callChains.next[position];
        for (int looked = 0; next != NONE && looked < CANDIDATES; looked++, next = callChains.next[next]) {
            if (store.start(calls[next]) > attempt.startMillis() + CLOCK_SKEW) {
                return false;
            }
            AccessLogEntry later = store.get(calls[next]);
            if (isSameRequest(later, attempt) && misfit(later, attempt) < misfit(call, attempt)) {
                return true;
            }
        }
        return false;
    }

    /** How badly a callee's line fits into a call's time, milliseconds. */
    private static long misfit(AccessLogEntry call, AccessLogEntry attempt) {
        boolean inside = attempt.startMillis() >= call.startMillis() - NORMAL_SKEW
                && attempt.endMillis() <= call.endMillis() + NORMAL_SKEW;
        long distance = Math.abs(attempt.startMillis() - call.startMillis());
        return inside ? distance : distance + 1_000_000_000_000L;
    }

    /** The same line with the texts it has in common with its call kept once. */
    private static AccessLogEntry sharing(AccessLogEntry attempt, AccessLogEntry.Request call) {
        AccessLogEntry.Request request = attempt.request();
        return new AccessLogEntry(
                attempt.ref(),
                attempt.startMillis(),
                new AccessLogEntry.Request(
                        request.protocol(),
                        request.method(),
                        Objects.equals(request.path(), call.path()) ? call.path() : request.path(),
                        request.authority(),
                        call.requestId(),
                        request.userAgent(),
                        request.forwardedFor(),
                        request.remoteAddress()),
                attempt.response(),
                attempt.upstream(),
                attempt.timing());
    }

    /** Positions with the same request id, chained in order of start. */
    private final class Chains {
        private final long[] keys;
        private final int[] head;
        private final int[] next;

        private Chains(int[] numbers) {
            int capacity = Integer.highestOneBit(Math.max(8, numbers.length)) * 4;
            keys = new long[capacity];
            head = new int[capacity];
            next = new int[numbers.length];
            Arrays.fill(head, NONE);
            for (int position = numbers.length - 1; position >= 0; position--) {
                long hash = store.idHash(numbers[position]);
                if (hash == 0) {
                    next[position] = NONE;
                    continue;
                }
                int slot = (int) (hash & capacity - 1);
                while (keys[slot] != 0 && keys[slot] != hash) {
                    slot = slot + 1 & capacity - 1;
                }
                keys[slot] = hash;
                next[position] = head[slot];
                head[slot] = position;
            }
        }

        /** The slot of that hash, or {@link #NONE}. */
        private int slot(long hash) {
            int slot = (int) (hash & keys.length - 1);
            while (keys[slot] != 0) {
                if (keys[slot] == hash) {
                    return slot;
                }
                slot = slot + 1 & keys.length - 1;
            }
            return NONE;
        }
    }
}
