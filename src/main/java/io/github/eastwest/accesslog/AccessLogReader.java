package io.github.eastwest.accesslog;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;
import io.github.eastwest.model.log.StreamSummary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads log streams line by line, whatever their format and packing. */
public final class AccessLogReader {
    /** A processor's cache holds so much beside the scanner's tables. */
    private static final int CHUNK_BYTES = 1 << 16;

    private static final int UUID_LENGTH = 36;
    private static final int TASK_ID_LENGTH = 32;

    private AccessLogReader() {}

    /**
     * Reads one stream of lines: plain text, or a document recognised by its content ({@code filter-log-events} JSON, Logs Insights CSV
     * and their like), gzip or not.
     *
     * @param in the bytes; not closed
     * @param stream name of the log stream or file
     * @param side whose proxy wrote it
     * @param sink receives each line in order
     * @return line counts, the first line that could not be read
     * @throws TruncatedStreamException if the stream ends in its midst; what was read before has been delivered
     */
    public static StreamSummary read(InputStream in, String stream, Side side, LineSink sink) throws IOException {
        return read(in, stream, side, sink, Long.MAX_VALUE);
    }

    /**
     * As {@link #read(InputStream, String, Side, LineSink)}, for input that may be a bomb.
     *
     * @param maxBytes most bytes after unpacking; a longer stream counts as truncated
     */
    public static StreamSummary read(InputStream in, String stream, Side side, LineSink sink, long maxBytes)
            throws IOException {
        Tally tally = new Tally(stream, side);
        InputStream lines;
        try {
            lines = LineStream.open(in, maxBytes);
        } catch (IOException fault) {
            throw new TruncatedStreamException(reason(fault), tally.summary(), fault);
        }
        LineChunks chunks = new LineChunks(lines, CHUNK_BYTES, false);
        LineChunks.Chunk chunk = new LineChunks.Chunk();
        LineScanner scanner = new LineScanner();
        ScannedLine line = new ScannedLine();
        StringPool pool = new StringPool();
        long number = 0;
        while (chunks.next(chunk)) {
            int at = 0;
            while (at < chunk.length) {
                int end = scanner.scan(chunk.buffer, at, chunk.length, line);
                number++;
                deliver(line, new LineRef(stream, number, side), pool, sink, tally);
                at = end + 1;
            }
        }
        Optional<IOException> failure = chunks.failure();
        if (failure.isPresent()) {
            throw new TruncatedStreamException(reason(failure.get()), tally.summary(), failure.get());
        }
        return tally.summary();
    }

    /**
     * A line that a query brought back.
     *
     * @param text the line
     * @param drawn how it came back, if it is an access line
     */
    public record DrawnLine(String text, LineSample.Drawn drawn) {}

    /**
     * Reads the lines of one stream that queries brought back; they are numbered from 1.
     *
     * @param sink receives access lines through {@link LineSink#access(AccessLogEntry, String, LineSample.Drawn)}
     */
    public static StreamSummary read(List<DrawnLine> lines, String stream, Side side, LineSink sink) {
        Tally tally = new Tally(stream, side);
        LineScanner scanner = new LineScanner();
        ScannedLine scanned = new ScannedLine();
        StringPool pool = new StringPool();
        long number = 0;
        for (DrawnLine line : lines) {
            number++;
            scan(line.text(), scanner, scanned);
            deliver(scanned, new LineRef(stream, number, side), pool, new Forward(sink, line.drawn()), tally);
        }
        return tally.summary();
    }

    /** What one line says, if it is an access line. */
    public static Optional<AccessLogEntry> entry(String line, Side side) {
        ScannedLine scanned = new ScannedLine();
        scan(line, new LineScanner(), scanned);
        return scanned.kind == ScannedLine.Kind.ACCESS
                ? Optional.of(scanned.entry(new LineRef("", 1, side), new StringPool()))
                : Optional.empty();
    }

