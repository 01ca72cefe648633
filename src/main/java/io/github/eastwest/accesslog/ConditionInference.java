package io.github.eastwest.accesslog;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Names the condition of a request and the hop that made its status, from one line or from both sides' lines.
 *
 * <p><b>Where from.</b> Flags and details decide where the format prints them ({@link FlagConditions}). Otherwise the
 * condition is inferred from status, body length, host and service time present or not, and duration against the
 * timers that {@link Observations} learned. gRPC answers have no body, so there often several conditions remain; the
 * most probable one is named and the others are its alternatives.
 *
 * <p><b>Who made the status.</b> No service time: the proxy that wrote the line. A service time on an inbound line: the
 * application. A service time on an outbound line: the callee's application, or the callee's proxy if the length is one of
 * Envoy's own texts; the callee's line settles it. If no success of a stream shows a service time, its absence says
 * nothing and these rules are off.
 *
 * <p><b>Hop.</b> What the condition says depends on which proxy made it:
 *
 * <table>
 *   <caption>Hop by condition and by the proxy that made it</caption>
 *   <tr><th>condition</th><th>caller's proxy</th><th>callee's proxy</th></tr>
 *   <tr><td>success, application_4xx, application_5xx, grpc_error, retry_limit_exceeded</td><td>callee-app</td><td>callee-app</td></tr>
 *   <tr><td>no_healthy_upstream, upstream_overflow, no_route, cluster_not_found, rate_limited, ext_authz_denied,
 *       rbac_denied, fault_injected, overload, dns_failure, other</td><td>caller-proxy</td><td>callee-proxy</td></tr>
 *   <tr><td>max_duration</td><td>caller-proxy</td><td>callee-proxy</td></tr>
 *   <tr><td>upstream_connection_timeout, tls_failure</td><td>network</td><td>callee-app (tls_failure: callee-proxy)</td></tr>
 *   <tr><td>upstream_connection_failure, upstream_connection_termination, upstream_reset, upstream_protocol_error</td>
 *       <td>callee-proxy</td><td>callee-app</td></tr>
 *   <tr><td>upstream_response_timeout, per_try_timeout</td><td>callee-app; network if the callee logs and has no line of
 *       the request; callee-proxy if an answer was cut</td><td>callee-app; callee-proxy if an answer was cut</td></tr>
 *   <tr><td>stream_idle_timeout</td><td>callee-app (408: caller-app)</td><td>callee-app (408: caller-app)</td></tr>
 *   <tr><td>downstream_disconnect</td><td>caller-app</td><td>caller-app; callee-app at the request timeout, because then the
 *       caller's proxy gave up waiting</td></tr>
 *   <tr><td>downstream_protocol_error</td><td>caller-app</td><td>caller-proxy</td></tr>
 * </table>
 *
 * <p>Instances are immutable; they see what was learned when they were made. Safe for use by several threads as long as
 * the observations are not changed.
 */
public final class ConditionInference {
    /** The proxy's own word. */
    private static final double TOLD = 0.99;
    /** Body length, status and absent service time agree: nothing else was seen to look so. */
    private static final double FINGERPRINT = 0.99;
    /** One condition is usual, others are possible. */
    private static final double USUAL = 0.9;
    /** A relayed text's length, which an application's body can share by chance. */
    private static final double RELAYED = 0.9;
    /** Several conditions look the same, one of them is most frequent. */
    private static final double AMBIGUOUS = 0.6;
    /** Little more than a guess among several. */
    private static final double WEAK = 0.4;

    /** gRPC: failures without leaving the loopback interface are over by then; an application's answers take longer. */
    private static final long LOOPBACK_REFUSAL = 3;
    /** Where no attempt is known to time out, a failure this short is taken for refusals. */
    private static final long RETRIED_REFUSAL = 250;
    /** A relayed text about a timer cannot be younger than this; an application's error body can. */
    private static final long SHORTEST_RELAYED_TIMER = 200;
    /** Over HTTP/1.1 the caller's proxy closes a broken-off answer this much later than the callee's proxy. */
    private static final long DELAYED_CLOSE = 1000;

    private final Observations learned;
    private final OptionalLong configuredTimeout;
    private final LearnedTimers common;
    private final Map<String, LearnedTimers> byAuthority = new HashMap<>();

    /**
     * Inference in the light of what streams taught.
     *
     * @param learned observations of the streams that the lines come from
     */
    public ConditionInference(Observations learned) {
        this(learned, OptionalLong.empty());
    }

    /**
     * Inference with a known request timeout.
     *
     * @param learned observations of the streams that the lines come from
     * @param requestTimeoutMillis configured per-request timeout of the callee, milliseconds
     */
    public ConditionInference(Observations learned, OptionalLong requestTimeoutMillis) {
        this.learned = learned;
        this.configuredTimeout = requestTimeoutMillis;
        // What other authorities teach is a hint only.
        Observations.Timers all = learned.timers();
        this.common = LearnedTimers.learn(new Observations.Timers(), all, requestTimeoutMillis);
        learned.timersByAuthority()
                .forEach((authority, timers) ->
                        byAuthority.put(authority, LearnedTimers.learn(timers, all, configuredTimeout)));
    }

    /** Who answered, as far as the line tells. */
    private enum Answered {
        YES,
        NO,
        UNKNOWN
    }

    /** A line with what is worked out once. */
    private record Sight(
            AccessLogEntry line,
            boolean inbound,
            Answered answered,
            long duration,
            @Nullable Grpc grpc,
            LearnedTimers timers,
            Basis basis) {
        int status() {
            return line.response().status();
        }

        long bytes() {
            return line.response().bytesSent();
        }

        boolean head() {
            return "HEAD".equals(line.request().method());
        }
    }

