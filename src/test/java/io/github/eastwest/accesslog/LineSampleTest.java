package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.accesslog.LineSample.Count;
import io.github.eastwest.accesslog.LineSample.Drawn;
import io.github.eastwest.accesslog.LineSample.Way;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.log.Call;
import io.github.eastwest.model.log.Traffic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Joining lines of which not all came back. */
class LineSampleTest {
    private static final Instant FROM = Instant.ofEpochMilli(Lines.NOON);
    private static final EdgeContext EDGE = new EdgeContext(
            new TimeWindow(FROM, FROM.plusSeconds(600)),
            Set.of("payments:8080"),
            Set.of("10.0.0.5"),
            Set.of("10.0.1.11", "10.0.1.12"),
            Set.of(8080),
            OptionalLong.of(15_000),
            false,
            true);

    /** Ids that end in 0 belong to the sample. */
    private static final String SAMPLED = "7f2e24d1-aa04-438f-b6ed-daec1674a880";

    private static final String OTHER = "7f2e24d1-aa04-438f-b6ed-daec1674a887";
    private static final String ANOTHER = "7f2e24d1-aa04-438f-b6ed-daec1674a888";

    private static Count answered(String name, Way way, long lines) {
        return new Count(name, way, false, false, false, lines);
    }

    private static Count failed(String name, Way way, long lines) {
        return new Count(name, way, false, true, true, lines);
    }

    private static LineSample sample(Side side, Count... counts) {
        return sample(side, Set.of(), true, counts);
    }

    private static LineSample sample(Side side, Set<String> lookedUp, boolean whole, Count... counts) {
        List<Count> unremarkable =
                List.of(counts).stream().filter(c -> !c.remarkable()).toList();
        List<Count> remarkable =
                List.of(counts).stream().filter(Count::remarkable).toList();
        return new LineSample(side, "[0]", lookedUp, whole, Optional.of(unremarkable), Optional.of(remarkable));
    }

    /** A line and how it came back. */
    private record Brought(Lines line, Drawn drawn) {}

    private static Brought asked(Lines line) {
        return new Brought(line, Drawn.ASKED);
    }

    private static Brought lookedUp(Lines line) {
        return new Brought(line, Drawn.LOOKED_UP);
    }

    private static Traffic traffic(List<LineSample> samples, Brought... lines) {
        TrafficBuilder builder = new TrafficBuilder(EDGE);
        samples.forEach(builder::sample);
        long number = 1;
        for (Brought brought : lines) {
            builder.access(brought.line().number(number++).line(), "json", brought.drawn());
        }
        return builder.build().orElseThrow();
    }

    private static Lines timeout(String id) {
        return Lines.caller().id(id).reply(504, 24, 15_000);
    }

    @Nested
    class Numbers {
        @Test
        void countsRequestsThatDidNotComeBack() {
            // 64 answered calls, 4 of them sampled; 2 failures, both here.
            Traffic traffic = traffic(
                    List.of(sample(
                            Side.CALLER,
                            answered("payments:8080", Way.OUTWARD, 64),
                            answered("stock:8080", Way.OUTWARD, 100),
                            answered("shop.example.net", Way.INWARD, 1000),
                            failed("payments:8080", Way.OUTWARD, 2))),
                    asked(Lines.caller().id("10")),
                    asked(Lines.caller().id("20")),
                    asked(Lines.caller().id("30")),
                    asked(Lines.caller().id("40")),
                    asked(Lines.caller().id("51").reply(503, 91, 250)),
                    asked(Lines.caller().id("52").reply(503, 91, 250)));

            assertThat(traffic.counted()).isEqualTo(Traffic.Counted.CALLER_LINES);
            assertThat(traffic.requests()).isEqualTo(66);
            assertThat(traffic.failed()).isEqualTo(2);
            assertThat(traffic.failures()).hasSize(2);
            assertThat(traffic.failureStep()).isEqualTo(1);
            assertThat(traffic.successes()).hasSize(4);
            assertThat(traffic.successStep()).isEqualTo(16);
        }

