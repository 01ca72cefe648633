package io.github.eastwest.classify.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.health.CallEdge;
import io.github.eastwest.model.health.EdgeChange;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.EdgeMetric;
import io.github.eastwest.model.health.EdgeState;
import io.github.eastwest.model.health.EdgeTraffic;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.model.health.HealthRun;
import io.github.eastwest.model.health.HealthSnapshot;
import io.github.eastwest.model.health.HealthWindow;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthClassifierTest {
    private static final Instant FROM = Instant.parse("2026-11-21T12:00:00Z");
    private static final Instant TO = Instant.parse("2026-11-21T13:00:00Z");
    private static final HealthWindow WINDOW = new HealthWindow(new TimeWindow(FROM, TO), 300, 7);
    private static final CallEdge EDGE = new CallEdge("prod", "checkout", "payments");

    /** An edge in the making: an hour of requests, all in its first period. */
    private static final class Scene {
        private final EdgeTraffic.Builder traffic = new EdgeTraffic.Builder(EDGE, 12, 7);

        Scene() {
            for (EdgeMetric metric : EdgeMetric.values()) {
                traffic.listed(metric);
                traffic.read(metric);
                traffic.readEarlier(metric);
            }
        }

        Scene now(long requests, long failed) {
            if (requests > failed) {
                traffic.now(EdgeMetric.CODE_2XX, 0, requests - failed);
            }
            if (failed > 0) {
                traffic.now(EdgeMetric.CODE_5XX, 0, failed);
            }
            return this;
        }

        Scene millis(double millis) {
            traffic.now(EdgeMetric.RESPONSE_TIME, 0, millis);
            return this;
        }

        /** The same hour of the last days, the nearest first. */
        Scene days(long requests, long... failed) {
            for (int day = 0; day < failed.length; day++) {
                day(day, requests, failed[day]);
            }
            return this;
        }

        Scene day(int day, long requests, long failed) {
            traffic.earlier(EdgeMetric.CODE_2XX, day, requests - failed);
            if (failed > 0) {
                traffic.earlier(EdgeMetric.CODE_5XX, day, failed);
            }
            return this;
        }

        Scene earlierMillis(double... millis) {
            for (int day = 0; day < millis.length; day++) {
                traffic.earlier(EdgeMetric.RESPONSE_TIME, day, millis[day]);
            }
            return this;
        }

        EdgeHealth judged() {
            return report(List.of(traffic.build()), List.of(), Optional.empty())
                    .edges()
                    .get(0);
        }
    }

    private static HealthReport report(List<EdgeTraffic> edges, List<Service> services, Optional<HealthRun> previous) {
        return report(edges, services, previous, complete());
    }

    private static HealthReport report(
            List<EdgeTraffic> edges, List<Service> services, Optional<HealthRun> previous, Coverage coverage) {
        return new HealthClassifier(HealthThresholds.DEFAULT)
                .report(
                        new HealthSnapshot(
                                new HealthSnapshot.Scope(Optional.of("prod"), Optional.empty()),
                                WINDOW,
                                new Snapshot.Account(Optional.empty(), Optional.empty()),
                                coverage,
                                edges,
                                services,
                                new TreeMap<>()),
                        previous,
                        List.of());
    }

    private static Coverage complete() {
        return new Coverage(List.of(
                new Coverage.Entry("cloudwatch/list-metrics", Coverage.State.COMPLETE, ""),
                new Coverage.Entry("cloudwatch/get-metric-data", Coverage.State.COMPLETE, "")));
    }

    private static EdgeTraffic traffic(CallEdge edge, long requests, long failed) {
        EdgeTraffic.Builder builder = new EdgeTraffic.Builder(edge, 12, 7);
        for (EdgeMetric metric : EdgeMetric.values()) {
            builder.listed(metric);
            builder.read(metric);
        }
        if (requests > 0) {
            builder.now(EdgeMetric.CODE_2XX, 0, requests - failed);
            builder.now(EdgeMetric.CODE_5XX, 0, failed);
        }
        return builder.build();
    }

    private static void assertJudged(EdgeHealth edge, EdgeState state, Severity severity, String reason) {
        assertThat(edge.judgement().state()).isEqualTo(state);
        assertThat(edge.judgement().severity()).isEqualTo(Optional.ofNullable(severity));
        assertThat(edge.judgement().reasons().get(0).code()).isEqualTo(reason);
    }

    // ---- the failed share

    /** A tenth of the requests is failing, a hundredth degraded; 300 requests are needed to say so by the share alone. */
    @ParameterizedTest
    @CsvSource({
        "1000, 100, FAILING, ERROR, failed_share",
        "1000, 99, DEGRADED, WARNING, failed_share",
        "1000, 10, DEGRADED, WARNING, failed_share",
        "1000, 9, OK, , ok",
        "300, 3, DEGRADED, WARNING, failed_share",
        "300, 2, OK, , ok",
        "299, 2, TOO_FEW, , too_few_requests",
        // Lower bounds (Wilson, 95 %) of 3 of 3, 6 of 20 and 1 of 20: 0.44, 0.15 and 0.0089.
        "3, 3, FAILING, ERROR, failed_share",
        "20, 6, FAILING, ERROR, failed_share",
        "20, 1, TOO_FEW, , too_few_requests",
        // 2 of 20: 0.028.
        "20, 2, DEGRADED, WARNING, failed_share"
    })
    void judgesTheFailedShare(long requests, long failed, EdgeState state, Severity severity, String reason) {
        assertJudged(new Scene().now(requests, failed).judged(), state, severity, reason);
    }

    /** (p + z²/2n - z √(p(1-p)/n + z²/4n²)) / (1 + z²/n) with z = 1.96, worked out by hand. */
    @ParameterizedTest
    @CsvSource({"0, 10, 0", "3, 3, 0.4385", "5, 10, 0.2366", "1, 100, 0.001767", "100, 100, 0.9630"})
    void boundsAShareFromBelow(long failed, long requests, double bound) {
        assertThat(HealthClassifier.lowerBound(failed, requests)).isCloseTo(bound, within(0.0001));
    }

    @Test
    void saysHowManyRequestsWouldBeNeeded() {
        EdgeHealth edge = new Scene().now(12, 0).judged();

        assertThat(edge.judgement().reasons().get(0).text())
                .isEqualTo("0 of 12 requests failed; 300 would be needed to see a share of 1\u00a0%");
    }

    @Test
    void countsNoClientErrorAsFailed() {
        EdgeTraffic.Builder builder = new EdgeTraffic.Builder(EDGE, 12, 0);
        builder.listed(EdgeMetric.CODE_4XX);
        builder.read(EdgeMetric.CODE_4XX);
        builder.now(EdgeMetric.CODE_4XX, 3, 500);

        EdgeHealth edge = report(List.of(builder.build()), List.of(), Optional.empty())
                .edges()
                .get(0);

        assertJudged(edge, EdgeState.OK, null, "ok");
        assertThat(edge.now().clientErrors()).hasValue(500);
        assertThat(edge.now().failed()).hasValue(0);
    }

    // ---- against earlier days

    /** 50 of 10 000 is half of what is degraded, ten times 5, five times 10 and less than five times 11. */
    @ParameterizedTest
    @CsvSource({"5, DEGRADED, failed_share_rose", "10, DEGRADED, failed_share_rose", "11, OK, ok"})
    void seesAShareThatRoseFivefold(long before, EdgeState state, String reason) {
        long[] days = new long[7];
        Arrays.fill(days, before);
        EdgeHealth edge = new Scene().now(10_000, 50).days(10_000, days).judged();

        assertThat(edge.judgement().state()).isEqualTo(state);
        assertThat(edge.judgement().reasons().get(0).code()).isEqualTo(reason);
    }

    @Test
    void takesAnHourThatWasAsBadOnceForNoRise() {
        assertJudged(
                new Scene().now(10_000, 50).days(10_000, 5, 5, 5, 60, 5, 5, 5).judged(), EdgeState.OK, null, "ok");
    }

    /** Twice the median of 100 ms, more than any day and 50 ms at least. */
    @ParameterizedTest
    @CsvSource({"200, DEGRADED, response_time_rose", "199, OK, ok"})
    void seesAResponseTimeThatDoubled(double millis, EdgeState state, String reason) {
        EdgeHealth edge = new Scene()
                .now(1000, 0)
                .millis(millis)
                .days(1000, 0, 0, 0)
                .earlierMillis(100, 90, 110)
                .judged();

        assertThat(edge.judgement().state()).isEqualTo(state);
        assertThat(edge.judgement().reasons().get(0).code()).isEqualTo(reason);
    }

    @Test
    void takesAFewMillisecondsForNoRise() {
        assertJudged(
                new Scene()
                        .now(1000, 0)
                        .millis(40)
                        .days(1000, 0, 0, 0)
                        .earlierMillis(4, 4, 4)
                        .judged(),
                EdgeState.OK,
                null,
                "ok");
    }

    /** Half of the lowest day, where every day had 100 requests an hour or more. */
    @ParameterizedTest
    @CsvSource({"800, 399, traffic_fell", "800, 400, ok", "99, 20, too_few_requests"})
    void seesTrafficThatFell(long before, long now, String reason) {
        assertThat(new Scene()
                        .now(now, 0)
                        .days(before, 0, 0, 0, 0, 0, 0, 0)
                        .judged()
                        .judgement()
                        .reasons()
                        .get(0)
                        .code())
                .isEqualTo(reason);
    }

    // ---- no data

    @Test
    void callsAnEdgeThatStoppedAnError() {
        EdgeHealth edge = new Scene().days(500, 0, 0, 0, 0, 0, 0, 0).judged();

        assertJudged(edge, EdgeState.NO_DATA, Severity.ERROR, "traffic_stopped");
        assertThat(edge.now().requests()).isEmpty();
    }

    @Test
    void takesAnEdgeThatIsQuietAtThatHourForQuiet() {
        assertJudged(new Scene().judged(), EdgeState.NO_DATA, null, "no_requests");
    }

    /** Saturday: the weekdays had traffic, the Saturday before (the last sample) had none. */
    @Test
    void takesADayOfTheWeekWithoutTrafficForNoStop() {
        assertJudged(new Scene().days(500, 0, 0, 0, 0, 0, 0).judged(), EdgeState.NO_DATA, null, "no_requests");
    }

    @Test
    void takesAFewRequestsADayForNoStop() {
        assertJudged(new Scene().days(99, 0, 0, 0, 0, 0, 0, 0).judged(), EdgeState.NO_DATA, null, "no_requests");
        assertJudged(
                new Scene().days(100, 0, 0, 0, 0, 0, 0, 0).judged(),
                EdgeState.NO_DATA,
                Severity.ERROR,
                "traffic_stopped");
    }

    @Test
    void isBlindWithoutResponseCodes() {
        EdgeTraffic.Builder builder = new EdgeTraffic.Builder(EDGE, 12, 7);
        builder.listed(EdgeMetric.RESPONSE_TIME);
        builder.read(EdgeMetric.RESPONSE_TIME);
        builder.now(EdgeMetric.RESPONSE_TIME, 0, 5);

        HealthReport report = report(List.of(builder.build()), List.of(), Optional.empty());

        assertJudged(report.edges().get(0), EdgeState.BLIND, null, "no_response_codes");
        assertThat(report.blindSpots()).extracting(HealthReport.BlindSpot::what).containsExactly(EDGE.label());
        assertThat(report.gaps()).containsExactly("1 edge is blind");
    }

    /** Many good answers are no proof while the series of the bad ones was not read. */
    @Test
    void isBlindWhereAListedSeriesWasNotRead() {
        EdgeTraffic.Builder builder = new EdgeTraffic.Builder(EDGE, 12, 7);
        builder.listed(EdgeMetric.CODE_2XX);
        builder.read(EdgeMetric.CODE_2XX);
        builder.listed(EdgeMetric.CODE_5XX);
        builder.now(EdgeMetric.CODE_2XX, 0, 1_000_000);

        assertJudged(
                report(List.of(builder.build()), List.of(), Optional.empty())
                        .edges()
                        .get(0),
                EdgeState.BLIND,
                null,
                "not_read");
    }

    // ---- configuration

    private static Service service(String name, int desired, int running, String rollout) {
        Service.TaskCounts tasks = new Service.TaskCounts(desired, running, 0);
        ServiceConnect connect = new ServiceConnect(
                true,
                Optional.of("prod.local"),
                List.of(new ServiceConnect.Endpoint(
                        "http",
                        name,
                        List.of(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.empty())),
                Optional.of("/ecs/prod"),
                true,
                Optional.of("JSON"));
        return new Service(
                name,
                "prod",
                "ACTIVE",
                tasks,
                List.of(new Deployment(
                        "ecs-svc/1",
                        "PRIMARY",
                        name + ":7",
                        Optional.empty(),
                        new Deployment.Rollout(rollout, "why", tasks, 0),
                        Optional.of(connect),
                        List.of(),
                        List.of())),
                List.of(),
                Optional.empty(),
                new Service.Routing(false, List.of(), false));
    }

    @Test
    void failsWithoutARunningTaskWhateverIsMeasured() {
        EdgeHealth edge = report(
                        List.of(traffic(EDGE, 0, 0)), List.of(service("payments", 2, 0, "COMPLETED")), Optional.empty())
                .edges()
                .get(0);

        assertJudged(edge, EdgeState.FAILING, Severity.ERROR, "callee_not_running");
        assertThat(edge.callee()).hasValue("payments");
    }

    @Test
    void onlyMentionsOneMissingTaskAndAFailedDeployment() {
        EdgeHealth edge = report(
                        List.of(traffic(EDGE, 1000, 0)), List.of(service("payments", 2, 1, "FAILED")), Optional.empty())
                .edges()
                .get(0);

        assertThat(edge.judgement().state()).isEqualTo(EdgeState.OK);
        assertThat(edge.judgement().reasons())
                .extracting(EdgeHealth.Reason::code)
                .containsExactly("callee_tasks_missing", "deployment_failed");
    }

    /** Two services offer the name: nothing tells which one is called. */
    @Test
    void namesNoCalleeWhereSeveralOfferTheTarget() {
        Service one = service("payments", 2, 0, "COMPLETED");
        Service other = new Service(
                "payments-blue",
                one.cluster(),
                one.status(),
                one.tasks(),
                one.deployments(),
                one.events(),
                one.createdAt(),
                one.routing());

        EdgeHealth edge = report(List.of(traffic(EDGE, 1000, 0)), List.of(one, other), Optional.empty())
                .edges()
                .get(0);

        assertThat(edge.callee()).isEmpty();
        assertThat(edge.judgement().state()).isEqualTo(EdgeState.OK);
    }

    // ---- against the previous run

    private static Optional<HealthRun> before(EdgeState state, Severity severity) {
        return Optional.of(new HealthRun(
                FROM,
                "cluster prod",
                new TreeMap<>(Map.of(
                        EDGE, new HealthRun.Entry(state, Optional.ofNullable(severity), Optional.of(Instant.EPOCH))))));
    }

    /** 1000 requests: 0 failed is ok, 50 a warning, 500 an error; none at all is no data. */
    @ParameterizedTest
    @CsvSource({
        "OK, , 1000, 500, NEW",
        "OK, , 1000, 0, UNCHANGED",
        "TOO_FEW, , 1000, 500, NEW",
        "FAILING, ERROR, 1000, 500, STILL",
        "FAILING, ERROR, 1000, 50, BETTER",
        "FAILING, ERROR, 1000, 0, RECOVERED",
        "FAILING, ERROR, 0, 0, LOST",
        "FAILING, ERROR, 12, 0, LOST",
        "DEGRADED, WARNING, 1000, 500, WORSE",
        "DEGRADED, WARNING, 1000, 50, STILL",
        "NO_DATA, ERROR, 1000, 500, STILL"
    })
    void tellsWhatChanged(EdgeState was, Severity severity, long requests, long failed, EdgeChange change) {
        EdgeHealth edge = report(List.of(traffic(EDGE, requests, failed)), List.of(), before(was, severity))
                .edges()
                .get(0);

        assertThat(edge.since().change()).isEqualTo(change);
        assertThat(edge.since().before()).hasValue(was);
    }

    @Test
    void keepsSinceWhenAnEdgeIsInItsState() {
        HealthReport still =
                report(List.of(traffic(EDGE, 1000, 500)), List.of(), before(EdgeState.FAILING, Severity.ERROR));
        HealthReport fresh = report(List.of(traffic(EDGE, 1000, 500)), List.of(), before(EdgeState.OK, null));

        assertThat(still.edges().get(0).since().at()).hasValue(Instant.EPOCH);
        assertThat(fresh.edges().get(0).since().at()).hasValue(TO);
    }

    @Test
    void tellsWhichEdgesAreGoneOnlyWhereAllWereListed() {
        CallEdge other = new CallEdge("prod", "web", "cart");
        List<EdgeTraffic> now = List.of(traffic(other, 1000, 0));

        HealthReport whole = report(now, List.of(), before(EdgeState.FAILING, Severity.ERROR));
        HealthReport part = report(
                now,
                List.of(),
                before(EdgeState.FAILING, Severity.ERROR),
                new Coverage(List.of(
                        new Coverage.Entry("cloudwatch/list-metrics", Coverage.State.PARTIAL, "page 2 was denied"),
                        new Coverage.Entry("cloudwatch/get-metric-data", Coverage.State.COMPLETE, ""))));

        assertThat(whole.past().gone())
                .containsExactly(new HealthReport.Gone(EDGE, EdgeState.FAILING, Optional.of(Severity.ERROR)));
        assertThat(whole.edges().get(0).since().change()).isEqualTo(EdgeChange.APPEARED);
        assertThat(part.past().gone()).isEmpty();
        assertThat(part.gaps()).containsExactly("cloudwatch/list-metrics is partial: page 2 was denied");
    }

    @Test
    void ordersByTheWorstChange() {
        CallEdge small = new CallEdge("prod", "a", "small");
        CallEdge large = new CallEdge("prod", "b", "large");
        CallEdge still = new CallEdge("prod", "c", "still");
        CallEdge fine = new CallEdge("prod", "d", "fine");
        CallEdge slight = new CallEdge("prod", "e", "slight");
        HealthRun run = new HealthRun(
                FROM,
                "",
                new TreeMap<>(Map.of(
                        still,
                        new HealthRun.Entry(EdgeState.FAILING, Optional.of(Severity.ERROR), Optional.empty()),
                        small,
                        new HealthRun.Entry(EdgeState.OK, Optional.empty(), Optional.empty()))));

        HealthReport report = report(
                List.of(
                        traffic(small, 1000, 200),
                        traffic(large, 9000, 900),
                        traffic(still, 9000, 9000),
                        traffic(fine, 1000, 0),
                        traffic(slight, 1000, 20)),
                List.of(),
                Optional.of(run));

        // New errors by failed requests, the new warning, the old error, the rest.
        assertThat(report.edges()).extracting(EdgeHealth::edge).containsExactly(large, small, slight, still, fine);
    }

    // ---- what is lacking

    @Test
    void isConclusiveWhereQuietEdgesAreQuietAsUsual() {
        HealthReport report = report(List.of(traffic(EDGE, 1000, 0), quiet()), List.of(), Optional.empty());

        assertThat(report.gaps()).isEmpty();
    }

    private static EdgeTraffic quiet() {
        return traffic(new CallEdge("prod", "nightly", "archive"), 0, 0);
    }

    @Test
    void isInconclusiveWithoutAnyRequestOrEdge() {
        assertThat(report(List.of(quiet()), List.of(), Optional.empty()).gaps())
                .containsExactly("no edge had a request in the window");
        assertThat(report(List.of(), List.of(), Optional.empty()).gaps())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("CloudWatch lists no edge");
    }
}