    /** The condition of a request of which only this line is known. */
    public Attribution attribute(AccessLogEntry line) {
        boolean inbound = learned.isInbound(line);
        Optional<FlagConditions.Told> told = FlagConditions.read(line);
        if (told.isPresent() && told.get().outcome() == FlagConditions.Outcome.PROXY) {
            FlagConditions.Told word = told.get();
            return new Attribution(
                    word.condition(),
                    word.alternatives(),
                    word.basis(),
                    TOLD,
                    hop(word.condition(), inbound, line.response().status()));
        }
        boolean relayed = told.isPresent();
        Answered answered = line.hasServiceTime() || relayed
                ? Answered.YES
                : learned.serviceTimeSuppressed(line, inbound) ? Answered.UNKNOWN : Answered.NO;
        return infer(new Sight(
                line,
                inbound,
                answered,
                line.timing().durationMillis(),
                Grpc.of(line.response().grpcStatus()),
                timers(line),
                told.map(FlagConditions.Told::basis).orElse(Basis.INFERRED)));
    }

    /**
     * The condition of a request of which both sides may be known.
     *
     * @param caller the caller's proxy line, if there is one
     * @param callee the callee's proxy lines of the same request: one per attempt, in order of start
     * @throws IllegalArgumentException if there is no line at all
     */
    public Attribution attribute(Optional<AccessLogEntry> caller, List<AccessLogEntry> callee) {
        if (caller.isEmpty()) {
            if (callee.isEmpty()) {
                throw new IllegalArgumentException("a request needs a line");
            }
            return attribute(callee.get(callee.size() - 1));
        }
        AccessLogEntry line = caller.get();
        Attribution own = attribute(line);
        if (callee.isEmpty()) {
            return withoutCalleeLine(line, own);
        }
        if (told(own)) {
            return own;
        }
        if (line.hasServiceTime() || own.basis() == Basis.DETAILS) {
            return relayed(line, callee, own);
        }
        return unanswered(line, callee, own);
    }

    /** Whether the proxy itself named the condition. */
    private static boolean told(Attribution attribution) {
        return attribution.confidence() >= TOLD && attribution.basis() != Basis.INFERRED;
    }

    private LearnedTimers timers(AccessLogEntry line) {
        String authority = Observations.authority(line);
        return authority == null ? common : byAuthority.getOrDefault(authority, common);
    }

    private Attribution infer(Sight sight) {
        if (sight.line.isTcp()) {
            return tcp(sight);
        }
        int status = sight.status();
        if (status == 0) {
            return disconnected(sight);
        }
        if (sight.grpc != null && status < 400) {
            return grpc(sight, sight.grpc);
        }
        if (status < 400) {
            return sight.answered == Answered.NO && Grpc.emptyReplyWithoutStatus(sight.line)
                    ? grpcOwn(sight, Grpc.UNAVAILABLE)
                    : success(sight);
        }
        return switch (sight.answered) {
            case NO -> ownReply(sight);
            case YES -> sight.inbound ? application(sight, List.of()) : relayedReply(sight);
            case UNKNOWN -> unknownOrigin(sight);
        };
    }

    // --- one line, HTTP ---------------------------------------------------------------------------------------------

    /** A status below 400: a success, unless the answer broke off after its headers. */
    private Attribution success(Sight sight) {
        AccessLogEntry line = sight.line;
        if (!line.hasServiceTime() || sight.duration < 0) {
            return made(sight, Condition.SUCCESS, List.of(), FINGERPRINT);
        }
        long body = sight.duration - line.timing().serviceTimeMillis();
        if (sight.timers.atRequestTimeout(sight.duration) && body >= LearnedTimers.STREAMING_BODY) {
            return new Attribution(
                    Condition.UPSTREAM_RESPONSE_TIMEOUT,
                    List.of(
                            Condition.SUCCESS,
                            Condition.DOWNSTREAM_DISCONNECT,
                            Condition.UPSTREAM_RESET,
                            Condition.MAX_DURATION),
                    sight.basis,
                    USUAL,
                    Hop.CALLEE_PROXY);
        }
        if (body < sight.timers.longBody()) {
            return made(sight, Condition.SUCCESS, List.of(), FINGERPRINT);
        }
        // Nothing but its length tells a broken-off body from a whole one.
        return made(sight, Condition.SUCCESS, cuts(sight), USUAL);
    }

    /** What can have cut an answer after its headers, most usual first. */
    private static List<Condition> cuts(Sight sight) {
        String protocol = sight.line.request().protocol();
        boolean multiplexed = protocol != null && protocol.startsWith("HTTP/2");
        List<Condition> cuts = new ArrayList<>();
        if (!multiplexed) {
            cuts.add(Condition.UPSTREAM_PROTOCOL_ERROR);
        }
        if (sight.inbound) {
            cuts.add(Condition.UPSTREAM_CONNECTION_TERMINATION);
            cuts.add(Condition.UPSTREAM_RESET);
            cuts.add(Condition.DOWNSTREAM_DISCONNECT);
        } else {
            cuts.add(Condition.UPSTREAM_RESET);
            cuts.add(Condition.UPSTREAM_CONNECTION_TERMINATION);
        }
        cuts.add(Condition.MAX_DURATION);
        cuts.add(Condition.STREAM_IDLE_TIMEOUT);
        if (!sight.timers.certain()) {
            cuts.add(Condition.UPSTREAM_RESPONSE_TIMEOUT);
        }
        return cuts;
    }

