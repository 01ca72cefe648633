package io.github.eastwest.accesslog;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Cuts several sources into pieces of whole lines for several threads. Some sources are open at a time and take turns, so that packed ones
 * are unpacked side by side; plain files are read by the threads that take their pieces. Which lines a piece has, and its number, depend on
 * the sources only.
 */
final class SourceChunks implements AutoCloseable {
    /** Sources that take turns. */
    static final int SIDE_BY_SIDE = 8;

    /** A read this long and its lines stay in a processor's cache. */
    private static final int BLOCK_BYTES = 256 << 10;
    /** The longest part of a file: each thread and some that wait hold the lines of one in memory if all are failures. */
    private static final long MOST_RANGE_BYTES = 4 << 20;

    private static final long LEAST_RANGE_BYTES = 512 << 10;
    /** Pieces of streams that wait for a thread: enough for who unpacks them to go on while the others are slow. */
    private static final int MOST_AHEAD = 4;

    /** Parts that a file of middling size has. */
    private static final int RANGES = 64;

    private final List<LogSource> sources;
    private final Deque<Integer> unopened;
    private final Sizes sizes;
    private final @Nullable OpenSource[] slots;
    private final List<Fault> faults = new ArrayList<>();
    /** Pieces of streams whose lines are read. */
    private final Queue<Piece> ahead = new PriorityQueue<>(Comparator.comparingLong(piece -> piece.number));

    private final Deque<Piece> spare = new ArrayDeque<>();
    private int turn;
    private int readers;
    private long taken;

    /** A source that ended before its time. */
    record Fault(int source, String reason) {}

    /**
     * Sizes of plain files when they were first opened: what is appended later is not read, and each pass cuts a file alike.
     */
    static final class Sizes {
        /** Not opened yet. */
        static final long UNKNOWN = -1;

        private final long[] known;
        private final LongAdder read = new LongAdder();

        Sizes(int sources) {
            known = new long[sources];
            Arrays.fill(known, UNKNOWN);
        }

        /** @param ends sizes by source, or {@link #UNKNOWN} */
        Sizes(long[] ends) {
            known = ends.clone();
        }

        private long of(int source, FileChannel channel) throws IOException {
            if (known[source] == UNKNOWN) {
                known[source] = channel.size();
            }
            return known[source];
        }

        /** Bytes of all sources that were read, in all passes. */
        long bytesRead() {
            return read.sum();
        }
    }

    /** Counts what is read of a stream. */
    private static final class CountedStream extends FilterInputStream {
        private final LongAdder read;

        CountedStream(InputStream in, LongAdder read) {
            super(in);
            this.read = read;
        }

        @Override
        public int read() throws IOException {
            int next = in.read();
            read.add(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            int count = in.read(buffer, from, length);
            read.add(Math.max(0, count));
            return count;
        }
    }

    /** Some whole lines of a source, handed out chunk by chunk to one thread. */
    static final class Piece {
        LineChunks.Chunk chunk = new LineChunks.Chunk();
        /** Index of the source. */
        int source;
        /** Number of the piece in its source, from 0. */
        int sequence;

        private long number;
        private @Nullable OpenSource from;
        private @Nullable LineChunks range;
        private boolean filled;

        /** Makes the piece one that belongs to no source that takes turns. */
        void assign(int itsSource, int itsSequence, LineChunks lines) {
            source = itsSource;
            sequence = itsSequence;
            from = null;
            range = lines;
        }

        /** Becomes a piece that was read ahead; that one keeps the room for another. */
        private void become(Piece ahead) {
            LineChunks.Chunk room = chunk;
            chunk = ahead.chunk;
            ahead.chunk = room;
            source = ahead.source;
            sequence = ahead.sequence;
            number = ahead.number;
            from = ahead.from;
            range = ahead.range;
            filled = ahead.filled;
        }

        /**
         * Puts the piece's next lines into its chunk.
         *
         * @return false when it has no more
         */
        boolean next() throws IOException {
            LineChunks own = range;
            boolean more = own == null ? filled : own.next(chunk);
            filled = false;
            OpenSource source = from;
            if (!more && source != null) {
                from = null;
                source.release(own);
            }
            return more;
        }
    }

    /**
     * Pieces of some sources.
     *
     * @param order indexes of the sources to read
     * @param sideBySide how many of them take turns; 1 keeps all pieces in the order of the sources
     */
    SourceChunks(List<LogSource> sources, List<Integer> order, int sideBySide, Sizes sizes) {
        this.sources = sources;
        this.unopened = new ArrayDeque<>(order);
        this.sizes = sizes;
        this.slots = new @Nullable OpenSource[sideBySide];
    }

    /**
     * Takes the next piece. A thread that meets a stream reads ahead for the others, which meanwhile take what is read: a stream is read by
     * one thread at a time, and unpacking it takes longer than counting its lines.
     *
     * @return its number, from 0; -1 when all sources are read
     */
    long take(Piece piece) throws IOException {
        while (true) {
            Piece next;
            synchronized (this) {
                OpenSource source = ahead.size() < MOST_AHEAD ? nextSource() : null;
                if (source != null && source.stream != null) {
                    next = spare.isEmpty() ? new Piece() : spare.pop();
                    source.assign(next);
                    readers++;
                } else if (!ahead.isEmpty()) {
                    // What was begun first goes first: whoever is done with a later piece may have to wait for it.
                    Piece oldest = ahead.remove();
                    piece.become(oldest);
                    spare.push(oldest);
                    return piece.number;
                } else if (source != null) {
                    source.assign(piece);
                    return piece.number;
                } else if (readers == 0) {
                    return -1;
                } else {
                    await();
                    continue;
                }
            }
            readAhead(next);
        }
    }

