package io.github.eastwest.classify;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers, times and names in the sentences of findings: the same sentence goes to every output. */
public final class Words {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Words() {}

    /** {@code 1 619}: groups of three. */
    public static String number(long value) {
        // Not by a format: reports hold hundreds of numbers, and a format is read anew each time.
        String digits = Long.toString(value);
        int sign = value < 0 ? 1 : 0;
        StringBuilder grouped = new StringBuilder(digits.length() * 2).append(digits, 0, sign);
        for (int i = sign; i < digits.length(); i++) {
            if (i > sign && (digits.length() - i) % 3 == 0) {
                grouped.append('\u00a0');
            }
            grouped.append(digits.charAt(i));
        }
        return grouped.toString();
    }

    /** {@code 39 of 1 232 calls (3.2 %)}. */
    public static String of(long count, long total, String noun) {
        return number(count) + " of " + number(total) + " " + noun + (total == 1 ? "" : "s") + " ("
                + percent(count, total) + ")";
    }

    /** {@code 3.2 %}: one decimal, more for small shares, {@code 100 %} and {@code 0 %} only when exact. */
    public static String percent(long count, long total) {
        if (total == 0 || count == 0) {
            return "0\u00a0%";
        }
        if (count == total) {
            return "100\u00a0%";
        }
        double share = 100.0 * count / total;
        return decimal(Math.min(share, 99.9), share < 0.1 ? 3 : share < 1 ? 2 : 1) + "\u00a0%";
    }

    /** So many digits behind the point, as {@code %.1f} has them, which takes far longer: reports hold hundreds. */
    private static String decimal(double value, int digits) {
        return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).toPlainString();
    }

    /** {@code 04:15:47Z}. */
    public static String time(long epochMillis) {
        return TIME.format(Instant.ofEpochMilli(epochMillis));
    }

    /** {@code 04:15:47Z}. */
    public static String time(Instant instant) {
        return TIME.format(instant);
    }

    /** {@code 250 ms}, {@code 15.0 s}. */
    public static String duration(long millis) {
        return millis < 1000 ? millis + "\u00a0ms" : decimal(millis / 1000.0, 1) + "\u00a0s";
    }

    /** {@code 1 task}, {@code 3 tasks}. */
    public static String count(long count, String noun) {
        return number(count) + " " + noun + (count == 1 ? "" : "s");
    }

    /** A word that a POSIX shell takes literally: names in a bundle are hostile. */
    public static String shell(String word) {
        if (word.matches("[A-Za-z0-9_./:@%+=,-]+")) {
            return word;
        }
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
