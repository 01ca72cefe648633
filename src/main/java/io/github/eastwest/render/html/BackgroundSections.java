package io.github.eastwest.render.html;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Gauge;
import io.github.eastwest.render.Units;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleFunction;

/** What changed, the ladder of time-outs, and capacity. */
final class BackgroundSections {
    private static final int CHANGES = 40;
    private static final int DETAILS = 30;
    private static final int RUNGS = 30;
    private static final int GAUGES = 12;

    private final Diagnosis diagnosis;
    private final Background background;

    BackgroundSections(Diagnosis diagnosis) {
        this.diagnosis = diagnosis;
        this.background = diagnosis.background();
    }

    /** @param anchors ids in the page; those of the changes shown are added */
    HtmlReport.Changes changes(Set<String> anchors) {
        List<HtmlReport.Change> rows = new ArrayList<>();
        for (Background.Change change : background.changes()) {
            if (rows.size() < CHANGES) {
                rows.add(change(change, anchors));
            }
        }
        String read = background.changesRead().isEmpty()
                ? rows.isEmpty() ? "Not measured: no source of changes was read." : ""
                : (rows.isEmpty() ? "No change found in the sources read: " : "Sources read: ")
                        + Clean.sentence(String.join(", ", background.changesRead())) + ".";
        boolean suspected =
                background.changes().stream().anyMatch(change -> change.rank().isPresent());
        String verdict = rows.isEmpty() || suspected
                ? ""
                : diagnosis.causes().findings().isEmpty()
                        ? "None of them is suspected: there is no finding that one could have set off."
                        : "None of them is suspected: none fits the findings by its time and by what it does.";
        return new HtmlReport.Changes(
                verdict, rows, Clean.left(background.changes().size() - rows.size(), "change"), read);
    }

    private HtmlReport.Change change(Background.Change change, Set<String> anchors) {
        String id = change.id().matches("C[0-9]{1,6}") && anchors.add(change.id()) ? change.id() : "";
        String suspicion = change.rank()
                .map(rank -> (rank == 1 ? "prime suspect" : "suspect " + Units.count(rank))
                        + change.mechanism()
                                .map(how -> ": " + Clean.sentence(how))
                                .orElse(""))
                .orElse("");
        return new HtmlReport.Change(
                id,
                Clean.moment(change.at(), diagnosis.window().from()),
                change.kind().id().replace('_', ' '),
                Clean.name(change.subject()),
                Clean.sentence(change.text()),
                Clean.name(change.source()),
                change.beforeOnset().map(BackgroundSections::when).orElse(""),
                suspicion,
                change.cause()
                        .map(cause -> new HtmlReport.Link(cause.code(), href(cause, anchors)))
                        .orElse(new HtmlReport.Link("", "")),
                change.details().stream()
                        .limit(DETAILS)
                        .map(difference -> new HtmlReport.Difference(
                                Clean.name(difference.name()),
                                Clean.sentence(difference.before().orElse("not set")),
                                Clean.sentence(difference.after().orElse("not set"))))
                        .toList());
    }

    private static String href(RootCause cause, Set<String> anchors) {
        return anchors.contains(cause.code()) ? "#" + cause.code() : "";
    }

    private static String when(Duration beforeOnset) {
        return beforeOnset.isZero()
                ? "at the onset"
                : Units.duration(beforeOnset.abs())
                        + (beforeOnset.isNegative() ? " after the onset" : " before the onset");
    }

    HtmlReport.Ladder ladder() {
        List<Background.Rung> shown = background.ladder().stream().limit(RUNGS).toList();
        long longest = shown.stream()
                .mapToLong(rung -> rung.limit()
                        .map(limit -> saturated(limit, Math.max(1, rung.attempts())))
                        .orElse(0L))
                .max()
                .orElse(0);
        return new HtmlReport.Ladder(
                shown.stream().map(rung -> rung(rung, Math.max(1, longest))).toList(),
                Clean.left(background.ladder().size() - shown.size(), "budget"));
    }

    private static long saturated(Duration limit, int attempts) {
        long millis = limit.toMillis();
        return millis > Long.MAX_VALUE / attempts ? Long.MAX_VALUE : millis * attempts;
    }

