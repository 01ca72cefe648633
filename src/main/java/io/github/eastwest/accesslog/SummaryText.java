package io.github.eastwest.accesslog;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.log.StreamSummary;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A summary as text of at most 80 columns, the most important first. */
public final class SummaryText {
    private static final int WIDTH = 80;
    private static final int LISTED = 8;
    private static final int NAME_WIDTH = 21;
    private static final String BOLD = "\u001B[1m";
    private static final String RED = "\u001B[31m";
    private static final String DIM = "\u001B[2m";
    private static final String RESET = "\u001B[0m";

    private final StringBuilder text = new StringBuilder();
    private final boolean color;

    private SummaryText(boolean color) {
        this.color = color;
    }

    /**
     * The summary as lines.
     *
     * @param color whether to use ANSI colours
     */
    public static String of(AccessLogSummary summary, boolean color) {
        SummaryText page = new SummaryText(color);
        page.head(summary);
        page.conditions(summary);
        page.statuses(summary);
        page.hosts(summary);
        summary.tops().forEach(page::top);
        page.minutes(summary);
        page.latency(summary);
        page.others(summary);
        page.lines(summary);
        return page.text.toString();
    }

    private void head(AccessLogSummary summary) {
        AccessLogSummary.Requests requests = summary.requests();
        long connections = summary.statuses().stream()
                .filter(status -> status.status() < 0)
                .mapToLong(AccessLogSummary.StatusCount::count)
                .sum();
        String what = connections == 0
                ? "requests"
                : connections == requests.count() ? "connections" : "requests and connections";
        if (requests.count() == 0 && summary.lines().counts().access() > 0) {
            line(BOLD, "The filter leaves no request: nothing can be said about requests.");
        } else if (requests.count() == 0) {
            line(BOLD, "No access-log lines: nothing can be said about requests.");
        } else if (requests.failed() == 0) {
            line(BOLD, "None of " + count(requests.count()) + " " + what + " failed.");
        } else {
            line(
                    BOLD,
                    count(requests.failed()) + " of " + count(requests.count()) + " " + what + " failed ("
                            + share(requests.failed(), requests.count()) + ").");
        }
        AccessLogSummary.Selection selection = summary.lines().selection();
        if (!selection.asked().isEmpty()) {
            line(
                    "",
                    "Selected " + count(requests.count()) + " of " + count(requests.count() + selection.leftOut())
                            + " access lines by");
            wrapped(Ascii.printable(String.join(", ", selection.asked())));
        }
        requests.span()
                .ifPresent(span -> line(
                        "", "Starts from " + LineJson.isoMillis(span.from()) + " to " + LineJson.isoMillis(span.to())));
    }

    private void conditions(AccessLogSummary summary) {
        if (summary.conditions().isEmpty()) {
            return;
        }
        blank();
        line(
                BOLD,
                String.format(Locale.ROOT, "%-33s %12s %8s  %-8s %s", "Condition", "lines", "share", "basis", "hop"));
        for (AccessLogSummary.ConditionCount counted : summary.conditions()) {
            String hop = counted.mainHop()
                    .map(main -> main.id() + (counted.hops().size() > 1 ? " +" : ""))
                    .orElse("");
            boolean failure = counted.condition().failure();
            line(
                    failure ? RED : "",
                    String.format(
                            Locale.ROOT,
                            "  %-31s %12s %8s  %-8s %s",
                            counted.condition().id(),
                            count(counted.count()),
                            share(counted.count(), summary.requests().count()),
                            counted.basis().id(),
                            failure ? hop : ""));
        }
        if (summary.requests().joined() > 0) {
            line(
                    DIM,
                    "  " + count(summary.requests().joined()) + " lines were judged together with the callee's line.");
        }
        for (AccessLogSummary.ConditionCount counted : summary.conditions()) {
            if (counted.condition().failure() && !counted.examples().isEmpty()) {
                example(counted.condition().id(), counted.examples().get(0));
            }
        }
    }

    private void example(String about, AccessLogSummary.Example example) {
        blank();
        String where = "  " + about + ", line " + example.line() + " of ";
        line(DIM, where + name(example.source(), WIDTH - where.length()));
        wrapped(example.text());
    }

