package io.github.eastwest.render;

import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.health.EdgeChange;
import io.github.eastwest.model.health.EdgeDiagnosis;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.EdgeState;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.model.health.HealthWindow;
import io.github.eastwest.model.report.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What every form of a health report says in the same words. Names of strangers are still to be made printable. */
public final class HealthBriefing {
    /** Which edges are told in full. */
    public static final int MOST_IN_FULL = 25;

    private static final int MOST_CHARACTERS = 600;
    private static final String LEVELS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
    private static final char ABSENT_PERIOD = '\u00B7';

    private final HealthReport report;

    /** The words for a report. */
    public HealthBriefing(HealthReport report) {
        this.report = report;
    }

    /** How the report as a whole is. */
    public enum Tone {
        FAULT("\u2717", "problems"),
        WARNING("!", "warnings"),
        INCONCLUSIVE("?", "inconclusive"),
        HEALTHY("\u2713", "healthy");

        private final String sign;
        private final String outcome;

        Tone(String sign, String outcome) {
            this.sign = sign;
            this.outcome = outcome;
        }

        /** A character that stands before the headline. */
        public String sign() {
            return sign;
        }

        /** The name used in every machine-readable output. */
        public String outcome() {
            return outcome;
        }
    }

    /** How the report as a whole is. */
    public Tone tone() {
        if (report.problems(Severity.ERROR) > 0) {
            return Tone.FAULT;
        }
        if (report.problems(Severity.WARNING) > 0) {
            return Tone.WARNING;
        }
        return report.gaps().isEmpty() ? Tone.HEALTHY : Tone.INCONCLUSIVE;
    }

    /** {@code 2 of 9 edges have a problem: 1 error, 1 warning}. */
    public String headline() {
        int edges = report.edges().size();
        int errors = report.problems(Severity.ERROR);
        int warnings = report.problems(Severity.WARNING);
        if (errors + warnings == 0) {
            return tone() == Tone.HEALTHY
                    ? "no problem on " + Units.count(edges, "edge")
                    : "no problem seen on " + Units.count(edges, "edge") + ", but not everything could be judged";
        }
        List<String> parts = new ArrayList<>();
        if (errors > 0) {
            parts.add(Units.count(errors, "error"));
        }
        if (warnings > 0) {
            parts.add(Units.count(warnings, "warning"));
        }
        return Units.count(errors + warnings) + " of " + Units.count(edges, "edge")
                + (errors + warnings == 1 ? " has" : " have") + " a problem: " + String.join(", ", parts);
    }

    /** When it looked, and what it compares with. */
    public String time() {
        HealthWindow window = report.window();
        String span = Units.span(window.window().from(), window.window().to()) + " ("
                + Units.duration(window.window().length()) + " in periods of "
                + Units.duration(Duration.ofSeconds(window.periodSeconds())) + ")";
        return window.samples() == 0
                ? span + "; earlier days were not compared"
                : span + "; compared with the hours from "
                        + Units.time(window.hours().from()) + " to "
                        + Units.time(window.hours().to()) + " of "
                        + (window.stepDays() == 1
                                ? Units.count(window.samples(), "earlier day")
                                : Units.count(window.samples(), "time") + " " + Units.count(window.stepDays(), "day")
                                        + " apart");
    }

    /** {@code 5 ok · 1 failing · 1 blind}. */
    public String states() {
        Map<EdgeState, Integer> states = report.states();
        String text = states.entrySet().stream()
                .map(entry ->
                        Units.count(entry.getValue()) + " " + entry.getKey().words())
                .collect(Collectors.joining(" \u00B7 "));
        return text.isEmpty() ? "no edge" : text;
    }

