package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsCommandTest {
    private static final String SUCCESS =
            "[2026-11-20T07:40:46.216Z] \"GET /a HTTP/1.1\" 200 0 11 1 0 \"-\" \"curl/8.11.1\" \"id-1\" \"payments:8080\" \"10.0.0.1:8080\"";
    private static final String NO_HOST =
            "[2026-11-20T07:41:46.216Z] \"GET /a HTTP/1.1\" 503 0 19 0 - \"-\" \"curl/8.11.1\" \"id-2\" \"payments:8080\" \"-\"";
    private static final String EJECTION =
            "{\"type\":\"CONSECUTIVE_5XX\",\"cluster_name\":\"c\",\"upstream_url\":\"10.0.0.1:8080\",\"action\":\"EJECT\",\"num_ejections\":1,\"enforced\":true,\"timestamp\":\"2026-11-20T07:41:00Z\"}";
    private static final String PROXY =
            "[2026-11-20 07:40:46.216][1][warning][main] [source/server/server.cc:981] caught ENVOY_SIGTERM";

    @TempDir
    private Path folder;

    private Path log;

    private record Result(int exit, String out, String err) {}

    @BeforeEach
    void writeLog() throws IOException {
        log = folder.resolve("proxy.log");
        Files.writeString(
                log, String.join("\n", SUCCESS, NO_HOST, EJECTION, PROXY, "\u001B[31mwhat", "", SUCCESS) + "\n");
    }

    private static Result run(String input, Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        Console console =
                new Console(in, out, new PrintWriter(err, true), environment, new Console.Terminal(false, false));
        int exit = Main.run(arguments, console);
        return new Result(exit, out.toString(StandardCharsets.UTF_8), err.toString());
    }

    private static Result run(String... arguments) {
        return run("", Map.of(), arguments);
    }

    private static void validate(String schemaName, String json) throws IOException {
        try (InputStream in = LogsCommandTest.class.getResourceAsStream("/schema/" + schemaName)) {
            Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8), InputFormat.JSON);
            assertThat(schema.validate(json, InputFormat.JSON)).as(json).isEmpty();
        }
    }

    @Test
    void printsTheSummaryInEightyColumnsWithoutForeignControlCharacters() {
        Result result = run("logs", log.toString());

        assertThat(result.exit()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .startsWith("1 of 3 requests failed (33.3 %).\n")
                .contains("no_healthy_upstream")
                .contains("Lines    7 = 3 access + 1 outlier events + 1 proxy log\n         + 1 unparsed + 1 blank\n")
                .contains("First unparsed: line 5, column 1")
                .doesNotContain("\u001B");
        assertThat(result.out().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void colorsWhenAsked() {
        assertThat(run("logs", log.toString(), "--color", "always").out()).contains("\u001B[1m");
        assertThat(run("logs", log.toString(), "--color=never").out()).doesNotContain("\u001B");
        assertThat(run("logs", log.toString(), "--color=pink").exit()).isEqualTo(2);
    }

    @Test
    void writesASummaryThatFitsItsSchema() throws IOException {
        Result result = run("logs", log.toString(), "-o", "json");

        assertThat(result.exit()).isZero();
        validate("logs-summary.schema.json", result.out());
        assertThat(result.out())
                .contains("\"condition\": \"no_healthy_upstream\"")
                .contains("\"total\": 7");
        validate("logs-summary.schema.json", run("logs", "-o", "json").out());
    }

    @Test
    void writesOneObjectPerLineThatFitsItsSchema() throws IOException {
        Result result = run("logs", log.toString(), "-o", "jsonl");

        assertThat(result.exit()).isZero();
        assertThat(result.out().lines()).hasSize(7);
        for (String line : result.out().lines().toList()) {
            validate("logs-line.schema.json", line);
        }
        assertThat(result.out().lines().toList().get(1))
                .contains(
                        "\"kind\":\"access\"",
                        "\"condition\":\"no_healthy_upstream\"",
                        "\"basis\":\"inferred\"",
                        "\"upstreamHost\":null",
                        "\"status\":503");
        assertThat(result.out().lines().map(line -> line.replaceAll(".*\"kind\":\"(\\w+)\".*", "$1")))
                .containsExactly("access", "access", "outlier_event", "proxy", "unparsed", "unparsed", "access");
    }

    @Test
    void writesSeveralOutputsAtOnce() throws IOException {
        Path json = folder.resolve("out.json");
        Path lines = folder.resolve("out.jsonl");

        Result result = run("logs", log.toString(), "-o", "json=" + json, "-o", "jsonl=" + lines, "-o", "text=-");

        assertThat(result.exit()).isZero();
        assertThat(result.out()).startsWith("1 of 3");
        validate("logs-summary.schema.json", Files.readString(json));
        assertThat(Files.readAllLines(lines)).hasSize(7);
        assertThat(run("logs", log.toString(), "-o", "json", "-o", "text").exit())
                .isEqualTo(2);
        assertThat(run("logs", log.toString(), "-o", "xml").exit()).isEqualTo(2);
    }

    @Test
    void readsStandardInputOnceOrTwice() {
        assertThat(run(SUCCESS + "\n" + NO_HOST, Map.of(), "logs").out()).startsWith("1 of 2 requests failed");
        assertThat(run(SUCCESS + "\n" + NO_HOST, Map.of(), "logs", "-", "-o", "jsonl")
                        .out()
                        .lines())
                .hasSize(2);
        assertThat(run("", Map.of(), "logs", "-").out()).startsWith("No access-log lines");
        assertThat(run("", Map.of(), "logs", "-", "-").exit()).isEqualTo(2);
    }

    @Test
    void tellsTheSideFromFolderAndFileNames() throws IOException {
        Path caller = Files.createDirectories(folder.resolve("bundle/caller"));
        Files.writeString(caller.resolve("a.log"), NO_HOST);
        Files.writeString(folder.resolve("bundle/callee-1.log"), SUCCESS);
        Files.writeString(folder.resolve("bundle/x.log"), NO_HOST);

        Result result = run("logs", folder.resolve("bundle").toString(), "-o", "jsonl");

        assertThat(result.out().lines().map(line -> line.replaceAll(".*\"side\":(\"?\\w+\"?),.*", "$1")))
                .containsExactly("\"callee\"", "\"caller\"", "null");
    }

    @Test
    void saysWhichPathItCannotRead() throws IOException {
        Result missing = run("logs", folder.resolve("no.log").toString());
        assertThat(missing.exit()).isEqualTo(2);
        assertThat(missing.err()).contains("no.log").contains("no such file").doesNotContain("\tat ");

        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(run("logs", empty.toString()).exit()).isEqualTo(2);
        assertThat(run("logs", log.toString(), "-o", "json=" + folder.resolve("no/such/out.json"))
                        .exit())
                .isEqualTo(2);
    }

    @Test
    void tellsOfAFileThatEndsEarly() throws IOException {
        Path cut = folder.resolve("cut.log.gz");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (java.util.zip.GZIPOutputStream gzip = new java.util.zip.GZIPOutputStream(bytes)) {
            gzip.write((SUCCESS + "\n").repeat(1000).getBytes(StandardCharsets.UTF_8));
        }
        Files.write(cut, java.util.Arrays.copyOf(bytes.toByteArray(), bytes.size() - 10));

        Result result = run("logs", cut.toString());

        assertThat(result.exit()).isZero();
        assertThat(result.err()).contains("ended early");
        assertThat(result.out()).contains("Cut short");
    }
}
