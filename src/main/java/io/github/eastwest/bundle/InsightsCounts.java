package io.github.eastwest.bundle;

import io.github.eastwest.accesslog.LineSample;
import io.github.eastwest.accesslog.LineSample.Count;
import io.github.eastwest.accesslog.LineSample.Way;
import io.github.eastwest.model.TimeWindow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the rows of a {@code counts} or {@code errors} answer that lie in the window. A bucket that the window cuts counts
 * by the part that lies inside.
 */
final class InsightsCounts {
    private static final int MOST_KINDS = 20_000;

    private final boolean remarkable;
    private final Optional<TimeWindow> window;
    private final Optional<TimeWindow> asked;
    private final Map<Count, Double> lines = new LinkedHashMap<>();
    private boolean strange;
    private boolean cut;

    /**
     * Nothing counted yet.
     *
     * @param remarkable whether the rows are those of {@code errors}
     * @param window empty to count all
     * @param asked the time that the query was about; empty where it is not known
     */
    InsightsCounts(boolean remarkable, Optional<TimeWindow> window, Optional<TimeWindow> asked) {
        this.remarkable = remarkable;
        this.window = window;
        this.asked = asked;
    }

    /** Adds a row. */
    boolean add(Map<String, String> row) {
        double number = number(row.get("lines"));
        if (!(number >= 0)) {
            strange = true;
            return true;
        }
        double share = share(row.get("bucket"));
        Count kind = kind(row);
        if (share > 0 && (lines.containsKey(kind) || lines.size() < MOST_KINDS)) {
            lines.merge(kind, number * share, Double::sum);
        }
        return true;
    }

    private Count kind(Map<String, String> row) {
        Way way = Way.of(row.get("way"));
        double code = number(row.get("code"));
        boolean tcp = !(code >= 0);
        String name = textOrEmpty(row.get("name"));
        boolean answered = textOrEmpty(row.get("own")).isEmpty() && !present(row.get("own"));
        double reply = number(row.get("reply"));
        boolean failed = remarkable
                && LineSample.failed(
                        tcp ? -1 : (int) Math.min(code, 999),
                        present(row.get("grpc")) ? textOrNull(row.get("grpc")) : null,
                        reply >= 0 ? (long) reply : -1,
                        way != Way.NONE || answered);
        return new Count(name.toLowerCase(Locale.ROOT), way, tcp, remarkable, failed, 1);
    }

    private static boolean present(@Nullable String value) {
        return value != null && !value.isEmpty();
    }

    private static String textOrEmpty(@Nullable String value) {
        String text = textOrNull(value);
        return text == null ? "" : text;
    }

    /** {@code -} and {@code null} are what proxies print where there is nothing. */
    private static @Nullable String textOrNull(@Nullable String value) {
        return value == null || value.isEmpty() || value.equals("-") || value.equals("null") ? null : value;
    }

    private static double number(@Nullable String value) {
        if (value == null || !value.matches("\\d{1,15}(\\.\\d{1,9})?([eE]\\+?\\d{1,2})?")) {
            return Double.NaN;
        }
        double number = Double.parseDouble(value);
        return number < 1e15 ? number : Double.NaN;
    }

    /** The part of a bucket's lines that lies in the window. */
    private double share(@Nullable String bucket) {
        if (window.isEmpty()) {
            return 1;
        }
        Optional<TimeWindow> whole = bucket(bucket);
        if (whole.isEmpty()) {
            strange = true;
            return 1;
        }
        long from = whole.get().from().toEpochMilli();
        long to = whole.get().to().toEpochMilli();
        if (asked.isPresent()) {
            from = Math.max(from, asked.get().from().toEpochMilli());
            to = Math.min(to, asked.get().to().toEpochMilli());
        }
        long begin = Math.max(from, window.get().from().toEpochMilli());
        long end = Math.min(to, window.get().to().toEpochMilli());
        if (begin >= end) {
            return 0;
        }
        cut |= begin > from || end < to;
        return (double) (end - begin) / (to - from);
    }

    /** The time that begins with those characters: {@code 2026-11-21T12:4} is ten minutes. */
    private static Optional<TimeWindow> bucket(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        long seconds = switch (text.length()) {
            case 19 -> 1;
            case 18 -> 10;
            case 16 -> 60;
            case 15 -> 600;
            case 13 -> 3600;
            default -> 0;
        };
        String rest = "0000-00-00T00:00:00Z";
        return seconds == 0
                ? Optional.empty()
                : Times.parse(text + rest.substring(text.length()))
                        .map(from -> new TimeWindow(from, from.plusSeconds(seconds)));
    }

    /** Whether a row was not understood. */
    boolean isStrange() {
        return strange;
    }

    /** Whether the window cuts a bucket, so that the numbers are estimates. */
    boolean isCut() {
        return cut;
    }

    /** The numbers. */
    List<Count> counts() {
        List<Count> counts = new ArrayList<>();
        lines.forEach((kind, number) -> counts.add(kind.times(Math.round(number))));
        return counts;
    }

    /** All lines together. */
    long total() {
        return counts().stream().mapToLong(Count::lines).sum();
    }
}
