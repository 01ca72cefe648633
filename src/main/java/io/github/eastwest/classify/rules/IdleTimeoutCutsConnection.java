package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * EW407: nothing was sent for the idle timeout of the callee's endpoint (5 minutes for HTTP, one hour for TCP unless set),
 * and the proxy ended the request, the stream or the connection. A request without an answer gets 504 with 14 bytes; a
 * stream that had begun keeps its status 200; a TCP connection simply ends. What is sent often enough lives on.
 *
 * <p>The request timeout (EW405, EW406) counts from the start of the request and does not care whether something is sent.
 * An application that closes its idle connections is EW509.
 */
final class IdleTimeoutCutsConnection implements Rule {
    private static final int DEFAULT_HTTP_SECONDS = 300;
    private static final int DEFAULT_TCP_SECONDS = 3600;

    /** Below this the timer cannot be told from ordinary durations. */
    private static final long SHORTEST_MILLIS = 1_000;

    /** Share of the ends beyond the timer that a pile at the timer must have. */
    private static final double PILED = 0.5;

    @Override
    public RootCause cause() {
        return RootCause.IDLE_TIMEOUT_CUTS_CONNECTION;
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
        OptionalInt configured = facts.endpoints().stream()
                .map(e -> e.idleTimeoutSeconds())
                .filter(OptionalInt::isPresent)
                .findFirst()
                .orElse(OptionalInt.empty());
        boolean tcp = !view.successes().isEmpty()
                && view.successes().get(0).call().line().isTcp();
        BitSet unanswered = view.in(Condition.STREAM_IDLE_TIMEOUT);
        boolean off = configured.isPresent() && configured.getAsInt() == 0;
        boolean known = !facts.endpoints().isEmpty();
        long millis = off ? 0 : 1000L * configured.orElse(tcp ? DEFAULT_TCP_SECONDS : DEFAULT_HTTP_SECONDS);
        if (!known) {
            // gRPC shows no length: there any timer looks like this one.
            unanswered.andNot(view.where(o -> o.call().line().isGrpc()));
            long[] durations =
                    view.at(unanswered).stream().mapToLong(Observed::duration).toArray();
            millis = TrafficView.densest(durations, facts.thresholds().timing().timerMillis())
                    .map(TrafficView.Cluster::millis)
                    .orElse(millis);
        }
        long timerMillis = millis;
        long tolerance = facts.thresholds().timing().timerMillis();
        unanswered.andNot(view.where(o -> o.duration() < timerMillis - tolerance
                || o.call().line().isGrpc() && o.duration() > timerMillis + 2 * tolerance));
        if (off || millis < SHORTEST_MILLIS) {
            return Examination.excluded("the idle timeout is switched off");
        }
        boolean requestTimer = facts.has(Input.SERVICES)
                && facts.requestTimeoutMillis().isPresent()
                && Math.abs(facts.requestTimeoutMillis().getAsLong() - millis)
                        <= 2L * facts.thresholds().timing().timerMillis();
        List<Observed> streams = requestTimer && !tcp ? List.of() : cutStreams(facts, view, millis, tcp);
        BitSet cut = cutFailures(view, streams);
        cut.or(unanswered);
        if (unanswered.cardinality() + streams.size()
                < facts.thresholds().spread().minimumFailures()) {
            return Examination.excluded(
                    streams.isEmpty() && unanswered.isEmpty()
                            ? "no request, stream or connection ended at the idle timeout of " + Words.duration(millis)
                            : "only " + Words.count(unanswered.cardinality() + streams.size(), "call")
                                    + " ended at the idle timeout");
        }
        Draft draft = Draft.of(cause()).explains(cut);
        Input side = view.callerCounts() ? Input.CALLER_LOGS : Input.CALLEE_LOGS;
        String timer = Words.duration(millis);
        if (!unanswered.isEmpty()) {
            draft.evidence(
                    Weight.STRONG,
                    side,
                    facts.ofCalls(unanswered.cardinality()) + " got no byte of an answer for " + timer
                            + " and were ended by a proxy (504 with 14 bytes)",
                    timer,
                    timer);
        }
        if (!streams.isEmpty()) {
            draft.evidence(
                    tcp || unanswered.isEmpty() ? Weight.STRONG : Weight.MEDIUM,
                    side,
                    Words.of(streams.size(), view.requests(), tcp ? "connection" : "call")
                            + (tcp
                                    ? " ended " + timer + " after they began: after the last byte, for short exchanges"
                                    : " had begun to answer and broke off " + timer + " later, with nothing sent"),
                    Words.count(streams.size(), tcp ? "connection" : "stream"),
                    "");
        }
        if (configured.isPresent()) {
            draft.evidence(
                    Weight.STRONG,
                    Input.SERVICES,
                    "idleTimeoutSeconds of the callee's endpoint is " + configured.getAsInt(),
                    Integer.toString(configured.getAsInt()),
                    (tcp ? DEFAULT_TCP_SECONDS : DEFAULT_HTTP_SECONDS) + " unless set");
        }
        long longer = longer(view, view.at(cut), streams, millis);
        if (longer > 0 && !tcp) {
            draft.evidence(
                    Weight.WEAK,
                    side,
                    Words.count(longer, "call") + " of other kinds lasted longer: they kept sending");
        }
        boolean tcpHarmless = tcp && unanswered.isEmpty();
        if (tcpHarmless) {
            // A client that opens a new connection notices nothing.
            TrafficView.Tally inbound = facts.callerInbound();
            if (inbound.failed() >= facts.thresholds().spread().minimumFailures()) {
                draft.evidence(
                        Weight.MEDIUM,
                        Input.CALLER_LOGS,
                        "meanwhile the caller's own application failed "
                                + Words.of(inbound.failed(), inbound.total(), "request"));
            } else if (inbound.total() > 0) {
                draft.noise()
                        .against(
                                Weight.WEAK,
                                Input.CALLER_LOGS,
                                "the caller's own application failed no request for it");
            }
        }
        List<String> paths = paths(view.at(cut), streams);
        draft.summary(facts.edge().label() + ": "
                + (tcp
                        ? Words.count(streams.size(), "connection") + " ended at the idle timeout of " + timer
                        : Words.count(unanswered.cardinality() + streams.size(), "call") + " on "
                                + Timeouts.names(paths) + " were silent for " + timer
                                + ", the idle timeout, and were cut"));
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-services " + facts.calleeArguments()
                                        + " --query 'services[0].deployments[?status==`PRIMARY`].serviceConnectConfiguration.services[].timeout'",
                                "idleTimeoutSeconds is " + Math.max(1, millis / 1000)
                                        + (configured.isEmpty() ? " or absent (the default)" : ""),
                                "it is 0 (off), or longer than the calls were silent",
                                Checks.idleTimeoutIs(
                                        millis, facts.thresholds().timing().timerMillis()))
                        .confirm(
                                "aws cloudwatch get-metric-statistics --namespace AWS/ECS --metric-name NewConnectionCount --dimensions Name=ClusterName,Value="
                                        + facts.calleeCluster() + " Name=DiscoveryName,Value="
                                        + Words.shell(facts.discoveryNames().get(0)) + " Name=ServiceName,Value="
                                        + Words.shell(facts.edge().callee())
                                        + " --statistics Sum --period 60 --start-time "
                                        + facts.window().from() + " --end-time "
                                        + facts.window().to(),
                                "new connections come steadily although the same callers stay: they reconnect",
                                "hardly any new connections; then the calls broke off for another reason")
                        .fix(
                                "Set idleTimeoutSeconds of the callee's endpoint above the longest silence (0 switches it off) and deploy the callee.",
                                "Dead connections are kept longer.")
                        .fix(
                                "Or send something more often than that: heartbeats in streams, TCP keep-alive in the application's protocol; an HTTP/2 PING does not count.",
                                "A little traffic."),
                "the calls that ended there have other explanations");
    }

    /**
     * Answered calls that end at the timer, more often than before and after it: streams that were silent after their
     * first bytes, and TCP connections of one short exchange.
     */
    private static List<Observed> cutStreams(Facts facts, TrafficView view, long millis, boolean tcp) {
        long tolerance = Math.max(facts.thresholds().timing().timerMillis(), tcp ? millis / 10 : 0);
        List<Observed> candidates = new ArrayList<>(view.successes());
        view.failures().stream()
                .filter(o -> tcp || isBrokenStream(o.call().line()))
                .forEach(candidates::add);
        Map<String, List<Observed>> byPath = new TreeMap<>();
        for (Observed o : candidates) {
            if (o.call().line().isTcp() == tcp && o.duration() >= millis / 2) {
                byPath.computeIfAbsent(o.path(), p -> new ArrayList<>()).add(o);
            }
        }
        List<Observed> cut = new ArrayList<>();
        byPath.forEach((path, calls) -> {
            // Silence begins a moment after the request: the end lies at the timer or shortly behind it.
            List<Observed> at = calls.stream()
                    .filter(o -> sinceHeaders(o)
                                    >= millis - facts.thresholds().timing().timerMillis()
                            && o.duration() <= millis + 4 * tolerance)
                    .toList();
            long before = calls.stream()
                    .filter(o ->
                            o.duration() < millis - facts.thresholds().timing().timerMillis())
                    .count();
            if (at.size() >= facts.thresholds().spread().minimumFailures()
                    && at.size() >= PILED * calls.size()
                    && at.size() > 2 * before) {
                cut.addAll(at);
            }
        });
        return cut;
    }

    /** How long the body was on its way; TCP connections have no headers. */
    private static long sinceHeaders(Observed o) {
        AccessLogEntry line = o.call().line();
        return line.isTcp() || !line.hasServiceTime()
                ? o.duration()
                : o.duration() - line.timing().serviceTimeMillis();
    }

    /** A gRPC stream that broke off after its headers has status 200 and no status of its own. */
    private static boolean isBrokenStream(AccessLogEntry line) {
        return line.response().status() == 200
                && (line.response().grpcStatus() == null
                        || line.response().grpcStatus().equals("Unknown")
                        || line.response().grpcStatus().equals("Unavailable"))
                && line.response().bytesSent() > 0;
    }

    private static BitSet cutFailures(TrafficView view, List<Observed> streams) {
        Set<Observed> cut = new java.util.HashSet<>(streams);
        return view.where(cut::contains);
    }

    /** Answered calls that lasted clearly longer than the timer and are none of those that were cut. */
    private static long longer(TrafficView view, List<Observed> failed, List<Observed> streams, long millis) {
        Set<Observed> cut = new java.util.HashSet<>(streams);
        cut.addAll(failed);
        return view.successes().stream()
                .filter(o -> o.duration() > millis + 2_000 && !cut.contains(o))
                .count();
    }

    private static List<String> paths(List<Observed> failed, List<Observed> streams) {
        Set<String> paths = new java.util.TreeSet<>();
        failed.forEach(o -> paths.add(o.path()));
        streams.forEach(o -> paths.add(o.path()));
        return List.copyOf(paths);
    }
}
