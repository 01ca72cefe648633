package io.github.eastwest.model.health;

import io.github.eastwest.model.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/**
 * The time that a health report looks at, cut into periods, and the earlier time it compares with: the clock hours that the
 * window touches, on earlier days. Hours, because CloudWatch then answers for all of those days in one page.
 *
 * @param window the time looked at, UTC
 * @param periodSeconds length of a period, seconds
 * @param compareDays how many days back it compares; 0 for not at all
 */
public record HealthWindow(TimeWindow window, int periodSeconds, int compareDays) {
    /** CloudWatch keeps hours for 455 days, but an edge of last year is another edge. */
    public static final int MOST_COMPARE_DAYS = 35;

    /** Points of a drawing at most. */
    public static final int MOST_PERIODS = 1500;

    private static final int FEW_PERIODS = 28;
    private static final List<Integer> PERIODS = List.of(60, 300, 900, 3600, 21_600, 86_400);
    private static final int HOUR = 3600;
    private static final int DAY = 86_400;

    /** @throws IllegalArgumentException if the period does not fit, or there are too many days */
    public HealthWindow {
        if (periodSeconds < 1 || compareDays < 0 || compareDays > MOST_COMPARE_DAYS) {
            throw new IllegalArgumentException("a period is positive, and days are 0 to " + MOST_COMPARE_DAYS);
        }
        if (window.length().toSeconds() / periodSeconds > MOST_PERIODS) {
            throw new IllegalArgumentException("more than " + MOST_PERIODS + " periods");
        }
    }

    /**
     * A window whose bounds are those of periods.
     *
     * @param asked what the user asked for; its end moves back and its begin moves along, so that its length stays
     */
    public static HealthWindow aligned(TimeWindow asked, int compareDays) {
        int period = PERIODS.stream()
                .filter(p -> asked.length().toSeconds() <= (long) p * FEW_PERIODS)
                .findFirst()
                .orElse(DAY);
        long to = Math.floorDiv(asked.to().getEpochSecond(), period) * (long) period;
        long length = Math.max(1, ceilDiv(asked.length().toSeconds(), period)) * period;
        return new HealthWindow(
                new TimeWindow(Instant.ofEpochSecond(to - length), Instant.ofEpochSecond(to)), period, compareDays);
    }

    /** How many periods the window has. */
    public int periods() {
        return (int) ceilDiv(window.length().toSeconds(), periodSeconds);
    }

    /** The period that holds that time; empty outside the window. */
    public OptionalInt period(Instant at) {
        return window.contains(at)
                ? OptionalInt.of((int) (Duration.between(window.from(), at).toSeconds() / periodSeconds))
                : OptionalInt.empty();
    }

    /** Days between two samples of the earlier time: one, or as many as the window has begun. */
    public int stepDays() {
        return (int) Math.max(1, ceilDiv(hours().length().toSeconds(), DAY));
    }

    /** How many times the same hours are looked at in earlier days. */
    public int samples() {
        return compareDays / stepDays();
    }

    /** The clock hours that the window touches. */
    public TimeWindow hours() {
        long from = Math.floorDiv(window.from().getEpochSecond(), HOUR) * HOUR;
        long to = ceilDiv(window.to().getEpochSecond(), (long) HOUR) * HOUR;
        return new TimeWindow(Instant.ofEpochSecond(from), Instant.ofEpochSecond(to));
    }

    /** The sample that an hour belongs to, 0 for the nearest; empty when it belongs to none. */
    public OptionalInt sample(Instant hour) {
        TimeWindow hours = hours();
        long step = (long) stepDays() * DAY;
        long before = hours.to().getEpochSecond() - hour.getEpochSecond();
        long back = Math.floorDiv(before - 1, step);
        boolean inside = hours.contains(hour.plusSeconds(back * step));
        return back >= 1 && back <= samples() && inside ? OptionalInt.of((int) back - 1) : OptionalInt.empty();
    }

    /** The first hour of the earliest sample; the window's first hour when there is none. */
    public Instant earliest() {
        return hours().from().minusSeconds((long) samples() * stepDays() * DAY);
    }

    private static long ceilDiv(long number, long by) {
        return -Math.floorDiv(-number, by);
    }
}
