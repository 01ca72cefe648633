package io.github.eastwest.accesslog;

import io.github.eastwest.model.log.AccessLogEntry;

/**
 * Scans the lines that proxies print nearly always in the formats of {@link TextScanner}: millisecond time in UTC, one space between columns,
 * no quote in a column, five quoted columns. Any other line is left to that scanner, which finds the same in these.
 *
 * <p>A line is read once from left to right, eight bytes at a time where a column's length is not known. Only what counting needs is given
 * to the line at once; {@link #complete} gives it the rest. Not thread-safe.
 */
final class OrdinaryTextScanner {
    /** {@code [2026-11-21T03:24:13.242Z] } stands before the request. */
    private static final int REQUEST_AT = 27;

    private static final int AFTER_TIME_AT = 20;
    private static final int AFTER_TIME_SHIFT = 5 * Byte.SIZE;
    /** {@code ] "} */
    private static final int AFTER_TIME = 0x22205D;
    /** {@code HTTP/1.1} */
    private static final long HTTP_1_1 = 0x312E312F50545448L;
    /** {@code HTTP} */
    private static final int HTTP = 0x50545448;
    /** {@code " 000 } */
    private static final long STATUS_PATTERN = 0x203030302022L;
    /** Added to the difference from it, sets the high bit of each byte that is not right. */
    private static final long STATUS_ABOVE = 0x7F7676767F7FL;

    private static final long STATUS_HIGHS = 0x808080808080L;
    private static final int STATUS_LENGTH = 6;
    /** {@code " 0 }, what a client's disconnect leaves. */
    private static final int STATUS_NONE = 0x20302022;

    private static final int STATUS_NONE_LENGTH = 4;
    /** {@code "- - -"}, the request of a TCP connection in Envoy's and Istio's formats. */
    private static final long NO_REQUEST = 0x222D202D202D22L;

    private static final long SEVEN_BYTES = (1L << 7 * Byte.SIZE) - 1;
    /** {@code "-" "} */
    private static final long DASH_COLUMN = 0x2220222D22L;

    private static final long FIVE_BYTES = (1L << 5 * Byte.SIZE) - 1;
    /** {@code " "} */
    private static final int BETWEEN_COLUMNS = 0x222022;

    private static final int BETWEEN_LENGTH = 3;

    private static final int THREE_BYTES = 0xFFFFFF;
    /** A request id is a UUID as a rule. */
    private static final int ID_LENGTH = 36;
    /** Columns between status and numbers: none in Service Connect's HTTP formats, flags or a gRPC status, Istio's. */
    private static final int[] MIDDLES = {0, 1, 4};
    /** Index of Istio's transport failure among the columns between status and numbers. */
    private static final int QUOTED_MIDDLE = 3;
    /** Istio's columns behind the host that stand before the downstream's remote address. */
    private static final int BEFORE_REMOTE = 3;

    private final Timestamps timestamps;

    /** How many columns stood between status and numbers in the last line; the next one is likely to have as many. */
    private int middles;

    // Where the columns of the last line are; the quoted ones by their closing quotes.
    private int methodEnd;
    private int pathEnd;
    private int requestEnd;
    private int numbersFrom;
    /** Ends of the columns between status and numbers. */
    private final int[] middleEnds = new int[QUOTED_MIDDLE + 1];

    private int forwardedForFrom;
    private int forwardedForEnd;
    private int agentEnd;
    private int idEnd;
    private int authorityEnd;
    private int hostEnd;
    private int streamEnd;
    private int trailingFrom;

    OrdinaryTextScanner(Timestamps timestamps) {
        this.timestamps = timestamps;
    }

    /**
     * Scans the line that begins at {@code from} with a bracket.
     *
     * @param b has a newline behind its last line
     * @return index of its newline; -1 when it is not ordinary, and {@code line} is then undefined
     */
    int scan(byte[] b, int from, ScannedLine line) {
        if (Swar.word(b, from + AFTER_TIME_AT) >>> AFTER_TIME_SHIFT != AFTER_TIME) {
            return -1;
        }
        line.startMillis = timestamps.readZulu(b, from + 1);
        if (line.startMillis == Timestamps.NONE) {
            return -1;
        }
        line.resetCounted(b, from);
        methodEnd = Swar.endOfWord(b, from + REQUEST_AT + 1);
        if (b[methodEnd] != ' ') {
            return -1;
        }
        pathEnd = Swar.endOfWord(b, methodEnd + 1);
        if (b[pathEnd] != ' ') {
            return -1;
        }
        requestEnd = endOfProtocol(b, pathEnd + 1);
        if (requestEnd < 0) {
            return -1;
        }
        int statusEnd = status(b, requestEnd, line);
        if (statusEnd < 0 || line.status() == 0 && !hasRequest(b, from, line)) {
            return -1;
        }
        numbersFrom = middles == 0 ? statusEnd : endOfMiddle(b, statusEnd, middles);
        int columnsFrom = numbers(b, numbersFrom, line.numbers);
        if (columnsFrom < 0) {
            columnsFrom = otherMiddle(b, statusEnd, line);
            if (columnsFrom < 0) {
                return -1;
            }
        }
        int end = columns(b, columnsFrom, line);
        if (end < 0 || end - from > LineScanner.LONGEST_LINE) {
            return -1;
        }
        if (middles == 0) {
            line.format = streamEnd < 0 ? LineFormat.SERVICE_CONNECT_HTTP_TEXT : LineFormat.SERVICE_CONNECT_HTTP2_TEXT;
        } else {
            middle(b, statusEnd, line);
        }
        if (trailingFrom >= 0 && middles <= 1 && !isIstio(b, end, line)) {
            return -1;
        }
        line.to = end;
        line.kind = ScannedLine.Kind.ACCESS;
        return b[end] == '\r' ? end + 1 : end;
    }

