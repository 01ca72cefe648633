package io.github.eastwest.render.html;

import io.github.eastwest.classify.health.HealthThresholds;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.health.CallEdge;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.EdgeState;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.HealthBriefing;
import io.github.eastwest.render.HealthRenderer;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.Units;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The health report as one HTML file: {@code templates/health.html}, filled and escaped. */
public final class HealthHtmlRenderer implements HealthRenderer {
    /** Edges told in full, and in rows: beyond them a page is read by nobody, and the JSON and CSV reports have them. */
    static final int MOST_CARDS = 100;

    /** See {@link #MOST_CARDS}. */
    static final int MOST_LINES = 500;

    private static final int MOST_ITEMS = 200;
    private static final int NAME = 120;
    private static final int SENTENCE = 600;
    private static final int WIDTH = 280;
    private static final int HEIGHT = 40;
    private static final int MOST_RUNS = 100;

    private final HtmlPages pages = new HtmlPages(Templates.builtIn());

    @Override
    public void render(HealthReport report, HealthThresholds thresholds, ReportContext context, OutputStream out)
            throws IOException {
        HealthBriefing briefing = new HealthBriefing(report);
        List<EdgeHealth> full = briefing.inFull();
        List<EdgeHealth> others = briefing.others();
        HealthPage page = new HealthPage(
                head(report, briefing),
                tiles(report),
                "Drawings: requests in periods of "
                        + Units.duration(Duration.ofSeconds(report.window().periodSeconds()))
                        + ", failed ones red at the bottom; a thin line where nothing was measured.",
                full.stream().limit(MOST_CARDS).map(HealthHtmlRenderer::card).toList(),
                more(full.size() - MOST_CARDS),
                others.stream().limit(MOST_LINES).map(HealthHtmlRenderer::line).toList(),
                more(others.size() - MOST_LINES),
                report.past().gone().stream()
                        .limit(MOST_ITEMS)
                        .map(gone -> clean(gone.edge().label()) + ", was "
                                + gone.before().words())
                        .toList(),
                report.past().previous().isEmpty()
                        ? "No previous run to compare with."
                        : "No edge of the previous run is missing.",
                report.blindSpots().stream()
                        .limit(MOST_ITEMS)
                        .map(spot -> new HealthPage.Row(clean(spot.what()), sentence(spot.why())))
                        .toList(),
                trend(briefing),
                report.coverage().entries().stream()
                        .limit(MOST_ITEMS)
                        .map(entry -> List.of(
                                clean(entry.input()), entry.state().id().replace('_', ' '), sentence(entry.detail())))
                        .toList(),
                about(thresholds, context));
        pages.write("health", clean(report.scope().label()) + ": " + briefing.headline(), Map.of("report", page), out);
    }

    private static HealthPage.Head head(HealthReport report, HealthBriefing briefing) {
        return new HealthPage.Head(
                briefing.tone().name().toLowerCase(Locale.ROOT),
                briefing.tone().sign(),
                briefing.tone().outcome().toUpperCase(Locale.ROOT),
                briefing.headline(),
                briefing.changes(),
                clean(report.place()),
                briefing.time(),
                briefing.tone() == HealthBriefing.Tone.INCONCLUSIVE
                        ? "This is not a clean bill of health."
                        : "Not everything could be judged:",
                report.gaps().stream()
                        .limit(MOST_ITEMS)
                        .map(HealthHtmlRenderer::sentence)
                        .toList());
    }

    private static List<Tile> tiles(HealthReport report) {
        List<Tile> tiles = new ArrayList<>();
        report.states()
                .forEach((state, count) -> tiles.add(new Tile(
                        "n-" + state.id().replace('_', '-'), state.words(), Units.count(count), meaning(state))));
        return tiles;
    }

    private static String meaning(EdgeState state) {
        return switch (state) {
            case OK -> "enough requests, nothing above a threshold";
            case DEGRADED -> "above a threshold, or worse than on earlier days";
            case FAILING -> "far above a threshold, or no task is running";
            case TOO_FEW -> "requests were seen, too few to tell";
            case NO_DATA -> "no request in the window";
            case BLIND -> "no metric tells failures, or it was not read";
        };
    }

