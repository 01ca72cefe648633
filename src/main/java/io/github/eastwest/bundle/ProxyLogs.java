package io.github.eastwest.bundle;

import io.github.eastwest.accesslog.AccessLogReader;
import io.github.eastwest.accesslog.LineSink;
import io.github.eastwest.accesslog.TruncatedStreamException;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.log.StreamSummary;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * The proxies' log streams in a bundle: as lines, or as Logs Insights answered about them. Where a side has both, the lines
 * are read and the answers are not, because they tell of the same requests.
 */
final class ProxyLogs {
    /** Above this share of lines that fit no known form a side's logs count as partly read. */
    private static final double UNPARSED_SHARE = 0.01;

    private final Bundle bundle;
    private final BiFunction<String, String, Side> side;
    private final List<Layout.LogFile> files = new ArrayList<>();
    private final List<Coverage.Entry> notes = new ArrayList<>();
    private final Set<String> rawStreams = new HashSet<>();
    private final Map<Side, SortedMap<String, Layout.InsightsFile>> insights = new EnumMap<>(Side.class);

    /**
     * A bundle's logs.
     *
     * @param side whose proxy wrote a stream, by folder and stream name
     */
    ProxyLogs(Bundle bundle, BiFunction<String, String, Side> side) {
        this.bundle = bundle;
        this.side = side;
        for (String path : bundle.paths()) {
            Layout.logFile(path).ifPresent(this::add);
        }
        for (String path : bundle.paths()) {
            Layout.insightsFile(path).ifPresent(this::add);
        }
    }

    private void add(Layout.InsightsFile file) {
        Side of = side.apply(file.folder(), "");
        boolean lines = files.stream().anyMatch(log -> side.apply(log.folder(), log.stream()) == of);
        if (of == Side.UNKNOWN) {
            ignore(file.path(), "nothing tells whose proxies it is about");
        } else if (lines) {
            ignore(file.path(), "the lines themselves lie in the bundle");
        } else {
            insights.computeIfAbsent(of, any -> new TreeMap<>()).put(file.path(), file);
        }
    }

    private void add(Layout.LogFile file) {
        if (file.events() || rawStreams.add(file.folder() + "/" + file.stream())) {
            files.add(file);
        } else {
            // "gzip -k" leaves both forms; reading both would count every request twice.
            ignore(file.path(), "the same stream lies beside it");
        }
    }

