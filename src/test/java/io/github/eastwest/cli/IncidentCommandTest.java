package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.eastwest.collect.BundleAws;
import io.github.eastwest.render.Golden;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class IncidentCommandTest {
    private static final String[] CHECKOUT = {
        "incident", "checkout", "payments", "--bundle", "samples/checkout-payments", "--slo", "99.9"
    };
    private static final String[] WEB = {
        "incident",
        "web",
        "recommendations",
        "--bundle",
        "samples/web-recommendations",
        "--detected-at",
        "2026-11-21T15:00:00+01:00",
        "--resolved-at",
        "2026-11-21T15:30:00Z"
    };

    private static CommandLineRun run(String[] command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private static String write(Path file, String[] command, String... more) throws IOException {
        List<String> options = new ArrayList<>(List.of("-o", "md=" + file));
        options.addAll(List.of(more));
        CommandLineRun run = run(command, options.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
        return Files.readString(file);
    }

    @Test
    void looksAsAgreed() throws IOException {
        Golden.assertMatches(
                "write-up-checkout-payments.md", run(CHECKOUT).out().getBytes(StandardCharsets.UTF_8));
        Golden.assertMatches("write-up-web-recommendations.md", run(WEB).out().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatPeopleWroteSurvivesAndOnlyChangedFactsChange(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("write-up.md");
        String fresh = write(file, CHECKOUT);
        String edited = fresh.replace("**Status:** Draft", "**Status:** Reviewed")
                .replaceFirst("- Owner:", "- Owner: Anna")
                .replace("## Open questions", "A story.\n\n## Open questions");
        Files.writeString(file, edited);

        assertThat(write(file, CHECKOUT)).isEqualTo(edited);

        // Another objective: the impact and two action items differ, and nothing that people wrote.
        String[] other = CHECKOUT.clone();
        other[6] = "99.5";
        List<String> after = write(file, other).lines().toList();
        List<String> before = edited.lines().toList();
        assertThat(before.stream().filter(line -> !after.contains(line)))
                .allMatch(line -> line.startsWith("<!-- eastwest:") || line.startsWith("| error budget"));
        assertThat(after).contains("Check: `slo:99.5`", "Check: `slo:99.9`", "- Owner: Anna", "A story.");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void anEditedBlockIsKeptAndSaidSo(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("write-up.md");
        String fresh = write(file, CHECKOUT);
        Files.writeString(file, fresh.replace("| callee tasks |", "| tasks of payments |"));

        CommandLineRun run = run(CHECKOUT, "-o", "md=" + file);

        assertThat(run.err()).contains("block impact was edited: kept as it is");
        assertThat(Files.readString(file)).contains("| tasks of payments |");
    }

    @Test
    void thePageIsMadeFromTheDocumentOfThatRun(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("write-up.md");
        Path page = folder.resolve("write-up.html");
        Files.writeString(
                file,
                write(file, CHECKOUT).replace("## Open questions", "<b>bold</b> & a *story*.\n\n## Open questions"));

        write(file, CHECKOUT, "-o", "html=" + page);

        assertThat(Files.readString(page))
                .contains("&lt;b&gt;bold&lt;/b&gt; &amp; a <em>story</em>.")
                .doesNotContain("eastwest:begin", "eastwest:end", "eastwest:document", "&lt;!--")
                .contains("<section id=\"impact\">");
    }

    @ParameterizedTest
    @CsvSource({
        "'# Notes\n', is no write-up of eastwest",
        "'<!-- eastwest:document caller=a callee=payments blocks= -->\n', 'is about the caller a, not checkout'",
        "'<!-- eastwest:document caller=checkout callee=%1B[31m blocks= -->\n', is about the callee",
        "'', is no write-up of eastwest"
    })
    void otherFilesAreNotWrittenOver(String content, String message, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("notes.md");
        Files.writeString(file, content);

        CommandLineRun run = run(CHECKOUT, "-o", "md=" + file);

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(message).doesNotContain("\u001B");
        assertThat(Files.readString(file)).isEqualTo(content);
    }

    @Test
    void aFileInAnotherEncodingIsNotWrittenOver(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("latin.md");
        byte[] latin = (write(file, CHECKOUT) + "M\u00fcller\n").getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, latin);

        CommandLineRun run = run(CHECKOUT, "-o", "md=" + file);

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("is not encoded in UTF-8");
        assertThat(Files.readAllBytes(file)).isEqualTo(latin);
    }

    @ParameterizedTest
    @CsvSource({
        "--slo=100, is no share of calls",
        "--slo=0, is no share of calls",
        "--slo=99.9%, is no share of calls",
        "--slo-period=never, is no length of time",
        "--detected-at=yesterday, is no ISO-8601 time",
        "--region=eu-west-1, cannot be combined with --region",
        "-o=csv, unknown output format"
    })
    void wrongOptionsAreUsage(String option, String message) {
        CommandLineRun run = run(CHECKOUT.clone(), option);
        if (option.startsWith("--slo=")) {
            run = CommandLineRun.of(
                    "incident", "checkout", "payments", "--bundle", "samples/checkout-payments", option);
        }

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    @Test
    void actionsAreVerified(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("write-up.md");
        Files.writeString(
                file,
                write(file, CHECKOUT)
                        + "\n### Our own\n\nCheck: `cause:EW503`\n\nCheck: `cause:EW503`\n\nno Check: `slo:1`\n");
        String[] command = {"incident", "verify-actions", file.toString(), "--bundle", "samples/checkout-payments"};

        CommandLineRun text = run(command);
        JsonNode json = JsonMapper.shared().readTree(run(command, "-o", "json").out());

        // The bundle is the incident's own: nothing can be done yet but what was never wrong.
        assertThat(text.exit()).isEqualTo(3);
        assertThat(text.out())
                .contains("\u2717 not done  cause:EW301: ")
                .contains("? cannot tell  alarm:ejections: needs cloudwatch/describe-alarms\n")
                .contains("\u2713 done  cause:EW503: ruled out: ")
                .contains("\u2717 not done  slo:99.9: ")
                .endsWith("1 done, 3 not done, 1 cannot tell\n");
        assertThat(json.get("exitCode").asInt()).isEqualTo(3);
        assertThat(json.get("actions").size()).isEqualTo(5);
        String schema;
        try (InputStream in = IncidentCommandTest.class.getResourceAsStream("/schema/verify-actions.schema.json")) {
            schema = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(schema, InputFormat.JSON)
                        .validate(json.toString(), InputFormat.JSON))
                .isEmpty();
    }

    /** A live run is collecting, and then the same of the bundle. */
    @Test
    void liveRunsAreTheBundleTheySave(@TempDir Path folder) throws IOException {
        Path saved = folder.resolve("saved.zip");
        Path file = folder.resolve("write-up.md");
        CommandLineRun.Setting account =
                new CommandLineRun.Setting().aws(settings -> new BundleAws(Path.of("samples/checkout-payments")));
        String[] window = {"--from", "2026-11-21T12:47:47Z", "--to", "2026-11-21T12:49:17Z"};

        CommandLineRun live = account.run(Stream.concat(
                        Stream.of(
                                "incident",
                                "checkout",
                                "payments",
                                "-c",
                                "prod",
                                "--save",
                                saved.toString(),
                                "-o",
                                "md=" + file),
                        Stream.of(window))
                .toArray(String[]::new));

        assertThat(live.exit()).as(live.err()).isIn(0, 4);
        assertThat(CommandLineRun.of("incident", "checkout", "payments", "--bundle", saved.toString())
                        .out())
                .isEqualTo(Files.readString(file));
        CommandLineRun verified =
                account.run(Stream.concat(Stream.of("incident", "verify-actions", file.toString()), Stream.of(window))
                        .toArray(String[]::new));
        assertThat(verified.exit()).as(verified.err()).isEqualTo(3);
        assertThat(verified.out()).contains("not done  cause:EW301");
        CommandLineRun planned =
                account.run(Stream.concat(Stream.of("incident", "checkout", "payments", "--dry-run"), Stream.of(window))
                        .toArray(String[]::new));
        assertThat(planned.exit()).as(planned.err()).isZero();
        assertThat(planned.out()).contains("describe-services");
    }

    @ParameterizedTest
    @CsvSource({"cause:EW503, 0", "alarm:no-traffic, 4", "edge:healthy, 3"})
    void theExitCodeIsTheWorstOfThem(String check, int exit, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("write-up.md");
        Files.writeString(
                file, "<!-- eastwest:document caller=checkout callee=payments blocks= -->\n\nCheck: `" + check + "`\n");

        CommandLineRun run = CommandLineRun.of(
                "incident", "verify-actions", file.toString(), "--bundle", "samples/checkout-payments");

        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(exit);
    }

    @ParameterizedTest
    @CsvSource({
        "'', has no line",
        "'<!-- eastwest:document caller=checkout callee=payments blocks= -->', names no check",
        "'<!-- eastwest:document caller= callee=payments blocks= -->\nCheck: `edge:healthy`', does not name the caller",
        "'<!-- eastwest:document caller=%1B callee=payments blocks= -->\nCheck: `edge:healthy`', does not name the caller"
    })
    void filesThatNameNothingAreUsage(String content, String message, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("write-up.md");
        Files.writeString(file, content);

        CommandLineRun run = CommandLineRun.of(
                "incident", "verify-actions", file.toString(), "--bundle", "samples/checkout-payments");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(CommandLineRun.of("incident", "verify-actions", folder + "/none.md")
                        .exit())
                .isEqualTo(2);
    }
}
