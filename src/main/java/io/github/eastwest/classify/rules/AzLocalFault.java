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
import io.github.eastwest.classify.rules.NetworkPaths.End;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * EW304: the failures are those of one availability zone: of calls towards its tasks, or of calls from its tasks. The zone
 * is the smallest common thing only if several of its tasks fail, tasks of the same revision are well elsewhere, and no
 * rule, ACL or route between the subnets explains it.
 *
 * <p>An uneven spread of calls over zones is normal since zone-aware routing: failing shares are compared, not counts.
 */
final class AzLocalFault implements Rule {
    /** Tasks of one fault begin to fail within that time of each other. */
    private static final long TOGETHER_MILLIS = 30_000;

    /** Share of the failures from which one task holds "the" failures. */
    private static final double ONE_TASK = 0.8;

    /** Tasks that fail alike from which their zone is no accident of two bad tasks. */
    private static final int MANY_TASKS = 3;

    /** How many times the load of the other tasks makes load the better explanation. */
    private static final double OVERLOADED = 2;

    @Override
    public RootCause cause() {
        return RootCause.AZ_LOCAL_FAULT;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.TASKS);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(
                Input.SERVICES,
                Input.TASK_DEFINITIONS,
                Input.NETWORK_INTERFACES,
                Input.SECURITY_GROUP_RULES,
                Input.SUBNETS,
                Input.NETWORK_ACLS,
                Input.ROUTE_TABLES,
                Input.CALLER_LOGS,
                Input.CALLEE_LOGS);
    }

    /** One side of the edge: how its tasks are told apart. */
    private record Side(String name, Function<Observed, String> zone, Function<Observed, Optional<Task>> task) {}

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        BitSet failing = failing(facts, view);
        if (failing.cardinality() < facts.thresholds().spread().minimumFailures()) {
            return Examination.unseen(facts, "too few failures of running tasks to compare zones", Input.CALLER_LOGS);
        }
        Side callee = new Side("the callee's tasks", o -> zone(o.task()), Observed::task);
        Map<String, Task> callers = new HashMap<>();
        facts.callerTasks().forEach(t -> callers.put(t.id(), t));
        Function<Observed, Optional<Task>> callerTask =
                o -> LostPackets.taskId(o.stream()).map(callers::get);
        Side caller = new Side("the caller's tasks", o -> zone(callerTask.apply(o)), callerTask);
        List<String> reasons = new ArrayList<>();
        for (BitSet kind : Kinds.of(view, failing)) {
            for (Side side : view.callerCounts() ? List.of(callee, caller) : List.of(callee)) {
                Examination examined = examine(facts, view, kind, side, reasons);
                if (examined != null) {
                    return examined;
                }
            }
        }
        return Examination.unseen(
                facts,
                reasons.isEmpty() ? "the failures are not those of one zone" : reasons.get(0),
                Input.CALLER_LOGS);
    }

    /** Failures that a zone can make: not those of starts, stops, exits and refusals of the caller's own proxy. */
    private static BitSet failing(Facts facts, TrafficView view) {
        Phases phases = new Phases(view, facts.thresholds());
        BitSet failing = view.primary();
        failing.andNot(phases.starting());
        failing.andNot(phases.stopping());
        Set<String> exited = new TreeSet<>();
        TaskExits.of(facts).forEach(e -> exited.add(e.task().id()));
        failing.andNot(view.where(o -> o.condition() == Condition.UPSTREAM_OVERFLOW
                || o.condition() == Condition.NO_ROUTE
                || o.condition() == Condition.TLS_FAILURE
                || o.task().filter(t -> exited.contains(t.id())).isPresent()));
        return failing;
    }

    private @org.jspecify.annotations.Nullable Examination examine(
            Facts facts, TrafficView view, BitSet failing, Side side, List<String> reasons) {
        Map<String, Tally> zones = view.by(side.zone(), failing);
        Optional<Concentration> found =
                Concentration.of(zones, facts.thresholds().spread());
        if (found.isEmpty()) {
            return null;
        }
        Concentration zone = found.get();
        BitSet mine = view.where(o -> side.zone().apply(o).equals(zone.name()));
        mine.and(failing);
        Map<String, Tally> tasks = tasks(view, mine, side, zone.name());
        List<Map.Entry<String, Tally>> failingTasks = tasks.entrySet().stream()
                .filter(e -> e.getValue().failed() > 0
                        && e.getValue().share()
                                >= facts.thresholds().spread().ratio()
                                        * zone.outside().share())
                .toList();
        long most = failingTasks.stream()
                .mapToLong(e -> e.getValue().failed())
                .max()
                .orElse(0);
        if (tasks.size() < 2 || failingTasks.size() < 2 || most >= ONE_TASK * mine.cardinality()) {
            reasons.add(
                    tasks.size() < 2
                            ? "only one of " + side.name() + " is in " + zone.name()
                                    + ": a bad zone and a bad task look alike"
                            : "of " + side.name() + " in " + zone.name() + " one alone fails");
            return null;
        }
        if (otherRevision(view, mine, side, zone.name())) {
            reasons.add("the failing tasks are the only ones of their revision, so the revision may be at fault");
            return null;
        }
        if (explainedByDocuments(facts, view, mine)) {
            reasons.add("rules, ACLs or routes between the subnets explain the failures of " + zone.name());
            return null;
        }
        return found(facts, view, side, zone, mine, failingTasks);
    }

    private Examination found(
            Facts facts,
            TrafficView view,
            Side side,
            Concentration zone,
            BitSet mine,
            List<Map.Entry<String, Tally>> failingTasks) {
        boolean towards = side.name().startsWith("the callee");
        Draft draft = Draft.of(cause())
                .explains(mine)
                .at(networkKind(view, mine) ? Hop.NETWORK : towards ? Hop.CALLEE_APP : Hop.CALLER_PROXY)
                .summary(facts.edge().label() + ": calls " + (towards ? "to" : "from") + " tasks in " + zone.name()
                        + " failed "
                        + Words.of(zone.inside().failed(), zone.inside().total(), "call")
                        + ", those of the other zones "
                        + Words.of(zone.outside().failed(), zone.outside().total(), "call"))
                .evidence(
                        failingTasks.size() >= MANY_TASKS ? Weight.DECISIVE : Weight.STRONG,
                        view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                        Words.of(zone.inside().seen(), mine.cardinality(), "failure") + " lie with "
                                + Words.count(failingTasks.size(), "task") + " of "
                                + side.name().replace("tasks", "").replace("'s ", "")
                                + " in " + zone.name(),
                        Words.percent(zone.inside().failed(), zone.inside().total()),
                        Words.percent(zone.outside().failed(), zone.outside().total()));
        if (beganTogether(view, mine, side)) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "those tasks began to fail within " + Words.duration(TOGETHER_MILLIS) + " of each other");
        }
        othersOfTheZone(facts, view, side, zone.name(), draft);
        load(view, side, zone.name(), draft);
        boolean silent = networkKind(view, mine);
        if (silent && !facts.has(Input.NETWORK_ACLS)) {
            draft.against(
                    Weight.MEDIUM,
                    Input.NETWORK_ACLS,
                    "network ACLs were not read: one of that zone's subnet would look the same");
        } else if (silent) {
            draft.evidence(Weight.WEAK, Input.NETWORK_ACLS, "rules, ACLs and routes let the packets through");
        }
        Set<String> ids = new TreeSet<>();
        failingTasks.forEach(e -> ids.add(Words.shell(e.getKey())));
        String cluster = towards
                ? facts.calleeCluster()
                : Words.shell(facts.edge().cluster().orElse("CLUSTER"));
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-tasks --cluster " + cluster + " --tasks "
                                        + ids.stream()
                                                .limit(10)
                                                .reduce((a, b) -> a + " " + b)
                                                .orElse("TASK")
                                        + " --query 'tasks[].{id:taskArn,az:availabilityZone,health:healthStatus,td:taskDefinition,started:startedAt}'",
                                "they are all in " + zone.name() + ", of the same revision as the well ones",
                                "they share something else: revision, instance, security group")
                        .confirm(
                                "aws ec2 describe-availability-zones --zone-names " + Words.shell(zone.name())
                                        + " --query 'AvailabilityZones[].{name:ZoneName,id:ZoneId,state:State,say:Messages[].Message}'",
                                "the zone is impaired, or the AWS Health Dashboard has an event for its id at that time",
                                "it is available; that is no proof, a dependency of yours in that zone looks the same")
                        .fix(
                                "Take the zone out: update the service's subnets without that zone's and deploy, or shift traffic away with ARC zonal shift where a load balancer is in front.",
                                "The other zones carry all the load: check the task count first.")
                        .fix(
                                "Lasting: at least two tasks in each zone and capacity for the loss of one; alarm per zone.",
                                "Costs of the spare tasks."),
                "the failures are not those of one zone");
    }

    private static String zone(Optional<Task> task) {
        return task.flatMap(t -> t.placement().availabilityZone()).orElse("");
    }

    private static Map<String, Tally> tasks(TrafficView view, BitSet mine, Side side, String zone) {
        Map<String, Tally> tasks = new TreeMap<>(view.by(
                o -> side.zone().apply(o).equals(zone)
                        ? side.task().apply(o).map(Task::id).orElse("")
                        : "",
                mine));
        return tasks;
    }

    /** Whether all failing tasks are of revisions that have no well task in another zone. */
    private static boolean otherRevision(TrafficView view, BitSet mine, Side side, String zone) {
        Set<String> failing = new TreeSet<>();
        view.at(mine)
                .forEach(o -> side.task().apply(o).map(Task::taskDefinition).ifPresent(failing::add));
        return view.successes().stream()
                .filter(o -> !side.zone().apply(o).equals(zone))
                .flatMap(o -> side.task().apply(o).stream())
                .map(Task::taskDefinition)
                .noneMatch(failing::contains);
    }

    /** Whether the documents forbid the connections of most of those calls. */
    private static boolean explainedByDocuments(Facts facts, TrafficView view, BitSet mine) {
        LostPackets blocked = new LostPackets();
        NetworkPaths paths = new NetworkPaths(facts);
        for (End caller : paths.callers()) {
            for (End callee : paths.callees()) {
                if (!paths.throughAcls(caller, callee).obstacles().isEmpty()
                        || !paths.byRoutes(caller, callee).obstacles().isEmpty()) {
                    blocked.add(caller.taskId(), callee.address());
                }
            }
        }
        if (facts.has(Input.SECURITY_GROUP_RULES)) {
            SecurityGroups groups = new SecurityGroups(facts);
            for (Task task : facts.calleeTasks()) {
                for (SecurityGroups.Caller caller : groups.callers()) {
                    if (groups.judge(caller, task) == SecurityGroups.Judgement.BLOCKED) {
                        task.placement().address().ifPresent(a -> blocked.add(caller.id(), a));
                    }
                }
            }
        }
        long explained = view.at(mine).stream().filter(blocked::between).count();
        return !mine.isEmpty() && explained * 2 > mine.cardinality();
    }

    private static boolean networkKind(TrafficView view, BitSet mine) {
        long silent = view.at(mine).stream().filter(LostPackets::unanswered).count();
        return silent * 2 >= mine.cardinality();
    }

    private static boolean beganTogether(TrafficView view, BitSet mine, Side side) {
        Map<String, Long> first = new TreeMap<>();
        view.at(mine).forEach(o -> side.task().apply(o).ifPresent(t -> first.merge(t.id(), o.start(), Math::min)));
        long from = first.values().stream().mapToLong(Long::longValue).min().orElse(0);
        long to = first.values().stream().mapToLong(Long::longValue).max().orElse(0);
        return first.size() >= 2 && to - from <= TOGETHER_MILLIS;
    }

    /** Other calls of the zone's tasks: of the callers' to other services, of the callee's to its dependencies. */
    private static void othersOfTheZone(Facts facts, TrafficView view, Side side, String zone, Draft draft) {
        boolean towards = side.name().startsWith("the callee");
        Map<String, String> zones = new HashMap<>();
        (towards ? facts.calleeTasks() : facts.callerTasks()).forEach(t -> zones.put(t.id(), zone(Optional.of(t))));
        List<AccessLogEntry> others = towards
                ? view.traffic().surroundings().calleeOutbound()
                : view.traffic().surroundings().callerOther();
        Map<Boolean, Tally> tallies = new HashMap<>();
        for (AccessLogEntry line : others) {
            boolean inside = LostPackets.taskId(line.ref().stream())
                    .map(zones::get)
                    .filter(zone::equals)
                    .isPresent();
            boolean failed = line.response().status() == 0 || line.response().status() >= 500;
            Tally one = new Tally(failed ? 1 : 0, failed ? 0 : 1);
            tallies.merge(inside, one, (a, b) -> new Tally(a.failed() + b.failed(), a.answered() + b.answered()));
        }
        Tally inside = tallies.getOrDefault(true, new Tally(0, 0));
        Tally outside = tallies.getOrDefault(false, new Tally(0, 0));
        if (inside.failed() >= facts.thresholds().spread().minimumFailures()
                && outside.total() > 0
                && inside.share() >= facts.thresholds().spread().ratio() * outside.share()) {
            draft.evidence(
                    Weight.MEDIUM,
                    towards ? Input.CALLEE_LOGS : Input.CALLER_LOGS,
                    "calls of those tasks to other services fail as well: "
                            + Words.of(inside.failed(), inside.total(), "call") + ", in the other zones "
                            + Words.of(outside.failed(), outside.total(), "call"));
        }
    }

    /** Zone-aware routing keeps calls in their zone: tasks of a zone with many callers and few tasks have more to do. */
    private static void load(TrafficView view, Side side, String zone, Draft draft) {
        Map<String, Tally> inside = new TreeMap<>();
        Map<String, Tally> outside = new TreeMap<>();
        BitSet all = new BitSet();
        all.set(0, view.failures().size());
        view.by(
                        o -> side.task()
                                .apply(o)
                                .map(t -> side.zone().apply(o) + "\n" + t.id())
                                .orElse(""),
                        all)
                .forEach((key, tally) -> (key.startsWith(zone + "\n") ? inside : outside).put(key, tally));
        double mine = inside.values().stream().mapToLong(Tally::total).average().orElse(0);
        double others =
                outside.values().stream().mapToLong(Tally::total).average().orElse(0);
        if (others > 0 && mine >= OVERLOADED * others) {
            draft.against(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "its tasks get " + Math.round(10 * mine / others) / 10.0
                            + " times the calls of the others: they may just have too much to do");
        }
    }
}
