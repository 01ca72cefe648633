package io.github.eastwest.classify;

import io.github.eastwest.classify.background.Backgrounds;
import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.metric.Metrics;
import io.github.eastwest.model.report.ConfirmStep;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Diagnosis.Causes;
import io.github.eastwest.model.report.Diagnosis.Outcome;
import io.github.eastwest.model.report.Diagnosis.TimelineEntry;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.model.report.TrafficReport.Bucket;
import io.github.eastwest.model.report.TrafficReport.ConditionCount;
import io.github.eastwest.model.report.TrafficReport.Example;
import io.github.eastwest.model.report.TrafficReport.HostCount;
import io.github.eastwest.model.report.TrafficReport.Latency;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts the answer together: outcome, traffic, timeline, and what is missing. */
final class Reporter {
    /**
     * What must have been read, wholly, before an edge can be called healthy: both sides' access logs, the metrics, and
     * what ECS says of services and tasks.
     */
    static final List<Input> REQUIRED =
            List.of(Input.SERVICES, Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS, Input.METRICS);

    /** Enough buckets for a chart, few enough for a table. */
    private static final int MAX_BUCKETS = 120;

    private static final int[] BUCKET_SECONDS = {1, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400};
    private static final int EXAMPLES = 5;
    private static final int MAX_TIMELINE = 200;

    private final Snapshot snapshot;
    private final Facts facts;
    private final Causes causes;
    private final Map<RootCause, BitSet> explained;
    private final BitSet unattributed;
    private final List<ConfirmStep> transcript;

    /**
     * @param explained the failures that each finding explains, in order of rank
     * @param transcript answers of the confirm steps
     */
    Reporter(
            Snapshot snapshot,
            Facts facts,
            Causes causes,
            Map<RootCause, BitSet> explained,
            List<ConfirmStep> transcript) {
        this.snapshot = snapshot;
        this.facts = facts;
        this.causes = causes;
        this.explained = explained;
        this.transcript = transcript;
        this.unattributed = new BitSet();
        facts.traffic().ifPresent(t -> unattributed.set(0, t.failures().size()));
        explained.values().forEach(unattributed::andNot);
    }

    Diagnosis diagnosis() {
        List<String> gaps = gaps();
        boolean found = causes.findings().stream()
                .anyMatch(
                        f -> !f.cause().blindSpot() && f.assessment().severity().atLeast(Severity.WARNING));
        Outcome outcome = found ? Outcome.FINDINGS : gaps.isEmpty() ? Outcome.HEALTHY : Outcome.INCONCLUSIVE;
        return new Diagnosis(
                outcome,
                snapshot.edge(),
                snapshot.window(),
                facts.traffic().map(this::traffic),
                causes,
                snapshot.coverage(),
                timeline(),
                gaps,
                Backgrounds.of(facts, causes.findings()),
                Gauges.of(facts),
                transcript);
    }

    private List<String> gaps() {
        List<String> gaps = new ArrayList<>();
        for (Input input : REQUIRED) {
            Coverage.State state = snapshot.coverage().state(input);
            if (state != Coverage.State.COMPLETE) {
                String detail = snapshot.coverage()
                        .entry(input)
                        .map(Coverage.Entry::detail)
                        .filter(d -> !d.isEmpty())
                        .map(d -> " (" + d + ")")
                        .orElse("");
                gaps.add(input.id() + ": " + state.id().replace('_', ' ') + detail);
            }
        }
        if (snapshot.coverage().isRead(Input.CALLER_LOGS) && accessLines(io.github.eastwest.model.Side.CALLER) == 0) {
            gaps.add("the caller's proxy streams hold no access line");
        }
        if (snapshot.coverage().isRead(Input.CALLEE_LOGS) && accessLines(io.github.eastwest.model.Side.CALLEE) == 0) {
            gaps.add("the callee's proxy streams hold no access line");
        }
        if (snapshot.coverage().isRead(Input.METRICS) && !metricsReachWindow()) {
            gaps.add("no metric of the edge has data in the window");
        }
        boolean linesRead = accessLines(io.github.eastwest.model.Side.CALLER) > 0
                || accessLines(io.github.eastwest.model.Side.CALLEE) > 0;
        if (linesRead && facts.traffic().isEmpty()) {
            gaps.add("no access line that was read lies in the window");
        }
        facts.traffic().ifPresent(t -> {
            if (t.requests() < facts.thresholds().traffic().minimumRequests()) {
                gaps.add("only " + Words.count(t.requests(), "call") + " in the window; at least "
                        + facts.thresholds().traffic().minimumRequests() + " are needed to call an edge healthy");
            }
            boolean layerFour = t.requests() > 0
                    && !t.successes().isEmpty()
                    && t.successes().stream().allMatch(o -> o.call().line().isTcp());
            if (layerFour && !snapshot.coverage().isRead(Input.TASK_DEFINITIONS)) {
                gaps.add(
                        "the proxies see connections, not answers (TCP lines), and the port's appProtocol was not read");
            }
            if (!unattributed.isEmpty()) {
                gaps.add(Words.of(unattributed.cardinality(), t.failures().size(), "failed call") + " fit no cause");
            }
        });
        String undecided = undecided();
        if (!undecided.isEmpty()) {
            gaps.add("of some calls only the number is known, which leaves undecided: " + undecided);
        }
        // These blind spots do not show as a source that was not read.
        causes.findings().stream()
                .filter(f -> f.cause() == RootCause.LOG_LOSS || f.cause() == RootCause.METRICS_ABSENT)
                .filter(f -> f.assessment().severity().atLeast(Severity.WARNING))
                .forEach(f -> gaps.add(f.cause().code() + ": "
                        + f.cause().title().substring(0, 1).toLowerCase(Locale.ROOT)
                        + f.cause().title().substring(1)));
        causes.faults().forEach(f -> gaps.add("a rule failed: " + f));
        return gaps;
    }

