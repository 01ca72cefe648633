package io.github.eastwest.accesslog;

import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the scanner found in one line: offsets into its buffer and numbers. One object is reused for all lines, so it is valid
 * only until the next scan.
 */
final class ScannedLine {
    /** What a line is. */
    enum Kind {
        ACCESS,
        OUTLIER,
        PROXY,
        UNPARSED,
        BLANK
    }

    private static final int EXCERPT_LENGTH = 200;

    Kind kind = Kind.BLANK;
    String format = "";
    byte[] buffer = new byte[0];
    /** First byte of the line. */
    int from;
    /** Index after its last byte, line end excluded. */
    int to;

    long startMillis;
    /** Bit per field that has a text; only of these are the places known. */
    int present;

    final int[] starts = new int[Fields.COUNT];
    final int[] ends = new int[Fields.COUNT];
    final long[] numbers = new long[Fields.COUNT];
    /** Bit per field whose name appears in the line, whatever its value. */
    int named;
    /** Bit per field whose text has JSON escapes. */
    int escaped;

    /** Byte index where reading failed. */
    int failedAt;

    String reason = "";

    void reset(byte[] line, int first, int end) {
        buffer = line;
        from = first;
        to = end;
        startMillis = AccessLogEntry.ABSENT;
        named = 0;
        escaped = 0;
        present = 0;
        Arrays.fill(numbers, Fields.STATUS, Fields.COUNT, AccessLogEntry.ABSENT);
        format = "";
    }

    /** Forgets what counting needs, for a scanner that sets all numbers of an access line. */
    void resetCounted(byte[] line, int first) {
        buffer = line;
        from = first;
        present = 0;
    }

    /** Forgets what {@link #resetCounted} left. */
    void resetUncounted() {
        named = 0;
        escaped = 0;
        numbers[Fields.CONNECTION_ID] = AccessLogEntry.ABSENT;
    }

    boolean fail(int at, String why) {
        failedAt = at;
        reason = why;
        return false;
    }

    void unparsed() {
        kind = Kind.UNPARSED;
    }

    void text(int field, int first, int end) {
        // A dash or nothing stands for absent in every format.
        if (end - first > 1 || (end - first == 1 && buffer[first] != '-')) {
            starts[field] = first;
            ends[field] = end;
            present |= 1 << field;
        } else {
            present &= ~(1 << field);
        }
    }

    boolean has(int field) {
        return (present >>> field & 1) != 0;
    }

    boolean isNamed(int field) {
        return (named >>> field & 1) != 0;
    }

    /** Whether the upstream host is the loopback interface: the request went into the logging proxy's own application. */
    boolean hasLoopbackHost() {
        if (!has(Fields.HOST)) {
            return false;
        }
        int first = starts[Fields.HOST];
        int end = ends[Fields.HOST];
        int address = Ascii.startsWith(buffer, first, end, "tcp://") ? first + "tcp://".length() : first;
        return Ascii.startsWith(buffer, address, end, "127.")
                || Ascii.startsWith(buffer, address, end, "[::1]")
                || (end - address == 3 && Ascii.startsWith(buffer, address, end, "::1"));
    }

    int status() {
        return (int) numbers[Fields.STATUS];
    }

    boolean textEquals(int field, String ascii) {
        int first = starts[field];
        return has(field) && ends[field] - first == ascii.length() && Ascii.regionEquals(buffer, first, ascii);
    }

    @Nullable
    String text(int field, StringPool pool) {
        if (!has(field)) {
            return null;
        }
        int first = starts[field];
        if ((escaped >>> field & 1) != 0) {
            return unescaped(first, ends[field]);
        }
        return pool.string(buffer, first, ends[field]);
    }

    /** A copy of a text's bytes, without the scheme that old Envoys put before a host; null when the line has none. */
    byte @Nullable [] bytes(int field) {
        if (!has(field)) {
            return null;
        }
        int first = starts[field];
        if ((escaped >>> field & 1) != 0) {
            String text = unescaped(first, ends[field]);
            return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        }
        boolean scheme = field == Fields.HOST && Ascii.startsWith(buffer, first, ends[field], "tcp://");
        return Arrays.copyOfRange(buffer, scheme ? first + "tcp://".length() : first, ends[field]);
    }

    /** A text that hardly any other line has. */
    private @Nullable String uniqueText(int field) {
        if (!has(field)) {
            return null;
        }
        int first = starts[field];
        if ((escaped >>> field & 1) != 0) {
            return unescaped(first, ends[field]);
        }
        return Ascii.text(buffer, first, ends[field]);
    }

