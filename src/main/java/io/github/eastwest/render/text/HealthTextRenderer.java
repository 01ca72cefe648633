package io.github.eastwest.render.text;

import io.github.eastwest.classify.health.HealthThresholds;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.EdgeState;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.HealthBriefing;
import io.github.eastwest.render.HealthRenderer;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.Units;
import io.github.eastwest.render.text.Page.Style;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A health report for a terminal: the worst change first, what goes on, then the rest in a table. */
public final class HealthTextRenderer implements HealthRenderer {
    private static final int NAME = 120;
    private static final int SENTENCE = 600;
    private static final int MOST_OTHERS = 40;
    private static final int MOST_SPOTS = 20;
    private static final int STATE = "too few requests".length();

    @Override
    public void render(HealthReport report, HealthThresholds thresholds, ReportContext context, OutputStream out)
            throws IOException {
        Page page = new Page(context.color(), context.width());
        HealthBriefing briefing = new HealthBriefing(report);
        head(report, briefing, page);
        problems(briefing, page);
        others(briefing, page);
        gone(report, page);
        blindSpots(report, page);
        coverage(briefing, page);
        briefing.trend().ifPresent(trend -> {
            page.heading("TREND", "problems per run");
            page.prose(Style.PLAIN, 2, 2, trend);
        });
        page.gap();
        page.prose(Style.DIM, 0, 2, judged(thresholds));
        page.prose(
                Style.DIM,
                0,
                2,
                Foreign.clean(context.toolName(), NAME) + " " + Foreign.clean(context.toolVersion(), NAME)
                        + " \u00B7 exit code " + context.exitCode());
        Optional<String> next = briefing.next();
        if (next.isPresent()) {
            page.line(Style.BOLD, "next:");
            page.command(2, Foreign.command(next.get()));
        }
        out.write(page.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void head(HealthReport report, HealthBriefing briefing, Page page) {
        Style style = switch (briefing.tone()) {
            case FAULT -> Style.RED;
            case WARNING, INCONCLUSIVE -> Style.YELLOW;
            case HEALTHY -> Style.GREEN;
        };
        page.prose(
                style,
                0,
                2,
                briefing.tone().sign() + " " + briefing.tone().outcome().toUpperCase(Locale.ROOT) + ": "
                        + briefing.headline());
        page.prose(Style.PLAIN, 2, 2, Foreign.clean(report.place(), NAME));
        page.prose(Style.PLAIN, 2, 2, briefing.time());
        page.prose(Style.PLAIN, 2, 2, briefing.states());
        page.prose(Style.BOLD, 2, 2, briefing.changes());
        if (!report.gaps().isEmpty()) {
            page.gap();
            page.line(Style.BOLD, "  This is not a clean bill of health.");
            report.gaps().forEach(gap -> page.prose(Style.PLAIN, 2, 2, "- " + Foreign.clean(gap, SENTENCE)));
        }
    }

    private static void problems(HealthBriefing briefing, Page page) {
        List<EdgeHealth> edges = briefing.inFull();
        if (edges.isEmpty()) {
            return;
        }
        page.heading("EDGES", "the worst change first");
        for (EdgeHealth edge : edges.subList(0, Math.min(edges.size(), HealthBriefing.MOST_IN_FULL))) {
            page.gap();
            String change = HealthBriefing.change(edge);
            page.prose(
                    style(edge),
                    0,
                    2,
                    sign(edge) + " " + edge.judgement().state().words().toUpperCase(Locale.ROOT) + "  "
                            + Foreign.clean(edge.edge().label(), NAME) + (change.isEmpty() ? "" : "  " + change));
            page.line(
                    Style.PLAIN,
                    "  requests " + HealthBriefing.requestsLine(edge) + "  failed " + HealthBriefing.failedLine(edge));
            page.prose(
                    Style.PLAIN,
                    2,
                    2,
                    HealthBriefing.calls(edge) + " \u00B7 mean response time " + HealthBriefing.responseTime(edge)
                            + edge.callee()
                                    .map(callee -> " \u00B7 callee " + Foreign.clean(callee, NAME))
                                    .orElse(""));
            for (EdgeHealth.Reason reason : edge.judgement().reasons()) {
                page.item(Style.DIM, 2, "why", 5, Foreign.clean(reason.text(), SENTENCE));
            }
            HealthBriefing.closer(edge)
                    .ifPresent(closer -> page.item(Style.BOLD, 2, "logs", 5, Foreign.clean(closer, SENTENCE)));
            edge.diagnosis()
                    .flatMap(diagnosis -> diagnosis.finding())
                    .flatMap(finding -> finding.confirm().stream().findFirst())
                    .ifPresent(confirm -> page.command(7, Foreign.command(confirm.command())));
        }
        if (edges.size() > HealthBriefing.MOST_IN_FULL) {
            page.gap();
            page.prose(
                    Style.DIM,
                    0,
                    2,
                    "and " + Units.count(edges.size() - HealthBriefing.MOST_IN_FULL, "edge")
                            + " more like these: -o json or -o csv have all of them");
        }
    }

    private static void others(HealthBriefing briefing, Page page) {
        List<EdgeHealth> edges = briefing.others();
        if (edges.isEmpty()) {
            return;
        }
        page.heading("OTHER EDGES", "");
        for (EdgeHealth edge : edges.subList(0, Math.min(edges.size(), MOST_OTHERS))) {
            EdgeState state = edge.judgement().state();
            page.item(
                    state == EdgeState.OK ? Style.PLAIN : Style.YELLOW,
                    2,
                    state.words(),
                    STATE + 2,
                    Foreign.clean(edge.edge().label(), NAME) + "  "
                            + (state == EdgeState.OK
                                    ? HealthBriefing.requestsLine(edge) + "  " + HealthBriefing.calls(edge) + " \u00B7 "
                                            + HealthBriefing.responseTime(edge)
                                    : Foreign.clean(
                                            edge.judgement().reasons().get(0).text(), SENTENCE)));
        }
        if (edges.size() > MOST_OTHERS) {
            page.prose(
                    Style.DIM,
                    2,
                    2,
                    "and " + Units.count(edges.size() - MOST_OTHERS, "edge")
                            + " more: -o json or -o csv have all of them");
        }
    }

    private static void gone(HealthReport report, Page page) {
        List<HealthReport.Gone> gone = report.past().gone();
        if (gone.isEmpty()) {
            return;
        }
        page.heading("GONE", "in the previous run, no longer listed by CloudWatch");
        for (HealthReport.Gone edge : gone.subList(0, Math.min(gone.size(), MOST_SPOTS))) {
            page.prose(
                    Style.PLAIN,
                    2,
                    2,
                    Foreign.clean(edge.edge().label(), NAME) + ", was "
                            + edge.before().words());
        }
        more(gone.size(), page);
    }

    private static void blindSpots(HealthReport report, Page page) {
        List<HealthReport.BlindSpot> spots = report.blindSpots();
        if (spots.isEmpty()) {
            return;
        }
        page.heading("BLIND SPOTS", "what this report cannot see");
        for (HealthReport.BlindSpot spot : spots.subList(0, Math.min(spots.size(), MOST_SPOTS))) {
            page.prose(
                    Style.PLAIN, 2, 2, Foreign.clean(spot.what(), NAME) + ": " + Foreign.clean(spot.why(), SENTENCE));
        }
        more(spots.size(), page);
    }

    private static void more(int size, Page page) {
        if (size > MOST_SPOTS) {
            page.prose(Style.DIM, 2, 2, "and " + Units.count(size - MOST_SPOTS) + " more: see -o json");
        }
    }

    private static void coverage(HealthBriefing briefing, Page page) {
        List<Coverage.Entry> missing = briefing.notWhole();
        if (missing.isEmpty()) {
            return;
        }
        page.heading("NOT READ WHOLE", "");
        for (Coverage.Entry entry : missing.subList(0, Math.min(missing.size(), MOST_SPOTS))) {
            page.prose(
                    Style.YELLOW,
                    2,
                    2,
                    Foreign.clean(entry.input(), NAME) + " "
                            + entry.state().id().replace('_', ' ')
                            + (entry.detail().isEmpty() ? "" : ": " + Foreign.clean(entry.detail(), SENTENCE)));
        }
        more(missing.size(), page);
    }

    /** The thresholds in a line. */
    static String judged(HealthThresholds thresholds) {
        return "thresholds: failing from " + Units.share(Math.round(thresholds.failing() * 10_000), 10_000)
                + " failed on, degraded from " + Units.share(Math.round(thresholds.degraded() * 10_000), 10_000)
                + " on; ok needs " + Units.count(thresholds.requestsNeeded(), "request")
                + ". Failed = 5xx that an application answered; what a proxy answers may be missing in CloudWatch.";
    }

    private static Style style(EdgeHealth edge) {
        Optional<Severity> severity = edge.judgement().severity();
        if (severity.isEmpty()) {
            return edge.judgement().state() == EdgeState.OK ? Style.GREEN : Style.YELLOW;
        }
        return severity.get() == Severity.ERROR ? Style.RED : Style.YELLOW;
    }

    private static String sign(EdgeHealth edge) {
        Optional<Severity> severity = edge.judgement().severity();
        if (severity.isEmpty()) {
            return edge.judgement().state() == EdgeState.OK ? "\u2713" : "?";
        }
        return severity.get() == Severity.ERROR ? "\u2717" : "!";
    }
}