    /** Status 0: whoever asked went away. At the request timeout that was the caller's proxy, tired of waiting. */
    private Attribution disconnected(Sight sight) {
        if (sight.inbound && sight.timers.atRequestTimeout(sight.duration)) {
            return new Attribution(
                    Condition.DOWNSTREAM_DISCONNECT,
                    List.of(Condition.UPSTREAM_RESPONSE_TIMEOUT),
                    sight.basis,
                    USUAL,
                    Hop.CALLEE_APP);
        }
        return made(sight, Condition.DOWNSTREAM_DISCONNECT, List.of(), FINGERPRINT);
    }

    /** An error that the application answered. */
    private static Attribution application(Sight sight, List<Condition> alternatives) {
        Condition condition = sight.status() >= 500 ? Condition.APPLICATION_5XX : Condition.APPLICATION_4XX;
        return made(sight, condition, alternatives, alternatives.isEmpty() ? FINGERPRINT : USUAL);
    }

    /** An error that the proxy which logs it wrote itself. */
    private Attribution ownReply(Sight sight) {
        AccessLogEntry line = sight.line;
        int status = sight.status();
        if (status < 500 && !line.hasHost() && status != 404 && line.request().method() == null) {
            return made(sight, Condition.DOWNSTREAM_PROTOCOL_ERROR, List.of(), FINGERPRINT);
        }
        List<LocalReplyFingerprints.Match> matches = LocalReplyFingerprints.known()
                .lookup(status, sight.bytes(), line.upstream().host());
        if (!matches.isEmpty()) {
            return ownText(sight, matches);
        }
        if (status < 500) {
            return line.hasHost() && sight.bytes() > 0 ? earlyAnswer(sight) : ownClientError(sight);
        }
        if (status == 504) {
            return ownTimeout(sight, List.of(Condition.STREAM_IDLE_TIMEOUT));
        }
        if (status == 502) {
            return made(sight, Condition.UPSTREAM_PROTOCOL_ERROR, List.of(), USUAL);
        }
        if (status != 503) {
            return made(sight, Condition.OTHER, List.of(), WEAK);
        }
        if (!line.hasHost()) {
            // Both have no body over HEAD, and only the missing cluster has none otherwise.
            return sight.bytes() == 0 && !sight.head()
                    ? made(sight, Condition.CLUSTER_NOT_FOUND, List.of(), FINGERPRINT)
                    : made(
                            sight,
                            Condition.NO_HEALTHY_UPSTREAM,
                            List.of(Condition.CLUSTER_NOT_FOUND, Condition.UPSTREAM_OVERFLOW),
                            sight.head() ? AMBIGUOUS : WEAK);
        }
        List<Condition> byReason = LocalReplyFingerprints.known().ofUnknownReason(sight.bytes());
        return byReason.isEmpty()
                ? ownWithoutText(sight, List.of())
                : made(sight, byReason.get(0), byReason.subList(1, byReason.size()), USUAL);
    }

    private Attribution ownText(Sight sight, List<LocalReplyFingerprints.Match> matches) {
        Condition first = matches.get(0).condition();
        List<Condition> others = new ArrayList<>();
        for (LocalReplyFingerprints.Match match : matches) {
            if (match.condition() != first && !others.contains(match.condition())) {
                others.add(match.condition());
            }
        }
        switch (first) {
            case UPSTREAM_RESPONSE_TIMEOUT -> {
                return ownTimeout(sight, others);
            }
            case UPSTREAM_CONNECTION_TIMEOUT -> {
                // Until 2023 the same length said "connection failure", refusals included.
                boolean old = sight.duration >= 0
                        && sight.duration < LearnedTimers.SHORTEST_TIMER
                        && sight.timers.connectTimeout().isEmpty();
                return old
                        ? made(
                                sight,
                                Condition.UPSTREAM_CONNECTION_FAILURE,
                                List.of(Condition.UPSTREAM_CONNECTION_TIMEOUT, Condition.TLS_FAILURE),
                                AMBIGUOUS)
                        : made(sight, first, others, FINGERPRINT);
            }
            case UPSTREAM_CONNECTION_FAILURE -> {
                boolean named = matches.get(0).reason();
                if (named) {
                    return made(sight, first, others, FINGERPRINT);
                }
                // Without the reason a failed handshake reads like a refused connection.
                return refused(sight, List.of());
            }
            default -> {
                return made(sight, first, others, FINGERPRINT);
            }
        }
    }

    /**
     * A connection failed at once: refused, or in the TLS handshake if the callee's proxies met something that is no HTTP at
     * that time.
     */
    private Attribution refused(Sight sight, List<Condition> others) {
        boolean handshake = !sight.inbound && learned.garbledNearby(sight.line);
        List<Condition> alternatives = new ArrayList<>();
        alternatives.add(handshake ? Condition.UPSTREAM_CONNECTION_FAILURE : Condition.TLS_FAILURE);
        alternatives.addAll(others);
        return made(
                sight,
                handshake ? Condition.TLS_FAILURE : Condition.UPSTREAM_CONNECTION_FAILURE,
                alternatives,
                others.isEmpty() ? USUAL : AMBIGUOUS);
    }

    /** 504 by the logging proxy: the request timeout, or one attempt's if that is known to be shorter. */
    private Attribution ownTimeout(Sight sight, List<Condition> others) {
        boolean early =
                sight.timers.certain() && sight.duration >= 0 && !sight.timers.reachedRequestTimeout(sight.duration);
        List<Condition> alternatives = new ArrayList<>();
        alternatives.add(early ? Condition.UPSTREAM_RESPONSE_TIMEOUT : Condition.PER_TRY_TIMEOUT);
        alternatives.addAll(others);
        return made(
                sight,
                early ? Condition.PER_TRY_TIMEOUT : Condition.UPSTREAM_RESPONSE_TIMEOUT,
                alternatives,
                early ? USUAL : FINGERPRINT);
    }

