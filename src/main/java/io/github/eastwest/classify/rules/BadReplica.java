package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Concentration;
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
import io.github.eastwest.model.ecs.Task;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * EW507: one task fails or is slow, the others are well. Until the proxies eject it, it fails its share of the calls; then
 * it returns and fails again. Starting and stopping tasks, crashes and new revisions are causes of their own.
 */
final class BadReplica implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.BAD_REPLICA;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    private static final double SLOWER = 4;
    private static final int MINIMUM_CALLS = 10;

    /** Failures in a row after which a task is ejected: a bad replica shows at least that many. */
    private static final int EJECTION_RUN = 5;

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        Phases phases = new Phases(view, facts.thresholds());
        BitSet steady = view.primary();
        steady.andNot(phases.starting());
        steady.andNot(phases.stopping());
        Set<String> exited = new TreeSet<>();
        TaskExits.of(facts).forEach(e -> exited.add(e.task().id()));
        steady.andNot(view.where(o -> o.condition() == Condition.UPSTREAM_OVERFLOW
                || o.task().filter(t -> exited.contains(t.id())).isPresent()));
        Map<String, Tally> hosts = view.byHost(steady);
        Optional<Concentration> one = worst(facts, view, steady);
        if (one.isEmpty()) {
            return Examination.excluded(
                    hosts.size() < 2
                            ? "calls went to fewer than two tasks"
                            : steady.isEmpty()
                                    ? "no running task failed a call"
                                    : "the failures are not those of one task");
        }
        Concentration bad = one.get();
        BitSet mine = view.where(o -> o.host().equals(bad.name()));
        mine.and(steady);
        Optional<Task> task =
                view.at(mine).stream().flatMap(o -> o.task().stream()).findFirst();
        if (onlyOneOfItsRevision(view, bad.name(), task)) {
            return Examination.excluded(
                    "the failing task is the only one of its revision, so the revision may be at fault");
        }
        String name = task.map(
                        t -> "task " + t.id().substring(0, Math.min(8, t.id().length())) + " (" + bad.name() + ")")
                .orElse(bad.name());
        Draft draft = Draft.of(cause())
                .explains(mine)
                .summary(facts.edge().label() + ": " + name + " failed "
                        + Words.of(bad.inside().failed(), bad.inside().total(), "call") + ", the other tasks "
                        + Words.of(bad.outside().failed(), bad.outside().total(), "call"))
                .evidence(
                        bad.inside().seen() >= 5 ? Weight.DECISIVE : Weight.STRONG,
                        view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                        name + " has " + Words.of(bad.inside().seen(), steady.cardinality(), "failure")
                                + " of running tasks and fails "
                                + Words.percent(
                                        bad.inside().failed(), bad.inside().total()) + " of its calls; the others fail "
                                + Words.percent(
                                        bad.outside().failed(), bad.outside().total()),
                        Words.percent(bad.inside().failed(), bad.inside().total()),
                        Words.percent(bad.outside().failed(), bad.outside().total()));
        long streams = view.at(mine).stream().map(Observed::stream).distinct().count();
        if (streams >= 2 && view.callerCounts()) {
            draft.evidence(Weight.WEAK, Input.CALLER_LOGS, "seen alike by " + Words.count(streams, "caller task"));
        }
        Set<String> ejected = new TreeSet<>();
        view.ejections().forEach(e -> ejected.add(e.host()));
        if (ejected.equals(Set.of(bad.name()))) {
            draft.evidence(Weight.MEDIUM, Input.CALLER_LOGS, "the callers' proxies ejected this task and no other");
        }
        OptionalLong own = TrafficView.quantile(view.successes(), o -> o.host().equals(bad.name()), 0.5);
        OptionalLong others =
                TrafficView.quantile(view.successes(), o -> !o.host().equals(bad.name()), 0.5);
        if (own.isPresent()
                && others.isPresent()
                && own.getAsLong() >= 100
                && own.getAsLong() >= SLOWER * Math.max(1, others.getAsLong())
                && bad.inside().answered() >= MINIMUM_CALLS) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "its answered calls take " + Words.duration(own.getAsLong()) + " (median), those of the others "
                            + Words.duration(others.getAsLong()));
        }
        String id = task.map(Task::id).orElse("TASK");
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-tasks --cluster " + facts.calleeCluster() + " --tasks "
                                        + Words.shell(id)
                                        + " --query 'tasks[].{az:availabilityZone,health:healthStatus,started:startedAt,td:taskDefinition,containers:containers[].{n:name,h:healthStatus}}'",
                                "the task runs, same revision as the others; its application's log shows what ails it",
                                "the task is stopping, or newer than the others",
                                Checks.runsLikeTheOthers(id))
                        .fix(
                                "Replace it: aws ecs stop-task --cluster " + facts.calleeCluster() + " --task "
                                        + Words.shell(id),
                                "Its requests in flight are lost unless it drains; keep its log and, if you can, a dump first.",
                                "Nothing to take back: ECS starts a task of the same revision in its place.")
                        .fix(
                                "Lasting: a container health check that fails when the application cannot serve, so that ECS replaces such tasks.",
                                "Too strict a check replaces tasks that are only busy."),
                "the failures are not those of one task");
    }

    /** The task that holds the failures, all together or of one kind: another fault of all tasks must not hide it. */
    private static Optional<Concentration> worst(Facts facts, TrafficView view, BitSet steady) {
        // Few failures can fall on one task by chance, unless they are most of its calls while they last.
        return Stream.concat(
                        Kinds.of(view, steady).stream().flatMap(kind -> one(facts, view, kind, o -> true)),
                        // What fails on all tasks alike is another fault: of one path, or of one revision.
                        Stream.of(Observed::path, (Function<Observed, String>)
                                        o -> o.revision().orElse(""))
                                .flatMap(group -> most(view, steady, group)
                                        .flatMap(name -> one(
                                                facts,
                                                view,
                                                steady,
                                                o -> !group.apply(o).equals(name)))))
                .max(Comparator.comparingLong(c -> c.inside().failed()));
    }

    private static Stream<Concentration> one(
            Facts facts, TrafficView view, BitSet failing, Predicate<Observed> counted) {
        BitSet own = view.where(counted);
        own.and(failing);
        return Concentration.candidate(
                        view.by(o -> counted.test(o) ? o.host() : "", own),
                        facts.thresholds().spread())
                .stream()
                .filter(c -> c.chance() <= facts.thresholds().spread().chance() || isBurst(view, own, c.name()));
    }

    /** The group with most of those failures. */
    private static Stream<String> most(TrafficView view, BitSet failing, Function<Observed, String> group) {
        Map<String, Long> counts = new TreeMap<>();
        view.at(failing).forEach(o -> counts.merge(group.apply(o), 1L, Long::sum));
        return counts.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).stream();
    }

    /** Whether most calls of that task failed between its first failure and its last. */
    private static boolean isBurst(TrafficView view, BitSet failing, String host) {
        BitSet mine = view.where(o -> o.host().equals(host));
        mine.and(failing);
        long from = view.first(mine).orElse(0);
        long to = view.last(mine).orElse(0);
        long answered = view.successes().stream()
                .filter(o -> o.host().equals(host) && o.start() >= from && o.start() <= to)
                .count();
        return mine.cardinality() >= EJECTION_RUN
                && (long) mine.cardinality() * view.traffic().failureStep()
                        > answered * view.traffic().successStep();
    }

    private static boolean onlyOneOfItsRevision(TrafficView view, String host, Optional<Task> task) {
        if (task.isEmpty()) {
            return false;
        }
        String revision = task.get().taskDefinition();
        Set<String> same = new TreeSet<>();
        Set<String> different = new TreeSet<>();
        java.util.stream.Stream.concat(view.successes().stream(), view.failures().stream())
                .filter(o -> !o.host().isEmpty() && !o.host().equals(host))
                .forEach(o -> o.revision().ifPresent(r -> (r.equals(revision) ? same : different).add(o.host())));
        return same.isEmpty() && !different.isEmpty();
    }
}
