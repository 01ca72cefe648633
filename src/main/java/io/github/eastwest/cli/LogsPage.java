package io.github.eastwest.cli;

import io.github.eastwest.accesslog.AccessLogSummary;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Units;
import io.github.eastwest.render.html.HtmlPages;
import io.github.eastwest.render.html.Templates;
import io.github.eastwest.render.html.Tile;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The summary of {@code eastwest logs} as one HTML file: {@code templates/logs.html}, filled and escaped. */
public final class LogsPage {
    private static final int NAME = 120;
    private static final int LINE = 600;
    private static final int MOST_ROWS = 200;

    private static final Set<String> NUMBERS = Set.of("lines", "failed", "share");

    private LogsPage() {}

    /**
     * What the template shows.
     *
     * @param tone {@code fault}, {@code note}, or {@code inconclusive} where something could not be read
     * @param notes what limits the headline
     */
    public record Model(
            String tone, String sign, String headline, List<String> notes, List<Tile> tiles, List<Table> tables) {}

    /**
     * A table.
     *
     * @param id anchor
     * @param note what is left out of it; may be empty
     */
    public record Table(String id, String title, List<String> columns, List<List<String>> rows, String note) {
        /** Whether a column holds numbers. */
        public boolean number(int column) {
            return NUMBERS.contains(columns.get(column));
        }

        /** Whether it holds no numbers at all. */
        public boolean text() {
            return columns.stream().noneMatch(NUMBERS::contains);
        }
    }

    /** Writes the page. */
    static void write(AccessLogSummary summary, OutputStream out) throws IOException {
        AccessLogSummary.Requests requests = summary.requests();
        List<String> notes = notes(summary);
        boolean cut = summary.sources().stream()
                .anyMatch(source -> source.endedEarly().isPresent());
        String headline = requests.count() == 0
                ? "Nothing can be said about requests: no access line was selected."
                : Units.count(requests.failed()) + " of " + Units.count(requests.count(), "request") + " failed ("
                        + Units.share(requests.failed(), requests.count()) + ").";
        boolean unknown = requests.count() == 0 || cut;
        String tone = requests.failed() > 0 ? "fault" : unknown ? "inconclusive" : "note";
        String sign = requests.failed() > 0 ? "\u2717" : unknown ? "?" : "\u2022";
        new HtmlPages(Templates.builtIn())
                .write(
                        "logs",
                        "eastwest logs: " + headline,
                        Map.of("report", new Model(tone, sign, headline, notes, tiles(summary), tables(summary))),
                        out);
    }

    private static List<String> notes(AccessLogSummary summary) {
        List<String> notes = new ArrayList<>();
        AccessLogSummary.Selection selection = summary.lines().selection();
        if (!selection.asked().isEmpty()) {
            notes.add("Only lines with " + Foreign.clean(String.join(", ", selection.asked()), LINE) + "; "
                    + Units.count(selection.leftOut(), "access line") + " left out.");
        }
        summary.requests()
                .span()
                .ifPresent(span -> notes.add("Starts from " + Units.dateTime(Instant.ofEpochMilli(span.from())) + " to "
                        + Units.dateTime(Instant.ofEpochMilli(span.to())) + "."));
        summary.sources().stream()
                .filter(source -> source.endedEarly().isPresent())
                .limit(MOST_ROWS)
                .forEach(source -> notes.add("Cut short after line " + source.lines() + ": "
                        + Foreign.clean(source.name(), NAME) + ": "
                        + Foreign.clean(source.endedEarly().orElse(""), NAME)));
        return notes;
    }

    private static List<Tile> tiles(AccessLogSummary summary) {
        List<Tile> tiles = new ArrayList<>();
        AccessLogSummary.Requests requests = summary.requests();
        tiles.add(new Tile("", "requests", Units.count(requests.count()), "access lines that were selected"));
        tiles.add(new Tile("", "failed", Units.count(requests.failed()), "by their condition"));
        Optional<AccessLogSummary.Latency> latency = requests.latency();
        tiles.add(new Tile("", "p50", latency.map(l -> millis(l.p50())).orElse("not measured"), "half took no longer"));
        tiles.add(new Tile(
                "", "p99", latency.map(l -> millis(l.p99())).orElse("not measured"), "one percent took longer"));
        tiles.add(new Tile(
                "",
                "unparsed",
                Units.count(summary.lines().counts().unparsed()),
                "of " + Units.count(summary.lines().counts().total(), "line")));
        return tiles;
    }

