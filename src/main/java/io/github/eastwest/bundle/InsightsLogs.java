package io.github.eastwest.bundle;

import io.github.eastwest.accesslog.AccessLogReader;
import io.github.eastwest.accesslog.AccessLogReader.DrawnLine;
import io.github.eastwest.accesslog.LineSample;
import io.github.eastwest.accesslog.LineSample.Drawn;
import io.github.eastwest.accesslog.LineSink;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;
import io.github.eastwest.model.log.StreamSummary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One side's logs as Logs Insights answered about them: {@code counts} and {@code errors} give exact numbers, {@code lines}
 * the remarkable lines and a sample, {@code partners} all lines of some requests.
 *
 * <p>Rows become lines again, by stream and in order of time. A line that several answers bring counts once: it is the same
 * if stream, time and text are the same. Only where one answer brings it several times, under several {@code @ptr}, were
 * there several.
 *
 * <p>The query that was run lies beside each answer: without it nobody knows what the answer leaves out.
 */
final class InsightsLogs {
    private static final int MOST_ROWS = 1_000_000;
    /** Characters of all rows together. */
    private static final long MOST_CHARACTERS = 256L << 20;

    private static final int MOST_SLICES = 1000;
    private static final Pattern CLASSES = Pattern.compile("(\\[[0-9A-Za-z-]+])+");

    private final Bundle bundle;
    private final Side side;
    private final List<Layout.InsightsFile> files;
    private final Function<String, Side> sideOfTask;
    private final Optional<TimeWindow> window;

    private final Faults faults = new Faults();
    private final List<Row> rows = new ArrayList<>();
    private long characters;
    private int answers;

    /**
     * A side's answers.
     *
     * @param files one entry per answer
     * @param sideOfTask the side that a stream's task belongs to
     * @param window the time to count in; empty for all
     */
    InsightsLogs(
            Bundle bundle,
            Side side,
            List<Layout.InsightsFile> files,
            Function<String, Side> sideOfTask,
            Optional<TimeWindow> window) {
        this.bundle = bundle;
        this.side = side;
        this.files = files;
        this.sideOfTask = sideOfTask;
        this.window = window;
    }

    /**
     * A line that an answer brought.
     *
     * @param id CloudWatch's pointer to it; empty when the row has none
     * @param read whether the query could read it as an access line
     * @param asked whether {@code lines} brought it
     * @param answer number of the answer
     */
    private record Row(String stream, String time, String message, String id, boolean read, boolean asked, int answer) {
        private static final Comparator<Row> ORDER = Comparator.comparing(Row::stream)
                .thenComparing(Row::time)
                .thenComparing(Row::message)
                .thenComparingInt(Row::answer);

        boolean isSame(Row other) {
            return stream.equals(other.stream) && time.equals(other.time) && message.equals(other.message);
        }
    }

    /**
     * What was read.
     *
     * @param streams each stream's counts of lines that came back
     * @param faults what is missing or wrong
     * @param detail what came back, in words
     * @param lines how many lines there are, as far as is known: more than came back
     */
    record Result(List<StreamSummary> streams, Faults faults, String detail, long lines) {}

    /** Reads everything into a sink. */
    Result read(LineSink sink) {
        Lines lines = lines();
        Set<String> lookedUp = partners();
        Optional<InsightsCounts> unremarkable = counts("counts", false);
        Optional<InsightsCounts> remarkable = counts("errors", true);
        judgeNumbers(lines, unremarkable, remarkable);
        LineSample sample = new LineSample(
                side,
                lines.sample(),
                lookedUp,
                lines.whole(),
                unremarkable.map(InsightsCounts::counts),
                remarkable.map(InsightsCounts::counts));
        sink.sample(sample);
        Tally tally = new Tally(sink, window);
        List<StreamSummary> streams = deliver(tally);
        return new Result(
                streams,
                faults,
                words(lines, tally, unremarkable, remarkable, lookedUp.size()),
                unremarkable.map(InsightsCounts::total).orElse(0L)
                        + remarkable.map(InsightsCounts::total).orElse(0L));
    }

