package io.github.eastwest.accesslog;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into chunks of whole lines. Several threads may take chunks; where the stream is cut depends on its bytes
 * only.
 *
 * <p>A stream that fails in its midst delivers what was read before, then ends; {@link #failure} tells why.
 */
final class LineChunks {
    /** Large enough that taking one costs nothing, small enough that the buffers of all workers fit a small heap. */
    static final int CHUNK_BYTES = 4 << 20;

    private final InputStream in;
    private byte[] carry = new byte[0];
    private boolean ended;
    private boolean skipToNewline;
    private long sequence;
    private @Nullable IOException failure;

    LineChunks(InputStream in) {
        this.in = in;
    }

    /** Some whole lines. */
    static final class Chunk {
        final byte[] buffer = new byte[CHUNK_BYTES + Swar.SLACK];
        /** Bytes of lines; a newline stands behind them. */
        int length;
        /** Number of the chunk in its stream, from 0. */
        long sequence;
    }

    /** Why the stream ended before its time. */
    synchronized Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Takes the next lines.
     *
     * @return false at the end of the stream
     */
    synchronized boolean next(Chunk chunk) {
        byte[] buffer = chunk.buffer;
        System.arraycopy(carry, 0, buffer, 0, carry.length);
        int length = carry.length;
        carry = new byte[0];
        while (true) {
            length = fill(buffer, length);
            if (skipToNewline) {
                int newline = Swar.indexOf(buffer, 0, length, '\n');
                if (newline < 0) {
                    length = 0;
                    if (ended) {
                        return false;
                    }
                    continue;
                }
                length -= newline + 1;
                System.arraycopy(buffer, newline + 1, buffer, 0, length);
                skipToNewline = false;
                continue;
            }
            break;
        }
        if (length == 0) {
            return false;
        }
        int end = length;
        if (!ended) {
            end = Swar.lastIndexOf(buffer, 0, length, '\n') + 1;
            if (end == 0) {
                // A line as long as the buffer: its beginning stands for it.
                skipToNewline = true;
                end = LineScanner.LONGEST_LINE + 2;
            } else {
                carry = Arrays.copyOfRange(buffer, end, length);
            }
        }
        chunk.length = end;
        chunk.sequence = sequence++;
        buffer[end] = '\n';
        return true;
    }

    private int fill(byte[] buffer, int from) {
        int length = from;
        while (!ended && length < CHUNK_BYTES) {
            try {
                int read = in.read(buffer, length, CHUNK_BYTES - length);
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
