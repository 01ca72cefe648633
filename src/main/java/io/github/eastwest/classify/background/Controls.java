package io.github.eastwest.classify.background;

import io.github.eastwest.classify.Exact;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.TrafficView.Tally;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Traffic;
import io.github.eastwest.model.report.Background.Control;
import io.github.eastwest.model.report.Background.Onset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Who shares one end of the edge, or is part of the callee, and fails or does not while the edge fails: what is spared
 * cannot be at fault. Compared by Fisher's exact test, so that few calls say nothing.
 *
 * <p>Like is compared with like. Metrics count what applications answered: where they do not show the edge's own failures they
 * would not show those of others. The callee's lines tell of what arrived: where others' calls stopped arriving, too, that the
 * rest was answered says nothing.
 */
final class Controls {
    /** Probability of so few failures by chance up to which a group is spared. */
    private static final double CHANCE = 0.01;

    private static final int MOST_GROUPS = 12;

    /** Calls that must have been to come before their absence says anything. */
    private static final int FEWEST_EXPECTED = 10;

    private static final String HIDDEN =
            "the metrics do not show the edge's own failures, so these would not be in them either";
    private static final String MIXED = "some of its tasks are spared, so it is its tasks that differ";
    private static final String RARER =
            "these calls came less than half as often, too, and what does not arrive is not in the callee's lines";

    private final Facts facts;
    private final long from;
    private final long to;
    private final List<Control> controls = new ArrayList<>();

    private Controls(Facts facts, Optional<Onset> onset) {
        this.facts = facts;
        this.from = onset.map(Onset::earliest).orElse(facts.window().from()).toEpochMilli();
        this.to = onset.flatMap(Onset::until).map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    }

    /** Comparisons while the failures last; none on an edge that hardly fails. */
    static List<Control> of(Facts facts, Optional<Onset> onset) {
        Controls made = new Controls(facts, onset);
        made.compare();
        return made.controls;
    }

    private void compare() {
        Optional<TrafficView> traffic = facts.traffic().filter(t -> t.requests() > 0);
        Tally edge = traffic.map(this::edge).orElseGet(this::edgeByMetrics);
        if (edge.failed() < facts.thresholds().spread().minimumFailures()) {
            return;
        }
        Tally metrics = edgeByMetrics();
        boolean shown = metrics.failed() >= facts.thresholds().spread().minimumFailures();
        Optional<Traffic.Surroundings> around = traffic.map(t -> t.traffic().surroundings());
        Map<String, Tally> callers = EdgeMetrics.otherCallers(facts, from, end());
        Map<String, Tally> inbound = around.filter(s -> traffic.get().callerCounts())
                .map(s -> tally(s.calleeInboundOther(), Controls::stranger, s.calleeStep()))
                .orElse(Map.of());
        if (!callers.isEmpty() && (shown || inbound.isEmpty())) {
            others("other_caller", callers, metrics, shown ? "" : HIDDEN, Input.METRICS);
        } else {
            boolean rarer = around.isPresent() && becameRarer(around.get().calleeInboundOther());
            others("other_caller", inbound, edge, rarer ? RARER : "", Input.CALLEE_LOGS);
        }
        Map<String, Tally> outbound = around.map(s -> tally(
                        s.callerOther(),
                        line -> line.request().authority() == null
                                ? ""
                                : line.request().authority(),
                        s.callerStep()))
                .orElse(Map.of());
        if (!outbound.isEmpty()) {
            others("other_callee", outbound, edge, "", Input.CALLER_LOGS);
        } else {
            others(
                    "other_callee",
                    EdgeMetrics.otherCallees(facts, from, end()),
                    metrics,
                    shown ? "" : HIDDEN,
                    Input.METRICS);
        }
        traffic.ifPresent(view -> {
            Function<Observed, String> callee = Observed::host;
            parts("zone", view, o -> o.task().flatMap(t -> t.placement().availabilityZone()), callee);
            parts("revision", view, o -> o.task().map(Task::taskDefinition), callee);
            parts("task", view, o -> Optional.of(o.host()), callee);
            if (view.callerCounts()) {
                callerParts(view);
            }
        });
    }

