package io.github.eastwest.accesslog;

/**
 * Reads the times that proxies and envelopes print: ISO 8601 with any fraction and zone, with a blank for the T, and numbers of
 * seconds or milliseconds since the epoch. A time without zone is UTC: that is what containers run on.
 *
 * <p>Lines of one stream share their minute with their neighbours, so the last minute's value is remembered. Not thread-safe.
 */
final class Timestamps {
    /** Stands for a text that is no time. */
    static final long NONE = -1;

    private static final long MILLIS_PER_MINUTE = 60_000;

    /** {@code :00.000Z} */
    private static final long SECONDS_PATTERN = 0x5A3030302E30303AL;
    /** Added to the difference from it, sets a byte's high bit unless its character is right; seconds go to 69 as in {@link #read}. */
    private static final long SECONDS_ABOVE = 0x7F7676767F76797FL;

    private static final int ZULU_LENGTH = 24;

    private static final long HIGHS = 0x8080808080808080L;

    private long firstHalf;
    private long secondHalf;
    private long minuteMillis = NONE;

    /**
     * Reads {@code 2026-11-21T03:24:13.242Z} and its relatives.
     *
     * @return milliseconds since the epoch, or {@link #NONE}
     */
    long read(byte[] buffer, int from, int to) {
        if (to - from < 19) {
            return epochNumber(buffer, from, to);
        }
        if (to - from == ZULU_LENGTH) {
            long millis = readZulu(buffer, from);
            if (millis != NONE) {
                return millis;
            }
        }
        long minute = minuteOf(buffer, from);
        if (minute == NONE) {
            return epochNumber(buffer, from, to);
        }
        int s1 = buffer[from + 17] - '0';
        int s2 = buffer[from + 18] - '0';
        if (buffer[from + 16] != ':' || (s1 | s2) < 0 || s1 > 6 || s2 > 9) {
            return NONE;
        }
        long millis = minute + (s1 * 10 + s2) * 1000L;
        int at = from + 19;
        if (at < to && (buffer[at] == '.' || buffer[at] == ',')) {
            at++;
            int digits = 0;
            int fraction = 0;
            while (at < to && buffer[at] >= '0' && buffer[at] <= '9') {
                if (digits < 3) {
                    fraction = fraction * 10 + (buffer[at] - '0');
                }
                digits++;
                at++;
            }
            if (digits == 0) {
                return NONE;
            }
            for (int d = digits; d < 3; d++) {
                fraction *= 10;
            }
            millis += fraction;
        }
        if (at == to) {
            return millis;
        }
        if (buffer[at] == 'Z' || buffer[at] == 'z') {
            return at + 1 == to ? millis : NONE;
        }
        return zoned(millis, buffer, at, to);
    }

    /**
     * Reads {@code 2026-11-21T03:24:13.242Z} and nothing else.
     *
     * @return milliseconds since the epoch, or {@link #NONE}
     */
    long readZulu(byte[] buffer, int from) {
        long minute = minuteOf(buffer, from);
        long digits = Swar.word(buffer, from + 16) ^ SECONDS_PATTERN;
        if (minute == NONE || ((digits + SECONDS_ABOVE | digits) & HIGHS) != 0) {
            return NONE;
        }
        return minute
                + (digits >>> 8 & 0xF) * 10_000
                + (digits >>> 16 & 0xF) * 1000
                + (digits >>> 32 & 0xF) * 100
                + (digits >>> 40 & 0xF) * 10
                + (digits >>> 48 & 0xF);
    }

    /** Milliseconds at the start of the minute, remembered from the last time. */
    private long minuteOf(byte[] buffer, int from) {
        long first = Swar.word(buffer, from);
        long second = Swar.word(buffer, from + 8);
        if (first != firstHalf || second != secondHalf) {
            minuteMillis = minute(buffer, from);
            firstHalf = first;
            secondHalf = second;
        }
        return minuteMillis;
    }

