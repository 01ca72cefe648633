package io.github.eastwest.accesslog;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Tells the kind of each line and reads it. Not thread-safe; its results do not depend on the lines before, only its speed does.
 *
 * <p>Lines are tried as they stand first, then without what collectors put before them: the time of an S3 export, time and stream of
 * {@code aws logs tail}, the service of docker-compose, the pod of kubectl, or an envelope of JSON.
 */
final class LineScanner {
    /** Longer lines are not read: no proxy prints them, and memory must not follow the input. */
    static final int LONGEST_LINE = 1 << 20;

    private static final int LONGEST_PREFIX = 512;
    private static final int MOST_ATTEMPTS = 4;

    private final Timestamps timestamps = new Timestamps();
    private final OrdinaryTextScanner ordinary = new OrdinaryTextScanner(timestamps);
    private final TextScanner text = new TextScanner(timestamps);
    private final JsonScanner json = new JsonScanner(timestamps);
    private final KeyValueScanner keyValue = new KeyValueScanner(timestamps);
    private final ProxyLogScanner proxyLog = new ProxyLogScanner(timestamps);
    /** Whether the line scanned last has only what counting needs. */
    private boolean incomplete;

    private int deepest;
    private String deepestReason = "";

    /**
     * Scans the line that begins at {@code from}.
     *
     * @param limit end of the data; a newline stands there as sentinel, and {@link Swar#SLACK} bytes may be read behind it
     * @param line receives what was found
     * @return index of the newline that ends the line, at most {@code limit}
     */
    int scan(byte[] b, int from, int limit, ScannedLine line) {
        int end = glance(b, from, limit, line);
        complete(line);
        return end;
    }

    /** Reads the fields that {@link #glance} left undefined in the line that it was just asked for. */
    void complete(ScannedLine line) {
        if (incomplete) {
            ordinary.complete(line);
            incomplete = false;
        }
    }

    /**
     * Scans as {@link #scan} does, but of an access line only what counting needs: time, format, all numbers but the connection's, gRPC
     * status, flags, details, host and transport failure. Its other fields are undefined.
     */
    int glance(byte[] b, int from, int limit, ScannedLine line) {
        incomplete = false;
        int end = -1;
        if (b[from] == '[') {
            end = ordinary.scan(b, from, line);
            incomplete = end >= 0;
        } else if (b[from] == '{') {
            end = json.scanKnown(b, from, limit, line);
        }
        if (end < 0) {
            end = Swar.newline(b, from);
            scanLine(b, from, end, line);
        }
        return end;
    }

    /** Scans one line of any kind; {@code to} excludes the line end. */
    void scanLine(byte[] b, int from, int to, ScannedLine line) {
        int end = to;
        while (end > from && Ascii.isBlank(b[end - 1])) {
            end--;
        }
        int start = from;
        while (start < end && Ascii.isBlank(b[start])) {
            start++;
        }
        if (start == end) {
            line.reset(b, from, to);
            line.kind = ScannedLine.Kind.BLANK;
            return;
        }
        if (end - from > LONGEST_LINE) {
            line.reset(b, from, from + LONGEST_LINE);
            line.fail(line.to, "the line is longer than " + LONGEST_LINE + " bytes");
            line.unparsed();
            return;
        }
        deepest = -1;
        if (scanBare(b, start, end, line)) {
            return;
        }
        noteFailure(line);
        if (scanWithoutPrefix(b, start, end, line)) {
            return;
        }
        line.reset(b, from, end);
        line.fail(deepest, deepestReason);
        line.unparsed();
    }

    /** Of several attempts the one that came furthest tells best what is wrong. */
    private void noteFailure(ScannedLine line) {
        if (line.failedAt > deepest) {
            deepest = line.failedAt;
            deepestReason = line.reason;
        }
    }