    private void statuses(AccessLogSummary summary) {
        if (summary.statuses().isEmpty()) {
            return;
        }
        blank();
        StringBuilder row = new StringBuilder("Status   ");
        for (AccessLogSummary.StatusCount counted : summary.statuses()) {
            String item = (counted.status() < 0 ? "connections" : Integer.toString(counted.status())) + ": "
                    + count(counted.count());
            if (row.length() + item.length() + 2 > WIDTH) {
                line("", row.toString().stripTrailing());
                row = new StringBuilder("         ");
            }
            row.append(item).append("  ");
        }
        line("", row.toString().stripTrailing());
    }

    private void hosts(AccessLogSummary summary) {
        AccessLogSummary.Hosts hosts = summary.hosts();
        if (hosts.hosts().isEmpty()) {
            return;
        }
        table("Upstream host");
        int listed = Math.min(LISTED, hosts.hosts().size());
        for (AccessLogSummary.HostCount host : hosts.hosts().subList(0, listed)) {
            row(host.host().orElse("(none chosen)"), host.count());
        }
        long more = hosts.other().count();
        long moreFailed = hosts.other().failed();
        for (AccessLogSummary.HostCount host :
                hosts.hosts().subList(listed, hosts.hosts().size())) {
            more += host.count().count();
            moreFailed += host.count().failed();
        }
        rest(more, moreFailed);
    }

    private void top(AccessLogSummary.Top top) {
        if (top.top().isEmpty()) {
            return;
        }
        table(
                switch (top.by()) {
                    case HOST -> "Top upstream hosts";
                    case PATH -> "Top paths";
                    case CALLER -> "Top callers";
                });
        for (AccessLogSummary.TopCount value : top.top()) {
            String name = value.value().orElse("(none)");
            if (name.length() > NAME_WIDTH) {
                // A path tells nothing by its end alone.
                wrapped(Ascii.printable(name));
                name = "";
            }
            row(name, value.count());
        }
        rest(top.other().count(), top.other().failed());
        if (top.shortBy() > 0) {
            line(DIM, "  Too many to keep: each may have up to " + count(top.shortBy()) + " lines more.");
        }
    }

    private void minutes(AccessLogSummary summary) {
        AccessLogSummary.Minutes minutes = summary.minutes();
        if (summary.requests().failed() == 0 || minutes.minutes().isEmpty()) {
            return;
        }
        table(minutes.widthMinutes() == 1 ? "Worst minutes" : "Worst " + minutes.widthMinutes() / 60 + " h");
        List<AccessLogSummary.MinuteCount> worst = minutes.minutes().stream()
                .filter(minute -> minute.count().failed() > 0)
                .sorted(Comparator.comparingLong((AccessLogSummary.MinuteCount minute) ->
                                -minute.count().failed())
                        .thenComparingLong(AccessLogSummary.MinuteCount::startMillis))
                .limit(LISTED)
                .sorted(Comparator.comparingLong(AccessLogSummary.MinuteCount::startMillis))
                .toList();
        long listed = 0;
        long listedFailed = 0;
        for (AccessLogSummary.MinuteCount minute : worst) {
            row(LineJson.isoMillis(minute.startMillis()).substring(0, 16) + "Z", minute.count());
            listed += minute.count().count();
            listedFailed += minute.count().failed();
        }
        rest(summary.requests().count() - listed, summary.requests().failed() - listedFailed);
    }

    private void table(String title) {
        blank();
        line(BOLD, String.format(Locale.ROOT, "%-23s %9s %8s %7s  %s", title, "lines", "failed", "share", "mostly"));
    }

    private void row(String name, AccessLogSummary.FailedCount count) {
        String mostly = "";
        long most = 0;
        for (Condition condition : Condition.values()) {
            long failures = count.conditions().getOrDefault(condition, 0L);
            if (failures > most) {
                most = failures;
                mostly = condition.id();
            }
        }
        line("", cells(name(name, NAME_WIDTH), count.count(), count.failed(), mostly));
    }

    private void rest(long lines, long failed) {
        if (lines > 0) {
            line(DIM, cells("all others", lines, failed, ""));
        }
    }

    private static String cells(String name, long lines, long failed, String mostly) {
        return String.format(
                        Locale.ROOT,
                        "  %-" + NAME_WIDTH + "s %9s %8s %7s  %s",
                        name,
                        count(lines),
                        count(failed),
                        share(failed, lines),
                        mostly)
                .stripTrailing();
    }