        @Test
        void countsFailuresThatDidNotComeBack() {
            Traffic traffic = traffic(
                    List.of(sample(
                            Side.CALLER,
                            answered("payments:8080", Way.OUTWARD, 10),
                            failed("payments:8080", Way.OUTWARD, 90),
                            failed("payments:8080", Way.NONE, 10),
                            failed("stock:8080", Way.OUTWARD, 7))),
                    asked(Lines.caller().id("10")),
                    asked(Lines.caller().id("20").reply(503, 91, 250)),
                    asked(Lines.caller().id("30").reply(503, 91, 250)));

            assertThat(traffic.requests()).isEqualTo(110);
            assertThat(traffic.failed()).isEqualTo(100);
            assertThat(traffic.failures()).hasSize(2);
            assertThat(traffic.failureStep()).isEqualTo(50);
        }

        @Test
        void countsCallsOfWhichNoneCameBack() {
            Traffic traffic = traffic(List.of(sample(Side.CALLER, answered("payments:8080", Way.OUTWARD, 3))));

            assertThat(traffic.requests()).isEqualTo(3);
            assertThat(traffic.failed()).isZero();
            assertThat(traffic.successes()).isEmpty();
        }

        @Test
        void takesTheNominalShareWhereNumbersAreMissing() {
            LineSample sample =
                    new LineSample(Side.CALLER, "[0-3][0]", Set.of(), true, Optional.empty(), Optional.empty());
            Traffic traffic = traffic(
                    List.of(sample),
                    asked(Lines.caller().id("10")),
                    asked(Lines.caller().id("30")),
                    asked(Lines.caller().id("51").reply(503, 91, 250)));

            // [0-3][0] takes 4 of 16 times 1 of 16 hexadecimal ids: each stands for 64.
            assertThat(traffic.requests()).isEqualTo(2 * 64 + 1);
            assertThat(traffic.failed()).isEqualTo(1);
        }

        @Test
        void countsTheCalleesLinesWhereTheCallerHasNone() {
            Traffic traffic = traffic(
                    List.of(sample(
                            Side.CALLEE,
                            answered("payments:8080", Way.INWARD, 50),
                            answered("bank:443", Way.OUTWARD, 20),
                            failed("payments:8080", Way.INWARD, 1))),
                    asked(Lines.callee().id("10")),
                    asked(Lines.callee().id("51").reply(503, 98, 1)));

            assertThat(traffic.counted()).isEqualTo(Traffic.Counted.CALLEE_LINES);
            assertThat(traffic.requests()).isEqualTo(51);
            assertThat(traffic.failed()).isEqualTo(1);
        }

        @Test
        void doesNotCountARetriedAttemptTwiceWhereItsRetryWasLookedUp() {
            // The retry is one of the 50 answered; the failed attempt before it is no call of its own.
            Traffic traffic = traffic(
                    List.of(sample(
                            Side.CALLEE,
                            Set.of(OTHER),
                            true,
                            answered("payments:8080", Way.INWARD, 50),
                            failed("payments:8080", Way.INWARD, 1))),
                    asked(Lines.callee().id(OTHER).reply(503, 95, 3)),
                    lookedUp(Lines.callee().id(OTHER).after(30)),
                    asked(Lines.callee().id(SAMPLED)));

            assertThat(traffic.requests()).isEqualTo(50);
            assertThat(traffic.failed()).isZero();
        }

        @Test
        void countsTcpConnectionsByTheirPeer() {
            Traffic traffic = traffic(
                    List.of(new LineSample(
                            Side.CALLER,
                            "[0]",
                            Set.of(),
                            true,
                            Optional.of(List.of(
                                    new Count("10.0.0.5", Way.NONE, true, false, false, 40),
                                    new Count("203.0.113.9", Way.NONE, true, false, false, 500))),
                            Optional.of(List.of(new Count("10.0.0.5", Way.NONE, true, true, true, 2))))),
                    asked(Lines.caller().tcp("10.0.0.5:40001")),
                    asked(Lines.caller().tcp("10.0.0.5:40002").sent(0)),
                    asked(Lines.caller().tcp("10.0.0.5:40003").sent(0)));

            assertThat(traffic.requests()).isEqualTo(42);
            assertThat(traffic.failures()).hasSize(2);
        }

