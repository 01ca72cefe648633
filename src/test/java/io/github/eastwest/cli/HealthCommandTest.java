package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.health.EdgeChange;
import io.github.eastwest.model.health.EdgeState;
import io.github.eastwest.render.Golden;
import io.github.eastwest.render.HealthRenderers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HealthCommandTest {
    private static final String SAMPLE = "samples/health-prod";
    private static final String PREVIOUS = "samples/health-prod/previous.json";

    @TempDir
    private Path folder;

    static List<String> formats() {
        return HealthRenderers.formats();
    }

    private static CommandLineRun health(String... more) {
        return CommandLineRun.of(
                Stream.concat(Stream.of("health", "--bundle"), Stream.of(more)).toArray(String[]::new));
    }

    // ---- the sample

    /** All but the page, which carries the style of all pages: {@code HealthInBrowserTest} looks at it. */
    static List<String> fixedFormats() {
        return formats().stream().filter(format -> !format.equals("html")).toList();
    }

    @ParameterizedTest
    @MethodSource("fixedFormats")
    void printsTheSampleAsItIsKnown(String format) throws IOException {
        CommandLineRun run = health(SAMPLE, "--previous", PREVIOUS, "-o", format);

        assertThat(run.exit()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.err()).isEmpty();
        Golden.assertMatches(
                "health." + HealthRenderers.extension(format), run.out().getBytes(StandardCharsets.UTF_8));
    }

    /** The same bundle as zip file, in another place. */
    @Test
    void printsTheSameFromAZipFile() throws IOException {
        Path zip = folder.resolve("health.zip");
        try (OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream entries = new ZipOutputStream(out);
                Stream<Path> files = Files.walk(Path.of(SAMPLE))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(
                        new ZipEntry(Path.of(SAMPLE).relativize(file).toString().replace('\\', '/')));
                entries.write(Files.readAllBytes(file));
                entries.closeEntry();
            }
        }
        assertThat(health(zip.toString(), "-o", "json").out())
                .isEqualTo(health(SAMPLE, "-o", "json").out());
    }

    @Test
    void tellsWhatChangedSinceThePreviousRun() {
        JsonNode report = JsonMapper.shared()
                .readTree(health(SAMPLE, "--previous", PREVIOUS, "-o", "json").out());

        assertThat(edge(report, "checkout", "payments").get("change").asString())
                .isEqualTo("new");
        assertThat(edge(report, "checkout", "inventory").get("change").asString())
                .isEqualTo("still");
        assertThat(edge(report, "checkout", "inventory").get("since").asString())
                .isEqualTo("2026-11-19T07:00:00Z");
        assertThat(edge(report, "basket", "loyalty").get("change").asString()).isEqualTo("recovered");
        assertThat(edge(report, "storefront", "cart").get("change").asString()).isEqualTo("unchanged");
        assertThat(report.get("gone")).hasSize(1);
        assertThat(report.at("/gone/0/caller").asString()).isEqualTo("legacy");
        // The edge's recorded incident: its own diagnosis finds the same cause.
        assertThat(edge(report, "checkout", "payments")
                        .at("/diagnosis/finding/code")
                        .asString())
                .isEqualTo(JsonMapper.shared()
                        .readTree(CommandLineRun.of(
                                        "diagnose",
                                        "checkout",
                                        "payments",
                                        "--bundle",
                                        "samples/checkout-payments",
                                        "-o",
                                        "json")
                                .out())
                        .at("/findings/0/code")
                        .asString());
    }

    @Test
    void saysInOneLineThatNothingChanged() throws IOException {
        Path run = folder.resolve("run.json");
        health(SAMPLE, "-o", "json=" + run);
        // The same state an hour later.
        Files.writeString(
                run,
                Files.readString(run)
                        .replaceFirst("\"to\": \"2026-11-21T13:00:00Z\"", "\"to\": \"2026-11-21T12:00:00Z\""));

        assertThat(health(SAMPLE, "--previous", run.toString()).out().replaceAll("\\s+", " "))
                .contains("Nothing changed since the run that ended 2026-11-21 12:00:00Z; 4 problems still.");
    }

    @Test
    void failsOnWhatItIsToldTo() {
        assertThat(health(SAMPLE, "--fail-on", "warning").exit()).isEqualTo(ExitCode.FINDINGS);
        // A blind edge and one with too few requests are left.
        assertThat(health(SAMPLE, "--fail-on", "never").exit()).isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(health(SAMPLE, "--fail-on", "nothing").exit()).isEqualTo(ExitCode.USAGE);
    }

    // ---- formats

    private static Schema schema() throws IOException {
        try (InputStream in = HealthCommandTest.class.getResourceAsStream("/schema/health.schema.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8), InputFormat.JSON);
        }
    }

    @Test
    void jsonIsAsTheSchemaSays() throws IOException {
        Schema schema = schema();
        String history = folder.resolve("history").toString();
        health(SAMPLE, "--history", history);
        for (String report : List.of(
                health(SAMPLE, "-o", "json").out(),
                health(SAMPLE, "--previous", PREVIOUS, "-o", "json").out(),
                health("samples/checkout-payments", "-o", "json").out())) {
            assertThat(schema.validate(report, InputFormat.JSON)).isEmpty();
        }
        assertThat(schema.validate(
                        health(SAMPLE, "-o", "json").out().replace("\"state\": \"ok\"", "\"state\": \"fine\""),
                        InputFormat.JSON))
                .isNotEmpty();
    }

    @Test
    void schemaKnowsTheWordsOfTheModel() throws IOException {
        JsonNode schema;
        try (InputStream in = HealthCommandTest.class.getResourceAsStream("/schema/health.schema.json")) {
            schema = JsonMapper.shared().readTree(in);
        }
        assertThat(words(schema.at("/$defs/state/enum")))
                .isEqualTo(Arrays.stream(EdgeState.values()).map(EdgeState::id).toList());
        assertThat(words(schema.at("/$defs/change/enum")))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(EdgeChange.values()).map(EdgeChange::id).toList());
        assertThat(words(schema.at("/properties/coverage/items/properties/state/enum")))
                .isEqualTo(Arrays.stream(Coverage.State.values())
                        .map(Coverage.State::id)
                        .toList());
    }

    private static List<String> words(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    @Test
    void junitHasACaseForEachEdgeAndSkipsWhatIsNotJudged() throws Exception {
        Document report = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(
                        health(SAMPLE, "-o", "junit").out().getBytes(StandardCharsets.UTF_8)));

        Element suite = (Element) report.getElementsByTagName("testsuite").item(0);
        assertThat(suite.getAttribute("tests")).isEqualTo("11");
        assertThat(report.getElementsByTagName("testcase").getLength()).isEqualTo(11);
        assertThat(suite.getAttribute("failures")).isEqualTo("2");
        assertThat(report.getElementsByTagName("failure").getLength()).isEqualTo(2);
        // Too few requests, quiet and blind.
        assertThat(report.getElementsByTagName("skipped").getLength()).isEqualTo(3);
        assertThat(report.getElementsByTagName("error").getLength()).isEqualTo(1);
    }

    @Test
    void junitFailsOnWhatTheRunFailsOn() {
        // Two errors and two warnings.
        assertThat(health(SAMPLE, "-o", "junit", "--fail-on", "warning").out())
                .contains("tests=\"11\" failures=\"4\"", "name=\"failOn\" value=\"warning\"");
        assertThat(health(SAMPLE, "-o", "junit", "--fail-on", "never").out())
                .contains("tests=\"11\" failures=\"0\"", "name=\"failOn\" value=\"never\"");
    }

    @Test
    void csvLeavesCellsEmptyOfWhatWasNotMeasured() throws IOException {
        List<CSVRecord> rows = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(new java.io.StringReader(health(SAMPLE, "-o", "csv").out()))
                .getRecords();

        assertThat(rows).hasSize(11);
        CSVRecord stopped = rows.stream()
                .filter(row -> row.get("target").equals("shipping"))
                .findFirst()
                .orElseThrow();
        assertThat(stopped.get("state")).isEqualTo("no_data");
        assertThat(List.of(stopped.get("requests"), stopped.get("failed"), stopped.get("failedShare")))
                .containsOnly("");
    }

    // ---- hostile bundles

    private Path copy() throws IOException {
        Path copy = folder.resolve("copy");
        try (Stream<Path> files = Files.walk(Path.of(SAMPLE))) {
            for (Path file : files.toList()) {
                Path target = copy.resolve(Path.of(SAMPLE).relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return copy;
    }

    private static void replace(Path directory, String from, String to) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".json")).toList()) {
                Files.writeString(file, Files.readString(file).replace(from, to));
            }
        }
    }

    /** A name that is a formula, markup, a tag and a terminal sequence stays a name in every format. */
    @Test
    void showsNamesOfStrangersAsText() throws IOException {
        Path copy = copy();
        replace(copy, "\"inventory\"", "\"=cmd|'x'!A1<script>alert(1)</script>\\u001b[31m**b** <!channel>\"");
        replace(copy, "TargetDiscoveryName=inventory", "TargetDiscoveryName=other");

        for (String format : formats()) {
            CommandLineRun run = health(copy.toString(), "-o", format);
            assertThat(run.exit()).as(format).isEqualTo(ExitCode.FINDINGS);
            assertThat(run.out()).as(format).doesNotContain("\u001b");
            if (List.of("md", "junit", "html", "slack").contains(format)) {
                assertThat(run.out()).as(format).doesNotContain("<script>alert").doesNotContain("<!channel>");
            }
            if (format.equals("csv")) {
                assertThat(run.out()).doesNotContain(",=cmd").contains(",'=cmd");
            }
        }
    }

    @Test
    void callsNothingOkOfABrokenBundle() throws IOException {
        Path copy = copy();
        Path series = copy.resolve("cloudwatch/get-metric-data/now-000.json");
        Files.writeString(series, Files.readString(series).substring(0, 2000));

        CommandLineRun run = health(copy.toString(), "-o", "json", "--fail-on", "never");

        JsonNode report = JsonMapper.shared().readTree(run.out());
        assertThat(run.exit()).isEqualTo(ExitCode.INCONCLUSIVE);
        assertThat(report.at("/summary/states/ok").asInt()).isZero();
        assertThat(report.get("gaps").toString()).contains("now-000.json is not valid JSON");
    }

    /** Each input in turn: without it the report says so and calls no more edges ok than with it. */
    @Test
    void weakensWithoutAnInput() throws IOException {
        List<String> ok = okEdges(SAMPLE);
        for (String input : List.of(
                "cloudwatch/list-metrics.json",
                "cloudwatch/get-metric-data/now-000.json",
                "cloudwatch/get-metric-data/earlier-000.json",
                "cloudwatch/metric-data-queries/now-000.json",
                "ecs/describe-services.json",
                "edges/checkout--payments/logs")) {
            Path copy = copy();
            delete(copy.resolve(input));
            CommandLineRun run = health(copy.toString(), "--fail-on", "never");
            assertThat(run.exit()).as(input).isEqualTo(ExitCode.INCONCLUSIVE);
            List<String> without = okEdges(copy.toString());
            if (input.contains("earlier")) {
                assertThat(run.out()).contains("earlier days are missing");
            } else {
                assertThat(ok).as(input).containsAll(without);
            }
            delete(copy);
        }
    }

    private static List<String> okEdges(String bundle) {
        List<String> ok = new ArrayList<>();
        JsonMapper.shared()
                .readTree(health(bundle, "-o", "json").out())
                .get("edges")
                .forEach(edge -> {
                    if (edge.get("state").asString().equals("ok")) {
                        ok.add(edge.get("caller").asString() + "/"
                                + edge.get("target").asString());
                    }
                });
        return ok;
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void refusesWhatDoesNotFit() throws IOException {
        assertThat(health(SAMPLE, "--cluster", "prod").err()).contains("cannot be combined with --cluster");
        assertThat(health(SAMPLE, "--since", "1h").err()).contains("cannot be combined with --since");
        assertThat(health(SAMPLE, "--previous", PREVIOUS, "--history", folder.toString())
                        .exit())
                .isEqualTo(ExitCode.USAGE);
        assertThat(health(SAMPLE, "--previous", "README.md").exit()).isEqualTo(ExitCode.USAGE);
        assertThat(health("src").err()).contains("holds no metrics");
        assertThat(CommandLineRun.of("health", "--compare", "36d").err())
                .contains("--compare 36d is no number of days");
        assertThat(CommandLineRun.of("health", "--compare", "12h").exit()).isEqualTo(ExitCode.USAGE);
        Path copy = copy();
        Files.writeString(
                copy.resolve("manifest.json"),
                Files.readString(copy.resolve("manifest.json"))
                        .replace("\"periodSeconds\": 300", "\"periodSeconds\": 1"));
        assertThat(health(copy.toString()).err()).contains("more than 1500 periods");
    }

    private static JsonNode edge(JsonNode report, String caller, String target) {
        return report.get("edges")
                .valueStream()
                .filter(edge -> edge.get("caller").asString().equals(caller)
                        && edge.get("target").asString().equals(target))
                .findFirst()
                .orElseThrow();
    }
}
