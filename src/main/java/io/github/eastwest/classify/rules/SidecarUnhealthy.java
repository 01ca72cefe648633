package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * EW202: a proxy's Envoy crashes and is started again by its agent, or ECS sees the proxy's container UNHEALTHY. Calls in
 * flight in that proxy are lost, further ones are refused until it is back; a task whose proxy never becomes HEALTHY keeps
 * its application PENDING. After three restarts the container ends, and the task with it.
 *
 * <p>Evidence: the agent's and Envoy's own lines in the proxy's stream, the container's health and exit code. A proxy that
 * ended because its task was stopped is not meant.
 */
final class SidecarUnhealthy implements Rule {
    /** Calls in flight end with the crash; the new Envoy needs some seconds for its configuration. */
    private static final long BEFORE_MILLIS = 1_000;

    private static final long AFTER_MILLIS = 15_000;

    @Override
    public RootCause cause() {
        return RootCause.SIDECAR_UNHEALTHY;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        if (!facts.has(Input.TASKS) && facts.traffic().isEmpty()) {
            return Examination.unknown(Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        List<ProxyCrashes.Crash> crashes = ProxyCrashes.of(facts);
        List<Task> sick = Stream.concat(facts.callerTasks().stream(), facts.calleeTasks().stream())
                .filter(SidecarUnhealthy::isSick)
                .toList();
        if (crashes.isEmpty() && sick.isEmpty()) {
            return facts.has(Input.TASKS)
                    ? Examination.unseen(
                            facts,
                            "no proxy's container is UNHEALTHY, and no proxy restarted in the window",
                            Input.CALLER_LOGS,
                            Input.CALLEE_LOGS)
                    : Examination.unknown(Input.TASKS);
        }
        Set<String> calleeTasks = new TreeSet<>();
        facts.calleeTasks().forEach(t -> calleeTasks.add(t.id()));
        boolean atCallee = crashes.stream().anyMatch(c -> isCallee(c, calleeTasks))
                || sick.stream().anyMatch(t -> calleeTasks.contains(t.id()));
        Draft draft = Draft.of(cause()).at(atCallee ? Hop.CALLEE_PROXY : Hop.CALLER_PROXY);
        Set<String> proxies = new TreeSet<>();
        crashes.forEach(c -> proxies.add(c.stream()));
        if (!crashes.isEmpty()) {
            Set<String> ways = new TreeSet<>();
            crashes.stream().filter(c -> !c.how().isEmpty()).forEach(c -> ways.add(c.how()));
            draft.evidence(
                    crashes.size() >= 2 || !ways.isEmpty() ? Weight.DECISIVE : Weight.STRONG,
                    crashes.get(0).side() == Side.CALLEE ? Input.CALLEE_LOGS : Input.CALLER_LOGS,
                    "Envoy ended by itself " + Words.count(crashes.size(), "time") + " in "
                            + Words.count(proxies.size(), "task")
                            + (ways.isEmpty() ? "" : " (" + String.join(", ", ways) + ")") + ", the first time at "
                            + Words.time(crashes.get(0).at()),
                    Words.count(crashes.size(), "time"),
                    "0");
        }
        long pending = 0;
        if (!sick.isEmpty()) {
            pending = sick.stream().filter(SidecarUnhealthy::isWaiting).count();
            draft.evidence(
                    Weight.DECISIVE,
                    Input.TASKS,
                    "ECS reports the proxy's container UNHEALTHY in " + Words.count(sick.size(), "task") + ": "
                            + names(sick),
                    Words.count(sick.size(), "task"),
                    "HEALTHY");
        }
        if (pending > 0) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.TASKS,
                    "in " + Words.count(pending, "task")
                            + " the application is PENDING: it starts only after the proxy is HEALTHY");
        }
        List<Task> ended = ended(facts, crashes);
        if (!ended.isEmpty()) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.TASKS,
                    Words.count(ended.size(), "task") + " ended with its proxy (EssentialContainerExited): "
                            + names(ended));
        }
        BitSet lost =
                facts.traffic().map(t -> lost(t, facts, crashes, sick, ended)).orElseGet(BitSet::new);
        long unlogged = unlogged(facts, crashes);
        if (!lost.isEmpty()) {
            draft.explains(lost)
                    .evidence(
                            Weight.STRONG,
                            Input.CALLER_LOGS,
                            facts.ofCalls(lost.cardinality()) + " failed at those proxies in the seconds of a crash, or"
                                    + " while they were away");
        }
        if (unlogged > 0) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLEE_LOGS,
                    Words.count(unlogged, "request")
                            + " at the callee broke off in those seconds, of which no line of the"
                            + " caller tells: a proxy that crashes does not log what it had in hand");
        }
        if (lost.isEmpty() && unlogged == 0) {
            // What a proxy that crashed at the callee had in hand is in the caller's lines, if anywhere.
            boolean well =
                    facts.traffic().filter(t -> t.callerCounts() && t.isWell()).isPresent();
            if (well) {
                draft.noise().against(Weight.WEAK, Input.CALLER_LOGS, "no call of the window failed");
            }
        }
        draft.summary(facts.edge().label() + ": "
                + (crashes.isEmpty()
                        ? "the proxy of " + Words.count(sick.size(), "task") + " is UNHEALTHY"
                        : "the proxies of the " + (atCallee ? "callee" : "caller") + " crashed "
                                + Words.count(crashes.size(), "time"))
                + (lost.isEmpty() ? "" : " and lost " + facts.ofCalls(lost.cardinality())));
        confirms(facts, atCallee, crashes, sick, draft);
        return Examination.of(draft, "the proxies' restarts cost no call");
    }

    private static boolean isCallee(ProxyCrashes.Crash crash, Set<String> calleeTasks) {
        return crash.task().map(t -> calleeTasks.contains(t.id())).orElse(crash.side() == Side.CALLEE);
    }

    private static boolean isSick(Task task) {
        return !task.stopped()
                && task.containers().stream()
                        .anyMatch(c -> !task.applicationContainers().contains(c)
                                && c.health().equals("UNHEALTHY"));
    }

    private static boolean isWaiting(Task task) {
        return task.applicationContainers().stream()
                .anyMatch(c -> c.lastStatus().equals("PENDING"));
    }

    /** Tasks that ended with their proxy: it had crashed before, or its container has the only exit code of a failure. */
    static List<Task> ended(Facts facts, List<ProxyCrashes.Crash> crashes) {
        List<Task> ended = new ArrayList<>();
        Stream.concat(facts.callerTasks().stream(), facts.calleeTasks().stream())
                .filter(t -> t.state().stopCode().equals("EssentialContainerExited"))
                .filter(t -> crashes.stream().anyMatch(c -> c.of(t)) && applicationWasTold(t))
                .forEach(ended::add);
        return ended;
    }

    /** Whether the application's exit codes are those of a container that was stopped with its task. */
    private static boolean applicationWasTold(Task task) {
        return task.applicationContainers().stream()
                .allMatch(c -> c.exitCode().isEmpty()
                        || Set.of(0, 137, 143).contains(c.exitCode().getAsInt()));
    }

    private static BitSet lost(
            TrafficView view, Facts facts, List<ProxyCrashes.Crash> crashes, List<Task> sick, List<Task> ended) {
        BitSet lost = view.where(o -> o.hop() != Hop.CALLEE_APP
                && o.condition() != Condition.APPLICATION_5XX
                && o.condition() != Condition.NO_HEALTHY_UPSTREAM
                && (crashes.stream().anyMatch(c -> isAt(o, c))
                        || o.task()
                                .filter(t -> contains(sick, t) || contains(ended, t))
                                .isPresent()));
        if (!ended.isEmpty() || !sick.isEmpty()) {
            lost.or(Blackout.of(facts));
        }
        return view.primaryOf(lost);
    }

    private static boolean contains(List<Task> tasks, Task task) {
        return tasks.stream().anyMatch(t -> t.id().equals(task.id()));
    }

    private static boolean isAt(Observed o, ProxyCrashes.Crash crash) {
        boolean there =
                o.stream().equals(crash.stream()) || o.task().filter(crash::of).isPresent();
        return there && o.end() >= crash.at() - BEFORE_MILLIS && o.end() <= crash.at() + AFTER_MILLIS;
    }

    /** Requests at the callee that broke off when a proxy of the caller crashed, and have no line of the caller. */
    private static long unlogged(Facts facts, List<ProxyCrashes.Crash> crashes) {
        List<AccessLogEntry> others = facts.traffic()
                .map(t -> t.traffic().surroundings().calleeInboundOther())
                .orElse(List.of());
        return others.stream()
                .filter(l -> l.response().status() == 0)
                .filter(l -> crashes.stream()
                        .anyMatch(c -> c.side() == Side.CALLER && Math.abs(l.endMillis() - c.at()) <= BEFORE_MILLIS))
                .count();
    }

    private static String names(List<Task> tasks) {
        return String.join(
                        ", ",
                        tasks.stream()
                                .limit(4)
                                .map(t -> t.id().substring(0, Math.min(8, t.id().length())))
                                .toList())
                + (tasks.size() > 4 ? ", …" : "");
    }

    private static void confirms(
            Facts facts, boolean atCallee, List<ProxyCrashes.Crash> crashes, List<Task> sick, Draft draft) {
        String cluster = atCallee
                ? facts.calleeCluster()
                : Words.shell(facts.edge().cluster().orElse("CLUSTER"));
        String task = crashes.stream()
                .flatMap(c -> c.task().stream())
                .map(Task::id)
                .findFirst()
                .or(() -> sick.stream().map(Task::id).findFirst())
                .map(Words::shell)
                .orElse("TASK");
        draft.confirm(
                        "aws ecs describe-tasks --cluster " + cluster + " --tasks " + task
                                + " --query 'tasks[].{task:taskArn,stopCode:stopCode,why:stoppedReason,containers:containers[].{name:name,status:lastStatus,health:healthStatus,exit:exitCode,reason:reason}}'",
                        "the container ecs-service-connect-… is UNHEALTHY, or stopped first",
                        "it is HEALTHY and has not stopped")
                .confirm(
                        LogCommands.query(
                                facts,
                                atCallee ? Side.CALLEE : Side.CALLER,
                                "filter @message like /terminated by signal|Exited with code|suspect faulting address|starting main dispatch loop/ | stats count(*) by @logStream, bin(1m)"),
                        "streams of running tasks tell of Envoy's end and of its new start",
                        "only tasks that were starting or stopping have such lines")
                .fix(
                        "Replace the tasks concerned: aws ecs update-service --cluster " + cluster + " --service "
                                + Words.shell(
                                        atCallee
                                                ? facts.edge().callee()
                                                : facts.edge().caller()) + " --force-new-deployment",
                        "All tasks are replaced, and their logs end; a crash for lack of memory returns.",
                        "Nothing to take back: the new tasks run the same revision.")
                .fix(
                        "Give the task 64 MiB and 256 CPU units more for the proxy; on EC2 update the ECS-optimized AMI, which brings the proxy's image. If it goes on, open a case with AWS with the lines of the crash.",
                        "Cost; new instances.");
    }
}
