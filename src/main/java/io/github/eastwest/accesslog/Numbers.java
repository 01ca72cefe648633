package io.github.eastwest.accesslog;

import io.github.eastwest.model.log.AccessLogEntry;

/** Whole numbers in bytes. */
final class Numbers {
    /** Stands for bytes that are no number. */
    static final long INVALID = Long.MIN_VALUE;

    private static final int LONGEST_EXPONENTIAL = 32;
    private static final double MOST = 1e18;

    private Numbers() {}

    /**
     * Reads a number as log formats print it: digits, perhaps a fraction (dropped), an exponent or {@code ms}; a dash, {@code null} or nothing is
     * absent. Up to {@link Swar#SLACK} bytes behind it may be read.
     *
     * @return the number, {@link AccessLogEntry#ABSENT} or {@link #INVALID}
     */
    static long read(byte[] buffer, int from, int to) {
        if (from == to) {
            return AccessLogEntry.ABSENT;
        }
        int at = Math.min(to, Swar.endOfDigits(buffer, from));
        int digits = at - from;
        if (digits > Swar.MOST_DIGITS) {
            return INVALID;
        }
        long number = digits == 0 ? 0 : Swar.digits(buffer, from, at);
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
        if (at < to && (buffer[at] == 'e' || buffer[at] == 'E')) {
            return exponential(buffer, from, to);
        }
        return at == to || (to - at == 2 && buffer[at] == 'm' && buffer[at + 1] == 's') ? number : INVALID;
    }

    /** Envoy's JSON prints a round number of bytes as {@code 3e+05}. */
    private static long exponential(byte[] buffer, int from, int to) {
        if (to - from > LONGEST_EXPONENTIAL) {
            return INVALID;
        }
        double number;
        try {
            number = Double.parseDouble(Ascii.text(buffer, from, to));
        } catch (NumberFormatException broken) {
            return INVALID;
        }
        return number >= 0 && number < MOST ? (long) number : INVALID;
    }

    private static boolean isAbsent(byte[] buffer, int from, int to) {
        return (to - from == 1 && buffer[from] == '-') || (to - from == 4 && Ascii.regionEquals(buffer, from, "null"));
    }
}
