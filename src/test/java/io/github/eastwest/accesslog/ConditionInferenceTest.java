package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionInferenceTest {
    private final Observations learned = new Observations();

    private void learn(Lines... lines) {
        Arrays.stream(lines).forEach(line -> learned.observe(line.line()));
    }

    private void learn(int times, Lines line) {
        for (int i = 0; i < times; i++) {
            learned.observe(line.line());
        }
    }

    private Attribution read(Lines line) {
        return new ConditionInference(learned).attribute(line.line());
    }

    private Attribution read(Lines caller, Lines... callee) {
        List<AccessLogEntry> attempts = Arrays.stream(callee).map(Lines::line).toList();
        return new ConditionInference(learned).attribute(Optional.of(caller.line()), attempts);
    }

    private static void is(Attribution read, Condition condition, Hop hop) {
        assertThat(read.condition()).isEqualTo(condition);
        assertThat(read.hop()).isEqualTo(hop);
    }

    @Nested
    class OneHttpLine {
        /** Each text on the caller's proxy's own line, and the same text made by the callee's proxy on its line. */
        @ParameterizedTest
        @CsvSource({
            "503, 19, 0, no_healthy_upstream, CALLER_PROXY, CALLEE_PROXY",
            "503, 81, 0, upstream_overflow, CALLER_PROXY, CALLEE_PROXY",
            "503, 91, 3000, upstream_connection_timeout, NETWORK, CALLEE_APP",
            "503, 95, 2, upstream_connection_termination, CALLEE_PROXY, CALLEE_APP",
            "503, 85, 2, upstream_reset, CALLEE_PROXY, CALLEE_APP",
            "503, 167, 0, upstream_connection_failure, CALLEE_PROXY, CALLEE_APP",
            "503, 98, 0, upstream_connection_failure, CALLEE_PROXY, CALLEE_APP",
            "503, 216, 2, tls_failure, NETWORK, CALLEE_PROXY",
            "502, 87, 2, upstream_protocol_error, CALLEE_PROXY, CALLEE_APP",
            "504, 24, 15000, upstream_response_timeout, CALLEE_APP, CALLEE_APP",
            "504, 14, 300000, stream_idle_timeout, CALLEE_APP, CALLEE_APP",
            "408, 14, 300000, stream_idle_timeout, CALLER_APP, CALLER_APP",
            "504, 36, 60000, max_duration, CALLER_PROXY, CALLEE_PROXY"
        })
        void namesWhatTheProxyWroteAndTheHopThatMadeIt(
                int status, long bytes, long millis, String condition, Hop byCaller, Hop byCallee) {
            Attribution caller = read(Lines.caller().reply(status, bytes, millis));
            Attribution callee = read(Lines.callee().reply(status, bytes, millis));

            assertThat(caller.condition().id()).isEqualTo(condition);
            assertThat(callee.condition().id()).isEqualTo(condition);
            assertThat(caller.hop()).isEqualTo(byCaller);
            assertThat(callee.hop()).isEqualTo(byCallee);
            assertThat(caller.basis()).isEqualTo(Basis.INFERRED);
        }

        @Test
        void tellsMissingRouteFromMissingClusterByStatus() {
            is(read(Lines.caller().host(null).reply(404, 0, 0)), Condition.NO_ROUTE, Hop.CALLER_PROXY);
            is(read(Lines.caller().host(null).reply(503, 0, 0)), Condition.CLUSTER_NOT_FOUND, Hop.CALLER_PROXY);
        }

        @Test
        void keepsTheApplicationsOwnErrors() {
            is(read(Lines.caller().status(404).sent(123)), Condition.APPLICATION_4XX, Hop.CALLEE_APP);
            is(read(Lines.caller().status(404).sent(0)), Condition.APPLICATION_4XX, Hop.CALLEE_APP);
            is(read(Lines.caller().status(500).sent(112)), Condition.APPLICATION_5XX, Hop.CALLEE_APP);
            is(read(Lines.callee().status(503).sent(95)), Condition.APPLICATION_5XX, Hop.CALLEE_APP);
        }

        @Test
        void takesARelayedTextForTheCalleesProxyButKeepsTheApplicationPossible() {
            Attribution relayed = read(Lines.caller().status(503).sent(95).serviceTime(3));

            is(relayed, Condition.UPSTREAM_CONNECTION_TERMINATION, Hop.CALLEE_APP);
            assertThat(relayed.alternatives()).contains(Condition.APPLICATION_5XX);
        }

        @ParameterizedTest
        @CsvSource({"503, 19, 4", "503, 91, 4", "503, 121, 4", "504, 24, 4", "503, 18, 4", "503, 16, 4"})
        void doesNotTakeAnImplausibleTextForTheCalleesProxy(int status, long bytes, long millis) {
            Attribution read = read(
                    Lines.caller().status(status).sent(bytes).duration(millis).serviceTime(millis));

            assertThat(read.condition()).isEqualTo(Condition.APPLICATION_5XX);
            assertThat(read.alternatives()).hasSize(1);
        }

        @Test
        void takesTheShortTextForTheApplicationsWhereProxiesPrintReasons() {
            Lines relayed = Lines.caller().status(503).sent(98);
            assertThat(read(relayed).condition()).isEqualTo(Condition.UPSTREAM_CONNECTION_FAILURE);

            learn(Lines.callee().reply(503, 167, 0));

            assertThat(read(relayed).condition()).isEqualTo(Condition.APPLICATION_5XX);
        }

        @Test
        void keepsTlsPossibleWhereTheReasonIsNotPrinted() {
            assertThat(read(Lines.caller().reply(503, 98, 0)).alternatives()).contains(Condition.TLS_FAILURE);
            assertThat(read(Lines.caller().reply(503, 167, 0)).alternatives()).doesNotContain(Condition.TLS_FAILURE);
        }

        @Test
        void seesAHandshakeWhereTheCalleeMetGarbageAtThatTime() {
            Lines failed = Lines.caller().reply(503, 98, 0).after(5000);
            Lines garbage = Lines.callee()
                    .method(null)
                    .path(null)
                    .authority(null)
                    .host(null)
                    .id(null)
                    .reply(400, 11, 0);
            learn(garbage.after(3900));
            assertThat(read(failed).condition()).isEqualTo(Condition.UPSTREAM_CONNECTION_FAILURE);

            learn(garbage.after(4000));

            is(read(failed), Condition.TLS_FAILURE, Hop.NETWORK);
        }

        /** Refused while the body was still coming: no service time, but a host, and no text of Envoy's. */
        @Test
        void tellsAnApplicationsEarlyAnswerFromAProxysOwn() {
            is(read(Lines.callee().reply(413, 4, 12)), Condition.APPLICATION_4XX, Hop.CALLEE_APP);
            is(read(Lines.caller().reply(413, 4, 12)), Condition.APPLICATION_4XX, Hop.CALLEE_APP);
            is(
                    read(Lines.callee().host(null).reply(413, 4, 12)),
                    Condition.DOWNSTREAM_PROTOCOL_ERROR,
                    Hop.CALLER_PROXY);
            is(read(Lines.callee().reply(408, 14, 5000)), Condition.STREAM_IDLE_TIMEOUT, Hop.CALLER_APP);
        }

        @Test
        void readsWhatClientsSentWrong() {
            Lines garbage = Lines.caller()
                    .method(null)
                    .path(null)
                    .authority(null)
                    .host(null)
                    .id(null);
            is(read(garbage.reply(400, 11, 0)), Condition.DOWNSTREAM_PROTOCOL_ERROR, Hop.CALLER_APP);
            is(read(garbage.reply(426, 16, 0)), Condition.DOWNSTREAM_PROTOCOL_ERROR, Hop.CALLER_APP);
            is(read(garbage.reply(431, 31, 0)), Condition.DOWNSTREAM_PROTOCOL_ERROR, Hop.CALLER_APP);
            is(
                    read(garbage.side(io.github.eastwest.model.Side.CALLEE).reply(400, 11, 0)),
                    Condition.DOWNSTREAM_PROTOCOL_ERROR,
                    Hop.CALLER_PROXY);
        }

        @Test
        void readsRefusalsByPolicy() {
            is(read(Lines.caller().host(null).reply(403, 19, 0)), Condition.RBAC_DENIED, Hop.CALLER_PROXY);
            is(read(Lines.caller().host(null).reply(403, 3, 0)), Condition.EXT_AUTHZ_DENIED, Hop.CALLER_PROXY);
            is(read(Lines.caller().host(null).reply(429, 18, 0)), Condition.RATE_LIMITED, Hop.CALLER_PROXY);
            is(read(Lines.caller().status(429)), Condition.APPLICATION_4XX, Hop.CALLEE_APP);
        }

        @Test
        void readsStatusZeroAsACallerThatLeft() {
            is(read(Lines.caller().reply(0, 0, 1000)), Condition.DOWNSTREAM_DISCONNECT, Hop.CALLER_APP);
        }

        /** 15 ms and a thousandth around the default of 15 s. */
        @ParameterizedTest
        @CsvSource({"14969, false", "14970, true", "15030, true", "15031, false"})
        void blamesTheCalleeForWhatTheCallersProxyAbandonedAtTheTimeout(long millis, boolean timeout) {
            Attribution read = read(Lines.callee().reply(0, 0, millis));

            is(read, Condition.DOWNSTREAM_DISCONNECT, timeout ? Hop.CALLEE_APP : Hop.CALLER_APP);
            assertThat(read.alternatives())
                    .isEqualTo(timeout ? List.of(Condition.UPSTREAM_RESPONSE_TIMEOUT) : List.of());
        }

        @Test
        void hasNoLengthsToReadOverHead() {
            Lines head = Lines.caller().method("HEAD");
            is(read(head.host(null).reply(503, 0, 0)), Condition.NO_HEALTHY_UPSTREAM, Hop.CALLER_PROXY);
            is(
                    read(head.host("10.0.1.11:8080").reply(503, 0, 0)),
                    Condition.UPSTREAM_CONNECTION_FAILURE,
                    Hop.CALLEE_PROXY);
            is(read(head.reply(504, 0, 15000)), Condition.UPSTREAM_RESPONSE_TIMEOUT, Hop.CALLEE_APP);
            // Relayed: the application's own answers to HEAD have no body either, but take as long as others do.
            is(
                    read(head.status(503).duration(3).serviceTime(3)),
                    Condition.UPSTREAM_CONNECTION_FAILURE,
                    Hop.CALLEE_APP);
            is(read(head.duration(4).serviceTime(4)), Condition.APPLICATION_5XX, Hop.CALLEE_APP);
        }

        @Test
        void dropsServiceTimeRulesWhereItIsNeverPrinted() {
            Lines appError = Lines.caller().reply(500, 112, 4);
            learn(4, Lines.caller().noServiceTime());
            assertThat(read(appError).condition()).isEqualTo(Condition.OTHER);

            learn(1, Lines.caller().noServiceTime());

            is(read(appError), Condition.APPLICATION_5XX, Hop.CALLEE_APP);
            Attribution text = read(Lines.caller().reply(503, 95, 4));
            assertThat(text.condition()).isEqualTo(Condition.UPSTREAM_CONNECTION_TERMINATION);
            assertThat(text.alternatives()).contains(Condition.APPLICATION_5XX);
        }

        @Test
        void readsUnknownReasonsByLengthAndUnknownTextsByDuration() {
            assertThat(read(Lines.caller().reply(503, 245, 3)).condition()).isEqualTo(Condition.TLS_FAILURE);
            assertThat(read(Lines.caller().reply(503, 201, 3)).condition())
                    .isEqualTo(Condition.UPSTREAM_CONNECTION_FAILURE);
            assertThat(read(Lines.caller().reply(503, 33, 249)).condition())
                    .isEqualTo(Condition.UPSTREAM_CONNECTION_FAILURE);
            assertThat(read(Lines.caller().reply(503, 33, 250)).condition())
                    .isEqualTo(Condition.UPSTREAM_CONNECTION_TERMINATION);
        }

        @Test
        void readsTheOldTextOfConnectionFailuresByItsDuration() {
            assertThat(read(Lines.caller().reply(503, 91, 99)).condition())
                    .isEqualTo(Condition.UPSTREAM_CONNECTION_FAILURE);
            assertThat(read(Lines.caller().reply(503, 91, 100)).condition())
                    .isEqualTo(Condition.UPSTREAM_CONNECTION_TIMEOUT);

            // Calls that join a pending attempt share its end: short ones are timeouts too where long ones are.
            learn(2, Lines.caller().reply(503, 91, 5000));

            assertThat(read(Lines.caller().reply(503, 91, 3)).condition())
                    .isEqualTo(Condition.UPSTREAM_CONNECTION_TIMEOUT);
        }
    }

    @Nested
    class BrokenOffAnswers {
        @Test
        void readsAStreamThatEndsAtTheTimeoutAsCut() {
            Lines stream = Lines.caller().duration(15_001).serviceTime(5);

            is(read(stream), Condition.UPSTREAM_RESPONSE_TIMEOUT, Hop.CALLEE_PROXY);
            is(read(stream.duration(14_969)), Condition.SUCCESS, Hop.CALLEE_APP);
            is(read(stream.duration(15_031)), Condition.SUCCESS, Hop.CALLEE_APP);
        }

        @Test
        void keepsASlowAnswerWhoseHeadersCameAtTheTimeout() {
            is(read(Lines.caller().duration(15_000).serviceTime(14_901)), Condition.SUCCESS, Hop.CALLEE_APP);
            is(
                    read(Lines.caller().duration(15_000).serviceTime(14_900)),
                    Condition.UPSTREAM_RESPONSE_TIMEOUT,
                    Hop.CALLEE_PROXY);
        }

        @Test
        void keepsABreakPossibleWhereTheBodyTookLong() {
            assertThat(read(Lines.caller().duration(253).serviceTime(4)).alternatives())
                    .isEmpty();
            assertThat(read(Lines.caller().duration(254).serviceTime(4)).alternatives())
                    .startsWith(Condition.UPSTREAM_PROTOCOL_ERROR);
            assertThat(read(Lines.caller().protocol("HTTP/2").duration(254).serviceTime(4))
                            .alternatives())
                    .startsWith(Condition.UPSTREAM_RESET)
                    .doesNotContain(Condition.UPSTREAM_PROTOCOL_ERROR);
        }

        @Test
        void measuresLongBodiesByTheUsualOnes() {
            // Median 5 ms, so 40 ms is eight times as long.
            learn(20, Lines.caller().duration(10).serviceTime(5));
            assertThat(read(Lines.caller().duration(44).serviceTime(5)).alternatives())
                    .isEmpty();
            assertThat(read(Lines.caller().duration(45).serviceTime(5)).alternatives())
                    .isNotEmpty();
        }

        /** The delayed close is 1000 ms; 20 ms less to 150 ms more are taken for it. */
        @ParameterizedTest
        @CsvSource({"979, false", "980, true", "1000, true", "1150, true", "1151, false"})
        void seesTheDelayedCloseOfABrokenBodyOverHttp1(long gap, boolean broken) {
            Attribution read = read(
                    Lines.caller().sent(5000).duration(25 + gap).serviceTime(5),
                    Lines.callee().sent(5000).duration(24).serviceTime(4));

            assertThat(read.condition()).isEqualTo(broken ? Condition.UPSTREAM_PROTOCOL_ERROR : Condition.SUCCESS);
        }

        @Test
        void doesNotTakeAConnectTimeoutBeforeTheAnswerForADelayedClose() {
            // The wait of a retried attempt lies before the headers, so the service time holds it.
            Attribution read = read(
                    Lines.caller().duration(1004).serviceTime(1003),
                    Lines.callee().duration(4).serviceTime(3));

            is(read, Condition.SUCCESS, Hop.CALLEE_APP);
        }

        @Test
        void doesNotCompareBodiesOfDifferentLengthOrOverHttp2() {
            assertThat(read(
                                    Lines.caller().sent(5000).duration(1025).serviceTime(5),
                                    Lines.callee().sent(4999).duration(24).serviceTime(4))
                            .condition())
                    .isEqualTo(Condition.SUCCESS);
            assertThat(read(
                                    Lines.caller()
                                            .protocol("HTTP/2")
                                            .duration(1025)
                                            .serviceTime(5),
                                    Lines.callee().duration(24).serviceTime(4))
                            .condition())
                    .isEqualTo(Condition.SUCCESS);
        }
    }

    @Nested
    class OneGrpcLine {
        @Test
        void readsWhatNeverHadAHost() {
            is(read(Lines.caller().host(null).grpcReply("Unimplemented", 0)), Condition.NO_ROUTE, Hop.CALLER_PROXY);
            Attribution none = read(Lines.caller().host(null).grpcReply("Unavailable", 0));
            is(none, Condition.NO_HEALTHY_UPSTREAM, Hop.CALLER_PROXY);
            assertThat(none.alternatives()).startsWith(Condition.CLUSTER_NOT_FOUND, Condition.UPSTREAM_OVERFLOW);
            is(
                    read(Lines.caller().host(null).grpcReply("Unavailable", 15_000)),
                    Condition.UPSTREAM_RESPONSE_TIMEOUT,
                    Hop.NETWORK);
        }

        @Test
        void keepsTheApplicationsOwnStatuses() {
            for (String status : List.of("Internal", "NotFound", "DeadlineExceeded", "Unimplemented", "14")) {
                is(read(Lines.callee().grpcReply(status, 4).serviceTime(4)), Condition.GRPC_ERROR, Hop.CALLEE_APP);
            }
            is(read(Lines.caller().grpcReply("Internal", 4).serviceTime(4)), Condition.GRPC_ERROR, Hop.CALLEE_APP);
            is(read(Lines.caller().grpcReply("OK", 4).serviceTime(4)), Condition.SUCCESS, Hop.CALLEE_APP);
        }

        @Test
        void tellsAFullCircuitBreakerByTheUnreadMessage() {
            is(
                    read(Lines.caller().grpcReply("Unavailable", 1).received(0)),
                    Condition.UPSTREAM_OVERFLOW,
                    Hop.CALLER_PROXY);
            is(
                    read(Lines.caller().grpcReply("Unavailable", 2).received(0)),
                    Condition.UPSTREAM_CONNECTION_FAILURE,
                    Hop.CALLEE_PROXY);
            is(
                    read(Lines.caller().grpcReply("Unavailable", 1)),
                    Condition.UPSTREAM_CONNECTION_FAILURE,
                    Hop.CALLEE_PROXY);
        }

        @Test
        void takesTheNeighboursWordForAFullCircuitBreaker() {
            Lines refused = Lines.caller().grpcReply("Unavailable", 0).after(10_000);
            learn(Lines.caller().grpcReply("Unavailable", 0).received(0).after(7_999));
            assertThat(read(refused).condition()).isEqualTo(Condition.UPSTREAM_CONNECTION_FAILURE);

            learn(Lines.caller().grpcReply("Unavailable", 0).received(0).after(8_000));

            assertThat(read(refused).condition()).isEqualTo(Condition.UPSTREAM_OVERFLOW);
        }

        @Test
        void separatesTimersOfTheCaller() {
            // 1 s connect timeout with up to two retries, and an idle timeout of 1.5 s; nothing tells the request
            // timeout.
            learn(4, Lines.caller().grpcReply("Unavailable", 1_000));
            learn(3, Lines.caller().grpcReply("Unavailable", 3_050));
            learn(4, Lines.caller().grpcReply("Unavailable", 1_500));

            is(read(Lines.caller().grpcReply("Unavailable", 999)), Condition.UPSTREAM_CONNECTION_TIMEOUT, Hop.NETWORK);
            is(
                    read(Lines.caller().grpcReply("Unavailable", 2_060)),
                    Condition.UPSTREAM_CONNECTION_TIMEOUT,
                    Hop.NETWORK);
            is(read(Lines.caller().grpcReply("Unavailable", 1_501)), Condition.STREAM_IDLE_TIMEOUT, Hop.CALLEE_APP);
            is(
                    read(Lines.caller().grpcReply("Unavailable", 14_980)),
                    Condition.UPSTREAM_RESPONSE_TIMEOUT,
                    Hop.CALLEE_APP);
            // A starved proxy's timers are late.
            is(
                    read(Lines.caller().grpcReply("Unavailable", 33_000)),
                    Condition.UPSTREAM_RESPONSE_TIMEOUT,
                    Hop.CALLEE_APP);
        }

        @Test
        void separatesRefusalsFromBrokenConnectionsOnLoopbackByTime() {
            is(read(Lines.callee().grpcReply("Unavailable", 3)), Condition.UPSTREAM_CONNECTION_FAILURE, Hop.CALLEE_APP);
            Attribution later = read(Lines.callee().grpcReply("Unavailable", 4));
            is(later, Condition.UPSTREAM_CONNECTION_TERMINATION, Hop.CALLEE_APP);
            assertThat(later.alternatives()).startsWith(Condition.UPSTREAM_RESET);
        }

        @Test
        void keepsAllWaysOfRelayedUnavailability() {
            Attribution quick = read(Lines.caller().grpcReply("Unavailable", 3).serviceTime(3));
            is(quick, Condition.UPSTREAM_CONNECTION_FAILURE, Hop.CALLEE_APP);
            assertThat(quick.alternatives()).contains(Condition.UPSTREAM_PROTOCOL_ERROR, Condition.GRPC_ERROR);
            Attribution slow = read(Lines.caller().grpcReply("Unavailable", 4).serviceTime(4));
            is(slow, Condition.UPSTREAM_CONNECTION_TERMINATION, Hop.CALLEE_APP);
            assertThat(slow.alternatives()).contains(Condition.UPSTREAM_RESET, Condition.GRPC_ERROR);
        }

        @Test
        void readsABrokenStream() {
            Lines cut = Lines.caller().grpcReply("Unknown", 500).sent(34).serviceTime(2);
            is(read(cut), Condition.UPSTREAM_RESET, Hop.CALLEE_PROXY);
            is(read(cut.duration(15_000)), Condition.UPSTREAM_RESPONSE_TIMEOUT, Hop.CALLEE_PROXY);
            is(read(cut.sent(0).duration(5)), Condition.GRPC_ERROR, Hop.CALLEE_APP);
        }

        @Test
        void readsAReplyToGrpcInAFormatWithoutGrpcStatus() {
            Lines reply = Lines.callee()
                    .protocol("HTTP/2")
                    .method("POST")
                    .sent(0)
                    .noServiceTime()
                    .duration(1);
            is(read(reply), Condition.UPSTREAM_CONNECTION_FAILURE, Hop.CALLEE_APP);
            assertThat(read(reply.sent(17)).condition()).isEqualTo(Condition.SUCCESS);
            assertThat(read(reply.sent(0).serviceTime(1)).condition()).isEqualTo(Condition.SUCCESS);
            assertThat(read(reply.noServiceTime().method("GET")).condition()).isEqualTo(Condition.SUCCESS);
        }
    }

    @Nested
    class LearnedTimeouts {
        @Test
        void learnsTheRequestTimeoutFromItsText() {
            learn(3, Lines.caller().reply(504, 24, 5_002));

            assertThat(read(Lines.caller().duration(4_998).serviceTime(3)).condition())
                    .isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);
            assertThat(read(Lines.caller().duration(15_000).serviceTime(3)).condition())
                    .isEqualTo(Condition.SUCCESS);
        }

        @Test
        void readsAnEarlierTimeoutOfTheSameNameAsOneAttempts() {
            assertThat(read(Lines.caller().reply(504, 24, 1_000)).condition())
                    .isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);

            learn(3, Lines.caller().reply(504, 24, 5_000));

            assertThat(read(Lines.caller().reply(504, 24, 1_000)).condition()).isEqualTo(Condition.PER_TRY_TIMEOUT);
            assertThat(read(Lines.caller().reply(504, 24, 4_990)).condition())
                    .isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);
            assertThat(read(Lines.caller().reply(504, 24, 31_000)).condition())
                    .isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);
            // Another service has a timeout of its own.
            assertThat(read(Lines.caller().authority("stock:8080").reply(504, 24, 1_000))
                            .condition())
                    .isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);
        }

        @Test
        void prefersTheConfiguredTimeout() {
            ConditionInference inference = new ConditionInference(learned, OptionalLong.of(2_000));

            assertThat(inference
                            .attribute(Lines.caller()
                                    .duration(2_001)
                                    .serviceTime(3)
                                    .line())
                            .condition())
                    .isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);
            assertThat(inference
                            .attribute(Lines.caller().reply(504, 24, 1_000).line())
                            .condition())
                    .isEqualTo(Condition.PER_TRY_TIMEOUT);
        }

        @Test
        void believesLinesMoreThanAConfigurationThatCameLater() {
            learn(3, Lines.caller().reply(504, 24, 5_001));
            ConditionInference inference = new ConditionInference(learned, OptionalLong.of(30_000));

            assertThat(inference
                            .attribute(Lines.caller().reply(504, 24, 5_000).line())
                            .condition())
                    .isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);
        }

        @Test
        void isNotMisledByAStarvedProxysScatteredTimeouts() {
            learn(3, Lines.caller().reply(504, 24, 15_003));
            for (int i = 0; i < 12; i++) {
                learn(Lines.caller().reply(504, 24, 19_000 + 1_733L * i));
            }
            learn(3, Lines.caller().reply(504, 24, 27_413));

            assertThat(read(Lines.caller().duration(15_000).serviceTime(3)).condition())
                    .isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);
            assertThat(read(Lines.caller().reply(504, 24, 15_000)).condition())
                    .isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);
        }
    }

    @Nested
    class BothSides {
        @Test
        void letsTheCalleesLineSettleARelayedText() {
            Lines caller = Lines.caller().status(503).sent(95).serviceTime(3);

            is(
                    read(caller, Lines.callee().reply(503, 95, 2)),
                    Condition.UPSTREAM_CONNECTION_TERMINATION,
                    Hop.CALLEE_APP);
            is(read(caller, Lines.callee().status(503).sent(95)), Condition.APPLICATION_5XX, Hop.CALLEE_APP);
        }

        @Test
        void takesTheLastAttemptOfTheRelayedStatus() {
            Attribution read = read(
                    Lines.caller().status(503).sent(95).duration(60).serviceTime(60),
                    Lines.callee().reply(503, 167, 0),
                    Lines.callee().reply(503, 95, 2));

            assertThat(read.condition()).isEqualTo(Condition.UPSTREAM_CONNECTION_TERMINATION);
        }

        @Test
        void ignoresAFailedAttemptThatARetryHid() {
            is(
                    read(Lines.caller(), Lines.callee().reply(503, 167, 0), Lines.callee()),
                    Condition.SUCCESS,
                    Hop.CALLEE_APP);
        }

        @Test
        void tellsASlowCalleeFromARequestThatNeverArrived() {
            Lines timeout = Lines.caller().reply(504, 24, 15_000);
            is(read(timeout, Lines.callee().reply(0, 0, 14_997)), Condition.UPSTREAM_RESPONSE_TIMEOUT, Hop.CALLEE_APP);
            // Nothing says that the callee logs at all.
            is(read(timeout, new Lines[0]), Condition.UPSTREAM_RESPONSE_TIMEOUT, Hop.CALLEE_APP);

            learn(Lines.callee());

            is(read(timeout, new Lines[0]), Condition.UPSTREAM_RESPONSE_TIMEOUT, Hop.NETWORK);
        }

        @Test
        void countsAStarvedProxysTimeoutAlthoughTheCalleeAnswered() {
            is(
                    read(Lines.caller().reply(504, 24, 31_000), Lines.callee()),
                    Condition.UPSTREAM_RESPONSE_TIMEOUT,
                    Hop.CALLEE_APP);
        }

        @Test
        void seesAttemptsThatWereGivenUpOneByOne() {
            Lines attempt = Lines.callee().reply(0, 0, 1_000);
            assertThat(read(Lines.caller().reply(504, 24, 3_030), attempt, attempt, attempt)
                            .condition())
                    .isEqualTo(Condition.PER_TRY_TIMEOUT);
            assertThat(read(Lines.caller().reply(504, 24, 5_000), attempt, attempt)
                            .condition())
                    .isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);
            assertThat(read(Lines.caller().reply(504, 24, 1_001), attempt).condition())
                    .isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);
        }

        @Test
        void namesTheOriginOfRelayedGrpcStatuses() {
            Lines caller = Lines.caller().grpcReply("Unavailable", 5).serviceTime(5);

            is(
                    read(caller, Lines.callee().grpcReply("Unavailable", 4).serviceTime(4)),
                    Condition.GRPC_ERROR,
                    Hop.CALLEE_APP);
            is(
                    read(caller, Lines.callee().grpcReply("Unavailable", 1)),
                    Condition.UPSTREAM_CONNECTION_FAILURE,
                    Hop.CALLEE_APP);
        }

        @Test
        void knowsAnIdleStreamByTheCalleesAbandonedLine() {
            is(
                    read(
                            Lines.caller().grpcReply("Unavailable", 1_500),
                            Lines.callee().reply(0, 0, 1_498)),
                    Condition.STREAM_IDLE_TIMEOUT,
                    Hop.CALLEE_APP);
            is(
                    read(
                            Lines.caller().grpcReply("Unavailable", 15_000),
                            Lines.callee().reply(0, 0, 14_998)),
                    Condition.UPSTREAM_RESPONSE_TIMEOUT,
                    Hop.CALLEE_APP);
        }

        @Test
        void takesTheCalleesFlagsForARelay() {
            Attribution read = read(
                    Lines.caller().status(503).sent(95).details("via_upstream").flags("URX"),
                    Lines.callee()
                            .reply(503, 95, 2)
                            .flags("UC")
                            .details("upstream_reset_before_response_started{connection_termination}"));

            is(read, Condition.UPSTREAM_CONNECTION_TERMINATION, Hop.CALLEE_APP);
            assertThat(read.basis()).isEqualTo(Basis.FLAG);
        }

        @Test
        void keepsTheCallersOwnFlagWhateverTheCalleeSaw() {
            Attribution read = read(
                    Lines.caller().reply(504, 24, 15_000).flags("UT").details("response_timeout"),
                    Lines.callee().reply(0, 0, 14_998).flags("DC"));

            is(read, Condition.UPSTREAM_RESPONSE_TIMEOUT, Hop.CALLEE_APP);
            assertThat(read.basis()).isEqualTo(Basis.FLAG);
        }

        @Test
        void readsTheCalleesLastLineWithoutACallersLine() {
            Attribution read = new ConditionInference(learned)
                    .attribute(
                            Optional.empty(),
                            List.of(
                                    Lines.callee().reply(503, 167, 0).line(),
                                    Lines.callee().line()));

            is(read, Condition.SUCCESS, Hop.CALLEE_APP);
            assertThatThrownBy(() -> new ConditionInference(learned).attribute(Optional.empty(), List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested
    class TcpLines {
        @Test
        void suspectsConnectionsWithoutAnAnswer() {
            Lines tcp = Lines.caller().tcp("127.0.0.1:35264").received(12);
            assertThat(read(tcp.sent(18)).condition()).isEqualTo(Condition.SUCCESS);
            assertThat(read(tcp.sent(0).duration(3)).condition()).isEqualTo(Condition.UPSTREAM_CONNECTION_FAILURE);
            assertThat(read(tcp.received(0).duration(1000)).condition())
                    .isEqualTo(Condition.UPSTREAM_CONNECTION_TIMEOUT);
            assertThat(read(tcp.received(12).duration(1000)).condition()).isEqualTo(Condition.SUCCESS);
        }
    }
}
