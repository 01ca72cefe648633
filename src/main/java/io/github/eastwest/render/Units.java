package io.github.eastwest.render;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalLong;

/** Numbers, shares, durations and times as reports print them, whatever the machine's locale and time zone. */
public final class Units {
    /** Narrow no-break space: groups digits and holds a unit to its number. */
    public static final char THIN_SPACE = '\u202F';

    /** Stands for a value that does not exist; a reason goes with it. */
    public static final String ABSENT = "\u2014";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Units() {}

    /** {@code 1 619}: digits in groups of three. */
    public static String count(long number) {
        String digits = Long.toString(number);
        StringBuilder grouped = new StringBuilder(digits);
        int first = number < 0 ? 1 : 0;
        for (int i = digits.length() - 3; i > first; i -= 3) {
            grouped.insert(i, THIN_SPACE);
        }
        return grouped.toString();
    }

    /** {@code 1 call}, {@code 1 619 calls}. */
    public static String count(long number, String singular) {
        return count(number) + THIN_SPACE + singular + (number == 1 ? "" : "s");
    }

    /**
     * {@code 70.4 %}: a share that is neither none nor all never reads {@code 0 %} or {@code 100 %}; {@link #ABSENT} of
     * nothing.
     */
    public static String share(long part, long whole) {
        if (whole <= 0) {
            return ABSENT;
        }
        if (part == 0) {
            return "0" + THIN_SPACE + "%";
        }
        if (part == whole) {
            return "100" + THIN_SPACE + "%";
        }
        BigDecimal percent =
                BigDecimal.valueOf(part).movePointRight(2).divide(BigDecimal.valueOf(whole), 6, RoundingMode.HALF_UP);
        if (percent.compareTo(new BigDecimal("0.01")) < 0) {
            return "<" + THIN_SPACE + "0.01" + THIN_SPACE + "%";
        }
        if (percent.compareTo(new BigDecimal("99.99")) > 0) {
            return ">" + THIN_SPACE + "99.99" + THIN_SPACE + "%";
        }
        // Two digits that matter at both ends, one in between.
        boolean nearAnEnd = percent.compareTo(BigDecimal.ONE) < 0 || percent.compareTo(new BigDecimal("99.9")) >= 0;
        return percent.setScale(nearAnEnd ? 2 : 1, RoundingMode.HALF_UP).toPlainString() + THIN_SPACE + "%";
    }

    /** {@code 0.93}; below 1 it never reads {@code 1.00}. */
    public static String confidence(double confidence) {
        BigDecimal rounded = new BigDecimal(confidence).setScale(2, RoundingMode.HALF_UP);
        if (confidence < 1 && rounded.compareTo(BigDecimal.ONE) >= 0) {
            return "0.99";
        }
        return rounded.toPlainString();
    }

    /** {@code 4 014 ms}, or {@link #ABSENT}. */
    public static String millis(OptionalLong millis) {
        return millis.isPresent() ? count(millis.getAsLong()) + THIN_SPACE + "ms" : ABSENT;
    }

    /** {@code 04:15:47Z}. */
    public static String time(Instant instant) {
        return TIME.format(instant);
    }

    /** {@code 2026-11-21 04:15:47Z}. */
    public static String dateTime(Instant instant) {
        return date(instant) + " " + time(instant);
    }

    /** {@code 2026-11-21}. */
    public static String date(Instant instant) {
        return DATE.format(instant);
    }

    /** {@code 2026-11-21 04:15:00Z to 04:18:00Z}; the second date only where it differs. */
    public static String span(Instant from, Instant to) {
        return dateTime(from) + " to " + (date(from).equals(date(to)) ? time(to) : dateTime(to));
    }

    /** {@code 1 h 5 min}: the two largest units that are not zero. */
    public static String duration(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return count(duration.toMillis()) + THIN_SPACE + "ms";
        }
        long[] amounts = {duration.toDays(), duration.toHoursPart(), duration.toMinutesPart(), duration.toSecondsPart()
        };
        String[] names = {"d", "h", "min", "s"};
        StringBuilder text = new StringBuilder();
        int used = 0;
        for (int i = 0; i < amounts.length && used < 2; i++) {
            if (amounts[i] > 0) {
                text.append(used == 0 ? "" : String.valueOf(THIN_SPACE))
                        .append(count(amounts[i]))
                        .append(THIN_SPACE)
                        .append(names[i]);
                used++;
            } else if (used > 0) {
                break;
            }
        }
        return text.toString();
    }

    /** {@code 1.2 GB}: decimal units, as AWS charges them; bytes below a kilobyte are exact. */
    public static String bytes(long bytes) {
        String[] names = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
        BigDecimal amount = BigDecimal.valueOf(bytes);
        int unit = 0;
        while (amount.compareTo(new BigDecimal("999.95")) >= 0 && unit < names.length - 1) {
            amount = amount.movePointLeft(3);
            unit++;
        }
        return (unit == 0 ? amount : amount.setScale(1, RoundingMode.HALF_UP)).toPlainString()
                + THIN_SPACE
                + names[unit];
    }
}
