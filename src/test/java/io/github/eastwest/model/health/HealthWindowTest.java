package io.github.eastwest.model.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.model.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthWindowTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private static HealthWindow window(String from, String to, int days) {
        return new HealthWindow(new TimeWindow(Instant.parse(from), Instant.parse(to)), 300, days);
    }

    /** At most 28 periods, of a minute, five, a quarter of an hour, an hour, six hours or a day. */
    @ParameterizedTest
    @CsvSource({
        "PT15M, 60, 15",
        "PT28M, 60, 28",
        "PT29M, 300, 6",
        "PT1H, 300, 12",
        "PT2H20M, 300, 28",
        "PT6H, 900, 24",
        "PT24H, 3600, 24",
        "P7D, 21600, 28",
        "P20D, 86400, 20"
    })
    void cutsAWindowIntoFewPeriods(Duration length, int seconds, int periods) {
        HealthWindow window = HealthWindow.aligned(new TimeWindow(NOON.minus(length), NOON), 7);

        assertThat(window.periodSeconds()).isEqualTo(seconds);
        assertThat(window.periods()).isEqualTo(periods);
        assertThat(window.window().to().getEpochSecond() % seconds).isZero();
        assertThat(window.window().length()).isGreaterThanOrEqualTo(length);
    }

    @Test
    void endsWithTheLastWholePeriod() {
        Instant now = Instant.parse("2026-11-21T12:03:59Z");
        HealthWindow window = HealthWindow.aligned(new TimeWindow(now.minus(Duration.ofHours(1)), now), 7);

        assertThat(window.window().from()).isEqualTo(Instant.parse("2026-11-21T11:00:00Z"));
        assertThat(window.window().to()).isEqualTo(NOON);
    }

    @Test
    void findsThePeriodOfATime() {
        HealthWindow window = window("2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z", 7);

        assertThat(window.period(NOON)).isEqualTo(OptionalInt.of(0));
        assertThat(window.period(Instant.parse("2026-11-21T12:59:59Z"))).isEqualTo(OptionalInt.of(11));
        assertThat(window.period(Instant.parse("2026-11-21T13:00:00Z"))).isEmpty();
        assertThat(window.period(Instant.parse("2026-11-21T11:59:59Z"))).isEmpty();
    }

    @Test
    void comparesWithTheClockHoursItTouchesOnEarlierDays() {
        HealthWindow window = window("2026-11-21T12:20:00Z", "2026-11-21T13:20:00Z", 7);

        assertThat(window.hours()).isEqualTo(new TimeWindow(NOON, Instant.parse("2026-11-21T14:00:00Z")));
        assertThat(window.samples()).isEqualTo(7);
        assertThat(window.sample(Instant.parse("2026-11-20T12:00:00Z"))).isEqualTo(OptionalInt.of(0));
        assertThat(window.sample(Instant.parse("2026-11-20T13:00:00Z"))).isEqualTo(OptionalInt.of(0));
        assertThat(window.sample(Instant.parse("2026-11-14T13:00:00Z"))).isEqualTo(OptionalInt.of(6));
        // Another hour, a day too early, and the window itself.
        assertThat(window.sample(Instant.parse("2026-11-20T14:00:00Z"))).isEmpty();
        assertThat(window.sample(Instant.parse("2026-11-20T11:00:00Z"))).isEmpty();
        assertThat(window.sample(Instant.parse("2026-11-13T13:00:00Z"))).isEmpty();
        assertThat(window.sample(NOON)).isEmpty();
        assertThat(window.earliest()).isEqualTo(Instant.parse("2026-11-14T12:00:00Z"));
    }

    @Test
    void stepsOverDaysThatTheWindowItselfHas() {
        HealthWindow window = new HealthWindow(
                new TimeWindow(Instant.parse("2026-11-18T00:00:00Z"), Instant.parse("2026-11-21T00:00:00Z")),
                21_600,
                7);

        assertThat(window.stepDays()).isEqualTo(3);
        assertThat(window.samples()).isEqualTo(2);
        assertThat(window.sample(Instant.parse("2026-11-17T23:00:00Z"))).isEqualTo(OptionalInt.of(0));
        assertThat(window.sample(Instant.parse("2026-11-15T00:00:00Z"))).isEqualTo(OptionalInt.of(0));
        assertThat(window.sample(Instant.parse("2026-11-14T23:00:00Z"))).isEqualTo(OptionalInt.of(1));
        assertThat(window.sample(Instant.parse("2026-11-18T00:00:00Z"))).isEmpty();
    }

    @Test
    void comparesWithNothingWhereNoDaysAreAsked() {
        HealthWindow window = window("2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z", 0);

        assertThat(window.samples()).isZero();
        assertThat(window.sample(Instant.parse("2026-11-20T12:00:00Z"))).isEmpty();
    }

    @Test
    void refusesMoreDaysAndPeriodsThanItDraws() {
        TimeWindow hour = new TimeWindow(NOON, NOON.plusSeconds(3600));
        assertThatThrownBy(() -> new HealthWindow(hour, 60, 36)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HealthWindow(hour, 0, 7)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HealthWindow(hour, 1, 7)).isInstanceOf(IllegalArgumentException.class);
    }
}
