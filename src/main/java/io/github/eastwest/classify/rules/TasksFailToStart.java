package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Phases;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * EW504: ECS starts tasks of the callee that never run: the image or a secret cannot be fetched, the network interface
 * cannot be attached, nothing has room for them. The application has not logged a line. While older tasks serve, no call
 * is lost, and it is worth a note; once they are gone, calls find nobody.
 */
final class TasksFailToStart implements Rule {
    private static final Duration AROUND = Duration.ofMinutes(10);
    private static final int MOST_WORDS = 160;

    @Override
    public RootCause cause() {
        return RootCause.TASKS_FAIL_TO_START;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.TASKS);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        List<Task> failed = facts.calleeTasks().stream()
                .filter(t -> neverRan(t) && isAround(facts, Phases.stop(t).orElse(Instant.MIN)))
                .toList();
        List<Service.ServiceEvent> events = facts.callee().map(Service::events).orElse(List.of()).stream()
                .filter(e -> isAround(facts, e.at()))
                .filter(e -> e.message().contains("unable to place a task")
                        || e.message().contains("unable to consistently start tasks"))
                .toList();
        if (failed.isEmpty() && events.isEmpty()) {
            return Examination.excluded("no task of the callee failed to start around the window");
        }
        Map<String, Long> reasons = new TreeMap<>();
        failed.forEach(t -> reasons.merge(kind(reason(t)), 1L, Long::sum));
        boolean placement = events.stream().anyMatch(e -> e.message().contains("unable to place"));
        if (placement) {
            reasons.merge("no place for the task", 1L, Long::sum);
        }
        String why = String.join(", ", reasons.keySet());
        Draft draft = Draft.of(cause());
        if (!failed.isEmpty()) {
            draft.evidence(
                    Weight.DECISIVE,
                    Input.TASKS,
                    Words.count(failed.size(), "task") + " stopped before running: "
                            + quoted(reason(failed.get(failed.size() - 1))),
                    Words.count(failed.size(), "task"),
                    "0");
        }
        if (!events.isEmpty()) {
            draft.evidence(
                    failed.isEmpty() ? Weight.STRONG : Weight.MEDIUM,
                    Input.SERVICES,
                    "the service's events say at " + Words.time(events.get(0).at()) + ": "
                            + quoted(events.get(0).message()));
        }
        Optional<Service.TaskCounts> counts = facts.callee().map(Service::tasks);
        boolean missing = counts.filter(c -> c.running() < c.desired()).isPresent();
        counts.ifPresent(c -> {
            if (missing) {
                draft.evidence(
                        Weight.MEDIUM,
                        Input.SERVICES,
                        "ECS reports running " + c.running() + ", desired " + c.desired(),
                        Integer.toString(c.running()),
                        Integer.toString(c.desired()));
            }
        });
        BitSet alone = Blackout.of(facts);
        Optional<TrafficView> traffic = facts.traffic();
        if (!alone.isEmpty()) {
            draft.explains(alone)
                    .evidence(
                            Weight.STRONG,
                            Input.CALLER_LOGS,
                            facts.ofCalls(alone.cardinality()) + " found no host while no task of the callee ran");
        } else if (!missing
                || traffic.filter(t -> t.callerCounts() && t.isWell()).isPresent()) {
            draft.noise()
                    .against(
                            Weight.WEAK,
                            Input.CALLER_LOGS,
                            missing ? "no call of the window failed" : "the tasks that run are as many as desired");
        }
        draft.summary(facts.edge().label() + ": tasks of the callee do not start ("
                + (why.isEmpty() ? "no reason given" : why) + ")"
                + (alone.isEmpty() ? "" : "; " + facts.ofCalls(alone.cardinality()) + " found nobody")
                + (alone.isEmpty() && !missing ? "; the tasks that run serve on" : ""));
        confirms(facts, failed, why, draft);
        return Examination.of(draft, "the failed starts cost no call");
    }

    /** A task that stopped without having run, other than by order. */
    private static boolean neverRan(Task task) {
        boolean said = task.state().stopCode().equals("TaskFailedToStart");
        boolean seen = task.stopped() && task.lifecycle().startedAt().isEmpty() && !Phases.plannedStop(task);
        return said || seen;
    }

    private static boolean isAround(Facts facts, Instant at) {
        return !at.isBefore(facts.window().from().minus(AROUND))
                && !at.isAfter(facts.window().to().plus(AROUND));
    }

    /** ECS's words on the task, or on the container that could not be started. */
    private static String reason(Task task) {
        return task.containers().stream()
                .map(Task.Container::reason)
                .filter(r -> !r.isEmpty())
                .findFirst()
                .filter(r -> task.state().stoppedReason().length() < 25)
                .orElse(task.state().stoppedReason());
    }

    /** What could not be had, from the error's name and words. */
    private static String kind(String reason) {
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("cannotpull") || lower.contains("pull image")) {
            return "the image cannot be pulled";
        }
        if (lower.contains("secret") || lower.contains("registry auth") || lower.contains("ssm")) {
            return "a secret cannot be read";
        }
        if (lower.contains("network interface") || lower.contains("eni")) {
            return "no network interface";
        }
        if (lower.contains("logger") || lower.contains("log stream") || lower.contains("log group")) {
            return "the log destination is missing";
        }
        if (lower.contains("efs") || lower.contains("volume") || lower.contains("mount")) {
            return "a volume cannot be mounted";
        }
        if (lower.contains("capacity") || lower.contains("resource:")) {
            return "no place for the task";
        }
        if (lower.contains("cannotstart") || lower.contains("cannotcreate")) {
            return "the container cannot be started";
        }
        return "see ECS's words";
    }

    private static String quoted(String words) {
        return "\u201c" + (words.length() > MOST_WORDS ? words.substring(0, MOST_WORDS) + "…" : words) + "\u201d";
    }

    private static void confirms(Facts facts, List<Task> failed, String why, Draft draft) {
        String cluster = facts.calleeCluster();
        String task = failed.isEmpty()
                ? "TASK"
                : Words.shell(failed.get(failed.size() - 1).id());
        draft.confirm(
                        "aws ecs describe-tasks --cluster " + cluster + " --tasks " + task
                                + " --query 'tasks[].{code:stopCode,why:stoppedReason,containers:containers[].{name:name,reason:reason}}'",
                        "code is TaskFailedToStart, and no container has an exit code",
                        "an application's container ran and has an exit code",
                        Checks.neverRan(
                                failed.isEmpty()
                                        ? ""
                                        : failed.get(failed.size() - 1).id()))
                .confirm(
                        "aws ecs describe-services " + facts.calleeArguments()
                                + " --query 'services[0].{running:runningCount,desired:desiredCount,pending:pendingCount,events:events[:10].message}'",
                        "running is below desired, and the events tell of starts that failed",
                        "running equals desired and the events are steady");
        if (why.contains("image")) {
            draft.fix(
                    "Put the image back under that tag, or deploy a revision whose image exists; check the execution role's and the network's way to the registry.",
                    "A tag that is overwritten changes what the next task runs.");
        } else if (why.contains("secret")) {
            draft.fix(
                    "Give the execution role secretsmanager:GetSecretValue or ssm:GetParameters on the secret (and kms:Decrypt on its key), or correct the secret's ARN.",
                    "Wider rights; limit them to the secret.");
        } else if (why.contains("place") || why.contains("interface")) {
            draft.fix(
                    "Make room: capacity (another capacity provider, a smaller task), free addresses in the subnets, or network interfaces on the instances.",
                    "Cost; other tasks compete for the same room.");
        } else {
            draft.fix("Correct what ECS's words name; ECS then starts the tasks by itself.", "None.");
        }
        draft.fix(
                "Lasting: deployment circuit breaker with rollback, immutable image tags, and a capacity provider strategy with more than one provider.",
                "Deployments that fail for other reasons roll back too.");
    }
}
