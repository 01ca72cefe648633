package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The scanner against the naive parser, and its fast paths against its careful ones. */
final class ScannerCheck {
    private static final LineRef REF = new LineRef("s", 1, Side.UNKNOWN);

    private final StringPool pool = new StringPool();
    private final LineScanner warm = new LineScanner();
    private final LineScanner cold = new LineScanner();
    private final ScannedLine warmLine = new ScannedLine();
    private final ScannedLine careful = new ScannedLine();
    private int lines;

    /** Lines checked so far. */
    int lines() {
        return lines;
    }

    /** The line checked last. */
    ScannedLine line() {
        return warmLine;
    }

    /**
     * Scans a line with and without what was learned from the lines before, and compares with the naive parser where that has
     * no doubt.
     *
     * @return whether there was something to compare
     */
    boolean check(String line) {
        scan(line.getBytes(StandardCharsets.UTF_8));
        Optional<Map<String, String>> expected = NaiveLineParser.parse(line);
        expected.ifPresent(fields -> compare(line, fields));
        return expected.isPresent();
    }

    private void compare(String line, Map<String, String> expected) {
        assertThat(warmLine.kind).as(line).isEqualTo(ScannedLine.Kind.ACCESS);
        Map<String, String> actual = fields(warmLine);
        if (!expected.containsKey("format")) {
            actual.remove("format");
        }
        assertThat(actual).as(line).isEqualTo(new LinkedHashMap<>(expected));
    }

    /** Scans bytes without line ends; what was learned before must not change what is found. */
    void scan(byte[] bytes) {
        lines++;
        Object line = new Object() {
            @Override
            public String toString() {
                return new String(bytes, StandardCharsets.UTF_8);
            }
        };
        byte[] buffer = LineScanner.padded(bytes, bytes.length);
        int end = warm.scan(buffer, 0, bytes.length, warmLine);
        cold.scanLine(buffer, 0, bytes.length, careful);
        assertThat(end).as("%s", line).isEqualTo(bytes.length);
        assertThat(warmLine.kind).as("%s", line).isEqualTo(careful.kind);
        if (warmLine.kind == ScannedLine.Kind.ACCESS) {
            assertThat(warmLine.format).as("%s", line).isEqualTo(careful.format);
            assertThat(warmLine.entry(REF, pool)).as("%s", line).isEqualTo(careful.entry(REF, pool));
        } else if (warmLine.kind == ScannedLine.Kind.OUTLIER) {
            assertThat(warmLine.outlierEvent(REF, pool)).as("%s", line).isEqualTo(careful.outlierEvent(REF, pool));
        } else if (warmLine.kind == ScannedLine.Kind.PROXY) {
            assertThat(warmLine.proxyLine(REF, pool)).as("%s", line).isEqualTo(careful.proxyLine(REF, pool));
        } else if (warmLine.kind == ScannedLine.Kind.UNPARSED) {
            assertThat(warmLine.failedColumn())
                    .as("%s", line)
                    .isEqualTo(careful.failedColumn())
                    .isPositive();
        }
    }

    private Map<String, String> fields(ScannedLine line) {
        AccessLogEntry entry = line.entry(REF, pool);
        Map<String, String> fields = new LinkedHashMap<>();
        put(fields, "start", entry.startMillis());
        put(fields, "status", entry.response().status());
        put(fields, "received", entry.response().bytesReceived());
        put(fields, "sent", entry.response().bytesSent());
        put(fields, "duration", entry.timing().durationMillis());
        put(fields, "service", entry.timing().serviceTimeMillis());
        put(fields, "method", entry.request().method());
        put(fields, "path", entry.request().path());
        put(fields, "protocol", entry.request().protocol());
        put(fields, "authority", entry.request().authority());
        put(fields, "id", entry.request().requestId());
        put(fields, "agent", entry.request().userAgent());
        put(fields, "xff", entry.request().forwardedFor());
        put(fields, "remote", entry.request().remoteAddress());
        put(fields, "grpc", entry.response().grpcStatus());
        put(fields, "details", entry.response().details());
        put(fields, "host", entry.upstream().host());
        put(fields, "cluster", entry.upstream().cluster());
        put(fields, "transport", entry.upstream().transportFailure());
        if (!entry.response().flags().isEmpty()) {
            fields.put("flags", String.join(",", entry.response().flags()));
        }
        fields.put("format", line.format);
        return fields;
    }

    private static void put(Map<String, String> fields, String name, long number) {
        if (number != AccessLogEntry.ABSENT) {
            fields.put(name, Long.toString(number));
        }
    }

    private static void put(Map<String, String> fields, String name, String text) {
        if (text != null) {
            fields.put(name, text);
        }
    }
}
