package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * EW512: ECS stops a task on purpose (deployment, scale-in, spot) and the application ends at SIGTERM with calls in flight,
 * or before the endpoint has left the callers' lists: closed connections, then refusals, on tasks that are stopping.
 */
final class UngracefulShutdown implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.UNGRACEFUL_SHUTDOWN;
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
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        BitSet late = view.primaryOf(new Phases(view, facts.thresholds()).stopping());
        late.andNot(view.in(
                Condition.UPSTREAM_RESPONSE_TIMEOUT,
                Condition.DOWNSTREAM_DISCONNECT,
                Condition.UPSTREAM_OVERFLOW,
                Condition.NO_HEALTHY_UPSTREAM));
        // A task that failed all along is stopped for it, or by chance: its failures did not begin with the stop.
        late.andNot(view.where(
                o -> view.firstSuccess(o.host()).isEmpty() && o.condition() != Condition.UPSTREAM_CONNECTION_TIMEOUT));
        int minimum = facts.thresholds().spread().minimumFailures();
        if (late.cardinality() < minimum) {
            return Examination.excluded(
                    late.isEmpty()
                            ? "no call failed on a task that ECS was stopping"
                            : "only " + Words.count(late.cardinality(), "call") + " failed on stopping tasks");
        }
        Set<String> tasks = new TreeSet<>();
        Set<String> codes = new TreeSet<>();
        Set<String> reasons = new TreeSet<>();
        view.at(late)
                .forEach(o -> o.task().ifPresent(t -> {
                    tasks.add(t.id());
                    reasons.add(t.state().stopCode());
                    t.applicationContainers()
                            .forEach(c -> c.exitCode().ifPresent(code -> codes.add(Integer.toString(code))));
                }));
        BitSet primary = view.primary();
        Draft draft = Draft.of(cause())
                .explains(late)
                .summary(facts.edge().label() + ": " + Words.count(tasks.size(), "stopping task")
                        + " of the callee dropped " + facts.ofCalls(late.cardinality()))
                .evidence(
                        late.cardinality() >= 0.6 * primary.cardinality() ? Weight.DECISIVE : Weight.STRONG,
                        view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                        Words.of(late.cardinality(), primary.cardinality(), "failure") + " hit "
                                + Words.count(tasks.size(), "task") + " in the moment ECS stopped "
                                + (tasks.size() == 1 ? "it" : "them") + " or after (" + String.join(", ", reasons)
                                + ")",
                        Words.percent(late.cardinality(), primary.cardinality()),
                        "60\u00a0%");
        if (tasks.size() >= 2) {
            draft.evidence(
                    Weight.MEDIUM, Input.TASKS, "it happened at the stop of " + Words.count(tasks.size(), "task"));
        }
        if (codes.stream().anyMatch(c -> !c.equals("0"))) {
            draft.evidence(
                    Weight.WEAK,
                    Input.TASKS,
                    "their application ended with exit code " + String.join(", ", codes)
                            + ": 143 is SIGTERM unhandled, 137 is SIGKILL after stopTimeout");
        }
        String first = tasks.iterator().next();
        long firstFailure = view.at(late).stream()
                .filter(o -> o.task().filter(t -> t.id().equals(first)).isPresent())
                .mapToLong(Observed::start)
                .min()
                .orElse(0);
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-tasks --cluster " + facts.calleeCluster() + " --tasks "
                                        + Words.shell(first)
                                        + " --query 'tasks[].{code:stopCode,why:stoppedReason,stopping:stoppingAt,stopped:stoppedAt,containers:containers[].{name:name,exit:exitCode}}'",
                                "stoppingAt is the moment the calls began to fail, and the application ended at once instead of draining",
                                "the calls failed long before the stop",
                                Checks.stoppedAt(first, firstFailure))
                        .fix(
                                "On SIGTERM go on answering, stop accepting only after the endpoint has left the callers' lists (a few seconds), finish what is in flight, then exit; keep stopTimeout above the longest request.",
                                "Deployments take longer by that time.")
                        .fix(
                                "Let callers repeat idempotent calls that end in 503.",
                                "More load in the moment of trouble."),
                "the failures of stopping tasks have other explanations");
    }
}
