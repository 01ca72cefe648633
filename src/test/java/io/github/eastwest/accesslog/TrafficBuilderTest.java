package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Call;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;
import io.github.eastwest.model.log.Traffic;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TrafficBuilderTest {
    private static final Instant FROM = Instant.ofEpochMilli(Lines.NOON);
    private static final TimeWindow WINDOW = new TimeWindow(FROM, FROM.plusSeconds(600));
    private static final EdgeContext EDGE = new EdgeContext(
            WINDOW,
            Set.of("payments", "payments:8080"),
            Set.of("10.0.0.5"),
            Set.of("10.0.1.11", "10.0.1.12"),
            Set.of(8080),
            OptionalLong.empty(),
            false,
            false);
    private static final EdgeContext SEEN_CALLING = new EdgeContext(
            WINDOW,
            EDGE.authorities(),
            EDGE.callerAddresses(),
            EDGE.calleeAddresses(),
            EDGE.calleePorts(),
            EDGE.requestTimeoutMillis(),
            true,
            false);
    private static final EdgeContext NO_NAMES = new EdgeContext(
            WINDOW, Set.of(), Set.of("10.0.0.5"), Set.of("10.0.1.11"), Set.of(), OptionalLong.empty(), false, false);

    private static Traffic traffic(EdgeContext edge, Lines... lines) {
        TrafficBuilder builder = new TrafficBuilder(edge);
        long number = 1;
        for (Lines line : lines) {
            builder.access(line.number(number++).line(), "json");
        }
        return builder.build().orElseThrow();
    }

    private static Traffic traffic(Lines... lines) {
        return traffic(EDGE, lines);
    }

    private static Call only(List<Call> calls) {
        assertThat(calls).hasSize(1);
        return calls.get(0);
    }

    private static Lines inbound() {
        return Lines.caller().authority("shop.example.net").host("127.0.0.1:9000");
    }

    @Nested
    class WhichLinesAreCalls {
        @Test
        void sortsTheCallersLines() {
            Traffic traffic = traffic(
                    inbound(),
                    Lines.caller(),
                    Lines.caller().authority("PAYMENTS:8080"),
                    Lines.caller().authority("stock:8080").host("10.0.3.1:8080"),
                    Lines.caller().authority(null));

            assertThat(traffic.counted()).isEqualTo(Traffic.Counted.CALLER_LINES);
            assertThat(traffic.requests()).isEqualTo(3);
            assertThat(traffic.surroundings().callerInbound()).hasSize(1);
            assertThat(traffic.surroundings().callerOther()).hasSize(1);
        }

        @Test
        void letsTheAuthorityDecideWhereNoHostWasChosen() {
            Traffic traffic = traffic(
                    Lines.caller().host(null).reply(503, 19, 0),
                    Lines.caller().host(null).authority("stock:8080").reply(503, 19, 0));

            assertThat(only(traffic.failures()).attribution().condition()).isEqualTo(Condition.NO_HEALTHY_UPSTREAM);
            assertThat(traffic.surroundings().callerOther()).hasSize(1);
        }

        @Test
        void letsTheStreamsOtherLinesTellTheWayOfAnUnknownAuthority() {
            Traffic traffic = traffic(
                    inbound(),
                    inbound().host(null).reply(503, 19, 0),
                    inbound().stream("another-task").host(null).reply(503, 19, 0));

            assertThat(traffic.surroundings().callerInbound()).hasSize(2);
            assertThat(traffic.surroundings().callerOther()).hasSize(1);
        }

        @Test
        void takesCallsUnderAMisspeltNameForCallsThatFailForIt() {
            Traffic traffic =
                    traffic(Lines.caller().host(null).authority("payment:8080").reply(404, 0, 0));

            assertThat(traffic.requests()).isEqualTo(1);
            assertThat(traffic.failed()).isEqualTo(1);
            assertThat(only(traffic.failures()).attribution().condition()).isEqualTo(Condition.NO_ROUTE);
        }

        @Test
        void keepsUnroutedCallsToAnotherServiceAmongTheOthers() {
            Traffic traffic = traffic(
                    Lines.caller().host(null).authority("inventory:8080").reply(404, 0, 0));

            assertThat(traffic.requests()).isZero();
            assertThat(traffic.surroundings().callerOther()).hasSize(1);
        }

        @Test
        void takesAnotherNameWhoseHostsAreTheCallees() {
            // 4 of 5 hosts are tasks of the callee: exactly the share that is enough.
            assertThat(traffic(other(), other(), other(), other(), other().host("10.0.9.9:8080"))
                            .requests())
                    .isEqualTo(5);
            assertThat(traffic(other(), other(), other(), other().host("10.0.9.9:8080"))
                            .requests())
                    .isZero();
        }

        private static Lines other() {
            return Lines.caller().authority("pay.internal");
        }

        @Test
        void findsTheNameByTheCalleesAddressesWhereNoneIsConfigured() {
            Traffic traffic = traffic(
                    NO_NAMES,
                    Lines.caller(),
                    Lines.caller().host(null).reply(503, 19, 0),
                    Lines.caller().authority("stock:8080").host("10.0.3.1:8080"));

            assertThat(traffic.requests()).isEqualTo(2);
            assertThat(traffic.failed()).isEqualTo(1);
            assertThat(traffic.surroundings().callerOther()).hasSize(1);
        }

        @Test
        void findsTheNameByRequestIdsWhereNoAddressIsKnownEither() {
            EdgeContext nothing =
                    new EdgeContext(WINDOW, Set.of(), Set.of(), Set.of(), Set.of(), OptionalLong.empty(), false, false);
            Traffic traffic = traffic(
                    nothing,
                    Lines.caller().id("a"),
                    Lines.callee().id("a"),
                    Lines.caller().id("b").authority("stock:8080").host("10.0.3.1:8080"));

            assertThat(traffic.requests()).isEqualTo(1);
            assertThat(only(traffic.successes()).callee()).hasSize(1);
        }

        @Test
        void sortsTheCalleesLines() {
            Traffic traffic = traffic(
                    Lines.caller().id("a"),
                    Lines.callee().id("a"),
                    Lines.callee().id("b"),
                    Lines.callee().id("c").authority("10.0.1.11:8080").path("/health"),
                    Lines.callee().id("d").authority("ledger:8080").host("10.0.4.4:8080"),
                    Lines.callee().id("e").authority("ledger:8080").host(null).reply(503, 19, 0));

            assertThat(traffic.requests()).isEqualTo(1);
            assertThat(traffic.surroundings().calleeInboundOther()).hasSize(2);
            assertThat(traffic.surroundings().calleeOutbound()).hasSize(2);
        }

        @Test
        void readsBridgeModeWhereTheApplicationHasItsOwnAddress() {
            Traffic traffic =
                    traffic(Lines.caller().id("a"), Lines.callee().id("a").host("172.17.0.3:8080"));

            assertThat(only(traffic.successes()).callee()).hasSize(1);
        }

        @Test
        void findsTheSideOfStreamsThatDoNotTellIt() {
            Traffic traffic = traffic(
                    Lines.caller().side(Side.UNKNOWN).id("a"),
                    inbound().side(Side.UNKNOWN).id("a"),
                    Lines.callee().side(Side.UNKNOWN).id("a"),
                    Lines.caller().side(Side.UNKNOWN).stream("stranger")
                            .authority("x")
                            .host("10.9.9.9:1"));

            assertThat(only(traffic.successes()).callee())
                    .singleElement()
                    .extracting(line -> line.ref().stream())
                    .isEqualTo("callee");
            assertThat(traffic.surroundings().callerInbound()).hasSize(1);
            assertThat(traffic.surroundings().callerOther()).isEmpty();
        }

        @Test
        void leavesOutLinesThatStartOutsideTheWindow() {
            Traffic traffic = traffic(
                    Lines.caller().after(-1),
                    Lines.caller().after(0),
                    Lines.caller().after(599_999),
                    Lines.caller().after(600_000),
                    Lines.caller().start(AccessLogEntry.ABSENT));

            assertThat(traffic.requests()).isEqualTo(2);
        }

        @Test
        void hasNoTrafficWithoutAccessLines() {
            TrafficBuilder builder = new TrafficBuilder(EDGE);
            builder.access(Lines.caller().after(-1).line(), "json");

            assertThat(builder.build()).isEmpty();
        }
    }

    @Nested
    class BothSides {
        @Test
        void joinsTheAttemptsOfACallInOrderOfStart() {
            Traffic traffic = traffic(
                    Lines.callee().stream("task-2").after(30).status(503).sent(47),
                    Lines.callee().stream("task-1").after(1).reply(503, 167, 0),
                    Lines.caller().duration(36).status(503).sent(47).serviceTime(36));

            Call call = only(traffic.failures());
            assertThat(call.callee()).extracting(line -> line.ref().stream()).containsExactly("task-1", "task-2");
            assertThat(call.attribution().condition()).isEqualTo(Condition.APPLICATION_5XX);
            assertThat(traffic.surroundings().calleeInboundOther()).isEmpty();
        }

        @Test
        void doesNotJoinTheCallersOwnInboundLine() {
            Traffic traffic = traffic(
                    inbound().duration(9),
                    Lines.caller().after(1),
                    Lines.callee().after(2));

            Call call = only(traffic.successes());
            assertThat(call.callee()).singleElement().matches(line -> line.ref().side() == Side.CALLEE);
            assertThat(traffic.surroundings().callerInbound()).hasSize(1);
        }

        @Test
        void givesEachOfSeveralCallsWithOneIdItsOwnLine() {
            Traffic traffic = traffic(
                    Lines.caller().after(0).duration(100),
                    Lines.caller().after(200).duration(100),
                    Lines.caller().after(210).duration(100),
                    Lines.callee().after(211).duration(90),
                    Lines.callee().after(1).duration(90),
                    Lines.callee().after(201).duration(90));

            assertThat(traffic.successes())
                    .extracting(call -> call.callee().get(0).startMillis() - call.startMillis())
                    .containsExactly(1L, 1L, 1L);
        }

        @Test
        void doesNotJoinAnotherPathOfTheSameId() {
            Traffic traffic = traffic(
                    Lines.caller().path("/orders?page=2"),
                    Lines.callee().path("/orders"),
                    Lines.callee().path("/orders/7"),
                    Lines.callee().method("POST"));

            assertThat(only(traffic.successes()).callee()).hasSize(1);
            assertThat(traffic.surroundings().calleeInboundOther()).hasSize(2);
        }

        /** Clocks may differ by a second. */
        @Test
        void joinsOnlyWhatOverlapsInTime() {
            Lines call = Lines.caller().after(10_000).duration(100);
            assertThat(only(traffic(call, Lines.callee().after(9_000)).successes())
                            .callee())
                    .hasSize(1);
            assertThat(only(traffic(call, Lines.callee().after(8_999)).successes())
                            .callee())
                    .isEmpty();
            assertThat(only(traffic(call, Lines.callee().after(11_100)).successes())
                            .callee())
                    .hasSize(1);
            assertThat(only(traffic(call, Lines.callee().after(11_101)).successes())
                            .callee())
                    .isEmpty();
        }

        @Test
        void joinsNothingWithoutAnId() {
            Traffic traffic = traffic(Lines.caller().id(null), Lines.callee().id(null));

            assertThat(only(traffic.successes()).callee()).isEmpty();
            assertThat(traffic.surroundings().calleeInboundOther()).hasSize(1);
        }

        @Test
        void countsARelayAndAnEchoOnce() {
            Traffic traffic = traffic(
                    Lines.caller().id("relay").status(503).sent(95).serviceTime(2),
                    Lines.callee().id("relay").reply(503, 95, 2),
                    Lines.caller().id("echo").reply(504, 24, 15_000),
                    Lines.callee().id("echo").reply(0, 0, 14_997),
                    Lines.caller().id("lost").reply(504, 24, 15_000));

            assertThat(traffic.requests()).isEqualTo(3);
            assertThat(traffic.failures())
                    .extracting(
                            call -> call.attribution().condition(),
                            call -> call.attribution().hop())
                    .containsExactlyInAnyOrder(
                            tuple(Condition.UPSTREAM_CONNECTION_TERMINATION, Hop.CALLEE_APP),
                            tuple(Condition.UPSTREAM_RESPONSE_TIMEOUT, Hop.CALLEE_APP),
                            tuple(Condition.UPSTREAM_RESPONSE_TIMEOUT, Hop.NETWORK));
        }

        @Test
        void survivesOneIdOnEveryLine() {
            Lines[] lines = new Lines[20_000];
            for (int i = 0; i < lines.length; i += 2) {
                lines[i] = Lines.caller().id("forged").after(i);
                lines[i + 1] = Lines.callee().id("forged").after(i);
            }

            Traffic traffic = traffic(lines);

            assertThat(traffic.requests()).isEqualTo(10_000);
            long joined = traffic.successes().stream()
                    .mapToLong(call -> call.callee().size())
                    .sum();
            assertThat(joined + traffic.surroundings().calleeInboundOther().size())
                    .isEqualTo(10_000);
        }

        @Test
        void ordersTheSameWhateverTheOrderOfReading() {
            Lines[] lines = new Lines[400];
            for (int i = 0; i < lines.length; i++) {
                Lines line = i % 2 == 0 ? Lines.caller().stream("task-" + i % 3) : Lines.callee();
                lines[i] = line.id("id-" + i / 2).after(i / 8).number(i);
            }
            Traffic inOrder = withoutRenumbering(lines);
            List<Lines> shuffled = Arrays.asList(lines.clone());
            Collections.shuffle(shuffled, new Random(3));

            assertThat(withoutRenumbering(shuffled.toArray(new Lines[0]))).isEqualTo(inOrder);
        }

        private static Traffic withoutRenumbering(Lines... lines) {
            TrafficBuilder builder = new TrafficBuilder(EDGE);
            Arrays.stream(lines).forEach(line -> builder.access(line.line(), "json"));
            return builder.build().orElseThrow();
        }
    }

    @Nested
    class CalleesLinesOnly {
        @Test
        void countsTheCalleesInboundLines() {
            Traffic traffic = traffic(
                    Lines.callee().id("a"),
                    Lines.callee().id("b").status(500),
                    Lines.callee().id("c").authority("10.0.1.11:8080").path("/health"));

            assertThat(traffic.counted()).isEqualTo(Traffic.Counted.CALLEE_LINES);
            assertThat(traffic.requests()).isEqualTo(2);
            assertThat(traffic.failed()).isEqualTo(1);
            assertThat(traffic.surroundings().calleeInboundOther()).hasSize(1);
        }

        @Test
        void countsEveryRequestWhereNoLineHasAConfiguredName() {
            assertThat(traffic(Lines.callee().authority("old-name:8080")).requests())
                    .isEqualTo(1);
        }

        @Test
        void doesSoTooWhereTheCallerLogsInboundRequestsOnlyButCloudWatchCountedItsCalls() {
            Traffic traffic = traffic(SEEN_CALLING, inbound(), Lines.callee());
            assertThat(traffic.counted()).isEqualTo(Traffic.Counted.CALLEE_LINES);
            assertThat(traffic.surroundings().callerInbound()).hasSize(1);

            // Without that, a caller that logs and has no line for the callee made no call.
            traffic = traffic(inbound(), Lines.callee());
            assertThat(traffic.counted()).isEqualTo(Traffic.Counted.CALLER_LINES);
            assertThat(traffic.requests()).isZero();

            // Other outbound lines show that the caller would log its calls.
            traffic = traffic(Lines.caller().authority("stock:8080").host("10.0.3.1:80"), Lines.callee());
            assertThat(traffic.counted()).isEqualTo(Traffic.Counted.CALLER_LINES);
            assertThat(traffic.requests()).isZero();
        }

        /** A retry starts at most 250 ms after the failed attempt's end. */
        @Test
        void takesAFailedAttemptAndItsRetryForOneCall() {
            Lines failed = Lines.callee().stream("task-1").reply(503, 95, 10);
            Traffic traffic = traffic(failed, Lines.callee().stream("task-2").after(260));
            assertThat(only(traffic.successes()).callee()).hasSize(2);
            assertThat(traffic.requests()).isEqualTo(1);

            assertThat(traffic(failed, Lines.callee().stream("task-2").after(261))
                            .requests())
                    .isEqualTo(2);
            assertThat(traffic(Lines.callee(), Lines.callee().stream("task-2").after(10))
                            .requests())
                    .isEqualTo(2);
        }
    }

    @Nested
    class TcpLines {
        @Test
        void countsConnectionsOfTheCallersOwnApplication() {
            Traffic traffic = traffic(
                    Lines.caller().tcp("127.0.0.1:35264").sent(18).received(12),
                    Lines.caller().tcp("10.0.0.5:35265").sent(0).received(12).duration(1),
                    Lines.caller().tcp("10.9.9.9:35266").sent(18),
                    Lines.callee().tcp("10.0.0.5:35267").sent(18));

            assertThat(traffic.requests()).isEqualTo(2);
            assertThat(traffic.failed()).isEqualTo(1);
            assertThat(traffic.surroundings().callerInbound()).hasSize(1);
            assertThat(traffic.surroundings().calleeInboundOther()).hasSize(1);
        }

        @Test
        void leavesThemAsideWhereTheEdgeSpeaksHttp() {
            Traffic traffic = traffic(Lines.caller(), Lines.caller().tcp("127.0.0.1:35264"));

            assertThat(traffic.requests()).isEqualTo(1);
            assertThat(traffic.surroundings().callerOther()).hasSize(1);
        }
    }

    @Nested
    class OtherLines {
        private static LineRef ref(Side side, long line) {
            return new LineRef("s", line, side);
        }

        @Test
        void keepsTheCallersEjectionsInOrderOfTime() {
            TrafficBuilder builder = new TrafficBuilder(EDGE);
            builder.access(Lines.caller().line(), "json");
            builder.outlier(event(Side.CALLER, 1, Lines.NOON + 20));
            builder.outlier(event(Side.CALLER, 2, Lines.NOON + 10));
            builder.outlier(event(Side.CALLEE, 3, Lines.NOON + 15));
            builder.outlier(event(Side.CALLER, 4, Lines.NOON - 1));
            builder.outlier(event(Side.UNKNOWN, 5, -1));

            assertThat(builder.build().orElseThrow().outlierEvents())
                    .extracting(event -> event.ref().line())
                    .containsExactly(5L, 2L, 1L);
        }

        private static OutlierEvent event(Side side, long line, long at) {
            return new OutlierEvent(ref(side, line), at, "CONSECUTIVE_5XX", "c", "10.0.1.11:8080", true, true);
        }

        @Test
        void keepsWarningsAndLinesAboutStopping() {
            TrafficBuilder builder = new TrafficBuilder(EDGE);
            builder.access(Lines.caller().line(), "json");
            builder.proxy(new ProxyLogLine(ref(Side.CALLEE, 1), Lines.NOON, "info", "all dependencies initialized"));
            builder.proxy(new ProxyLogLine(ref(Side.CALLEE, 2), Lines.NOON, "info", "Draining Envoy listeners..."));
            builder.proxy(new ProxyLogLine(ref(Side.CALLEE, 3), Lines.NOON, "warning", "gRPC config stream closed"));
            builder.proxy(new ProxyLogLine(
                    ref(Side.CALLEE, 4),
                    Lines.NOON,
                    "warning",
                    "Deprecated field: type envoy.x Using deprecated option"));
            builder.proxy(new ProxyLogLine(ref(Side.CALLEE, 5), Lines.NOON - 1, "error", "before the window"));

            assertThat(builder.build().orElseThrow().proxyLines())
                    .extracting(line -> line.ref().line())
                    .containsExactly(2L, 3L);
        }
    }

    @Nested
    class ManyLines {
        /** The caller's inbound line, its call and the callee's line of each request; every 20th fails. */
        private static TrafficBuilder fed(int calls, int mostLines) {
            TrafficBuilder builder = new TrafficBuilder(EDGE, mostLines);
            for (int side = 0; side < 3; side++) {
                Random random = new Random(5);
                for (int i = 0; i < calls; i++) {
                    boolean fails = i % 20 == 0;
                    Lines line = side == 0 ? inbound() : side == 1 ? Lines.caller() : Lines.callee();
                    line.stream(side + "/" + i % 10)
                            .number(i)
                            .id(new UUID(random.nextLong(), random.nextLong()).toString())
                            .path("/people/" + i)
                            .after((long) i * 500_000 / calls);
                    if (fails) {
                        line.status(503).sent(95);
                    }
                    builder.access(fails && side == 2 ? line.noServiceTime().line() : line.line(), "json");
                }
            }
            return builder;
        }

        @Test
        void needsLittleMemoryPerLine() {
            TrafficBuilder builder = fed(20_000, 4_000_000);

            // 16 bytes of id, up to 14 of path, and about 30 of numbers; objects would take some 700.
            assertThat(builder.storedBytes() / 60_000).isLessThan(80);
        }

        @Test
        void joinsEveryCallOfAFullStore() {
            Traffic traffic = fed(20_000, 4_000_000).build().orElseThrow();

            assertThat(traffic.requests()).isEqualTo(20_000);
            assertThat(traffic.failed()).isEqualTo(1_000);
            assertThat(traffic.successStep()).isEqualTo(1);
            assertThat(traffic.failures()).allMatch(call -> call.callee().size() == 1);
            assertThat(traffic.successes())
                    .hasSize(19_000)
                    .allMatch(call -> call.callee().size() == 1);
        }

        @Test
        void thinsAnsweredRequestsButCountsThem() {
            Traffic traffic = fed(20_000, 10_000).build().orElseThrow();

            assertThat(traffic.requests()).isEqualTo(20_000);
            assertThat(traffic.failed()).isEqualTo(1_000);
            assertThat(traffic.failures())
                    .hasSize(1_000)
                    .allMatch(call -> call.callee().size() == 1);
            assertThat(traffic.successes()).allMatch(call -> call.callee().size() == 1);
            assertThat(traffic.successStep()).isGreaterThan(1);
            // Ids are random, so the sample's size times its step is the number of successes within a tenth.
            assertThat((double) traffic.successes().size() * traffic.successStep())
                    .isBetween(17_100.0, 20_900.0);
        }
    }
}
