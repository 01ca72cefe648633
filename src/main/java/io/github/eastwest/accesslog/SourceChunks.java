package io.github.eastwest.accesslog;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chunks of several sources, one source after the other. Not thread-safe. */
final class SourceChunks implements AutoCloseable {
    private final List<LogSource> sources;
    private final List<Integer> order;
    private final List<Fault> faults = new ArrayList<>();
    private int position = -1;
    private long number;
    private @Nullable InputStream open;
    private @Nullable LineChunks chunks;

    /** A source that ended before its time. */
    record Fault(int source, String reason) {}

    /** Some whole lines of a source. */
    static final class Piece {
        final LineChunks.Chunk chunk = new LineChunks.Chunk();
        /** Index of the source. */
        int source;
    }

    /** @param order indexes of the sources to read */
    SourceChunks(List<LogSource> sources, List<Integer> order) {
        this.sources = sources;
        this.order = order;
    }

    /**
     * Takes the next piece.
     *
     * @return its number, from 0; -1 when all sources are read
     */
    long take(Piece piece) throws IOException {
        while (true) {
            LineChunks current = chunks;
            if (current != null) {
                if (current.next(piece.chunk)) {
                    piece.source = order.get(position);
                    return number++;
                }
                int source = order.get(position);
                current.failure().ifPresent(fault -> faults.add(new Fault(source, AccessLogReader.reason(fault))));
                close();
            }
            position++;
            if (position >= order.size()) {
                return -1;
            }
            InputStream in = sources.get(order.get(position)).opener().open();
            open = in;
            try {
                chunks = new LineChunks(LineStream.open(in, Long.MAX_VALUE));
            } catch (IOException fault) {
                faults.add(new Fault(order.get(position), AccessLogReader.reason(fault)));
                close();
            }
        }
    }

    /** Sources that ended before their time, in order. */
    List<Fault> faults() {
        return List.copyOf(faults);
    }

    @Override
    public void close() throws IOException {
        chunks = null;
        InputStream in = open;
        open = null;
        if (in != null) {
            in.close();
        }
    }
}
