package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.Task;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;

/**
 * EW501: nobody is there to answer: desired count 0, or all tasks gone. The caller's proxy answers 503 with 19 bytes at
 * once, no host, and no ejection before it.
 */
final class NoRunningTasks implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.NO_RUNNING_TASKS;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<Service> callee = facts.callee();
        if (callee.isEmpty()) {
            return Examination.unknown(Input.SERVICES);
        }
        Service.TaskCounts tasks = callee.get().tasks();
        Optional<TrafficView> traffic = facts.traffic();
        BitSet nobody = traffic.map(t -> t.primaryOf(t.in(Condition.NO_HEALTHY_UPSTREAM)))
                .orElseGet(BitSet::new);
        BitSet alone = Blackout.of(facts);
        boolean none = tasks.running() == 0;
        if (!none && alone.isEmpty()) {
            return Examination.excluded(Words.count(tasks.running(), "task") + " of the callee run"
                    + (nobody.isEmpty() ? "" : ", and did when calls found no host"));
        }
        Draft draft = Draft.of(cause());
        draft.summary(facts.edge().label() + ": "
                + (none
                        ? "the callee has no running task (desired " + tasks.desired() + ")"
                        : "for a time none of the callee's tasks ran")
                + (nobody.isEmpty() ? "" : "; " + facts.ofCalls(nobody.cardinality()) + " found nobody"));
        if (none) {
            draft.evidence(
                    Weight.DECISIVE,
                    Input.SERVICES,
                    "ECS reports running " + tasks.running() + ", desired " + tasks.desired() + ", pending "
                            + tasks.pending(),
                    Integer.toString(tasks.running()),
                    Integer.toString(Math.max(1, tasks.desired())));
        } else {
            draft.evidence(
                    Weight.STRONG,
                    Input.TASKS,
                    "when " + Words.count(alone.cardinality(), "call")
                            + " found no host, every known task of the callee had stopped or not yet started");
        }
        BitSet explained = none ? nobody : alone;
        if (!explained.isEmpty()) {
            draft.explains(explained)
                    .evidence(
                            Weight.STRONG,
                            Input.CALLER_LOGS,
                            facts.ofCalls(explained.cardinality())
                                    + " were answered 503 with 19 bytes by the caller's proxy, without an ejection before");
        }
        if (none && traffic.isPresent()) {
            BitSet dead = traffic.get()
                    .where(o -> o.task().filter(Task::stopped).isPresent()
                            && Phases.stop(o.task().get())
                                    .filter(at -> o.end() >= at.toEpochMilli())
                                    .isPresent());
            draft.explains(dead);
        }
        String cluster = facts.calleeCluster();
        draft.confirm(
                        "aws ecs describe-services " + facts.calleeArguments()
                                + " --query 'services[0].{running:runningCount,desired:desiredCount,pending:pendingCount,events:events[:5].message}'",
                        "running is 0",
                        "running is at least 1 and was during the window",
                        Checks.nothingRuns())
                .confirm(
                        "aws ecs list-tasks --cluster " + cluster + " --service-name "
                                + Words.shell(facts.edge().callee()) + " --desired-status STOPPED",
                        "tasks stopped shortly before the first failure; describe-tasks tells why",
                        "no task stopped");
        if (tasks.desired() == 0) {
            draft.evidence(Weight.MEDIUM, Input.SERVICES, "the desired count is 0: somebody or a scaling policy set it")
                    .fix(
                            "Set the desired count: aws ecs update-service --cluster " + cluster + " --service "
                                    + Words.shell(facts.edge().callee()) + " --desired-count 2",
                            "Starts tasks; a scaling policy with minimum 0 can undo it.",
                            "aws ecs update-service --cluster " + cluster + " --service "
                                    + Words.shell(facts.edge().callee()) + " --desired-count 0");
        } else {
            draft.fix(
                    "Find out why tasks stop or do not start (stoppedReason of the stopped tasks, service events) and correct that; ECS then starts them by itself.",
                    "None.");
        }
        return Examination.of(draft, Words.count(tasks.running(), "task") + " of the callee run");
    }
}
