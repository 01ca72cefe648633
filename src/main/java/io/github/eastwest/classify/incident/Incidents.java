package io.github.eastwest.classify.incident;

import io.github.eastwest.classify.PathTemplate;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.log.Call;
import io.github.eastwest.model.log.Traffic;
import io.github.eastwest.model.metric.AlarmState;
import io.github.eastwest.model.report.AlarmPlan;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Background.Change;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.Incident;
import io.github.eastwest.model.report.Incident.Action;
import io.github.eastwest.model.report.Incident.Budget;
import io.github.eastwest.model.report.Incident.Causation;
import io.github.eastwest.model.report.Incident.Detection;
import io.github.eastwest.model.report.Incident.Fact;
import io.github.eastwest.model.report.Incident.Firing;
import io.github.eastwest.model.report.Incident.Group;
import io.github.eastwest.model.report.Incident.Impact;
import io.github.eastwest.model.report.Incident.Moment;
import io.github.eastwest.model.report.Incident.Proposal;
import io.github.eastwest.model.report.Incident.Span;
import io.github.eastwest.model.report.Incident.Statement;
import io.github.eastwest.model.report.Incident.Step;
import io.github.eastwest.model.report.Incident.Times;
import io.github.eastwest.model.report.TrafficReport;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Puts a write-up together. Every sentence comes from the diagnosis, from the alarms that were read or from an option; where
 * there is none the part is empty, and the document asks people instead.
 */
public final class Incidents {
    /** Check of the edge as a whole. */
    static final String EDGE_HEALTHY = "edge:healthy";

    /** Input ids of what the alarms' facts come from. */
    private static final String ALARMS = "cloudwatch/describe-alarms";

    /** Alarms look at whole minutes: one that fired so long before the onset belongs to it. */
    private static final Duration BEFORE_ONSET = Duration.ofMinutes(1);

    /** Alarms that need many periods fire late. */
    private static final Duration AFTER_WINDOW = Duration.ofMinutes(15);

    /** Two entries so near to each other tell of the same event. */
    private static final Duration SAME_EVENT = Duration.ofMinutes(1);

    private static final int MOST_FACTS = 200;
    private static final int MOST_PATHS = 10;

    private final Snapshot snapshot;
    private final Diagnosis diagnosis;
    private final Optional<List<AlarmState>> alarms;
    private final AlarmPlan plan;
    private final IncidentOptions options;
    private final Optional<Span> span;

    private Incidents(
            Snapshot snapshot,
            Diagnosis diagnosis,
            Optional<List<AlarmState>> alarms,
            AlarmPlan plan,
            IncidentOptions options) {
        this.snapshot = snapshot;
        this.diagnosis = diagnosis;
        this.alarms = alarms.map(all -> all.stream()
                .filter(alarm -> concernsEdge(alarm, diagnosis.edge(), plan))
                .toList());
        this.plan = plan;
        this.options = options;
        this.span = span();
    }

    /**
     * The write-up of a diagnosed window.
     *
     * @param alarms existing alarms; empty when they were not read
     * @param plan alarms to propose
     */
    public static Incident of(
            Snapshot snapshot,
            Diagnosis diagnosis,
            Optional<List<AlarmState>> alarms,
            AlarmPlan plan,
            IncidentOptions options) {
        return new Incidents(snapshot, diagnosis, alarms, plan, options).incident();
    }

    private Incident incident() {
        List<Firing> fired = fired();
        Times times = times(fired);
        List<Fact> timeline = timeline(fired);
        Detection detection = detection(fired);
        return new Incident(
                diagnosis,
                impact(),
                times,
                timeline,
                new Causation(trigger(), contributing(), mitigators(), chain(timeline)),
                detection,
                actions(detection));
    }

    /** The onset's span, else the one between the first and the last time of the series in which a call failed. */
    private Optional<Span> span() {
        Optional<Background.Onset> onset = diagnosis.background().onset();
        if (onset.isPresent()) {
            Background.Onset found = onset.get();
            return Optional.of(new Span(
                    found.earliest(),
                    found.until(),
                    found.atStart(),
                    id(found.earliest(), "onset", BEGIN),
                    "change point of the failures in " + found.source()));
        }
        if (diagnosis.traffic().isEmpty()) {
            return Optional.empty();
        }
        TrafficReport.Series series = diagnosis.traffic().get().series();
        List<TrafficReport.Bucket> failing = series.buckets().stream()
                .filter(bucket -> bucket.conditions().entrySet().stream()
                        .anyMatch(entry -> entry.getKey().failure() && entry.getValue() > 0))
                .toList();
        if (failing.isEmpty()) {
            return Optional.empty();
        }
        Instant from = failing.get(0).from();
        Instant until = failing.get(failing.size() - 1).from().plusSeconds(series.bucketSeconds());
        boolean ended = until.isBefore(diagnosis.window().to());
        return Optional.of(new Span(
                from,
                ended ? Optional.of(until) : Optional.empty(),
                from.equals(series.buckets().get(0).from()),
                id(from, "onset", BEGIN),
                "first and last failed call, in steps of " + series.bucketSeconds() + " s; no change point found"));
    }

