package io.github.eastwest.classify;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Call;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call in its surroundings.
 *
 * @param call the call
 * @param host callee task it was sent to last, as {@code address:port}, or the callee's stream where only the callee
 *     logs; empty when none was chosen
 * @param task that task, where known
 * @param path method and path, its variable parts replaced by {@code *}
 * @param stream stream of the counting line: one caller task, or one callee task where only the callee logs
 */
public record Observed(Call call, String host, Optional<Task> task, String path, String stream) {
    /** What happened. */
    public Condition condition() {
        return call.attribution().condition();
    }

    /** Whether {@code condition} is what happened, or may be. */
    public boolean mayBe(Condition condition) {
        return condition() == condition || call.attribution().alternatives().contains(condition);
    }

    /** The hop that made the status. */
    public Hop hop() {
        return call.attribution().hop();
    }

    /** Start, milliseconds since the epoch. */
    public long start() {
        return call.startMillis();
    }

    /** End, milliseconds since the epoch. */
    public long end() {
        return call.endMillis();
    }

    /** Duration in milliseconds; 0 when unknown. */
    public long duration() {
        return Math.max(0, call.durationMillis());
    }

    /** The callee's last line, if there is one. */
    public @Nullable AccessLogEntry calleeLine() {
        return call.callee().isEmpty() ? null : call.callee().get(call.callee().size() - 1);
    }

    /** Task definition revision of the task, where known. */
    public Optional<String> revision() {
        return task.map(Task::taskDefinition);
    }
}
