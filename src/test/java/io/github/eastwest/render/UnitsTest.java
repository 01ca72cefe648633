package io.github.eastwest.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    private static String plain(String text) {
        return text.replace(Units.THIN_SPACE, ' ');
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "999,999",
        "1000,1 000",
        "1619,1 619",
        "999999,999 999",
        "1000000,1 000 000",
        "-1000,-1 000",
        "-999,-999"
    })
    void groupsDigitsByThree(long number, String text) {
        assertThat(plain(Units.count(number))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        // 1139 / 1619 = 0.70352…
        "1139,1619,70.4 %",
        "0,1619,0 %",
        "1619,1619,100 %",
        // just below one percent: two digits
        "9,1000,0.90 %",
        "1,100,1.0 %",
        // 475 of 112 million
        "475,112000000,< 0.01 %",
        "1,10000,0.01 %",
        // below 99.9 one digit is enough: 99.89 reads 99.9
        "9989,10000,99.9 %",
        "9999,10000,99.99 %",
        "99999,100000,> 99.99 %",
        "5,0,\u2014"
    })
    void showsASharesDigitsThatMatter(long part, long whole, String text) {
        assertThat(plain(Units.share(part, whole))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0.00", "0.93,0.93", "0.994,0.99", "0.9999,0.99", "1,1.00"})
    void neverRoundsConfidenceUpToCertainty(double confidence, String text) {
        assertThat(Units.confidence(confidence)).isEqualTo(text);
    }

    @Test
    void tellsAbsentFromZero() {
        assertThat(plain(Units.millis(OptionalLong.of(0)))).isEqualTo("0 ms");
        assertThat(Units.millis(OptionalLong.empty())).isEqualTo("\u2014");
    }

    @Test
    void printsTimesInUtc() {
        Instant instant = Instant.parse("2026-11-21T04:15:47.999Z");

        assertThat(Units.time(instant)).isEqualTo("04:15:47Z");
        assertThat(Units.dateTime(instant)).isEqualTo("2026-11-21 04:15:47Z");
        assertThat(Units.span(instant, instant.plusSeconds(60))).isEqualTo("2026-11-21 04:15:47Z to 04:16:47Z");
        assertThat(Units.span(instant, instant.plusSeconds(86_400)))
                .isEqualTo("2026-11-21 04:15:47Z to 2026-11-22 04:15:47Z");
    }

    @ParameterizedTest
    @CsvSource({"PT0.25S,250 ms", "PT1S,1 s", "PT3M,3 min", "PT1H5M,1 h 5 min", "PT25H,1 d 1 h", "PT1H0M9S,1 h"})
    void namesTheTwoLargestUnits(Duration duration, String text) {
        assertThat(plain(Units.duration(duration))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "1049, 1.0 kB",
        "1051, 1.1 kB",
        "999949, 999.9 kB",
        "999950, 1.0 MB",
        "5000000000, 5.0 GB",
        "9223372036854775807, 9.2 EB"
    })
    void bytesHaveTheUnitsThatAwsChargesBy(long bytes, String expected) {
        assertThat(Units.bytes(bytes).replace(Units.THIN_SPACE, ' ')).isEqualTo(expected);
    }
}