    private static long zoned(long local, byte[] buffer, int from, int to) {
        int at = from;
        if (buffer[at] == ' ') {
            at++;
        }
        if (at >= to || (buffer[at] != '+' && buffer[at] != '-')) {
            return isUtc(buffer, at, to) ? local : NONE;
        }
        int sign = buffer[at] == '+' ? 1 : -1;
        at++;
        int length = to - at;
        boolean colon = length == 5 && buffer[at + 2] == ':';
        if (length != 4 && length != 2 && !colon) {
            return NONE;
        }
        int hours = two(buffer, at);
        int minutes = length == 2 ? 0 : two(buffer, to - 2);
        if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
            return NONE;
        }
        return local - sign * (hours * 60L + minutes) * MILLIS_PER_MINUTE;
    }

    private static boolean isUtc(byte[] buffer, int from, int to) {
        return to - from == 3 && buffer[from] == 'U' && buffer[from + 1] == 'T' && buffer[from + 2] == 'C';
    }

    /** Milliseconds at the start of {@code 2026-11-21T03:24}. */
    private static long minute(byte[] buffer, int from) {
        int century = two(buffer, from);
        int yearOfCentury = two(buffer, from + 2);
        int month = two(buffer, from + 5);
        int day = two(buffer, from + 8);
        int hour = two(buffer, from + 11);
        int minute = two(buffer, from + 14);
        if (century < 19
                || yearOfCentury < 0
                || buffer[from + 4] != '-'
                || month < 1
                || month > 12
                || buffer[from + 7] != '-'
                || day < 1
                || (buffer[from + 10] != 'T' && buffer[from + 10] != ' ' && buffer[from + 10] != 't')
                || hour < 0
                || hour > 23
                || buffer[from + 13] != ':'
                || minute < 0
                || minute > 59) {
            return NONE;
        }
        int year = century * 100 + yearOfCentury;
        if (year < 1970 || day > daysOfMonth(year, month)) {
            return NONE;
        }
        return ((daysBefore(year, month) + day - 1) * 1440L + hour * 60L + minute) * MILLIS_PER_MINUTE;
    }

    private static int daysOfMonth(int year, int month) {
        return switch (month) {
            case 2 -> leap(year) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    private static boolean leap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    /** Days from 1970-01-01 to the first of that month. */
    private static long daysBefore(int year, int month) {
        int before = year - 1;
        long days = 365L * (year - 1970)
                + (before / 4 - 1969 / 4)
                - (before / 100 - 1969 / 100)
                + (before / 400 - 1969 / 400);
        for (int m = 1; m < month; m++) {
            days += daysOfMonth(year, m);
        }
        return days;
    }

    private static int two(byte[] buffer, int at) {
        int tens = buffer[at] - '0';
        int ones = buffer[at + 1] - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
    }

    /** Seconds (10 digits, perhaps a fraction) or milliseconds (13 digits) since the epoch. */
    private static long epochNumber(byte[] buffer, int from, int to) {
        long whole = 0;
        int at = from;
        while (at < to && at - from < 14 && buffer[at] >= '0' && buffer[at] <= '9') {
            whole = whole * 10 + (buffer[at] - '0');
            at++;
        }
        int digits = at - from;
        if (digits == 13 && (at == to || buffer[at] == '.')) {
            return fractionOnly(buffer, at, to) ? whole : NONE;
        }
        if (digits != 10) {
            return NONE;
        }
        if (!fractionOnly(buffer, at, to)) {
            return NONE;
        }
        long millis = whole * 1000;
        int weight = 100;
        for (int i = at + 1; i < to && weight > 0; i++, weight /= 10) {
            millis += (long) (buffer[i] - '0') * weight;
        }
        return millis;
    }

    private static boolean fractionOnly(byte[] buffer, int from, int to) {
        if (from == to) {
            return true;
        }
        if (buffer[from] != '.') {
            return false;
        }
        for (int at = from + 1; at < to; at++) {
            if (buffer[at] < '0' || buffer[at] > '9') {
                return false;
            }
        }
        return true;
    }
}