    /**
     * An error below 500 about a chosen host, without a text of Envoy's: the application refused the request before all of
     * it had arrived, and Envoy counts the service time from the request's end.
     */
    private static Attribution earlyAnswer(Sight sight) {
        return application(sight, List.of(ownClientError(sight).condition()));
    }

    private static Attribution ownClientError(Sight sight) {
        return switch (sight.status()) {
            case 404 -> made(sight, Condition.NO_ROUTE, List.of(), sight.bytes() == 0 ? FINGERPRINT : USUAL);
            case 401 -> made(sight, Condition.EXT_AUTHZ_DENIED, List.of(Condition.OTHER), AMBIGUOUS);
            case 403 -> made(sight, Condition.EXT_AUTHZ_DENIED, List.of(Condition.RBAC_DENIED), AMBIGUOUS);
            case 408 -> made(sight, Condition.STREAM_IDLE_TIMEOUT, List.of(Condition.MAX_DURATION), USUAL);
            case 429 -> made(sight, Condition.RATE_LIMITED, List.of(), USUAL);
            case 499 -> made(sight, Condition.DOWNSTREAM_DISCONNECT, List.of(), USUAL);
            case 400, 413, 414, 421, 426, 431 -> made(sight, Condition.DOWNSTREAM_PROTOCOL_ERROR, List.of(), USUAL);
            default -> made(sight, Condition.OTHER, List.of(), WEAK);
        };
    }

    /** 503 by the logging proxy about a chosen host, without a known text: only its duration tells. */
    private Attribution ownWithoutText(Sight sight, List<Condition> others) {
        long duration = sight.duration;
        LearnedTimers timers = sight.timers;
        Condition condition;
        List<Condition> usual;
        if (timers.atConnectTimeouts(duration)) {
            condition = Condition.UPSTREAM_CONNECTION_TIMEOUT;
            usual = List.of(Condition.UPSTREAM_CONNECTION_TERMINATION, Condition.UPSTREAM_RESET);
        } else if (duration < RETRIED_REFUSAL) {
            condition = Condition.UPSTREAM_CONNECTION_FAILURE;
            usual = List.of(
                    Condition.UPSTREAM_CONNECTION_TERMINATION,
                    Condition.UPSTREAM_OVERFLOW,
                    Condition.TLS_FAILURE,
                    Condition.UPSTREAM_RESET,
                    Condition.NO_HEALTHY_UPSTREAM);
        } else {
            condition = Condition.UPSTREAM_CONNECTION_TERMINATION;
            usual = List.of(
                    Condition.UPSTREAM_CONNECTION_TIMEOUT, Condition.UPSTREAM_RESET, Condition.NO_HEALTHY_UPSTREAM);
        }
        List<Condition> alternatives = new ArrayList<>(others);
        for (Condition other : usual) {
            if (!alternatives.contains(other)) {
                alternatives.add(other);
            }
        }
        return made(sight, condition, alternatives, AMBIGUOUS);
    }

    /** An error answered by the other side of an outbound line: its application, or its proxy if the text is Envoy's. */
    private Attribution relayedReply(Sight sight) {
        if (sight.head() && sight.status() == 503) {
            return sight.duration >= 0 && sight.duration <= LOOPBACK_REFUSAL
                    ? fromCallee(
                            sight,
                            Condition.UPSTREAM_CONNECTION_FAILURE,
                            List.of(Condition.UPSTREAM_CONNECTION_TERMINATION, Condition.APPLICATION_5XX))
                    : application(
                            sight,
                            List.of(Condition.UPSTREAM_CONNECTION_FAILURE, Condition.UPSTREAM_CONNECTION_TERMINATION));
        }
        List<LocalReplyFingerprints.Match> matches = LocalReplyFingerprints.known()
                .lookup(sight.status(), sight.bytes(), sight.line.upstream().host());
        if (matches.isEmpty() || sight.head() || sight.status() < 500 && sight.status() != 408) {
            return application(sight, List.of());
        }
        LocalReplyFingerprints.Match match = matches.get(0);
        Condition condition = match.condition();
        return isPlausibleRelay(sight, match)
                ? fromCallee(sight, condition, List.of(Condition.APPLICATION_5XX))
                : application(sight, List.of(condition));
    }

    private boolean isPlausibleRelay(Sight sight, LocalReplyFingerprints.Match match) {
        if (match.retried() && !match.reason()) {
            // A callee's proxy has one host, its own application, and nothing to retry on.
            return false;
        }
        return switch (match.condition()) {
            // A callee's proxy always has its one host, and Service Connect configures none of the others.
            case NO_HEALTHY_UPSTREAM, FAULT_INJECTED, OVERLOAD, RATE_LIMITED, RBAC_DENIED -> false;
            case UPSTREAM_RESPONSE_TIMEOUT ->
                sight.timers.requestTimeout().isPresent()
                        ? sight.timers.reachedRequestTimeout(sight.duration)
                        : sight.duration >= SHORTEST_RELAYED_TIMER;
            case UPSTREAM_CONNECTION_TIMEOUT, STREAM_IDLE_TIMEOUT, MAX_DURATION ->
                sight.duration >= SHORTEST_RELAYED_TIMER;
            // Releases that print the reason never write the short form.
            case UPSTREAM_CONNECTION_FAILURE -> match.reason() || !learned.printsReasons();
            default -> true;
        };
    }