    /** The quote behind a protocol, -1 if it is none. */
    private static int endOfProtocol(byte[] b, int from) {
        long word = Swar.word(b, from);
        if (word == HTTP_1_1 && b[from + Long.BYTES] == '"') {
            return from + Long.BYTES;
        }
        int end = Swar.endOfQuoted(b, from);
        boolean known = (int) word == HTTP || end == from + 1 && b[from] == '-';
        return b[end] == '"' && known ? end : -1;
    }

    /** Reads the status between the request's closing quote and the blank behind it. Returns the index after that, or -1. */
    private static int status(byte[] b, int requestEnd, ScannedLine line) {
        long word = Swar.word(b, requestEnd);
        long digits = word ^ STATUS_PATTERN;
        if (((digits + STATUS_ABOVE | digits) & STATUS_HIGHS) == 0) {
            line.numbers[Fields.STATUS] =
                    (digits >>> 16 & 0xF) * 100 + (digits >>> 24 & 0xF) * 10 + (digits >>> 32 & 0xF);
            return requestEnd + STATUS_LENGTH;
        }
        line.numbers[Fields.STATUS] = 0;
        return (int) word == STATUS_NONE ? requestEnd + STATUS_NONE_LENGTH : -1;
    }

    /** A connection has no request and its status means nothing; false when it is not clear whether there is a request. */
    private boolean hasRequest(byte[] b, int from, ScannedLine line) {
        if ((Swar.word(b, from + REQUEST_AT) & SEVEN_BYTES) == NO_REQUEST) {
            line.numbers[Fields.STATUS] = AccessLogEntry.ABSENT;
            return true;
        }
        return pathEnd - methodEnd > 2;
    }

    /** Where the numbers begin behind that many columns, -1 if those are not there. The fourth one is quoted. */
    private int endOfMiddle(byte[] b, int from, int columns) {
        int at = from;
        for (int i = 0; i < columns; i++) {
            boolean quoted = b[at] == '"';
            int end = quoted ? Swar.quoteOrNewline(b, at + 1) + 1 : Swar.blankOrNewline(b, at);
            if (quoted != (i == QUOTED_MIDDLE) || end == at || b[end - 1] == '\n' || b[end] != ' ') {
                return -1;
            }
            middleEnds[i] = end;
            at = end + 1;
        }
        return at;
    }

    /** Tries the numbers of columns between status and numbers that the line before did not have. */
    private int otherMiddle(byte[] b, int from, ScannedLine line) {
        int before = middles;
        for (int columns : MIDDLES) {
            if (columns != before) {
                middles = columns;
                numbersFrom = endOfMiddle(b, from, columns);
                int columnsFrom = numbers(b, numbersFrom, line.numbers);
                if (columnsFrom >= 0) {
                    return columnsFrom;
                }
            }
        }
        return -1;
    }

    /** Reads received, sent, duration and service time. Returns the index of the quote behind them, -1 if they are not there. */
    private static int numbers(byte[] b, int from, long[] numbers) {
        if (from < 0) {
            return -1;
        }
        int at = from;
        for (int field = Fields.BYTES_RECEIVED; field <= Fields.SERVICE_TIME; field++) {
            int end = Swar.endOfDigits(b, at);
            if (end > at && end - at <= Swar.MOST_DIGITS) {
                numbers[field] = Swar.digits(b, at, end);
            } else if (b[at] == '-') {
                end = at + 1;
                numbers[field] = AccessLogEntry.ABSENT;
            } else {
                return -1;
            }
            if (b[end] != ' ') {
                return -1;
            }
            at = end + 1;
        }
        return b[at] == '"' ? at : -1;
    }

