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
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
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

    @Test
    void findsFilesByGlob() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("archive/b/c"));
        Files.writeString(deep.resolve("2.log"), NO_HOST);
        Files.writeString(folder.resolve("archive/1.log"), SUCCESS);
        Files.writeString(folder.resolve("archive/3.txt"), SUCCESS);

        assertThat(run("logs", folder + "/archive/**.log").out()).startsWith("1 of 2 requests failed");
        assertThat(run("logs", folder + "/archive/*.{log,txt}").out()).startsWith("None of 2 requests failed");
        assertThat(run("logs", folder + "/archive/*.gz").err()).contains("there is no file in");
        assertThat(run("logs", folder + "/none/*.gz").exit()).isEqualTo(2);
        assertThat(run("logs", folder + "/archive/{1.log").err()).contains("is no glob");
    }

    @Test
    void selectsLinesAndSaysSoInEveryFormat() throws IOException {
        Result text = run("logs", log.toString(), "--where", "status=503");
        assertThat(text.out())
                .startsWith("1 of 1 requests failed (100.0 %).\nSelected 1 of 3 access lines by\n    status=503\n")
                .contains("2 of the access lines left out by the filter");
        Result json = run("logs", log.toString(), "--where", "status=503", "--top", "host=5,path", "-o", "json");
        validate("logs-summary.schema.json", json.out());
        assertThat(json.out()).contains("\"leftOut\": 2", "\"status=503\"", "\"by\": \"path\"");
        assertThat(run("logs", log.toString(), "--where", "condition=failed", "-o", "jsonl")
                        .out()
                        .lines())
                .singleElement()
                .satisfies(line -> validate("logs-line.schema.json", line));
        assertThat(run("logs", log.toString(), "--where", "status=418").out())
                .startsWith("The filter leaves no request: nothing can be said about requests.");
        assertThat(run("logs", log.toString(), "--where", "state=1").err()).contains("there is no field 'state'");
        assertThat(run("logs", log.toString(), "--top", "weather").exit()).isEqualTo(2);
        assertThat(run("logs", log.toString(), "--top", "path=0").exit()).isEqualTo(2);
    }

    @Test
    void countsTimeBackFromTheNewestLine() {
        // The newest line is NO_HOST's, at 07:41:46.216; SUCCESS is a minute older.
        assertThat(run("logs", log.toString(), "--since", "59s").out()).startsWith("1 of 1 requests failed");
        assertThat(run("logs", log.toString(), "--since", "1m").out()).startsWith("1 of 3 requests failed");
        assertThat(run("logs", log.toString(), "--until", "1s").out()).startsWith("None of 2 requests failed");
        assertThat(run("logs", log.toString(), "--since", "2026-11-20T07:41:00Z")
                        .out())
                .startsWith("1 of 1 requests failed")
                .doesNotContain("caught ENVOY_SIGTERM");
        assertThat(run(SUCCESS + "\n" + NO_HOST, Map.of(), "logs", "-", "--since", "1s")
                        .out())
                .startsWith("1 of 1 requests failed");
        assertThat(run("logs", log.toString(), "--since", "07:41").err()).contains("--since");
        assertThat(run("logs", log.toString(), "--since", "1s", "--until", "2s").exit())
                .isEqualTo(2);
        assertThat(run("nothing", Map.of(), "logs", "-", "--since", "1s").err()).contains("no line has a time");
    }

    @Test
    void writesRowsWithoutFormulas() throws IOException {
        Files.writeString(log, NO_HOST.replace("curl", "x").replace("/a ", "=1+2 ") + "\n" + PROXY + "\n");

        Result result = run("logs", log.toString(), "-o", "csv");

        List<String> rows = result.out().lines().toList();
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0)).startsWith("line,kind,format,stream,time,protocol,method,path,status,");
        assertThat(rows.get(1))
                .startsWith("1,access,service-connect-http-text,")
                .contains(",GET,'=1+2,503,");
        assertThat(rows.get(2)).startsWith("2,proxy,,").endsWith(",warning,caught ENVOY_SIGTERM");
        assertThat(rows)
                .allSatisfy(row ->
                        assertThat(row.split(",", -1)).hasSameSizeAs(rows.get(0).split(",")));
    }

    @Test
    void followsStandardInputToItsEnd() {
        Result lines = run(SUCCESS + "\n" + NO_HOST, Map.of(), "logs", "-f", "-", "-o", "jsonl");
        assertThat(lines.exit()).isZero();
        assertThat(lines.out().lines()).hasSize(2);
        assertThat(run(SUCCESS + "\n" + NO_HOST, Map.of(), "logs", "--follow").out())
                .startsWith("1 of 2 requests failed");
    }

    @Test
    void followsAFileUntilItIsInterrupted() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Path json = folder.resolve("summary.json");
        Path own = folder.resolve("lines.jsonl");
        Console console = new Console(
                InputStream.nullInputStream(),
                out,
                new PrintWriter(new StringWriter()),
                Map.of(),
                new Console.Terminal(false, false));
        AtomicInteger exit = new AtomicInteger(-1);
        Thread run = new Thread(() -> exit.set(Main.run(
                new String[] {"logs", "-f", folder.toString(), "-o", "jsonl", "-o", "jsonl=" + own, "-o", "json=" + json
                },
                console)));
        run.start();
        awaitLines(out, 7);
        Files.writeString(log, NO_HOST + "\n", StandardOpenOption.APPEND);
        awaitLines(out, 8);
        // Another file of the folder.
        Files.writeString(folder.resolve("later.log"), NO_HOST + "\n");
        awaitLines(out, 9);
        // An interrupt while the second output is being written would cut it.
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (Files.readAllLines(own).size() < 9) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(10);
        }
        run.interrupt();
        run.join(20_000);

        assertThat(exit).hasValue(130);
        assertThat(Files.readString(json)).contains("\"requests\": 5");
        // What the run wrote itself into the folder was no log to follow.
        assertThat(own).content().hasLineCount(9);
    }

    private static void awaitLines(ByteArrayOutputStream out, int lines) throws InterruptedException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (out.toString(StandardCharsets.UTF_8).lines().count() < lines) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(10);
        }
    }

    @Test
    void showsProgressOfTheBytesRead() {
        assertThat(ReadingProgress.line(250_000_000, Optional.of(1_000_000_000L), 500))
                .isEqualTo("eastwest: [######------------------]  25 %  250 MB of 1.0 GB  500 MB/s  2 s left");
        assertThat(ReadingProgress.line(0, Optional.of(1_000_000L), 0))
                .contains("  0 %")
                .doesNotContain("left");
        assertThat(ReadingProgress.line(2_000_000, Optional.of(1_000_000L), 1000))
                .contains("100 %", "1 MB of 1 MB", "finishing");
        assertThat(ReadingProgress.line(5_000_000, Optional.empty(), 1000)).isEqualTo("eastwest: 5 MB read, 5 MB/s");
    }

    @Test
    void writesAPageThatEscapesWhatStrangersWrote() throws IOException {
        Files.writeString(log, NO_HOST.replace("/a ", "/<script>x</script> ") + "\n" + SUCCESS + "\n");

        Result result = run("logs", log.toString(), "--top", "path", "-o", "html");

        assertThat(result.exit()).isZero();
        assertThat(result.out())
                .startsWith("<!DOCTYPE html>")
                .contains("1 of 2", "/&lt;script&gt;x&lt;/script&gt;", "no_healthy_upstream", "Top by path")
                .doesNotContain("<script>x");
        assertThat(run("", Map.of(), "logs", "-o", "html").out()).contains("Nothing can be said about requests");
    }
}
