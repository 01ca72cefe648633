package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * EW502: the application's container ends by itself, ECS replaces the task, and it ends again. Calls in flight end in a
 * closed connection, calls until the endpoint is gone are refused.
 *
 * <p>Evidence: tasks stopped with {@code EssentialContainerExited} and an exit code, in or shortly around the window.
 * Containers killed for memory are EW503.
 */
final class CrashLoop implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.CRASH_LOOP;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.TASKS);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        List<TaskExits.Exit> exits =
                TaskExits.of(facts).stream().filter(e -> !e.outOfMemory()).toList();
        if (exits.isEmpty()) {
            return Examination.excluded("no container of the callee ended by itself around the window");
        }
        Set<String> codes = new TreeSet<>();
        exits.forEach(e -> codes.add(e.code()));
        Draft draft = Draft.of(cause())
                .evidence(
                        exits.size() >= 2 ? Weight.DECISIVE : Weight.STRONG,
                        Input.TASKS,
                        Words.count(exits.size(), "task") + " stopped because an essential container exited (exit code "
                                + String.join(", ", codes) + "): " + TaskExits.list(exits),
                        Words.count(exits.size(), "exit"),
                        "");
        Optional<TrafficView> traffic = facts.traffic();
        BitSet lost = traffic.map(t -> TaskExits.lostWith(t, exits)).orElseGet(BitSet::new);
        draft.summary(
                facts.edge().label() + ": " + Words.count(exits.size(), "task") + " of the callee crashed (exit code "
                        + String.join(", ", codes) + ")"
                        + (lost.isEmpty() ? "" : " and lost " + facts.ofCalls(lost.cardinality())));
        if (!lost.isEmpty()) {
            draft.explains(lost)
                    .evidence(
                            Weight.STRONG,
                            Input.CALLER_LOGS,
                            facts.ofCalls(lost.cardinality()) + " failed on those tasks or while they were away");
        } else if (traffic.isPresent()
                && traffic.get().failures().isEmpty()
                && traffic.get().requests() > 0) {
            draft.against(Weight.STRONG, Input.CALLER_LOGS, "no call of the window failed");
        } else if (traffic.isPresent() && traffic.get().requests() > 0) {
            draft.against(Weight.MEDIUM, Input.CALLER_LOGS, "the failed calls were not on those tasks");
        }
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-tasks --cluster " + facts.calleeCluster() + " --tasks "
                                        + exits.get(exits.size() - 1).task().id()
                                        + " --query 'tasks[].{code:stopCode,why:stoppedReason,containers:containers[].{name:name,exit:exitCode,reason:reason}}'",
                                "stopCode is EssentialContainerExited and an application container has an exit code other than 0 without OutOfMemoryError",
                                "ECS stopped the task (ServiceSchedulerInitiated), or the reason says OutOfMemoryError")
                        .fix(
                                "Read the application's log just before the stop; roll back if the crashes began with a deployment.",
                                "A rollback replaces all tasks.")
                        .fix(
                                "Switch on the deployment circuit breaker with rollback, so that a revision that cannot live is not rolled out.",
                                "Deployments that fail for other reasons roll back too."),
                "the crashes cost no call");
    }
}