        @Test
        void holdsAnsweredSurroundingsForAsManyAsTheyStandFor() {
            Traffic traffic = traffic(
                    List.of(sample(
                            Side.CALLER,
                            answered("payments:8080", Way.OUTWARD, 16),
                            answered("shop.example.net", Way.INWARD, 16),
                            failed("shop.example.net", Way.INWARD, 1))),
                    asked(Lines.caller().id("10")),
                    asked(Lines.caller().id("20").authority("shop.example.net").host("127.0.0.1:9000")),
                    asked(Lines.caller()
                            .id("31")
                            .authority("shop.example.net")
                            .host("127.0.0.1:9000")
                            .status(500)));

            assertThat(traffic.surroundings().callerInbound()).hasSize(2);
            assertThat(traffic.surroundings().callerStep().answered()).isEqualTo(16);
        }
    }

    @Nested
    class Arrivals {
        private static final Brought CALL = asked(Lines.caller().id("10"));
        private static final Brought ARRIVAL = asked(Lines.callee().id("10"));

        @Test
        void countsRequestsUnderTheCallsNamesThatCameBackOrNot() {
            Traffic traffic = traffic(
                    List.of(
                            sample(Side.CALLER, answered("payments:8080", Way.OUTWARD, 30)),
                            sample(
                                    Side.CALLEE,
                                    answered("payments:8080", Way.INWARD, 28),
                                    failed("payments:8080", Way.INWARD, 3),
                                    answered("health.example.net", Way.INWARD, 500),
                                    answered("payments:8080", Way.OUTWARD, 70))),
                    CALL,
                    ARRIVAL);

            assertThat(traffic.counts().arrivals()).hasValue(31);
            assertThat(traffic.counts().fair()).isTrue();
        }

        @Test
        void areNotKnownWhereOneSidesNumbersAreEstimated() {
            LineSample estimated =
                    new LineSample(Side.CALLEE, "[0]", Set.of(), true, Optional.empty(), Optional.of(List.of()));

            assertThat(traffic(
                                    List.of(sample(Side.CALLER, answered("payments:8080", Way.OUTWARD, 30)), estimated),
                                    CALL,
                                    ARRIVAL)
                            .counts()
                            .arrivals())
                    .isEmpty();
        }

        @Test
        void callsThatAnAnswerHappenedToHoldAreNotFair() {
            LineSample cut = sample(Side.CALLER, Set.of(), false, answered("payments:8080", Way.OUTWARD, 30));

            assertThat(traffic(List.of(cut), CALL).counts().fair()).isFalse();
        }

        /** Nobody asked for the caller's line of an id that does not end in 0. */
        @Test
        void aRequestWhoseCallersLineWasNotAskedForIsNotWithoutCaller() {
            Traffic traffic = traffic(
                    List.of(
                            sample(Side.CALLER, answered("payments:8080", Way.OUTWARD, 30)),
                            sample(
                                    Side.CALLEE,
                                    answered("payments:8080", Way.INWARD, 30),
                                    failed("payments:8080", Way.INWARD, 2))),
                    CALL,
                    ARRIVAL,
                    asked(Lines.callee().id("21").status(503)),
                    asked(Lines.callee().id("30").status(503)));

            assertThat(traffic.surroundings().calleeInboundOther())
                    .extracting(line -> line.request().requestId())
                    .containsExactly("30");
        }
    }

