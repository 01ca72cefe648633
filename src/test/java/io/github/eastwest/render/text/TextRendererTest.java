package io.github.eastwest.render.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.render.Format;
import io.github.eastwest.render.Golden;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.SampleDiagnoses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextRendererTest {
    private static List<String> samples() {
        return SampleDiagnoses.all().keySet().stream().sorted().toList();
    }

    private static String text(Diagnosis diagnosis, boolean color, int width) {
        ReportContext context = SampleDiagnoses.context(diagnosis);
        return new String(
                Golden.bytes(
                        Format.TEXT,
                        diagnosis,
                        new ReportContext(context.toolName(), context.toolVersion(), context.exitCode(), color, width)),
                StandardCharsets.UTF_8);
    }

    private static String text(Diagnosis diagnosis) {
        return text(diagnosis, false, 80);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void looksAsAgreed(String sample) throws IOException {
        Diagnosis diagnosis = SampleDiagnoses.all().get(sample);

        Golden.assertMatches(sample + ".txt", Golden.bytes(Format.TEXT, diagnosis, SampleDiagnoses.context(diagnosis)));
    }

    @Test
    void saysHopCauseCertaintyAndCountsBeforeAllElse() {
        assertThat(text(SampleDiagnoses.securityGroup()).lines().limit(2))
                .containsExactly(
                        "\u2717 LIKELY CAUSE at network: EW301 A security group does not admit the caller",
                        "  confidence 0.93 of 1 \u00B7 1 139 of 1 619 calls failed (70.4 %)");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void endsWithTheNextStepOnOneLine(String sample) {
        String text = text(SampleDiagnoses.all().get(sample));

        assertThat(text).endsWith("\n");
        assertThat(text.lines().reduce((first, second) -> second).orElseThrow()).startsWith("next: ");
    }

    @Test
    void namesTheNextStep() {
        assertThat(text(SampleDiagnoses.securityGroup()))
                .endsWith("\nnext: run the confirm command of EW301 above, then apply its fix\n");
        assertThat(text(SampleDiagnoses.healthy())).endsWith("\nnext: nothing to do for this window\n");
        assertThat(text(SampleDiagnoses.nothingRead()))
                .endsWith("\nnext: enable the proxies' access logs, then run again\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 120})
    void fitsTheWidthExceptForCommands(int width) {
        for (Diagnosis diagnosis : SampleDiagnoses.all().values()) {
            assertThat(text(diagnosis, false, width).lines())
                    .filteredOn(line -> !line.startsWith("    "))
                    .allSatisfy(line -> assertThat(Page.width(line)).isLessThanOrEqualTo(width));
        }
    }

    @Test
    void fitsEightyColumnsWithRealNames() {
        assertThat(text(SampleDiagnoses.securityGroup()).lines())
                .filteredOn(line -> !line.contains("--query"))
                .allSatisfy(line ->
                        assertThat(line.codePointCount(0, line.length())).isLessThanOrEqualTo(80));
    }

    @Test
    void marksTheFailingHopWithAWord() {
        List<String> lines = text(SampleDiagnoses.securityGroup()).lines().toList();
        int names =
                lines.indexOf("  caller-app \u2192 caller-proxy \u2192 network \u2192 callee-proxy \u2192 callee-app");

        assertThat(names).isPositive();
        assertThat(lines.get(names + 2).indexOf("\u2717 fault"))
                .isEqualTo(lines.get(names).indexOf("network"));
    }

    @Test
    void cannotConfuseHealthyWithInconclusive() {
        assertThat(text(SampleDiagnoses.healthy()))
                .startsWith("\u2713 HEALTHY: ")
                .doesNotContain("INCONCLUSIVE");
        assertThat(text(SampleDiagnoses.nothingRead()))
                .startsWith("? INCONCLUSIVE: ")
                .doesNotContain("HEALTHY")
                .contains("This is not a clean bill of health.");
    }

    @Test
    void showsNoCountWhereNothingWasCounted() {
        assertThat(text(SampleDiagnoses.nothingRead()))
                .contains("\n  \u2014            \u2014              \u2014         \u2014              \u2014\n")
                .contains("UNATTRIBUTED  not known: no access line was read")
                .doesNotContain("0 of 0")
                .doesNotContain("calls failed");
    }

    @Test
    void printsTheRemainderEvenWhenThereIsNone() {
        assertThat(text(SampleDiagnoses.securityGroup()))
                .contains("UNATTRIBUTED  0 of 1 139 failed calls (0 %) fit no finding");
        assertThat(text(SampleDiagnoses.unexplained()))
                .contains("UNATTRIBUTED  71 of 71 failed calls (100 %) fit no finding")
                .contains("[caller_proxy_1:17]");
    }

    @Test
    void namesWhatWasNotRead() {
        assertThat(text(SampleDiagnoses.securityGroup()))
                .contains("? not read (access denied): cloudwatch/get-metric-data")
                .contains("- read in part: logs/lines/callee")
                .contains("COVERAGE  20 of 22 sources read completely");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void coloursAddNothingToTheWords(String sample) {
        Diagnosis diagnosis = SampleDiagnoses.all().get(sample);
        String coloured = text(diagnosis, true, 80);

        assertThat(coloured).contains("\u001B[1");
        assertThat(coloured.replaceAll("\u001B\\[[0-9;]*m", "")).isEqualTo(text(diagnosis));
    }

    @Test
    void obeysNoStranger() {
        String text = text(SampleDiagnoses.hostile());

        assertThat(text.codePoints().filter(point -> point != '\n'))
                .noneMatch(point -> point < 0x20
                        || (point >= 0x7F && point < 0xA0)
                        || (point >= 0x202A && point <= 0x202E)
                        || (point >= 0x2066 && point <= 0x2069)
                        || (point >= 0xD800 && point <= 0xDFFF));
        assertThat(text.lines().map(String::strip)).noneMatch(line -> line.startsWith("rm -rf"));
        assertThat(text.length()).isLessThan(40_000);
    }
}
