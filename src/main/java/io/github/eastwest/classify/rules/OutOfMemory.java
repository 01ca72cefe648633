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
import io.github.eastwest.model.metric.MetricSeries;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * EW503: the kernel kills the application's container at its memory limit. Exit code 137 alone is only SIGKILL; ECS says
 * OutOfMemoryError in the container's reason when it was the memory.
 */
final class OutOfMemory implements Rule {
    private static final double FULL_PERCENT = 90;

    @Override
    public RootCause cause() {
        return RootCause.OUT_OF_MEMORY;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.TASKS);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.METRICS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        List<TaskExits.Exit> all = TaskExits.of(facts);
        Optional<MetricSeries> memory = facts.utilization(facts.edge().callee(), "MemoryUtilization", "Maximum");
        double peak = memory.map(m -> m.points().stream()
                        .mapToDouble(MetricSeries.Point::value)
                        .max()
                        .orElse(0))
                .orElse(0.0);
        boolean full = peak >= FULL_PERCENT;
        List<TaskExits.Exit> exits =
                all.stream().filter(e -> e.outOfMemory() || full && e.killed()).toList();
        if (exits.isEmpty()) {
            return Examination.excluded(
                    all.stream().anyMatch(TaskExits.Exit::killed)
                            ? "a container ended with 137 (SIGKILL), but neither its reason nor the memory metric says memory"
                            : "no container of the callee was killed around the window");
        }
        long said = exits.stream().filter(TaskExits.Exit::outOfMemory).count();
        Draft draft = Draft.of(cause());
        if (said > 0) {
            draft.evidence(
                    Weight.DECISIVE,
                    Input.TASKS,
                    "ECS gives OutOfMemoryError as the reason of " + Words.count(said, "container") + ": "
                            + TaskExits.list(exits),
                    Words.count(said, "kill"),
                    "");
        } else {
            draft.evidence(
                    Weight.STRONG,
                    Input.TASKS,
                    Words.count(exits.size(), "container") + " ended with 137 (SIGKILL): " + TaskExits.list(exits));
        }
        if (full) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.METRICS,
                    "the callee's memory reached " + Math.round(peak) + "\u00a0% of its reservation",
                    Math.round(peak) + "\u00a0%",
                    Math.round(FULL_PERCENT) + "\u00a0%");
        }
        Optional<TrafficView> traffic = facts.traffic();
        BitSet lost = traffic.map(t -> TaskExits.lostWith(t, exits)).orElseGet(BitSet::new);
        draft.summary(facts.edge().label() + ": " + Words.count(exits.size(), "task")
                + " of the callee died for lack of memory"
                + (lost.isEmpty() ? "" : " and lost " + facts.ofCalls(lost.cardinality())));
        if (!lost.isEmpty()) {
            draft.explains(lost)
                    .evidence(
                            Weight.STRONG,
                            Input.CALLER_LOGS,
                            facts.ofCalls(lost.cardinality()) + " failed on those tasks or while they were away");
        }
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-tasks --cluster " + facts.calleeCluster() + " --tasks "
                                        + Words.shell(exits.get(exits.size() - 1)
                                                .task()
                                                .id())
                                        + " --query 'tasks[].containers[].{name:name,exit:exitCode,reason:reason}'",
                                "a container's reason says OutOfMemoryError, exit code 137",
                                "the reason is empty: a stopTimeout kill looks the same",
                                Checks.ended(exits.get(exits.size() - 1).task().id(), true))
                        .fix(
                                "Raise the task's memory (and the container's limit, and the heap within it) and deploy.",
                                "Cost; a leak only takes longer.")
                        .fix(
                                "Find what grows: heap dump, native memory, request bodies held in memory.",
                                "A dump needs disk space in the task."),
                "no container was killed for memory");
    }
}