    private boolean scanBare(byte[] b, int from, int to, ScannedLine line) {
        switch (b[from]) {
            case '[' -> {
                if (looksLikeProxyLog(b, from, to)) {
                    return proxyLog.scan(b, from, to, line);
                }
                return text.scan(b, from, to, line);
            }
            case '{' -> {
                return scanJson(b, from, to, line);
            }
            default -> {
                if (KeyValueScanner.begins(b, from, to)) {
                    return keyValue.scan(b, from, to, line);
                }
                return proxyLog.scan(b, from, to, line);
            }
        }
    }

    /** Whether a second bracket follows the first one at once. */
    private static boolean looksLikeProxyLog(byte[] b, int from, int to) {
        int close = Swar.indexOf(b, from, Math.min(to, from + 80), ']');
        return close > 0 && close + 1 < to && b[close + 1] == '[';
    }

    private boolean scanJson(byte[] b, int from, int to, ScannedLine line) {
        boolean scanned = json.scan(b, from, to, line);
        boolean mayBeEnvelope = !scanned || line.kind == ScannedLine.Kind.PROXY;
        if (!mayBeEnvelope || !line.has(Fields.MESSAGE)) {
            return scanned;
        }
        int failedAt = line.failedAt;
        String reason = line.reason;
        byte[] inner = JsonText.unescape(b, line.starts[Fields.MESSAGE], line.ends[Fields.MESSAGE])
                .strip()
                .getBytes(StandardCharsets.UTF_8);
        if (inner.length > 0 && inner.length <= LONGEST_LINE && inner[0] != '"') {
            int length = inner.length;
            byte[] padded = padded(inner, length);
            boolean innerJson = padded[0] == '{' && json.scan(padded, 0, length, line);
            if (innerJson || (padded[0] == '[' && scanBare(padded, 0, length, line))) {
                return true;
            }
        }
        if (scanned) {
            return json.scan(b, from, to, line);
        }
        return line.fail(failedAt, reason);
    }

    /** A copy with the sentinel and the slack that scanning needs. */
    static byte[] padded(byte[] bytes, int length) {
        byte[] padded = Arrays.copyOf(bytes, length + Swar.SLACK);
        padded[length] = '\n';
        return padded;
    }

    /** Tries the line from the places where a proxy's line can begin. */
    private boolean scanWithoutPrefix(byte[] b, int from, int to, ScannedLine line) {
        int end = Math.min(to, from + LONGEST_PREFIX);
        int attempts = 0;
        for (int at = from + 1; at < end && b[at] != '"' && attempts < MOST_ATTEMPTS; at++) {
            byte c = b[at];
            boolean begins = c == '{' || (c == '[' && at + 5 < to && Ascii.isDigit(b[at + 1]) && b[at + 5] == '-');
            if (begins && isPrefixEnd(b[at - 1])) {
                attempts++;
                if (scanBare(b, at, to, line)) {
                    line.from = from;
                    return true;
                }
                noteFailure(line);
            }
        }
        return attempts == 0 && scanPairsWithoutPrefix(b, from, to, line);
    }

    private static boolean isPrefixEnd(byte c) {
        return c == ' ' || c == '\t' || c == '|' || c == ':' || c == 'm';
    }

    /** A prefix of one to three words before {@code key=value} pairs. */
    private boolean scanPairsWithoutPrefix(byte[] b, int from, int to, ScannedLine line) {
        int at = from;
        for (int word = 0; word < 3; word++) {
            int blank = Swar.indexOf(b, at, Math.min(to, from + LONGEST_PREFIX), ' ');
            if (blank < 0) {
                return false;
            }
            at = blank + 1;
            while (at < to && Ascii.isBlank(b[at])) {
                at++;
            }
            if (at < to && KeyValueScanner.begins(b, at, to)) {
                if (keyValue.scan(b, at, to, line)) {
                    line.from = from;
                    return true;
                }
                noteFailure(line);
                return false;
            }
        }
        return false;
    }
}
