package io.github.eastwest.accesslog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The lines that begin in a part of a file: its bytes, and what the last line has behind them. Parts may be read at the same time. */
final class FileRange extends InputStream {
    /** Bytes read at once while the end of the last line is looked for. */
    private static final int STEP_BYTES = 8 << 10;

    private final FileChannel channel;
    private final long end;
    private final long size;
    private long position;
    private boolean ended;

    /**
     * A part of a file.
     *
     * @param from offset of its first byte, or of the byte before that
     * @param end offset behind its last byte
     * @param size bytes of the file that exist; growth is not read
     */
    FileRange(FileChannel channel, long from, long end, long size) {
        this.channel = channel;
        this.position = from;
        this.end = end;
        this.size = size;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int read = read(one, 0, 1);
        return read < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
        if (ended || position >= size) {
            return -1;
        }
        // A newline in the last byte ends the last line; any other byte there belongs to a line that goes on.
        boolean beyond = position >= end - 1;
        long wanted = beyond ? Math.min(STEP_BYTES, size - position) : end - 1 - position;
        int read = channel.read(ByteBuffer.wrap(buffer, from, (int) Math.min(length, wanted)), position);
        if (read < 0) {
            throw new IOException("the file became shorter while it was read");
        }
        if (beyond) {
            int newline = Swar.indexOf(buffer, from, from + read, '\n');
            if (newline >= 0) {
                read = newline + 1 - from;
            }
            // What is longer than a line may be needs no end.
            ended = newline >= 0 || position > end + LineChunks.CHUNK_BYTES;
        }
        position += read;
        return read;
    }
}