    /** Codes of the causes that more of the lines would decide. */
    private String undecided() {
        List<String> logs = Stream.of(Input.CALLER_LOGS, Input.CALLEE_LOGS)
                .filter(snapshot.coverage()::isRead)
                .map(Input::id)
                .toList();
        return facts.traffic().filter(t -> t.traffic().isSampled()).stream()
                .flatMap(t -> causes.undetermined().stream())
                .filter(u -> !u.missing().isEmpty() && logs.containsAll(u.missing()))
                .map(u -> u.cause().code())
                .collect(Collectors.joining(", "));
    }

    /** Whether any value read was measured, at least in part, inside the window. */
    private boolean metricsReachWindow() {
        return snapshot.metrics().series().stream()
                .anyMatch(series -> series.points().stream()
                        .anyMatch(point -> point.at().isBefore(snapshot.window().to())
                                && point.at()
                                        .plusSeconds(series.periodSeconds())
                                        .isAfter(snapshot.window().from())));
    }

    private long accessLines(io.github.eastwest.model.Side side) {
        return snapshot.logs().streams().stream()
                .filter(s -> s.side() == side)
                .mapToLong(s -> s.counts().access())
                .sum();
    }

    private TrafficReport traffic(TrafficView view) {
        long notExplained = Math.min(
                view.traffic().failed(),
                unattributed.stream()
                                .filter(i -> view.failures().get(i).call().countsAsFailed())
                                .count()
                        * view.traffic().failureStep());
        TrafficReport.Series series = series(view);
        Breakdowns.Buckets buckets = new Breakdowns.Buckets(
                snapshot.window().from().toEpochMilli(),
                series.bucketSeconds() * 1000L,
                series.buckets().size());
        return new TrafficReport(
                view.requests(),
                view.traffic().failed(),
                notExplained,
                conditions(view),
                latency(view.successes()),
                series,
                hosts(view),
                examples(view),
                new Breakdowns(view, buckets)
                        .breakdown(explained, notExplained, accessLines(io.github.eastwest.model.Side.CALLEE) > 0));
    }

    private static final class ConditionTally {
        private long count;
        private final EnumSet<Basis> bases = EnumSet.noneOf(Basis.class);
        private final EnumMap<Hop, Long> hops = new EnumMap<>(Hop.class);

        void add(Observed call, long weight) {
            count += weight;
            bases.add(call.call().attribution().basis());
            hops.merge(call.hop(), weight, Long::sum);
        }

        ConditionCount report(Condition condition) {
            Optional<Hop> hop = condition.failure()
                    ? hops.entrySet().stream()
                            .max(Map.Entry.<Hop, Long>comparingByValue()
                                    .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                            .map(Map.Entry::getKey)
                    : Optional.empty();
            return new ConditionCount(
                    condition, count, bases.size() == 1 ? bases.iterator().next() : Basis.MIXED, hop);
        }
    }

