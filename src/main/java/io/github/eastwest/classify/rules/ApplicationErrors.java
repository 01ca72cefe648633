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
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Traffic;
import io.github.eastwest.model.metric.MetricSeries;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * EW506: the callee's application itself answers with 5xx or a gRPC error: both proxies' lines carry a service time, and the
 * body is no local reply of Envoy's. On all tasks alike; a single task is EW507, a new revision EW505.
 */
final class ApplicationErrors implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.APPLICATION_ERRORS;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.TASKS, Input.METRICS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    /** gRPC codes by which an application answers about the request itself; the others tell of its own trouble. */
    private static final Set<String> BUSINESS = Set.of(
            "Canceled",
            "InvalidArgument",
            "NotFound",
            "AlreadyExists",
            "PermissionDenied",
            "FailedPrecondition",
            "Aborted",
            "OutOfRange",
            "Unauthenticated");

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return fromMetrics(facts);
        }
        TrafficView view = traffic.get();
        BitSet errors =
                view.where(o -> o.condition() == Condition.APPLICATION_5XX || o.condition() == Condition.GRPC_ERROR);
        Set<String> paths = new TreeSet<>();
        view.at(errors).forEach(o -> paths.add(o.path()));
        // Answers that are not HTTP, but only on some paths of tasks that answer the others: malformed by the
        // application.
        BitSet malformed = view.in(Condition.UPSTREAM_PROTOCOL_ERROR);
        Set<String> answering = new TreeSet<>();
        view.successes().forEach(o -> answering.add(o.host()));
        malformed.stream()
                .filter(i -> answering.contains(view.failures().get(i).host()))
                .forEach(errors::set);
        if (errors.isEmpty()) {
            return Examination.excluded("no call was answered with an error by the application");
        }
        withoutOneGroup(facts, view, errors).ifPresent(rest -> {
            errors.clear();
            errors.or(rest);
        });
        Phases phases = new Phases(view, facts.thresholds());
        BitSet spread = (BitSet) errors.clone();
        spread.andNot(phases.starting());
        spread.andNot(phases.stopping());
        Optional<Concentration> host =
                Concentration.of(view.byHost(spread), facts.thresholds().spread());
        Optional<Concentration> path =
                Concentration.of(view.byPath(spread), facts.thresholds().spread());
        Draft draft = Draft.of(cause())
                .explains(errors)
                .summary(facts.edge().label() + ": the callee's application answered "
                        + facts.ofCalls(errors.cardinality()) + " with an error"
                        + (path.isPresent() ? ", on " + path.get().name() + " alone" : ""))
                .evidence(
                        Weight.MEDIUM,
                        view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                        facts.ofCalls(errors.cardinality()) + " carry an answer of the application: "
                                + statuses(view, errors),
                        Words.count(errors.cardinality(), "call"),
                        "");
        boolean both = view.at(errors).stream()
                .anyMatch(o -> o.calleeLine() != null && o.calleeLine().hasServiceTime());
        if (both) {
            draft.evidence(
                    Weight.STRONG,
                    Input.CALLEE_LOGS,
                    "the callee's proxies have the same status with a service time: their application wrote it, no proxy did");
        }
        if (host.isPresent()) {
            draft.against(
                    Weight.DECISIVE,
                    Input.CALLER_LOGS,
                    "one task, " + host.get().name() + ", made "
                            + Words.of(host.get().inside().seen(), spread.cardinality(), "error")
                            + "; the others are well");
        } else if (view.byHost(spread).values().stream()
                        .filter(t -> t.failed() > 0)
                        .count()
                >= 2) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "the errors are spread over "
                            + Words.count(
                                    view.byHost(spread).values().stream()
                                            .filter(t -> t.failed() > 0)
                                            .count(),
                                    "task"));
        }
        if (path.isPresent()) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    path.get().name() + " fails "
                            + Words.of(
                                    path.get().inside().failed(),
                                    path.get().inside().total(),
                                    "call") + ", the other paths "
                            + Words.of(
                                    path.get().outside().failed(),
                                    path.get().outside().total(),
                                    "call"));
        }
        Optional<Concentration> revision =
                Concentration.of(view.byRevision(spread), facts.thresholds().spread());
        if (revision.isPresent()) {
            draft.against(
                    Weight.STRONG,
                    Input.TASKS,
                    "tasks of " + revision.get().name() + " made "
                            + Words.of(revision.get().inside().seen(), spread.cardinality(), "error")
                            + "; the other revision is well");
        }
        // A few are everyday answers; an edge on which they are many is broken for its users, whatever the code says.
        boolean business = errors.cardinality() <= facts.thresholds().spread().well() * view.requests()
                && view.at(errors).stream().allMatch(o -> {
                    String grpc = o.call().line().response().grpcStatus();
                    return grpc != null && BUSINESS.contains(grpc);
                });
        if (business) {
            draft.noise()
                    .against(
                            Weight.WEAK,
                            view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                            "all of them are answers about the request, as a 4xx is in HTTP");
        }
        dependency(facts, view, draft);
        Saturation load = new Saturation(facts, view);
        boolean shedding = view.at(errors).stream()
                .allMatch(o -> o.call().line().response().status() == 503
                        || "ResourceExhausted".equals(o.call().line().response().grpcStatus()));
        if (shedding && (load.cpuBusy() || load.loadGrowth() >= 1.5)) {
            draft.against(
                    Weight.STRONG,
                    Input.METRICS,
                    "all of them are 503 while load or CPU is high: the application sheds what it cannot serve");
        }
        // Of so few no sample is free, however small it is.
        double floor = Math.max(
                facts.thresholds().traffic().noiseCount(),
                facts.thresholds().traffic().applicationNoiseShare() * view.requests());
        if (errors.cardinality() <= floor
                && !isDense(facts, view, errors)
                && host.isEmpty()
                && (path.isEmpty()
                        || errors.cardinality() <= facts.thresholds().spread().minimumFailures())) {
            draft.noise();
        }
        return Examination.of(
                confirms(facts, draft),
                host.isPresent()
                        ? "the errors are those of one task, " + host.get().name()
                        : revision.isPresent()
                                ? "the errors are those of one revision, "
                                        + revision.get().name()
                                : "too few errors of the application to call them its fault");
    }

    /**
     * The errors outside of the task or revision that holds most of them, if they are too many to be everyday ones: that
     * group has a fault of its own, and these another.
     */
    private static Optional<BitSet> withoutOneGroup(Facts facts, TrafficView view, BitSet errors) {
        for (Function<Observed, String> group : List.<Function<Observed, String>>of(
                Observed::host, o -> o.revision().orElse(""))) {
            Optional<Concentration> one =
                    Concentration.of(view.by(group, errors), facts.thresholds().spread());
            if (one.isPresent()) {
                BitSet rest = view.where(o -> !group.apply(o).equals(one.get().name()));
                rest.and(errors);
                double floor = Math.max(
                        facts.thresholds().spread().minimumFailures(),
                        facts.thresholds().traffic().applicationNoiseShare()
                                * one.get().outside().total());
                return rest.cardinality() > floor ? Optional.of(rest) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static boolean isDense(Facts facts, TrafficView view, BitSet errors) {
        return errors.cardinality() >= facts.thresholds().spread().minimumFailures()
                && view.densestShare(errors) >= facts.thresholds().traffic().denseShare();
    }

    private static String statuses(TrafficView view, BitSet errors) {
        Map<String, Long> counts = new TreeMap<>();
        view.at(errors).forEach(o -> {
            AccessLogEntry.Response response = o.call().line().response();
            String status = response.grpcStatus() == null
                    ? Integer.toString(response.status())
                    : "grpc " + response.grpcStatus();
            counts.merge(status, 1L, Long::sum);
        });
        StringJoiner joiner = new StringJoiner(", ");
        counts.forEach((status, count) -> joiner.add(Words.number(count) + " times " + status));
        return joiner.toString();
    }

    /** Calls of the callee to its own dependencies that fail at the same time. */
    private static void dependency(Facts facts, TrafficView view, Draft draft) {
        List<AccessLogEntry> outbound = view.traffic().surroundings().calleeOutbound();
        long failed = outbound.stream()
                .filter(l -> l.response().status() == 0 || l.response().status() >= 500)
                .count();
        if (failed >= facts.thresholds().spread().minimumFailures()) {
            Traffic.Step step = view.traffic().surroundings().calleeStep();
            long all = outbound.stream().mapToLong(step::of).sum();
            draft.evidence(
                    Weight.WEAK,
                    Input.CALLEE_LOGS,
                    "the callee's own calls to its dependencies fail as well: "
                            + Words.of(failed * step.failed(), all, "call")
                            + "; look one level deeper");
        }
    }

    private Examination fromMetrics(Facts facts) {
        Optional<MetricSeries> errors = facts.seenByCaller("HTTPCode_Target_5XX_Count", "Sum");
        if (errors.isEmpty() || errors.get().sum() == 0) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        long count = Math.round(errors.get().sum());
        return Examination.of(
                confirms(
                        facts,
                        Draft.of(cause())
                                .summary(
                                        facts.edge().label() + ": CloudWatch counts " + Words.count(count, "answer")
                                                + " with 5xx towards this caller; without access logs their origin is not known")
                                .evidence(
                                        Weight.MEDIUM,
                                        Input.METRICS,
                                        "HTTPCode_Target_5XX_Count, which counts answers of the application, is "
                                                + Words.number(count) + " for this caller in the window",
                                        Words.number(count),
                                        "0")),
                "the metric counts no 5xx");
    }

    private static Draft confirms(Facts facts, Draft draft) {
        return draft.confirm(
                        LogCommands.query(
                                facts,
                                Side.CALLEE,
                                "filter response_code >= 500 and ispresent(upstream_service_time) and upstream_host like /^127/ | stats count(*) by path, response_code, @logStream"),
                        "the callee's own streams show 5xx with a service time, on all tasks",
                        "they show none (a proxy wrote the errors), or one task only")
                .fix(
                        "Read the application's log at those times (join by X-Request-Id) and correct the error; roll back if it began with a deployment.",
                        "None.");
    }
}
