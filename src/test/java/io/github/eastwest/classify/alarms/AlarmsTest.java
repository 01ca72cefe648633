package io.github.eastwest.classify.alarms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.ecs.CloudMap;
import io.github.eastwest.model.log.LogEvidence;
import io.github.eastwest.model.metric.MetricSeries;
import io.github.eastwest.model.metric.Metrics;
import io.github.eastwest.model.network.Network;
import io.github.eastwest.model.report.AlarmPlan;
import io.github.eastwest.model.report.AlarmPlan.Alarm;
import io.github.eastwest.model.report.AlarmPlan.Comparison;
import io.github.eastwest.model.report.AlarmPlan.Kind;
import io.github.eastwest.model.report.AlarmPlan.Missing;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Diagnosis;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlarmsTest {
    private static final Instant FROM = Instant.parse("2026-11-21T10:00:00Z");
    private static final Map<String, String> TOWARDS =
            Map.of("TargetDiscoveryName", "pay", "ServiceName", "orders", "ClusterName", "prod");
    private static final Map<String, String> INTO =
            Map.of("DiscoveryName", "pay", "ServiceName", "payments", "ClusterName", "data");

    private static AlarmSubject subject(String protocol, Optional<AlarmSubject.ProxyLog> log) {
        return new AlarmSubject(
                "orders",
                "payments",
                Optional.of("prod"),
                Optional.of("data"),
                Optional.of("pay"),
                Optional.of(protocol),
                log);
    }

    private static Optional<AlarmSubject.ProxyLog> log(String format) {
        return Optional.of(new AlarmSubject.ProxyLog(
                "/ecs/orders",
                true,
                false,
                Optional.of(format),
                List.of("payments:8080"),
                List.of("cds_egress_prod_pay_http_8080")));
    }

    /** The sets of facts/aws.md 2.2: towards the callee the service is the caller; into the callee it is the callee. */
    @Test
    void dimensionsAreTheOnesThatServiceConnectPublishes() {
        AlarmPlan plan = Alarms.of(subject("http", log("JSON")));

        assertThat(plan.alarms()).extracting(Alarm::kind).containsExactly(Kind.values());
        for (Kind kind : List.of(Kind.BACKEND_5XX, Kind.P99_REGRESSION, Kind.NO_TRAFFIC)) {
            AlarmPlan.Metric metric = plan.alarm(kind).orElseThrow().metric();
            assertThat(metric.namespace()).isEqualTo("AWS/ECS");
            assertThat(metric.dimensions()).isEqualTo(TOWARDS);
        }
        assertThat(plan.alarm(Kind.CONNECTION_CHURN).orElseThrow().metric().dimensions())
                .isEqualTo(INTO);
        for (Kind kind : List.of(Kind.PROXY_5XX, Kind.EJECTIONS)) {
            AlarmPlan.Metric metric = plan.alarm(kind).orElseThrow().metric();
            AlarmPlan.MetricFilter filter = plan.filter(kind).orElseThrow();
            assertThat(metric.dimensions()).isEmpty();
            assertThat(filter.metric()).isEqualTo(metric.name());
            assertThat(filter.namespace()).isEqualTo(metric.namespace());
        }
    }

    @Test
    void onlySilenceIsFailing() {
        AlarmPlan plan = Alarms.of(subject("http", log("JSON")));

        assertThat(plan.alarms().stream().filter(alarm -> alarm.evaluation().missing() == Missing.BREACHING))
                .extracting(Alarm::kind)
                .containsExactly(Kind.NO_TRAFFIC);
        // The series of a counter of errors does not exist before the first error.
        assertThat(plan.alarm(Kind.BACKEND_5XX).orElseThrow().evaluation().missing())
                .isEqualTo(Missing.NOT_BREACHING);
    }

    @ParameterizedTest
    @CsvSource({
        "http, BACKEND_5XX PROXY_5XX P99_REGRESSION NO_TRAFFIC CONNECTION_CHURN EJECTIONS",
        "http2, BACKEND_5XX PROXY_5XX P99_REGRESSION NO_TRAFFIC CONNECTION_CHURN EJECTIONS",
        "grpc, P99_REGRESSION NO_TRAFFIC CONNECTION_CHURN EJECTIONS",
        "tcp, NO_TRAFFIC CONNECTION_CHURN EJECTIONS"
    })
    void noAlarmLooksAtAMetricThatTheProtocolDoesNotHave(String protocol, String kinds) {
        assertThat(Alarms.of(subject(protocol, log("JSON"))).alarms().stream()
                        .map(alarm -> alarm.kind().name()))
                .containsExactly(kinds.split(" "));
    }

    @Test
    void filtersSelectTheEdgeInBothFormats() {
        AlarmPlan json = Alarms.of(subject("http", log("JSON")));
        AlarmPlan text = Alarms.of(subject("http", log("TEXT")));

        assertThat(json.filter(Kind.PROXY_5XX).orElseThrow().pattern())
                .isEqualTo("{ ($.response_code >= 500) && ($.authority = \"payments:8080\") }");
        // Eleven fields up to the authority, as in the documented text format.
        assertThat(text.filter(Kind.PROXY_5XX).orElseThrow().pattern())
                .isEqualTo("[time, request, status = 5*, received, sent, duration, service, forwarded, agent, id,"
                        + " authority = \"payments:8080\", ...]");
        assertThat(text.filter(Kind.EJECTIONS).orElseThrow().pattern())
                .isEqualTo("{ ($.action = \"EJECT\") && ($.enforced IS TRUE)"
                        + " && ($.cluster_name = \"cds_egress_prod_pay_http_8080\") }");
    }

    @Test
    void namesOfStrangersCannotEndAPattern() {
        AlarmSubject.ProxyLog hostile = new AlarmSubject.ProxyLog(
                "/ecs/orders",
                true,
                false,
                Optional.of("JSON"),
                List.of("x\") || ($.a = \"", "ok:80"),
                List.of("\" } {"));
        AlarmPlan plan = Alarms.of(subject("http", Optional.of(hostile)));

        assertThat(plan.filter(Kind.PROXY_5XX).orElseThrow().pattern())
                .isEqualTo("{ ($.response_code >= 500) && ($.authority = \"ok:80\") }");
        assertThat(plan.filter(Kind.EJECTIONS).orElseThrow().pattern())
                .isEqualTo("{ ($.action = \"EJECT\") && ($.enforced IS TRUE) }");
        assertThat(plan.notes()).anyMatch(note -> note.contains("counts ejections of all that this caller calls"));
    }

    @Test
    void infrequentAccessHasNoFiltersAndTheNotesSaySo() {
        AlarmPlan plan = Alarms.of(subject(
                "http",
                Optional.of(new AlarmSubject.ProxyLog(
                        "/ecs/orders", false, false, Optional.of("JSON"), List.of(), List.of()))));

        assertThat(plan.filters()).isEmpty();
        assertThat(plan.alarm(Kind.EJECTIONS)).isEmpty();
        assertThat(plan.notes())
                .containsExactly("Log group /ecs/orders is of class Infrequent Access, which has no metric filters, so"
                        + " nothing counts ejections and the proxies' own answers.");
    }

    @Test
    void whatIsAssumedIsSaid() {
        AlarmPlan plan = Alarms.of(new AlarmSubject(
                "orders",
                "payments",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));

        assertThat(plan.notes()).hasSize(4);
        assertThat(plan.alarm(Kind.BACKEND_5XX).orElseThrow().metric().dimensions())
                .containsEntry("TargetDiscoveryName", "payments")
                .containsEntry("ClusterName", "CLUSTER");
    }

    @Test
    void longNamesFitAndStayApart() {
        String caller = "c".repeat(255);
        AlarmPlan one = Alarms.of(named(caller, "d".repeat(254) + "1"));
        AlarmPlan other = Alarms.of(named(caller, "d".repeat(254) + "2"));

        assertThat(one.alarms()).allSatisfy(alarm -> assertThat(alarm.name()).hasSizeLessThanOrEqualTo(255));
        assertThat(one.alarms().get(0).name())
                .isNotEqualTo(other.alarms().get(0).name());
        assertThat(Alarms.of(named("a b\n\"$*", "x")).alarms().get(0).name()).isEqualTo("a_b_-x-backend-5xx");
    }

    private static AlarmSubject named(String caller, String callee) {
        return new AlarmSubject(
                caller,
                callee,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void thresholdsFollowFromThirtyUsualMinutes() {
        // 30 minutes before the onset: at most 4 errors, 200 ms and 7 new connections a minute; then 900 of each.
        List<MetricSeries> series = List.of(
                series("HTTPCode_Target_5XX_Count", "Sum", TOWARDS, 30, 4),
                series("TargetProcessedBytes", "Sum", TOWARDS, 30, 5_000),
                series("TargetResponseTime", "p99", TOWARDS, 30, 200.4),
                series("NewConnectionCount", "Sum", INTO, 30, 7));
        AlarmPlan plan = plan(series, Optional.of(FROM.plusSeconds(30 * 60)));

        // max(5, 3 * 4), ceil(1.5 * 200.4), 3 * 7
        assertThat(threshold(plan, Kind.BACKEND_5XX)).hasValue(12);
        assertThat(threshold(plan, Kind.P99_REGRESSION)).hasValue(301);
        assertThat(threshold(plan, Kind.CONNECTION_CHURN)).hasValue(21);
        assertThat(plan.alarm(Kind.P99_REGRESSION).orElseThrow().evaluation().comparison())
                .isEqualTo(Comparison.ABOVE);
    }

    @Test
    void twentyNineMinutesAreNoBaseline() {
        List<MetricSeries> series = List.of(
                series("TargetProcessedBytes", "Sum", TOWARDS, 29, 5_000),
                series("HTTPCode_Target_5XX_Count", "Sum", TOWARDS, 29, 40),
                series("TargetResponseTime", "p99", TOWARDS, 29, 200));
        AlarmPlan plan = plan(series, Optional.of(FROM.plusSeconds(29 * 60)));

        assertThat(threshold(plan, Kind.BACKEND_5XX)).hasValue(5);
        assertThat(threshold(plan, Kind.P99_REGRESSION)).isEmpty();
        assertThat(plan.alarm(Kind.P99_REGRESSION).orElseThrow().evaluation().comparison())
                .isEqualTo(Comparison.ABOVE_BAND);
    }

    @Test
    void anErrorCounterWithoutASeriesIsZeroWhereTrafficWasWatched() {
        AlarmPlan plan = plan(
                List.of(series("TargetProcessedBytes", "Sum", TOWARDS, 30, 5_000)),
                Optional.of(FROM.plusSeconds(30 * 60)));

        assertThat(threshold(plan, Kind.BACKEND_5XX)).hasValue(5);
        assertThat(plan.alarm(Kind.BACKEND_5XX).orElseThrow().why()).contains("usual maximum of 0 a minute");
    }

    @Test
    void usualPausesLengthenTheSilence() {
        // 30 busy minutes, 8 without a point, 10 busy ones: the alarm waits 5 minutes longer than 8.
        List<MetricSeries.Point> points = IntStream.concat(IntStream.range(0, 30), IntStream.range(38, 48))
                .mapToObj(minute -> new MetricSeries.Point(FROM.plusSeconds(60L * minute), 9))
                .toList();
        AlarmPlan plan = plan(
                List.of(new MetricSeries("AWS/ECS", "TargetProcessedBytes", "Sum", 60, TOWARDS, points, true)),
                Optional.of(FROM.plusSeconds(48 * 60)));

        assertThat(plan.alarm(Kind.NO_TRAFFIC).orElseThrow().evaluation().periods())
                .isEqualTo(13);
        assertThat(plan.alarm(Kind.NO_TRAFFIC).orElseThrow().evaluation().datapoints())
                .isEqualTo(13);
    }

    @Test
    void failingMinutesAreNeverUsual() {
        // Failures without an onset: nothing says which minutes are usual.
        AlarmPlan plan = plan(List.of(series("TargetResponseTime", "p99", TOWARDS, 60, 200)), Optional.empty());

        assertThat(threshold(plan, Kind.P99_REGRESSION)).isEmpty();
    }

    @Test
    void otherCarriersAreRefused() {
        Snapshot snapshot = snapshot(List.of(), Edge.Method.ALB);

        assertThatThrownBy(() -> Alarms.of(subject("http", Optional.empty()), snapshot, diagnosis(Optional.empty())))
                .isInstanceOf(EastwestException.class)
                .hasMessageContaining("carried by alb");
    }

    private static OptionalDouble threshold(AlarmPlan plan, Kind kind) {
        return plan.alarm(kind).orElseThrow().evaluation().threshold();
    }

    private static AlarmPlan plan(List<MetricSeries> series, Optional<Instant> onset) {
        return Alarms.of(
                subject("http", Optional.empty()), snapshot(series, Edge.Method.SERVICE_CONNECT), diagnosis(onset));
    }

    /** So many usual minutes of that value, then ten of 900. */
    private static MetricSeries series(
            String name, String statistic, Map<String, String> dimensions, int minutes, double value) {
        List<MetricSeries.Point> points = IntStream.range(0, minutes + 10)
                .mapToObj(minute ->
                        new MetricSeries.Point(FROM.plusSeconds(60L * minute), minute < minutes ? value : 900))
                .toList();
        return new MetricSeries("AWS/ECS", name, statistic, 60, dimensions, points, true);
    }

    private static Snapshot snapshot(List<MetricSeries> series, Edge.Method method) {
        return new Snapshot(
                edge(method),
                new TimeWindow(FROM, FROM.plusSeconds(7200)),
                new Snapshot.Account(Optional.empty(), Optional.empty()),
                new Coverage(List.of()),
                new Snapshot.Ecs(
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        new CloudMap(List.of(), List.of(), List.of()),
                        List.of(),
                        List.of(),
                        List.of()),
                new Network(List.of(), List.of(), List.of(), List.of(), List.of()),
                new Metrics(series, List.of()),
                new LogEvidence(List.of(), Optional.empty()));
    }

    private static Edge edge(Edge.Method method) {
        return new Edge("orders", "payments", Optional.of("prod"), Optional.of("data"), Optional.empty(), method);
    }

    private static Diagnosis diagnosis(Optional<Instant> onset) {
        return new Diagnosis(
                Diagnosis.Outcome.FINDINGS,
                edge(Edge.Method.SERVICE_CONNECT),
                new TimeWindow(FROM, FROM.plusSeconds(7200)),
                Optional.empty(),
                new Diagnosis.Causes(List.of(), List.of(), List.of(), List.of()),
                new Coverage(List.of()),
                List.of(),
                List.of(),
                new Background(
                        onset.map(at -> new Background.Onset(
                                at,
                                at,
                                Optional.of(Condition.APPLICATION_5XX),
                                OptionalDouble.of(0),
                                0.5,
                                Optional.empty(),
                                false,
                                "logs/lines/caller")),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.empty()));
    }
}
