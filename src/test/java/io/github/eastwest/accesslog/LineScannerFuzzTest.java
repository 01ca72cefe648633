package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;

/**
 * Lines found by Jazzer: no byte sequence makes the scanner fail, every line is accounted for, time grows with the length and not
 * with its square, and what the naive parser reads the scanner reads alike. Runs in the profile {@code fuzz}.
 */
@Tag("fuzz")
class LineScannerFuzzTest {
    /** Some 10 ms of work, were it linear; a minute and more, were it quadratic. */
    private static final int LONG = 1 << 18;

    /** Of processor time. */
    private static final Duration MOST = Duration.ofSeconds(5);

    /** Each input is tried long, too, as often as this leaves time for others. */
    private static final int LONG_ONE_IN = 256;

    private final ScannerCheck scanner = new ScannerCheck();
    private int inputs;

    @FuzzTest(maxDuration = "4m")
    void readsAnyLinesAsTheNaiveParserDoes(byte[] input) throws IOException {
        int from = 0;
        for (int at = 0; at <= input.length; at++) {
            if (at == input.length || input[at] == '\n') {
                if (at > from) {
                    byte[] line = Arrays.copyOfRange(input, from, at);
                    scanner.scan(line);
                    // As text: what is no UTF-8 becomes a character that is.
                    scanner.check(new String(line, StandardCharsets.UTF_8));
                }
                from = at + 1;
            }
        }
        if (inputs++ % LONG_ONE_IN == 0 && input.length > 0) {
            byte[] repeated = repeated(input);
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            account(repeated);
            byte[] oneLine = repeated.clone();
            for (int i = 0; i < oneLine.length; i++) {
                oneLine[i] = oneLine[i] == '\n' ? (byte) ' ' : oneLine[i];
            }
            account(oneLine);
            long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            assertThat(Duration.ofNanos(end - start)).isLessThan(MOST);
        }
    }

    private static byte[] repeated(byte[] input) {
        byte[] repeated = new byte[LONG];
        for (int i = 0; i < LONG; i++) {
            repeated[i] = input[i % input.length];
        }
        return repeated;
    }

    /** Every line is one event: access, outlier, proxy, unparsed or blank. A document over several lines is as many as it holds. */
    private static void account(byte[] input) throws IOException {
        int[] events = new int[1];
        try {
            AccessLogReader.read(new ByteArrayInputStream(input), "stream", Side.CALLER, new Counting(events));
            assertThat(events[0]).isPositive();
        } catch (TruncatedStreamException declared) {
            assertThat(declared).hasMessageContaining("JSON");
        }
    }

    /** Counts the events. */
    private record Counting(int[] events) implements LineSink {
        @Override
        public void access(AccessLogEntry entry, String format) {
            events[0]++;
        }

        @Override
        public void outlier(OutlierEvent event) {
            events[0]++;
        }

        @Override
        public void proxy(ProxyLogLine line) {
            events[0]++;
        }

        @Override
        public void unparsed(LineRef ref, int column, String reason, String excerpt) {
            events[0]++;
        }

        @Override
        public void blank(LineRef ref) {
            events[0]++;
        }
    }
}