    private void callerParts(TrafficView view) {
        Map<String, Task> tasks = new TreeMap<>();
        facts.callerTasks().forEach(task -> tasks.put(task.id(), task));
        Function<Observed, String> caller = o -> taskId(o.stream());
        Function<Observed, Optional<Task>> task = o -> Optional.ofNullable(tasks.get(taskId(o.stream())));
        parts("caller_zone", view, o -> task.apply(o).flatMap(t -> t.placement().availabilityZone()), caller);
        parts("caller_revision", view, o -> task.apply(o).map(Task::taskDefinition), caller);
        parts("caller_task", view, o -> Optional.of(taskId(o.stream())), caller);
    }

    /** A stream's name ends with its task's id. */
    private static String taskId(String stream) {
        return stream.substring(Math.max(stream.lastIndexOf('_'), stream.lastIndexOf('/')) + 1);
    }

    /** Whether calls that had come before the onset came less than half as often after it. */
    private boolean becameRarer(List<AccessLogEntry> lines) {
        long begin = facts.window().from().toEpochMilli();
        long before = lines.stream()
                .filter(line -> !stranger(line).isEmpty() && line.startMillis() < from)
                .count();
        long after = lines.stream()
                .filter(line -> !stranger(line).isEmpty() && inside(line.startMillis()))
                .count();
        double expected = from <= begin ? 0 : (double) before * (end() - from) / (from - begin);
        return expected >= FEWEST_EXPECTED && after < expected / 2;
    }

    private static String stranger(AccessLogEntry line) {
        return isHealthCheck(line) ? "" : "all others";
    }

    private long end() {
        return Math.min(to, facts.window().to().toEpochMilli());
    }

    private boolean inside(long start) {
        return start >= from && start < to;
    }

    private Tally edge(TrafficView view) {
        return parts(view, o -> Optional.of("edge")).getOrDefault("edge", new Tally(0, 0));
    }

    private Tally edgeByMetrics() {
        long failed = 0;
        long total = 0;
        for (ChangePoint.Cell cell : EdgeMetrics.inWindow(facts)) {
            if (cell.to() > from && cell.from() < to) {
                failed += cell.failed();
                total += cell.total();
            }
        }
        return new Tally(failed, total - failed);
    }

    private Map<String, Tally> parts(TrafficView view, Function<Observed, Optional<String>> group) {
        Map<String, Tally> tallies = new TreeMap<>();
        Tally failed = new Tally(view.traffic().failureStep(), 0);
        for (Observed o : view.failures()) {
            add(tallies, o, group, failed);
        }
        Tally answered = new Tally(0, view.traffic().successStep());
        for (Observed o : view.successes()) {
            add(tallies, o, group, answered);
        }
        return tallies;
    }

    private void add(Map<String, Tally> tallies, Observed o, Function<Observed, Optional<String>> group, Tally one) {
        if (inside(o.start())) {
            String name = group.apply(o).orElse("");
            if (!name.isEmpty()) {
                tallies.merge(name, one, Controls::sum);
            }
        }
    }

    private static Tally sum(Tally a, Tally b) {
        return new Tally(a.failed() + b.failed(), a.answered() + b.answered(), a.seen() + b.seen());
    }

    private Map<String, Tally> tally(
            List<AccessLogEntry> lines, Function<AccessLogEntry, String> group, Traffic.Step step) {
        Map<String, Tally> tallies = new TreeMap<>();
        for (AccessLogEntry line : lines) {
            String name = group.apply(line);
            if (name.isEmpty() || !inside(line.startMillis()) || line.isTcp()) {
                continue;
            }
            int status = line.response().status();
            String grpc = line.response().grpcStatus();
            boolean failed = status == 0 || status >= 500 || grpc != null && !grpc.equals("OK");
            tallies.merge(name, failed ? new Tally(step.failed(), 0, 1) : new Tally(0, step.answered()), Controls::sum);
        }
        return tallies;
    }

    /** A check tells of itself, not of callers. */
    private static boolean isHealthCheck(AccessLogEntry line) {
        String agent = line.request().userAgent();
        return agent != null && agent.contains("HealthCheck");
    }

    /**
     * Others, each compared with the edge.
     *
     * @param unable why the source cannot tell; empty when it can
     */
    private void others(String kind, Map<String, Tally> groups, Tally edge, String unable, Input source) {
        largest(groups).forEach((name, tally) -> {
            String found = verdict(tally, edge);
            boolean untold = !unable.isEmpty() && !found.equals("hit");
            String verdict = untold ? "too_few" : found;
            add(kind, name, tally, verdict, untold ? unable : followsFromOther(kind, name, verdict), source);
        });
    }

