package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.AwsFailure.Kind;
import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Reads the pages of one request and repeats what failed in passing, until the deadline. */
final class Reading {
    /** Faults of the network and of AWS itself: if two more tries do not help, waiting does not either. */
    private static final int TRIES = 3;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration FIRST_PAUSE_THROTTLED = Duration.ofMillis(300);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int FIRST_SERVER_FAULT = 500;

    private final Call call;
    private final Map<String, Object> parameters;
    private final Shape shape;
    private final long deadline;
    private final Exchanges exchanges;
    private final Merged merged;
    private volatile Optional<AwsFailure> failure = Optional.empty();
    private volatile Optional<AwsFailure> throttled = Optional.empty();
    private volatile boolean done;
    private volatile boolean read;

    /**
     * Nothing read yet.
     *
     * @param parameters those of the call that go into this request
     * @param deadline in the sense of {@link System#nanoTime()}
     */
    Reading(Call call, Map<String, Object> parameters, Shape shape, long deadline, Exchanges exchanges) {
        this.call = call;
        this.parameters = parameters;
        this.shape = shape;
        this.deadline = deadline;
        this.exchanges = exchanges;
        this.merged = new Merged(shape, call.mostItems());
    }

    /** One page. */
    @FunctionalInterface
    interface Page {
        Map<String, Object> get(Map<String, Object> parameters) throws AwsFailure;
    }

    /** Reads all pages; ends early, without a word, when the thread is interrupted. */
    void run(Page page) {
        try {
            pages(page);
            done = true;
        } catch (AwsFailure e) {
            failure = Optional.of(e);
            done = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pages(Page source) throws AwsFailure, InterruptedException {
        Set<String> tokens = new HashSet<>();
        Optional<String> next = Optional.empty();
        do {
            Map<String, Object> page = untilRead(source, shape.page(parameters, next, call.mostItems()));
            next = shape.next(page);
            boolean fits = merged.add(page);
            read = true;
            if (!fits || next.isPresent() && merged.items() >= call.mostItems()) {
                throw Failures.more(operation(), call.mostItems());
            }
            if (next.isPresent() && !tokens.add(next.get())) {
                throw Failures.circle(operation());
            }
        } while (next.isPresent());
    }

    private Map<String, Object> untilRead(Page source, Map<String, Object> request)
            throws AwsFailure, InterruptedException {
        for (int tries = 1; ; tries++) {
            if (left() <= 0) {
                throw late();
            }
            try {
                Map<String, Object> page = source.get(request);
                throttled = Optional.empty();
                return page;
            } catch (AwsFailure e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                boolean tooMany = e.kind() == Kind.THROTTLED;
                throttled = tooMany ? Optional.of(e) : Optional.empty();
                long pause = pause(tooMany ? FIRST_PAUSE_THROTTLED : FIRST_PAUSE, tries);
                if (!passing(e, tries) || pause >= left()) {
                    throw e;
                }
                Thread.sleep(Duration.ofNanos(pause).toMillis());
            }
        }
    }

    private boolean passing(AwsFailure e, int tries) {
        if (e.kind() == Kind.THROTTLED) {
            return true;
        }
        if (e.kind() == Kind.EXPIRED) {
            return tries == 1 && Failures.clock(e);
        }
        boolean fault =
                e.kind() == Kind.UNREACHABLE || e.kind() == Kind.REFUSED && exchanges.status() >= FIRST_SERVER_FAULT;
        // A query that was started unseen runs, and costs, without anybody to stop it.
        boolean repeatable = operation() != Operation.START_QUERY || Failures.neverSent(e);
        return fault && repeatable && tries < TRIES;
    }

    /** Half of an exponential pause, and chance for the other half, so that many do not come back at once. */
    private static long pause(Duration first, int tries) {
        long longest = Math.min(LONGEST_PAUSE.toNanos(), first.toNanos() << Math.min(tries - 1, 20));
        return longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2);
    }

    private AwsFailure late() {
        return throttled.orElseGet(() -> Failures.deadline(operation()));
    }

    private long left() {
        return deadline - System.nanoTime();
    }

    private Operation operation() {
        return call.operation();
    }

    /** Why not everything was read; empty when it was. */
    Optional<AwsFailure> failure() {
        return done ? failure : Optional.of(late());
    }

    /** Whether at least one page was read. */
    boolean read() {
        return read;
    }

    /** What was read; what comes later no longer counts. */
    Map<String, Object> take() {
        return merged.take();
    }
}
