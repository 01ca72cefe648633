package io.github.eastwest.accesslog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the lines that cannot be judged before all have been seen: in memory while they are few, then compressed in a temporary file that
 * is gone when the spool is closed.
 */
final class LineSpool implements AutoCloseable {
    private final long memoryBytes;
    private final List<Block> blocks = new ArrayList<>();
    private long inMemory;
    private long fileLength;
    private @Nullable FileChannel file;
    private volatile boolean full;

    /** @param memoryBytes bytes of lines kept in memory */
    LineSpool(long memoryBytes) {
        this.memoryBytes = memoryBytes;
    }

    /** Lines of one chunk: {@code [number in the chunk][length][bytes]…}. */
    static final class Lines {
        private byte[] bytes = new byte[0];
        private int length;
        private byte @Nullable [] packed;

        /** Packs the lines, to which none is added any more. */
        void pack() {
            if (length > 0) {
                packed = deflate(this);
                bytes = new byte[0];
            }
        }

        void add(int number, byte[] b, int from, int to) {
            int size = to - from;
            int needed = length + 2 * Integer.BYTES + size;
            if (needed > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2 + 4096));
            }
            ByteBuffer.wrap(bytes, length, 2 * Integer.BYTES).putInt(number).putInt(size);
            System.arraycopy(b, from, bytes, length + 2 * Integer.BYTES, size);
            length = needed;
        }

        boolean isEmpty() {
            return length == 0;
        }
    }

    /** Receives the spooled lines of a block. */
    @FunctionalInterface
    interface Reader {
        /**
         * A line.
         *
         * @param number number in its source, from 1
         */
        void line(long number, byte[] buffer, int from, int to);
    }

    /**
     * Lines of one chunk, somewhere.
     *
     * @param source index of the source
     * @param linesBefore lines of the source before the chunk
     */
    private record Block(
            int source, long linesBefore, byte @Nullable [] memory, long position, int packed, int length) {}

    /** Whether memory has no room: who brings lines packs them then, since adding them is one thread's work at a time. */
    boolean isFull() {
        return full;
    }

    /** Keeps the lines of a chunk. */
    void add(int source, long linesBefore, Lines lines) throws IOException {
        if (lines.isEmpty()) {
            return;
        }
        byte[] packed = lines.packed;
        if (packed == null && inMemory + lines.length <= memoryBytes) {
            inMemory += lines.length;
            blocks.add(new Block(source, linesBefore, Arrays.copyOf(lines.bytes, lines.length), 0, 0, lines.length));
            return;
        }
        FileChannel channel = file;
        if (channel == null) {
            Path path = Files.createTempFile("eastwest-lines", ".tmp");
            channel = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            file = channel;
        }
        full = true;
        if (packed == null) {
            packed = deflate(lines);
        }
        ByteBuffer buffer = ByteBuffer.wrap(packed);
        long position = fileLength;
        while (buffer.hasRemaining()) {
            fileLength += channel.write(buffer, fileLength);
        }
        blocks.add(new Block(source, linesBefore, null, position, packed.length, lines.length));
    }

    private static byte[] deflate(Lines lines) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(lines.bytes, 0, lines.length);
            deflater.finish();
            byte[] packed = new byte[lines.length / 4 + 1024];
            int length = 0;
            while (!deflater.finished()) {
                if (length == packed.length) {
                    packed = Arrays.copyOf(packed, packed.length * 2);
                }
                length += deflater.deflate(packed, length, packed.length - length);
            }
            return Arrays.copyOf(packed, length);
        } finally {
            deflater.end();
        }
    }

    /** Forgets all lines; the room of the temporary file is used again. */
    void clear() {
        blocks.clear();
        inMemory = 0;
        fileLength = 0;
        full = false;
    }

    int blocks() {
        return blocks.size();
    }

    int source(int block) {
        return blocks.get(block).source();
    }

    /** Hands out the lines of a block; several threads may read. */
    void read(int block, Reader reader) throws IOException {
        Block where = blocks.get(block);
        byte[] memory = where.memory();
        // The scanner reads a little behind a line.
        byte[] bytes = memory == null ? unpack(where) : Arrays.copyOf(memory, where.length() + Swar.SLACK);
        int at = 0;
        while (at < where.length()) {
            ByteBuffer header = ByteBuffer.wrap(bytes, at, 2 * Integer.BYTES);
            int number = header.getInt();
            int size = header.getInt();
            int from = at + 2 * Integer.BYTES;
            at = from + size;
            byte behind = bytes[at];
            bytes[at] = '\n';
            reader.line(where.linesBefore() + number, bytes, from, at);
            bytes[at] = behind;
        }
    }

    private byte[] unpack(Block where) throws IOException {
        FileChannel channel = file;
        if (channel == null) {
            throw new IOException("the temporary file is closed");
        }
        ByteBuffer packed = ByteBuffer.allocate(where.packed());
        while (packed.hasRemaining()) {
            if (channel.read(packed, where.position() + packed.position()) < 0) {
                throw new IOException("the temporary file was cut");
            }
        }
        byte[] bytes = new byte[where.length() + Swar.SLACK];
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed.array());
            int length = 0;
            while (length < where.length()) {
                int read = inflater.inflate(bytes, length, where.length() - length);
                if (read == 0) {
                    throw new IOException("the temporary file is damaged");
                }
                length += read;
            }
        } catch (DataFormatException damaged) {
            throw new IOException("the temporary file is damaged", damaged);
        } finally {
            inflater.end();
        }
        return bytes;
    }

    @Override
    public void close() {
        try {
            FileChannel channel = file;
            if (channel != null) {
                channel.close();
            }
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }
}
