package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Concentration;
import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.LatencyRise;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * EW508: the callee has more work than it can do. Latency rises on all paths and hosts first; then calls time out, callers
 * give up, queues and pools overflow, and hosts are ejected. These are consequences and come after it.
 */
final class CalleeSaturated implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.CALLEE_SATURATED;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.TASKS, Input.METRICS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    private static final double BROAD = 0.5;

    /** Share of the calls with lines of both proxies from which those speak for all. */
    private static final double JOINED = 0.5;

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        BitSet late = view.where(o -> switch (o.condition()) {
            case UPSTREAM_RESPONSE_TIMEOUT, PER_TRY_TIMEOUT -> o.hop() != Hop.NETWORK;
            case UPSTREAM_OVERFLOW, OVERLOAD, DOWNSTREAM_DISCONNECT -> true;
            case UPSTREAM_CONNECTION_TIMEOUT -> o.hop() == Hop.CALLEE_APP || o.hop() == Hop.CALLEE_PROXY;
            case APPLICATION_5XX -> o.call().line().response().status() == 503;
            default -> false;
        });
        LatencyRise rise = Timeouts.rise(facts, view);
        Saturation load = new Saturation(facts, view);
        boolean broad = rise.risenShare() >= BROAD;
        LatencyRise atCallee = LatencyRise.atCallee(
                view, facts.window().from().toEpochMilli(), facts.window().to().toEpochMilli());
        if (broad
                && atCallee.calls() >= JOINED * rise.calls()
                && atCallee.risen().isEmpty()
                && !load.cpuBusy()) {
            return Examination.excluded(
                    "latency rose at the caller alone: the callee's proxies measured the same calls as fast as ever");
        }
        if (!broad && !load.cpuBusy() && !late.isEmpty() && rise.mayHaveRisen(BROAD)) {
            return Examination.undecided(view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS);
        }
        if (!broad && !load.cpuBusy()) {
            return Examination.excluded(
                    rise.paths().isEmpty()
                            ? "too few calls to see latency rise"
                            : "latency did not rise across the paths: those with "
                                    + Math.round(100 * (1 - rise.risenShare()))
                                    + "\u00a0% of the calls kept their pace");
        }
        if (late.cardinality() < facts.thresholds().spread().minimumFailures()) {
            return Examination.excluded(
                    late.isEmpty()
                            ? "latency or CPU rose, but no call failed for it"
                            : "only " + Words.count(late.cardinality(), "call") + " came too late");
        }
        boolean few = late.cardinality() <= facts.thresholds().traffic().applicationNoiseShare() * view.requests();
        if (few
                && !broad
                && view.densestShare(late) < facts.thresholds().traffic().denseShare()) {
            return Examination.excluded(
                    "CPU is busy, but no more calls failed than on any day: " + facts.ofCalls(late.cardinality()));
        }
        Optional<Concentration> host =
                Concentration.of(view.byHost(late), facts.thresholds().spread());
        if (host.isPresent()) {
            return Examination.excluded(
                    "the late calls are those of one task, " + host.get().name());
        }
        Optional<Concentration> revision =
                Concentration.of(view.byRevision(late), facts.thresholds().spread());
        if (revision.isPresent()) {
            return Examination.excluded("the late calls are those of one revision, "
                    + revision.get().name());
        }
        Draft draft = Draft.of(cause()).explains(late);
        LatencyRise.Path worst = rise.risen().stream()
                .max(Comparator.comparingDouble(p -> (double) p.highMillis() / Math.max(1, p.lowMillis())))
                .orElse(null);
        draft.summary(facts.edge().label() + ": the callee cannot keep up"
                + (worst == null
                        ? ""
                        : ": " + worst.path() + " slowed down from " + Words.duration(worst.lowMillis()) + " to "
                                + Words.duration(worst.highMillis()))
                + "; " + facts.ofCalls(late.cardinality()) + " came too late");
        if (broad && worst != null) {
            draft.evidence(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    "paths with " + Math.round(100 * rise.risenShare())
                            + "\u00a0% of the calls became several times slower, "
                            + worst.path() + " from " + Words.duration(worst.lowMillis()) + " to "
                            + Words.duration(worst.highMillis()),
                    Words.duration(worst.highMillis()),
                    "3 times " + Words.duration(worst.lowMillis()));
        }
        if (load.cpuBusy()) {
            draft.evidence(
                    Weight.STRONG,
                    Input.METRICS,
                    "the callee's CPU reached " + Math.round(load.cpuPeak()) + "\u00a0% of its reservation",
                    Math.round(load.cpuPeak()) + "\u00a0%",
                    "80\u00a0%");
        }
        if (load.loadGrowth() >= 1.5) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    String.format(
                            Locale.ROOT,
                            "calls per time grew to %.1f times the quietest part of the window",
                            load.loadGrowth()),
                    String.format(Locale.ROOT, "%.1f", load.loadGrowth()),
                    "1.5");
        }
        long hosts = view.at(late).stream()
                .map(Observed::host)
                .filter(h -> !h.isEmpty())
                .distinct()
                .count();
        if (hosts >= 2) {
            draft.evidence(
                    Weight.MEDIUM, Input.CALLER_LOGS, "the late calls are spread over " + Words.count(hosts, "task"));
        }
        return Examination.of(
                draft.confirm(
                                "aws cloudwatch get-metric-statistics --namespace AWS/ECS --metric-name CPUUtilization --dimensions Name=ClusterName,Value="
                                        + facts.calleeCluster() + " Name=ServiceName,Value="
                                        + Words.shell(facts.edge().callee())
                                        + " --statistics Average Maximum --period 60 --start-time "
                                        + facts.window().from() + " --end-time "
                                        + facts.window().to(),
                                "CPU is high while calls are late (or the application's own pools and queues are full)",
                                "CPU and the application's pools are idle; then look at what the callee itself waits for")
                        .fix(
                                "Scale the callee out: aws ecs update-service --cluster " + facts.calleeCluster()
                                        + " --service "
                                        + Words.shell(facts.edge().callee()) + " --desired-count N",
                                "More load on what the callee depends on.",
                                "aws ecs update-service --cluster " + facts.calleeCluster() + " --service "
                                        + Words.shell(facts.edge().callee()) + " --desired-count "
                                        + facts.callee()
                                                .map(service -> Integer.toString(
                                                        service.tasks().desired()))
                                                .orElse("COUNT_BEFORE"))
                        .fix(
                                "Lasting: a scaling policy on requests per task or CPU, and load shedding in the application before its queue is longer than the callers' patience.",
                                "Shed calls fail fast."),
                "the late calls have other explanations");
    }
}