    /** Service times are suppressed: the text decides alone, and an application's body of its length stays possible. */
    private Attribution unknownOrigin(Sight sight) {
        if (!sight.line.hasHost()) {
            return ownReply(sight);
        }
        boolean text = !LocalReplyFingerprints.known()
                .lookup(sight.status(), sight.bytes(), sight.line.upstream().host())
                .isEmpty();
        if (!text) {
            return application(sight, List.of());
        }
        Attribution own = ownReply(sight);
        List<Condition> alternatives = new ArrayList<>(own.alternatives());
        alternatives.add(sight.status() >= 500 ? Condition.APPLICATION_5XX : Condition.APPLICATION_4XX);
        return new Attribution(
                own.condition(), alternatives, own.basis(), Math.min(own.confidence(), AMBIGUOUS), own.hop());
    }

    // --- one line, gRPC ---------------------------------------------------------------------------------------------

    private Attribution grpc(Sight sight, Grpc status) {
        if (status == Grpc.OK) {
            return success(sight);
        }
        return switch (sight.answered) {
            case YES -> grpcAnswered(sight, status);
            case NO -> grpcOwn(sight, status);
            case UNKNOWN -> grpcUnknownOrigin(sight, status);
        };
    }

    private Attribution grpcAnswered(Sight sight, Grpc status) {
        if (status == Grpc.UNKNOWN && sight.bytes() > 0) {
            return grpcCut(sight);
        }
        if (status != Grpc.UNAVAILABLE || sight.inbound || sight.bytes() > 0) {
            List<Condition> alternatives =
                    status == Grpc.UNIMPLEMENTED && !sight.inbound ? List.of(Condition.NO_ROUTE) : List.of();
            return made(sight, Condition.GRPC_ERROR, alternatives, FINGERPRINT);
        }
        // Unavailable from the other side: its application said so, or its proxy about its application.
        long duration = sight.line.hasServiceTime() ? sight.line.timing().serviceTimeMillis() : sight.duration;
        if (sight.timers.reachedRequestTimeout(sight.duration)) {
            return fromCallee(
                    sight,
                    Condition.UPSTREAM_RESPONSE_TIMEOUT,
                    List.of(Condition.GRPC_ERROR, Condition.UPSTREAM_CONNECTION_TERMINATION, Condition.UPSTREAM_RESET));
        }
        return duration >= 0 && duration <= LOOPBACK_REFUSAL
                ? withConfidence(
                        fromCallee(
                                sight,
                                Condition.UPSTREAM_CONNECTION_FAILURE,
                                List.of(
                                        Condition.UPSTREAM_PROTOCOL_ERROR,
                                        Condition.UPSTREAM_CONNECTION_TERMINATION,
                                        Condition.UPSTREAM_RESET,
                                        Condition.GRPC_ERROR,
                                        Condition.UPSTREAM_OVERFLOW)),
                        AMBIGUOUS)
                : withConfidence(
                        fromCallee(
                                sight,
                                Condition.UPSTREAM_CONNECTION_TERMINATION,
                                List.of(
                                        Condition.UPSTREAM_RESET,
                                        Condition.GRPC_ERROR,
                                        Condition.UPSTREAM_CONNECTION_FAILURE,
                                        Condition.UPSTREAM_PROTOCOL_ERROR)),
                        AMBIGUOUS);
    }

    /** Unknown after part of the answer: the stream broke off. */
    private static Attribution grpcCut(Sight sight) {
        if (sight.timers.atRequestTimeout(sight.duration)) {
            return new Attribution(
                    Condition.UPSTREAM_RESPONSE_TIMEOUT,
                    List.of(
                            Condition.UPSTREAM_RESET,
                            Condition.DOWNSTREAM_DISCONNECT,
                            Condition.UPSTREAM_CONNECTION_TERMINATION,
                            Condition.MAX_DURATION,
                            Condition.GRPC_ERROR),
                    sight.basis,
                    USUAL,
                    Hop.CALLEE_PROXY);
        }
        return sight.inbound
                ? made(
                        sight,
                        Condition.UPSTREAM_CONNECTION_TERMINATION,
                        List.of(
                                Condition.UPSTREAM_RESET,
                                Condition.DOWNSTREAM_DISCONNECT,
                                Condition.MAX_DURATION,
                                Condition.STREAM_IDLE_TIMEOUT,
                                Condition.UPSTREAM_RESPONSE_TIMEOUT,
                                Condition.GRPC_ERROR),
                        WEAK)
                : made(
                        sight,
                        Condition.UPSTREAM_RESET,
                        List.of(
                                Condition.UPSTREAM_CONNECTION_TERMINATION,
                                Condition.MAX_DURATION,
                                Condition.STREAM_IDLE_TIMEOUT,
                                Condition.UPSTREAM_RESPONSE_TIMEOUT,
                                Condition.GRPC_ERROR),
                        AMBIGUOUS);
    }

    private Attribution grpcUnknownOrigin(Sight sight, Grpc status) {
        boolean local = status == Grpc.UNAVAILABLE && sight.bytes() == 0 || !sight.line.hasHost();
        if (!local) {
            return made(sight, Condition.GRPC_ERROR, List.of(), USUAL);
        }
        Attribution own = grpcOwn(sight, status);
        if (!sight.line.hasHost()) {
            return own;
        }
        List<Condition> alternatives = new ArrayList<>(own.alternatives());
        alternatives.add(Condition.GRPC_ERROR);
        return new Attribution(own.condition(), alternatives, own.basis(), Math.min(own.confidence(), WEAK), own.hop());
    }