    private static String millis(long millis) {
        return Units.count(millis) + "\u00a0ms";
    }

    private static List<Table> tables(AccessLogSummary summary) {
        List<Table> tables = new ArrayList<>();
        tables.add(new Table(
                "conditions",
                "Conditions",
                List.of("condition", "lines", "share", "basis", "made by"),
                summary.conditions().stream()
                        .map(c -> List.of(
                                c.condition().id(),
                                Units.count(c.count()),
                                Units.share(c.count(), summary.requests().count()),
                                c.basis().id(),
                                c.condition().failure()
                                        ? c.mainHop().map(Hop::id).orElse("")
                                        : ""))
                        .toList(),
                ""));
        List<List<String>> hosts = new ArrayList<>();
        summary.hosts().hosts().forEach(host -> hosts.add(row(host.host().orElse("(none chosen)"), host.count())));
        tables.add(counts("hosts", "Upstream hosts", hosts, summary.hosts().other(), ""));
        for (AccessLogSummary.Top top : summary.tops()) {
            List<List<String>> rows = new ArrayList<>();
            top.top().forEach(value -> rows.add(row(value.value().orElse("(none)"), value.count())));
            String shortBy = top.shortBy() == 0
                    ? ""
                    : "Too many values to keep: each may have up to " + Units.count(top.shortBy(), "line") + " more.";
            String title = "Top by " + top.by().id().toLowerCase(Locale.ROOT);
            tables.add(counts("top-" + top.by().id(), title, rows, top.other(), shortBy));
        }
        tables.add(minutes(summary.minutes()));
        tables.add(examples(summary));
        return tables;
    }

    private static Table counts(
            String id, String title, List<List<String>> rows, AccessLogSummary.FailedCount others, String note) {
        List<List<String>> all = new ArrayList<>(rows.subList(0, Math.min(MOST_ROWS, rows.size())));
        if (others.count() > 0) {
            all.add(row("all others", others));
        }
        String cut = rows.size() > MOST_ROWS
                ? Units.count(rows.size() - MOST_ROWS, "row") + " more in the JSON output. "
                : "";
        return new Table(id, title, List.of("name", "lines", "failed", "share", "mostly"), all, (cut + note).strip());
    }

    private static List<String> row(String name, AccessLogSummary.FailedCount count) {
        String mostly = count.conditions().entrySet().stream()
                .max(Map.Entry.<Condition, Long>comparingByValue()
                        .thenComparing(
                                Map.Entry.<Condition, Long>comparingByKey().reversed()))
                .map(entry -> entry.getKey().id())
                .orElse("");
        return List.of(
                Foreign.clean(name, NAME),
                Units.count(count.count()),
                Units.count(count.failed()),
                Units.share(count.failed(), count.count()),
                mostly);
    }

    private static Table minutes(AccessLogSummary.Minutes minutes) {
        List<AccessLogSummary.MinuteCount> worst = minutes.minutes().stream()
                .filter(minute -> minute.count().failed() > 0)
                .sorted(Comparator.comparingLong((AccessLogSummary.MinuteCount minute) ->
                                -minute.count().failed())
                        .thenComparingLong(AccessLogSummary.MinuteCount::startMillis))
                .limit(MOST_ROWS)
                .sorted(Comparator.comparingLong(AccessLogSummary.MinuteCount::startMillis))
                .toList();
        return new Table(
                "minutes",
                minutes.widthMinutes() == 1 ? "Minutes with failures" : "Times with failures",
                List.of("from", "lines", "failed", "share", "mostly"),
                worst.stream()
                        .map(minute -> row(Units.dateTime(Instant.ofEpochMilli(minute.startMillis())), minute.count()))
                        .toList(),
                worst.size() == MOST_ROWS ? "The " + MOST_ROWS + " worst; the JSON output has all." : "");
    }

    private static Table examples(AccessLogSummary summary) {
        List<List<String>> rows = new ArrayList<>();
        for (AccessLogSummary.ConditionCount condition : summary.conditions()) {
            if (condition.condition().failure()) {
                condition
                        .examples()
                        .forEach(example -> rows.add(List.of(
                                condition.condition().id(),
                                Foreign.clean(example.source(), NAME) + ":" + example.line(),
                                Foreign.clean(example.text(), LINE))));
            }
        }
        return new Table("examples", "Examples of failures", List.of("condition", "where", "line"), rows, "");
    }
}
