package io.github.eastwest.render.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Breakdown;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.SampleDiagnoses;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartsTest {
    private static final Instant FROM = Instant.parse("2026-11-21T04:15:00Z");

    private static TrafficReport.Bucket bucket(int second, Map<Condition, Long> conditions, long... percentiles) {
        OptionalLong[] values =
                LongStream.of(percentiles).mapToObj(OptionalLong::of).toArray(OptionalLong[]::new);
        return new TrafficReport.Bucket(
                FROM.plusSeconds(second),
                conditions,
                values.length == 0
                        ? TrafficReport.Latency.NONE
                        : new TrafficReport.Latency(values[0], values[1], values[2], values[2]));
    }

    private static Charts charts(int seconds, TrafficReport.Bucket... buckets) {
        return charts(traffic(Basis.FLAG, seconds, buckets));
    }

    private static Charts charts(TrafficReport traffic) {
        return Charts.of(traffic, Background.NONE, List.of()).orElseThrow();
    }

    /** Every condition of the buckets, known by that basis. */
    private static TrafficReport traffic(Basis basis, int seconds, TrafficReport.Bucket... buckets) {
        return new TrafficReport(
                1,
                1,
                0,
                Arrays.stream(Condition.values())
                        .map(condition -> new TrafficReport.ConditionCount(condition, 1, basis, Optional.empty()))
                        .toList(),
                TrafficReport.Latency.NONE,
                new TrafficReport.Series(seconds, List.of(buckets)),
                List.of(),
                List.of());
    }

    private static TrafficReport answered(Breakdown.Status... statuses) {
        TrafficReport plain = traffic(
                Basis.FLAG,
                60,
                bucket(0, Map.of(Condition.APPLICATION_5XX, 3L)),
                bucket(60, Map.of(Condition.APPLICATION_5XX, 30L)));
        Breakdown none = Breakdown.NONE;
        return new TrafficReport(
                plain.requests(),
                plain.failed(),
                0,
                plain.conditions(),
                plain.latency(),
                plain.series(),
                List.of(),
                List.of(),
                new Breakdown(
                        none.sides(),
                        none.heat(),
                        List.of(statuses),
                        none.reasons(),
                        none.paths(),
                        none.revisions(),
                        none.touched(),
                        none.attribution(),
                        none.rows()));
    }

    @Test
    void stacksFailuresByStatusTheRareOnesAsOne() {
        Chart chart = charts(answered(
                        new Breakdown.Status("503", List.of(1L, 10L)),
                        new Breakdown.Status("0", List.of(1L, 9L)),
                        new Breakdown.Status("500", List.of(1L, 4L)),
                        new Breakdown.Status("502", List.of(0L, 3L)),
                        new Breakdown.Status("504", List.of(0L, 2L)),
                        new Breakdown.Status("grpc Internal", List.of(0L, 1L)),
                        new Breakdown.Status("508", List.of(0L, 1L))))
                .statuses()
                .orElseThrow();

        assertThat(chart.table().head())
                .containsExactly("from", "503", "0: no answer", "500", "502", "504", "other statuses");
        assertThat(chart.table().rows())
                .containsExactly(
                        List.of("04:15:00Z", "1", "1", "1", "0", "0", "0"),
                        List.of("04:16:00Z", "10", "9", "4", "3", "2", "2"));
    }

    @Test
    void drawsNoStatusesThatWereNotCountedBucketByBucket() {
        assertThat(charts(answered()).statuses()).isEmpty();
        assertThat(charts(answered(new Breakdown.Status("503", List.of(33L)))).statuses())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0,2",
        "2,2",
        "3,4",
        "8,8",
        "9,10",
        "10,10",
        "11,12",
        "62,80",
        "80,80",
        "81,100",
        "113,120",
        "1000000007,1200000000"
    })
    void scalesEndAtANumberThatReadsWell(long count, long top) {
        assertThat(Charts.evenTop(count)).isEqualTo(top);
    }

    @Test
    void scalesCannotOverflow() {
        assertThat(Charts.evenTop(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "0.04,0", "0.05,0.1", "12.34,12.3", "-0.26,-0.3", "1000,1000", "1e7,10000000"})
    void coordinatesHaveOneDecimal(double value, String text) {
        assertThat(Charts.number(value)).isEqualTo(text);
    }

    @Test
    void stacksFailuresBelowAnswers() {
        Chart chart = charts(
                        10,
                        bucket(0, Map.of(Condition.OTHER, 4L, Condition.SUCCESS, 4L)),
                        bucket(10, Map.of(Condition.SUCCESS, 8L)))
                .calls();

        // Two buckets of 500, 90 % wide; 8 calls fill the height of 200, so 4 are 100.
        assertThat(chart.shapes())
                .containsExactly(
                        new Chart.Shape("c0", "M0 200v-100h450v100z"),
                        new Chart.Shape("ok", "M0 100v-100h450v100zM500 200v-200h450v200z"));
        assertThat(chart.yTicks()).containsExactly("8", "4", "0");
        assertThat(chart.xTicks()).containsExactly("04:15:00Z", "04:15:10Z", "04:15:20Z");
        assertThat(chart.table().rows())
                .containsExactly(List.of("04:15:00Z", "4", "4"), List.of("04:15:10Z", "0", "8"));
    }

    @Test
    void theTableAddsUpToTheCalls() {
        Diagnosis diagnosis = SampleDiagnoses.securityGroup();
        Charts charts = charts(diagnosis.traffic().orElseThrow());

        assertThat(charts.calls().table().head()).containsExactly("from", "failed", "answered");
        // 994 + 145 = 1139 failed, 462 + 18 = 480 answered
        assertThat(sums(charts.calls())).containsExactly(1139L, 480L);
        Chart errors = charts.errors().orElseThrow();
        assertThat(errors.table().head()).containsExactly("from", "no_healthy_upstream", "upstream_connection_timeout");
        assertThat(sums(errors)).containsExactly(994L, 145L);
    }

    private static List<Long> sums(Chart chart) {
        return IntStream.range(1, chart.table().head().size())
                .mapToObj(column -> chart.table().rows().stream()
                        .mapToLong(row -> Long.parseLong(row.get(column)))
                        .sum())
                .toList();
    }

    @Test
    void hatchesWhatIsInferred() {
        TrafficReport.Bucket bucket = bucket(0, Map.of(Condition.OTHER, 2L));

        Chart inferred = charts(traffic(Basis.INFERRED, 10, bucket)).errors().orElseThrow();
        Chart flagged = charts(traffic(Basis.FLAG, 10, bucket)).errors().orElseThrow();

        assertThat(inferred.shapes()).extracting(Chart.Shape::style).containsExactly("c0", "hatch");
        assertThat(inferred.legend()).containsExactly(new Chart.Legend("c0 hatched", "other (inferred)"));
        assertThat(flagged.shapes()).extracting(Chart.Shape::style).containsExactly("c0");
        assertThat(flagged.legend()).containsExactly(new Chart.Legend("c0", "other"));
    }

    @Test
    void hasNoErrorChartWithoutAnError() {
        assertThat(charts(10, bucket(0, Map.of(Condition.SUCCESS, 3L))).errors())
                .isEmpty();
    }

    @Test
    void namesFiveFailuresAndSumsUpTheRest() {
        Map<Condition, Long> seven = Map.of(
                Condition.OTHER, 7L,
                Condition.OVERLOAD, 6L,
                Condition.DNS_FAILURE, 5L,
                Condition.NO_ROUTE, 4L,
                Condition.GRPC_ERROR, 3L,
                Condition.MAX_DURATION, 2L,
                Condition.TLS_FAILURE, 1L);

        assertThat(charts(1, bucket(0, seven)).errors().orElseThrow().table().head())
                .containsExactly(
                        "from", "other", "overload", "dns_failure", "no_route", "grpc_error", "other failed calls");
        assertThat(charts(1, bucket(0, seven))
                        .errors()
                        .orElseThrow()
                        .table()
                        .rows()
                        .get(0)
                        .get(6))
                .isEqualTo("3");
    }

    @Test
    void latencyBreaksWhereNothingWasAnswered() {
        Chart chart = charts(
                        10,
                        bucket(0, Map.of(), 10, 10, 10),
                        bucket(10, Map.of(), 100, 100, 100),
                        bucket(20, Map.of()),
                        bucket(30, Map.of(), 1000, 1000, 1000))
                .latency()
                .orElseThrow();

        // Decades 10..1000 over a height of 200; centres at 125, 375, 875 of 1000.
        assertThat(chart.shapes().get(0)).isEqualTo(new Chart.Shape("p50", "M125 200h0.1L375 100M875 0h0.1"));
        assertThat(chart.yTicks().stream().map(tick -> tick.replace('\u202F', ' ')))
                .containsExactly("1 000 ms", "100 ms", "10 ms");
        assertThat(chart.grid()).containsExactly("0", "100", "200");
        assertThat(chart.table().rows().get(2)).containsExactly("04:15:20Z", "\u2014", "\u2014", "\u2014", "\u2014");
    }

    @Test
    void hasNoLatencyWithoutAnAnswer() {
        assertThat(charts(10, bucket(0, Map.of(Condition.OTHER, 1L))).latency()).isEqualTo(Optional.empty());
    }

    @Test
    void drawsZeroMillisecondsAtTheBottom() {
        assertThat(charts(10, bucket(0, Map.of(), 0, 0, 0))
                        .latency()
                        .orElseThrow()
                        .shapes()
                        .get(0)
                        .path())
                .isEqualTo("M500 200h0.1");
    }

    @Test
    void mergesOnlyWhatCannotBeToldApart() {
        TrafficReport.Bucket[] fits = IntStream.range(0, TimeAxis.MAX_COLUMNS)
                .mapToObj(i -> bucket(i, Map.of(Condition.SUCCESS, 1L), i, i, i))
                .toArray(TrafficReport.Bucket[]::new);
        TrafficReport.Bucket[] oneMore = IntStream.range(0, TimeAxis.MAX_COLUMNS + 1)
                .mapToObj(i -> bucket(i, Map.of(Condition.SUCCESS, 1L), i, i, i))
                .toArray(TrafficReport.Bucket[]::new);

        assertThat(charts(1, fits).calls().table().rows()).hasSize(120);
        // 121 buckets in pairs: 60 pairs and one alone; a pair has the calls of both and the higher percentile
        assertThat(charts(1, oneMore).calls().table().rows())
                .hasSize(61)
                .first()
                .isEqualTo(List.of("04:15:00Z", "0", "2"));
        assertThat(charts(1, oneMore)
                        .latency()
                        .orElseThrow()
                        .table()
                        .rows()
                        .get(1)
                        .get(1)
                        .replace('\u202F', ' '))
                .isEqualTo("3 ms");
    }

    @Test
    void marksWhenTheFailuresBegan() {
        Diagnosis incident = SampleDiagnoses.incident();
        Charts charts = Charts.of(incident.traffic().orElseThrow(), incident.background(), incident.timeline())
                .orElseThrow();

        // Between 45 s and 50 s of 180 s, of 1000: 250 to 277.8.
        for (Chart chart : List.of(
                charts.errors().orElseThrow(), charts.calls(), charts.heat().orElseThrow())) {
            assertThat(chart.overlay().bands())
                    .containsExactly(new Chart.Band(
                            "250", "27.8", "onset of the failures", "onset between 04:15:45Z and 04:15:50Z"));
        }
        assertThat(Charts.of(incident.traffic().orElseThrow(), Background.NONE, List.of())
                        .orElseThrow()
                        .calls()
                        .overlay()
                        .bands())
                .isEmpty();
    }

    /** At most 0.21 % of the calls of a column usually fail. */
    @Test
    void drawsWhatIsUsualIntoTheErrors() {
        TrafficReport traffic = traffic(
                Basis.FLAG,
                10,
                bucket(0, Map.of(Condition.SUCCESS, 999L, Condition.NO_ROUTE, 1L)),
                bucket(10, Map.of(Condition.SUCCESS, 1_992L, Condition.NO_ROUTE, 8L)));
        Background usual = new Background(
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                SampleDiagnoses.incident().background().noiseFloor());

        Chart chart =
                Charts.of(traffic, usual, List.of()).orElseThrow().errors().orElseThrow();

        // The axis ends at 8: 2.1 of 1000 calls are 52.5 of 200 from the ground, 4.2 of 2000 are 105.
        assertThat(chart.shapes()).last().isEqualTo(new Chart.Shape("usual", "M0 147.5H500M500 95H1000"));
        assertThat(chart.legend()).last().isEqualTo(new Chart.Legend("usual", "usual at most: 0.21\u202f%"));
        assertThat(charts(traffic).errors().orElseThrow().legend())
                .extracting(Chart.Legend::style)
                .doesNotContain("usual");
    }

    /** Bands of equal height: up to 1, 100, 1 000 and 10 000 ms; none was slower. */
    @Test
    void drawsTimeOutsIntoTheHeatMap() {
        Diagnosis incident = SampleDiagnoses.incident();
        Chart heat = Charts.of(incident.traffic().orElseThrow(), incident.background(), incident.timeline())
                .orElseThrow()
                .heat()
                .orElseThrow();

        // 3 s are 2/9 of the way from 1 s to 10 s: 3 bands and 2/9 of 4 from the bottom, 38.9 of 200 from the top. 10 s
        // end the last band; 15 s lie above it.
        assertThat(heat.overlay().limits())
                .containsExactly(
                        new Chart.Limit("38.9", "3\u202f000\u202fms: connection time-out"),
                        new Chart.Limit("0", "10\u202f000\u202fms: client time-out of label-printer"));
        // All 1619 calls are in its table.
        assertThat(heat.table().rows().stream()
                        .flatMap(row -> row.stream().skip(1))
                        .mapToLong(cell -> Long.parseLong(cell.replace("\u202f", "")))
                        .sum())
                .isEqualTo(1_619);
    }

    @Test
    void marksDeploymentsInsideTheWindow() {
        Diagnosis diagnosis = SampleDiagnoses.securityGroup();
        Chart chart = Charts.of(diagnosis.traffic().orElseThrow(), Background.NONE, diagnosis.timeline())
                .orElseThrow()
                .calls();

        // 38 s of 180 s
        assertThat(chart.overlay().markers())
                .containsExactly(new Chart.Marker(
                        "211.1", "04:15:38Z deployment: address-check:44 began to replace address-check:43"));
    }
}
