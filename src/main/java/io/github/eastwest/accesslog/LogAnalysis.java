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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

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
    /** Bytes of lines set aside in memory; more go to a temporary file. */
    private static final long SPOOL_MEMORY = 24L << 20;
    /** In a source's first chunk every line teaches; later only one of so many plain ones. */
    private static final int SAMPLE = 64;

    private static final int SECOND_SLOTS = 1 << 10;

    private final List<LogSource> sources;
    private final int threads;
    private final LineSpool spool = new LineSpool(SPOOL_MEMORY);
    private final Observations learned = new Observations();
    private final SummaryBuilder builder;
    private Partners partners = Partners.NONE;
    private Optional<ConditionInference> inference = Optional.empty();

    /** @param sources what to read, in the order of the output */
    public LogAnalysis(List<LogSource> sources) {
        this(sources, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
    }

    LogAnalysis(List<LogSource> sources, int threads) {
        this.sources = List.copyOf(sources);
        this.threads = threads;
        this.builder = new SummaryBuilder(this.sources);
    }

    /**
     * Reads all sources and sums them up.
     *
     * @throws IOException if a source cannot be opened; one that ends in its midst is told in the summary
     */
    public AccessLogSummary summarize() throws IOException {
        List<SourceChunks.Fault> faults;
        try (SourceChunks chunks = new SourceChunks(sources, allSources())) {
            OrderedParallel.<SourceChunks.Piece, Counted>run(threads, chunks::take, Counter::new, this::take);
            faults = chunks.faults();
        }
        ConditionInference made = new ConditionInference(learned);
        inference = Optional.of(made);
        partners = Partners.find(sources, spool, learned, threads);
        judgeSpooled(made);
        return builder.build(faults);
    }

    /**
     * Writes one JSON object per line, in the order of the sources and their lines; after {@link #summarize}.
     *
     * @param out receives UTF-8; not closed
     */
    public void lines(OutputStream out) throws IOException {
        ConditionInference judge =
                inference.orElseThrow(() -> new IllegalStateException("summarize first: it learns what lines mean"));
        long[] linesBefore = new long[sources.size()];
        try (SourceChunks chunks = new SourceChunks(sources, allSources())) {
            OrderedParallel.<NumberedPiece, byte[]>run(
                    threads,
                    piece -> {
                        long number = chunks.take(piece.piece);
                        if (number >= 0) {
                            LineChunks.Chunk chunk = piece.piece.chunk;
                            piece.linesBefore = linesBefore[piece.piece.source];
                            int lines = Swar.countNewlines(chunk.buffer, 0, chunk.length);
                            boolean open = chunk.length > 0 && chunk.buffer[chunk.length - 1] != '\n';
                            linesBefore[piece.piece.source] += lines + (open ? 1 : 0);
                        }
                        return number;
                    },
                    () -> new LineWriter(judge),
                    bytes -> out.write(bytes));
        }
    }

    @Override
    public void close() {
        spool.close();
    }

    private List<Integer> allSources() {
        return IntStream.range(0, sources.size()).boxed().toList();
    }

    /** A chunk with the number of lines before it. */
    private static final class NumberedPiece {
        final SourceChunks.Piece piece = new SourceChunks.Piece();
        long linesBefore;
    }

    /** What one chunk gave. */
    private record Counted(PartialSummary part, Observations observations, LineSpool.Lines setAside) {}

    private void take(Counted counted) throws IOException {
        PartialSummary part = counted.part();
        long before = builder.linesOf(part.source);
        builder.addLines(part);
        learned.merge(counted.observations());
        spool.add(part.source, before, counted.setAside());
    }

    /** First pass: counts plain lines, sets the others aside. */
    private final class Counter implements OrderedParallel.Worker<SourceChunks.Piece, Counted> {
        private final LineScanner scanner = new LineScanner();
        private final ScannedLine line = new ScannedLine();
        private final StringPool pool = new StringPool();
        private final long[] seconds = new long[SECOND_SLOTS];

        private PartialSummary part = new PartialSummary(0);
        private Observations observations = new Observations();
        private LineSpool.Lines setAside = new LineSpool.Lines();
        private LineRef ref = new LineRef("", 0, Side.UNKNOWN);
        private boolean first;
        private int plainLines;
        private String lastFormat = "";
        private long ofLastFormat;

        @Override
        public SourceChunks.Piece holder() {
            return new SourceChunks.Piece();
        }

        @Override
        public Counted work(SourceChunks.Piece piece) {
            part = new PartialSummary(piece.source);
            observations = new Observations();
            setAside = new LineSpool.Lines();
            LogSource source = sources.get(piece.source);
            ref = new LineRef(source.name(), 0, source.side());
            first = piece.chunk.sequence == 0;
            plainLines = 0;
            Arrays.fill(seconds, 0);
            byte[] b = piece.chunk.buffer;
            int limit = piece.chunk.length;
            int number = 0;
            int at = 0;
            while (at < limit) {
                int end = scanner.scan(b, at, limit, line);
                number++;
                count(number, b, at, end);
                at = end + 1;
            }
            flushFormat();
            return new Counted(part, observations, setAside);
        }

        private void count(int number, byte[] b, int from, int to) {
            switch (line.kind) {
                case ACCESS -> access(number, b, from, to);
                case OUTLIER -> {
                    part.outlier++;
                    OutlierEvent event = line.outlierEvent(ref, pool);
                    if (event.eject() && event.enforced()) {
                        part.ejections.merge(event.host(), 1L, Long::sum);
                    }
                }
                case PROXY -> proxy(number, b, from, to);
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

        private void access(int number, byte[] b, int from, int to) {
            part.access++;
            if (!line.format.equals(lastFormat)) {
                flushFormat();
                lastFormat = line.format;
            }
            ofLastFormat++;
            part.time(line);
            Condition plain = PlainLines.condition(line);
            if (plain == null) {
                setAside.add(number, b, from, to);
                observations.observe(line.entry(ref, pool));
                return;
            }
            part.count(line, plain);
            boolean told = line.has(Fields.DETAILS);
            part.basis[plain.ordinal()][(told ? Basis.DETAILS : Basis.INFERRED).ordinal()]++;
            part.hops[plain.ordinal()][Hop.CALLEE_APP.ordinal()]++;
            if (plain != Condition.SUCCESS && part.wantsExample(plain)) {
                part.example(
                        plain, new PartialSummary.LineAt(part.source, number, PartialSummary.exampleText(b, from, to)));
            }
            sample();
        }

        /** Lets enough plain lines teach that the learned distributions are right and every second with a success is known. */
        private void sample() {
            plainLines++;
            if (first) {
                observations.observe(line.entry(ref, pool));
            } else if (plainLines % SAMPLE == 0) {
                observations.observe(line.entry(ref, pool), SAMPLE);
            } else if (isNewSecond()) {
                observations.observe(line.entry(ref, pool), 0);
            }
        }

        private boolean isNewSecond() {
            int from = line.starts[Fields.AUTHORITY];
            if (from < 0) {
                return false;
            }
            long key = ByteKeys.hash(line.buffer, from, line.ends[Fields.AUTHORITY]) * 31 + line.startMillis / 1000 | 1;
            int slot = (int) (key >>> 20 ^ key) & SECOND_SLOTS - 1;
            boolean known = seconds[slot] == key;
            seconds[slot] = key;
            return !known;
        }

        private void flushFormat() {
            if (ofLastFormat > 0) {
                part.formats.merge(lastFormat, ofLastFormat, Long::sum);
                ofLastFormat = 0;
            }
        }

        private void proxy(int number, byte[] b, int from, int to) {
            part.proxy++;
            ProxyLogLine proxyLine = line.proxyLine(ref, pool);
            String level = proxyLine.level().isEmpty() ? "unknown" : proxyLine.level();
            part.proxyLevels.merge(level, 1L, Long::sum);
            boolean notable = level.startsWith("warn") || level.startsWith("err") || level.equals("critical");
            if (notable && part.proxyExamples.size() < PartialSummary.MOST_EXAMPLES) {
                part.proxyExamples.add(
                        new PartialSummary.LineAt(part.source, number, PartialSummary.exampleText(b, from, to)));
            }
        }
    }

    private void judgeSpooled(ConditionInference judge) throws IOException {
        int[] next = new int[1];
        OrderedParallel.<int[], PartialSummary>run(
                threads,
                holder -> {
                    if (next[0] == spool.blocks()) {
                        return -1;
                    }
                    holder[0] = next[0];
                    return next[0]++;
                },
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
            PartialSummary part = new PartialSummary(index);
            spool.read(block[0], (number, b, from, to) -> {
                scanner.scan(b, from, to, line);
                AccessLogEntry entry = line.entry(new LineRef(source.name(), number, source.side()), pool);
                Partners.Judged judged = partners.attribute(entry, judge, learned);
                Attribution attribution = judged.attribution();
                Condition condition = attribution.condition();
                part.count(line, condition);
                part.basis[condition.ordinal()][attribution.basis().ordinal()]++;
                part.hops[condition.ordinal()][attribution.hop().ordinal()]++;
                part.joined += judged.joined() ? 1 : 0;
                if (condition != Condition.SUCCESS && part.wantsExample(condition)) {
                    part.example(
                            condition,
                            new PartialSummary.LineAt(index, number, PartialSummary.exampleText(b, from, to)));
                }
            });
            return part;
        }
    }

    /** Writes the lines of a chunk as JSON. */
    private final class LineWriter implements OrderedParallel.Worker<NumberedPiece, byte[]> {
        private final ConditionInference judge;
        private final LineScanner scanner = new LineScanner();
        private final ScannedLine line = new ScannedLine();
        private final StringPool pool = new StringPool();

        LineWriter(ConditionInference judge) {
            this.judge = judge;
        }

        @Override
        public NumberedPiece holder() {
            return new NumberedPiece();
        }

        @Override
        public byte[] work(NumberedPiece numbered) {
            SourceChunks.Piece piece = numbered.piece;
            LogSource source = sources.get(piece.source);
            LineJson json = new LineJson(piece.chunk.length * 2);
            byte[] b = piece.chunk.buffer;
            long number = numbered.linesBefore;
            int at = 0;
            while (at < piece.chunk.length) {
                int end = scanner.scan(b, at, piece.chunk.length, line);
                number++;
                LineRef ref = new LineRef(source.name(), number, source.side());
                switch (line.kind) {
                    case ACCESS -> {
                        AccessLogEntry entry = line.entry(ref, pool);
                        Attribution attribution =
                                partners.attribute(entry, judge, learned).attribution();
                        json.access(entry, line.format, attribution, side(entry));
                    }
                    case OUTLIER -> json.outlier(line.outlierEvent(ref, pool));
                    case PROXY -> json.proxy(line.proxyLine(ref, pool));
                    case UNPARSED -> json.unparsed(ref, line.failedColumn(), line.reason, line.excerpt());
                    case BLANK -> json.blank(ref);
                }
                at = end + 1;
            }
            return json.bytes();
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