    private static void scan(String line, LineScanner scanner, ScannedLine scanned) {
        byte[] bytes = line.replace('\n', ' ').replace('\r', ' ').getBytes(StandardCharsets.UTF_8);
        byte[] buffer = Arrays.copyOf(bytes, bytes.length + Swar.SLACK);
        buffer[bytes.length] = '\n';
        scanner.scan(buffer, 0, bytes.length, scanned);
    }

    /** Tells the sink how the line came back. */
    private record Forward(LineSink sink, LineSample.Drawn drawn) implements LineSink {
        @Override
        public void access(AccessLogEntry entry, String format) {
            sink.access(entry, format, drawn);
        }

        @Override
        public void outlier(OutlierEvent event) {
            sink.outlier(event);
        }

        @Override
        public void proxy(ProxyLogLine line) {
            sink.proxy(line);
        }

        @Override
        public void unparsed(LineRef ref, int column, String reason, String excerpt) {
            sink.unparsed(ref, column, reason, excerpt);
        }

        @Override
        public void blank(LineRef ref) {
            sink.blank(ref);
        }
    }

    static String reason(IOException fault) {
        String message = fault.getMessage();
        return message == null ? fault.getClass().getSimpleName() : message;
    }

    private static void deliver(ScannedLine line, LineRef ref, StringPool pool, LineSink sink, Tally tally) {
        switch (line.kind) {
            case ACCESS -> {
                tally.access++;
                tally.formats.merge(line.format, 1L, Long::sum);
                sink.access(line.entry(ref, pool), line.format);
            }
            case OUTLIER -> {
                tally.outlier++;
                sink.outlier(line.outlierEvent(ref, pool));
            }
            case PROXY -> {
                tally.proxy++;
                sink.proxy(line.proxyLine(ref, pool));
            }
            case UNPARSED -> {
                String excerpt = line.excerpt();
                if (tally.unparsed == 0) {
                    tally.firstUnparsed =
                            new StreamSummary.Unparsed(ref.line(), line.failedColumn(), line.reason, excerpt);
                }
                tally.unparsed++;
                sink.unparsed(ref, line.failedColumn(), line.reason, excerpt);
            }
            case BLANK -> {
                tally.blank++;
                sink.blank(ref);
            }
        }
    }

    /**
     * The ECS task id in a stream's name: its last part after a slash or underscore, file extensions excluded, if it looks like one.
     *
     * @param stream {@code <prefix>/<container>/<task id>} or the same with underscores
     */
    static Optional<String> taskId(String stream) {
        String name = stream;
        for (String extension : new String[] {".gz", ".log", ".json", ".txt", ".csv"}) {
            if (name.endsWith(extension)) {
                name = name.substring(0, name.length() - extension.length());
            }
        }
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('_')) + 1);
        return isTaskId(last) ? Optional.of(last) : Optional.empty();
    }

    private static boolean isTaskId(String text) {
        boolean uuid = text.length() == UUID_LENGTH;
        if (!uuid && text.length() != TASK_ID_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean dash = uuid && (i == 8 || i == 13 || i == 18 || i == 23);
            boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            if (dash ? c != '-' : !hex) {
                return false;
            }
        }
        return true;
    }

    /** Counts while reading. */
    private static final class Tally {
        private final String stream;
        private final Side side;
        private final Map<String, Long> formats = new TreeMap<>();
        private long access;
        private long outlier;
        private long proxy;
        private long unparsed;
        private long blank;
        private StreamSummary.@Nullable Unparsed firstUnparsed;

        Tally(String stream, Side side) {
            this.stream = stream;
            this.side = side;
        }

        StreamSummary summary() {
            Optional<String> format = formats.entrySet().stream()
                    .reduce((most, next) -> next.getValue() > most.getValue() ? next : most)
                    .map(Map.Entry::getKey);
            return new StreamSummary(
                    stream,
                    side,
                    taskId(stream),
                    new StreamSummary.LineCounts(access, outlier, proxy, unparsed, blank),
                    format,
                    Optional.ofNullable(firstUnparsed));
        }
    }
}