    private static HealthPage.Card card(EdgeHealth edge) {
        List<String> chips = new ArrayList<>();
        String change = HealthBriefing.change(edge);
        if (!change.isEmpty()) {
            chips.add(change);
        }
        chips.add(HealthBriefing.calls(edge));
        if (edge.now().responseMillis().isPresent()) {
            chips.add("mean response time " + HealthBriefing.responseTime(edge));
        }
        edge.callee()
                .filter(callee -> !callee.equals(edge.edge().target()))
                .ifPresent(callee -> chips.add("callee " + clean(callee)));
        Optional<Severity> severity = edge.judgement().severity();
        String tone = severity.isEmpty()
                ? edge.judgement().state() == EdgeState.OK ? "healthy" : "note"
                : severity.get() == Severity.ERROR ? "fault" : "warning";
        String sign = severity.isEmpty()
                ? edge.judgement().state() == EdgeState.OK ? "\u2713" : "?"
                : severity.get() == Severity.ERROR ? "\u2717" : "!";
        return new HealthPage.Card(
                id(edge.edge()),
                tone,
                clean(edge.edge().label()),
                sign + " " + edge.judgement().state().words(),
                chips,
                spark(edge),
                edge.judgement().reasons().stream()
                        .map(reason -> sentence(reason.text()))
                        .toList(),
                HealthBriefing.closer(edge).map(HealthHtmlRenderer::sentence).orElse(""),
                edge.diagnosis()
                        .flatMap(diagnosis -> diagnosis.finding())
                        .flatMap(finding -> finding.confirm().stream().findFirst())
                        .map(confirm -> HtmlReports.command(confirm.command()))
                        .orElse(""));
    }

    private static HealthPage.Line line(EdgeHealth edge) {
        return new HealthPage.Line(
                id(edge.edge()),
                clean(edge.edge().label()),
                edge.judgement().state().words(),
                edge.now().requests().isPresent()
                        ? Units.count(edge.now().requests().getAsLong())
                        : Units.ABSENT,
                edge.now().failed().isPresent()
                        ? Units.count(edge.now().failed().getAsLong())
                        : Units.ABSENT,
                HealthBriefing.responseTime(edge),
                spark(edge),
                edge.judgement().state() == EdgeState.OK
                        ? ""
                        : sentence(edge.judgement().reasons().get(0).text()));
    }

    /** Stable from run to run; other names never make the same one. */
    private static String id(CallEdge edge) {
        StringBuilder id = new StringBuilder("edge");
        for (String part : List.of(edge.cluster(), edge.caller(), edge.target())) {
            id.append('.');
            for (int i = 0; i < part.length(); i++) {
                char c = part.charAt(i);
                boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-';
                if (plain) {
                    id.append(c);
                } else {
                    id.append('_').append(Integer.toHexString(c)).append('_');
                }
            }
        }
        return id.toString();
    }

    private static HealthPage.Spark spark(EdgeHealth edge) {
        List<EdgeHealth.Period> periods = edge.periods();
        long most = Math.max(
                1, periods.stream().mapToLong(p -> p.requests().orElse(0)).max().orElse(1));
        StringBuilder answered = new StringBuilder();
        StringBuilder failed = new StringBuilder();
        StringBuilder absent = new StringBuilder();
        StringBuilder label = new StringBuilder("requests and failed ones by period:");
        for (int i = 0; i < periods.size(); i++) {
            EdgeHealth.Period period = periods.get(i);
            int left = i * WIDTH / periods.size();
            int width = Math.max(1, (i + 1) * WIDTH / periods.size() - left - 1);
            if (period.requests().isEmpty()) {
                absent.append(bar(left, HEIGHT - 2, width, 2));
                label.append(" not measured;");
                continue;
            }
            long requests = period.requests().getAsLong();
            long bad = Math.min(requests, period.failed().orElse(0));
            int tall = (int) (requests * HEIGHT / most);
            // What is not zero is never drawn as zero.
            int low = bad == 0 ? 0 : Math.max(1, (int) (bad * HEIGHT / most));
            answered.append(bar(left, HEIGHT - tall, width, Math.max(0, tall - low)));
            failed.append(bar(left, HEIGHT - low, width, low));
            label.append(' ').append(requests).append('/').append(bad).append(';');
        }
        return new HealthPage.Spark(label.toString(), answered.toString(), failed.toString(), absent.toString());
    }

