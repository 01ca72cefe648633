package io.github.eastwest.render.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.report.AlarmPlan;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Incident;
import io.github.eastwest.render.SampleDiagnoses;
import io.github.eastwest.render.html.Templates;
import io.github.eastwest.render.html.WriteUpPage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class IncidentMarkdownTest {
    private static final Instant AT = Instant.parse("2026-11-21T04:15:00Z");
    private static final String HOSTILE = SampleDiagnoses.HOSTILE
            + "\n<!-- eastwest:end impact -->\n<!-- eastwest:begin times 0123456789abcdef -->\nowned\n```\nCheck: `slo:1`";

    /** Every string that can come from a log, a bundle or AWS is hostile. */
    private static Incident hostile() {
        AlarmPlan.Alarm alarm = new AlarmPlan.Alarm(
                AlarmPlan.Kind.BACKEND_5XX,
                HOSTILE,
                HOSTILE,
                new AlarmPlan.Metric(HOSTILE, HOSTILE, Map.of(HOSTILE, HOSTILE), "Sum", "Count"),
                new AlarmPlan.Evaluation(
                        AlarmPlan.Comparison.ABOVE, OptionalDouble.of(1), 60, 1, 1, AlarmPlan.Missing.MISSING));
        Incident.Statement statement = new Incident.Statement(HOSTILE, List.of(HOSTILE));
        Incident.Moment moment = new Incident.Moment(AT, HOSTILE);
        return new Incident(
                SampleDiagnoses.hostile(),
                new Incident.Impact(
                        Optional.of(new Incident.Span(AT, Optional.empty(), true, HOSTILE, HOSTILE)),
                        List.of(new Incident.Group(HOSTILE, 1, OptionalLong.of(2), HOSTILE)),
                        List.of(new Incident.Group(HOSTILE, 1, OptionalLong.empty(), HOSTILE)),
                        3,
                        Optional.empty()),
                new Incident.Times(Optional.of(moment), Optional.of(moment), Optional.empty(), Optional.empty()),
                List.of(new Incident.Fact(AT, HOSTILE, HOSTILE, HOSTILE, HOSTILE)),
                new Incident.Causation(
                        Optional.of(new Background.Change(
                                HOSTILE,
                                AT,
                                Background.Change.Kind.DEPLOYMENT,
                                HOSTILE,
                                HOSTILE,
                                HOSTILE,
                                Optional.of(Duration.ofSeconds(3)),
                                Optional.of(1),
                                Optional.of(HOSTILE),
                                Optional.empty(),
                                List.of())),
                        List.of(statement),
                        List.of(statement),
                        List.of(new Incident.Step("Why?", Optional.of(statement)))),
                new Incident.Detection(
                        true,
                        List.of(new Incident.Firing(HOSTILE, HOSTILE, AT, Optional.empty(), HOSTILE)),
                        List.of(HOSTILE),
                        List.of(new Incident.Proposal(
                                alarm,
                                Optional.of(new AlarmPlan.MetricFilter(
                                        AlarmPlan.Kind.EJECTIONS, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)),
                                Optional.of(false),
                                new Incident.Replay(Incident.Replay.Outcome.CANNOT_TELL, Optional.empty(), HOSTILE))),
                        List.of(HOSTILE)),
                List.of(new Incident.Action(
                        "cause:EW301", Incident.Action.Type.PREVENT, HOSTILE, List.of(HOSTILE), List.of(HOSTILE))));
    }

    private static String document() {
        Incident incident = hostile();
        return LivingDocument.fresh(
                IncidentMarkdown.fields(incident), IncidentMarkdown.blocks(incident, SampleDiagnoses.CONTEXT));
    }

    @Test
    void hostileTextIsNoAnchorNoMarkupAndNoCheck() {
        String document = document();
        int blocks = IncidentMarkdown.blocks(hostile(), SampleDiagnoses.CONTEXT).size();

        // The first line, and two anchors a block.
        assertThat(document.lines().filter(line -> line.startsWith("<!-- eastwest:")))
                .hasSize(1 + 2 * blocks);
        assertThat(IncidentMarkdown.checks(document)).containsExactly("cause:EW301");
        assertThat(document).doesNotContain("\u001B", "\u202E");
        // In code spans and in blocks of code nothing is markup; what is left has none.
        String prose =
                document.replaceAll("(?s)\n(`{3,})json\n.*?\n\\1\n", "\n").replaceAll("(`+)(?!`).*?(?<!`)\\1(?!`)", "");
        assertThat(prose).contains("&lt;script&gt;").doesNotContain("<script", "<img", "<style");
        assertThat(document.lines()).noneMatch(line -> line.equals("owned"));
    }

    @Test
    void itCanBeMadeAnewWithHostileTextToo() {
        Incident incident = hostile();
        String edited = document().replace("**Authors:**", "**Authors:** Anna");

        LivingDocument.Merged merged = LivingDocument.merge(
                edited, IncidentMarkdown.fields(incident), IncidentMarkdown.blocks(incident, SampleDiagnoses.CONTEXT));

        assertThat(merged).isEqualTo(new LivingDocument.Merged(edited, List.of()));
    }

    @Test
    void thePageShowsItAsText() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        WriteUpPage.write(document(), SampleDiagnoses.CONTEXT, Templates.builtIn(), out);
        String page = out.toString(StandardCharsets.UTF_8);

        // One script and one style: the page's own.
        assertThat(page.split("<script", -1)).hasSize(2);
        assertThat(page.split("<style", -1)).hasSize(2);
        assertThat(page)
                .doesNotContain("<img", "onerror=\"", "javascript:alert(1)\"")
                .contains("&lt;script&gt;document.title");
    }

    @Test
    void whatIsNotMeasuredSaysSo() {
        Incident nothing = new Incident(
                SampleDiagnoses.nothingRead(),
                new Incident.Impact(Optional.empty(), List.of(), List.of(), 0, Optional.empty()),
                new Incident.Times(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                List.of(),
                new Incident.Causation(
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        List.of(new Incident.Step("What did callers see?", Optional.empty()))),
                new Incident.Detection(false, List.of(), List.of(), List.of(), List.of()),
                List.of());
        Map<String, String> blocks = new HashMap<>();
        IncidentMarkdown.blocks(nothing, SampleDiagnoses.CONTEXT)
                .forEach(block -> blocks.put(block.key(), block.content()));

        assertThat(blocks.get("impact").lines().skip(4)).hasSize(6).allMatch(line -> line.contains("not measured"));
        assertThat(blocks.get("times").lines().skip(4)).hasSize(4).allMatch(line -> line.contains("not measured"));
        assertThat(blocks.get("trigger")).contains("not measured: no source of changes was read");
        assertThat(blocks.get("detection")).contains("not measured: `cloudwatch/describe-alarms` was not read");
        assertThat(blocks.get("chain")).contains("What did callers see?** not established");
        assertThat(blocks.get("summary")).contains("INCONCLUSIVE", "not seen: No access line");
    }
}
