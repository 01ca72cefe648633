package io.github.eastwest.render.slack;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.cli.CommandLineRun;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.render.Format;
import io.github.eastwest.render.Golden;
import io.github.eastwest.render.SampleDiagnoses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SlackRendererTest {
    @TempDir
    private Path folder;

    private static final JsonMapper MAPPER = new JsonMapper();

    private static List<String> samples() {
        return SampleDiagnoses.all().keySet().stream().sorted().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"security-group", "nothing-read"})
    void looksAsAgreed(String sample) throws IOException {
        Diagnosis diagnosis = SampleDiagnoses.all().get(sample);

        Golden.assertMatches(
                sample + ".slack.json", Golden.bytes(Format.SLACK, diagnosis, SampleDiagnoses.context(diagnosis)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void keepsSlacksLimits(String sample) {
        assertWithinLimits(Golden.text(Format.SLACK, SampleDiagnoses.all().get(sample)));
    }

    @Test
    void keepsSlacksLimitsWithMoreFindingsThanFit() {
        Diagnosis base = SampleDiagnoses.securityGroup();
        List<Finding> many =
                new ArrayList<>(Collections.nCopies(60, base.causes().findings().get(0)));
        Diagnosis diagnosis = withFindings(base, many);

        String message = Golden.text(Format.SLACK, diagnosis);

        JsonNode blocks = assertWithinLimits(message);
        // 3 blocks come before; a finding of 4 begins while 4 more stay free for the end: 3 + 4 * 9 + 8 <= 50, so 10 of
        // 60.
        assertThat(message).contains("50 more findings");
        assertThat(blocks.get(blocks.size() - 2).get("text").get("text").asString())
                .startsWith("*Next:*");
    }

    /** With names as long as AWS allows, too. */
    @Test
    void aHealthReportKeepsSlacksLimits() throws IOException {
        assertWithinLimits(CommandLineRun.of("health", "--bundle", "samples/health-prod", "-o", "slack")
                .out());
        Path bundle = folder.resolve("many");
        String metrics = Files.readString(Path.of("samples/health-prod/cloudwatch/list-metrics.json"));
        for (String file : List.of(
                "manifest.json",
                "cloudwatch/metric-data-queries/now-000.json",
                "cloudwatch/get-metric-data/now-000.json",
                "cloudwatch/metric-data-queries/earlier-000.json",
                "cloudwatch/get-metric-data/earlier-000.json")) {
            Files.createDirectories(bundle.resolve(file).getParent());
            Files.writeString(
                    bundle.resolve(file),
                    Files.readString(Path.of("samples/health-prod").resolve(file))
                            .replace("checkout", "checkout-" + "x".repeat(200)));
        }
        Files.writeString(
                bundle.resolve("cloudwatch/list-metrics.json"),
                metrics.replace("checkout", "checkout-" + "x".repeat(200)));

        assertWithinLimits(CommandLineRun.of("health", "--bundle", bundle.toString(), "-o", "slack")
                .out());
    }

    /** Limits: Slack's reference of the blocks header, section, context and divider, and of text objects. */
    private static JsonNode assertWithinLimits(String json) {
        JsonNode message = MAPPER.readTree(json);
        JsonNode blocks = message.get("blocks");
        assertThat(message.get("text").asString()).isNotBlank().hasSizeLessThanOrEqualTo(4_000);
        assertThat(blocks.size()).isBetween(1, 50);
        for (JsonNode block : blocks) {
            switch (block.get("type").asString()) {
                case "header" -> {
                    assertThat(block.get("text").get("type").asString()).isEqualTo("plain_text");
                    assertThat(block.get("text").get("text").asString())
                            .isNotBlank()
                            .hasSizeLessThanOrEqualTo(150);
                }
                case "section" -> assertMrkdwn(block.get("text"));
                case "context" -> {
                    assertThat(block.get("elements").size()).isBetween(1, 10);
                    block.get("elements").forEach(SlackRendererTest::assertMrkdwn);
                }
                case "divider" -> assertThat(block.propertyNames()).containsExactly("type");
                default -> throw new AssertionError("a block of type " + block.get("type"));
            }
        }
        return blocks;
    }

    private static void assertMrkdwn(JsonNode text) {
        assertThat(text.get("type").asString()).isEqualTo("mrkdwn");
        assertThat(text.get("verbatim").asBoolean()).isTrue();
        assertThat(text.get("text").asString()).isNotBlank().hasSizeLessThanOrEqualTo(3_000);
    }

    /** What Slack acts on: mentions, links and channels are all written between angle brackets. */
    @ParameterizedTest
    @MethodSource("samples")
    void foreignTextWritesNoMentionAndNoLink(String sample) {
        JsonNode message =
                MAPPER.readTree(Golden.text(Format.SLACK, SampleDiagnoses.all().get(sample)));

        assertThat(strings(message)).isNotEmpty().allSatisfy(text -> {
            assertThat(text).doesNotContain("<").doesNotContain(">");
            assertThat(text.replaceAll("&(amp|lt|gt);", "")).doesNotContain("&");
        });
    }

    private static List<String> strings(JsonNode node) {
        List<String> strings = new ArrayList<>();
        if (node.isString()) {
            strings.add(node.asString());
        }
        node.forEach(child -> strings.addAll(strings(child)));
        return strings;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "a & b <c>!a &amp; b &lt;c&gt;",
                "<@U1> <#C1> &lt;!&lt;@U1&gt; &lt;#C1&gt; &amp;lt;",
                "*bold* _it_ ~no~!\u2217bold\u2217 \uFF3Fit\uFF3F \u223Cno\u223C",
                "`code`!\u02CBcode\u02CB",
                "upstream_connection_timeout!upstream_connection_timeout",
                "2*3!2*3"
            })
    void textIsShownAsItIs(String foreign, String mrkdwn) {
        assertThat(SlackMessage.text(foreign, 100)).isEqualTo(mrkdwn);
    }

    @Test
    void aCommandIsCopiedWholeOrLeftOut() {
        assertThat(SlackMessage.code("aws x --query 'a[?b==`1` && c<d]'"))
                .isEqualTo("```\naws x --query 'a[?b==`1` &amp;&amp; c&lt;d]'\n```");
        assertThat(SlackMessage.code("aws x ```*bold*")).isEqualTo("```\n# see the JSON report\n```");
        assertThat(SlackMessage.code("aws " + "<".repeat(900))).isEqualTo("```\n# see the JSON report\n```");
    }

    @Test
    void aSectionIsCutBetweenItsLinesAndCodeIsClosed() throws IOException {
        // 20 lines of 200 characters and their line feeds are 4020; 14 fit below 3000 less the room for the note.
        String lines = ("x".repeat(199) + "\n").repeat(20);
        assertThat(section(lines)).isEqualTo(("x".repeat(199) + "\n").repeat(14) + "\u2026 see the JSON report");
        assertThat(section("```\n" + lines))
                .endsWith("\n```\n\u2026 see the JSON report")
                .hasSizeLessThan(3_000);
        assertThat(section("y".repeat(3_000))).isEqualTo("y".repeat(3_000));
        assertThat(section("y".repeat(3_001))).isEqualTo("\n\u2026 see the JSON report");
    }

    private static String section(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new SlackMessage("x").section(text).write(out);
        return MAPPER.readTree(out.toString(StandardCharsets.UTF_8))
                .get("blocks")
                .get(0)
                .get("text")
                .get("text")
                .asString();
    }

    @Test
    void aHeaderIsCutBetweenCharacters() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new SlackMessage("x").header("a".repeat(148) + "\uD83D\uDE00" + "b").write(out);

        assertThat(MAPPER.readTree(out.toString(StandardCharsets.UTF_8))
                        .get("blocks")
                        .get(0)
                        .get("text")
                        .get("text")
                        .asString())
                .isEqualTo("a".repeat(148) + "\u2026");
    }

    @Test
    void anInconclusiveMessageSaysThatItIsNoCleanBill() {
        assertThat(Golden.text(Format.SLACK, SampleDiagnoses.nothingRead()))
                .contains("This is not a clean bill of health.", "Blind spots:");
        assertThat(Set.of("healthy", "security-group"))
                .allSatisfy(sample -> assertThat(
                                Golden.text(Format.SLACK, SampleDiagnoses.all().get(sample)))
                        .doesNotContain("clean bill"));
    }

    private static Diagnosis withFindings(Diagnosis base, List<Finding> findings) {
        return new Diagnosis(
                base.outcome(),
                base.edge(),
                base.window(),
                base.traffic(),
                new Diagnosis.Causes(findings, List.of(), List.of(), List.of()),
                base.coverage(),
                base.timeline(),
                base.gaps());
    }
}