    private Impact impact() {
        List<Group> callers = new ArrayList<>();
        diagnosis
                .traffic()
                .filter(traffic -> traffic.failed() > 0)
                .ifPresent(traffic -> callers.add(new Group(
                        diagnosis.edge().caller(),
                        traffic.failed(),
                        OptionalLong.of(traffic.requests()),
                        countedFrom())));
        for (Background.Control control : diagnosis.background().controls()) {
            if (control.kind().equals("other_caller") && control.verdict().equals("hit")) {
                callers.add(new Group(
                        control.name(), control.failed(), OptionalLong.of(control.requests()), control.source()));
            }
        }
        List<Group> paths = paths();
        return new Impact(
                span,
                callers,
                paths.stream().limit(MOST_PATHS).toList(),
                Math.max(0, paths.size() - MOST_PATHS),
                budget());
    }

    private String countedFrom() {
        boolean callee = snapshot.logs()
                .traffic()
                .filter(traffic -> traffic.counted() == Traffic.Counted.CALLEE_LINES)
                .isPresent();
        return (callee ? Input.CALLEE_LOGS : Input.CALLER_LOGS).id();
    }

    private List<Group> paths() {
        Map<String, Long> failed = new TreeMap<>();
        snapshot.logs().traffic().ifPresent(traffic -> {
            for (Call call : traffic.failures()) {
                String path = call.line().request().path();
                if (call.countsAsFailed() && path != null) {
                    failed.merge(PathTemplate.of(path), (long) traffic.failureStep(), Long::sum);
                }
            }
        });
        return failed.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> new Group(entry.getKey(), entry.getValue(), OptionalLong.empty(), countedFrom()))
                .toList();
    }

    private Optional<Budget> budget() {
        if (options.objective().isEmpty()
                || diagnosis.traffic().isEmpty()
                || diagnosis.traffic().get().requests() == 0) {
            return Optional.empty();
        }
        BigDecimal objective = options.objective().get();
        TrafficReport traffic = diagnosis.traffic().get();
        double allowedShare =
                BigDecimal.valueOf(100).subtract(objective).movePointLeft(2).doubleValue();
        double allowed = allowedShare * traffic.requests();
        double burnRate = traffic.failed() / allowed;
        double ofPeriod = burnRate
                * diagnosis.window().length().toMillis()
                / options.period().toMillis();
        return Optional.of(new Budget(objective.toPlainString(), options.period(), allowed, burnRate, ofPeriod));
    }

    private Times times(List<Firing> fired) {
        Optional<Moment> detected = options.detectedAt()
                .map(at -> new Moment(at, "--detected-at"))
                .or(() -> fired.stream()
                        .findFirst()
                        .map(first -> new Moment(first.at(), "alarm " + first.alarm() + " (" + first.id() + ")")));
        Optional<Moment> mitigated = options.mitigatedAt()
                .map(at -> new Moment(at, "--mitigated-at"))
                .or(() -> span.flatMap(Span::until).map(at -> new Moment(at, "the failures were over")));
        Optional<Moment> resolved =
                options.resolvedAt().map(at -> new Moment(at, "--resolved-at")).or(() -> allOver(fired));
        return new Times(
                span.map(found -> new Moment(
                        found.from(),
                        found.basis() + (found.atStart() ? "; calls failed already when the window began" : ""))),
                detected,
                mitigated,
                resolved);
    }

    /** When the last alarm that fired was well again; unknown while one is not. */
    private static Optional<Moment> allOver(List<Firing> fired) {
        if (fired.isEmpty() || fired.stream().anyMatch(one -> one.over().isEmpty())) {
            return Optional.empty();
        }
        return fired.stream()
                .map(one -> one.over().orElseThrow())
                .max(Comparator.naturalOrder())
                .map(at -> new Moment(at, "every alarm that fired is OK again"));
    }

    private static final String BEGIN = "calls begin to fail";

    private List<Fact> timeline(List<Firing> fired) {
        List<Fact> facts = new ArrayList<>();
        List<Change> changes = diagnosis.background().changes();
        for (Change change : changes) {
            facts.add(new Fact(
                    change.at(), change.source(), change.id(), change.kind().id(), change.text()));
        }
        for (Diagnosis.TimelineEntry entry : diagnosis.timeline()) {
            if (changes.stream().noneMatch(change -> tellsTheSame(change, entry))) {
                facts.add(new Fact(
                        entry.at(),
                        source(entry),
                        entry.evidence().orElseGet(() -> id(entry.at(), entry.kind(), entry.text())),
                        entry.kind(),
                        entry.text()));
            }
        }
        span.ifPresent(found -> {
            String source =
                    diagnosis.background().onset().map(Background.Onset::source).orElse(countedFrom());
            facts.add(new Fact(found.from(), source, found.id(), "onset", BEGIN));
            found.until()
                    .ifPresent(at -> facts.add(
                            new Fact(at, source, id(at, "onset", "failures are over"), "onset", "failures are over")));
        });
        for (Firing firing : fired) {
            facts.add(new Fact(firing.at(), ALARMS, firing.id(), "alarm", firing.alarm() + " fires"));
            firing.over()
                    .ifPresent(at -> facts.add(new Fact(
                            at,
                            ALARMS,
                            id(at, "alarm", firing.alarm() + " is OK"),
                            "alarm",
                            firing.alarm() + " is OK again")));
        }
        told(facts, options.detectedAt(), "--detected-at", "detected");
        told(facts, options.mitigatedAt(), "--mitigated-at", "mitigated");
        told(facts, options.resolvedAt(), "--resolved-at", "resolved");
        facts.sort(Comparator.comparing(Fact::at)
                .thenComparing(Fact::source)
                .thenComparing(Fact::id)
                .thenComparing(Fact::text));
        return facts.size() <= MOST_FACTS ? facts : facts.subList(0, MOST_FACTS);
    }

    private static void told(List<Fact> facts, Optional<Instant> at, String option, String text) {
        at.ifPresent(time -> facts.add(new Fact(time, option, id(time, "people", text), "people", text)));
    }

    private static boolean tellsTheSame(Change change, Diagnosis.TimelineEntry entry) {
        boolean sameKind = switch (change.kind()) {
            case DEPLOYMENT -> entry.kind().equals("deployment");
            case TASK_START, TASK_STOP, SCALING -> entry.kind().equals("task");
            case SECURITY_GROUP, NETWORK, CERTIFICATE, CONFIGURATION -> false;
        };
        return sameKind && Duration.between(change.at(), entry.at()).abs().compareTo(SAME_EVENT) <= 0;
    }

    private String source(Diagnosis.TimelineEntry entry) {
        Optional<String> ofEvidence = entry.evidence()
                .flatMap(id -> diagnosis.causes().findings().stream()
                        .flatMap(finding -> finding.evidence().stream())
                        .filter(evidence -> evidence.id().equals(id))
                        .map(Evidence::source)
                        .findFirst());
        return ofEvidence.orElseGet(() -> switch (entry.kind()) {
            case "deployment" -> Input.SERVICES.id();
            case "task" -> Input.TASKS.id();
            case "ejection" -> Input.CALLER_LOGS.id();
            default -> countedFrom();
        });
    }

    private Optional<Change> trigger() {
        return diagnosis.background().changes().stream()
                .filter(change -> change.rank().equals(Optional.of(1)))
                .findFirst();
    }

    private List<Statement> contributing() {
        List<Statement> statements = new ArrayList<>();
        for (Finding finding : diagnosis.causes().findings()) {
            if (!finding.cause().blindSpot()) {
                statements.add(statement(finding));
            }
        }
        diagnosis.background().changes().stream()
                .filter(change -> change.rank().filter(rank -> rank > 1).isPresent())
                .sorted(Comparator.comparing(change -> change.rank().orElseThrow()))
                .forEach(change -> statements.add(new Statement(
                        change.text()
                                + change.mechanism().map(how -> ": " + how).orElse(""),
                        List.of(change.id()))));
        diagnosis
                .background()
                .ladder()
                .forEach(rung -> rung.flagged()
                        .ifPresent(why -> statements.add(new Statement(
                                rung.name() + ": " + why, rung.source().stream().toList()))));
        return statements;
    }

    private static Statement statement(Finding finding) {
        return new Statement(
                finding.cause().code() + " " + finding.cause().title() + " ("
                        + finding.assessment().verdict().id() + "): " + finding.summary(),
                supporting(finding));
    }

    private static List<String> supporting(Finding finding) {
        return finding.evidence().stream()
                .filter(evidence -> evidence.supports() == Evidence.Supports.FOR)
                .map(Evidence::id)
                .toList();
    }

    private List<Statement> mitigators() {
        List<Statement> statements = new ArrayList<>();
        for (Background.Control control : diagnosis.background().controls()) {
            if (control.verdict().equals("spared")) {
                statements.add(new Statement(
                        control.kind().replace('_', ' ') + " " + control.name() + ": " + control.text(),
                        List.of(control.source())));
            }
        }
        Optional<Instant> until = span.flatMap(Span::until);
        if (until.isPresent()) {
            Instant from = span.get().from();
            for (Change change : diagnosis.background().changes()) {
                if (change.at().isAfter(from) && !change.at().isAfter(until.get())) {
                    long seconds = Duration.between(change.at(), until.get()).toSeconds();
                    statements.add(new Statement(
                            "before the failures were over, by " + Words.count(seconds, "second") + ": "
                                    + change.text(),
                            List.of(change.id())));
                }
            }
        }
        return statements;
    }

    /** From what callers saw, cause by cause, to the change, and to what no evidence tells. */
    private List<Step> chain(List<Fact> timeline) {
        List<Step> chain = new ArrayList<>();
        chain.add(new Step("What did callers see?", seen(timeline)));
        List<Finding> causes = causes();
        for (Finding finding : causes) {
            chain.add(new Step("Why?", Optional.of(statement(finding))));
        }
        if (causes.isEmpty()) {
            chain.add(new Step("Why?", Optional.empty()));
        }
        chain.add(new Step(
                "What set it off?",
                trigger()
                        .map(change -> new Statement(
                                change.text()
                                        + change.mechanism()
                                                .map(how -> ": " + how)
                                                .orElse(""),
                                List.of(change.id())))));
        chain.add(new Step("Why was that done, and why did nothing stop it?", Optional.empty()));
        return chain;
    }

    private Optional<Statement> seen(List<Fact> timeline) {
        return diagnosis.traffic().filter(traffic -> traffic.failed() > 0).map(traffic -> {
            Optional<TrafficReport.ConditionCount> most = traffic.conditions().stream()
                    .filter(count -> count.condition().failure())
                    .findFirst();
            String text = Words.of(traffic.failed(), traffic.requests(), "call") + " failed"
                    + most.map(count -> ", most often " + count.condition().id() + " ("
                                    + Words.number(count.count()) + ")"
                                    + count.hop()
                                            .map(Hop::id)
                                            .map(hop -> " made at " + hop)
                                            .orElse(""))
                            .orElse("");
            List<String> ids = most.map(TrafficReport.ConditionCount::condition).stream()
                    .flatMap(condition -> firstOf(condition, timeline).stream())
                    .toList();
            return new Statement(text, ids.isEmpty() ? List.of(countedFrom()) : ids);
        });
    }

    private static Optional<String> firstOf(Condition condition, List<Fact> timeline) {
        return timeline.stream()
                .filter(fact ->
                        fact.kind().equals("traffic") && fact.text().startsWith("first " + condition.id() + " "))
                .map(Fact::id)
                .findFirst();
    }

    /** Findings from the one nearest to what was seen to the first cause. */
    private List<Finding> causes() {
        List<Finding> findings = diagnosis.causes().findings().stream()
                .filter(finding -> !finding.cause().blindSpot())
                .toList();
        Optional<Finding> next = findings.stream().max(Comparator.comparingLong(Finding::explained));
        List<Finding> causes = new ArrayList<>();
        Set<RootCause> seen = new HashSet<>();
        while (next.isPresent() && seen.add(next.get().cause())) {
            causes.add(next.get());
            Optional<RootCause> because = next.get().causedBy();
            next = findings.stream()
                    .filter(finding -> because.equals(Optional.of(finding.cause())))
                    .findFirst();
        }
        return causes;
    }

    private static boolean concernsEdge(AlarmState alarm, Edge edge, AlarmPlan plan) {
        Set<String> names = new HashSet<>(Set.of(edge.caller(), edge.callee()));
        plan.alarms()
                .forEach(proposed -> names.addAll(proposed.metric().dimensions().values()));
        edge.cluster().ifPresent(names::remove);
        edge.calleeCluster().ifPresent(names::remove);
        boolean named = alarm.dimensions().entrySet().stream()
                .anyMatch(
                        dimension -> !dimension.getKey().equals("ClusterName") && names.contains(dimension.getValue()));
        String cluster = alarm.dimensions().getOrDefault("ClusterName", "");
        boolean here = cluster.isEmpty()
                || edge.cluster().isEmpty()
                || edge.cluster().get().equals(cluster)
                || edge.calleeCluster().filter(cluster::equals).isPresent();
        return named && here || plan.alarms().stream().anyMatch(proposed -> looksAt(alarm, proposed));
    }

    /** Whether an alarm looks at the metric that a proposed one would look at. */
    static boolean looksAt(AlarmState alarm, AlarmPlan.Alarm proposed) {
        return alarm.namespace().equals(proposed.metric().namespace())
                && alarm.metric().equals(proposed.metric().name())
                && alarm.dimensions().equals(proposed.metric().dimensions());
    }

    private List<Firing> fired() {
        if (alarms.isEmpty() || span.isEmpty()) {
            return List.of();
        }
        Instant from = span.get().from().minus(BEFORE_ONSET);
        Instant to = diagnosis.window().to().plus(AFTER_WINDOW);
        List<Firing> fired = new ArrayList<>();
        for (AlarmState alarm : alarms.get()) {
            alarm.fired(from)
                    .filter(at -> at.isBefore(to))
                    .ifPresent(at -> fired.add(new Firing(
                            alarm.name(),
                            id(at, "alarm", alarm.name()),
                            at,
                            alarm.recovered(at),
                            alarm.state().equals("ALARM") ? alarm.reason() : "")));
        }
        fired.sort(Comparator.comparing(Firing::at).thenComparing(Firing::alarm));
        return fired;
    }

    private Detection detection(List<Firing> fired) {
        List<String> quiet = alarms.orElse(List.of()).stream()
                .map(AlarmState::name)
                .filter(name -> fired.stream().noneMatch(one -> one.alarm().equals(name)))
                .toList();
        List<Proposal> proposals = plan.alarms().stream()
                .map(alarm -> new Proposal(
                        alarm,
                        plan.filter(alarm.kind()),
                        alarms.map(all -> all.stream().anyMatch(one -> looksAt(one, alarm))),
                        AlarmReplay.of(alarm, snapshot)))
                .toList();
        return new Detection(alarms.isPresent(), fired, quiet, proposals, plan.notes());
    }

    private List<Action> actions(Detection detection) {
        List<Action> actions = new ArrayList<>();
        for (Finding finding : diagnosis.causes().findings()) {
            boolean first = finding.causedBy().isEmpty()
                    && finding.assessment().severity().atLeast(Severity.WARNING)
                    && !finding.fix().isEmpty();
            if (first) {
                Finding.Fix fix = finding.fix().get(0);
                List<String> more = new ArrayList<>();
                more.add("Risk: " + fix.risk());
                finding.fix().stream().skip(1).forEach(other -> more.add(other.step() + " Risk: " + other.risk()));
                actions.add(new Action(
                        "cause:" + finding.cause().code(),
                        finding.cause().blindSpot() ? Action.Type.DETECT : Action.Type.PREVENT,
                        fix.step(),
                        more,
                        supporting(finding)));
            }
        }
        for (Proposal proposal : detection.wanted()) {
            actions.add(new Action(
                    "alarm:" + proposal.alarm().kind().id(),
                    Action.Type.DETECT,
                    "Create the alarm " + proposal.alarm().name() + ".",
                    List.of(proposal.alarm().why()),
                    List.of()));
        }
        actions.add(new Action(
                EDGE_HEALTHY,
                Action.Type.MITIGATE,
                "See that the edge is healthy: everything required is read and nothing is found.",
                List.of(),
                List.of()));
        options.objective()
                .ifPresent(objective -> actions.add(new Action(
                        "slo:" + objective.toPlainString(),
                        Action.Type.MITIGATE,
                        "See that at least " + objective.toPlainString() + " % of the calls succeed.",
                        List.of(),
                        List.of())));
        return actions;
    }

    /** {@code T-1f3a9c}: the same for the same fact, whatever other facts there are. */
    private static String id(Instant at, String kind, String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((at + "\n" + kind + "\n" + text).getBytes(StandardCharsets.UTF_8));
            return "T-" + HexFormat.of().formatHex(digest, 0, 3);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
