package io.github.eastwest.render.csv;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.Format;
import io.github.eastwest.render.Golden;
import io.github.eastwest.render.SampleDiagnoses;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRendererTest {
    private static List<CSVRecord> rows(Diagnosis diagnosis) throws IOException {
        return CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(new StringReader(Golden.text(Format.CSV, diagnosis)))
                .getRecords();
    }

    @ParameterizedTest
    @ValueSource(strings = {"security-group", "nothing-read"})
    void looksAsAgreed(String sample) throws IOException {
        Diagnosis diagnosis = SampleDiagnoses.all().get(sample);

        Golden.assertMatches(sample + ".csv", Golden.bytes(Format.CSV, diagnosis, SampleDiagnoses.context(diagnosis)));
    }

    @Test
    void hasFindingsAndConditionsThatAddUp() throws IOException {
        List<CSVRecord> rows = rows(SampleDiagnoses.securityGroup());

        assertThat(rows)
                .filteredOn(row -> !row.get("record").equals("minute"))
                .extracting(row -> row.get("record") + " " + row.get("id"))
                .containsExactly(
                        "outcome findings",
                        "edge label-printer \u2192 address-check",
                        "finding EW301",
                        "finding EW205",
                        "condition no_healthy_upstream",
                        "condition success",
                        "condition upstream_connection_timeout",
                        "condition application_4xx");
        assertThat(rows.stream()
                        .filter(row -> row.get("record").equals("condition"))
                        .mapToLong(row -> Long.parseLong(row.get("calls")))
                        .sum())
                .isEqualTo(1619);
    }

    @Test
    void saysInconclusiveWhereThereIsNothingElse() throws IOException {
        List<CSVRecord> rows = rows(SampleDiagnoses.nothingRead());

        assertThat(rows).extracting(row -> row.get("record")).containsExactly("outcome", "edge");
        assertThat(rows.get(0).get("id")).isEqualTo("inconclusive");
        assertThat(rows).extracting(row -> row.get("calls") + row.get("failed")).containsOnly("");
    }

    @Test
    void everyRowNamesItsEdge() throws IOException {
        assertThat(rows(SampleDiagnoses.securityGroup()))
                .extracting(row -> row.get("caller") + " " + row.get("callee") + " " + row.get("cluster"))
                .containsOnly("label-printer address-check logistics");
    }

    @Test
    void minutesAddUpToTheConditions() throws IOException {
        List<CSVRecord> rows = rows(SampleDiagnoses.securityGroup());
        Map<String, Long> minutes = rows.stream()
                .filter(row -> row.get("record").equals("minute"))
                .collect(Collectors.groupingBy(
                        row -> row.get("id"), Collectors.summingLong(row -> Long.parseLong(row.get("calls")))));
        Map<String, Long> conditions = rows.stream()
                .filter(row -> row.get("record").equals("condition"))
                .collect(Collectors.toMap(row -> row.get("id"), row -> Long.parseLong(row.get("calls"))));

        assertThat(minutes).isEqualTo(conditions);
        // The sample has 36 buckets of 5 s from 04:15: three minutes.
        assertThat(rows.stream()
                        .filter(row -> row.get("record").equals("minute"))
                        .map(row -> row.get("at") + " " + row.get("seconds"))
                        .distinct())
                .containsExactly("2026-11-21T04:15:00Z 60", "2026-11-21T04:16:00Z 60", "2026-11-21T04:17:00Z 60");
    }

    @ParameterizedTest
    @CsvSource({"30, 3, 60 30", "60, 2, 60 60", "300, 2, 300 300"})
    void aMinuteIsNeverInvented(int bucketSeconds, int buckets, String seconds) throws IOException {
        Instant from = Instant.parse("2026-11-21T04:15:00Z");
        List<TrafficReport.Bucket> series = IntStream.range(0, buckets)
                .mapToObj(i -> new TrafficReport.Bucket(
                        from.plusSeconds((long) i * bucketSeconds),
                        Map.of(Condition.SUCCESS, 1L),
                        TrafficReport.Latency.NONE))
                .toList();
        Diagnosis base = SampleDiagnoses.healthy();
        TrafficReport traffic = base.traffic().orElseThrow();
        Diagnosis diagnosis = new Diagnosis(
                base.outcome(),
                base.edge(),
                base.window(),
                Optional.of(new TrafficReport(
                        buckets,
                        0,
                        0,
                        traffic.conditions(),
                        traffic.latency(),
                        new TrafficReport.Series(bucketSeconds, series),
                        List.of(),
                        List.of())),
                base.causes(),
                base.coverage(),
                List.of(),
                List.of());

        assertThat(rows(diagnosis))
                .filteredOn(row -> row.get("record").equals("minute"))
                .extracting(row -> row.get("seconds"))
                .containsExactly(seconds.split(" "));
    }

    @Test
    void comparedEdgesAreEdgesToo() throws IOException {
        Diagnosis base = SampleDiagnoses.securityGroup();
        Background background = new Background(
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(
                        new Background.Control(
                                "other_caller", "=web", 40, 3, "hit", "web is hit, too", "cloudwatch/get-metric-data"),
                        new Background.Control("zone", "a", 9, 0, "spared", "", "logs/lines/caller"),
                        new Background.Control(
                                "other_callee", "stock", 50, 0, "spared", "", "cloudwatch/get-metric-data")),
                Optional.empty());
        Diagnosis diagnosis = new Diagnosis(
                base.outcome(),
                base.edge(),
                base.window(),
                base.traffic(),
                base.causes(),
                base.coverage(),
                base.timeline(),
                base.gaps(),
                background);

        assertThat(rows(diagnosis))
                .filteredOn(row -> row.get("record").equals("edge"))
                .extracting(row -> String.join(
                        " ",
                        row.get("caller"),
                        row.get("callee"),
                        row.get("calls"),
                        row.get("failed"),
                        row.get("verdict")))
                .containsExactly(
                        "label-printer address-check 1619 1139 ",
                        "'=web address-check 40 3 hit",
                        "label-printer stock 50 0 spared");
    }

    @Test
    void startsNoFormula() throws IOException {
        for (CSVRecord row : rows(SampleDiagnoses.hostile())) {
            assertThat(row.toList()).allSatisfy(cell -> assertThat(cell).doesNotMatch("(?s)^[=+\\-@\\t\\r].*"));
        }
        assertThat(rows(SampleDiagnoses.hostile()).get(2).get("summary")).startsWith("'=cmd|");
    }
}
