package io.github.eastwest.render.markdown;

import io.github.eastwest.classify.health.HealthThresholds;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.EdgeState;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.render.HealthBriefing;
import io.github.eastwest.render.HealthRenderer;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.Units;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** A health report for a chat, a wiki or a pull request. */
public final class HealthMarkdownRenderer implements HealthRenderer {
    private static final int NAME = 120;
    private static final int SENTENCE = 600;
    private static final int MOST_OTHERS = 200;
    private static final int MOST_SPOTS = 50;

    @Override
    public void render(HealthReport report, HealthThresholds thresholds, ReportContext context, OutputStream out)
            throws IOException {
        StringBuilder md = new StringBuilder();
        HealthBriefing briefing = new HealthBriefing(report);
        md.append("# ")
                .append(briefing.tone().sign())
                .append(' ')
                .append(briefing.tone().outcome().toUpperCase(Locale.ROOT))
                .append(": ")
                .append(prose(briefing.headline()))
                .append("\n\n")
                .append(prose(report.place()))
                .append("  \n")
                .append(prose(briefing.time()))
                .append("  \n")
                .append(prose(briefing.states()))
                .append("\n\n**")
                .append(prose(briefing.changes()))
                .append("**\n");
        if (!report.gaps().isEmpty()) {
            md.append("\n**This is not a clean bill of health.**\n\n");
            report.gaps().forEach(gap -> md.append("- ").append(prose(gap)).append('\n'));
        }
        problems(briefing, md);
        others(briefing, md);
        if (!report.past().gone().isEmpty()) {
            md.append("\n## Gone\n\nIn the previous run, no longer listed by CloudWatch.\n\n");
            report.past().gone().stream()
                    .limit(MOST_SPOTS)
                    .forEach(gone -> md.append("- ")
                            .append(prose(gone.edge().label()))
                            .append(", was ")
                            .append(gone.before().words())
                            .append('\n'));
            more(report.past().gone().size(), md);
        }
        if (!report.blindSpots().isEmpty()) {
            md.append("\n## Blind spots\n\nWhat this report cannot see.\n\n");
            report.blindSpots().stream()
                    .limit(MOST_SPOTS)
                    .forEach(spot -> md.append("- ")
                            .append(prose(spot.what()))
                            .append(": ")
                            .append(prose(spot.why()))
                            .append('\n'));
            more(report.blindSpots().size(), md);
        }
        List<Coverage.Entry> missing = briefing.notWhole();
        if (!missing.isEmpty()) {
            md.append("\n## Not read whole\n\n");
            missing.stream()
                    .limit(MOST_SPOTS)
                    .forEach(entry -> md.append("- ")
                            .append(Markdown.code(entry.input(), NAME))
                            .append(' ')
                            .append(entry.state().id().replace('_', ' '))
                            .append(entry.detail().isEmpty() ? "" : ": " + prose(entry.detail()))
                            .append('\n'));
            more(missing.size(), md);
        }
        briefing.trend()
                .ifPresent(trend -> md.append("\n## Trend\n\nProblems per run: ")
                        .append(prose(trend))
                        .append('\n'));
        briefing.next().ifPresent(next -> md.append("\n## Next\n\n").append(Markdown.block(next)));
        md.append("\n<sub>Failing from ")
                .append(Units.share(Math.round(thresholds.failing() * 10_000), 10_000))
                .append(" failed on, degraded from ")
                .append(Units.share(Math.round(thresholds.degraded() * 10_000), 10_000))
                .append(" on; ok needs ")
                .append(Units.count(thresholds.requestsNeeded(), "request"))
                .append(". Failed = 5xx that an application answered. ")
                .append(prose(context.toolName() + " " + context.toolVersion()))
                .append(", exit code ")
                .append(context.exitCode())
                .append(".</sub>\n");
        out.write(md.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void problems(HealthBriefing briefing, StringBuilder md) {
        List<EdgeHealth> edges = briefing.inFull();
        if (edges.isEmpty()) {
            return;
        }
        md.append("\n## Edges, the worst change first\n");
        for (EdgeHealth edge : edges.subList(0, Math.min(edges.size(), HealthBriefing.MOST_IN_FULL))) {
            String change = HealthBriefing.change(edge);
            md.append("\n### ")
                    .append(edge.judgement().state().words())
                    .append(": ")
                    .append(prose(edge.edge().label()))
                    .append(change.isEmpty() ? "" : " (" + prose(change) + ")")
                    .append("\n\nrequests `")
                    .append(HealthBriefing.requestsLine(edge))
                    .append("` failed `")
                    .append(HealthBriefing.failedLine(edge))
                    .append("`  \n")
                    .append(prose(HealthBriefing.calls(edge)))
                    .append(", mean response time ")
                    .append(HealthBriefing.responseTime(edge))
                    .append("\n\n");
            edge.judgement()
                    .reasons()
                    .forEach(reason ->
                            md.append("- ").append(prose(reason.text())).append('\n'));
            HealthBriefing.closer(edge)
                    .ifPresent(closer ->
                            md.append("- **logs:** ").append(prose(closer)).append('\n'));
            edge.diagnosis()
                    .flatMap(diagnosis -> diagnosis.finding())
                    .flatMap(finding -> finding.confirm().stream().findFirst())
                    .ifPresent(confirm -> md.append('\n').append(Markdown.block(confirm.command())));
        }
        if (edges.size() > HealthBriefing.MOST_IN_FULL) {
            md.append("\nand ")
                    .append(Units.count(edges.size() - HealthBriefing.MOST_IN_FULL, "edge"))
                    .append(" more like these: the JSON and CSV reports have all of them.\n");
        }
    }

    private static void others(HealthBriefing briefing, StringBuilder md) {
        List<EdgeHealth> edges = briefing.others();
        if (edges.isEmpty()) {
            return;
        }
        md.append(
                "\n## Other edges\n\n| edge | state | requests | failed | response time | |\n|---|---|--:|--:|--:|---|\n");
        for (EdgeHealth edge : edges.subList(0, Math.min(edges.size(), MOST_OTHERS))) {
            boolean ok = edge.judgement().state() == EdgeState.OK;
            md.append("| ")
                    .append(prose(edge.edge().label()))
                    .append(" | ")
                    .append(edge.judgement().state().words())
                    .append(" | ")
                    .append(
                            edge.now().requests().isPresent()
                                    ? Units.count(edge.now().requests().getAsLong())
                                    : Units.ABSENT)
                    .append(" | ")
                    .append(
                            edge.now().failed().isPresent()
                                    ? Units.count(edge.now().failed().getAsLong())
                                    : Units.ABSENT)
                    .append(" | ")
                    .append(HealthBriefing.responseTime(edge))
                    .append(" | ")
                    .append(
                            ok
                                    ? "`" + HealthBriefing.requestsLine(edge) + "`"
                                    : prose(edge.judgement().reasons().get(0).text()))
                    .append(" |\n");
        }
        if (edges.size() > MOST_OTHERS) {
            md.append("\nand ")
                    .append(Units.count(edges.size() - MOST_OTHERS, "edge"))
                    .append(" more: the JSON and CSV reports have all of them.\n");
        }
    }

    private static void more(int size, StringBuilder md) {
        if (size > MOST_SPOTS) {
            md.append("- and ").append(Units.count(size - MOST_SPOTS)).append(" more: see the JSON report\n");
        }
    }

    private static String prose(String foreign) {
        return Markdown.prose(foreign, SENTENCE);
    }
}
