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
    static final int SLACK = 64;

    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    static {
        // The JDK's random numbers (temporary file names) load this second kind of handle. Had the hot loops been
        // compiled before, the JVM
        // would throw their code away, because it had counted on there being one kind only.
        MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    }

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long NEWLINES = ONES * '\n';
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';
    private static final long BLANKS = ONES * ' ';
    private static final long ZEROS = ONES * '0';
    private static final long ABOVE_NINE = ONES * (0x80 - 10);
    /** A number of more digits may not fit. */
    static final int MOST_DIGITS = 18;

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

    /** Index of the next double quote or newline. */
    static int quoteOrNewline(byte[] buffer, int from) {
        return wantedOrNewline(buffer, from, QUOTES);
    }

    /** Index of the next blank or newline. */
    static int blankOrNewline(byte[] buffer, int from) {
        return wantedOrNewline(buffer, from, BLANKS);
    }

    private static int wantedOrNewline(byte[] buffer, int from, long wanted) {
        int at = from;
        while (true) {
            long word = word(buffer, at);
            long hits = zeros(word ^ wanted) | zeros(word ^ NEWLINES);
            if (hits != 0) {
                return at + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
            at += Long.BYTES;
        }
    }

    /** Index of the next blank or control character. */
    static int endOfWord(byte[] buffer, int from) {
        return below(buffer, from, BLANKS + ONES);
    }

    /** Index of the next double quote, exclamation mark, blank or control character. */
    static int endOfQuoted(byte[] buffer, int from) {
        return below(buffer, from, QUOTES + ONES);
    }

    /** Index of the next byte from 0 to one less than a byte of the bound. */
    private static int below(byte[] buffer, int from, long bound) {
        int at = from;
        while (true) {
            long word = word(buffer, at);
            long hits = (word - bound) & ~word & HIGHS;
            if (hits != 0) {
                return at + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
            at += Long.BYTES;
        }
    }

    /** Whether no quote, blank or control character is among so many bytes, at least eight, and a quote stands behind them. */
    static boolean isOneWord(byte[] buffer, int from, int length) {
        if (buffer[from + length] != '"') {
            return false;
        }
        long last = word(buffer, from + length - Long.BYTES);
        long hits = (last - (QUOTES + ONES)) & ~last;
        for (int at = 0; at < length - Long.BYTES; at += Long.BYTES) {
            long word = word(buffer, from + at);
            hits |= (word - (QUOTES + ONES)) & ~word;
        }
        return (hits & HIGHS) == 0;
    }

    /** Index of the next byte that is no decimal digit. */
    static int endOfDigits(byte[] buffer, int from) {
        int at = from;
        while (true) {
            // A digit becomes 0 to 9, and adding 0x76 to anything above sets the high bit.
            long word = word(buffer, at) ^ ZEROS;
            long hits = (word + ABOVE_NINE | word) & HIGHS;
            if (hits != 0) {
                return at + (Long.numberOfTrailingZeros(hits) >>> 3);
            }
            at += Long.BYTES;
        }
    }

    /**
     * The number that some digits make.
     *
     * @param from the first digit
     * @param to after the last one, 1 to {@value #MOST_DIGITS} behind {@code from}
     */
    static long digits(byte[] buffer, int from, int to) {
        int length = to - from;
        if (length <= Long.BYTES) {
            return eightDigits(word(buffer, from) << Long.SIZE - Byte.SIZE * length);
        }
        long number = 0;
        for (int at = from; at < to; at++) {
            number = number * 10 + (buffer[at] - '0');
        }
        return number;
    }

    /** The number of the digits in a word, the last digit in the highest byte; bytes of 0 count as 0. */
    private static long eightDigits(long word) {
        long ones = word & ONES * 0xF;
        long pairs = (ones * 10 + (ones >>> 8)) & 0x00FF00FF00FF00FFL;
        long fours = (pairs * 100 + (pairs >>> 16)) & 0x0000FFFF0000FFFFL;
        return fours * 10_000 + (fours >>> 32) & 0xFFFFFFFFL;
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
