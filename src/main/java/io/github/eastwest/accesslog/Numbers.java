package io.github.eastwest.accesslog;

import io.github.eastwest.model.log.AccessLogEntry;

/** Whole numbers in bytes. */
final class Numbers {
    /** Stands for bytes that are no number. */
    static final long INVALID = Long.MIN_VALUE;

    /** Numbers of more digits are no byte counts and no durations. */
    private static final int MOST_DIGITS = 18;

    private Numbers() {}

    /**
     * Reads a number as log formats print it: digits, perhaps a fraction (dropped) or {@code ms}; a dash, {@code null} or nothing is
     * absent.
     *
     * @return the number, {@link AccessLogEntry#ABSENT} or {@link #INVALID}
     */
    static long read(byte[] buffer, int from, int to) {
        if (from == to) {
            return AccessLogEntry.ABSENT;
        }
        long number = 0;
        int at = from;
        while (at < to) {
            int digit = buffer[at] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            number = number * 10 + digit;
            at++;
        }
        int digits = at - from;
        if (digits > MOST_DIGITS) {
            return INVALID;
        }
        if (at == to) {
            return number;
        }
        if (digits == 0) {
            return isAbsent(buffer, from, to) ? AccessLogEntry.ABSENT : INVALID;
        }
        if (buffer[at] == '.') {
            at++;
            int fraction = at;
            while (at < to && Ascii.isDigit(buffer[at])) {
                at++;
            }
            if (at == fraction) {
                return INVALID;
            }
        }
        return at == to || (to - at == 2 && buffer[at] == 'm' && buffer[at + 1] == 's') ? number : INVALID;
    }

    private static boolean isAbsent(byte[] buffer, int from, int to) {
        return (to - from == 1 && buffer[from] == '-') || (to - from == 4 && Ascii.regionEquals(buffer, from, "null"));
    }
}