    /** How it stands against the previous run, in one line. */
    public String changes() {
        Optional<Instant> previous = report.past().previous();
        if (previous.isEmpty()) {
            return "No previous run to compare with.";
        }
        Map<EdgeChange, Integer> changes = report.changes();
        List<String> parts = new ArrayList<>();
        for (EdgeChange change : List.of(
                EdgeChange.NEW,
                EdgeChange.WORSE,
                EdgeChange.LOST,
                EdgeChange.BETTER,
                EdgeChange.RECOVERED,
                EdgeChange.APPEARED)) {
            if (changes.containsKey(change)) {
                parts.add(Units.count(changes.get(change)) + " " + change.id());
            }
        }
        if (!report.past().gone().isEmpty()) {
            parts.add(Units.count(report.past().gone().size()) + " gone");
        }
        int still = changes.getOrDefault(EdgeChange.STILL, 0);
        String run = "the run that ended " + Units.dateTime(previous.get());
        if (parts.isEmpty()) {
            return "Nothing changed since " + run
                    + (still == 0 ? "." : "; " + Units.count(still, "problem") + " still.");
        }
        if (still > 0) {
            parts.add(Units.count(still) + " still");
        }
        return "Against " + run + ": " + String.join(", ", parts) + ".";
    }

    /** Whether there is news: something changed, or nothing is known of an earlier run. */
    public boolean changed() {
        return report.past().previous().isEmpty()
                || !report.past().gone().isEmpty()
                || report.edges().stream()
                        .anyMatch(edge -> edge.since().change() != EdgeChange.UNCHANGED
                                && edge.since().change() != EdgeChange.STILL);
    }

    /** The report in a few lines of plain text. */
    public String notice() {
        StringBuilder text = new StringBuilder();
        text.append(tone().sign()).append(' ').append(headline()).append('\n');
        text.append(report.place()).append('\n').append(time()).append('\n');
        text.append(states()).append('\n').append(changes()).append('\n');
        report.gaps().forEach(gap -> text.append("not seen: ").append(gap).append('\n'));
        List<EdgeHealth> edges = inFull();
        for (EdgeHealth edge : edges.subList(0, Math.min(edges.size(), MOST_IN_FULL))) {
            String change = change(edge);
            text.append('\n')
                    .append(edge.edge().label())
                    .append(": ")
                    .append(edge.judgement().state().words())
                    .append(change.isEmpty() ? "" : " (" + change + ")")
                    .append(", ")
                    .append(calls(edge))
                    .append("\n  ")
                    .append(edge.judgement().reasons().get(0).text())
                    .append('\n');
            closer(edge).ifPresent(closer -> text.append("  ").append(closer).append('\n'));
        }
        if (edges.size() > MOST_IN_FULL) {
            text.append("\nand ").append(edges.size() - MOST_IN_FULL).append(" more\n");
        }
        StringBuilder clean = new StringBuilder();
        text.toString()
                .lines()
                .forEach(line ->
                        clean.append(Foreign.clean(line, MOST_CHARACTERS)).append('\n'));
        return clean.toString().replace(Units.THIN_SPACE, ' ');
    }

    /** Edges that are a problem or stopped being one, the worst change first. */
    public List<EdgeHealth> inFull() {
        return report.edges().stream().filter(HealthBriefing::matters).toList();
    }

    /** All other edges. */
    public List<EdgeHealth> others() {
        return report.edges().stream().filter(edge -> !matters(edge)).toList();
    }

    private static boolean matters(EdgeHealth edge) {
        EdgeChange change = edge.since().change();
        return edge.problem() || change == EdgeChange.RECOVERED || change == EdgeChange.LOST;
    }

    /** {@code new}, {@code still, since 2026-11-21 08:00:00Z}; empty without a previous run. */
    public static String change(EdgeHealth edge) {
        EdgeChange change = edge.since().change();
        if (change == EdgeChange.UNKNOWN || change == EdgeChange.UNCHANGED) {
            return "";
        }
        return change == EdgeChange.STILL
                ? change.id()
                        + edge.since()
                                .at()
                                .map(at -> ", since " + Units.dateTime(at))
                                .orElse("")
                : change.id()
                        + edge.since()
                                .before()
                                .map(before -> ", was " + before.words())
                                .orElse("");
    }

    /** {@code 412 of 9 310 failed (4.4 %)}, or that nothing was measured. */
    public static String calls(EdgeHealth edge) {
        return edge.now().requests().isEmpty()
                ? "no requests measured"
                : Units.count(edge.now().failed().orElse(0)) + " of "
                        + Units.count(edge.now().requests().getAsLong()) + " failed ("
                        + Units.share(
                                edge.now().failed().orElse(0),
                                edge.now().requests().getAsLong())
                        + ")";
    }

