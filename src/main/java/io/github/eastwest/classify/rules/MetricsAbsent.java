package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.metric.Metrics;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * EW604: the proxies logged answered calls, and CloudWatch has no Service Connect metric of them. Without calls a series
 * does not exist, which is not zero; with them its absence blinds alarms and dashboards.
 *
 * <p>A port without {@code appProtocol} has connections and bytes only (EW403): there, no request is counted by design.
 * Calls that never reach the callee are not counted either.
 */
final class MetricsAbsent implements Rule {
    private static final Set<String> SEEN_BY_CALLER = Set.of(
            "HTTPCode_Target_2XX_Count",
            "HTTPCode_Target_3XX_Count",
            "HTTPCode_Target_4XX_Count",
            "HTTPCode_Target_5XX_Count",
            "RequestCountPerTarget",
            "TargetProcessedBytes",
            "TargetResponseTime");
    private static final Set<String> AT_CALLEE =
            Set.of("ActiveConnectionCount", "NewConnectionCount", "ProcessedBytes", "RequestCount", "GrpcRequestCount");

    @Override
    public RootCause cause() {
        return RootCause.METRICS_ABSENT;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.METRICS);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.TASKS, Input.LIST_METRICS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Set<String> names = new TreeSet<>(facts.discoveryNames());
        boolean callerSeen = facts.metrics().series().stream()
                .anyMatch(s -> isSeenByCaller(facts, names, s.name(), s.dimensions()) && reachesWindow(facts, s));
        boolean calleeSeen = facts.metrics().series().stream()
                .anyMatch(s -> isAtCallee(facts, s.name(), s.dimensions()) && reachesWindow(facts, s));
        if (callerSeen && calleeSeen) {
            return Examination.excluded("CloudWatch has Service Connect metrics of both sides in the window");
        }
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return callerSeen || calleeSeen
                    ? Examination.excluded("CloudWatch has Service Connect metrics of the edge in the window")
                    : Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        long answered = (long) view.successes().size() * view.traffic().successStep();
        int enough = facts.thresholds().traffic().minimumRequests();
        if (answered < enough) {
            return Examination.excluded(
                    view.requests() == 0
                            ? "nobody called, and without calls there is no series"
                            : "only " + Words.count(answered, "call")
                                    + " were answered; what never reaches the callee is not counted");
        }
        boolean callerCalls = view.callerCounts();
        boolean missingAtCaller = callerCalls && !callerSeen;
        if (!missingAtCaller && calleeSeen) {
            return Examination.excluded("CloudWatch has Service Connect metrics of the callee in the window");
        }
        List<Metrics.MetricId> listed = facts.has(Input.LIST_METRICS) ? facts.listedMetrics() : List.of();
        boolean callerListed = listed.stream().anyMatch(m -> isSeenByCaller(facts, names, m.name(), m.dimensions()));
        boolean calleeListed = listed.stream().anyMatch(m -> isAtCallee(facts, m.name(), m.dimensions()));
        boolean callerAsked =
                facts.metrics().series().stream().anyMatch(s -> isSeenByCaller(facts, names, s.name(), s.dimensions()));
        boolean calleeAsked =
                facts.metrics().series().stream().anyMatch(s -> isAtCallee(facts, s.name(), s.dimensions()));
        boolean callerKnown = callerAsked || facts.has(Input.LIST_METRICS) && !callerListed;
        boolean calleeKnown = calleeAsked || facts.has(Input.LIST_METRICS) && !calleeListed;
        boolean callerAbsent = missingAtCaller && callerKnown;
        boolean calleeAbsent = !calleeSeen && calleeKnown;
        if (!callerAbsent && !calleeAbsent) {
            // A series that nobody asked for is absent from the answer, whatever CloudWatch has.
            return facts.has(Input.LIST_METRICS)
                    ? Examination.unknown(Input.METRICS)
                    : Examination.unknown(Input.LIST_METRICS);
        }
        String whose =
                callerAbsent && calleeAbsent ? "of either service" : callerAbsent ? "of the caller" : "of the callee";
        Draft draft = Draft.of(cause())
                .at(callerAbsent ? Hop.CALLER_PROXY : Hop.CALLEE_PROXY)
                .summary(facts.edge().label() + ": the proxies answered " + Words.count(answered, "call")
                        + ", and CloudWatch has no Service Connect metric " + whose
                        + " in the window: no data is not zero")
                .evidence(
                        Weight.DECISIVE,
                        Input.METRICS,
                        "no Service Connect metric " + whose + " has data in the window, though "
                                + Words.count(answered, "call") + " were answered",
                        "no data",
                        Words.count(answered, "call"));
        if (facts.has(Input.LIST_METRICS) && (callerAbsent ? !callerListed : !calleeListed)) {
            draft.evidence(
                    Weight.STRONG,
                    Input.LIST_METRICS,
                    "ListMetrics, which knows the last two weeks, names none " + whose);
        }
        return Examination.of(confirms(facts, draft), "the metrics are there");
    }

    private static boolean isSeenByCaller(
            Facts facts, Set<String> names, String metric, java.util.Map<String, String> dimensions) {
        return SEEN_BY_CALLER.contains(metric)
                && facts.edge().caller().equals(dimensions.get("ServiceName"))
                && names.contains(dimensions.getOrDefault("TargetDiscoveryName", ""));
    }

    private static boolean isAtCallee(Facts facts, String metric, java.util.Map<String, String> dimensions) {
        return AT_CALLEE.contains(metric)
                && dimensions.containsKey("DiscoveryName")
                && facts.edge().callee().equals(dimensions.get("ServiceName"));
    }

    private static boolean reachesWindow(Facts facts, MetricSeries series) {
        return series.points().stream()
                .anyMatch(p -> p.at().isBefore(facts.window().to())
                        && p.at().plusSeconds(series.periodSeconds())
                                .isAfter(facts.window().from()));
    }

    private static Draft confirms(Facts facts, Draft draft) {
        String name = Words.shell(facts.discoveryNames().get(0));
        return draft.confirm(
                        "aws cloudwatch list-metrics --namespace AWS/ECS --dimensions Name=DiscoveryName,Value=" + name
                                + " --recently-active PT3H",
                        "the answer is empty although the proxies log calls",
                        "it names RequestCount and others: then they were not asked for, or in the wrong dimensions")
                .confirm(
                        "aws ecs describe-task-definition --task-definition "
                                + facts.calleePrimary()
                                        .map(d -> Words.shell(d.taskDefinition()))
                                        .orElse("FAMILY")
                                + " --query 'taskDefinition.containerDefinitions[].portMappings[]'",
                        "appProtocol is there, so requests should be counted",
                        "it is missing: without it only connections and bytes are counted")
                .fix(
                        "Look in the namespace AWS/ECS of the service's own account and Region, in the sets with ServiceName and ClusterName; target metrics are published in the caller's account only.",
                        "None.")
                .fix(
                        "If CloudWatch has nothing: on EC2 update the ECS agent and the AMI (its task needs ecs:StartTelemetrySession through the instance role); on Fargate redeploy, and open a case if it stays so. Alarms on these metrics must treat missing data as breaching.",
                        "A deployment replaces all tasks.");
    }
}
