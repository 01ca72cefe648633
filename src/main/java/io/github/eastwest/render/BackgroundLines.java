package io.github.eastwest.render;

import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Background.Change;
import io.github.eastwest.model.report.Background.Control;
import io.github.eastwest.model.report.Background.Onset;
import io.github.eastwest.model.report.Background.Rung;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A diagnosis' background in short lines, the same for every format that shows it in brief; JSON and HTML have all of it. */
public final class BackgroundLines {
    private static final int MOST_CHANGES = 4;
    private static final int MOST_CONTROLS = 6;
    private static final long PER_MILLION = 1_000_000;

    private BackgroundLines() {}

    /**
     * One line.
     *
     * @param label {@code onset}, {@code change}, {@code timeout}, {@code control} or {@code usual}
     * @param text foreign text among it, not yet cleaned
     * @param warning whether it points to something wrong
     */
    public record Line(String label, String text, boolean warning) {}

    /** The lines of that background; what was not measured says so. */
    public static List<Line> of(Background background) {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(
                "onset",
                background
                        .onset()
                        .map(BackgroundLines::words)
                        .orElse("not measured: too few failures, or no change point among them"),
                false));
        changes(background, lines);
        for (Rung rung : background.ladder()) {
            lines.add(new Line("timeout", words(rung), rung.flagged().isPresent()));
        }
        controls(background, lines);
        lines.add(new Line(
                "usual",
                background.noiseFloor().map(Background.NoiseFloor::text).orElse("not measured: no history in the data"),
                background.noiseFloor().filter(Background.NoiseFloor::exceeded).isPresent()));
        return lines;
    }

    /** When the failures began and how long they lasted. */
    public static String words(Onset onset) {
        String condition = onset.condition().map(c -> c.id()).orElse("5xx answers");
        String lasts =
                onset.until().map(until -> ", until " + Units.time(until)).orElse(", to the end of the window");
        String share = share(onset.after()) + " of calls fail";
        if (onset.atStart()) {
            return "there when the window began (" + Units.dateTime(onset.earliest()) + "), so it may be older: "
                    + share + lasts + ", mostly " + condition;
        }
        Duration band = Duration.between(onset.earliest(), onset.latest());
        String when = band.toSeconds() == 0
                ? Units.dateTime(onset.latest())
                : "between " + Units.dateTime(onset.earliest()) + " and " + Units.time(onset.latest());
        return when + ": " + share + ", before "
                + (onset.before().isPresent() ? share(onset.before().getAsDouble()) : Units.ABSENT) + lasts
                + ", mostly "
                + condition;
    }

    private static String share(double share) {
        return Units.share(Math.round(share * PER_MILLION), PER_MILLION);
    }

    private static void changes(Background background, List<Line> lines) {
        List<Change> suspected = background.changes().stream()
                .filter(c -> c.rank().isPresent())
                .sorted(Comparator.comparing(c -> c.rank().orElseThrow()))
                .toList();
        for (Change change : suspected.stream().limit(MOST_CHANGES).toList()) {
            lines.add(new Line(
                    "change",
                    change.rank().map(rank -> rank + ". ").orElse("")
                            + words(change)
                            + change.cause().map(c -> " \u2192 " + c.code()).orElse("")
                            + change.mechanism().map(m -> ": " + m).orElse(""),
                    true));
        }
        if (suspected.isEmpty()) {
            String looked = background.changesRead().isEmpty()
                    ? "no source of changes was read"
                    : "in the sources read (" + String.join(", ", background.changesRead()) + ")";
            boolean none = background.changes().isEmpty();
            lines.add(new Line(
                    "change",
                    background.changesRead().isEmpty()
                            ? "not looked for: " + looked
                            : none
                                    ? "no change found " + looked
                                    : "no change found before the onset that can bring it about, " + looked,
                    false));
        }
        List<Change> after = background.changes().stream()
                .filter(c -> c.beforeOnset().filter(Duration::isNegative).isPresent())
                .limit(MOST_CHANGES)
                .toList();
        for (Change change : after) {
            lines.add(new Line("later", words(change), false));
        }
    }

    /** A change with its time and its distance from the onset. */
    public static String words(Change change) {
        String delay = change.beforeOnset().map(BackgroundLines::delay).orElse("");
        return change.id() + " " + Units.dateTime(change.at()) + delay + " " + change.text() + " [" + change.source()
                + "]";
    }

    private static String delay(Duration beforeOnset) {
        if (beforeOnset.isZero()) {
            return " (at the onset)";
        }
        return beforeOnset.isNegative()
                ? " (" + Units.duration(beforeOnset.negated()) + " after the onset)"
                : " (" + Units.duration(beforeOnset) + " before)";
    }

    /** A budget of time with what is wrong about it. */
    public static String words(Rung rung) {
        String attempts = rung.attempts() > 1 ? ", " + rung.attempts() + " attempts" : "";
        return rung.name() + ": "
                + rung.limit().map(limit -> limit(limit)).orElse("off")
                + " (" + rung.basis() + attempts + ", " + rung.hop().id() + ")"
                + rung.flagged().map(flag -> " \u2717 " + flag).orElse("");
    }

    private static String limit(Duration limit) {
        return limit.toMillis() % 1000 == 0
                ? Units.duration(limit)
                : Units.count(limit.toMillis()) + Units.THIN_SPACE + "ms";
    }

    private static void controls(Background background, List<Line> lines) {
        List<Control> telling = background.controls().stream()
                .filter(c -> !c.verdict().equals("too_few"))
                .toList();
        // Parts that are all alike tell nothing in particular: only where some are spared, or others share an end.
        List<Control> shown = telling.stream()
                .filter(c -> c.kind().startsWith("other_")
                        || telling.stream()
                                .anyMatch(o ->
                                        o.kind().equals(c.kind()) && o.verdict().equals("spared")))
                .sorted(Comparator.comparing((Control c) -> !c.kind().startsWith("other_"))
                        .thenComparing(c -> c.verdict().equals("spared")))
                .limit(MOST_CONTROLS)
                .toList();
        for (Control control : shown) {
            lines.add(new Line(
                    "control",
                    control.kind().replace('_', ' ') + " " + control.name() + " " + control.text(),
                    control.verdict().equals("hit")));
        }
        if (telling.isEmpty()) {
            Optional<String> few = background.controls().isEmpty()
                    ? Optional.empty()
                    : Optional.of(background.controls().stream()
                            .map(c -> c.kind().replace('_', ' '))
                            .distinct()
                            .collect(Collectors.joining(", ")));
            lines.add(new Line(
                    "control",
                    few.map(kinds -> "too few calls to compare (" + kinds + ")")
                            .orElse("nobody to compare with in the sources read"),
                    false));
        } else if (shown.isEmpty()) {
            lines.add(new Line(
                    "control",
                    telling.stream()
                                    .map(c -> c.kind().replace('_', ' ') + "s")
                                    .distinct()
                                    .collect(Collectors.joining(", "))
                            + " are all hit alike",
                    false));
        }
    }
}
