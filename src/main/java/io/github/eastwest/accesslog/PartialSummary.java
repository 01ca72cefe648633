package io.github.eastwest.accesslog;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the lines of one piece of work say; {@link SummaryBuilder} adds them up. Bounded by the size of the piece. */
final class PartialSummary {
    /** Durations below are counted at their place in an array. */
    static final int SHORT_MILLIS = 1 << 10;

    static final int MOST_HOSTS = 2000;
    static final int MOST_EXAMPLES = 3;
    static final int BASES = Basis.values().length;
    static final int HOPS = Hop.values().length;
    static final int NO_HOST = 0;
    static final int OTHER_HOST = 1;
    /** Host numbers begin here. */
    static final int FIRST_HOST = 2;

    private static final int EXAMPLE_LENGTH = 400;

    /** Index of the source that the lines come from. */
    final int source;

    long access;
    long outlier;
    long proxy;
    long unparsed;
    long blank;
    final Map<String, Long> formats = new HashMap<>();

    @Nullable
    UnparsedAt firstUnparsed;

    final CellCounts cells = new CellCounts();
    final ByteKeys hosts = new ByteKeys(MOST_HOSTS);
    final int[] shortMillis = new int[SHORT_MILLIS];
    final CellCounts longMillis = new CellCounts();
    long firstStart = Long.MAX_VALUE;
    long lastStart = Long.MIN_VALUE;

    /** Lines by condition and basis. */
    final long[] basis = new long[Condition.values().length * BASES];
    /** Lines by condition and hop. */
    final long[] hops = new long[Condition.values().length * HOPS];

    final Map<Condition, List<LineAt>> examples = new EnumMap<>(Condition.class);
    /** Examples that stand in where there are not enough of the others. */
    final Map<Condition, List<LineAt>> furtherExamples = new EnumMap<>(Condition.class);

    /** Access lines that the filter leaves out. */
    long leftOut;

    long joined;
    final List<TopCounts> tops;

    final Map<String, Long> ejections = new HashMap<>();
    final Map<String, Long> proxyLevels = new HashMap<>();
    final List<LineAt> proxyExamples = new ArrayList<>();

    PartialSummary(int source, Choice choice) {
        this.source = source;
        this.tops = choice.tops().stream().map(top -> new TopCounts(top.by())).toList();
    }

    /** A line of the piece, numbered from 1 within it. */
    record LineAt(int source, long line, String text) {}

    /** An unreadable line of the piece, numbered from 1 within it. */
    record UnparsedAt(long line, int column, String reason, String excerpt) {}

    long lines() {
        return access + outlier + proxy + unparsed + blank;
    }

    /** Counts a line under its condition, host, status and minute, and its time. */
    void count(ScannedLine line, Condition condition) {
        cells.add(Cells.key(line.startMillis, line.status(), host(line), condition), 1);
        time(line);
        for (int i = 0; i < tops.size(); i++) {
            tops.get(i).count(line, condition);
        }
    }

    /** Counts how a line's condition is known, and who is at fault. */
    void count(Condition condition, Basis told, Hop hop) {
        basis[condition.ordinal() * BASES + told.ordinal()]++;
        hops[condition.ordinal() * HOPS + hop.ordinal()]++;
    }

    private int host(ScannedLine line) {
        if (!line.has(Fields.HOST)) {
            return NO_HOST;
        }
        int id = hosts.id(line.buffer, line.starts[Fields.HOST], line.ends[Fields.HOST]);
        return id < 0 ? OTHER_HOST : id + FIRST_HOST;
    }

    private void time(ScannedLine line) {
        long start = line.startMillis;
        if (start >= 0) {
            firstStart = Math.min(firstStart, start);
            lastStart = Math.max(lastStart, start);
        }
        long duration = line.numbers[Fields.DURATION];
        if (duration >= 0 && line.status() >= 0) {
            if (duration < SHORT_MILLIS) {
                shortMillis[(int) duration]++;
            } else {
                longMillis.add(duration, 1);
            }
        }
    }

    /**
     * Keeps a line as an example of its condition if there are not enough yet.
     *
     * @param sure whether the condition is beyond doubt
     * @param number of the line
     */
    void example(Condition condition, boolean sure, long number, byte[] b, int from, int to) {
        Map<Condition, List<LineAt>> all = sure ? examples : furtherExamples;
        List<LineAt> kept = all.get(condition);
        if (kept == null || kept.size() < MOST_EXAMPLES) {
            all.computeIfAbsent(condition, c -> new ArrayList<>(MOST_EXAMPLES))
                    .add(new LineAt(source, number, exampleText(b, from, to)));
        }
    }

    static String exampleText(byte[] b, int from, int to) {
        int end = Math.min(to, from + EXAMPLE_LENGTH);
        return Ascii.printable(b, from, end).strip() + (end < to ? "\u2026" : "");
    }

    /** Minute, status, host number and condition in one word. */
    static final class Cells {
        private static final int CONDITION_BITS = 5;
        private static final int HOST_BITS = 13;
        private static final int STATUS_BITS = 10;
        private static final long MILLIS_PER_MINUTE = 60_000;
        private static final Condition[] CONDITIONS = Condition.values();

        private Cells() {}

        static long key(long startMillis, int status, int host, Condition condition) {
            long minute = startMillis < 0 ? 0 : startMillis / MILLIS_PER_MINUTE + 1;
            return ((minute << STATUS_BITS | status + 1) << HOST_BITS | host) << CONDITION_BITS | condition.ordinal();
        }

        static Condition condition(long key) {
            return CONDITIONS[(int) key & (1 << CONDITION_BITS) - 1];
        }

        static int host(long key) {
            return (int) (key >>> CONDITION_BITS) & (1 << HOST_BITS) - 1;
        }

        static int status(long key) {
            return ((int) (key >>> CONDITION_BITS + HOST_BITS) & (1 << STATUS_BITS) - 1) - 1;
        }

        /** Minutes since the epoch, or {@link AccessLogEntry#ABSENT}. */
        static long minute(long key) {
            return (key >>> CONDITION_BITS + HOST_BITS + STATUS_BITS) - 1;
        }
    }
}