    private static List<ConditionCount> conditions(TrafficView view) {
        EnumMap<Condition, ConditionTally> tallies = new EnumMap<>(Condition.class);
        for (Observed failure : view.failures()) {
            tallies.computeIfAbsent(failure.condition(), c -> new ConditionTally())
                    .add(failure, view.traffic().failureStep());
        }
        for (Observed success : view.successes()) {
            tallies.computeIfAbsent(success.condition(), c -> new ConditionTally())
                    .add(success, view.traffic().successStep());
        }
        // A sample's counts are multiples of its step: the largest answered group takes up what is left of the total.
        // Where
        // answered calls are known by their number only, nobody knows which they were.
        boolean allFailed = view.traffic().failed() == view.requests();
        long rest = view.requests()
                - tallies.values().stream().mapToLong(t -> t.count).sum();
        if (rest != 0) {
            tallies.entrySet().stream()
                    .filter(e -> (allFailed || !e.getKey().failure()) && e.getValue().count + rest > 0)
                    .max(Comparator.<Map.Entry<Condition, ConditionTally>, Boolean>comparing(
                                    e -> !e.getKey().failure())
                            .thenComparing(e -> e.getValue().count))
                    .ifPresent(e -> e.getValue().count += rest);
        }
        return tallies.entrySet().stream()
                .map(e -> e.getValue().report(e.getKey()))
                .sorted(Comparator.comparingLong((ConditionCount c) -> -c.count())
                        .thenComparing(ConditionCount::condition))
                .toList();
    }

    private static Latency latency(List<Observed> answered) {
        long[] sorted = answered.stream().mapToLong(Observed::duration).sorted().toArray();
        if (sorted.length == 0) {
            return Latency.NONE;
        }
        return new Latency(
                TrafficView.quantile(sorted, 0.5),
                TrafficView.quantile(sorted, 0.9),
                TrafficView.quantile(sorted, 0.99),
                TrafficView.quantile(sorted, 1));
    }

    private TrafficReport.Series series(TrafficView view) {
        long from = snapshot.window().from().toEpochMilli();
        long seconds = Math.max(1, snapshot.window().length().toSeconds());
        int bucket = BUCKET_SECONDS[BUCKET_SECONDS.length - 1];
        for (int candidate : BUCKET_SECONDS) {
            if (seconds / candidate <= MAX_BUCKETS) {
                bucket = candidate;
                break;
            }
        }
        int buckets = (int) Math.min(10_000, (seconds + bucket - 1) / bucket);
        List<Map<Condition, Long>> counts = new ArrayList<>();
        List<List<Observed>> answered = new ArrayList<>();
        for (int i = 0; i < buckets; i++) {
            counts.add(new EnumMap<>(Condition.class));
            answered.add(new ArrayList<>());
        }
        for (Observed failure : view.failures()) {
            int i = index(failure, from, bucket, buckets);
            counts.get(i).merge(failure.condition(), (long) view.traffic().failureStep(), Long::sum);
        }
        for (Observed success : view.successes()) {
            int i = index(success, from, bucket, buckets);
            counts.get(i).merge(success.condition(), (long) view.traffic().successStep(), Long::sum);
            answered.get(i).add(success);
        }
        List<Bucket> series = new ArrayList<>();
        for (int i = 0; i < buckets; i++) {
            Instant at = snapshot.window().from().plusSeconds((long) i * bucket);
            series.add(new Bucket(at, counts.get(i), latency(answered.get(i))));
        }
        return new TrafficReport.Series(bucket, series);
    }

    private static int index(Observed call, long from, int bucketSeconds, int buckets) {
        long i = (call.start() - from) / (bucketSeconds * 1000L);
        return (int) Math.max(0, Math.min(buckets - 1, i));
    }

    private static List<HostCount> hosts(TrafficView view) {
        BitSet all = new BitSet();
        all.set(0, view.failures().size());
        Map<String, Optional<Task>> tasks = new TreeMap<>();
        view.failures().forEach(o -> tasks.putIfAbsent(o.host(), o.task()));
        view.successes().forEach(o -> tasks.putIfAbsent(o.host(), o.task()));
        List<HostCount> hosts = new ArrayList<>();
        view.byHost(all).forEach((host, tally) -> {
            Optional<Task> task = tasks.getOrDefault(host, Optional.empty());
            hosts.add(new HostCount(
                    host,
                    task.map(Task::id),
                    task.flatMap(t -> t.placement().availabilityZone()),
                    task.map(Task::taskDefinition),
                    tally.total(),
                    tally.failed()));
        });
        return hosts;
    }