    /** A gRPC status that the logging proxy made: it maps 404 to Unimplemented and 502, 503, 504 to Unavailable. */
    private Attribution grpcOwn(Sight sight, Grpc status) {
        return switch (status) {
            case UNIMPLEMENTED -> made(sight, Condition.NO_ROUTE, List.of(), FINGERPRINT);
            case UNAUTHENTICATED -> made(sight, Condition.EXT_AUTHZ_DENIED, List.of(), USUAL);
            case PERMISSION_DENIED ->
                made(sight, Condition.RBAC_DENIED, List.of(Condition.EXT_AUTHZ_DENIED), AMBIGUOUS);
            case RESOURCE_EXHAUSTED -> made(sight, Condition.RATE_LIMITED, List.of(), USUAL);
            case DEADLINE_EXCEEDED ->
                made(sight, Condition.UPSTREAM_RESPONSE_TIMEOUT, List.of(Condition.PER_TRY_TIMEOUT), USUAL);
            case INTERNAL -> made(sight, Condition.DOWNSTREAM_PROTOCOL_ERROR, List.of(Condition.OTHER), AMBIGUOUS);
            case UNAVAILABLE -> sight.line.hasHost() ? grpcHostUnavailable(sight) : grpcNoHost(sight);
            default ->
                made(sight, Condition.STREAM_IDLE_TIMEOUT, List.of(Condition.MAX_DURATION, Condition.OTHER), WEAK);
        };
    }

    private Attribution grpcNoHost(Sight sight) {
        if (sight.timers.reachedRequestTimeout(sight.duration)) {
            return new Attribution(
                    Condition.UPSTREAM_RESPONSE_TIMEOUT,
                    List.of(Condition.NO_HEALTHY_UPSTREAM),
                    sight.basis,
                    USUAL,
                    Hop.NETWORK);
        }
        return made(
                sight,
                Condition.NO_HEALTHY_UPSTREAM,
                List.of(Condition.CLUSTER_NOT_FOUND, Condition.UPSTREAM_OVERFLOW, Condition.RATE_LIMITED),
                AMBIGUOUS);
    }

    private Attribution grpcHostUnavailable(Sight sight) {
        LearnedTimers timers = sight.timers;
        long duration = sight.duration;
        if (timers.reachedRequestTimeout(duration)) {
            return made(
                    sight,
                    Condition.UPSTREAM_RESPONSE_TIMEOUT,
                    List.of(
                            Condition.UPSTREAM_CONNECTION_TIMEOUT,
                            Condition.STREAM_IDLE_TIMEOUT,
                            Condition.UPSTREAM_CONNECTION_TERMINATION),
                    USUAL);
        }
        if (sight.inbound) {
            return duration <= LOOPBACK_REFUSAL
                    ? made(
                            sight,
                            Condition.UPSTREAM_CONNECTION_FAILURE,
                            List.of(
                                    Condition.UPSTREAM_PROTOCOL_ERROR,
                                    Condition.UPSTREAM_CONNECTION_TERMINATION,
                                    Condition.UPSTREAM_OVERFLOW,
                                    Condition.UPSTREAM_RESET),
                            AMBIGUOUS)
                    : made(
                            sight,
                            Condition.UPSTREAM_CONNECTION_TERMINATION,
                            List.of(
                                    Condition.UPSTREAM_RESET,
                                    Condition.UPSTREAM_CONNECTION_FAILURE,
                                    Condition.UPSTREAM_PROTOCOL_ERROR,
                                    Condition.UPSTREAM_CONNECTION_TIMEOUT,
                                    Condition.STREAM_IDLE_TIMEOUT),
                            AMBIGUOUS);
        }
        if (duration <= LearnedTimers.AT_ONCE) {
            return grpcRefusedAtOnce(sight);
        }
        long longestRefusal = timers.connectTimeout().isPresent() ? LearnedTimers.LONGEST_REFUSAL : RETRIED_REFUSAL;
        if (duration <= longestRefusal && !timers.pendingConnects()) {
            return refused(
                    sight,
                    List.of(
                            Condition.UPSTREAM_CONNECTION_TERMINATION,
                            Condition.UPSTREAM_OVERFLOW,
                            Condition.UPSTREAM_RESET,
                            Condition.UPSTREAM_CONNECTION_TIMEOUT,
                            Condition.NO_HEALTHY_UPSTREAM));
        }
        if (timers.atOtherTimer(duration) && !timers.atConnectTimeouts(duration)) {
            return made(
                    sight,
                    Condition.STREAM_IDLE_TIMEOUT,
                    List.of(
                            Condition.UPSTREAM_CONNECTION_TIMEOUT,
                            Condition.UPSTREAM_CONNECTION_TERMINATION,
                            Condition.UPSTREAM_RESPONSE_TIMEOUT,
                            Condition.PER_TRY_TIMEOUT,
                            Condition.UPSTREAM_RESET),
                    AMBIGUOUS);
        }
        return made(
                sight,
                Condition.UPSTREAM_CONNECTION_TIMEOUT,
                List.of(
                        Condition.UPSTREAM_CONNECTION_TERMINATION,
                        Condition.STREAM_IDLE_TIMEOUT,
                        Condition.UPSTREAM_RESET,
                        Condition.UPSTREAM_RESPONSE_TIMEOUT,
                        Condition.PER_TRY_TIMEOUT,
                        Condition.NO_HEALTHY_UPSTREAM),
                timers.atConnectTimeouts(duration) ? USUAL : WEAK);
    }

