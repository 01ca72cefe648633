package io.github.eastwest.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void groupsDigitsByThree() {
        assertThat(Words.number(999)).isEqualTo("999");
        assertThat(Words.number(1_234_567)).isEqualTo("1\u00a0234\u00a0567");
    }

    @Test
    void saysAllAndNoneOnlyWhenExact() {
        assertThat(Words.percent(0, 10)).isEqualTo("0\u00a0%");
        assertThat(Words.percent(10, 10)).isEqualTo("100\u00a0%");
        assertThat(Words.percent(99_999, 100_000)).isEqualTo("99.9\u00a0%");
        assertThat(Words.percent(1, 100_000)).isEqualTo("0.001\u00a0%");
    }

    @Test
    void roundsSharesAndSecondsAsAFormatDoes() {
        for (int total = 2; total <= 400; total++) {
            for (int count = 1; count < total; count++) {
                double share = 100.0 * count / total;
                String digits = share < 1 ? "%.2f" : "%.1f";
                assertThat(Words.percent(count, total))
                        .isEqualTo(String.format(Locale.ROOT, digits, Math.min(share, 99.9)) + "\u00a0%");
            }
        }
        for (long millis = 1000; millis < 12_000; millis++) {
            assertThat(Words.duration(millis)).isEqualTo(String.format(Locale.ROOT, "%.1f\u00a0s", millis / 1000.0));
        }
    }

    @Test
    void isNoDivisionByZero() {
        assertThat(Words.percent(0, 0)).isEqualTo("0\u00a0%");
    }

    @Test
    void quotesWhatAShellWouldInterpret() {
        assertThat(Words.shell("payments")).isEqualTo("payments");
        assertThat(Words.shell("a;rm -rf '/'")).isEqualTo("'a;rm -rf '\\''/'\\'''");
        assertThat(Words.shell("")).isEqualTo("''");
    }
}
