package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Concentration;
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
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * EW505: the tasks of a new revision fail and those of the old one do not, or ECS itself gave the deployment up. More
 * specific mechanisms (not listening, crash, memory, security group) are causes of their own and come first.
 */
final class BadDeployment implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.BAD_DEPLOYMENT;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.TASKS);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.SERVICE_DEPLOYMENTS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    private static final Set<Condition> OWN = EnumSet.of(
            Condition.APPLICATION_5XX,
            Condition.GRPC_ERROR,
            Condition.UPSTREAM_RESPONSE_TIMEOUT,
            Condition.PER_TRY_TIMEOUT,
            Condition.UPSTREAM_CONNECTION_TERMINATION,
            Condition.UPSTREAM_RESET,
            Condition.UPSTREAM_PROTOCOL_ERROR,
            Condition.DOWNSTREAM_DISCONNECT);

    @Override
    public Examination examine(Facts facts) {
        Optional<String> rollback = givenUp(facts);
        Optional<Instant> began = newest(facts).flatMap(BadDeployment::firstTask);
        Optional<TrafficView> traffic = facts.traffic();
        Optional<List<Task>> newest = newest(facts);
        if (rollback.isEmpty() && newest.isEmpty()) {
            return Examination.excluded("no deployment of the callee began in the window or shortly before");
        }
        Draft draft = Draft.of(cause());
        String revision = newest.map(t -> t.get(0).taskDefinition()).orElse("the new revision");
        rollback.ifPresent(
                why -> draft.evidence(Weight.STRONG, Input.SERVICE_DEPLOYMENTS, "ECS gave the deployment up: " + why));
        BitSet failing = new BitSet();
        if (traffic.isPresent() && newest.isPresent()) {
            TrafficView view = traffic.get();
            Phases phases = new Phases(view, facts.thresholds());
            BitSet all = view.where(BadDeployment::isOwn);
            all.andNot(phases.starting());
            all.andNot(phases.stopping());
            Optional<Concentration> newOnly = Optional.empty();
            // Of several kinds of failures one can be the revision's.
            for (BitSet kind : Kinds.of(view, all)) {
                newOnly = Concentration.of(
                                view.byRevision(kind), facts.thresholds().spread())
                        .filter(c -> c.name().equals(revision));
                if (newOnly.isPresent()) {
                    all = kind;
                    break;
                }
            }
            failing = view.where(o -> o.revision().filter(revision::equals).isPresent());
            failing.and(view.primaryOf(all));
            Optional<Concentration> oneTask = oneTask(facts, view, failing, revision);
            if (rollback.isEmpty() && newOnly.isPresent() && oneTask.isPresent()) {
                return Examination.excluded("of the tasks of " + revision + " one, "
                        + oneTask.get().name() + ", made the failures; the others are well");
            }
            boolean onlyNew = newOnly.isPresent();
            if (onlyNew) {
                Concentration c = newOnly.get();
                draft.explains(failing)
                        .evidence(
                                Weight.DECISIVE,
                                facts.has(Input.CALLER_LOGS) ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                                "tasks of " + revision + " failed "
                                        + Words.of(
                                                c.inside().failed(), c.inside().total(), "call")
                                        + ", tasks of the other revisions "
                                        + Words.of(
                                                c.outside().failed(),
                                                c.outside().total(),
                                                "call"),
                                Words.percent(c.inside().failed(), c.inside().total()),
                                Words.percent(c.outside().failed(), c.outside().total()));
                long hosts =
                        view.at(failing).stream().map(Observed::host).distinct().count();
                if (hosts >= 2) {
                    draft.evidence(
                            Weight.MEDIUM,
                            Input.TASKS,
                            "the failures are spread over " + Words.count(hosts, "task") + " of that revision");
                }
            } else if (rollback.isEmpty()) {
                BitSet others = (BitSet) all.clone();
                others.andNot(failing);
                return Examination.excluded(
                        failing.isEmpty()
                                ? "the tasks of " + revision + " fail no call by an error of their own"
                                : "the tasks of " + revision + " fail like those of the other revisions");
            }
        }
        draft.summary(facts.edge().label() + ": the deployment of " + revision
                + began.map(at -> " at " + Words.time(at)).orElse("") + " fails"
                + (failing.isEmpty()
                        ? ""
                        : " " + facts.ofCalls(failing.cardinality()) + "; the revision before does not"));
        String deploy = "aws ecs update-service --cluster " + facts.calleeCluster() + " --service "
                + Words.shell(facts.edge().callee()) + " --task-definition ";
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-services " + facts.calleeArguments()
                                        + " --query 'services[0].deployments[].{status:status,td:taskDefinition,created:createdAt,rollout:rolloutState,why:rolloutStateReason,failed:failedTasks}'",
                                "the failing tasks belong to the newest deployment, and failures began when its tasks started",
                                "failures began before it, or the old tasks fail as well",
                                Checks.deploymentGivenUp())
                        .fix(
                                "Roll back: " + deploy
                                        + previous(facts, revision).orElse("PREVIOUS_REVISION"),
                                "Replaces all tasks; data written by the new revision stays.",
                                deploy
                                        + newest.map(t -> t.get(0).taskDefinition())
                                                .map(Words::shell)
                                                .orElse("NEW_REVISION"))
                        .fix(
                                "Deployment circuit breaker and alarms with rollback, so that ECS does this by itself.",
                                "Alarms that fire for other reasons roll back too."),
                "the tasks of " + revision + " fail no call by an error of their own");
    }

    /** The task of that revision that holds its failures while others of the same revision are well. */
    private static Optional<Concentration> oneTask(Facts facts, TrafficView view, BitSet failing, String revision) {
        return Concentration.of(
                view.by(o -> o.revision().filter(revision::equals).isPresent() ? o.host() : "", failing),
                facts.thresholds().spread());
    }

    /** The tasks of the revision that came last, if it came in the window or shortly before and another one ran before it. */
    private static Optional<List<Task>> newest(Facts facts) {
        Map<String, List<Task>> revisions = new TreeMap<>();
        facts.calleeTasks()
                .forEach(t -> revisions
                        .computeIfAbsent(t.taskDefinition(), r -> new ArrayList<>())
                        .add(t));
        Instant from = facts.window()
                .from()
                .minus(Duration.ofMinutes(facts.thresholds().timing().deploymentMinutes()));
        return revisions.values().stream()
                .filter(tasks -> firstTask(tasks)
                        .filter(at ->
                                at.isAfter(from) && at.isBefore(facts.window().to()))
                        .isPresent())
                .max(Comparator.comparing((List<Task> tasks) -> firstTask(tasks).orElse(Instant.MIN)))
                .filter(tasks -> revisions.size() > 1);
    }

    /** The revision that began last of the others, a shell word; one whose start is not known could be any old one. */
    private static Optional<String> previous(Facts facts, String revision) {
        Map<String, Instant> began = new TreeMap<>();
        facts.calleeTasks().stream()
                .filter(t ->
                        !t.taskDefinition().isEmpty() && !t.taskDefinition().equals(revision))
                .forEach(t -> t.lifecycle()
                        .createdAt()
                        .ifPresent(at -> began.merge(t.taskDefinition(), at, (a, b) -> a.isBefore(b) ? a : b)));
        return began.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .map(Words::shell);
    }

    private static Optional<Instant> firstTask(List<Task> tasks) {
        return tasks.stream().flatMap(t -> t.lifecycle().createdAt().stream()).min(Comparator.naturalOrder());
    }

    private static Optional<String> givenUp(Facts facts) {
        Instant from = facts.window()
                .from()
                .minus(Duration.ofMinutes(facts.thresholds().timing().deploymentMinutes()));
        Optional<String> history = facts.deployments(facts.edge().callee()).stream()
                .filter(d -> d.createdAt()
                        .filter(at ->
                                at.isAfter(from) && at.isBefore(facts.window().to()))
                        .isPresent())
                .filter(d ->
                        d.status().startsWith("ROLLBACK") || d.circuitBreaker().equals("TRIGGERED"))
                .map(d -> d.status() + (d.statusReason().isEmpty() ? "" : " (" + d.statusReason() + ")"))
                .reduce((a, b) -> b);
        return history.or(() -> facts.callee()
                .flatMap(s -> s.deployments().stream()
                        .filter(d -> d.rollout().state().equals("FAILED"))
                        .filter(d ->
                                d.createdAt().filter(at -> at.isAfter(from)).isPresent())
                        .map(d -> "FAILED (" + d.rollout().reason() + ")")
                        .findFirst()));
    }

    /** A failure that a revision can make by itself: not one of the network on the way to it. */
    private static boolean isOwn(Observed o) {
        return OWN.contains(o.condition()) && o.hop() != Hop.NETWORK;
    }
}