    private void latency(AccessLogSummary summary) {
        summary.requests().latency().ifPresent(latency -> {
            blank();
            line(
                    "",
                    "Latency  p50 " + millis(latency.p50()) + "  p90 " + millis(latency.p90()) + "  p99 "
                            + millis(latency.p99()) + "  p99.9 " + millis(latency.p999()) + "  max "
                            + millis(latency.max()));
        });
    }

    private void others(AccessLogSummary summary) {
        AccessLogSummary.Others others = summary.others();
        if (!others.ejections().isEmpty()) {
            blank();
            line(BOLD, "Ejections by outlier detection (enforced)");
            for (AccessLogSummary.NamedCount host :
                    others.ejections().stream().limit(LISTED).toList()) {
                line("", String.format(Locale.ROOT, "  %-31s %12s", name(host.name(), 31), count(host.count())));
            }
            long more = others.ejections().stream()
                    .skip(LISTED)
                    .mapToLong(AccessLogSummary.NamedCount::count)
                    .sum();
            if (more > 0) {
                line(DIM, String.format(Locale.ROOT, "  %-31s %12s", "all others", count(more)));
            }
        }
        if (!others.proxyExamples().isEmpty()) {
            blank();
            line(BOLD, "Warnings and errors of the proxies");
            for (AccessLogSummary.Example example : others.proxyExamples()) {
                wrapped(example.text());
            }
        }
    }

    /** A log line over several lines: its end matters as much as its beginning. */
    private void wrapped(String logLine) {
        int width = WIDTH - 4;
        for (int from = 0; from < logLine.length(); from += width) {
            line("", "    " + logLine.substring(from, Math.min(logLine.length(), from + width)));
        }
    }

    private void lines(AccessLogSummary summary) {
        blank();
        StreamSummary.LineCounts counts = summary.lines().counts();
        line(
                "",
                "Lines    " + count(counts.total()) + " = " + count(counts.access()) + " access + "
                        + count(counts.outlier()) + " outlier events + " + count(counts.proxy()) + " proxy log");
        line("", "         + " + count(counts.unparsed()) + " unparsed + " + count(counts.blank()) + " blank");
        long leftOut = summary.lines().selection().leftOut();
        if (leftOut > 0) {
            line("", "         " + count(leftOut) + " of the access lines left out by the filter");
        }
        for (AccessLogSummary.NamedCount format : summary.lines().formats()) {
            line("", "         " + count(format.count()) + " " + format.name());
        }
        summary.lines().firstUnparsed().ifPresent(unparsed -> {
            blank();
            line(
                    RED,
                    "First unparsed: line " + unparsed.line().line() + ", column "
                            + unparsed.line().column() + ": " + unparsed.line().reason());
            line("", "  in " + name(unparsed.source(), WIDTH - 5));
            wrapped(unparsed.line().excerpt());
        });
        for (AccessLogSummary.Source source : summary.sources()) {
            source.endedEarly().ifPresent(reason -> {
                line(RED, "Cut short: " + name(source.name(), WIDTH - 12));
                line("", "  after line " + source.lines() + ": " + Ascii.printable(reason));
            });
        }
    }

    private void blank() {
        text.append('\n');
    }

    private void line(String style, String content) {
        String trimmed = content.stripTrailing();
        String cut = trimmed.length() > WIDTH ? trimmed.substring(0, WIDTH - 1) + "\u2026" : trimmed;
        if (color && !style.isEmpty()) {
            text.append(style).append(cut).append(RESET).append('\n');
        } else {
            text.append(cut).append('\n');
        }
    }

    /** The end of a long name tells more than its beginning. */
    private static String name(String name, int width) {
        String clean = Ascii.printable(name);
        return clean.length() <= width ? clean : "\u2026" + clean.substring(clean.length() - width + 1);
    }

    private static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static String share(long part, long whole) {
        if (whole == 0) {
            return "\u2014";
        }
        double percent = 100.0 * part / whole;
        if (part > 0 && percent < 0.01) {
            return "<0.01 %";
        }
        return String.format(Locale.ROOT, percent < 10 ? "%.2f %%" : "%.1f %%", percent);
    }

    private static String millis(long millis) {
        return count(millis) + " ms";
    }
}
