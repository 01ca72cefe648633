package io.github.eastwest.accesslog;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lines as JSON objects, one per line, all with the same keys; absent is null. The schema is {@code schema/logs-line.schema.json}.
 *
 * <p>Written by hand because every line passes here. Not thread-safe.
 */
final class LineJson implements LineOutput {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private byte[] bytes;
    private int length;
    private boolean first;

    LineJson(int expectedBytes) {
        bytes = new byte[Math.max(1024, expectedBytes)];
    }

    @Override
    public byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }

    @Override
    public void access(AccessLogEntry entry, String format, Attribution attribution, Side side) {
        AccessLogEntry.Request request = entry.request();
        AccessLogEntry.Response response = entry.response();
        begin(entry.ref(), "access", format);
        time(entry.startMillis());
        text("protocol", request.protocol());
        text("method", request.method());
        text("path", request.path());
        number("status", response.status());
        text("grpcStatus", response.grpcStatus());
        texts("flags", response.flags());
        text("details", response.details());
        number("bytesReceived", response.bytesReceived());
        number("bytesSent", response.bytesSent());
        number("durationMs", entry.timing().durationMillis());
        number("upstreamServiceTimeMs", entry.timing().serviceTimeMillis());
        text("requestId", request.requestId());
        text("authority", request.authority());
        text("upstreamHost", entry.upstream().host());
        text("upstreamCluster", entry.upstream().cluster());
        text("side", side == Side.UNKNOWN ? null : side.id());
        text("condition", attribution.condition().id());
        name("alternatives");
        raw("[");
        String comma = "";
        for (Condition alternative : attribution.alternatives()) {
            raw(comma);
            string(alternative.id());
            comma = ",";
        }
        raw("]");
        text("basis", attribution.basis().id());
        name("confidence");
        raw(confidence(attribution.confidence()));
        text("hop", attribution.hop().id());
        text("remoteAddress", request.remoteAddress());
        text("transportFailure", entry.upstream().transportFailure());
        text("level", null);
        text("message", null);
        end();
    }

    @Override
    public void outlier(OutlierEvent event) {
        begin(event.ref(), "outlier_event", null);
        time(event.atMillis());
        absentRequest(event.host(), event.cluster(), event.ref().side());
        text("level", null);
        text("message", message(event));
        end();
    }

    @Override
    public void proxy(ProxyLogLine line) {
        begin(line.ref(), "proxy", null);
        time(line.atMillis());
        absentRequest(null, null, line.ref().side());
        text("level", line.level());
        text("message", line.message());
        end();
    }

    @Override
    public void unparsed(LineRef ref, int column, String reason, String excerpt) {
        begin(ref, "unparsed", null);
        time(AccessLogEntry.ABSENT);
        absentRequest(null, null, ref.side());
        text("level", null);
        text("message", message(column, reason, excerpt));
        end();
    }

    @Override
    public void blank(LineRef ref) {
        begin(ref, "unparsed", null);
        time(AccessLogEntry.ABSENT);
        absentRequest(null, null, ref.side());
        text("level", null);
        text("message", "");
        end();
    }

    /** Maps, lists, strings, numbers and booleans as an indented document. */
    void document(Object root) {
        value(root, 0);
        put('\n');
    }

    private void value(@Nullable Object value, int depth) {
        if (value instanceof Map<?, ?> map) {
            put('{');
            boolean later = false;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                next(later, depth + 1);
                later = true;
                string(String.valueOf(entry.getKey()));
                raw(": ");
                value(entry.getValue(), depth + 1);
            }
            close(later, '}', depth);
        } else if (value instanceof List<?> list) {
            put('[');
            boolean later = false;
            for (Object element : list) {
                next(later, depth + 1);
                later = true;
                value(element, depth + 1);
            }
            close(later, ']', depth);
        } else if (value instanceof String text) {
            string(text);
        } else {
            raw(String.valueOf(value));
        }
    }

    private void next(boolean later, int depth) {
        if (later) {
            put(',');
        }
        indent(depth);
    }

    private void close(boolean filled, char bracket, int depth) {
        if (filled) {
            indent(depth);
        }
        put(bracket);
    }

    private void indent(int depth) {
        put('\n');
        for (int i = 0; i < depth; i++) {
            raw("  ");
        }
    }

    private void begin(LineRef ref, String kind, @Nullable String format) {
        raw("{");
        first = true;
        name("line");
        digits(ref.line());
        text("kind", kind);
        text("format", format);
        text("stream", ref.stream());
    }

    private void absentRequest(@Nullable String host, @Nullable String cluster, Side side) {
        raw(
                ",\"protocol\":null,\"method\":null,\"path\":null,\"status\":null,\"grpcStatus\":null,\"flags\":[],\"details\":null"
                        + ",\"bytesReceived\":null,\"bytesSent\":null,\"durationMs\":null,\"upstreamServiceTimeMs\":null"
                        + ",\"requestId\":null,\"authority\":null");
        text("upstreamHost", host);
        text("upstreamCluster", cluster);
        text("side", side == Side.UNKNOWN ? null : side.id());
        raw(
                ",\"condition\":null,\"alternatives\":[],\"basis\":null,\"confidence\":null,\"hop\":null,\"remoteAddress\":null"
                        + ",\"transportFailure\":null");
    }

    private void end() {
        raw("}\n");
    }

    private void time(long millis) {
        text("time", millis < 0 ? null : isoMillis(millis));
    }

    /** ISO 8601 in UTC, always with milliseconds. */
    static String isoMillis(long millis) {
        String text = Instant.ofEpochMilli(millis).toString();
        return text.length() == 20 ? text.substring(0, 19) + ".000Z" : text;
    }

    /** An event of outlier detection in words. */
    static String message(OutlierEvent event) {
        return (event.eject() ? "EJECT " : "UNEJECT ")
                + event.type()
                + (event.enforced() ? " enforced" : " not enforced");
    }

    /** Why a line could not be read, in words. */
    static String message(int column, String reason, String excerpt) {
        return "column " + column + ": " + reason + ": " + excerpt;
    }

    /** Two decimals. */
    static String confidence(double confidence) {
        int hundredths = (int) Math.round(confidence * 100);
        return hundredths >= 100 ? "1.00" : (hundredths < 10 ? "0.0" : "0.") + hundredths;
    }

    private void number(String name, long number) {
        name(name);
        if (number == AccessLogEntry.ABSENT) {
            raw("null");
        } else {
            digits(number);
        }
    }

    private void texts(String name, List<String> texts) {
        name(name);
        raw("[");
        String comma = "";
        for (String text : texts) {
            raw(comma);
            string(text);
            comma = ",";
        }
        raw("]");
    }

    private void text(String name, @Nullable String text) {
        name(name);
        if (text == null) {
            raw("null");
        } else {
            string(text);
        }
    }

    private void name(String name) {
        if (!first) {
            put(',');
        }
        first = false;
        put('"');
        raw(name);
        put('"');
        put(':');
    }

    private void digits(long number) {
        raw(Long.toString(number));
    }

    private void put(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
    }

    private void raw(String ascii) {
        int count = ascii.length();
        room(count);
        for (int i = 0; i < count; i++) {
            bytes[length + i] = (byte) ascii.charAt(i);
        }
        length += count;
    }

    private void string(String text) {
        // The longest form of a character is six bytes.
        room(2 + 6 * text.length());
        byte[] b = bytes;
        int at = length;
        b[at++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80 && c >= 0x20 && c != '"' && c != '\\' && c != 0x7F) {
                b[at++] = (byte) c;
            } else if (c == '"' || c == '\\') {
                b[at++] = '\\';
                b[at++] = (byte) c;
            } else {
                // Escaped, so that no terminal and no broken pair of surrogates is disturbed by foreign text.
                b[at++] = '\\';
                b[at++] = 'u';
                b[at++] = HEX[c >>> 12];
                b[at++] = HEX[c >>> 8 & 15];
                b[at++] = HEX[c >>> 4 & 15];
                b[at++] = HEX[c & 15];
            }
        }
        b[at++] = '"';
        length = at;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
        }
    }
}
