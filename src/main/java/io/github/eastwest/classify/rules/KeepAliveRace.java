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
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * EW509: the application closes an idle connection at the moment the proxy sends the next request on it: 503 with 95 bytes
 * from the callee's proxy, mostly within milliseconds, the host set, no service time. Single calls, spread over tasks and
 * time, worse the less traffic there is; no task starts or stops. Below the noise floor it is a note.
 */
final class KeepAliveRace implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.KEEP_ALIVE_RACE;
    }

    @Override
    public Set<Input> requires() {
        return Set.of();
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.SERVICES, Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    private static final long QUICK_MILLIS = 250;
    private static final long BURST_MILLIS = 1000;
    private static final long LARGE_BODY_BYTES = 65_536;
    private static final long IDLE_MILLIS = 1000;
    private static final int MAX_GAPS = 200;

    @Override
    public Examination examine(Facts facts) {
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS, Input.CALLEE_LOGS);
        }
        TrafficView view = traffic.get();
        Phases phases = new Phases(view, facts.thresholds());
        BitSet closed = view.where(o -> (o.condition() == Condition.UPSTREAM_CONNECTION_TERMINATION
                        || o.condition() == Condition.UPSTREAM_RESET)
                && o.hop() == Hop.CALLEE_APP);
        closed.andNot(phases.starting());
        closed.andNot(phases.stopping());
        Set<String> exited = new TreeSet<>();
        TaskExits.of(facts).forEach(e -> exited.add(e.task().id()));
        closed.andNot(
                view.where(o -> o.task().filter(t -> exited.contains(t.id())).isPresent()));
        // A race needs a connection that has been used before.
        closed.andNot(view.where(o -> view.firstSuccess(o.host()).orElse(Long.MAX_VALUE) > o.start()));
        if (closed.isEmpty()) {
            return Examination.excluded("no running task's application closed a connection with a call on it");
        }
        List<Observed> calls = view.at(closed);
        long quick = calls.stream().filter(o -> o.duration() <= QUICK_MILLIS).count();
        if (calls.size() >= facts.thresholds().spread().minimumFailures() && quick * 2 < calls.size()) {
            return Examination.excluded("the closed connections had calls that were being worked on: "
                    + Words.of(calls.size() - quick, calls.size(), "such call") + " lasted longer than "
                    + Words.duration(QUICK_MILLIS));
        }
        Optional<Concentration> host =
                Concentration.of(view.byHost(closed), facts.thresholds().spread());
        long burst = largestBurst(calls);
        boolean floor = closed.cardinality() <= facts.thresholds().traffic().noiseLimit(view.requests())
                && (closed.cardinality() < facts.thresholds().spread().minimumFailures()
                        || view.densestShare(closed)
                                < facts.thresholds().traffic().denseShare());
        Draft draft = Draft.of(cause())
                .explains(closed)
                .summary(facts.edge().label() + ": the callee's application closed the connection under "
                        + facts.ofCalls(closed.cardinality()) + (floor ? ": the noise floor of any proxied edge" : ""))
                .evidence(
                        Weight.MEDIUM,
                        facts.has(Input.CALLEE_LOGS) ? Input.CALLEE_LOGS : Input.CALLER_LOGS,
                        facts.ofCalls(closed.cardinality())
                                + " ended because the connection to the application was closed (503 with 95 bytes)",
                        Words.percent(closed.cardinality(), view.requests()),
                        "");
        if (quick >= 0.8 * calls.size()) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLEE_LOGS,
                    Words.of(quick, calls.size(), "such call") + " lasted at most " + Words.duration(QUICK_MILLIS)
                            + ": the request met a closing connection");
        } else {
            draft.against(
                    Weight.MEDIUM,
                    Input.CALLEE_LOGS,
                    "many of them were being worked on for longer: the application broke off");
        }
        if (burst <= Math.max(2, calls.size() / 4)) {
            draft.evidence(Weight.MEDIUM, Input.CALLEE_LOGS, "they come singly, not in bursts: no crash, no restart");
        } else {
            draft.against(
                    Weight.MEDIUM, Input.CALLEE_LOGS, Words.count(burst, "call") + " of them ended within one second");
        }
        if (host.isPresent() && calls.size() >= 5) {
            draft.against(
                    Weight.STRONG, Input.CALLEE_LOGS, "one task, " + host.get().name() + ", made them");
        }
        Concentration.of(view.byRevision(closed), facts.thresholds().spread())
                .ifPresent(
                        c -> draft.against(Weight.STRONG, Input.TASKS, "they are those of one revision, " + c.name()));
        if (largeBodies(view, calls)) {
            draft.against(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    "they are uploads, many times larger than the answered calls: the application closed before it had read"
                            + " the body");
        }
        idleBefore(view, calls)
                .ifPresent(idle -> draft.evidence(
                        Weight.MEDIUM,
                        Input.CALLEE_LOGS,
                        "the tasks concerned had been idle for " + Words.duration(idle)
                                + " (median) before those calls",
                        Words.duration(idle),
                        Words.duration(1000)));
        if (floor) {
            draft.noise();
        }
        return Examination.of(
                draft.confirm(
                                LogCommands.query(
                                        facts,
                                        Side.CALLEE,
                                        "filter response_code = 503 and bytes_sent = 95 | stats count(*), max(duration) by @logStream, bin(1m)"),
                                "single lines, milliseconds long, on all tasks, and the application's own log has no trace of them",
                                "bursts at one instant, or the application logged the requests")
                        .fix(
                                "Let the application keep idle connections longer than its proxy does: a keep-alive timeout above the idle timeout of the endpoint (5 minutes unless set).",
                                "More idle connections in the application.")
                        .fix(
                                "Or set idleTimeoutSeconds of the endpoint below the application's keep-alive timeout.",
                                "More new connections."),
                "the closed connections have other explanations");
    }

    private static long largestBurst(List<Observed> calls) {
        long[] ends = calls.stream().mapToLong(Observed::end).toArray();
        return TrafficView.densest(ends, BURST_MILLIS / 2)
                .map(TrafficView.Cluster::count)
                .orElse(0);
    }

    /** Median time since the last answered call of the same task, over those calls, if it is long enough to matter. */
    private static OptionalLong idleBefore(TrafficView view, List<Observed> calls) {
        long[] gaps = calls.stream()
                .limit(MAX_GAPS)
                .mapToLong(call -> view.successes().stream()
                        .filter(o -> o.host().equals(call.host()) && o.end() <= call.start())
                        .mapToLong(o -> call.start() - o.end())
                        .min()
                        .orElse(-1))
                .filter(gap -> gap >= 0)
                .sorted()
                .toArray();
        OptionalLong median = TrafficView.quantile(gaps, 0.5);
        return median.isPresent() && median.getAsLong() >= IDLE_MILLIS ? median : OptionalLong.empty();
    }

    private static boolean largeBodies(TrafficView view, List<Observed> calls) {
        long[] closed = bodies(calls);
        long[] answered = bodies(view.successes());
        long median = TrafficView.quantile(closed, 0.5).orElse(0);
        return median >= LARGE_BODY_BYTES
                && median >= 10 * TrafficView.quantile(answered, 0.5).orElse(0);
    }

    private static long[] bodies(List<Observed> calls) {
        return calls.stream()
                .mapToLong(o -> o.call().line().response().bytesReceived())
                .sorted()
                .toArray();
    }
}
