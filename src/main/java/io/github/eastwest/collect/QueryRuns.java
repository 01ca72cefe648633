package io.github.eastwest.collect;

import io.github.eastwest.model.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs Logs Insights queries: starts them, asks how far they are, and stops those that are no longer wanted, since they
 * cost as long as they scan. Thread-safe.
 */
final class QueryRuns {
    /** Rows that one answer can bring. */
    static final int MOST_ROWS = 10_000;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** Time kept at the end to stop what still runs. */
    private static final Duration RESERVE = Duration.ofSeconds(2);

    private final Reader reader;
    private final Budget budget;
    private final Map<String, Query> running = new ConcurrentHashMap<>();
    private final AtomicInteger starting = new AtomicInteger();
    private volatile boolean stopping;

    QueryRuns(Reader reader, Budget budget) {
        this.reader = reader;
        this.budget = budget;
    }

    /**
     * A query to run.
     *
     * @param side whose logs it asks about
     * @param as whose credentials to use
     * @param region Region of the groups; empty for the side's own
     * @param groups log groups
     * @param name the query's name in {@code queries/}
     * @param slice {@code 2of5} for one of several that share the work; empty for the only one
     * @param text the query
     * @param from first second of the events
     * @param to last second of the events
     */
    record Query(
            Side side,
            Side as,
            String region,
            List<String> groups,
            String name,
            String slice,
            String text,
            Instant from,
            Instant to) {
        /** Where its answer lies in the bundle, without extension. */
        String path() {
            return "logs/insights/" + name + "/" + side.id() + (slice.isEmpty() ? "" : "-" + slice);
        }

        private String source() {
            return LogSources.input(side);
        }

        Call start() {
            Map<String, Object> parameters = OrderedMap.of(
                    "logGroupNames", groups, "startTime", from.getEpochSecond(), "endTime", to.getEpochSecond());
            parameters.put("queryString", text);
            parameters.put("limit", MOST_ROWS);
            return new Call(Operation.START_QUERY, as, region, parameters, Call.ALL);
        }

        Call about(Operation operation, String id) {
            return new Call(operation, as, region, OrderedMap.of("queryId", id), Call.ALL);
        }
    }

    /**
     * How a query ended.
     *
     * @param query the query
     * @param last the last answer about it; empty if it was never started
     * @param failed the call that failed, if that ended it
     * @param shortfall why its answer is not whole; empty when it is
     */
    record Ended(Query query, Optional<Answer> last, Optional<Reply> failed, String shortfall) {
        boolean complete() {
            return failed.isEmpty() && shortfall.isEmpty();
        }

        List<Field> rows() {
            return Field.of(last.map(Answer::document).orElse(Map.of()))
                    .at("results")
                    .items();
        }
    }

    /** Runs a query to its end. */
    CompletableFuture<Ended> run(Query query) {
        starting.incrementAndGet();
        if (stopping || reader.calls().left().compareTo(RESERVE) <= 0) {
            starting.decrementAndGet();
            return CompletableFuture.completedFuture(
                    new Ended(query, Optional.empty(), Optional.empty(), "there was no time to start it"));
        }
        return reader.read(query.source(), 3, query.start(), reader.calls().left())
                .thenCompose(reply -> {
                    Optional<String> id = reply.at("queryId").text();
                    id.ifPresent(known -> running.put(known, query));
                    starting.decrementAndGet();
                    if (id.isEmpty()) {
                        return CompletableFuture.completedFuture(new Ended(
                                query, Optional.empty(), reply.failure().map(failure -> reply), "AWS gave it no id"));
                    }
                    return poll(query, id.get(), FIRST_PAUSE, null);
                });
    }

    private CompletableFuture<Ended> poll(Query query, String id, Duration pause, @Nullable Answer before) {
        return reader.calls().after(pause).thenCompose(on -> {
            Duration left = reader.calls().left().minus(RESERVE);
            if (stopping || left.isNegative() || left.isZero()) {
                return end(
                        id, new Ended(query, Optional.ofNullable(before), Optional.empty(), "it did not end in time"));
            }
            return reader.read(query.source(), 4, query.about(Operation.GET_QUERY_RESULTS, id), left)
                    .thenCompose(reply -> polled(query, id, pause, reply, before));
        });
    }

    private CompletableFuture<Ended> polled(
            Query query, String id, Duration pause, Reply reply, @Nullable Answer before) {
        if (reply.answer().isEmpty()) {
            return end(id, new Ended(query, Optional.ofNullable(before), Optional.of(reply), ""));
        }
        Answer answer = reply.answer().get();
        String status = reply.at("status").textOrEmpty();
        long scanned = (long) reply.at("statistics").at("bytesScanned").number().orElse(0);
        reader.progress().polled(query.path(), status, scanned);
        boolean exceeded = budget.scanned(id, scanned);
        boolean goesOn = status.equals("Running") || status.equals("Scheduled");
        if (goesOn && exceeded) {
            budget.stop();
            return end(id, new Ended(query, Optional.of(answer), Optional.empty(), "stopped at --max-cost"));
        }
        if (goesOn) {
            Duration longer = pause.multipliedBy(2);
            return poll(query, id, longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE, answer);
        }
        running.remove(id);
        return CompletableFuture.completedFuture(new Ended(
                query,
                Optional.of(answer),
                Optional.empty(),
                status.equals("Complete") ? "" : "it ended as " + status));
    }

    /** Stops a query that still runs. */
    private CompletableFuture<Ended> end(String id, Ended ended) {
        return stop(id).thenApply(done -> ended);
    }

    private CompletableFuture<Boolean> stop(String id) {
        Query query = running.remove(id);
        if (query == null) {
            return CompletableFuture.completedFuture(false);
        }
        return reader.calls()
                .last(query.about(Operation.STOP_QUERY, id), RESERVE)
                .thenApply(Reply::isAnswered);
    }

    /**
     * Stops all queries and starts no more. Waits for those that are being started, whose ids are not known yet, and for
     * the answers, a few seconds at most.
     */
    void stop() {
        stopping = true;
        long end = System.nanoTime() + RESERVE.toNanos();
        boolean interrupted = Thread.interrupted();
        interrupted |= waitUntil(() -> starting.get() == 0, end);
        List<CompletableFuture<Boolean>> stopped =
                List.copyOf(running.keySet()).stream().map(this::stop).toList();
        CompletableFuture<List<Boolean>> all = Calls.all(stopped);
        interrupted |= waitUntil(all::isDone, end + RESERVE.toNanos());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether this thread was interrupted meanwhile. */
    private static boolean waitUntil(Supplier<Boolean> done, long end) {
        boolean interrupted = false;
        while (!done.get() && System.nanoTime() < end) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }
}
