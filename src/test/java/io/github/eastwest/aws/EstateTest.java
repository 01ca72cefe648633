package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.cli.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The health of many edges; bench/README.md tells how ten thousand are run in a bounded heap. */
class EstateTest {
    private static final Instant NOW = Instant.parse("2026-11-21T13:02:00Z");
    private static final int EDGES = 500;

    @TempDir
    private Path folder;

    @Test
    void batchesTheMetricsOfManyEdgesAndJudgesEachOne() throws IOException {
        Path json = folder.resolve("health.json");
        int calls;
        int queries;
        CommandLineRun run;
        try (Estate estate = Estate.of(EDGES)) {
            run = LiveCommand.run(
                    estate.environment(),
                    NOW,
                    "health",
                    "--cluster",
                    "estate",
                    "--diagnose",
                    "0",
                    "-o",
                    "json=" + json);
            calls = estate.dataCalls();
            queries = estate.mostQueries();
        }
        JsonNode report = JsonMapper.shared().readTree(Files.readString(json));

        assertThat(run.err()).isEmpty();
        assertThat(run.exit()).isEqualTo(3);
        // Of each hundred edges one fails and one is degraded.
        assertThat(report.at("/summary/edges").asInt()).isEqualTo(EDGES);
        assertThat(report.at("/summary/errors").asInt()).isEqualTo(EDGES / 100);
        assertThat(report.at("/summary/warnings").asInt()).isEqualTo(EDGES / 100);
        assertThat(report.at("/summary/states/ok").asInt()).isEqualTo(EDGES - EDGES / 50);
        // Three metrics of each edge in calls of 500, of the window and again of earlier days.
        assertThat(queries).isEqualTo(500);
        assertThat(calls).isEqualTo(2 * 3 * EDGES / 500);
        assertThat(report.at("/edges/0/earlier/daysWithData").asInt()).isEqualTo(7);
        assertThat(report.at("/edges/0/failedShare").asDouble()).isEqualTo(0.2);
    }

    /** 1500 metrics at 0.01 USD a thousand, twice. */
    @Test
    void namesTheCostOfManyEdges() throws IOException {
        Path json = folder.resolve("plan.json");
        try (Estate estate = Estate.of(EDGES)) {
            LiveCommand.run(
                    estate.environment(), NOW, "health", "--cluster", "estate", "--dry-run", "-o", "json=" + json);
            assertThat(estate.dataCalls()).isZero();
        }
        JsonNode plan = JsonMapper.shared().readTree(Files.readString(json));

        assertThat(plan.get("edges").asInt()).isEqualTo(EDGES);
        assertThat(plan.get("services").asInt()).isEqualTo(EDGES / Estate.CALLS);
        assertThat(plan.get("dataCalls").asInt()).isEqualTo(6);
        assertThat(plan.get("metricsUsd").asDouble()).isEqualTo(0.03);
    }
}