    /** Refused within a millisecond: by a circuit breaker before the message was read, or by the host. */
    private Attribution grpcRefusedAtOnce(Sight sight) {
        boolean early = new Lesson().of(sight.line).isRefusedBeforeRead();
        if (!early && !learned.overflowedNearby(sight.line)) {
            return refused(
                    sight,
                    List.of(
                            Condition.UPSTREAM_OVERFLOW,
                            Condition.UPSTREAM_CONNECTION_TERMINATION,
                            Condition.UPSTREAM_CONNECTION_TIMEOUT));
        }
        return made(
                sight,
                Condition.UPSTREAM_OVERFLOW,
                List.of(
                        Condition.UPSTREAM_CONNECTION_FAILURE,
                        Condition.TLS_FAILURE,
                        Condition.UPSTREAM_CONNECTION_TERMINATION,
                        Condition.UPSTREAM_CONNECTION_TIMEOUT),
                early ? USUAL : AMBIGUOUS);
    }

    // --- one line, TCP ----------------------------------------------------------------------------------------------

    /** TCP lines have neither host nor status: only a connection without an answer is suspicious. */
    private Attribution tcp(Sight sight) {
        AccessLogEntry.Response response = sight.line.response();
        if (response.bytesSent() != 0) {
            return made(sight, Condition.SUCCESS, List.of(), USUAL);
        }
        boolean atOnce = sight.duration >= 0 && sight.duration <= LOOPBACK_REFUSAL;
        if (atOnce) {
            return made(
                    sight,
                    Condition.UPSTREAM_CONNECTION_FAILURE,
                    List.of(Condition.NO_HEALTHY_UPSTREAM, Condition.UPSTREAM_RESET, Condition.SUCCESS),
                    AMBIGUOUS);
        }
        return response.bytesReceived() == 0
                ? made(
                        sight,
                        Condition.UPSTREAM_CONNECTION_TIMEOUT,
                        List.of(Condition.SUCCESS, Condition.DOWNSTREAM_DISCONNECT),
                        WEAK)
                : made(
                        sight,
                        Condition.SUCCESS,
                        List.of(Condition.UPSTREAM_CONNECTION_TERMINATION, Condition.UPSTREAM_RESET),
                        AMBIGUOUS);
    }

    // --- both sides -------------------------------------------------------------------------------------------------

    /** The caller's line alone, knowing that the callee's proxy logs and has none: the request never arrived. */
    private Attribution withoutCalleeLine(AccessLogEntry line, Attribution own) {
        if (line.hasServiceTime() || !learned.calleeLogs() || learned.isInbound(line)) {
            return own;
        }
        boolean waited =
                own.condition() == Condition.UPSTREAM_RESPONSE_TIMEOUT || own.condition() == Condition.PER_TRY_TIMEOUT;
        return waited ? withHop(own, Hop.NETWORK) : own;
    }

    /** Both proxies have lines and the caller's was answered. */
    private Attribution relayed(AccessLogEntry line, List<AccessLogEntry> callee, Attribution own) {
        AccessLogEntry origin = originOf(line, callee);
        if (origin == null) {
            return own;
        }
        Grpc grpc = Grpc.of(line.response().grpcStatus());
        boolean failed = line.response().status() >= 400
                || grpc != null && grpc != Grpc.OK
                || Grpc.emptyReplyWithoutStatus(origin)
                        && attribute(origin).condition().failure();
        if (!failed) {
            return answeredOnBothSides(line, origin, own);
        }
        if (grpc == Grpc.UNKNOWN && line.response().bytesSent() > 0) {
            return own;
        }
        Attribution made = attribute(origin);
        Basis basis = made.basis() == Basis.FLAG || made.basis() == Basis.DETAILS ? made.basis() : own.basis();
        return new Attribution(made.condition(), made.alternatives(), basis, made.confidence(), made.hop());
    }

    /** The attempt whose answer the caller's line passes on: the last one of the same status, or null. */
    private static @Nullable AccessLogEntry originOf(AccessLogEntry line, List<AccessLogEntry> callee) {
        Grpc relayed = Grpc.of(line.response().grpcStatus());
        for (int i = callee.size() - 1; i >= 0; i--) {
            AccessLogEntry attempt = callee.get(i);
            Grpc made = Grpc.of(attempt.response().grpcStatus());
            // A callee's port that is not declared as gRPC logs no gRPC status.
            if (attempt.response().status() == line.response().status()
                    && (made == relayed || made == null && !attempt.hasServiceTime())) {
                return attempt;
            }
        }
        return null;
    }

    /** Both logged a success: over HTTP/1.1 the caller's delayed close still betrays a broken-off body. */
    private Attribution answeredOnBothSides(AccessLogEntry line, AccessLogEntry origin, Attribution own) {
        long callerBody = line.timing().durationMillis() - line.timing().serviceTimeMillis();
        long calleeBody = origin.timing().durationMillis() - origin.timing().serviceTimeMillis();
        long gap = callerBody - calleeBody;
        boolean delayedClose = line.hasServiceTime()
                && origin.hasServiceTime()
                && line.request().protocol() != null
                && line.request().protocol().startsWith("HTTP/1")
                && line.response().bytesSent() == origin.response().bytesSent()
                && gap >= DELAYED_CLOSE - 20
                && gap <= DELAYED_CLOSE + 150;
        // A starved proxy delays bodies by anything; only where a second stands out is it the delayed close.
        if (!delayedClose
                || own.condition() != Condition.SUCCESS
                || !timers(line).delayedCloses()) {
            return own;
        }
        return new Attribution(
                Condition.UPSTREAM_PROTOCOL_ERROR,
                List.of(Condition.SUCCESS, Condition.UPSTREAM_CONNECTION_TERMINATION, Condition.MAX_DURATION),
                own.basis(),
                USUAL,
                Hop.CALLEE_APP);
    }