    // --- answers ----------------------------------------------------------------------------------------------------

    /**
     * The {@code lines} answers.
     *
     * @param sample which requests belong to the sample
     * @param failures which remarkable lines came back
     * @param whole whether all that was asked for came back
     */
    private record Lines(String sample, String failures, boolean whole) {}

    private Lines lines() {
        List<Layout.InsightsFile> all = of("lines");
        // The answer of the first attempt, which was cut, may lie beside the slices of the second.
        List<Layout.InsightsFile> slices =
                all.stream().filter(file -> file.slices() > 1).toList();
        List<Layout.InsightsFile> used = slices.isEmpty() ? all : slices;
        boolean whole = !used.isEmpty();
        if (used.isEmpty()) {
            faults.add("no answer of the query lines");
        }
        Set<String> samples = new TreeSet<>();
        Set<String> failures = new TreeSet<>();
        Set<Integer> missing = new TreeSet<>();
        for (Layout.InsightsFile file : used) {
            for (int slice = 1; slice <= Math.min(file.slices(), MOST_SLICES); slice++) {
                missing.add(slice);
            }
        }
        for (Layout.InsightsFile file : used) {
            missing.remove(file.slice());
            Optional<InsightsQuery> query = query(file);
            query.flatMap(text -> text.parameter("sample")).ifPresent(samples::add);
            query.flatMap(text -> text.parameter("failures")).ifPresent(failures::add);
            whole &= query.isPresent();
            answers++;
            whole &= answer(file, false, row -> add(row, true));
        }
        if (!missing.isEmpty()) {
            faults.add("of " + used.get(0).slices() + " slices of the query lines these are missing: "
                    + missing.stream().limit(10).map(String::valueOf).collect(Collectors.joining(", ")));
        }
        Optional<String> sample = only(samples);
        if (!used.isEmpty() && sample.isEmpty()) {
            faults.add("which requests the sample took is not known");
        }
        Optional<String> remarkable = only(failures);
        if (remarkable.filter(classes -> !classes.equals(LineSample.ALL)).isPresent()) {
            faults.add("of remarkable requests only those were asked for whose id ends in " + remarkable.get());
        }
        return new Lines(
                sample.orElse(LineSample.ALL),
                remarkable.orElse(LineSample.ALL),
                whole && missing.isEmpty() && sample.isPresent());
    }

    private static Optional<String> only(Set<String> values) {
        return values.size() == 1
                ? values.stream()
                        .filter(value -> CLASSES.matcher(value).matches())
                        .findFirst()
                : Optional.empty();
    }

    /** Reads the lines of requests looked up; the ids of those that came back whole. */
    private Set<String> partners() {
        Set<String> ids = new HashSet<>();
        for (Layout.InsightsFile file : of("partners")) {
            Optional<InsightsQuery> query = query(file);
            answers++;
            if (answer(file, false, row -> add(row, false)) && query.isPresent()) {
                ids.addAll(query.get().ids());
            }
        }
        return ids;
    }

    private Optional<InsightsCounts> counts(String name, boolean remarkable) {
        List<Layout.InsightsFile> found = of(name);
        Optional<InsightsCounts> counts = Optional.empty();
        for (Layout.InsightsFile file : found) {
            InsightsCounts read =
                    new InsightsCounts(remarkable, window, query(file).flatMap(InsightsLogs::asked));
            if (answer(file, true, read::add)) {
                counts = Optional.of(read);
            }
            if (read.isStrange()) {
                faults.add(file.path() + ".json has rows that are no counts");
                return Optional.empty();
            }
            if (read.isCut()) {
                faults.add("the window begins or ends within a time step of " + file.path()
                        + ".json: the number of requests is estimated");
            }
        }
        // Several answers would have to share the work in a way that no query of ours does.
        return found.size() == 1 ? counts : Optional.empty();
    }

