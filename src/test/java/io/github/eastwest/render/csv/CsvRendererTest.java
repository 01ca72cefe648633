package io.github.eastwest.render.csv;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.render.Format;
import io.github.eastwest.render.Golden;
import io.github.eastwest.render.SampleDiagnoses;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
                .extracting(row -> row.get("record") + " " + row.get("id"))
                .containsExactly(
                        "outcome findings",
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
        assertThat(rows(SampleDiagnoses.nothingRead())).singleElement().satisfies(row -> {
            assertThat(row.get("id")).isEqualTo("inconclusive");
            assertThat(row.get("calls")).isEmpty();
        });
    }

    @Test
    void startsNoFormula() throws IOException {
        for (CSVRecord row : rows(SampleDiagnoses.hostile())) {
            assertThat(row.toList()).allSatisfy(cell -> assertThat(cell).doesNotMatch("(?s)^[=+\\-@\\t\\r].*"));
        }
        assertThat(rows(SampleDiagnoses.hostile()).get(1).get("summary")).startsWith("'=cmd|");
    }
}
