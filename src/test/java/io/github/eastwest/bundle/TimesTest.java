package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimesTest {
    @Test
    void readsWhatThePlatformPrints() {
        Random random = new Random(5);
        List<ChronoUnit> units = List.of(ChronoUnit.SECONDS, ChronoUnit.MILLIS, ChronoUnit.MICROS, ChronoUnit.NANOS);
        for (int i = 0; i < 20_000; i++) {
            // Up to the year 2286.
            Instant time = Instant.ofEpochSecond(random.nextLong(10_000_000_000L), random.nextInt(1_000_000_000))
                    .truncatedTo(units.get(i % units.size()));
            assertThat(Times.parse(time.toString())).contains(time);
        }
    }

    @Test
    void readsOtherFormsToo() {
        Optional<Instant> expected = Optional.of(Instant.parse("2026-11-21T04:15:47.500Z"));
        for (String text : List.of(
                "2026-11-21T04:15:47.5Z",
                "2026-11-21t04:15:47.5z",
                "2026-11-21T05:15:47.5+01:00",
                "2026-11-21T05:15:47.500+0100",
                "2026-11-21 05:15:47.5 +01:00",
                "2026-11-21T04:15:47.500",
                " 2026-11-21T04:15:47.500000000Z ",
                "1795234547.5",
                "1795234547500")) {
            assertThat(Times.parse(text)).as(text).isEqualTo(expected);
        }
        assertThat(Times.parse("2026-11-21T04:15Z")).contains(Instant.parse("2026-11-21T04:15:00Z"));
    }

    @Test
    void refusesWhatIsNoTime() {
        for (String text : List.of(
                "",
                "now",
                "2026-11-21",
                "2026-13-21T04:15:47Z",
                "2026-11-21T04:60:47Z",
                "2026-11-21T04:15:47.1234567890Z",
                "2026-11-21T04:15:4\u0667Z",
                "2026-11-21T04:15:47,5Z",
                "20a6-11-21T04:15:47Z",
                "2026-11-21T04:15:47.5xZ",
                "1969-12-31T23:59:59Z",
                "-026-11-21T04:15:47Z",
                "9".repeat(70))) {
            assertThat(Times.parse(text)).as(text).isEmpty();
        }
    }
}