    @Nested
    class Successes {
        @Test
        void keepsOnlyThoseOfTheSample() {
            // A slow body is remarkable, so it comes back whatever its id; among the answered ones it must not stand
            // out.
            Traffic traffic = traffic(
                    List.of(sample(
                            Side.CALLER,
                            answered("payments:8080", Way.OUTWARD, 30),
                            new Count("payments:8080", Way.OUTWARD, false, true, false, 2))),
                    asked(Lines.caller().id("10")),
                    asked(Lines.caller().id("20").duration(400)),
                    asked(Lines.caller().id("31").duration(400)));

            assertThat(traffic.requests()).isEqualTo(32);
            assertThat(traffic.successes())
                    .extracting(call -> call.line().request().requestId())
                    .containsExactly("10", "20");
        }

        @Test
        void leavesOutThoseThatWereOnlyLookedUp() {
            Traffic traffic = traffic(
                    List.of(sample(Side.CALLER, Set.of(OTHER), true, answered("payments:8080", Way.OUTWARD, 30))),
                    asked(Lines.caller().id(SAMPLED)),
                    lookedUp(Lines.caller().id(OTHER)));

            assertThat(traffic.requests()).isEqualTo(30);
            assertThat(traffic.successes()).hasSize(1);
        }

        @Test
        void keepsALookedUpCallThatFailedAllTheSame() {
            // A gRPC call over a port that is not declared as gRPC: the callee's proxy answered it with an empty 200.
            Traffic traffic = traffic(
                    List.of(
                            sample(Side.CALLER, Set.of(OTHER), true, answered("payments:8080", Way.OUTWARD, 30)),
                            sample(
                                    Side.CALLEE,
                                    Set.of(OTHER),
                                    true,
                                    answered("payments:8080", Way.INWARD, 30),
                                    failed("payments:8080", Way.INWARD, 1))),
                    asked(Lines.caller().id(SAMPLED)),
                    lookedUp(Lines.caller()
                            .id(OTHER)
                            .protocol("HTTP/1.1")
                            .method("POST")
                            .sent(0)),
                    asked(Lines.callee()
                            .id(OTHER)
                            .protocol("HTTP/2")
                            .method("POST")
                            .sent(0)
                            .duration(1)
                            .noServiceTime()));

            assertThat(traffic.requests()).isEqualTo(30);
            assertThat(traffic.failures()).hasSize(1);
        }
    }

    @Nested
    class CalleesSilence {
        private Call only(Traffic traffic) {
            assertThat(traffic.failures()).hasSize(1);
            return traffic.failures().get(0);
        }

        private Traffic afterTimeout(String id, LineSample callee) {
            return traffic(
                    List.of(sample(Side.CALLER, failed("payments:8080", Way.OUTWARD, 1)), callee),
                    asked(timeout(id)),
                    asked(Lines.callee().id("1230")));
        }

        @Test
        void meansTheNetworkWhereTheRequestBelongsToTheSample() {
            Call call = only(afterTimeout(SAMPLED, sample(Side.CALLEE, answered("payments:8080", Way.INWARD, 16))));
            assertThat(call.calleeRead()).isTrue();
            assertThat(call.attribution().condition()).isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);
            assertThat(call.attribution().hop()).isEqualTo(Hop.NETWORK);
        }

        @Test
        void meansTheNetworkWhereTheRequestWasLookedUp() {
            LineSample callee = sample(Side.CALLEE, Set.of(OTHER), true, answered("payments:8080", Way.INWARD, 16));
            Call call = only(afterTimeout(OTHER, callee));
            assertThat(call.calleeRead()).isTrue();
            assertThat(call.attribution().hop()).isEqualTo(Hop.NETWORK);
        }

        @Test
        void meansNothingWhereNobodyLooked() {
            LineSample callee = sample(Side.CALLEE, Set.of(ANOTHER), true, answered("payments:8080", Way.INWARD, 16));
            Call call = only(afterTimeout(OTHER, callee));
            assertThat(call.calleeRead()).isFalse();
            assertThat(call.attribution().condition()).isEqualTo(Condition.UPSTREAM_RESPONSE_TIMEOUT);
            assertThat(call.attribution().hop()).isEqualTo(Hop.CALLEE_APP);
        }