    /**
     * Finds the quoted columns.
     *
     * @param from the first one's opening quote
     * @return the line's end without its line end, -1 when the columns are not as they should be
     */
    private int columns(byte[] b, int from, ScannedLine line) {
        forwardedForFrom = from + 1;
        forwardedForEnd =
                (Swar.word(b, from) & FIVE_BYTES) == DASH_COLUMN ? from + 2 : Swar.quoteOrNewline(b, from + 1);
        if (!isBetween(b, forwardedForEnd)) {
            return -1;
        }
        agentEnd = Swar.quoteOrNewline(b, forwardedForEnd + BETWEEN_LENGTH);
        if (!isBetween(b, agentEnd)) {
            return -1;
        }
        int id = agentEnd + BETWEEN_LENGTH;
        idEnd = Swar.isOneWord(b, id, ID_LENGTH) ? id + ID_LENGTH : Swar.quoteOrNewline(b, id);
        if (!isBetween(b, idEnd)) {
            return -1;
        }
        authorityEnd = Swar.endOfQuoted(b, idEnd + BETWEEN_LENGTH);
        if (!isBetween(b, authorityEnd)) {
            return -1;
        }
        int host = authorityEnd + BETWEEN_LENGTH;
        hostEnd = Swar.endOfQuoted(b, host);
        if (b[hostEnd] != '"') {
            return -1;
        }
        line.text(Fields.HOST, host, hostEnd);
        streamEnd = -1;
        trailingFrom = -1;
        int end = hostEnd + 1;
        if (b[end] == ' ') {
            end = behindHost(b, end + 1, line);
            if (end < 0) {
                return -1;
            }
        }
        return b[end] == '\n' || b[end] == '\r' && b[end + 1] == '\n' ? end : -1;
    }

    private static boolean isBetween(byte[] b, int quote) {
        return ((int) Swar.word(b, quote) & THREE_BYTES) == BETWEEN_COLUMNS;
    }

    /** Finds the stream id, or Istio's columns behind the host. Returns the line's end or -1. */
    private int behindHost(byte[] b, int from, ScannedLine line) {
        if (b[from] == '"') {
            streamEnd = Swar.quoteOrNewline(b, from + 1);
            boolean stream = b[streamEnd] == '"' && isStreamId(b, from + 1, streamEnd, line);
            return stream ? streamEnd + 1 : -1;
        }
        trailingFrom = from;
        int newline = Swar.quoteOrNewline(b, from);
        int end = b[newline - 1] == '\r' ? newline - 1 : newline;
        return b[newline] == '\n' && !Ascii.isBlank(b[end - 1]) ? end : -1;
    }

    /** Whether the sixth column is a stream id without doubt: a user agent with quotes can make the host look like one. */
    private static boolean isStreamId(byte[] b, int from, int to, ScannedLine line) {
        if (to - from <= 1) {
            return !line.has(Fields.HOST);
        }
        return b[from] != '/' && Swar.indexOf(b, from, to, ':') < 0;
    }

    /** Gives what stands between status and numbers to its fields, and the line its format. */
    private void middle(byte[] b, int from, ScannedLine line) {
        int[] ends = middleEnds;
        if (middles == 1) {
            TextScanner.flagsOrGrpc(b, from, ends[0], streamEnd >= 0, line);
            return;
        }
        line.format = LineFormat.ISTIO_TEXT;
        line.text(Fields.FLAGS, from, ends[0]);
        line.text(Fields.DETAILS, ends[0] + 1, ends[1]);
        line.text(Fields.TERMINATION, ends[1] + 1, ends[2]);
        line.text(Fields.TRANSPORT_FAILURE, ends[2] + 2, ends[QUOTED_MIDDLE] - 1);
    }

    /** Whether what looks like a line of Envoy's has enough columns behind the host to be one of Istio's. */
    private boolean isIstio(byte[] b, int end, ScannedLine line) {
        if (!line.format.equals(LineFormat.ENVOY_TEXT) || trailingColumn(b, BEFORE_REMOTE, end) >= end) {
            return false;
        }
        line.format = LineFormat.ISTIO_TEXT;
        return true;
    }

    private int trailingColumn(byte[] b, int columns, int end) {
        int at = trailingFrom;
        for (int i = 0; i < columns && at < end; i++) {
            at = Swar.blankOrNewline(b, at) + 1;
        }
        return at;
    }

    /** Gives the line that was scanned last the columns that {@link #scan} kept back. */
    void complete(ScannedLine line) {
        byte[] b = line.buffer;
        line.resetUncounted();
        line.text(Fields.METHOD, line.from + REQUEST_AT + 1, methodEnd);
        line.text(Fields.PATH, methodEnd + 1, pathEnd);
        line.text(Fields.PROTOCOL, pathEnd + 1, requestEnd);
        line.text(Fields.FORWARDED_FOR, forwardedForFrom, forwardedForEnd);
        line.text(Fields.USER_AGENT, forwardedForEnd + BETWEEN_LENGTH, agentEnd);
        line.text(Fields.REQUEST_ID, agentEnd + BETWEEN_LENGTH, idEnd);
        line.text(Fields.AUTHORITY, idEnd + BETWEEN_LENGTH, authorityEnd);
        if (streamEnd >= 0) {
            line.text(Fields.STREAM_ID, hostEnd + BETWEEN_LENGTH, streamEnd);
        }
        int remote = trailingFrom < 0 ? line.to : trailingColumn(b, BEFORE_REMOTE, line.to);
        if (remote < line.to) {
            line.text(Fields.CLUSTER, trailingFrom, trailingColumn(b, 1, line.to) - 1);
            line.text(Fields.REMOTE_ADDRESS, remote, Math.min(line.to, Swar.blankOrNewline(b, remote)));
        }
    }
}
