package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Concentration;
import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.LatencyRise;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.TrafficView.Tally;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * EW405: some requests legitimately need longer than the per-request timeout (15 s unless the callee's endpoint says
 * otherwise). The proxy answers 504 with 24 bytes when the time is up.
 *
 * <p>For it: the timeouts pile at the configured value, on some paths only, on all hosts alike, while the other paths stay
 * as fast as ever. Against it: everything became slow (EW508), or one host alone times out (EW507).
 */
final class RequestTimeoutTooShort implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.REQUEST_TIMEOUT_TOO_SHORT;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.TASKS, Input.METRICS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    private static final int MINIMUM_OTHERS = 20;

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        Timeouts timeouts = Timeouts.of(facts, view);
        BitSet cut = view.primaryOf(timeouts.answeredByProxy());
        if (cut.cardinality() < facts.thresholds().spread().minimumFailures()) {
            return Examination.excluded(
                    cut.isEmpty()
                            ? "no call ended at the request timeout"
                            : "only " + Words.count(cut.cardinality(), "call") + " ended at the request timeout");
        }
        if (view.answersUnread()) {
            return Examination.undecided(view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS);
        }
        if (view.successes().isEmpty()) {
            return Examination.excluded("no call was answered at all, so it is not that some take longer");
        }
        Optional<Concentration> host =
                Concentration.of(view.byHost(cut), facts.thresholds().spread());
        if (host.isPresent()) {
            return Examination.excluded(
                    "the timeouts are those of one task, " + host.get().name());
        }
        Map<String, Tally> paths = view.byPath(cut);
        List<String> slow = paths.entrySet().stream()
                .filter(e -> e.getValue().failed() > 0)
                .map(Map.Entry::getKey)
                .toList();
        List<Observed> others =
                view.successes().stream().filter(o -> !slow.contains(o.path())).toList();
        LatencyRise rise = Timeouts.rise(facts, view);
        Draft draft = Draft.of(cause())
                .summary(facts.edge().label() + ": " + facts.ofCalls(cut.cardinality()) + " on " + Timeouts.names(slow)
                        + " were cut at the request timeout of " + Words.duration(timeouts.millis()))
                .explains(timeouts.all())
                .evidence(
                        Weight.MEDIUM,
                        view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                        facts.ofCalls(cut.cardinality()) + " ended at " + Words.duration(timeouts.millis())
                                + (timeouts.configured() ? ", the endpoint's request timeout" : ""),
                        Words.duration(timeouts.millis()),
                        Words.duration(timeouts.millis()));
        boolean seen = view.at(cut).stream().anyMatch(o -> !o.call().callee().isEmpty());
        if (seen && view.callerCounts()) {
            draft.evidence(
                    Weight.WEAK,
                    Input.CALLEE_LOGS,
                    "the callee's proxies have those calls: they arrived and were being worked on");
        }
        boolean othersFast = others.size() >= MINIMUM_OTHERS
                && TrafficView.quantile(others, o -> true, 0.99).orElse(0) <= timeouts.millis() / 3;
        if (othersFast) {
            draft.evidence(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    "the other paths answered " + Words.count(others.size(), "call") + " meanwhile, 99\u00a0% within "
                            + Words.duration(TrafficView.quantile(others, o -> true, 0.99)
                                    .orElse(0)),
                    Words.duration(TrafficView.quantile(others, o -> true, 0.99).orElse(0)),
                    Words.duration(timeouts.millis() / 3));
        }
        long near = view.successes().stream()
                .filter(o -> slow.contains(o.path()) && o.duration() >= timeouts.millis() / 4)
                .count();
        if (near >= 3) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    Words.count(near, "answered call")
                            + " of those paths took more than a quarter of the timeout: long answers are normal there");
        }
        if (!othersFast && rise.risenShare() >= 0.5) {
            draft.against(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    "paths with " + Math.round(100 * rise.risenShare())
                            + "\u00a0% of the calls became several times slower: the callee slowed down");
        } else if (!othersFast && rise.risen().isEmpty() && rise.calls() > 0 && rise.undecided() == 0) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "no path's median rose in the window: the durations are the path's own");
        }
        if (new Saturation(facts, view).cpuBusy()) {
            draft.against(Weight.MEDIUM, Input.METRICS, "the callee's CPU was busy");
        }
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-services " + facts.calleeArguments()
                                        + " --query 'services[0].deployments[?status==`PRIMARY`].serviceConnectConfiguration.services[].timeout'",
                                "perRequestTimeoutSeconds is " + timeouts.millis() / 1000
                                        + (timeouts.millis() == Facts.DEFAULT_REQUEST_TIMEOUT_MILLIS
                                                ? " or absent (the default is 15)"
                                                : "")
                                        + ", and the application's own log shows those requests finishing later",
                                "the timeout is longer than the cut calls lasted",
                                Checks.requestTimeoutIs(
                                        timeouts.millis(),
                                        facts.thresholds().timing().timerMillis()))
                        .fix(
                                "Raise perRequestTimeoutSeconds on the callee's serviceConnectConfiguration.services[].timeout above the slowest legitimate answer and deploy the callee.",
                                "Callers wait longer for a callee that really hangs; it counts for all paths of the port.")
                        .fix(
                                "Lasting: answer long work at once (202 and a status resource), or give it a port of its own.",
                                "A change of the interface."),
                "the timeouts are those of a callee that slowed down as a whole");
    }
}