    private static Optional<TimeWindow> asked(InsightsQuery query) {
        Optional<java.time.Instant> from = query.parameter("from").flatMap(Times::parse);
        Optional<java.time.Instant> to = query.parameter("to").flatMap(Times::parse);
        return from.isPresent() && to.isPresent() && to.get().isAfter(from.get())
                ? Optional.of(new TimeWindow(from.get(), to.get()))
                : Optional.empty();
    }

    private List<Layout.InsightsFile> of(String query) {
        return files.stream().filter(file -> file.query().equals(query)).toList();
    }

    private Optional<InsightsQuery> query(Layout.InsightsFile file) {
        Optional<InsightsQuery> query = InsightsQuery.read(bundle, file.path() + ".cwl");
        if (query.isEmpty()) {
            faults.add("the query of " + file.path() + ".json does not lie beside it");
        }
        return query;
    }

    /** Reads an answer; whether it is there and holds everything that it was asked for. */
    private boolean answer(
            Layout.InsightsFile file, boolean aggregated, java.util.function.Predicate<Map<String, String>> each) {
        String path = file.path() + ".json";
        if (!bundle.paths().contains(path)) {
            faults.add(path + " is missing");
            return false;
        }
        try (LogInput in = bundle.openLog(path, bundle.limits().eventBytes())) {
            Optional<InsightsAnswer> answer = InsightsAnswer.read(in, path, faults, each);
            Optional<String> shortfall = answer.flatMap(found -> found.shortfall(aggregated));
            shortfall.ifPresent(why -> faults.add(path + " " + why));
            return answer.isPresent() && shortfall.isEmpty();
        } catch (IOException fault) {
            faults.add(path + " cannot be read: " + Text.of(fault));
            return false;
        }
    }

    private boolean add(Map<String, String> row, boolean asked) {
        String message = row.get("@message");
        if (message == null) {
            faults.add("a row of " + side.id() + "'s lines has no @message");
            return true;
        }
        String stream = Text.printable(row.getOrDefault("@logStream", "unknown").replace('/', '_'));
        Side other = sideOfTask.apply(stream);
        if (other != Side.UNKNOWN && other != side) {
            faults.add("stream " + stream + " belongs to the " + other.id());
            return true;
        }
        Row line = new Row(
                stream,
                row.getOrDefault("@timestamp", ""),
                message,
                row.getOrDefault("@ptr", ""),
                !row.getOrDefault("began", "").isEmpty(),
                asked,
                answers);
        characters += message.length() + line.id().length() + line.time().length();
        if (rows.size() >= MOST_ROWS || characters > MOST_CHARACTERS) {
            faults.add("the answers have more than " + rows.size() + " lines: the rest was not read");
            return false;
        }
        rows.add(line);
        return true;
    }

    // --- lines ------------------------------------------------------------------------------------------------------

    private List<StreamSummary> deliver(LineSink sink) {
        rows.sort(Row.ORDER);
        List<StreamSummary> streams = new ArrayList<>();
        List<DrawnLine> lines = new ArrayList<>();
        String stream = "";
        int at = 0;
        while (at < rows.size()) {
            int end = at + 1;
            while (end < rows.size() && rows.get(end).isSame(rows.get(at))) {
                end++;
            }
            if (!rows.get(at).stream().equals(stream) && !lines.isEmpty()) {
                streams.add(AccessLogReader.read(lines, stream, side, sink));
                lines = new ArrayList<>();
            }
            stream = rows.get(at).stream();
            List<Row> same = rows.subList(at, end);
            DrawnLine line = new DrawnLine(rows.get(at).message(), drawn(same));
            for (int i = copies(same); i > 0; i--) {
                lines.add(line);
            }
            at = end;
        }
        if (!lines.isEmpty()) {
            streams.add(AccessLogReader.read(lines, stream, side, sink));
        }
        return streams;
    }