    /** Both proxies have lines and the caller's made its status itself. */
    private Attribution unanswered(AccessLogEntry line, List<AccessLogEntry> callee, Attribution own) {
        AccessLogEntry last = callee.get(callee.size() - 1);
        boolean abandoned = last.response().status() == 0;
        long duration = line.timing().durationMillis();
        boolean timeout = own.condition() == Condition.UPSTREAM_RESPONSE_TIMEOUT;
        if (timeout && abandoned && isPerTry(duration, callee)) {
            return new Attribution(
                    Condition.PER_TRY_TIMEOUT,
                    List.of(Condition.UPSTREAM_RESPONSE_TIMEOUT),
                    own.basis(),
                    USUAL,
                    own.hop());
        }
        Grpc grpc = Grpc.of(line.response().grpcStatus());
        boolean waited = grpc == Grpc.UNAVAILABLE
                && abandoned
                && duration >= LearnedTimers.SHORTEST_TIMER
                && Math.abs(duration - last.timing().durationMillis()) <= 2 * LOOPBACK_REFUSAL + duration / 1000;
        if (!waited || timers(line).reachedRequestTimeout(duration)) {
            return own;
        }
        // The request had arrived and was dropped by a timer of the caller's proxy that is not the request timeout.
        return new Attribution(
                Condition.STREAM_IDLE_TIMEOUT,
                List.of(Condition.UPSTREAM_RESPONSE_TIMEOUT, Condition.PER_TRY_TIMEOUT, Condition.MAX_DURATION),
                own.basis(),
                USUAL,
                Hop.CALLEE_APP);
    }

    /** Several attempts, each abandoned after the same time, which together make up the whole. */
    private static boolean isPerTry(long duration, List<AccessLogEntry> callee) {
        if (callee.size() < 2) {
            return false;
        }
        long longest = 0;
        long shortest = Long.MAX_VALUE;
        long sum = 0;
        for (AccessLogEntry attempt : callee) {
            long lasted = attempt.timing().durationMillis();
            if (attempt.response().status() != 0) {
                return false;
            }
            longest = Math.max(longest, lasted);
            shortest = Math.min(shortest, lasted);
            sum += lasted;
        }
        return longest - shortest <= 20 + longest / 20 && sum <= duration + 20 && sum >= duration - duration / 5;
    }

    // --- hops -------------------------------------------------------------------------------------------------------

    /** The attribution of a status that the logging proxy, or its application, made. */
    private static Attribution made(Sight sight, Condition condition, List<Condition> alternatives, double confidence) {
        return new Attribution(
                condition, alternatives, sight.basis, confidence, hop(condition, sight.inbound, sight.status()));
    }

    /** The attribution of a status that the proxy on the other side of an outbound line made. */
    private static Attribution fromCallee(Sight sight, Condition condition, List<Condition> alternatives) {
        return new Attribution(condition, alternatives, sight.basis, RELAYED, hop(condition, true, sight.status()));
    }

    private static Attribution withHop(Attribution attribution, Hop hop) {
        return new Attribution(
                attribution.condition(),
                attribution.alternatives(),
                attribution.basis(),
                attribution.confidence(),
                hop);
    }

    private static Attribution withConfidence(Attribution attribution, double confidence) {
        return new Attribution(
                attribution.condition(),
                attribution.alternatives(),
                attribution.basis(),
                confidence,
                attribution.hop());
    }

    /**
     * The hop of the class's table.
     *
     * @param byCallee whether the callee's proxy, or its application, made the status
     */
    private static Hop hop(Condition condition, boolean byCallee, int status) {
        return switch (condition) {
            case SUCCESS,
                    APPLICATION_4XX,
                    APPLICATION_5XX,
                    GRPC_ERROR,
                    RETRY_LIMIT_EXCEEDED,
                    UPSTREAM_RESPONSE_TIMEOUT,
                    PER_TRY_TIMEOUT -> Hop.CALLEE_APP;
            case NO_HEALTHY_UPSTREAM,
                    UPSTREAM_OVERFLOW,
                    NO_ROUTE,
                    CLUSTER_NOT_FOUND,
                    RATE_LIMITED,
                    EXT_AUTHZ_DENIED,
                    RBAC_DENIED,
                    FAULT_INJECTED,
                    OVERLOAD,
                    DNS_FAILURE,
                    MAX_DURATION,
                    OTHER -> byCallee ? Hop.CALLEE_PROXY : Hop.CALLER_PROXY;
            case UPSTREAM_CONNECTION_TIMEOUT -> byCallee ? Hop.CALLEE_APP : Hop.NETWORK;
            case TLS_FAILURE -> byCallee ? Hop.CALLEE_PROXY : Hop.NETWORK;
            case UPSTREAM_CONNECTION_FAILURE,
                    UPSTREAM_CONNECTION_TERMINATION,
                    UPSTREAM_RESET,
                    UPSTREAM_PROTOCOL_ERROR -> byCallee ? Hop.CALLEE_APP : Hop.CALLEE_PROXY;
            case STREAM_IDLE_TIMEOUT -> status == 408 ? Hop.CALLER_APP : Hop.CALLEE_APP;
            case DOWNSTREAM_DISCONNECT -> Hop.CALLER_APP;
            case DOWNSTREAM_PROTOCOL_ERROR -> byCallee ? Hop.CALLER_PROXY : Hop.CALLER_APP;
        };
    }
}