    private void ignore(String path, String why) {
        Coverage.Entry note = new Coverage.Entry(path, Coverage.State.NOT_COLLECTED, "ignored: " + why);
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    /** What one pass over all logs found. */
    static final class Pass {
        private final Map<String, StreamSummary> streams = new TreeMap<>();
        private final Map<Side, Faults> faults = new EnumMap<>(Side.class);
        private final Map<Side, Integer> files = new EnumMap<>(Side.class);
        private final Map<Side, InsightsLogs.Result> insights = new EnumMap<>(Side.class);
        private final List<Coverage.Entry> notes = new ArrayList<>();

        /** Names of all streams that were read. */
        Set<String> streamNames() {
            Set<String> names = new TreeSet<>();
            streams.values().forEach(stream -> names.add(stream.stream()));
            return names;
        }

        /** Every stream's counts, in order of side and name. */
        List<StreamSummary> streams() {
            return List.copyOf(streams.values());
        }

        /** Files that were not read, and why; and logs of which nothing tells the side. */
        List<Coverage.Entry> notes() {
            List<Coverage.Entry> all = new ArrayList<>(notes);
            long strays = count(Side.UNKNOWN);
            Faults stray = faults(Side.UNKNOWN);
            if (strays > 0 || stray.any()) {
                String which = strays == 0 ? "" : "streams of neither side or of an unknown side: " + strays;
                all.add(new Coverage.Entry(
                        Layout.LOG_LINES, Coverage.State.PARTIAL, Ledger.join(stray.detail(), which)));
            }
            return all;
        }

        private Faults faults(Side side) {
            return faults.computeIfAbsent(side, any -> new Faults());
        }

        private void add(StreamSummary summary) {
            // Several pages of events bring the same stream several times.
            streams.merge(summary.side().id() + "/" + summary.stream(), summary, Pass::sum);
        }

        private static StreamSummary sum(StreamSummary a, StreamSummary b) {
            boolean second = b.counts().access() > a.counts().access();
            return new StreamSummary(
                    a.stream(),
                    a.side(),
                    a.taskId().or(b::taskId),
                    a.counts().plus(b.counts()),
                    second ? b.format() : a.format(),
                    a.firstUnparsed().or(b::firstUnparsed));
        }

        private StreamSummary.LineCounts lines(Side of) {
            StreamSummary.LineCounts lines = new StreamSummary.LineCounts(0, 0, 0, 0, 0);
            for (StreamSummary stream : streams.values()) {
                if (stream.side() == of) {
                    lines = lines.plus(stream.counts());
                }
            }
            return lines;
        }

        /** Whether too many lines of the side, or all lines of one of its streams, fit no known form. */
        private boolean strange(Side of) {
            StreamSummary.LineCounts all = lines(of);
            // Lines that a query could not read all come back, others by a sample only.
            InsightsLogs.Result answers = insights.get(of);
            long there = Math.max(all.total(), answers == null ? 0 : answers.lines());
            return all.unparsed() > UNPARSED_SHARE * there
                    || streams.values().stream()
                            .filter(stream -> stream.side() == of)
                            .map(StreamSummary::counts)
                            .anyMatch(
                                    lines -> lines.unparsed() > 0 && lines.unparsed() + lines.blank() == lines.total());
        }

        private long count(Side of) {
            return streams.values().stream()
                    .filter(stream -> stream.side() == of)
                    .count();
        }
    }

    /** Names of all streams that lie in the bundle as files. */
    Set<String> streamNames() {
        Set<String> names = new TreeSet<>();
        files.forEach(file -> names.add(file.stream()));
        return names;
    }

    /**
     * Reads all logs once, in order of path, into a sink.
     *
     * @param window the time to count requests in; empty where it is not known yet
     */
    Pass read(LineSink sink, Optional<TimeWindow> window) {
        Pass pass = new Pass();
        pass.notes.addAll(notes);
        for (Layout.LogFile file : files) {
            if (file.events()) {
                readEvents(file, sink, pass);
            } else {
                readLines(file, sink, pass);
            }
        }
        insights.forEach((of, answers) -> {
            InsightsLogs.Result result = new InsightsLogs(
                            bundle, of, List.copyOf(answers.values()), stream -> side.apply("", stream), window)
                    .read(sink);
            pass.insights.put(of, result);
            pass.files.merge(of, answers.size(), Integer::sum);
            pass.faults(of).addAll(result.faults());
            result.streams().forEach(pass::add);
        });
        return pass;
    }

    private void readLines(Layout.LogFile file, LineSink sink, Pass pass) {
        Side of = side.apply(file.folder(), file.stream());
        pass.files.merge(of, 1, Integer::sum);
        try (LogInput in = bundle.openLog(file.path(), bundle.limits().logBytes())) {
            read(in, file.stream(), of, file.path(), sink, pass);
            in.fault().ifPresent(fault -> pass.faults(of).add(file.path() + " is " + fault));
        } catch (IOException fault) {
            pass.faults(of).add(file.path() + " cannot be read: " + Text.of(fault));
        }
    }

    private void readEvents(Layout.LogFile file, LineSink sink, Pass pass) {
        Side folder = side.apply(file.folder(), file.stream());
        EventLog events = new EventLog(
                () -> bundle.openLog(file.path(), bundle.limits().eventBytes()),
                file.path(),
                file.stream(),
                pass.faults(folder));
        try {
            boolean answer = events.forEachStream((stream, lines) -> {
                if (rawStreams.contains(file.folder() + "/" + stream)) {
                    pass.notes.add(new Coverage.Entry(
                            file.path(),
                            Coverage.State.NOT_COLLECTED,
                            "ignored: stream " + stream + " of it lies beside it as lines"));
                } else {
                    read(lines, stream, side.apply(file.folder(), stream), file.path(), sink, pass);
                }
            });
            if (!answer) {
                // Access lines in JSON, saved under the name that fits them.
                readLines(file, sink, pass);
            } else {
                pass.files.merge(folder, 1, Integer::sum);
            }
        } catch (IOException fault) {
            pass.faults(folder).add(file.path() + " cannot be read: " + Text.of(fault));
        }
    }

    private void read(InputStream lines, String stream, Side of, String path, LineSink sink, Pass pass)
            throws IOException {
        try {
            pass.add(AccessLogReader.read(
                    lines, stream, of, sink, bundle.limits().logBytes()));
        } catch (TruncatedStreamException cut) {
            pass.add(cut.summary());
            pass.faults(of).add(path + ": " + Text.of(cut));
        }
    }

    /**
     * The coverage of one side's logs.
     *
     * @param service the side's service, where its configuration was read
     */
    static Coverage.Entry coverage(
            Input input, Side of, Pass pass, Optional<Manifest.Statement> said, Optional<Service> service) {
        Faults faults = pass.faults.getOrDefault(of, new Faults());
        int files = pass.files.getOrDefault(of, 0);
        long streams = pass.count(of);
        if (files == 0 && streams == 0) {
            return said.isEmpty() && service.isPresent()
                    ? unlogged(input, service.get())
                    : Ledger.missing(input.id(), said, "no log of that side in the bundle");
        }
        StreamSummary.LineCounts lines = pass.lines(of);
        String read = streams
                + (streams == 1 ? " stream, " : " streams, ")
                + (lines.access() > 0
                        ? lines.access() + (lines.access() == 1 ? " access-log line" : " access-log lines")
                        : lines.total() == lines.blank() ? "no line" : "proxy log lines only");
        InsightsLogs.Result answers = pass.insights.get(of);
        String how = answers == null ? read : Ledger.join(read + " came back", answers.detail());
        String detail = Ledger.join(faults.detail(), Ledger.join(how, unparsed(lines)));
        if (lines.access() == 0) {
            return withoutAccessLines(input, said, service, faults.any() || pass.strange(of), lines, detail);
        }
        boolean whole = !faults.any() && !pass.strange(of);
        return Ledger.found(input.id(), said, whole ? Coverage.State.COMPLETE : Coverage.State.PARTIAL, detail);
    }

    /** No stream and no statement: the configuration may say why. */
    private static Coverage.Entry unlogged(Input input, Service service) {
        Optional<ServiceConnect> connect = service.serviceConnect().filter(ServiceConnect::enabled);
        if (service.primary().isEmpty()
                || connect.filter(ServiceConnect::logConfigured).isPresent()) {
            return new Coverage.Entry(input.id(), Coverage.State.NOT_COLLECTED, "");
        }
        return new Coverage.Entry(
                input.id(),
                Coverage.State.NOT_CONFIGURED,
                connect.isEmpty()
                        ? "service " + service.name() + " has no Service Connect proxy"
                        : "the Service Connect proxy of " + service.name() + " has no log configuration");
    }

    /**
     * Streams without a single access-log line: whether that means no request or no logging only the configuration knows,
     * and no data must not pass for no traffic.
     */
    private static Coverage.Entry withoutAccessLines(
            Input input,
            Optional<Manifest.Statement> said,
            Optional<Service> service,
            boolean damaged,
            StreamSummary.LineCounts lines,
            String detail) {
        if (lines.proxy() + lines.outlier() == 0 && damaged) {
            return Ledger.found(input.id(), said, Coverage.State.FAILED, detail);
        }
        if (said.filter(s -> s.state() == Coverage.State.NOT_CONFIGURED).isPresent()) {
            return new Coverage.Entry(
                    input.id(),
                    Coverage.State.NOT_CONFIGURED,
                    Ledger.join(detail, said.get().detail()));
        }
        Optional<ServiceConnect> connect = service.flatMap(Service::serviceConnect);
        if (connect.isPresent() && connect.get().accessLogFormat().isEmpty()) {
            return new Coverage.Entry(
                    input.id(), Coverage.State.NOT_CONFIGURED, detail + "; access logs are not configured");
        }
        Coverage.State state = damaged || connect.isEmpty() ? Coverage.State.PARTIAL : Coverage.State.COMPLETE;
        return Ledger.found(input.id(), said, state, detail);
    }

    private static String unparsed(StreamSummary.LineCounts lines) {
        return lines.unparsed() == 0 ? "" : lines.unparsed() + " of " + lines.total() + " lines fit no known form";
    }
}
