package io.github.eastwest.collect;

import io.github.eastwest.model.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** An account with faults, latency and Logs Insights, that remembers when it was asked what. */
final class ScriptedAws implements Aws {
    private final Aws account;
    private final List<Rule> rules = new ArrayList<>();
    private final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Integer> queries = new ConcurrentHashMap<>();
    private final Set<String> stopped = ConcurrentHashMap.newKeySet();
    private final AtomicInteger queryNumber = new AtomicInteger();
    private Duration latency = Duration.ZERO;
    private Optional<Random> chance = Optional.empty();
    private int polls = 1;
    private Map<String, List<Object>> rows = Map.of();
    private long scannedPerPoll = 1000;

    private record Rule(Predicate<Call> which, Behaviour behaviour) {}

    /** What happens instead of an answer. */
    interface Behaviour {
        Answer answer(Call call, Duration within) throws AwsFailure, InterruptedException;
    }

    /** A call, with the times in nanoseconds at which it began and ended. */
    record Asked(Call call, long began, long ended) {}

    ScriptedAws(Aws account) {
        this.account = account;
    }

    ScriptedAws latency(Duration every) {
        latency = every;
        return this;
    }

    /** Latencies between 0 and 20 ms by a seed. */
    ScriptedAws chance(long seed) {
        chance = Optional.of(new Random(seed));
        return this;
    }

    ScriptedAws when(Predicate<Call> which, Behaviour behaviour) {
        rules.add(new Rule(which, behaviour));
        return this;
    }

    ScriptedAws fail(Predicate<Call> which, AwsFailure.Kind kind, String code) {
        return when(which, (call, within) -> {
            throw BundleAws.failure(kind, code);
        });
    }

    ScriptedAws hang(Predicate<Call> which) {
        return when(which, (call, within) -> {
            Thread.sleep(within.toMillis());
            throw BundleAws.failure(AwsFailure.Kind.DEADLINE, "");
        });
    }

    /** Queries say Running so often before they are complete. */
    ScriptedAws polls(int number) {
        polls = number;
        return this;
    }

    /** Rows that a query of that name answers. */
    ScriptedAws rows(Map<String, List<Object>> byQuery) {
        rows = byQuery;
        return this;
    }

    ScriptedAws scannedPerPoll(long bytes) {
        scannedPerPoll = bytes;
        return this;
    }

    /** A log group of the infrequent-access class that holds so much in every minute asked about. */
    ScriptedAws logs(String logGroupClass, double bytesAMinute) {
        when(call -> call.operation() == Operation.DESCRIBE_LOG_GROUPS, (call, within) -> {
            Map<String, Object> group = OrderedMap.of(
                    "logGroupName", call.parameters().get("logGroupNamePrefix"), "logGroupClass", logGroupClass);
            return new Answer(OrderedMap.of("logGroups", List.of(group)), Optional.empty(), 1);
        });
        return when(call -> call.operation() == Operation.GET_METRIC_DATA, (call, within) -> {
            Answer answer = account.call(call, within);
            List<Object> results = new ArrayList<>();
            for (Field result :
                    Field.of(answer.document()).at("MetricDataResults").items()) {
                Map<String, Object> copy = new LinkedHashMap<>();
                copy.put("Id", result.at("Id").textOrEmpty());
                copy.put("Label", result.at("Label").textOrEmpty());
                boolean bytes = result.at("Label").textOrEmpty().contains("IncomingBytes");
                copy.put(
                        "Timestamps",
                        bytes
                                ? List.of("2026-11-21T12:48:00Z")
                                : result.at("Timestamps").raw().orElseThrow());
                copy.put(
                        "Values",
                        bytes
                                ? List.of(bytesAMinute)
                                : result.at("Values").raw().orElseThrow());
                copy.put("StatusCode", "Complete");
                results.add(copy);
            }
            return new Answer(OrderedMap.of("MetricDataResults", results), Optional.empty(), 1);
        });
    }

    @Override
    public Answer call(Call call, Duration within) throws AwsFailure, InterruptedException {
        long began = System.nanoTime();
        try {
            pause();
            for (Rule rule : rules) {
                if (rule.which().test(call)) {
                    return rule.behaviour().answer(call, within);
                }
            }
            return switch (call.operation()) {
                case START_QUERY -> start(call);
                case GET_QUERY_RESULTS -> results(call);
                case STOP_QUERY -> stop(call);
                default -> account.call(call, within);
            };
        } finally {
            asked.add(new Asked(call, began, System.nanoTime()));
        }
    }

    private void pause() throws InterruptedException {
        long millis = latency.toMillis();
        if (chance.isPresent()) {
            synchronized (this) {
                millis = chance.get().nextInt(20);
            }
        }
        TimeUnit.MILLISECONDS.sleep(millis);
    }

    private Answer start(Call call) {
        String name = String.valueOf(call.parameters().get("queryString")).split(" ", 3)[1];
        String id = name + "-" + queryNumber.incrementAndGet();
        queries.put(id, 0);
        return new Answer(OrderedMap.of("queryId", id), Optional.empty(), 1);
    }

    private Answer results(Call call) {
        String id = String.valueOf(call.parameters().get("queryId"));
        int number = queries.merge(id, 1, Integer::sum);
        boolean done = number > polls;
        Map<String, Object> document = OrderedMap.of(
                "results",
                done ? rows.getOrDefault(id.substring(0, id.indexOf('-')), List.of()) : List.of(),
                "statistics",
                OrderedMap.of("bytesScanned", (double) scannedPerPoll * number),
                "status",
                done ? "Complete" : "Running");
        return new Answer(document, Optional.empty(), 1);
    }

    private Answer stop(Call call) {
        stopped.add(String.valueOf(call.parameters().get("queryId")));
        return new Answer(OrderedMap.of("success", true), Optional.empty(), 1);
    }

    @Override
    public void close() {}

    List<Asked> asked() {
        synchronized (asked) {
            return List.copyOf(asked);
        }
    }

    Set<Operation> operations() {
        Set<Operation> operations = new TreeSet<>();
        asked().forEach(a -> operations.add(a.call().operation()));
        return operations;
    }

    List<Call> calls(Operation operation) {
        return asked().stream()
                .map(Asked::call)
                .filter(call -> call.operation() == operation)
                .toList();
    }

    List<Call> calls(Operation operation, Side side) {
        return calls(operation).stream().filter(call -> call.side() == side).toList();
    }

    /** Ids of queries that were started. */
    Set<String> started() {
        return new TreeSet<>(queries.keySet());
    }

    Set<String> stopped() {
        return new TreeSet<>(stopped);
    }

    /** How many calls were made one after the other: the longest chain in which each began after the one before ended. */
    int rounds() {
        List<Asked> all = new ArrayList<>(asked());
        all.sort((a, b) -> Long.compare(a.ended(), b.ended()));
        Map<Asked, Integer> depth = new LinkedHashMap<>();
        int longest = 0;
        for (Asked one : all) {
            int before = 0;
            for (Asked other : all) {
                if (other.ended() <= one.began()) {
                    before = Math.max(before, depth.getOrDefault(other, 0));
                }
            }
            depth.put(one, before + 1);
            longest = Math.max(longest, before + 1);
        }
        return longest;
    }

    /** Waits until an operation has been called so often. */
    static CountDownLatch latch(ScriptedAws aws, Predicate<Call> which, int times) {
        CountDownLatch latch = new CountDownLatch(times);
        aws.when(
                call -> {
                    if (which.test(call)) {
                        latch.countDown();
                    }
                    return false;
                },
                (call, within) -> {
                    throw new IllegalStateException();
                });
        return latch;
    }
}
