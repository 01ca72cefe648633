package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class WindowOptionsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:50:00.7Z");

    @Command
    private static final class Holder {
        @Mixin
        private final WindowOptions window = new WindowOptions();
    }

    private static WindowOptions options(String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.window;
    }

    private static TimeWindow live(String arguments) {
        return options(arguments.isEmpty() ? new String[0] : arguments.split(" "))
                .live(NOW);
    }

    @ParameterizedTest
    @CsvSource({
        "90s, 90",
        "15m, 900",
        "1h, 3600",
        "2d, 172800",
        "1w, 604800",
        "1h30m, 5400",
        "PT1H, 3600",
        "pt90m, 5400",
        "P1D, 86400",
        "1H, 3600"
    })
    void lengthsOfTimeMayBeWrittenShortOrAsIso(String text, long seconds) {
        assertThat(WindowOptions.duration("--since", text)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "h", "1", "1x", "1h x", "-1h", "0s", "PT0S", "PT-1H", "P", "1.5h", "9999999999h", "1 h"})
    void anythingElseIsNone(String text) {
        assertThatThrownBy(() -> WindowOptions.duration("--since", text))
                .isInstanceOfSatisfying(
                        EastwestException.class,
                        fault -> assertThat(fault.hint()).contains("15m"))
                .hasMessageContaining("--since");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                            | 2026-11-21T11:50:00Z | 2026-11-21T12:50:00Z",
                "--since 15m                                                   | 2026-11-21T12:35:00Z | 2026-11-21T12:50:00Z",
                "--from 2026-11-21T12:00:00Z                                   | 2026-11-21T12:00:00Z | 2026-11-21T12:50:00Z",
                "--from 2026-11-21T12:00:00+01:00 --to 2026-11-21T11:30:00Z    | 2026-11-21T11:00:00Z | 2026-11-21T11:30:00Z",
                "--to 2026-11-21T12:00:00Z                                     | 2026-11-21T11:00:00Z | 2026-11-21T12:00:00Z",
                "--since 2h --to 2026-11-21T12:00:00Z                          | 2026-11-21T10:00:00Z | 2026-11-21T12:00:00Z",
                "--around 2026-11-21T04:15:00Z                                 | 2026-11-21T04:00:00Z | 2026-11-21T04:30:00Z",
                "--around 2026-11-21T12:45:00Z                                 | 2026-11-21T12:30:00Z | 2026-11-21T12:50:00Z"
            })
    void theWindowEndsNowUnlessToldAndNeverLater(String arguments, Instant from, Instant to) {
        assertThat(live(arguments)).isEqualTo(new TimeWindow(from, to));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--from 2026-11-21T12:00:00            | no time zone",
                "--from 2026-11-21                     | no time zone",
                "--around yesterday                    | no ISO-8601 time",
                "--from 2026-11-21T13:00:00Z           | not in the past",
                "--from 2026-11-21T12:00:00Z --to 2026-11-21T12:00:00Z | --to is not after --from",
                "--since 1h --from 2026-11-21T12:00:00Z | --since and --from",
                "--around 2026-11-21T12:00:00Z --since 1h | --around cannot be combined",
                "--around 2026-11-21T12:00:00Z --to 2026-11-21T12:00:00Z | --around cannot be combined",
                "--since 32d                           | longer than 31 days"
            })
    void whatCannotBeMeantIsSaidClearly(String arguments, String message) {
        assertThatThrownBy(() -> live(arguments))
                .isInstanceOfSatisfying(EastwestException.class, fault -> {
                    assertThat(fault.kind()).isEqualTo(EastwestException.Kind.USAGE);
                    assertThat(fault.hint()).isNotEmpty();
                })
                .hasMessageContaining(message);
    }

    @Test
    void aBundleKeepsItsOwnWindowUnlessTold() {
        assertThat(options().given()).isEqualTo(WindowOptions.NONE);
        assertThat(options("--from", "2026-11-21T12:00:00Z").given().to()).isEmpty();
    }
}