    private void readAhead(Piece piece) {
        OpenSource source = Objects.requireNonNull(piece.from);
        try {
            source.read(piece);
        } finally {
            synchronized (this) {
                source.reading = false;
                readers--;
                ahead.add(piece);
                notifyAll();
            }
        }
    }

    /** The source whose turn it is; null when it is being read, or all are read. */
    private @Nullable OpenSource nextSource() throws IOException {
        int empty = 0;
        while (empty < slots.length) {
            OpenSource source = slots[turn];
            if (source != null && source.reading) {
                return null;
            } else if (source != null && !source.isAtEnd()) {
                return source;
            } else if (unopened.isEmpty()) {
                slots[turn] = null;
                turn = (turn + 1) % slots.length;
                empty++;
            } else {
                slots[turn] = open(unopened.remove());
            }
        }
        return null;
    }

    private void await() throws IOException {
        try {
            wait();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        }
    }

    /** Opens a source; null if it has no lines. */
    private @Nullable OpenSource open(int index) throws IOException {
        LogSource source = sources.get(index);
        Optional<Path> file = source.file();
        if (file.isPresent() && Files.isRegularFile(file.get())) {
            FileChannel channel = FileChannel.open(file.get(), StandardOpenOption.READ);
            int plainFrom = LineStream.plainFrom(channel);
            long size = sizes.of(index, channel);
            if (plainFrom >= 0 && plainFrom < size) {
                return new OpenSource(index, channel, plainFrom, size);
            }
            channel.close();
            if (plainFrom >= 0) {
                return null;
            }
        }
        InputStream in = new CountedStream(source.opener().open(), sizes.read);
        try {
            return new OpenSource(index, in, new LineChunks(LineStream.open(in, Long.MAX_VALUE)));
        } catch (IOException fault) {
            in.close();
            faults.add(new Fault(index, AccessLogReader.reason(fault)));
            return null;
        }
    }

    /** A source that is being read: a stream by one thread at a time, a file's parts by several. */
    private final class OpenSource {
        private final int index;
        private final AutoCloseable opened;
        private final @Nullable LineChunks stream;
        private final @Nullable FileChannel file;
        private final long size;
        private final long rangeBytes;
        private long offset;
        private int pieces;
        private int inUse;
        private boolean reading;

        OpenSource(int index, InputStream opened, LineChunks stream) {
            this.index = index;
            this.opened = opened;
            this.stream = stream;
            this.file = null;
            this.size = 0;
            this.rangeBytes = 0;
        }

        OpenSource(int index, FileChannel file, long from, long size) {
            this.index = index;
            this.opened = file;
            this.stream = null;
            this.file = file;
            this.offset = from;
            this.size = size;
            this.rangeBytes = Math.max(LEAST_RANGE_BYTES, Math.min(MOST_RANGE_BYTES, size / RANGES));
        }

        boolean isAtEnd() {
            return stream == null ? offset >= size : stream.isAtEnd();
        }

        /** Makes the piece the next one of this source; its lines are not read yet. */
        void assign(Piece piece) {
            turn = (turn + 1) % slots.length;
            piece.number = taken++;
            piece.source = index;
            piece.sequence = pieces++;
            piece.from = this;
            piece.range = null;
            piece.filled = false;
            inUse++;
            FileChannel channel = file;
            if (channel == null) {
                reading = true;
            } else {
                long end = Math.min(size, offset + rangeBytes);
                sizes.read.add(end - offset);
                boolean first = piece.sequence == 0;
                // The byte before the part tells whether a line begins with it.
                FileRange range = new FileRange(channel, first ? offset : offset - 1, end, size);
                piece.range = new LineChunks(range, BLOCK_BYTES, !first);
                offset = end;
            }
        }

        /** Reads the lines of a stream's piece. */
        void read(Piece piece) {
            LineChunks chunks = stream;
            piece.filled = chunks != null && chunks.next(piece.chunk);
        }

        /** Takes back a piece whose lines have been handed out. */
        void release(@Nullable LineChunks range) throws IOException {
            synchronized (SourceChunks.this) {
                inUse--;
                LineChunks chunks = range == null ? stream : range;
                if (chunks != null && (range != null || isAtEnd() && inUse == 0)) {
                    chunks.failure().ifPresent(fault -> faults.add(new Fault(index, AccessLogReader.reason(fault))));
                }
                if (isAtEnd() && inUse == 0) {
                    close();
                }
            }
        }

        void close() throws IOException {
            try {
                opened.close();
            } catch (IOException | RuntimeException fault) {
                throw fault;
            } catch (Exception impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    /** Sources that ended before their time, in order. */
    synchronized List<Fault> faults() {
        return faults.stream().sorted(Comparator.comparingInt(Fault::source)).toList();
    }

    @Override
    public synchronized void close() throws IOException {
        for (OpenSource source : slots) {
            if (source != null) {
                source.close();
            }
        }
    }
}
