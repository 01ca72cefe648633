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
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * EW108: the caller's own client has a shorter timeout than the callee needs. The caller's proxy logs status 0 and no bytes,
 * and so does the callee's, equally long; the durations pile at the client's timeout.
 *
 * <p>Spread durations are users who left. When the callee became slow first (EW508), this is the consequence.
 */
final class CallerGivesUpFirst implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.CALLER_GIVES_UP_FIRST;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    private static final double PILE = 0.6;

    /** Fewer answers happen to be fast. */
    private static final int FEWEST_ANSWERS = 20;

    /** Shorter durations lie close together anyway: users who leave at once are no timer. */
    private static final long SHORTEST_TIMER_MILLIS = 200;

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        Timeouts timeouts = Timeouts.of(facts, view);
        BitSet gone = view.in(Condition.DOWNSTREAM_DISCONNECT);
        gone.andNot(timeouts.all());
        if (gone.isEmpty()) {
            return Examination.excluded("no caller left before the answer");
        }
        // Each kind of request may have a client timeout of its own.
        Map<String, List<Observed>> byPath = new TreeMap<>();
        view.at(gone)
                .forEach(o -> byPath.computeIfAbsent(o.path(), path -> new ArrayList<>())
                        .add(o));
        long piled = 0;
        long answered = 0;
        long outlived = 0;
        TrafficView.Cluster pile = null;
        for (Map.Entry<String, List<Observed>> entry : byPath.entrySet()) {
            TrafficView.Cluster own = pile(entry.getValue());
            piled += own.count();
            if (pile == null || own.count() > pile.count()) {
                pile = own;
            }
            long limit = own.millis() + Math.max(100, own.millis() / 20);
            for (Observed answer : view.successes()) {
                if (answer.path().equals(entry.getKey())) {
                    answered++;
                    outlived += answer.duration() > limit ? 1 : 0;
                }
            }
        }
        boolean timer = gone.cardinality() >= facts.thresholds().spread().minimumFailures()
                && piled >= PILE * gone.cardinality()
                && pile != null
                && pile.millis() >= SHORTEST_TIMER_MILLIS;
        long timerMillis = pile == null ? 0 : pile.millis();
        List<String> paths = List.copyOf(byPath.keySet());
        boolean floor =
                !timer && gone.cardinality() <= facts.thresholds().traffic().noiseLimit(view.requests());
        Draft draft = Draft.of(cause())
                .explains(gone)
                .summary(facts.edge().label() + ": the caller's client gave up " + facts.ofCalls(gone.cardinality())
                        + (timer ? " after " + Words.duration(timerMillis) : " before the answer")
                        + " on " + Timeouts.names(paths))
                .evidence(
                        Weight.MEDIUM,
                        view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS,
                        facts.ofCalls(gone.cardinality())
                                + " have status 0 and no bytes: the calling side closed the connection");
        if (timer) {
            draft.evidence(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    Words.percent(piled, gone.cardinality()) + " of them lasted " + Words.duration(timerMillis)
                            + (byPath.size() > 1 ? " or the like for their path" : "")
                            + ": a timer, not impatience",
                    Words.duration(timerMillis),
                    Words.duration(timeouts.millis()));
        } else {
            draft.against(Weight.WEAK, Input.CALLER_LOGS, "their durations are spread: no single timer");
        }
        if (floor) {
            draft.noise();
        }
        boolean idle = timer
                && facts.endpoints().stream()
                        .anyMatch(e -> e.idleTimeoutSeconds().isPresent()
                                && Math.abs(e.idleTimeoutSeconds().getAsInt() * 1000L - timerMillis)
                                        <= facts.thresholds().timing().timerMillis());
        if (idle) {
            draft.against(
                    Weight.STRONG,
                    Input.SERVICES,
                    "the endpoint's idleTimeoutSeconds is the same: a proxy ends quiet calls at that time by itself");
        }
        if (outlived == 0 && answered >= FEWEST_ANSWERS && timer) {
            draft.evidence(Weight.MEDIUM, Input.CALLER_LOGS, "no answered call of those paths took longer");
        }
        boolean arrived =
                view.at(gone).stream().anyMatch(o -> !o.call().callee().isEmpty());
        if (arrived && view.callerCounts()) {
            draft.evidence(
                    Weight.WEAK,
                    Input.CALLEE_LOGS,
                    "the callee's proxies have the same calls, cut at the same time: the callee was still working");
        }
        LatencyRise rise = Timeouts.rise(facts, view);
        if (rise.risenShare() >= 0.5) {
            draft.against(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "the callee had become several times slower: the client's timeout is not the first cause");
        }
        return Examination.of(
                draft.confirm(
                                LogCommands.query(
                                        facts,
                                        Side.CALLER,
                                        "filter response_code = 0 | stats count(*), min(duration), median(duration), max(duration) by path"),
                                "the durations of each path lie close together, at the client's configured timeout",
                                "they are spread, or lie at the request timeout of "
                                        + Words.duration(timeouts.millis()),
                                Checks.givenUpByTimer(
                                        timeouts.millis(),
                                        facts.thresholds().timing().timerMillis()))
                        .fix(
                                "Give the caller's HTTP client a timeout above the callee's slow answers and below the request timeout of "
                                        + Words.duration(timeouts.millis()) + ".",
                                "The caller's threads and connections are held longer.")
                        .fix("Or make those paths faster than " + Words.duration(timerMillis) + ".", "None."),
                "the calls that the caller left have other explanations");
    }

    private static TrafficView.Cluster pile(List<Observed> calls) {
        long[] sorted = calls.stream().mapToLong(Observed::duration).sorted().toArray();
        long middle = TrafficView.quantile(sorted, 0.5).orElse(0);
        return TrafficView.densest(sorted, Math.max(50, middle / 30)).orElseThrow();
    }
}
