package io.github.eastwest.accesslog;

import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Analyses any number of sources in bounded memory, whatever their size, with all processors and a result that does not depend on them.
 *
 * <p>One pass counts the lines that need no thought and learns what the inference needs; the others, usually failures, are set aside and
 * judged when everything has been learned. Where several sources hold both sides of requests, a second pass over the callee's sources
 * fetches the lines that belong to the caller's failures. Only {@link #lines} reads everything twice: each line's condition may depend on
 * lines behind it.
 */
public final class LogAnalysis implements AutoCloseable {
    private static final int MOST_THREADS = 8;
    /** Bytes of lines set aside in memory; more go to a temporary file, where packing them takes longer than all else. */
    private static final long SPOOL_MEMORY =
            Math.max(24L << 20, Runtime.getRuntime().maxMemory() / 8);
    /** Plain lines at the beginning of a source that all teach; of later ones only one of {@link #SAMPLE}. */
    private static final int ALL_TEACH = 4096;

    private static final int SAMPLE = 256;

    private final List<LogSource> sources;
    private final int threads;
    private final LineSpool spool = new LineSpool(SPOOL_MEMORY);
    private final Observations learned = new Observations();
    private final Choice choice;
    private final SummaryBuilder builder;
    private boolean oneSided;
    private final SourceChunks.Sizes sizes;
    /** By source, the number of lines before each of its pieces. */
    private final List<List<Long>> linesBefore = new ArrayList<>();

    private Partners partners = Partners.NONE;
    private Optional<ConditionInference> inference = Optional.empty();
    private List<SourceChunks.Fault> faults = List.of();

    /**
     * An analysis.
     *
     * @param sources what to read, in the order of the output
     * @param choice which lines to count, and by what
     */
    public LogAnalysis(List<LogSource> sources, Choice choice) {
        this(sources, choice, mostThreads());
    }

    LogAnalysis(List<LogSource> sources, int threads) {
        this(sources, Choice.ALL, threads);
    }

    LogAnalysis(List<LogSource> sources, Choice choice, int threads) {
        this(sources, choice, threads, new SourceChunks.Sizes(sources.size()));
    }

    /** @param ends bytes to read of each plain file, or {@link SourceChunks.Sizes#UNKNOWN} */
    LogAnalysis(List<LogSource> sources, Choice choice, long[] ends) {
        this(sources, choice, mostThreads(), new SourceChunks.Sizes(ends));
    }

    private LogAnalysis(List<LogSource> sources, Choice choice, int threads, SourceChunks.Sizes sizes) {
        this.sources = new ArrayList<>(sources);
        this.choice = choice;
        this.threads = threads;
        this.builder = new SummaryBuilder(this.sources, choice);
        this.oneSided = !Partners.mayExist(this.sources);
        this.sizes = sizes;
        this.sources.forEach(source -> linesBefore.add(new ArrayList<>()));
    }

