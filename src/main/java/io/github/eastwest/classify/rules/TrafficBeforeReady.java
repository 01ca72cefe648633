package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.TrafficView.Tally;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import java.time.Instant;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * EW511: a new task is in the rotation before its application can answer: its first calls are refused or fail, later ones
 * are answered. Service Connect waits for HEALTHY only when the container has a health check in the task definition.
 */
final class TrafficBeforeReady implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.TRAFFIC_BEFORE_READY;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.TASKS);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.TASK_DEFINITIONS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        BitSet early = view.primaryOf(new Phases(view, facts.thresholds()).starting());
        early.andNot(view.in(
                Condition.UPSTREAM_CONNECTION_TIMEOUT, Condition.DOWNSTREAM_DISCONNECT, Condition.UPSTREAM_OVERFLOW));
        BitSet ready = view.primaryOf(
                view.where(o -> o.start() > view.firstSuccess(o.host()).orElse(Long.MAX_VALUE)));
        // A task that goes on failing in the same way after its first answer is not late but bad.
        for (Condition kind : Condition.values()) {
            BitSet same = view.in(kind);
            BitSet later = (BitSet) same.clone();
            later.and(ready);
            Map<String, Tally> steady = view.byHost(later);
            same.and(view.where(o -> steady.containsKey(o.host())
                    && steady.get(o.host()).share()
                            > facts.thresholds().spread().well()));
            early.andNot(same);
        }
        int minimum = facts.thresholds().spread().minimumFailures();
        if (early.cardinality() < minimum) {
            return Examination.excluded(
                    early.isEmpty()
                            ? "no task failed calls before its first answer"
                            : "only " + Words.count(early.cardinality(), "call")
                                    + " failed before a task's first answer");
        }
        Set<String> tasks = new TreeSet<>();
        Set<String> definitions = new TreeSet<>();
        long longest = 0;
        for (Observed o : view.at(early)) {
            o.task().ifPresent(t -> {
                tasks.add(t.id());
                definitions.add(t.taskDefinition());
            });
            long began = o.task()
                    .flatMap(t -> t.lifecycle().startedAt())
                    .map(Instant::toEpochMilli)
                    .orElse(o.start());
            longest = Math.max(longest, view.firstSuccess(o.host()).orElse(began) - began);
        }
        BitSet primary = view.primary();
        Draft draft = Draft.of(cause())
                .explains(early)
                .summary(facts.edge().label() + ": " + Words.count(tasks.size(), "new task")
                        + " of the callee got calls before the application was ready: "
                        + facts.ofCalls(early.cardinality()) + " failed in their first seconds")
                .evidence(
                        early.cardinality() >= 0.6 * primary.cardinality() ? Weight.DECISIVE : Weight.STRONG,
                        view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                        Words.of(early.cardinality(), primary.cardinality(), "failure")
                                + " hit tasks that had not answered any call yet and answered later; the slowest needed "
                                + Words.duration(longest) + " from its start",
                        Words.percent(early.cardinality(), primary.cardinality()),
                        "60\u00a0%");
        boolean checked = definitions.stream()
                .anyMatch(id -> facts.taskDefinition(id)
                        .filter(d -> d.containers().stream()
                                .anyMatch(c -> c.healthCheck().isPresent()))
                        .isPresent());
        if (!definitions.isEmpty() && facts.has(Input.TASK_DEFINITIONS)) {
            if (checked) {
                draft.against(
                        Weight.WEAK,
                        Input.TASK_DEFINITIONS,
                        "the container has a health check; it may pass before the application can serve");
            } else {
                draft.evidence(
                        Weight.MEDIUM,
                        Input.TASK_DEFINITIONS,
                        String.join(", ", definitions)
                                + " has no container health check, so nothing holds traffic back",
                        "no healthCheck",
                        "");
            }
        }
        if (tasks.size() >= 2) {
            draft.evidence(Weight.MEDIUM, Input.TASKS, "it happened to " + Words.count(tasks.size(), "task"));
        }
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-task-definition --task-definition "
                                        + Words.shell(
                                                definitions.isEmpty()
                                                        ? "FAMILY"
                                                        : definitions.iterator().next())
                                        + " --query 'taskDefinition.containerDefinitions[].{name:name,healthCheck:healthCheck}'",
                                "healthCheck is null, or its command succeeds before the application serves",
                                "the health check asks the application itself; then compare its start with startPeriod",
                                Checks.noHealthCheck(definitions))
                        .fix(
                                "Add a container health check (healthCheck in the task definition, not in the image) that asks the application's port; Service Connect then waits up to 8 minutes for HEALTHY.",
                                "Too strict a check keeps good tasks out.")
                        .fix("Open the application's port only when it can serve.", "None."),
                "the early failures have other explanations");
    }
}
