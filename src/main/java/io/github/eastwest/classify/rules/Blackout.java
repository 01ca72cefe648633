package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.ecs.Task;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Calls that found no host because no task was there. */
final class Blackout {
    private Blackout() {}

    /**
     * Those of them during which every known task of the callee had stopped, had not yet started, or had not yet been sent
     * a call: a task becomes an endpoint some time after its start, once it is HEALTHY.
     */
    static BitSet of(Facts facts) {
        BitSet alone = new BitSet();
        Optional<TrafficView> traffic = facts.traffic();
        List<Task> tasks = facts.calleeTasks();
        if (traffic.isPresent() && facts.has(Input.TASKS) && !tasks.isEmpty()) {
            TrafficView view = traffic.get();
            Map<String, Long> firstCalls = new HashMap<>();
            Stream.concat(view.failures().stream(), view.successes().stream())
                    .filter(o -> !o.host().isEmpty())
                    .forEach(o -> o.task().ifPresent(t -> firstCalls.merge(t.id(), o.start(), Math::min)));
            view.primaryOf(view.in(Condition.NO_HEALTHY_UPSTREAM)).stream()
                    .filter(i -> tasks.stream()
                            .noneMatch(t -> isEndpoint(t, view.failures().get(i).start(), firstCalls.get(t.id()))))
                    .forEach(alone::set);
        }
        return alone;
    }

    private static boolean isEndpoint(Task task, long millis, @Nullable Long firstCall) {
        return Phases.serving(task, millis) && (firstCall == null || firstCall <= millis);
    }
}