    /** Mean response time, or {@link Units#ABSENT}. */
    public static String responseTime(EdgeHealth edge) {
        return edge.now().responseMillis().isPresent()
                ? Units.count(Math.round(edge.now().responseMillis().getAsDouble())) + Units.THIN_SPACE + "ms"
                : Units.ABSENT;
    }

    /** Requests period by period. */
    public static String requestsLine(EdgeHealth edge) {
        return sparkline(edge, EdgeHealth.Period::requests);
    }

    /** Failed requests period by period. */
    public static String failedLine(EdgeHealth edge) {
        return sparkline(edge, EdgeHealth.Period::failed);
    }

    /** A character per period: a dot where nothing was measured, the lowest block for zero, up to a full one. */
    private static String sparkline(EdgeHealth edge, Function<EdgeHealth.Period, OptionalLong> value) {
        long most = edge.periods().stream()
                .mapToLong(period -> value.apply(period).orElse(0))
                .max()
                .orElse(0);
        StringBuilder line = new StringBuilder(edge.periods().size());
        for (EdgeHealth.Period period : edge.periods()) {
            line.append(level(value.apply(period), most));
        }
        return line.toString();
    }

    private static char level(OptionalLong value, long most) {
        if (value.isEmpty()) {
            return ABSENT_PERIOD;
        }
        long amount = value.getAsLong();
        int last = LEVELS.length() - 1;
        // What is not zero is never drawn as zero.
        return LEVELS.charAt(amount <= 0 ? 0 : (int) Math.max(1, Math.round((double) amount * last / most)));
    }

    /** Problems over the runs of the history, this one last; empty with fewer than two runs. */
    public Optional<String> trend() {
        List<HealthReport.TrendPoint> points = points();
        if (points.size() < 2) {
            return Optional.empty();
        }
        long most =
                points.stream().mapToLong(p -> p.errors() + p.warnings()).max().orElse(0);
        StringBuilder line = new StringBuilder();
        points.forEach(p -> line.append(level(OptionalLong.of(p.errors() + p.warnings()), Math.max(1, most))));
        return Optional.of(line + "  " + Units.count(points.size(), "run") + " since "
                + Units.dateTime(points.get(0).to()) + ", at most " + Units.count(most, "problem"));
    }

    /** The runs of the history, the oldest first, and this one. */
    public List<HealthReport.TrendPoint> points() {
        List<HealthReport.TrendPoint> points = new ArrayList<>(report.past().trend());
        points.add(report.point());
        return points;
    }

    /** What the closer look at an edge brought, in a sentence. */
    public static Optional<String> closer(EdgeHealth edge) {
        return edge.diagnosis().map(diagnosis -> {
            if (diagnosis.finding().isPresent()) {
                Finding finding = diagnosis.finding().get();
                return finding.cause().code() + " " + finding.cause().title() + " ("
                        + finding.assessment().verdict().id() + ", "
                        + Units.confidence(finding.assessment().confidence()) + " of 1, at "
                        + finding.assessment().hop().id() + "): " + finding.summary()
                        + (diagnosis.others() > 0 ? "; " + Units.count(diagnosis.others(), "other finding") : "");
            }
            return (diagnosis.outcome().equals(EdgeDiagnosis.NOT_DONE)
                            ? "not diagnosed"
                            : diagnosis.outcome().equals("healthy")
                                    ? "its logs and configuration show no cause"
                                    : diagnosis.outcome())
                    + (diagnosis.problem().isEmpty() ? "" : ": " + String.join("; ", diagnosis.problem()));
        });
    }

    /** Inputs that were not read whole. */
    public List<Coverage.Entry> notWhole() {
        return report.coverage().entries().stream()
                .filter(entry ->
                        entry.state() != Coverage.State.COMPLETE && entry.state() != Coverage.State.NOT_CONFIGURED)
                .toList();
    }

    /** The command to run next; empty when there is nothing to look into. */
    public Optional<String> next() {
        return report.edges().stream()
                .filter(EdgeHealth::problem)
                .findFirst()
                .map(edge -> "eastwest diagnose "
                        + Words.shell(edge.edge().caller()) + " "
                        + Words.shell(edge.callee().orElse(edge.edge().target()))
                        + (edge.edge().cluster().isEmpty()
                                ? ""
                                : " --cluster " + Words.shell(edge.edge().cluster()))
                        + " --from " + report.window().window().from() + " --to "
                        + report.window().window().to());
    }
}
