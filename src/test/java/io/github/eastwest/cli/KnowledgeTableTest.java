package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnowledgeTableTest {
    @Test
    void readsQuotesCommasAndLineEndsInCells() {
        assertThat(KnowledgeTable.parse("a,b\n\"x, \"\"y\"\"\nz\",\n"))
                .containsExactly(new KnowledgeTable.Row(Map.of("a", "x, \"y\"\nz", "b", "")));
    }

    @Test
    void refusesARowOfAnotherLengthAndAnOpenEnd() {
        assertThatThrownBy(() -> KnowledgeTable.parse("a,b\n1\n")).hasMessageContaining("1 cells, the header 2");
        assertThatThrownBy(() -> KnowledgeTable.parse("a,b\n1,\"2\n")).hasMessageContaining("does not end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cause-words",
                "field-guide",
                "local-replies",
                "metrics",
                "response-code-details",
                "response-flags",
                "transport-failures"
            })
    void readsTheShippedTablesAsCommonsCsvDoes(String name) throws IOException {
        String csv = Files.readString(Path.of("src/main/resources/knowledge", name + ".csv"));
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (CSVParser parser = CSVParser.parse(new StringReader(csv), format)) {
            List<Map<String, String>> expected =
                    parser.getRecords().stream().map(CSVRecord::toMap).toList();

            assertThat(KnowledgeTable.parse(csv).stream().map(KnowledgeTable.Row::cells))
                    .isEqualTo(expected);
        }
    }
}