        @Test
        void meansNothingWhereTheAnswerWasCut() {
            LineSample callee = sample(Side.CALLEE, Set.of(OTHER), false, answered("payments:8080", Way.INWARD, 16));
            assertThat(only(afterTimeout(SAMPLED, callee)).attribution().hop()).isEqualTo(Hop.CALLEE_APP);
            assertThat(only(afterTimeout(OTHER, callee)).attribution().hop()).isEqualTo(Hop.CALLEE_APP);
        }
    }

    @Nested
    class Remarkable {
        /** Both sides of each bound in {@code queries/lines.cwl}. */
        @ParameterizedTest
        @CsvSource({
            "200, 120, 4, 4, false",
            "499, 120, 4, 4, false",
            "500, 120, 4, 4, true",
            "0, 0, 4, 4, true",
            "408, 14, 4, 4, true",
            "409, 14, 4, 4, false",
            "404, 1, 4, 4, false",
            "404, 0, 4, 4, true",
            "200, 120, 4, -1, true",
            "200, 120, 103, 4, false",
            "200, 120, 104, 4, true"
        })
        void isWhatMayHaveFailed(int status, long sent, long duration, long service, boolean remarkable) {
            assertThat(LineSample.isRemarkable(Lines.caller()
                            .status(status)
                            .sent(sent)
                            .duration(duration)
                            .serviceTime(service)
                            .line()))
                    .isEqualTo(remarkable);
        }

        @Test
        void isWhatLacksHostOrNameOrHasAStatusOrFlagOfItsOwn() {
            assertThat(LineSample.isRemarkable(Lines.caller().host(null).line()))
                    .isTrue();
            assertThat(LineSample.isRemarkable(Lines.caller().authority(null).line()))
                    .isTrue();
            assertThat(LineSample.isRemarkable(Lines.caller().grpc("OK").line()))
                    .isFalse();
            assertThat(LineSample.isRemarkable(Lines.caller().grpc("NotFound").line()))
                    .isTrue();
            assertThat(LineSample.isRemarkable(Lines.caller().flags("DC").line()))
                    .isTrue();
            Lines post = Lines.caller().method("POST").sent(0);
            assertThat(LineSample.isRemarkable(post.line())).isFalse();
            assertThat(LineSample.isRemarkable(post.protocol("HTTP/2").line())).isTrue();
            assertThat(LineSample.isRemarkable(
                            Lines.caller().tcp("10.0.0.5:1").sent(1).line()))
                    .isFalse();
            assertThat(LineSample.isRemarkable(
                            Lines.caller().tcp("10.0.0.5:1").sent(0).line()))
                    .isTrue();
        }
    }

    @Test
    void knowsEveryRequestWhereAllWereAskedFor() {
        LineSample all =
                new LineSample(Side.CALLEE, LineSample.ALL, Set.of(), true, Optional.empty(), Optional.empty());
        assertThat(all.knows(OTHER)).isTrue();
        assertThat(all.knows(null)).isTrue();
        LineSample some = sample(Side.CALLEE);
        assertThat(some.knows(SAMPLED)).isTrue();
        assertThat(some.knows(SAMPLED + "==")).isTrue();
        assertThat(some.knows(OTHER)).isFalse();
        assertThat(some.knows(null)).isFalse();
    }

    @Test
    void takesLinesWithoutIdByTheirTime() {
        LineSample sample = sample(Side.CALLER);
        assertThat(sample.takes(Lines.caller().id(null).start(Lines.NOON + 120).line()))
                .isTrue();
        assertThat(sample.takes(Lines.caller().id(null).start(Lines.NOON + 121).line()))
                .isFalse();
    }

    @Test
    void takesNothingButCharacterClasses() {
        List<String> hostile = new ArrayList<>(List.of("", "[0]|.*", "(a+)+", "[0-3", "[^0]", ".", "[\\w]"));
        for (String classes : hostile) {
            assertThatThrownBy(() ->
                            new LineSample(Side.CALLER, classes, Set.of(), true, Optional.empty(), Optional.empty()))
                    .as(classes)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