    /**
     * Parts of the edge, each compared with all others together.
     *
     * @param member the task of the same end
     */
    private void parts(
            String kind,
            TrafficView view,
            Function<Observed, Optional<String>> group,
            Function<Observed, String> member) {
        Map<String, Tally> groups = parts(view, group);
        if (groups.size() < 2) {
            return;
        }
        Tally all = groups.values().stream().reduce(new Tally(0, 0), Controls::sum);
        Map<String, Tally> shown = largest(groups);
        Map<String, String> verdicts = new TreeMap<>();
        shown.forEach((name, tally) -> verdicts.put(name, verdict(tally, rest(all, tally))));
        boolean someSpared = verdicts.containsValue("spared");
        Input source = view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS;
        shown.forEach((name, tally) -> {
            String verdict = verdicts.getOrDefault(name, "");
            boolean single = kind.endsWith("task");
            boolean mixed = !single
                    && verdict.equals("hit")
                    && someSpared
                    && isMixed(view, o -> group.apply(o).filter(name::equals).map(own -> member.apply(o)));
            add(kind, name, tally, verdict, mixed ? MIXED : followsFromPart(kind, verdict, someSpared), source);
        });
    }

    /** Whether some tasks of a part that is hit are spared: then it is them that differ, and not the part. */
    private boolean isMixed(TrafficView view, Function<Observed, Optional<String>> task) {
        Map<String, Tally> tasks = parts(view, task);
        Tally all = tasks.values().stream().reduce(new Tally(0, 0), Controls::sum);
        return tasks.values().stream().anyMatch(t -> verdict(t, rest(all, t)).equals("spared"));
    }

    private static Tally rest(Tally all, Tally part) {
        return new Tally(all.failed() - part.failed(), all.answered() - part.answered());
    }

    private static Map<String, Tally> largest(Map<String, Tally> groups) {
        Map<String, Tally> shown = new TreeMap<>();
        groups.entrySet().stream()
                .sorted(Comparator.comparingLong(
                                (Map.Entry<String, Tally> e) -> -e.getValue().total())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_GROUPS)
                .forEach(e -> shown.put(e.getKey(), e.getValue()));
        return shown;
    }

    private void add(String kind, String name, Tally tally, String verdict, String follows, Input source) {
        controls.add(new Control(
                kind,
                name,
                tally.total(),
                tally.failed(),
                verdict,
                "failed " + Words.of(tally.failed(), tally.total(), "call") + ": " + follows,
                source.id()));
    }

    /**
     * {@code spared} when it fails at most half as often and chance would hardly do that, {@code hit} when it fails like the
     * rest or more often, else {@code too_few}.
     */
    static String verdict(Tally group, Tally rest) {
        boolean rarer = group.share() <= rest.share() / 2;
        if (rarer && Exact.fewer(group.failed(), group.total(), rest.failed(), rest.total()) <= CHANCE) {
            return "spared";
        }
        // A group that could not have been found spared with no failure at all is too small for either word, unless it
        // fails more often than the rest, and chance would hardly do that.
        boolean couldTell = Exact.fewer(0, group.total(), rest.failed(), rest.total()) <= CHANCE;
        boolean worse = rest.total() > 0
                && group.failed() > 0
                && Exact.fewer(rest.failed(), rest.total(), group.failed(), group.total()) <= CHANCE;
        return worse || couldTell && !rarer ? "hit" : "too_few";
    }

    private String followsFromOther(String kind, String name, String verdict) {
        String callee = facts.edge().callee();
        String caller = facts.edge().caller();
        if (verdict.equals("too_few")) {
            return "too few to say";
        }
        if (kind.equals("other_caller")) {
            return verdict.equals("spared")
                    ? "others reach " + callee + " well, so the fault lies at " + caller + " or on its way"
                    : "others fail at " + callee + " too, so the fault is not " + caller + "'s";
        }
        return verdict.equals("spared")
                ? caller + " reaches " + name + " well, so its proxies and its network work as such"
                : caller + " fails towards " + name + " too, so look at " + caller + "'s own side";
    }

    private static String followsFromPart(String kind, String verdict, boolean someSpared) {
        boolean callers = kind.startsWith("caller_");
        return switch (verdict) {
            case "spared" -> "spared, so the fault is not common to all of the " + (callers ? "caller" : "callee");
            case "hit" ->
                someSpared
                        ? "the fault lies here"
                        : "hit like the others, so the " + kind.replace("caller_", "caller's ")
                                + " is not what matters";
            default -> "too few to say";
        };
    }
}
