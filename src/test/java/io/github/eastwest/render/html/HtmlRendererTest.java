package io.github.eastwest.render.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Breakdown;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.Gauge;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.Golden;
import io.github.eastwest.render.Provenance;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.SampleDiagnoses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlRendererTest {
    private static final Pattern ID = Pattern.compile(" id=\"([^\"]*)\"");
    private static final Pattern HREF = Pattern.compile(" href=\"([^\"]*)\"");

    private static List<String> samples() {
        return SampleDiagnoses.all().keySet().stream().sorted().toList();
    }

    /** Without the causes' pages, which have their own test. */
    static byte[] bytes(Diagnosis diagnosis) {
        return bytes(diagnosis, SampleDiagnoses.context(diagnosis));
    }

    private static byte[] bytes(Diagnosis diagnosis, ReportContext context) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            new HtmlRenderer(Templates.builtIn(), cause -> List.of()).render(diagnosis, context, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static String html(Diagnosis diagnosis) {
        return new String(bytes(diagnosis), StandardCharsets.UTF_8);
    }

    /** The words of the page. */
    private static String words(Diagnosis diagnosis) {
        return words(html(diagnosis));
    }

    private static String words(String html) {
        return html.replaceAll("(?s)<(style|script).*?</\\1>", "")
                .replace("<wbr>", "")
                .replaceAll("<[^>]*>", " ")
                .replace('\u202F', ' ')
                .replaceAll("\\s+", " ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"incident", "security-group", "healthy", "nothing-read"})
    void looksAsAgreed(String sample) throws IOException {
        Golden.assertMatches(sample + ".html", bytes(SampleDiagnoses.all().get(sample)));
    }

    @Test
    void carriesEverySectionOfTheReport() {
        assertThat(words(SampleDiagnoses.securityGroup()))
                .containsSubsequence(
                        "label-printer \u2192 address-check",
                        "LIKELY CAUSE at network",
                        "EW301 A security group does not admit the caller",
                        "confidence 0.93 of 1 \u00B7 1 139 of 1 619 calls failed (70.4 %)",
                        "Next:",
                        "Failed calls 1 139 of 1 619 calls",
                        "Share failed 70.4 %",
                        // The first failure lies in the bucket of 04:15:45Z, the last in the last one.
                        "How long 2 min 15 s from 04:15:45Z on, to the end",
                        "Began 04:15:45Z",
                        "Detected not measured",
                        "Over not in this window",
                        "caller-proxy label-printer 994 failed here",
                        "network between the tasks 145 failed here \u2717 the fault is here",
                        "Errors over time",
                        "Hypotheses",
                        "EW301 security-group-blocks likely 0.93 E1 E2 E3 E4 the answer of its confirm command",
                        "cloudwatch/get-metric-data",
                        "Evidence",
                        "E1 \u2713 for",
                        "E4 \u2717 against",
                        "Confirm",
                        "aws ec2 describe-security-group-rules",
                        "\u2713 Confirmed if",
                        "\u2717 Refuted if",
                        "Fix",
                        "Risk:",
                        "EW205",
                        "a consequence of EW301",
                        "Timeline",
                        "04:15:47Z traffic first failed call E2",
                        "What changed",
                        "Caller's view against callee's view",
                        "Latency of answered calls",
                        "p99 4 014 ms",
                        "Who is hit",
                        "10.56.3.220:8080",
                        "980 calls not in this table",
                        "reason \u00D7 hop",
                        "no_healthy_upstream 994 61.4 %",
                        "Ladder of time-outs",
                        "Capacity",
                        "Unattributed remainder",
                        "Ruled out",
                        "EW510 not-listening",
                        "Could not be examined",
                        "EW203 connection-pool-overflow : needs cloudwatch/get-metric-data",
                        "Coverage",
                        "20 of 22 sources read completely (90.9 %).",
                        "cloudwatch/get-metric-data ? not read (access denied)",
                        "raw lines behind the numbers",
                        "Failed calls as logged",
                        "Made by eastwest 0.1.0",
                        "Exit code 3");
    }

    /** To its evidence, to a change, to raw lines, or at least to the source that it was read from. */
    @ParameterizedTest
    @MethodSource("samples")
    void everyEventOfTheTimelineLeadsToWhereItIsKnownFrom(String sample) {
        String html = html(SampleDiagnoses.all().get(sample));
        int section = html.indexOf("<section id=\"timeline\"");
        int table = html.indexOf("<table class=\"stack\">", section);
        if (table < 0 || table > html.indexOf("</section>", section)) {
            assertThat(SampleDiagnoses.all().get(sample).timeline()).isEmpty();
            return;
        }
        List<String> rows = List.of(html.substring(html.indexOf("<tbody>", table), html.indexOf("</tbody>", table))
                .split("</tr>"));

        assertThat(rows)
                .isNotEmpty()
                .allSatisfy(
                        row -> assertThat(row).containsPattern("data-label=\"Evidence\"><a href=\"#[^\"]+\">[^<]+"));
    }

    @Test
    void saysNotMeasuredInsteadOfZero() {
        String words = words(SampleDiagnoses.nothingRead());

        assertThat(words)
                .contains("INCONCLUSIVE")
                .contains("This is not a clean bill of health.")
                .contains("Failed calls not measured no access line was read")
                .contains("Share failed not measured", "Caller tasks hit not measured", "Began not measured")
                .contains("Latency of answered calls Not measured: no access line was read.")
                .contains("What changed Not measured: no source of changes was read.")
                .contains("Capacity Not measured: cloudwatch/get-metric-data is not read (failed).")
                .doesNotContain("HEALTHY")
                .doesNotContain("0 failed here");
        assertThat(words(SampleDiagnoses.healthy())).contains("HEALTHY").doesNotContain("clean bill");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void idsAreUniqueAndLinksLeadSomewhere(String sample) {
        String html = html(SampleDiagnoses.all().get(sample));
        List<String> ids =
                ID.matcher(html).results().map(match -> match.group(1)).toList();
        Set<String> unique = new HashSet<>(ids);

        assertThat(ids).hasSameSizeAs(unique);
        assertThat(HREF.matcher(html).results().map(match -> match.group(1)))
                .isNotEmpty()
                .allSatisfy(href -> assertThat(href).startsWith("#"))
                .allSatisfy(href -> assertThat(unique).contains(href.substring(1)));
    }

    private static String from(Diagnosis diagnosis, Provenance.Collected collected) {
        ReportContext context = SampleDiagnoses.context(diagnosis);
        return new String(
                bytes(
                        diagnosis,
                        new ReportContext(
                                context.toolName(),
                                context.toolVersion(),
                                context.exitCode(),
                                context.failOn(),
                                false,
                                80,
                                new Provenance(
                                        "eastwest diagnose a b",
                                        Optional.of("111122223333"),
                                        Optional.empty(),
                                        Optional.of(collected),
                                        List.of()))),
                StandardCharsets.UTF_8);
    }

    @Test
    void tellsWhatWasAskedWhoCollectedAndWhatWasReplaced() {
        String html = from(
                SampleDiagnoses.securityGroup(),
                new Provenance.Collected(
                        Optional.of(Instant.parse("2026-11-21T05:00:00Z")),
                        Optional.of("eastwest 1.2"),
                        List.of(
                                new Provenance.Query("counts", "callee", 1, ""),
                                new Provenance.Query("lines", "caller", 2, "# lines\nfilter a = \"<b>\"")),
                        Optional.of(List.of("account (2)", "address (17)"))));

        assertThat(words(html))
                .containsSubsequence(
                        "Logs Insights queries that were asked",
                        "lines : caller&#39;s log group, 2 answers; the first was asked with",
                        "# lines filter a = &quot;&lt;b&gt;&quot;",
                        "AWS read at 2026-11-21 05:00:00Z",
                        "by eastwest 1.2",
                        "Account 111122223333",
                        "Logs Insights queries counts (callee, 1 answer), lines (caller, 2 answers)",
                        "Redacted yes; values replaced: account (2), address (17)");
    }

    @Test
    void eachFixHasItsRiskAndItsWayBackWhereOneIsKnown() {
        assertThat(words(SampleDiagnoses.securityGroup()))
                .containsSubsequence(
                        "Risk: opens the port",
                        "Rollback:",
                        "aws ec2 revoke-security-group-ingress",
                        "Risk: replaces all 3 tasks; takes about a minute Rollback: Deploy address-check:44 again.",
                        "Nothing here: fix EW301. Risk: none Whether it helped");
    }

    @Test
    void tellsApartEvidenceThatWasNotAskedForNotReplacedAndNotRead() {
        Provenance.Collected plain =
                new Provenance.Collected(Optional.empty(), Optional.empty(), List.of(), Optional.empty());

        assertThat(words(from(SampleDiagnoses.securityGroup(), plain)))
                .contains("Logs Insights queries none: lines were read", "Redacted no: ")
                .doesNotContain("queries that were asked", "AWS read at");
        assertThat(words(from(SampleDiagnoses.nothingRead(), plain)))
                .contains("Logs Insights queries none, and no line was read");
        // Of evidence that nothing is known of, nothing is said.
        assertThat(words(SampleDiagnoses.nothingRead()))
                .contains("Account not known")
                .doesNotContain("Redacted", "Logs Insights queries none");
    }

    @Test
    void findingsAndEvidenceHaveStableIds() {
        assertThat(html(SampleDiagnoses.securityGroup()))
                .contains("id=\"EW301\"", "id=\"EW205\"", "id=\"E1\"", "id=\"E6\"", "href=\"#E3\"", "href=\"#EW301\"");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void reachesForNothingOutside(String sample) {
        String html = html(SampleDiagnoses.all().get(sample));

        assertThat(tags(html))
                .noneMatch(tag -> tag.matches("(?is)<(link|img|iframe|object|embed|base|form|video|audio|source).*"));
        assertThat(tags(html))
                .noneMatch(tag -> tag.matches("(?is).*\\s(src|srcset|action|background|on\\w+|style)\\s*=.*"));
        assertThat(html)
                .doesNotContain("@import")
                .doesNotContainPattern("url\\((?!#)")
                .doesNotContain("xmlns");
        assertThat(html).doesNotContain("\r");
    }

    private static List<String> tags(String html) {
        return Pattern.compile("<[a-zA-Z](?:[^>\"]|\"[^\"]*\")*>")
                .matcher(html)
                .results()
                .map(MatchResult::group)
                .map(tag -> tag.replaceAll("\"[^\"]*\"", "\"\""))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void thePolicyNamesItsOwnStyleAndScriptOnly(String sample) throws Exception {
        String html = html(SampleDiagnoses.all().get(sample));

        assertThat(html.split("<script", -1)).hasSize(2);
        assertThat(html.split("<style", -1)).hasSize(2);
        assertThat(html)
                .contains("content=\"default-src &#39;none&#39;; style-src " + hash(html, "style") + "; script-src "
                        + hash(html, "script") + "; base-uri &#39;none&#39;; form-action &#39;none&#39;\"");
    }

    private static String hash(String html, String element) throws Exception {
        String content =
                html.substring(html.indexOf('>', html.indexOf("<" + element)) + 1, html.indexOf("</" + element));
        return "&#39;sha256-"
                + Base64.getEncoder()
                        .encodeToString(
                                MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8)))
                + "&#39;";
    }

    @Test
    void hostileTextIsText() {
        String html = html(SampleDiagnoses.hostile());

        assertThat(html).contains("&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;");
        assertThat(html).doesNotContain("<img").doesNotContain("<b>x").doesNotContain("[31m\u0007");
        // Thymeleaf's own syntax in a log line is no expression.
        assertThat(html).contains("${7*7}#{x}[[1]][(1)]").doesNotContain("49#");
        assertThat(html.codePoints().filter(point -> point != '\n'))
                .noneMatch(point -> point < 0x20
                        || (point >= 0x7F && point < 0xA0)
                        || (point >= 0x202A && point <= 0x202E)
                        || (point >= 0x2066 && point <= 0x2069));
    }

    @Test
    void templatesEscapeEverything() throws IOException {
        try (java.util.stream.Stream<Path> templates =
                Files.walk(Path.of("templates")).filter(Files::isRegularFile)) {
            assertThat(templates.toList())
                    .isNotEmpty()
                    .allSatisfy(template -> assertThat(Files.readString(template))
                            .doesNotContainIgnoringCase("utext")
                            .doesNotContain("[(")
                            .doesNotContain("th:inline=\"javascript\"")
                            .doesNotContain("__$")
                            .doesNotContainPattern("(?i)\\sstyle=")
                            .doesNotContainPattern("(?i)\\son[a-z]+="));
        }
    }

    @Test
    void staysAMailAttachmentWhateverTheTraffic() {
        Diagnosis hostile = SampleDiagnoses.hostile();
        String huge = "\u202E<b>".repeat(3_000);
        Finding finding = hostile.causes().findings().get(0);
        Finding many = new Finding(
                finding.cause(),
                finding.assessment(),
                huge,
                Collections.nCopies(3_000, finding.evidence().get(0)),
                Collections.nCopies(500, new Finding.Confirm("<".repeat(2_000), huge, huge)),
                Collections.nCopies(500, finding.fix().get(1)),
                Optional.empty(),
                1);
        TrafficReport.Latency latency = new TrafficReport.Latency(
                OptionalLong.of(1), OptionalLong.of(10_000), OptionalLong.of(1_000_000), OptionalLong.of(9_999_999));
        List<TrafficReport.Bucket> buckets = IntStream.range(0, 20_000)
                .mapToObj(i -> new TrafficReport.Bucket(
                        hostile.window().from().plusSeconds(i),
                        Map.of(Condition.OTHER, 1_000_000_007L, Condition.OVERLOAD, (long) i, Condition.SUCCESS, 3L),
                        latency))
                .toList();
        TrafficReport traffic = new TrafficReport(
                1_000_000,
                1_000_000,
                1_000_000,
                hostile.traffic().orElseThrow().conditions(),
                latency,
                new TrafficReport.Series(1, buckets),
                Collections.nCopies(
                        5_000, hostile.traffic().orElseThrow().hosts().get(0)),
                Collections.nCopies(5_000, new TrafficReport.Example(Condition.OTHER, huge, 1, huge)));
        Diagnosis diagnosis = new Diagnosis(
                Diagnosis.Outcome.FINDINGS,
                new Edge(huge, huge, Optional.of(huge), Optional.of(huge), Optional.of(huge), Edge.Method.UNKNOWN),
                hostile.window(),
                Optional.of(traffic),
                new Diagnosis.Causes(
                        Collections.nCopies(25, many), List.of(), List.of(), Collections.nCopies(1_000, huge)),
                new Coverage(Collections.nCopies(3_000, new Coverage.Entry(huge, Coverage.State.FAILED, huge))),
                IntStream.range(0, 5_000)
                        .mapToObj(i -> new Diagnosis.TimelineEntry(
                                hostile.window().from().plusSeconds(i), "deployment", huge, Optional.of("E" + i)))
                        .toList(),
                List.of());

        byte[] page = bytes(diagnosis);

        assertThat(page.length).isLessThan(1_500_000);
        assertThat(new String(page, StandardCharsets.UTF_8).replace('\u202F', ' '))
                .contains("15 more findings in the JSON report.")
                .contains("2 990 more facts in the JSON report.")
                .contains("4 940 more tasks in the JSON report.")
                .contains("4 920 more events in the JSON report.")
                .contains("2 940 more sources in the JSON report.")
                // 20 000 buckets of 1 s in groups of 167: 120 columns of 2 min 47 s
                .contains("Calls per 2 min 47 s by start")
                .contains("Each point is the highest of 167 neighbouring ones.");
    }

    /** One hour, a million calls, everything known: as large as a real report gets, with the causes' pages in it. */
    @Test
    void anHourOfAMillionCallsFitsIntoAMail() throws IOException {
        Diagnosis incident = SampleDiagnoses.incident();
        Instant from = incident.window().from();
        TrafficReport.Latency latency = new TrafficReport.Latency(
                OptionalLong.of(1_234), OptionalLong.of(12_345), OptionalLong.of(123_456), OptionalLong.of(1_234_567));
        String sentence = "x".repeat(380);
        String name = "n".repeat(110);
        List<Condition> failures =
                Arrays.stream(Condition.values()).filter(Condition::failure).toList();
        Map<Condition, Long> conditions = failures.stream().collect(Collectors.toMap(c -> c, c -> 8_333L));
        List<TrafficReport.Bucket> buckets = IntStream.range(0, 120)
                .mapToObj(i -> new TrafficReport.Bucket(from.plusSeconds(30L * i), conditions, latency))
                .toList();
        List<Breakdown.Seen> seen = Collections.nCopies(120, new Breakdown.Seen(8_333, 4_166, latency));
        List<TrafficReport.Example> lines =
                Collections.nCopies(100, new TrafficReport.Example(Condition.OTHER, name, 1_000_000, sentence));
        List<Breakdown.Group> groups = IntStream.range(0, 20)
                .mapToObj(i -> new Breakdown.Group(name + i, conditions))
                .toList();
        Breakdown breakdown = new Breakdown(
                List.of(
                        new Breakdown.SideView(Side.CALLER, seen.get(0), seen),
                        new Breakdown.SideView(Side.CALLEE, seen.get(0), seen)),
                new Breakdown.Heat(
                        LongStream.concat(LongStream.range(1, 16), LongStream.of(Long.MAX_VALUE))
                                .boxed()
                                .toList(),
                        Collections.nCopies(120, Collections.nCopies(16, 520L))),
                IntStream.range(500, 513)
                        .mapToObj(status ->
                                new Breakdown.Status(Integer.toString(status), Collections.nCopies(120, 4_166L)))
                        .toList(),
                failures.stream()
                        .map(c -> new Breakdown.Reason(c, Hop.NETWORK, Basis.INFERRED, 8_333))
                        .toList(),
                new Breakdown.Groups(groups, 1_000, 10_000, 10_000),
                new Breakdown.Groups(groups, 1_000, 10_000, 10_000),
                Breakdown.Touched.NONE,
                List.of(),
                failures.stream()
                        .map(c -> new Breakdown.Rows(c.id(), 8_333, lines))
                        .toList());
        TrafficReport calls = new TrafficReport(
                1_000_000,
                500_000,
                1,
                failures.stream()
                        .map(c -> new TrafficReport.ConditionCount(c, 8_333, Basis.INFERRED, Optional.of(Hop.NETWORK)))
                        .toList(),
                latency,
                new TrafficReport.Series(30, buckets),
                Collections.nCopies(
                        500, incident.traffic().orElseThrow().hosts().get(0)),
                lines,
                breakdown);
        List<Finding> findings = Arrays.stream(RootCause.values())
                .limit(12)
                .map(cause -> new Finding(
                        cause,
                        incident.causes().findings().get(0).assessment(),
                        sentence,
                        Collections.nCopies(
                                20,
                                new Evidence(
                                        "E1",
                                        Evidence.Supports.FOR,
                                        sentence,
                                        name,
                                        Optional.of(name),
                                        Optional.of(name))),
                        Collections.nCopies(5, new Finding.Confirm(sentence, sentence, sentence)),
                        Collections.nCopies(5, new Finding.Fix(sentence, sentence)),
                        Optional.empty(),
                        1))
                .toList();
        Background.Change change = incident.background().changes().get(1);
        Background background = new Background(
                incident.background().onset(),
                Collections.nCopies(
                        200,
                        new Background.Change(
                                "C1",
                                from,
                                change.kind(),
                                name,
                                sentence,
                                name,
                                change.beforeOnset(),
                                change.rank(),
                                Optional.of(sentence),
                                change.cause(),
                                Collections.nCopies(10, change.details().get(0)))),
                List.of(),
                Collections.nCopies(100, incident.background().ladder().get(0)),
                Collections.nCopies(100, incident.background().controls().get(0)),
                incident.background().noiseFloor());
        Gauge gauge = incident.gauges().get(0);
        Diagnosis diagnosis = new Diagnosis(
                Diagnosis.Outcome.FINDINGS,
                incident.edge(),
                new TimeWindow(from, from.plusSeconds(3_600)),
                Optional.of(calls),
                new Diagnosis.Causes(findings, List.of(), List.of(), List.of()),
                new Coverage(Collections.nCopies(300, new Coverage.Entry(name, Coverage.State.PARTIAL, sentence))),
                IntStream.range(0, 200)
                        .mapToObj(i ->
                                new Diagnosis.TimelineEntry(from.plusSeconds(i), "task", sentence, Optional.empty()))
                        .toList(),
                List.of(),
                background,
                Collections.nCopies(
                        20,
                        new Gauge(
                                gauge.name(),
                                name,
                                gauge.statistic(),
                                gauge.unit(),
                                60,
                                IntStream.range(0, 60)
                                        .mapToObj(i -> new Gauge.Point(from.plusSeconds(60L * i), 12.5 * i))
                                        .toList(),
                                gauge.source())),
                List.of());
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        new HtmlRenderer().render(diagnosis, SampleDiagnoses.CONTEXT, out);

        assertThat(out.size()).isBetween(500_000, 1_500_000);
        assertThat(out.toString(StandardCharsets.UTF_8).replace('\u202F', ' '))
                .contains("2 more findings in the JSON report.", "160 more changes in the JSON report.");
    }

    @Test
    void carriesTheCausesPageCollapsed() throws IOException {
        String page = "# EW301\n\n"
                + "Use `a|b` and **bold** <script>alert(1)</script>\n\n"
                + "| a | b |\n"
                + "|---|---|\n"
                + "| `x` | y z |\n\n"
                + "- [good](https://docs.aws.amazon.com/x) [bad](javascript:alert(1)) [file](../x.md)\n\n"
                + "```\n"
                + "aws <id>\n"
                + "```\n";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Diagnosis diagnosis = SampleDiagnoses.securityGroup();

        new HtmlRenderer(Templates.builtIn(), cause -> CausePage.parse(page))
                .render(diagnosis, SampleDiagnoses.context(diagnosis), out);

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("<details><summary>About EW301 security-group-blocks")
                .contains("<p>Use <code>a|b</code> and <strong>bold</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>")
                .contains("<thead><tr><th scope=\"col\"> a </th><th scope=\"col\"> b </th></tr></thead>")
                .contains("<tr><td class=\"whole\" data-label=\"a\"><code>x</code> </td>"
                        + "<td class=\"whole\" data-label=\"b\"> y z </td></tr>")
                .contains("<a rel=\"noreferrer noopener\" href=\"https://docs.aws.amazon.com/x\">good</a> bad file")
                .contains("<pre><code>aws &lt;id&gt;</code></pre>");
    }
}
