package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import io.github.eastwest.model.Side;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Counts the work that a line costs instead of the time it takes: bytes allocated per line, and how often each byte of the input is read.
 * Time depends on the machine; this does not.
 */
class WorkPerLineTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Path COUNTERS = Path.of("/proc/self/io");

    /** What each piece of two megabytes takes, spread over its lines; the smallest object per line is 16 bytes. */
    private static final double MOST_ALLOCATED_PER_LINE = 8;

    @TempDir
    Path folder;

    private static String text(int i, String middle, String trailing) {
        return String.format(
                Locale.ROOT,
                "[2026-11-21T04:%02d:%02d.%03dZ] \"GET /orders/%d HTTP/1.1\" 200%s 0 %d %d %d \"-\" \"curl/8.11.1\""
                        + " \"%08x-1111-4111-8111-111111111111\" \"payments:8080\" \"10.0.0.%d:8080\"%s",
                i / 60_000 % 60,
                i / 1000 % 60,
                i % 1000,
                i,
                middle,
                100 + i % 10_000,
                5 + i % 50,
                5 + i % 50,
                i,
                10 + i % 8,
                trailing);
    }

    private static String json(int i) {
        return String.format(
                Locale.ROOT,
                "{\"authority\":\"payments:8080\",\"bytes_received\":0,\"bytes_sent\":%d,\"duration\":%d,"
                        + "\"forwarded_for\":null,\"method\":\"GET\",\"path\":\"/orders/%d\",\"protocol\":\"HTTP/1.1\","
                        + "\"request_id\":\"%08x-1111-4111-8111-111111111111\",\"response_code\":200,"
                        + "\"start_time\":\"2026-11-21T04:%02d:%02d.%03dZ\",\"upstream_host\":\"10.0.0.%d:8080\","
                        + "\"upstream_service_time\":\"%d\",\"user_agent\":\"curl/8.11.1\"}",
                100 + i % 10_000,
                5 + i % 50,
                i,
                i,
                i / 60_000 % 60,
                i / 1000 % 60,
                i % 1000,
                10 + i % 8,
                5 + i % 50);
    }

    private static String line(String format, int i) {
        return switch (format) {
            case "service-connect-http-text" -> text(i, "", "");
            case "service-connect-grpc-text" -> text(i, " OK", " \"stream-" + i + "\"");
            case "envoy-text" -> text(i, " -", "");
            case "istio-text" ->
                text(
                        i,
                        " - via_upstream - \"-\"",
                        " outbound|8080||payments.prod 10.9.0.1:4711 10.0.0.1:8080 10.9.0.2:4712 - default");
            default -> json(i);
        };
    }

    private static byte[] lines(String format, int count) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append(line(format, i)).append('\n');
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static AccessLogSummary summary(LogSource source) {
        try (LogAnalysis analysis = new LogAnalysis(List.of(source), 1)) {
            return analysis.summarize();
        } catch (IOException fault) {
            throw new AssertionError(fault);
        }
    }

    private static long allocatedBy(Supplier<AccessLogSummary> work, long expectedLines) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        AccessLogSummary summary = work.get();
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(summary.requests().count()).isEqualTo(expectedLines);
        return allocated;
    }

    @Test
    void allocatesNextToNothingPerLineInEveryFormat() {
        // The few too fill all chunks that are read ahead.
        int few = 80_000;
        int many = 180_000;
        for (String format : List.of(
                "service-connect-http-text",
                "service-connect-grpc-text",
                "envoy-text",
                "istio-text",
                "service-connect-http-json")) {
            byte[] small = lines(format, few);
            byte[] large = lines(format, many);
            long base = allocatedBy(() -> summary(source(small)), few);
            long all = allocatedBy(() -> summary(source(large)), many);
            AccessLogSummary read = summary(source(small));
            assertThat(read.lines().formats())
                    .singleElement()
                    .extracting("name")
                    .isEqualTo(format);

            double perLine = (all - base) / (double) (many - few);

            System.out.printf(Locale.ROOT, "%-26s %5.2f bytes allocated per line%n", format, perLine);
            assertThat(perLine).as(format).isLessThan(MOST_ALLOCATED_PER_LINE);
        }
    }

    private static LogSource source(byte[] bytes) {
        return new LogSource("x", Side.UNKNOWN, () -> new ByteArrayInputStream(bytes));
    }

    @Test
    void readsEachByteOfAStreamOnce() {
        byte[] bytes = lines("service-connect-http-text", 50_000);
        AtomicLong read = new AtomicLong();
        LogSource counted = new LogSource("x", Side.UNKNOWN, () -> new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] buffer, int from, int length) {
                int count = super.read(buffer, from, length);
                read.addAndGet(Math.max(0, count));
                return count;
            }
        });

        summary(counted);

        assertThat(read).hasValue(bytes.length);
    }

    @Test
    void readsEachByteOfAFileOnce() throws IOException {
        assumeThat(COUNTERS).exists();
        Path file = folder.resolve("lines");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(lines("service-connect-http-text", 200_000));
        }
        long size = Files.size(file);
        LogSource source = LogSource.of(file, Side.UNKNOWN);
        // Loads the classes: their bytes count too.
        summary(source);
        long before = bytesRead();

        summary(source);

        double times = (bytesRead() - before) / (double) size;
        System.out.printf(Locale.ROOT, "%-26s %5.3f times read%n", "each byte of a file", times);
        // The head is looked at before, and the end of each part's last line after.
        assertThat(times).isBetween(1.0, 1.05);
    }

    /** Bytes that this process has asked the system for. */
    private static long bytesRead() throws IOException {
        for (String line : Files.readAllLines(COUNTERS)) {
            if (line.startsWith("rchar: ")) {
                return Long.parseLong(line.substring("rchar: ".length()));
            }
        }
        throw new IOException("no rchar in " + COUNTERS);
    }
}
