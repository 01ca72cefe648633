package io.github.eastwest.accesslog;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Byte search eight bytes at a time.
 *
 * <p>Buffers have at least {@link #SLACK} readable bytes after the last one searched, and a newline as sentinel where a
 * search has no other end.
 */
final class Swar {
    /** Bytes that may be read behind the end of the data. */
    static final int SLACK = 32;

    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long NEWLINES = ONES * '\n';
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';
    private static final long BLANKS = ONES * ' ';

    private Swar() {}

    static long word(byte[] buffer, int at) {
        return (long) LONGS.get(buffer, at);
    }

    /** High bit set in the lowest byte that is zero; bytes above it may be set wrongly. */
    private static long zeros(long word) {
        return (word - ONES) & ~word & HIGHS;
    }

    /** Index of the next newline; the sentinel guarantees one. */
    static int newline(byte[] buffer, int from) {
        int at = from;
        while (true) {
            long hits = zeros(word(buffer, at) ^ NEWLINES);
            if (hits != 0) {
                return at + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
            at += Long.BYTES;
        }
    }

    /** Newlines between both indexes. */
    static int countNewlines(byte[] buffer, int from, int to) {
        int count = 0;
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            long word = word(buffer, at) ^ NEWLINES;
            // Exact for every byte, not only for the lowest: no borrow crosses bytes.
            long hits = ~(((word & ~HIGHS) + ~HIGHS) | word | ~HIGHS);
            count += Long.bitCount(hits);
        }
        for (; at < to; at++) {
            if (buffer[at] == '\n') {
                count++;
            }
        }
        return count;
    }

    /** Index of the next double quote, backslash or control character: the end of the plain part of a JSON string. */
    static int endOfPlainString(byte[] buffer, int from) {
        int at = from;
        while (true) {
            long word = word(buffer, at);
            long hits = zeros(word ^ QUOTES) | zeros(word ^ BACKSLASHES) | ((word - BLANKS) & ~word & HIGHS);
            if (hits != 0) {
                return at + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
            at += Long.BYTES;
        }
    }

    /**
     * Collects the double quotes of the line that begins at {@code from}.
     *
     * @param quotes receives their indexes; the last element receives their number, at most {@code quotes.length - 1}
     *     of which are stored
     * @return index of the newline
     */
    static int quotesAndNewline(byte[] buffer, int from, int[] quotes) {
        int count = 0;
        int room = quotes.length - 1;
        int at = from;
        while (true) {
            long word = word(buffer, at);
            long quoteBits = word ^ QUOTES;
            quoteBits = ~(((quoteBits & ~HIGHS) + ~HIGHS) | quoteBits | ~HIGHS);
            long end = zeros(word ^ NEWLINES);
            if (end != 0) {
                quoteBits &= (end & -end) - 1;
            }
            while (quoteBits != 0) {
                if (count < room) {
                    quotes[count] = at + (Long.numberOfTrailingZeros(quoteBits) >>> 3);
                }
                count++;
                quoteBits &= quoteBits - 1;
            }
            if (end != 0) {
                quotes[room] = count;
                return at + (Long.numberOfTrailingZeros(end) >>> 3);
            }
            at += Long.BYTES;
        }
    }

    /** Index of that byte, or -1. */
    static int indexOf(byte[] buffer, int from, int to, char wanted) {
        for (int at = from; at < to; at++) {
            if (buffer[at] == wanted) {
                return at;
            }
        }
        return -1;
    }

    /** Index of the last such byte, or -1. */
    static int lastIndexOf(byte[] buffer, int from, int to, char wanted) {
        for (int at = to - 1; at >= from; at--) {
            if (buffer[at] == wanted) {
                return at;
            }
        }
        return -1;
    }
}
