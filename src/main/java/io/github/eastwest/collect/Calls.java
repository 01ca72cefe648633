package io.github.eastwest.collect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls of one collection, in parallel and each within its time, and keeps a list of them. A call's future always
 * completes with a reply: what goes wrong is part of it.
 *
 * <p>What follows from a reply runs in the thread that brought it, so work never waits in the pool for other work.
 */
final class Calls implements AutoCloseable {
    /** Enough for a whole step at once; more would only be throttled. */
    private static final int THREADS = 32;

    /** The step of calls that clear up. */
    private static final int LAST = 5;

    /** How long threads may take to notice an interruption. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Aws aws;
    private final Predicate<Call> real;
    private final long end;
    private final ScheduledThreadPoolExecutor pool;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final Map<CompletableFuture<?>, Runnable> open = new ConcurrentHashMap<>();
    private final Map<Made, Integer> made = new ConcurrentHashMap<>();

    private final AtomicBoolean answered = new AtomicBoolean();
    private final AtomicReference<@Nullable AwsFailure> lockedOut = new AtomicReference<>();

    private record Made(Call call, int step, boolean real) {}

    /**
     * Calls of one collection.
     *
     * @param real whether a call is really made; in a dry run most are not
     * @param within how long all of them together may take
     */
    Calls(Aws aws, Predicate<Call> real, Duration within) {
        this.aws = aws;
        this.real = real;
        this.end = System.nanoTime() + within.toNanos();
        AtomicInteger number = new AtomicInteger();
        this.pool = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, "collect-" + number.incrementAndGet());
            thread.setDaemon(true);
            threads.add(thread);
            return thread;
        });
        pool.setRemoveOnCancelPolicy(true);
    }

    /** How much time is left; zero when it is over. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    /**
     * Makes a call.
     *
     * @param step the call's place in the chain of calls that depend on each other, from 1
     * @param atMost how long it may take, if there is as much time left
     */
    CompletableFuture<Reply> make(int step, Call call, Duration atMost) {
        if (left().isZero()) {
            return CompletableFuture.completedFuture(Reply.failed(call, tooLate()));
        }
        return submit(call, () -> {
            Duration left = left();
            Duration within = left.compareTo(atMost) < 0 ? left : atMost;
            return within.isZero() ? Reply.failed(call, tooLate()) : answer(step, call, within);
        });
    }

    private CompletableFuture<Reply> submit(Call call, Supplier<Reply> answer) {
        CompletableFuture<Reply> reply = opened(Reply.failed(call, tooLate()));
        try {
            pool.execute(() -> reply.complete(answer.get()));
        } catch (RejectedExecutionException closed) {
            reply.complete(Reply.failed(call, tooLate()));
        }
        return reply;
    }

    /** Makes a call that must be tried even when no time is left: one that stops what would cost on. */
    CompletableFuture<Reply> last(Call call, Duration within) {
        return submit(call, () -> answer(LAST, call, within));
    }

    /** Makes calls that do not depend on each other; their replies come in the order of the calls. */
    CompletableFuture<List<Reply>> make(int step, List<Call> calls, Duration atMost) {
        return all(calls.stream().map(call -> make(step, call, atMost)).toList());
    }

    private Reply answer(int step, Call call, Duration within) {
        Made entry = new Made(call, step, real.test(call));
        made.putIfAbsent(entry, 0);
        try {
            Answer answer = aws.call(call, within);
            made.merge(entry, answer.requests(), Integer::sum);
            answered.set(true);
            return Reply.of(call, answer);
        } catch (AwsFailure failure) {
            made.merge(entry, 1, Integer::sum);
            if (failure.kind() == AwsFailure.Kind.EXPIRED || failure.kind() == AwsFailure.Kind.NO_CREDENTIALS) {
                lockedOut.compareAndSet(null, failure);
            }
            return Reply.failed(call, failure);
        } catch (InterruptedException stopped) {
            return Reply.failed(call, tooLate());
        } catch (RuntimeException fault) {
            // One source's fault, ours included, must not end the others.
            String what = fault.getClass().getSimpleName();
            return Reply.failed(call, new AwsFailure(AwsFailure.Kind.GARBAGE, what, "not understood: " + what, fault));
        }
    }

    private static AwsFailure tooLate() {
        return new AwsFailure(AwsFailure.Kind.DEADLINE, "", "no time was left", new InterruptedException());
    }

    /** The future's result if it comes in time, else another. */
    <T> CompletableFuture<T> within(CompletableFuture<T> future, Duration time, T otherwise) {
        CompletableFuture<T> result = opened(otherwise);
        future.thenAccept(result::complete);
        schedule(result, time, otherwise);
        return result;
    }

    /** Completes after a pause; at once if the collection has ended. */
    CompletableFuture<Boolean> after(Duration pause) {
        CompletableFuture<Boolean> woken = opened(false);
        schedule(woken, pause, true);
        return woken;
    }

    private <T> void schedule(CompletableFuture<T> future, Duration pause, T result) {
        try {
            pool.schedule(() -> future.complete(result), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closed) {
            future.complete(result);
        }
    }

    /** A future that ends with the collection. */
    private <T> CompletableFuture<T> opened(T atEnd) {
        CompletableFuture<T> future = new CompletableFuture<>();
        open.put(future, () -> future.complete(atEnd));
        future.whenComplete((any, fault) -> open.remove(future));
        return future;
    }

    /** The results of all, in order. */
    static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    List<T> results = new ArrayList<>();
                    futures.forEach(future -> results.add(future.join()));
                    return List.copyOf(results);
                });
    }

    /**
     * Waits for a result; gives up calls that do not keep to their time.
     *
     * @throws InterruptedException if this thread was interrupted
     */
    <T> T await(CompletableFuture<T> future) throws InterruptedException {
        try {
            try {
                return future.get(left().plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException stuck) {
                giveUp();
                return future.get();
            }
        } catch (ExecutionException fault) {
            throw new IllegalStateException("a plan failed", fault.getCause());
        }
    }

    /** Why no call at all was answered, if that is for want of credentials. */
    Optional<AwsFailure> lockedOut() {
        return answered.get() ? Optional.empty() : Optional.ofNullable(lockedOut.get());
    }

    /** Every call so far, in order of step, operation, side and command. */
    List<PlannedCall> made() {
        return made.entrySet().stream()
                .map(entry -> new PlannedCall(
                        entry.getKey().call().operation(),
                        entry.getKey().call().side(),
                        CommandLine.of(entry.getKey().call()),
                        entry.getKey().step(),
                        entry.getValue(),
                        entry.getKey().real()))
                .sorted(Comparator.comparingInt(PlannedCall::step)
                        .thenComparing(PlannedCall::operation)
                        .thenComparing(PlannedCall::side)
                        .thenComparing(PlannedCall::command))
                .toList();
    }

    private void giveUp() {
        // What follows from these may open more, which is given up too: there is no time left.
        while (!open.isEmpty()) {
            open.values().forEach(Runnable::run);
        }
    }

    /** Ends what still runs: its replies say that there was no time. */
    @Override
    public void close() {
        pool.shutdownNow();
        giveUp();
        long until = System.nanoTime() + GRACE.toNanos();
        try {
            for (Thread thread : threads) {
                TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, until - System.nanoTime()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
