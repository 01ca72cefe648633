package io.github.eastwest.accesslog;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into chunks of whole lines; where the stream is cut depends on its bytes only. Not thread-safe.
 *
 * <p>A stream that fails in its midst delivers what was read before, then ends; {@link #failure} tells why.
 */
final class LineChunks {
    /** The longest chunk: large enough for the longest line, small enough that the buffers of all workers fit a small heap. */
    static final int CHUNK_BYTES = 2 << 20;

    private final InputStream in;
    private final int usualBytes;
    private byte[] carry = new byte[0];
    private boolean ended;
    private boolean skipToNewline;
    private @Nullable IOException failure;

    LineChunks(InputStream in) {
        this(in, CHUNK_BYTES, false);
    }

    /**
     * Cuts small chunks that stay in a processor's cache between reading and scanning.
     *
     * @param usualBytes length of a chunk, longer where a line needs it
     * @param insideLine whether the stream may begin inside a line; what stands before its first newline is then left out
     */
    LineChunks(InputStream in, int usualBytes, boolean insideLine) {
        this.in = in;
        this.usualBytes = usualBytes;
        this.skipToNewline = insideLine;
    }

    /** Some whole lines. */
    static final class Chunk {
        byte[] buffer = new byte[0];
        /** Bytes of lines; a newline stands behind them. */
        int length;

        private void reserve(int bytes) {
            if (buffer.length < bytes + Swar.SLACK) {
                buffer = Arrays.copyOf(buffer, bytes + Swar.SLACK);
            }
        }
    }

    /** Why the stream ended before its time. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Whether no chunk follows. */
    boolean isAtEnd() {
        return ended && carry.length == 0;
    }

    /**
     * Takes the next lines.
     *
     * @return false at the end of the stream
     */
    boolean next(Chunk chunk) {
        int most = usualBytes;
        chunk.reserve(Math.max(most, carry.length));
        System.arraycopy(carry, 0, chunk.buffer, 0, carry.length);
        int length = carry.length;
        carry = new byte[0];
        int end;
        while (true) {
            chunk.reserve(most);
            length = fill(chunk.buffer, length, most);
            if (skipToNewline) {
                length = skipped(chunk.buffer, length);
                if (!ended) {
                    continue;
                }
            }
            end = ended ? length : Swar.lastIndexOf(chunk.buffer, 0, length, '\n') + 1;
            if (end > 0 || ended || most == CHUNK_BYTES) {
                break;
            }
            most = Math.min(CHUNK_BYTES, 2 * most);
        }
        if (length == 0) {
            return false;
        }
        if (end == 0) {
            // A line as long as the longest chunk: its beginning stands for it.
            skipToNewline = true;
            end = LineScanner.LONGEST_LINE + 2;
        } else if (end < length) {
            carry = Arrays.copyOfRange(chunk.buffer, end, length);
        }
        chunk.length = end;
        chunk.buffer[end] = '\n';
        return true;
    }

    /** Drops what stands before the first newline, and it. Returns what is left of the length. */
    private int skipped(byte[] buffer, int length) {
        buffer[length] = '\n';
        int newline = Swar.newline(buffer, 0);
        if (newline == length) {
            return 0;
        }
        skipToNewline = false;
        System.arraycopy(buffer, newline + 1, buffer, 0, length - newline - 1);
        return length - newline - 1;
    }

    private int fill(byte[] buffer, int from, int to) {
        int length = from;
        while (!ended && length < to) {
            try {
                int read = in.read(buffer, length, to - length);
                if (read < 0) {
                    ended = true;
                } else {
                    length += read;
                }
            } catch (IOException fault) {
                failure = fault;
                ended = true;
            }
        }
        return length;
    }
}
