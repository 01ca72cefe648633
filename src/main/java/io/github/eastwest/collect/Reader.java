package io.github.eastwest.collect;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Makes the calls of the sources, and tells the progress of each. */
final class Reader {
    /** Operations that only say what to ask another for; to the user they are one source. */
    private static final Map<Operation, Operation> PART_OF = Map.of(
            Operation.LIST_TASKS, Operation.DESCRIBE_TASKS,
            Operation.LIST_SERVICE_DEPLOYMENTS, Operation.DESCRIBE_SERVICE_DEPLOYMENTS);

    private final Calls calls;
    private final Progress progress;
    private final int base;
    private final Duration limit;
    private final Map<String, Long> started = new ConcurrentHashMap<>();
    private final Set<String> finished = ConcurrentHashMap.newKeySet();

    /**
     * A reader.
     *
     * @param base calls made one after the other before
     * @param limit how long a call may take
     */
    Reader(Calls calls, Progress progress, int base, Duration limit) {
        this.calls = calls;
        this.progress = progress;
        this.base = base;
        this.limit = limit;
    }

    /** Makes calls that do not depend on each other; without any it is done at once. */
    CompletableFuture<List<Reply>> read(int step, List<Call> some) {
        some.forEach(call ->
                started(PART_OF.getOrDefault(call.operation(), call.operation()).path()));
        return calls.make(base + step, some, limit);
    }

    /** Makes a call for a source that is not named after its operation. */
    CompletableFuture<Reply> read(String source, int step, Call call) {
        return read(source, step, call, limit);
    }

    /** Makes a call that may take as long as it needs, for a source that is not named after its operation. */
    CompletableFuture<Reply> read(String source, int step, Call call, Duration within) {
        started(source);
        return calls.make(base + step, call, within);
    }

    Calls calls() {
        return calls;
    }

    Progress progress() {
        return progress;
    }

    void started(String source) {
        if (started.putIfAbsent(source, System.nanoTime()) == null) {
            progress.started(source);
        }
    }

    /** Passes on a source's result when it comes. */
    CompletableFuture<SourceResult> finish(CompletableFuture<SourceResult> source) {
        return source.thenApply(result -> {
            started(result.input());
            if (finished.add(result.input())) {
                long begun = started.getOrDefault(result.input(), System.nanoTime());
                progress.finished(result.input(), result.state(), Duration.ofNanos(System.nanoTime() - begun));
            }
            return result;
        });
    }

    /** A source of which each answer has a file of its own. */
    static SourceResult keyed(Operation operation, List<Reply> replies, Function<Reply, String> key) {
        Map<String, Map<String, Object>> files = new LinkedHashMap<>();
        for (Reply reply : replies) {
            if (reply.call().operation() == operation) {
                reply.answer().ifPresent(answer -> files.putIfAbsent(key.apply(reply), answer.document()));
            }
        }
        return SourceResult.of(
                operation,
                replies,
                List.of(),
                draft -> files.forEach((name, document) -> draft.document(operation.path(), name, document)));
    }
}
