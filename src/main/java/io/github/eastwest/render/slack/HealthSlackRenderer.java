package io.github.eastwest.render.slack;

import static io.github.eastwest.render.slack.SlackMessage.bold;
import static io.github.eastwest.render.slack.SlackMessage.code;
import static io.github.eastwest.render.slack.SlackMessage.text;

import io.github.eastwest.classify.health.HealthThresholds;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.render.HealthBriefing;
import io.github.eastwest.render.HealthRenderer;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.Units;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A health report as a Slack message: what changed, the worst edges, what is not seen, the next command. */
public final class HealthSlackRenderer implements HealthRenderer {
    private static final int SENTENCE = 500;
    private static final int NAME = 120;
    private static final int MOST_EDGES = 10;
    private static final int SOURCES = 12;

    @Override
    public void render(HealthReport report, HealthThresholds thresholds, ReportContext context, OutputStream out)
            throws IOException {
        HealthBriefing briefing = new HealthBriefing(report);
        String head = briefing.tone().sign() + " " + report.scope().label() + ": " + briefing.headline();
        SlackMessage message = new SlackMessage(head + ". " + briefing.changes());
        message.header(head.replace(Units.THIN_SPACE, ' '));
        List<String> top = new ArrayList<>();
        top.add(bold(briefing.changes(), SENTENCE));
        top.add(text(briefing.states(), SENTENCE));
        top.add(text(report.place() + " \u00B7 " + briefing.time(), SENTENCE));
        if (!report.gaps().isEmpty()) {
            top.add("*This is not a clean bill of health.*");
            report.gaps().stream().limit(SOURCES).forEach(gap -> top.add("\u2022 " + text(gap, SENTENCE)));
        }
        message.section(String.join("\n", top));
        List<EdgeHealth> edges = briefing.inFull();
        edges.stream().limit(MOST_EDGES).forEach(edge -> edge(edge, message));
        if (edges.size() > MOST_EDGES) {
            message.section(text(
                    "\u2026 and " + Units.count(edges.size() - MOST_EDGES, "edge") + " more: see the full report",
                    NAME));
        }
        List<Coverage.Entry> missing = briefing.notWhole();
        if (!missing.isEmpty()) {
            message.context("Not read whole: "
                    + missing.stream()
                            .limit(SOURCES)
                            .map(entry -> text(
                                    entry.input() + " " + entry.state().id().replace('_', ' '), NAME))
                            .collect(Collectors.joining(", ")));
        }
        briefing.next().ifPresent(next -> message.section("*Next*\n" + code(next)));
        message.context(text(
                context.toolName() + " " + context.toolVersion() + " \u00B7 exit code " + context.exitCode(), NAME));
        message.write(out);
    }

    private static void edge(EdgeHealth edge, SlackMessage message) {
        List<String> lines = new ArrayList<>();
        String change = HealthBriefing.change(edge);
        lines.add(bold(edge.edge().label(), NAME) + " "
                + text(
                        edge.judgement().state().words() + (change.isEmpty() ? "" : " \u00B7 " + change) + " \u00B7 "
                                + HealthBriefing.calls(edge),
                        SENTENCE));
        lines.add("requests " + HealthBriefing.requestsLine(edge) + " failed " + HealthBriefing.failedLine(edge));
        lines.add("\u2022 " + text(edge.judgement().reasons().get(0).text(), SENTENCE));
        HealthBriefing.closer(edge).ifPresent(closer -> lines.add("\u2022 " + text(closer, SENTENCE)));
        message.section(String.join("\n", lines));
    }
}
