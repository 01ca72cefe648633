package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimestampsTest {
    private final Timestamps timestamps = new Timestamps();

    private long read(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return timestamps.read(LineScanner.padded(bytes, bytes.length), 0, bytes.length);
    }

    @Test
    void agreesWithTheJdkOverManyInstants() {
        Random random = new Random(9);
        for (int i = 0; i < 20_000; i++) {
            Instant instant = Instant.ofEpochMilli((long) (random.nextDouble() * 7_258_118_400_000L));
            assertThat(read(instant.toString())).as(instant.toString()).isEqualTo(instant.toEpochMilli());
        }
    }

    @Test
    void readsFractionsZonesAndNumbers() {
        long second = Instant.parse("2024-02-29T23:59:59Z").toEpochMilli();

        assertThat(read("2024-02-29T23:59:59Z")).isEqualTo(second);
        assertThat(read("2024-02-29 23:59:59")).isEqualTo(second);
        assertThat(read("2024-02-29T23:59:59.1Z")).isEqualTo(second + 100);
        assertThat(read("2024-02-29T23:59:59,123")).isEqualTo(second + 123);
        assertThat(read("2024-02-29T23:59:59.123999999Z")).isEqualTo(second + 123);
        assertThat(read("2024-03-01T01:29:59.5+01:30"))
                .isEqualTo(OffsetDateTime.parse("2024-03-01T01:29:59.5+01:30")
                        .toInstant()
                        .toEpochMilli());
        assertThat(read("2024-02-29T19:59:59-0400")).isEqualTo(second);
        assertThat(read("2024-02-29 23:59:59 UTC")).isEqualTo(second);
        assertThat(read(Long.toString(second))).isEqualTo(second);
        assertThat(read("1709251199")).isEqualTo(second);
        assertThat(read("1709251199.25")).isEqualTo(second + 250);
        assertThat(read("1709251199.123456789")).isEqualTo(second + 123);
    }

    @Test
    void refusesWhatIsNoTime() {
        for (String text : new String[] {
            "",
            "-",
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:00X",
            "2024-01-01T00:00:00.Z",
            "2024/01/01T00:00:00Z",
            "12345",
            "17092511990",
            "1709251199.x",
            "2024-01-01T00:00:00+99:00"
        }) {
            assertThat(read(text)).as(text).isEqualTo(Timestamps.NONE);
        }
    }
}
