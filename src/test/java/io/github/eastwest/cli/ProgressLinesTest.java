package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Coverage;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressLinesTest {
    private final StringWriter err = new StringWriter();

    private ProgressLines lines(boolean terminal) {
        return new ProgressLines(
                new Console(
                        new ByteArrayInputStream(new byte[0]),
                        OutputStream.nullOutputStream(),
                        new PrintWriter(err),
                        Map.of(),
                        new Console.Terminal(false, terminal)),
                ColorMode.NEVER,
                false);
    }

    @Test
    void aBarShowsHowManyOfManyCallsAreAnswered() {
        try (ProgressLines lines = lines(true)) {
            lines.started("cloudwatch/get-metric-data");
            lines.counted("cloudwatch/get-metric-data", 0, 1200);
            lines.paint();
            // 601 of 1200 are five of ten parts, and not yet six.
            lines.counted("cloudwatch/get-metric-data", 601, 1200);
            lines.paint();
            lines.counted("cloudwatch/get-metric-data", 1200, 1200);
            lines.paint();
        }

        assertThat(err.toString().replace('\u202f', ' '))
                .contains(
                        "cloudwatch/get-metric-data [----------] 0/1 200",
                        "cloudwatch/get-metric-data [#####-----] 601/1 200",
                        "cloudwatch/get-metric-data [##########] 1 200/1 200");
        assertThat(err.toString().split("\r")).allMatch(line -> line.length() <= 79);
    }

    @Test
    void theBarGoesAwayWithItsSource() {
        try (ProgressLines lines = lines(true)) {
            lines.started("a");
            lines.counted("a", 1, 2);
            lines.finished("a", Coverage.State.COMPLETE, Duration.ZERO);
            err.getBuffer().setLength(0);
            lines.paint();
        }

        assertThat(err.toString()).contains("1 read").doesNotContain("[");
    }

    @Test
    void theCostOfMetricsIsNamedBeforeTheyAreAsked() {
        try (ProgressLines lines = lines(true)) {
            // 0.01 USD per 1000 metrics.
            lines.priced(60_000, 120, 0.6);
        }

        assertThat(err.toString().replace('\u202f', ' '))
                .contains("eastwest: asking for 60 000 metrics in 120 calls: 0.6000 USD");
    }

    @Test
    void thereIsNoneWithoutATerminal() {
        try (ProgressLines lines = lines(false)) {
            lines.priced(1, 1, 0.1);
            lines.counted("a", 1, 2);
        }

        assertThat(err.toString()).isEmpty();
    }
}
