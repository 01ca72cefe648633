package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.LatencyRise;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * EW203: the caller's proxy has reached a limit of connections, pending or concurrent requests towards the callee and
 * refuses at once: 503 with 81 bytes. The limits are per proxy. A callee that became slow fills them too (EW508 comes
 * first then): calls in flight = rate times latency.
 */
final class ConnectionPoolOverflow implements Rule {
    private static final long AT_ONCE_MILLIS = 5;
    private static final long SAME_MOMENT_MILLIS = 2000;

    @Override
    public RootCause cause() {
        return RootCause.CONNECTION_POOL_OVERFLOW;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        BitSet overflow = view.in(Condition.UPSTREAM_OVERFLOW);
        overflow.or(refusedAmidAnswers(view));
        if (overflow.isEmpty()) {
            return Examination.unseen(facts, "no call was refused for a limit", Input.CALLER_LOGS);
        }
        Saturation load = new Saturation(facts, view);
        LatencyRise rise = Timeouts.rise(facts, view);
        long peak = load.peakConcurrency();
        boolean atCallee = view.at(view.in(Condition.UPSTREAM_OVERFLOW)).stream()
                                .filter(o -> o.hop() == Hop.CALLEE_PROXY)
                                .count()
                        * 2
                > overflow.cardinality();
        Draft draft = Draft.of(cause())
                .at(atCallee ? Hop.CALLEE_PROXY : Hop.CALLER_PROXY)
                .explains(overflow)
                .summary(facts.edge().label() + ": the " + (atCallee ? "callee" : "caller") + "'s proxy refused "
                        + facts.ofCalls(overflow.cardinality()) + " at its connection or request limit; up to "
                        + Words.count(peak, "call") + " were in flight")
                .evidence(
                        overflow.cardinality() >= facts.thresholds().spread().minimumFailures()
                                ? Weight.STRONG
                                : Weight.MEDIUM,
                        atCallee ? Input.CALLEE_LOGS : Input.CALLER_LOGS,
                        facts.ofCalls(overflow.cardinality())
                                + " were refused at once, before anything was sent (503 with 81 bytes where the body tells)",
                        Words.count(overflow.cardinality(), "call"),
                        "");
        if (rise.risenShare() < 0.3 && rise.calls() > 0 && !rise.mayHaveRisen(0.3)) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "the answered calls kept their pace: the callee is not the reason");
        } else if (rise.risenShare() >= 0.5) {
            draft.against(
                    Weight.WEAK, Input.CALLER_LOGS, "the callee had become several times slower, which fills any pool");
        }
        if (load.loadGrowth() >= 1.5) {
            draft.evidence(
                    Weight.WEAK,
                    Input.CALLER_LOGS,
                    String.format(
                            Locale.ROOT,
                            "calls per time grew to %.1f times the quietest part of the window",
                            load.loadGrowth()));
        }
        return Examination.of(
                draft.confirm(
                                "aws cloudwatch get-metric-statistics --namespace AWS/ECS --metric-name ActiveConnectionCount --dimensions Name=ClusterName,Value="
                                        + facts.calleeCluster() + " Name=DiscoveryName,Value="
                                        + Words.shell(facts.discoveryNames().get(0))
                                        + " Name=ServiceName,Value="
                                        + Words.shell(facts.edge().callee())
                                        + " --statistics Maximum --period 60 --start-time "
                                        + facts.window().from() + " --end-time "
                                        + facts.window().to(),
                                "connections reach a plateau while calls are refused",
                                "they stay low; then the refusals have another origin")
                        .fix(
                                "Add caller tasks: the limits count per proxy, so the load spreads.",
                                "More connections at the callee.")
                        .fix(
                                "Fewer calls in flight: connection reuse and a concurrency limit in the caller's client, HTTP/2 instead of one connection per request.",
                                "Calls queue in the caller."),
                "the refusals are too few");
    }

    /**
     * gRPC lines carry no body length: "no healthy host", "refused" and "limit reached" look alike. With hosts gone every
     * call of that proxy fails, and a host that refuses answers nothing and is ejected after five; where the same proxy
     * (and host, if one was chosen) answers other calls in the same moment, and ejects nobody, it was a limit.
     */
    private static BitSet refusedAmidAnswers(TrafficView view) {
        Map<String, List<Long>> starts = new TreeMap<>();
        view.successes().forEach(o -> {
            starts.computeIfAbsent(o.stream(), key -> new ArrayList<>()).add(o.start());
            starts.computeIfAbsent(o.stream() + " " + o.host(), key -> new ArrayList<>())
                    .add(o.start());
        });
        Map<String, long[]> answered = new TreeMap<>();
        starts.forEach((key, times) -> answered.put(
                key, times.stream().mapToLong(Long::longValue).sorted().toArray()));
        Set<String> ejected = new TreeSet<>();
        view.ejections().forEach(e -> ejected.add(e.ref().stream() + " " + e.host()));
        BitSet candidates = view.primaryOf(view.where(o -> o.call().line().isGrpc()
                && !o.call().line().hasServiceTime()
                && o.call().callee().isEmpty()
                && (o.call().calleeRead() || o.host().isEmpty())
                && o.duration() <= AT_ONCE_MILLIS
                && (o.condition() == Condition.NO_HEALTHY_UPSTREAM && o.host().isEmpty()
                        || o.mayBe(Condition.UPSTREAM_OVERFLOW) && !o.host().isEmpty())
                && !ejected.contains(o.stream() + " " + o.host())));
        BitSet amid = new BitSet();
        candidates.stream()
                .filter(i -> {
                    Observed o = view.failures().get(i);
                    String key = o.host().isEmpty() ? o.stream() : o.stream() + " " + o.host();
                    return isAmid(answered.getOrDefault(key, new long[0]), o.start());
                })
                .forEach(amid::set);
        // Single ones at the edge of a blackout are no pattern.
        return amid.cardinality() * 2 >= candidates.cardinality() ? candidates : new BitSet();
    }

    /** Whether calls were answered shortly before and shortly after. */
    private static boolean isAmid(long[] starts, long at) {
        int next = Arrays.binarySearch(starts, at);
        int after = next < 0 ? -next - 1 : next;
        return after > 0
                && after < starts.length
                && at - starts[after - 1] <= SAME_MOMENT_MILLIS
                && starts[after] - at <= SAME_MOMENT_MILLIS;
    }
}