    private static int mostThreads() {
        return Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Reads all sources for the latest time in any of their lines, milliseconds since the epoch.
     *
     * @return empty if no line has a time
     */
    public static OptionalLong newest(List<LogSource> sources) throws IOException {
        List<Integer> all = IntStream.range(0, sources.size()).boxed().toList();
        long[] newest = {AccessLogEntry.ABSENT};
        try (SourceChunks chunks =
                new SourceChunks(sources, all, SourceChunks.SIDE_BY_SIDE, new SourceChunks.Sizes(sources.size()))) {
            OrderedParallel.<SourceChunks.Piece, Long>run(
                    mostThreads(), chunks::take, NewestTime::new, time -> newest[0] = Math.max(newest[0], time));
        }
        return newest[0] < 0 ? OptionalLong.empty() : OptionalLong.of(newest[0]);
    }

    /** Finds the latest time of a piece. */
    private static final class NewestTime implements OrderedParallel.Worker<SourceChunks.Piece, Long> {
        private final LineScanner scanner = new LineScanner();
        private final ScannedLine line = new ScannedLine();

        @Override
        public SourceChunks.Piece holder() {
            return new SourceChunks.Piece();
        }

        @Override
        public Long work(SourceChunks.Piece piece) throws IOException {
            long newest = AccessLogEntry.ABSENT;
            while (piece.next()) {
                int at = 0;
                while (at < piece.chunk.length) {
                    at = scanner.glance(piece.chunk.buffer, at, piece.chunk.length, line) + 1;
                    newest = Math.max(newest, line.startMillis);
                }
            }
            return newest;
        }
    }

    /**
     * Reads all sources and sums them up.
     *
     * @throws IOException if a source cannot be opened; one that ends in its midst is told in the summary
     */
    public AccessLogSummary summarize() throws IOException {
        try (SourceChunks chunks = new SourceChunks(sources, allSources(), SourceChunks.SIDE_BY_SIDE, sizes)) {
            OrderedParallel.<SourceChunks.Piece, Counted>run(threads, chunks::take, Counter::new, this::take);
            faults = chunks.faults();
        }
        ConditionInference made = new ConditionInference(learned);
        inference = Optional.of(made);
        partners = Partners.find(sources, sizes, spool, learned, threads);
        judgeSpooled(made);
        return soFar();
    }

    /** What was read up to now. */
    AccessLogSummary soFar() {
        return builder.build(faults);
    }

    /** Bytes of the sources, packed where they are, that were read up to now, over and over where they are read again. */
    public long bytesRead() {
        return sizes.bytesRead();
    }

    /** Adds a source that has no lines yet but those that {@link #more} takes. */
    void add(LogSource source) {
        sources.add(source);
        linesBefore.add(new ArrayList<>());
        builder.addSource();
        oneSided = !Partners.mayExist(sources);
    }

    /**
     * Some lines that came behind those read before.
     *
     * @param source index of their source
     * @param sequence number among those of that source that came with them, from 0
     */
    record Batch(int source, int sequence, FollowedLogs.Part part) {
        private static OrderedParallel.Taker<SourceChunks.Piece> taker(List<Batch> batches) {
            return OrderedParallel.Taker.of(batches.size(), (piece, number) -> {
                Batch batch = batches.get(number);
                piece.assign(batch.source(), batch.sequence(), batch.part().open());
            });
        }
    }

    /** Counts lines that came later, each judged by all that is known now. */
    void more(List<Batch> batches) throws IOException {
        linesBefore.forEach(List::clear);
        spool.clear();
        OrderedParallel.<SourceChunks.Piece, Counted>run(threads, Batch.taker(batches), Counter::new, this::take);
        ConditionInference made = new ConditionInference(learned);
        inference = Optional.of(made);
        judgeSpooled(made);
    }

    /**
     * Writes one JSON object per line, in the order of the sources and their lines; after {@link #summarize}.
     *
     * @param out receives UTF-8; not closed
     */
    public void lines(OutputStream out) throws IOException {
        lines(out, () -> new LineJson(LineChunks.CHUNK_BYTES));
    }

    /** Writes one row of CSV per line, below a head, as {@link #lines} does objects. */
    public void rows(OutputStream out) throws IOException {
        out.write(LineCsv.head());
        lines(out, LineCsv::new);
    }

    /** Writes lines that {@link #more} took last as objects. */
    void lines(List<Batch> batches, OutputStream out) throws IOException {
        write(Batch.taker(batches), out, () -> new LineJson(0));
    }

    /** Writes lines that {@link #more} took last as rows. */
    void rows(List<Batch> batches, OutputStream out) throws IOException {
        write(Batch.taker(batches), out, LineCsv::new);
    }

    private void lines(OutputStream out, Supplier<LineOutput> form) throws IOException {
        try (SourceChunks chunks = new SourceChunks(sources, allSources(), 1, sizes)) {
            write(chunks::take, out, form);
        }
    }

    private void write(OrderedParallel.Taker<SourceChunks.Piece> taker, OutputStream out, Supplier<LineOutput> form)
            throws IOException {
        ConditionInference judge =
                inference.orElseThrow(() -> new IllegalStateException("summarize first: it learns what lines mean"));
        OrderedParallel.<SourceChunks.Piece, byte[]>run(
                threads, taker, () -> new LineWriter(judge, form), bytes -> out.write(bytes));
    }

    @Override
    public void close() {
        spool.close();
    }

    private List<Integer> allSources() {
        return IntStream.range(0, sources.size()).boxed().toList();
    }

    /** What one piece gave. */
    private record Counted(PartialSummary part, Observations observations, LineSpool.Lines setAside) {}

    private void take(Counted counted) throws IOException {
        PartialSummary part = counted.part();
        long before = builder.linesOf(part.source);
        linesBefore.get(part.source).add(before);
        builder.addLines(part);
        learned.merge(counted.observations());
        spool.add(part.source, before, counted.setAside());
    }

    /** First pass: counts plain lines, sets the others aside. */
    private final class Counter implements OrderedParallel.Worker<SourceChunks.Piece, Counted> {
        private final LineScanner scanner = new LineScanner();
        private final ScannedLine line = new ScannedLine();
        private final StringPool pool = new StringPool();
        private final Lesson lesson = new Lesson();

        private final @Nullable LineFilter filter = LineFilter.orNull(choice.filter());
        private final boolean readsTexts = choice.readsTexts();

        private PartialSummary part = new PartialSummary(0, choice);
        private Observations observations = new Observations();
        private LineSpool.Lines setAside = new LineSpool.Lines();
        private LineRef ref = new LineRef("", 0, Side.UNKNOWN);
        private boolean first;
        private int number;
        private int plainLines;
        private int[] teaching = new int[2 * ALL_TEACH];
        private int teachers;
        private String lastFormat = "";
        private long ofLastFormat;

        @Override
        public SourceChunks.Piece holder() {
            return new SourceChunks.Piece();
        }

        @Override
        public Counted work(SourceChunks.Piece piece) throws IOException {
            part = new PartialSummary(piece.source, choice);
            observations = new Observations();
            setAside = new LineSpool.Lines();
            LogSource source = sources.get(piece.source);
            ref = new LineRef(source.name(), 0, source.side());
            first = piece.sequence == 0;
            number = 0;
            plainLines = 0;
            while (piece.next()) {
                countLines(piece.chunk.buffer, piece.chunk.length);
                teach(piece.chunk.buffer, piece.chunk.length);
            }
            flushFormat();
            if (spool.isFull()) {
                setAside.pack();
            }
            return new Counted(part, observations, setAside);
        }

        /** The hot loop, in a method of its own so that it is compiled alone. */
        private void countLines(byte[] b, int limit) {
            int at = 0;
            while (at < limit) {
                int end = scanner.glance(b, at, limit, line);
                if (readsTexts) {
                    scanner.complete(line);
                }
                number++;
                count(b, at, end);
                at = end + 1;
            }
        }

        private void count(byte[] b, int from, int to) {
            if (line.kind != ScannedLine.Kind.ACCESS) {
                other(b, from, to);
                return;
            }
            part.access++;
            ofLastFormat++;
            if (!line.format.equals(lastFormat)) {
                changeFormat();
            }
            Condition plain = PlainLines.condition(line);
            Condition known = plain == null ? PlainLines.applicationError(line, oneSided) : plain;
            if (filter != null && !(filter.accepts(line) && (known == null || filter.accepts(known)))) {
                part.leftOut++;
            } else if (known == null) {
                setAside.add(number, b, from, to);
            } else {
                part.count(line, known);
                part.count(known, line.has(Fields.DETAILS) ? Basis.DETAILS : Basis.INFERRED, Hop.CALLEE_APP);
                if (known != Condition.SUCCESS) {
                    part.example(known, plain != null, number, b, from, to);
                }
            }
            if (known == null || known.failure()) {
                teacher(from, 1);
            } else {
                sample(from);
            }
        }

        private void other(byte[] b, int from, int to) {
            switch (line.kind) {
                case ACCESS -> throw new IllegalStateException("an access line is not another line");
                case OUTLIER -> {
                    part.outlier++;
                    OutlierEvent event = line.outlierEvent(ref, pool);
                    if (event.eject() && event.enforced() && choice.filter().acceptsOther(event.atMillis())) {
                        part.ejections.merge(event.host(), 1L, Long::sum);
                    }
                }
                case PROXY -> proxy(b, from, to);
                case UNPARSED -> {
                    if (part.unparsed == 0) {
                        part.firstUnparsed =
                                new PartialSummary.UnparsedAt(number, line.failedColumn(), line.reason, line.excerpt());
                    }
                    part.unparsed++;
                }
                case BLANK -> part.blank++;
            }
        }

        /** Lets enough plain lines teach that the learned distributions are right. */
        private void sample(int from) {
            plainLines++;
            if (first && plainLines <= ALL_TEACH) {
                teacher(from, 1);
            } else if (plainLines % SAMPLE == 0) {
                teacher(from, SAMPLE);
            }
        }

        private void teacher(int from, int weight) {
            if (teachers + 2 > teaching.length) {
                teaching = Arrays.copyOf(teaching, teaching.length * 2);
            }
            teaching[teachers++] = from;
            teaching[teachers++] = weight;
        }

        /**
         * Learns from the chosen lines. They are scanned again: learning inside the loop over all lines would make that loop too
         * large to be compiled in time.
         */
        private void teach(byte[] b, int limit) {
            for (int i = 0; i < teachers; i += 2) {
                scanner.scan(b, teaching[i], limit, line);
                observations.observe(lesson.of(line, ref, pool), teaching[i + 1]);
            }
            teachers = 0;
        }

        /** The line just counted is the first one of another format. */
        private void changeFormat() {
            ofLastFormat--;
            flushFormat();
            lastFormat = line.format;
            ofLastFormat = 1;
        }

        private void flushFormat() {
            if (ofLastFormat > 0) {
                part.formats.merge(lastFormat, ofLastFormat, Long::sum);
            }
            ofLastFormat = 0;
        }

        private void proxy(byte[] b, int from, int to) {
            part.proxy++;
            ProxyLogLine proxyLine = line.proxyLine(ref, pool);
            String level = proxyLine.level().isEmpty() ? "unknown" : proxyLine.level();
            part.proxyLevels.merge(level, 1L, Long::sum);
            boolean notable = level.startsWith("warn") || level.startsWith("err") || level.equals("critical");
            notable &= choice.filter().acceptsOther(proxyLine.atMillis());
            if (notable && part.proxyExamples.size() < PartialSummary.MOST_EXAMPLES) {
                part.proxyExamples.add(
                        new PartialSummary.LineAt(part.source, number, PartialSummary.exampleText(b, from, to)));
            }
        }
    }

    private void judgeSpooled(ConditionInference judge) throws IOException {
        OrderedParallel.<int[], PartialSummary>run(
                threads,
                OrderedParallel.Taker.of(spool.blocks(), (holder, number) -> holder[0] = number),
                () -> new Judge(judge),
                builder::addConditions);
    }

    /** Names the conditions of lines that were set aside. */
    private final class Judge implements OrderedParallel.Worker<int[], PartialSummary> {
        private final ConditionInference judge;
        private final LineScanner scanner = new LineScanner();
        private final ScannedLine line = new ScannedLine();
        private final StringPool pool = new StringPool();

        Judge(ConditionInference judge) {
            this.judge = judge;
        }

        @Override
        public int[] holder() {
            return new int[1];
        }

        @Override
        public PartialSummary work(int[] block) throws IOException {
            int index = spool.source(block[0]);
            LogSource source = sources.get(index);
            PartialSummary part = new PartialSummary(index, choice);
            spool.read(block[0], (number, b, from, to) -> {
                scanner.scan(b, from, to, line);
                AccessLogEntry entry = line.entry(new LineRef(source.name(), number, source.side()), pool);
                Partners.Judged judged = partners.attribute(entry, judge, learned);
                Attribution attribution = judged.attribution();
                Condition condition = attribution.condition();
                if (!choice.filter().accepts(condition)) {
                    part.leftOut++;
                    return;
                }
                part.count(line, condition);
                part.count(condition, attribution.basis(), attribution.hop());
                part.joined += judged.joined() ? 1 : 0;
                if (condition != Condition.SUCCESS) {
                    part.example(condition, false, number, b, from, to);
                }
            });
            return part;
        }
    }

    /** Writes the lines of a piece. */
    private final class LineWriter implements OrderedParallel.Worker<SourceChunks.Piece, byte[]> {
        private final ConditionInference judge;
        private final LineScanner scanner = new LineScanner();
        private final ScannedLine line = new ScannedLine();
        private final StringPool pool = new StringPool();

        private final Supplier<LineOutput> form;

        LineWriter(ConditionInference judge, Supplier<LineOutput> form) {
            this.judge = judge;
            this.form = form;
        }

        @Override
        public SourceChunks.Piece holder() {
            return new SourceChunks.Piece();
        }

        @Override
        public byte[] work(SourceChunks.Piece piece) throws IOException {
            LogSource source = sources.get(piece.source);
            LineOutput output = form.get();
            List<Long> before = linesBefore.get(piece.source);
            long number = piece.sequence < before.size() ? before.get(piece.sequence) : builder.linesOf(piece.source);
            while (piece.next()) {
                number = write(piece, number, source, output);
            }
            return output.bytes();
        }

        /** Writes the piece's chunk. Returns the number of its last line. */
        private long write(SourceChunks.Piece piece, long before, LogSource source, LineOutput output) {
            byte[] b = piece.chunk.buffer;
            long number = before;
            int at = 0;
            while (at < piece.chunk.length) {
                int end = scanner.scan(b, at, piece.chunk.length, line);
                number++;
                LineRef ref = new LineRef(source.name(), number, source.side());
                if (line.kind == ScannedLine.Kind.ACCESS) {
                    access(ref, output);
                } else if (choice.filter().writesOther(line.startMillis)) {
                    other(ref, output);
                }
                at = end + 1;
            }
            return number;
        }

        private void access(LineRef ref, LineOutput output) {
            LineFilter filter = choice.filter();
            if (!filter.accepts(line)) {
                return;
            }
            AccessLogEntry entry = line.entry(ref, pool);
            Attribution attribution = partners.attribute(entry, judge, learned).attribution();
            if (filter.accepts(attribution.condition())) {
                output.access(entry, line.format, attribution, side(entry));
            }
        }

        private void other(LineRef ref, LineOutput output) {
            switch (line.kind) {
                case ACCESS -> throw new IllegalStateException("an access line is not another line");
                case OUTLIER -> output.outlier(line.outlierEvent(ref, pool));
                case PROXY -> output.proxy(line.proxyLine(ref, pool));
                case UNPARSED -> output.unparsed(ref, line.failedColumn(), line.reason, line.excerpt());
                case BLANK -> output.blank(ref);
            }
        }

        /** The side that the source's name tells, else the one that the line tells. */
        private Side side(AccessLogEntry entry) {
            if (entry.ref().side() != Side.UNKNOWN || entry.isTcp()) {
                return entry.ref().side();
            }
            boolean told = entry.hasHost() || learned.direction(entry) != 0;
            return !told ? Side.UNKNOWN : learned.isInbound(entry) ? Side.CALLEE : Side.CALLER;
        }
    }
}