    private static Drawn drawn(List<Row> same) {
        if (same.stream().noneMatch(Row::read)) {
            return Drawn.UNREAD;
        }
        return same.stream().anyMatch(Row::asked) ? Drawn.ASKED : Drawn.LOOKED_UP;
    }

    /** How many lines of the same text there were at the same time in the same stream. */
    private static int copies(List<Row> same) {
        Map<Integer, Set<String>> idsByAnswer = new HashMap<>();
        same.forEach(row -> idsByAnswer
                .computeIfAbsent(row.answer(), answer -> new LinkedHashSet<>())
                .add(row.id()));
        return idsByAnswer.values().stream().mapToInt(Set::size).max().orElse(1);
    }

    /** Counts what is delivered. */
    private static final class Tally implements LineSink {
        private final LineSink sink;
        private final Optional<TimeWindow> window;
        private long remarkable;
        private long unremarkable;

        Tally(LineSink sink, Optional<TimeWindow> window) {
            this.sink = sink;
            this.window = window;
        }

        @Override
        public void access(AccessLogEntry entry, String format, Drawn drawn) {
            boolean counted = drawn == Drawn.ASKED
                    && window.filter(w -> w.containsMillis(entry.startMillis())).isPresent();
            if (counted && LineSample.isRemarkable(entry)) {
                remarkable++;
            } else if (counted) {
                unremarkable++;
            }
            sink.access(entry, format, drawn);
        }

        @Override
        public void access(AccessLogEntry entry, String format) {
            sink.access(entry, format);
        }

        @Override
        public void outlier(OutlierEvent event) {
            sink.outlier(event);
        }

        @Override
        public void proxy(ProxyLogLine line) {
            sink.proxy(line);
        }
    }

    // --- words ------------------------------------------------------------------------------------------------------

    /** Numbers that are not known. */
    private void judgeNumbers(Lines lines, Optional<InsightsCounts> unremarkable, Optional<InsightsCounts> remarkable) {
        boolean all = lines.whole() && lines.sample().equals(LineSample.ALL);
        if (unremarkable.isEmpty() && !all) {
            faults.add("no whole answer of the query counts: the number of requests is estimated");
        }
        boolean allRemarkable = lines.whole() && lines.failures().equals(LineSample.ALL);
        if (remarkable.isEmpty() && !allRemarkable) {
            faults.add("no whole answer of the query errors: failed requests may be missing");
        }
    }

    private String words(
            Lines lines,
            Tally tally,
            Optional<InsightsCounts> unremarkable,
            Optional<InsightsCounts> remarkable,
            int lookedUp) {
        if (window.isEmpty()) {
            return "";
        }
        boolean all = lines.sample().equals(LineSample.ALL);
        long others = unremarkable.map(InsightsCounts::total).orElse(-1L);
        long failed = remarkable.map(InsightsCounts::total).orElse(-1L);
        if (lines.whole() && lines.failures().equals(LineSample.ALL) && failed >= 0 && failed != tally.remarkable) {
            faults.add(failed + " remarkable requests were counted, and " + tally.remarkable + " came back");
        }
        if (lines.whole() && others >= 0 && (tally.unremarkable > others || all && tally.unremarkable < others)) {
            faults.add(others + " other requests were counted, and " + tally.unremarkable + " came back");
        }
        if (others > 0 && tally.unremarkable == 0) {
            faults.add("none of " + others + " answered requests came back");
        }
        return "read by Logs Insights: " + part(tally.remarkable, failed) + " remarkable and "
                + part(tally.unremarkable, others) + " other requests"
                + (all ? "" : ", a sample by the request id (its end is " + lines.sample() + ")")
                + (lookedUp == 0 ? "" : ", and all lines of " + lookedUp + " requests looked up");
    }

    private static String part(long some, long all) {
        return all < 0 ? some + " of an unknown number of" : some + " of " + all;
    }
}
