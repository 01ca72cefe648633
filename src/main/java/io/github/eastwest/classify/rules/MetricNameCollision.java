package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.metric.Metrics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * EW605: another service of the account and Region has the callee's discovery name, in another cluster or namespace. The
 * metric sets that carry the name alone sum them all; only those with ServiceName and ClusterName tell them apart. Alarms
 * and dashboards on the sums show somebody else's traffic.
 */
final class MetricNameCollision implements Rule {
    private static final double TOLERANCE = 0.02;
    private static final double LEAST = 5;

    @Override
    public RootCause cause() {
        return RootCause.METRIC_NAME_COLLISION;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.LIST_METRICS);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.METRICS);
    }

    @Override
    public Examination examine(Facts facts) {
        Set<String> names = new TreeSet<>();
        facts.endpoints().forEach(e -> names.add(e.discoveryName()));
        if (names.isEmpty()) {
            return facts.callee().isEmpty()
                    ? Examination.unknown(Input.SERVICES)
                    : Examination.excluded("the callee offers no endpoint, so it has no discovery name");
        }
        Optional<String> cluster = facts.edge().calleeCluster().or(facts.edge()::cluster);
        Set<String> namesakes = new TreeSet<>();
        for (Metrics.MetricId metric : facts.listedMetrics()) {
            Map<String, String> dimensions = metric.dimensions();
            boolean named = names.contains(dimensions.getOrDefault("DiscoveryName", ""))
                    && dimensions.containsKey("ServiceName")
                    && dimensions.containsKey("ClusterName");
            boolean own = facts.edge().callee().equals(dimensions.get("ServiceName"))
                    && cluster.filter(c -> !c.equals(dimensions.get("ClusterName")))
                            .isEmpty();
            if (named && !own) {
                namesakes.add(dimensions.get("ServiceName") + " in " + dimensions.get("ClusterName"));
            }
        }
        if (namesakes.isEmpty()) {
            return Examination.excluded(
                    "no other service's metrics carry the discovery name " + String.join(", ", names));
        }
        Draft draft = Draft.of(cause())
                .summary(facts.edge().label() + ": metrics of the discovery name " + String.join(", ", names)
                        + " alone sum this callee and " + Words.count(namesakes.size(), "other service") + " ("
                        + String.join(", ", namesakes) + ")")
                .evidence(
                        Weight.STRONG,
                        Input.LIST_METRICS,
                        "ListMetrics has the discovery name with " + String.join(", ", namesakes) + " as well",
                        Words.count(1 + namesakes.size(), "service"),
                        "1 service");
        Optional<Double> own = sum(facts, names, true);
        Optional<Double> all = sum(facts, names, false);
        if (own.isPresent() && all.isPresent()) {
            if (all.get() - own.get() <= Math.max(LEAST, TOLERANCE * all.get())) {
                return Examination.excluded("others had the discovery name in the last two weeks ("
                        + String.join(", ", namesakes)
                        + "), but in this window the sums hold this callee's requests alone");
            }
            draft.evidence(
                    Weight.DECISIVE,
                    Input.METRICS,
                    "RequestCount of the name alone is " + Words.number(Math.round(all.get())) + ", of this callee "
                            + Words.number(Math.round(own.get())),
                    Words.number(Math.round(all.get())),
                    Words.number(Math.round(own.get())));
        }
        String name = Words.shell(names.iterator().next());
        return Examination.of(
                draft.confirm(
                                "aws cloudwatch list-metrics --namespace AWS/ECS --metric-name RequestCount --dimensions Name=DiscoveryName,Value="
                                        + name + " --recently-active PT3H",
                                "the name comes with more than one pair of ServiceName and ClusterName",
                                "it comes with one pair only: the others were active days ago")
                        .confirm(
                                "aws cloudwatch describe-alarms --query 'MetricAlarms[?Namespace==`AWS/ECS`].{alarm:AlarmName,metric:MetricName,dimensions:Dimensions}'",
                                "an alarm on a Service Connect metric has DiscoveryName or TargetDiscoveryName as its only dimension",
                                "all of them name ServiceName and ClusterName")
                        .fix(
                                "Point alarms, dashboards and scaling policies at the sets with ServiceName and ClusterName.",
                                "None; their history begins with the sets, which have existed all along.")
                        .fix(
                                "Or give the services different discovery names per stage.",
                                "A new discovery name is a new endpoint: callers without an alias of their own must be redeployed."),
                "the sums hold this callee's requests alone");
    }

    /** RequestCount of this callee alone, or of all services with its discovery name; empty when not read. */
    private static Optional<Double> sum(Facts facts, Set<String> names, boolean own) {
        return facts.metrics().series().stream()
                .filter(s -> s.name().equals("RequestCount") && s.statistic().equals("Sum"))
                .filter(s -> names.contains(s.dimensions().getOrDefault("DiscoveryName", "")))
                .filter(s -> own
                        ? facts.edge().callee().equals(s.dimensions().get("ServiceName"))
                                && facts.edge()
                                        .calleeCluster()
                                        .or(facts.edge()::cluster)
                                        .filter(c -> !c.equals(s.dimensions().get("ClusterName")))
                                        .isEmpty()
                        : s.dimensions().size() == 1)
                .map(MetricSeries::sum)
                .findFirst();
    }
}