    private static HtmlReport.Rung rung(Background.Rung rung, long longest) {
        int attempts = Math.max(1, rung.attempts());
        String limit = rung.limit()
                .map(l -> Units.duration(l) + (attempts > 1 ? " \u00D7 " + Units.count(attempts, "attempt") : ""))
                .orElse("no limit");
        return new HtmlReport.Rung(
                Clean.name(rung.name()),
                rung.hop().id(),
                limit,
                rung.source()
                        .map(source -> Clean.name(rung.basis()) + ", " + Clean.name(source))
                        .orElse(rung.basis().equals("default") ? "documented default" : Clean.name(rung.basis())),
                rung.flagged().map(Clean::sentence).orElse(""),
                rung.limit().map(l -> width(l.toMillis(), longest)).orElse("1000"),
                rung.limit().map(l -> width(saturated(l, attempts), longest)).orElse("1000"),
                rung.limit().isEmpty());
    }

    private static String width(long millis, long longest) {
        return Charts.number(Math.max(2, 1000.0 * millis / longest));
    }

    HtmlReport.Capacity capacity() {
        List<HtmlReport.Multiple> charts = new ArrayList<>();
        for (Gauge gauge : diagnosis.gauges()) {
            if (charts.size() < GAUGES && !gauge.points().isEmpty() && gauge.periodSeconds() > 0) {
                charts.add(multiple(gauge));
            }
        }
        Coverage.State state = diagnosis.coverage().state(Input.METRICS);
        boolean metrics = diagnosis.gauges().stream()
                .anyMatch(gauge -> gauge.source().equals(Input.METRICS.id())
                        && !gauge.points().isEmpty());
        String absence = metrics
                ? ""
                : "Not measured: " + Input.METRICS.id()
                        + (diagnosis.coverage().isRead(Input.METRICS)
                                ? " has no CPU, memory or connection metric of this edge in the window."
                                : " is " + io.github.eastwest.render.Briefing.word(state) + ".");
        return new HtmlReport.Capacity(charts, absence);
    }

    private HtmlReport.Multiple multiple(Gauge gauge) {
        TreeMap<Instant, Double> points = new TreeMap<>();
        gauge.points().forEach(point -> points.merge(point.at(), point.value(), Math::max));
        long span = Duration.between(points.firstKey(), points.lastKey()).toSeconds() / gauge.periodSeconds() + 1;
        long merged = (span + TimeAxis.MAX_COLUMNS - 1) / TimeAxis.MAX_COLUMNS;
        int columns = (int) ((span + merged - 1) / merged);
        List<OptionalDouble> values = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            Instant from = points.firstKey().plusSeconds(i * merged * gauge.periodSeconds());
            values.add(points.subMap(from, from.plusSeconds(merged * gauge.periodSeconds())).values().stream()
                    .mapToDouble(Double::doubleValue)
                    .max());
            names.add(Clean.moment(from, diagnosis.window().from()).text());
        }
        boolean percent = gauge.unit().equals("%");
        DoubleFunction<String> format = value -> percent
                ? Charts.number(value) + Units.THIN_SPACE + "%"
                : value == StrictMath.rint(value) && Math.abs(value) < 1e15
                        ? Units.count((long) value)
                        : Charts.number(value);
        double highest = values.stream()
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .max()
                .orElse(0);
        String title = Clean.name(gauge.subject()) + ": " + Clean.name(gauge.name());
        String what =
                Clean.name(gauge.statistic()) + " per " + Units.duration(Duration.ofSeconds(gauge.periodSeconds()));
        return new HtmlReport.Multiple(
                title,
                "highest " + format.apply(highest) + ", " + what,
                LineChart.of(
                        title + ", " + what + ".",
                        "from",
                        new LineChart.Columns(
                                names, names.size() == 1 ? names : List.of(names.get(0), names.get(names.size() - 1))),
                        percent ? Scale.linear(Math.max(100, highest), format) : Scale.linear(highest, format),
                        List.of(new LineChart.Line("plain", what, values)),
                        Chart.Overlay.NONE));
    }
}
