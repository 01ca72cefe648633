package io.github.eastwest.accesslog;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs work on several threads and takes its results in the order of the work, so that results do not depend on scheduling.
 *
 * @param <T> reusable holder of one piece of work
 * @param <R> result of one piece
 */
final class OrderedParallel<T, R> {
    /** Finished pieces that may wait for an earlier one, per thread. */
    private static final int WAITING = 2;

    private final int threads;
    private final Taker<T> taker;
    private final Taken<R> taken;
    private final Map<Long, R> waiting = new HashMap<>();
    private long next;
    private @Nullable Throwable fault;

    /** Takes pieces of work; called by several threads at once. */
    @FunctionalInterface
    interface Taker<T> {
        /** Fills the holder with the next piece and returns its number, from 0 without gaps; -1 when there is none. */
        long take(T holder) throws IOException;

        /** A number of pieces that are known beforehand, each given to one thread. */
        static <T> Taker<T> of(int pieces, Fill<T> fill) {
            AtomicInteger next = new AtomicInteger();
            return holder -> {
                int number = next.getAndIncrement();
                if (number >= pieces) {
                    return -1;
                }
                fill.fill(holder, number);
                return number;
            };
        }
    }

    /** Makes a holder hold a piece. */
    @FunctionalInterface
    interface Fill<T> {
        /** @param number of the piece, from 0 */
        void fill(T holder, int number) throws IOException;
    }

    /** One thread's worker. */
    interface Worker<T, R> {
        /** A holder for its pieces. */
        T holder();

        /** Does one piece. */
        R work(T piece) throws IOException;
    }

    /** Receives results in order, one at a time. */
    @FunctionalInterface
    interface Taken<R> {
        /** Takes a result. */
        void take(R result) throws IOException;
    }

    /** Makes a worker for a thread. */
    @FunctionalInterface
    interface Hire<T, R> {
        /** A new worker. */
        Worker<T, R> hire();
    }

    private OrderedParallel(int threads, Taker<T> taker, Taken<R> taken) {
        this.threads = threads;
        this.taker = taker;
        this.taken = taken;
    }

    /** Runs until there is no work left; the calling thread works too. */
    static <T, R> void run(int threads, Taker<T> taker, Hire<T, R> hire, Taken<R> taken) throws IOException {
        OrderedParallel<T, R> run = new OrderedParallel<>(threads, taker, taken);
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            Worker<T, R> worker = hire.hire();
            Thread thread = new Thread(() -> run.workUntilDone(worker), "eastwest-logs-" + i);
            thread.setDaemon(true);
            thread.start();
            others.add(thread);
        }
        run.workUntilDone(hire.hire());
        for (Thread thread : others) {
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException stop) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        run.rethrow();
    }

    private void workUntilDone(Worker<T, R> worker) {
        try {
            T holder = worker.holder();
            while (true) {
                long number = failed() ? -1 : taker.take(holder);
                if (number < 0) {
                    return;
                }
                finish(number, worker.work(holder));
            }
        } catch (Throwable thrown) {
            fail(thrown);
        }
    }

    private synchronized boolean failed() {
        return fault != null;
    }

    private synchronized void fail(Throwable thrown) {
        if (fault == null) {
            fault = thrown;
        }
        notifyAll();
    }

    private synchronized void finish(long number, R result) throws IOException, InterruptedException {
        while (fault == null && number != next && waiting.size() >= WAITING * threads) {
            wait();
        }
        if (number < next || waiting.put(number, result) != null) {
            // Results that are counted twice must not pass for the truth.
            throw new IllegalStateException("piece " + number + " was taken twice");
        }
        R ready = waiting.remove(next);
        while (ready != null && fault == null) {
            taken.take(ready);
            next++;
            ready = waiting.remove(next);
        }
        notifyAll();
    }

    private synchronized void rethrow() throws IOException {
        if (fault instanceof IOException io) {
            throw io;
        }
        if (fault instanceof Error error) {
            throw error;
        }
        if (fault instanceof RuntimeException unexpected) {
            throw unexpected;
        }
        if (fault != null) {
            throw new IllegalStateException(fault);
        }
    }
}