    private @Nullable String unescaped(int first, int end) {
        String text = JsonText.unescape(buffer, first, end);
        return text.isEmpty() || text.equals("-") ? null : text;
    }

    private String textOrEmpty(int field, StringPool pool) {
        String text = text(field, pool);
        return text == null ? "" : text;
    }

    /** The access line as a record. */
    AccessLogEntry entry(LineRef ref, StringPool pool) {
        // For HTTP Envoy fills the stream id from the same header.
        String requestId = uniqueText(has(Fields.REQUEST_ID) ? Fields.REQUEST_ID : Fields.STREAM_ID);
        int status = status();
        boolean tcp = status < 0;
        String protocol = text(Fields.PROTOCOL, pool);
        String details = text(Fields.DETAILS, pool);
        if (details == null) {
            details = text(Fields.TERMINATION, pool);
        }
        return new AccessLogEntry(
                ref,
                startMillis,
                new AccessLogEntry.Request(
                        tcp && protocol == null ? "TCP" : protocol,
                        text(Fields.METHOD, pool),
                        text(Fields.PATH, pool),
                        text(Fields.AUTHORITY, pool),
                        requestId,
                        text(Fields.USER_AGENT, pool),
                        text(Fields.FORWARDED_FOR, pool),
                        remoteAddress(pool)),
                new AccessLogEntry.Response(
                        status,
                        grpcStatus(pool),
                        flags(pool),
                        details,
                        numbers[Fields.BYTES_RECEIVED],
                        numbers[Fields.BYTES_SENT]),
                new AccessLogEntry.Upstream(
                        host(pool), text(Fields.CLUSTER, pool), text(Fields.TRANSPORT_FAILURE, pool)),
                new AccessLogEntry.Timing(numbers[Fields.DURATION], numbers[Fields.SERVICE_TIME]));
    }

    private @Nullable String remoteAddress(StringPool pool) {
        String address = text(Fields.REMOTE_ADDRESS, pool);
        String port = text(Fields.REMOTE_PORT, pool);
        if (address == null || port == null) {
            return address;
        }
        int colons = (int) address.chars().filter(c -> c == ':').count();
        if (address.startsWith("[") ? !address.endsWith("]") : colons == 1) {
            return address;
        }
        return (colons > 1 && !address.startsWith("[") ? "[" + address + "]" : address) + ":" + port;
    }

    /** The upstream host without the scheme that old Envoys put before it. */
    private @Nullable String host(StringPool pool) {
        String host = text(Fields.HOST, pool);
        return host != null && host.startsWith("tcp://") ? host.substring("tcp://".length()) : host;
    }

    private @Nullable String grpcStatus(StringPool pool) {
        String printed = text(Fields.GRPC_STATUS, pool);
        return printed == null ? null : GrpcStatus.name(printed);
    }

    private List<String> flags(StringPool pool) {
        String printed = text(Fields.FLAGS, pool);
        return printed == null ? List.of() : ResponseFlags.list(printed);
    }

    /** The outlier event as a record. */
    OutlierEvent outlierEvent(LineRef ref, StringPool pool) {
        String host = textOrEmpty(Fields.UPSTREAM_URL, pool);
        return new OutlierEvent(
                ref,
                startMillis,
                textOrEmpty(Fields.TYPE, pool),
                textOrEmpty(Fields.OUTLIER_CLUSTER, pool),
                host.startsWith("tcp://") ? host.substring("tcp://".length()) : host,
                textOrEmpty(Fields.ACTION, pool).equalsIgnoreCase("eject"),
                textOrEmpty(Fields.ENFORCED, pool).equalsIgnoreCase("true"));
    }

    /** The proxy's log line as a record. */
    ProxyLogLine proxyLine(LineRef ref, StringPool pool) {
        return new ProxyLogLine(
                ref, startMillis, Ascii.lowerCase(textOrEmpty(Fields.LEVEL, pool)), textOrEmpty(Fields.MESSAGE, pool));
    }

    /** Byte column where reading failed, from 1. */
    int failedColumn() {
        return Math.max(0, Math.min(failedAt, to) - from) + 1;
    }

    /** The line, cut to a printable length. */
    String excerpt() {
        int end = Math.min(to, from + EXCERPT_LENGTH);
        return Ascii.printable(buffer, from, end) + (end < to ? "\u2026" : "");
    }
}
