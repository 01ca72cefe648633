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
import io.github.eastwest.model.ecs.Task;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * EW502: the application's container ends by itself, ECS replaces the task, and it ends again. Calls in flight end in a
 * closed connection, calls until the endpoint is gone are refused.
 *
 * <p>Evidence: tasks stopped with {@code EssentialContainerExited} and an exit code, in or shortly around the window. With
 * a restart policy the task runs on and only the lines tell: it refuses every call for seconds, again and again. Containers
 * killed for memory are EW503, tasks that ended with their proxy EW202.
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
        return Set.of(Input.TASK_DEFINITIONS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    private static final String NONE = "no container of the callee ended by itself around the window";

    /** Single episodes can be a pause of the application that fills its accept queue. */
    private static final int CERTAIN = 3;

    @Override
    public Examination examine(Facts facts) {
        List<Task> withProxy = SidecarUnhealthy.ended(facts, ProxyCrashes.of(facts));
        List<TaskExits.Exit> exits = TaskExits.of(facts).stream()
                .filter(e -> !e.outOfMemory() && !withProxy.contains(e.task()))
                .toList();
        if (exits.isEmpty()) {
            return facts.traffic()
                    .map(view -> withinTask(facts, Restarts.of(facts, view)))
                    .orElseGet(() -> Examination.excluded(NONE));
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
        } else if (traffic.filter(TrafficView::isWell).isPresent()) {
            draft.against(Weight.STRONG, Input.CALLER_LOGS, "no call of the window failed");
        } else if (traffic.filter(t -> !t.failures().isEmpty()).isPresent()) {
            // Failed calls that are known by number only may have been anywhere.
            draft.against(Weight.MEDIUM, Input.CALLER_LOGS, "the failed calls were not on those tasks");
        }
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-tasks --cluster " + facts.calleeCluster() + " --tasks "
                                        + Words.shell(exits.get(exits.size() - 1)
                                                .task()
                                                .id())
                                        + " --query 'tasks[].{code:stopCode,why:stoppedReason,containers:containers[].{name:name,exit:exitCode,reason:reason}}'",
                                "stopCode is EssentialContainerExited and an application container has an exit code other than 0 without OutOfMemoryError",
                                "ECS stopped the task (ServiceSchedulerInitiated), or the reason says OutOfMemoryError",
                                Checks.ended(exits.get(exits.size() - 1).task().id(), false))
                        .fix(
                                "Read the application's log just before the stop; roll back if the crashes began with a deployment.",
                                "A rollback replaces all tasks.")
                        .fix(
                                "Switch on the deployment circuit breaker with rollback, so that a revision that cannot live is not rolled out.",
                                "Deployments that fail for other reasons roll back too."),
                "the crashes cost no call");
    }

    /** The application ended, and was started again within a task that ran on: no record but the lines. */
    private Examination withinTask(Facts facts, Restarts restarts) {
        List<Restarts.Episode> episodes = restarts.episodes();
        if (episodes.isEmpty()) {
            return Examination.excluded(NONE);
        }
        Set<String> hosts = new TreeSet<>();
        episodes.forEach(e -> hosts.add(e.host()));
        Draft draft = Draft.of(cause())
                .explains(restarts.lost())
                .summary(facts.edge().label() + ": the application in " + Words.count(hosts.size(), "task")
                        + " of the callee ended and began again " + Words.count(episodes.size(), "time")
                        + " while the task ran on; "
                        + facts.ofCalls(restarts.lost().cardinality()) + " were refused")
                .evidence(
                        episodes.size() >= 2 ? Weight.STRONG : Weight.MEDIUM,
                        facts.has(Input.CALLEE_LOGS) ? Input.CALLEE_LOGS : Input.CALLER_LOGS,
                        Words.count(episodes.size(), "time") + " a task that answered refused every call, from "
                                + Words.time(episodes.get(0).from()) + " on, and answered again later",
                        Words.count(episodes.size(), "time"),
                        "0");
        if (episodes.size() >= CERTAIN) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLEE_LOGS,
                    "it happened " + Words.count(episodes.size(), "time") + ", in " + Words.count(hosts.size(), "task")
                            + ": no single accident");
        }
        boolean policy = episodes.stream()
                .flatMap(e -> e.task().stream())
                .map(Task::taskDefinition)
                .distinct()
                .flatMap(id -> facts.taskDefinition(id).stream())
                .flatMap(d -> d.containers().stream())
                .anyMatch(c -> c.ending().restarts());
        if (policy) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.TASK_DEFINITIONS,
                    "the container has a restart policy: ECS starts it again within the task and stops no task for it");
        }
        String definition = episodes.stream()
                .flatMap(e -> e.task().stream())
                .map(Task::taskDefinition)
                .findFirst()
                .map(Words::shell)
                .orElse("FAMILY");
        return Examination.of(
                draft.confirm(
                                "aws cloudwatch list-metrics --namespace ECS/ContainerInsights --metric-name RestartCount --dimensions Name=ClusterName,Value="
                                        + facts.calleeCluster(),
                                "the service has the metric, and it rises at those times (Container Insights, containers with a restart policy)",
                                "it has the metric, and it stays level")
                        .confirm(
                                "aws ecs describe-task-definition --task-definition " + definition
                                        + " --query 'taskDefinition.containerDefinitions[].{name:name,restart:restartPolicy}'",
                                "restartPolicy is enabled, or the image runs the application under a supervisor",
                                "neither; then look for pauses of the application at those times")
                        .fix(
                                "Read the application's log just before each of those times, and correct what ends it; roll back if it began with a deployment.",
                                "A rollback replaces all tasks.")
                        .fix(
                                "A container health check takes the task out of service while its application is away.",
                                "Too strict a check replaces tasks that are only busy."),
                "the tasks that refused calls have other explanations");
    }
}