    private static String bar(int x, int y, int width, int height) {
        return height <= 0 ? "" : "M" + x + " " + y + "h" + width + "v" + height + "h-" + width + "z";
    }

    /** Problems per run, errors below and warnings above. */
    private static Optional<Chart> trend(HealthBriefing briefing) {
        List<HealthReport.TrendPoint> all = briefing.points();
        List<HealthReport.TrendPoint> points = all.subList(Math.max(0, all.size() - MOST_RUNS), all.size());
        if (points.size() < 2) {
            return Optional.empty();
        }
        int most = Math.max(
                2,
                points.stream().mapToInt(p -> p.errors() + p.warnings()).max().orElse(2));
        // Even, so that the tick in the middle is a whole number.
        int top = most + most % 2;
        StringBuilder errors = new StringBuilder();
        StringBuilder warnings = new StringBuilder();
        List<Chart.Hover> hovers = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            HealthReport.TrendPoint point = points.get(i);
            int left = i * Chart.WIDTH / points.size();
            int width = Math.max(1, (i + 1) * Chart.WIDTH / points.size() - left - 1);
            int low = point.errors() * Chart.HEIGHT / top;
            int high = (point.errors() + point.warnings()) * Chart.HEIGHT / top;
            errors.append(bar(left, Chart.HEIGHT - low, width, low));
            warnings.append(bar(left, Chart.HEIGHT - high, width, high - low));
            String when = Units.dateTime(point.to());
            hovers.add(new Chart.Hover(
                    Integer.toString(left),
                    Integer.toString(width),
                    when + ": " + Units.count(point.errors(), "error") + ", "
                            + Units.count(point.warnings(), "warning") + " of "
                            + Units.count(point.edges(), "edge")));
            rows.add(List.of(
                    when,
                    Units.count(point.errors()),
                    Units.count(point.warnings()),
                    Units.count(point.unjudged()),
                    Units.count(point.edges())));
        }
        return Optional.of(new Chart(
                "problems per run",
                List.of(Units.count(top), Units.count(top / 2), "0"),
                List.of(
                        Units.dateTime(points.get(0).to()),
                        Units.dateTime(points.get(points.size() - 1).to())),
                List.of(new Chart.Shape("c0", errors.toString()), new Chart.Shape("c2", warnings.toString())),
                hovers,
                Chart.Overlay.NONE,
                List.of(new Chart.Legend("c0", "errors"), new Chart.Legend("c2", "warnings")),
                new Chart.Table(
                        List.of("run that ended", "errors", "warnings", "blind or too few requests", "edges"), rows)));
    }

    private static List<HealthPage.Row> about(HealthThresholds thresholds, ReportContext context) {
        return List.of(
                new HealthPage.Row("made by", clean(context.toolName()) + " " + clean(context.toolVersion())),
                new HealthPage.Row("exit code", Integer.toString(context.exitCode())),
                new HealthPage.Row(
                        "thresholds",
                        "failing from " + Units.share(Math.round(thresholds.failing() * 10_000), 10_000)
                                + " failed on, degraded from "
                                + Units.share(Math.round(thresholds.degraded() * 10_000), 10_000) + " on; ok needs "
                                + Units.count(thresholds.requestsNeeded(), "request")),
                new HealthPage.Row(
                        "measured",
                        "at the callers' proxies; failed = 5xx that an application answered: what a proxy answers may be"
                                + " missing in CloudWatch"));
    }

    private static String more(int number) {
        return number <= 0 ? "" : "and " + Units.count(number, "edge") + " more: the JSON and CSV reports have all.";
    }

    private static String clean(String foreign) {
        return Foreign.clean(foreign, NAME);
    }

    private static String sentence(String foreign) {
        return Foreign.clean(foreign, SENTENCE);
    }
}
