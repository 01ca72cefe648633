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
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * EW513: a container's or a load balancer's health check fails, and ECS takes the task out and starts another. The check
 * may be right, and the application sick; or it asks too much (a database, an answer within a second), and tasks that
 * serve well are stopped, often all at once.
 */
final class HealthCheckFailing implements Rule {
    private static final Duration AROUND = Duration.ofMinutes(10);
    private static final long BEFORE_STOP_MILLIS = 60_000;
    private static final int FEWEST_CALLS = 10;
    private static final double FAILING = 0.2;

    @Override
    public RootCause cause() {
        return RootCause.HEALTH_CHECK_FAILING;
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
        List<Task> stopped = facts.calleeTasks().stream()
                .filter(t -> isHealthStop(t)
                        && Phases.stop(t).filter(at -> isAround(facts, at)).isPresent())
                .toList();
        List<Task> sick = facts.calleeTasks().stream()
                .filter(t -> !t.stopped()
                        && !isHealthStop(t)
                        && t.applicationContainers().stream()
                                .anyMatch(c -> c.health().equals("UNHEALTHY")))
                .toList();
        List<Service.ServiceEvent> events = facts.callee().map(Service::events).orElse(List.of()).stream()
                .filter(e -> isAround(facts, e.at()))
                .filter(e -> e.message().contains("is unhealthy in (")
                        || e.message().contains("failed container health checks"))
                .toList();
        if (stopped.isEmpty() && sick.isEmpty() && events.isEmpty()) {
            return Examination.excluded("no task of the callee failed a health check around the window");
        }
        boolean loadBalancer = Stream.concat(
                        stopped.stream().map(t -> t.state().stoppedReason()),
                        events.stream().map(Service.ServiceEvent::message))
                .anyMatch(s -> s.contains("ELB") || s.contains("target-group"));
        String check = loadBalancer ? "the load balancer's health check" : "the container's health check";
        Draft draft = Draft.of(cause());
        if (!stopped.isEmpty()) {
            Task last = stopped.get(stopped.size() - 1);
            draft.evidence(
                    Weight.DECISIVE,
                    Input.TASKS,
                    "ECS stopped " + Words.count(stopped.size(), "task") + " for it: \u201c"
                            + last.state().stoppedReason() + "\u201d (" + names(stopped) + ")",
                    Words.count(stopped.size(), "task"),
                    "0");
        }
        if (!sick.isEmpty()) {
            draft.evidence(
                    Weight.STRONG,
                    Input.TASKS,
                    Words.count(sick.size(), "running task") + " has an application container that is UNHEALTHY: "
                            + names(sick));
        }
        if (!events.isEmpty()) {
            String words = events.get(0).message();
            draft.evidence(
                    stopped.isEmpty() ? Weight.STRONG : Weight.WEAK,
                    Input.SERVICES,
                    "the service's events say at " + Words.time(events.get(0).at()) + ": \u201c"
                            + (words.length() > 160 ? words.substring(0, 160) + "…" : words) + "\u201d");
        }
        Optional<TrafficView> traffic = facts.traffic();
        traffic.ifPresent(view -> before(view, stopped, draft));
        BitSet lost = traffic.map(view -> lost(facts, view, stopped)).orElseGet(BitSet::new);
        if (!lost.isEmpty()) {
            draft.explains(lost)
                    .evidence(
                            Weight.STRONG,
                            Input.CALLER_LOGS,
                            facts.ofCalls(lost.cardinality())
                                    + " failed on those tasks as they stopped, or found no host while they were away");
        } else if (traffic.filter(t -> t.requests() > 0 && t.callerCounts()).isPresent()) {
            // The callee's lines do not show calls that found no host.
            draft.noise().against(Weight.WEAK, Input.CALLER_LOGS, "no call was lost to it");
        }
        draft.summary(facts.edge().label() + ": " + check + " fails, and "
                + (stopped.isEmpty()
                        ? Words.count(Math.max(sick.size(), events.size()), "task") + " is unhealthy"
                        : "ECS replaced " + Words.count(stopped.size(), "task") + " of the callee")
                + (lost.isEmpty() ? "" : "; " + facts.ofCalls(lost.cardinality()) + " were lost"));
        confirms(facts, stopped, sick, loadBalancer, draft);
        return Examination.of(draft, "the failed health checks cost no call");
    }