    private List<Example> examples(TrafficView view) {
        List<Example> examples = new ArrayList<>();
        unattributed.stream()
                .limit(EXAMPLES)
                .forEach(i -> examples.add(example(view.failures().get(i))));
        Map<Condition, Observed> firsts = new LinkedHashMap<>();
        BitSet primary = view.primary();
        primary.stream().mapToObj(view.failures()::get).forEach(o -> firsts.putIfAbsent(o.condition(), o));
        view.failures().forEach(o -> firsts.putIfAbsent(o.condition(), o));
        firsts.values().forEach(o -> examples.add(example(o)));
        return examples.stream().distinct().toList();
    }

    private static Example example(Observed observed) {
        AccessLogEntry line = observed.call().line();
        String text = Breakdowns.text(line, observed.call().callee().isEmpty() ? "" : ", seen by the callee's proxy");
        return new Example(observed.condition(), line.ref().stream(), line.ref().line(), text);
    }

    private List<TimelineEntry> timeline() {
        List<TimelineEntry> entries = new ArrayList<>();
        facts.traffic().ifPresent(view -> traffic(view, entries));
        snapshot.callee().ifPresent(s -> deployments(s, entries));
        snapshot.caller().ifPresent(s -> deployments(s, entries));
        tasks(snapshot.edge().callee(), entries);
        tasks(snapshot.edge().caller(), entries);
        for (Metrics.Alarm alarm : snapshot.metrics().alarms()) {
            alarm.since()
                    .ifPresent(
                            at -> add(entries, at.toEpochMilli(), "alarm", alarm.name() + " went to " + alarm.state()));
        }
        entries.sort(Comparator.comparing(TimelineEntry::at)
                .thenComparing(TimelineEntry::kind)
                .thenComparing(TimelineEntry::text));
        return entries.size() <= MAX_TIMELINE ? entries : entries.subList(0, MAX_TIMELINE);
    }

    private void traffic(TrafficView view, List<TimelineEntry> entries) {
        EnumMap<Condition, BitSet> byCondition = new EnumMap<>(Condition.class);
        for (int i = 0; i < view.failures().size(); i++) {
            byCondition
                    .computeIfAbsent(view.failures().get(i).condition(), c -> new BitSet())
                    .set(i);
        }
        byCondition.forEach((condition, indexes) -> {
            view.first(indexes)
                    .ifPresent(at -> add(
                            entries,
                            at,
                            "traffic",
                            "first " + condition.id() + " of " + Words.number(indexes.cardinality())));
            if (indexes.cardinality() > 1) {
                view.last(indexes).ifPresent(at -> add(entries, at, "traffic", "last " + condition.id() + " ended"));
            }
        });
        Map<String, Long> ejected = new TreeMap<>();
        for (OutlierEvent event : view.ejections()) {
            if (ejected.merge(event.host(), 1L, Long::sum) == 1) {
                add(entries, event.atMillis(), "ejection", event.host() + " ejected (" + event.type() + ")");
            }
        }
    }

    private void deployments(Service service, List<TimelineEntry> entries) {
        for (Deployment deployment : service.deployments()) {
            deployment
                    .createdAt()
                    .ifPresent(at -> add(
                            entries,
                            at.toEpochMilli(),
                            "deployment",
                            service.name() + " deployment of " + deployment.taskDefinition() + " begins"));
        }
    }

    private void tasks(String service, List<TimelineEntry> entries) {
        for (Task task : snapshot.tasksOf(service)) {
            String name = service + " task " + shortId(task) + " (" + task.taskDefinition() + ")";
            task.lifecycle().startedAt().ifPresent(at -> add(entries, at.toEpochMilli(), "task", name + " started"));
            task.lifecycle()
                    .stoppingAt()
                    .ifPresent(at -> add(
                            entries,
                            at.toEpochMilli(),
                            "task",
                            name + " stopping"
                                    + (task.state().stoppedReason().isEmpty()
                                            ? ""
                                            : ": " + task.state().stoppedReason())));
        }
    }

    private static String shortId(Task task) {
        return task.id().substring(0, Math.min(8, task.id().length()));
    }

    private void add(List<TimelineEntry> entries, long millis, String kind, String text) {
        if (snapshot.window().containsMillis(millis)) {
            entries.add(new TimelineEntry(Instant.ofEpochMilli(millis), kind, text, Optional.empty()));
        }
    }
}