    private static boolean isHealthStop(Task task) {
        return task.state().stoppedReason().contains("health check");
    }

    private static boolean isAround(Facts facts, Instant at) {
        return !at.isBefore(facts.window().from().minus(AROUND))
                && !at.isAfter(facts.window().to().plus(AROUND));
    }

    /** Whether the application answered the calls of the last minute before it was stopped. */
    private static void before(TrafficView view, List<Task> stopped, Draft draft) {
        Tally sum = new Tally(0, 0);
        for (Task task : stopped) {
            long stop = Phases.stop(task).orElseThrow().toEpochMilli();
            long failed = view.failures().stream()
                    .filter(o -> isBefore(o, task, stop))
                    .count();
            long answered = view.successes().stream()
                            .filter(o -> isBefore(o, task, stop))
                            .count()
                    * view.traffic().successStep();
            sum = new Tally(sum.failed() + failed, sum.answered() + answered);
        }
        if (sum.total() < FEWEST_CALLS) {
            return;
        }
        if (sum.share() >= FAILING) {
            draft.against(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "in the minute before, those tasks failed " + Words.of(sum.failed(), sum.total(), "call")
                            + ": the check is right, and something else ails them");
        } else {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "in the minute before, those tasks answered "
                            + Words.of(sum.answered(), sum.total(), "call")
                            + ": the application serves, and the check says otherwise",
                    Words.percent(sum.failed(), sum.total()) + " failed",
                    Math.round(100 * FAILING) + "\u00a0%");
        }
    }

    private static boolean isBefore(Observed o, Task task, long stop) {
        return o.task().filter(t -> t.id().equals(task.id())).isPresent()
                && o.end() < stop
                && o.end() >= stop - BEFORE_STOP_MILLIS;
    }

    private static BitSet lost(Facts facts, TrafficView view, List<Task> stopped) {
        Set<String> ids = new TreeSet<>();
        stopped.forEach(t -> ids.add(t.id()));
        long early =
                Duration.ofSeconds(facts.thresholds().timing().stopSeconds()).toMillis();
        BitSet lost = view.where(o -> o.task()
                .filter(t -> ids.contains(t.id()))
                .flatMap(Phases::stop)
                .filter(at -> o.end() >= at.toEpochMilli() - early)
                .isPresent());
        if (!stopped.isEmpty()) {
            lost.or(Blackout.of(facts));
        }
        return view.primaryOf(lost);
    }

    private static String names(List<Task> tasks) {
        List<String> names = new ArrayList<>();
        tasks.stream()
                .limit(4)
                .forEach(t -> names.add(t.id().substring(0, Math.min(8, t.id().length()))
                        + Phases.stop(t).map(at -> " at " + Words.time(at)).orElse("")));
        return String.join(", ", names) + (tasks.size() > 4 ? ", …" : "");
    }

    private static void confirms(Facts facts, List<Task> stopped, List<Task> sick, boolean loadBalancer, Draft draft) {
        String definition = Stream.concat(stopped.stream(), sick.stream())
                .map(Task::taskDefinition)
                .findFirst()
                .map(Words::shell)
                .orElse("FAMILY");
        draft.confirm(
                        "aws ecs describe-services " + facts.calleeArguments()
                                + " --query 'services[0].events[:20].[createdAt,message]'",
                        "events tell of tasks that are unhealthy or were stopped, and again after they were replaced",
                        "they tell of deployments and scaling only")
                .confirm(
                        "aws ecs describe-task-definition --task-definition " + definition
                                + " --query 'taskDefinition.containerDefinitions[].{name:name,check:healthCheck}'",
                        "the command asks more than whether the application serves, or timeout and retries are short",
                        "it asks the application's own port, with time to spare; then the application is sick");
        draft.fix(
                        loadBalancer
                                ? "Let the target group check a path that only tells whether the application serves; raise its timeout and unhealthy threshold, and healthCheckGracePeriodSeconds for slow starts."
                                : "Let the check ask only whether the application serves (not its database), with a timeout above its slowest answer, more retries and a startPeriod above its start; deploy the callee.",
                        "Too lenient a check leaves sick tasks in service longer.")
                .fix(
                        "If the application is sick, read its log at the time of the first failed check and follow that cause.",
                        "None.");
    }
}
