package io.github.eastwest.accesslog;

/**
 * Scans the text formats that begin with {@code [time]}: Service Connect's four, Envoy's default, Istio's generations.
 *
 * <p>All HTTP formats are one sentence with optional parts:
 *
 * <pre>
 * [time] "method path protocol" status MIDDLE received sent duration service-time "forwarded-for" "user-agent" "request-id"
 * "authority" "host" ["stream-id"] [cluster upstream-local downstream-local downstream-remote server-name route-name]
 * </pre>
 *
 * MIDDLE tells the formats apart: nothing (Service Connect HTTP, HTTP2), a gRPC status (Service Connect gRPC), flags (Envoy), flags
 * and up to three columns more (Istio: {@code "mixer"} [{@code "transport failure"}], later {@code details termination "transport
 * failure"}). A lone dash there is a gRPC status if a stream id follows the host, else flags.
 *
 * <p>No text format escapes anything: a user agent with quotes shifts the columns. So the quoted part is read from both ends, and the
 * user agent takes what is left.
 */
final class TextScanner {
    private static final int MOST_TOKENS = 14;
    /** Columns before this index of the quoted part stand before the host. */
    private static final int HOST_INDEX = 4;

    private static final int MOST_COLUMNS = 24;
    private static final int[] FIRST_COLUMNS = {
        Fields.FORWARDED_FOR, Fields.USER_AGENT, Fields.REQUEST_ID, Fields.AUTHORITY
    };

    private final Timestamps timestamps;
    private final Pieces middle = new Pieces(MOST_TOKENS);
    private final Pieces columns = new Pieces(MOST_COLUMNS);
    private final Pieces trailing = new Pieces(MOST_TOKENS);

    /** Parts of a line by their offsets. */
    private static final class Pieces {
        final int[] starts;
        final int[] ends;
        int count;

        Pieces(int most) {
            starts = new int[most];
            ends = new int[most];
        }

        boolean isFull() {
            return count == starts.length;
        }

        void add(int start, int end) {
            starts[count] = start;
            ends[count] = end;
            count++;
        }

        boolean isDash(byte[] b, int i) {
            return ends[i] == starts[i] || (ends[i] == starts[i] + 1 && b[starts[i]] == '-');
        }
    }

    TextScanner(Timestamps timestamps) {
        this.timestamps = timestamps;
    }

    /** The lone token between status and numbers. */
    static void flagsOrGrpc(byte[] b, int from, int to, boolean stream, ScannedLine line) {
        boolean dash = to - from == 1 && b[from] == '-';
        boolean grpc = dash ? stream : isGrpc(b, from, to);
        if (grpc) {
            line.text(Fields.GRPC_STATUS, from, to);
            line.format = LineFormat.SERVICE_CONNECT_GRPC_TEXT;
        } else {
            line.text(Fields.FLAGS, from, to);
            line.format = LineFormat.ENVOY_TEXT;
        }
    }

    /** Envoy's and Istio's formats print {@code "- - -" 0} for a TCP connection. */
    private static void tcpProxyLine(ScannedLine line) {
        if (line.status() == 0 && !line.has(Fields.METHOD) && !line.has(Fields.PATH) && !line.has(Fields.PROTOCOL)) {
            line.numbers[Fields.STATUS] = -1;
        }
    }

    private static boolean request(byte[] b, int from, int to, ScannedLine line) {
        int methodEnd = from;
        while (methodEnd < to && b[methodEnd] != ' ') {
            methodEnd++;
        }
        int protocol = to;
        while (protocol > methodEnd && b[protocol - 1] != ' ') {
            protocol--;
        }
        if (protocol - 1 <= methodEnd) {
            return false;
        }
        line.text(Fields.METHOD, from, methodEnd);
        line.text(Fields.PATH, methodEnd + 1, protocol - 1);
        line.text(Fields.PROTOCOL, protocol, to);
        return true;
    }

    /**
     * Scans any line of the text formats.
     *
     * @return false when it is none; the line then says where and why
     */
    boolean scan(byte[] b, int from, int to, ScannedLine line) {
        line.reset(b, from, to);
        int close = Swar.indexOf(b, from + 1, Math.min(to, from + 80), ']');
        if (close < 0) {
            return line.fail(from + 1, "no ] after the time");
        }
        line.startMillis = timestamps.read(b, from + 1, close);
        if (close + 2 >= to || b[close + 1] != ' ') {
            return line.fail(close + 1, "nothing after the time");
        }
        int at = close + 2;
        boolean scanned = b[at] == '"' ? http(b, at, to, line) : tcp(b, at, to, line);
        if (scanned && line.startMillis == Timestamps.NONE && !plausibleTime(b, from + 1, close)) {
            return line.fail(from + 1, "no time between the brackets");
        }
        if (scanned) {
            line.kind = ScannedLine.Kind.ACCESS;
        }
        return scanned;
    }

    /** Whether the brackets hold a time in a format of the user's own. */
    private static boolean plausibleTime(byte[] b, int from, int to) {
        int digits = 0;
        for (int at = from; at < to; at++) {
            if (Ascii.isDigit(b[at])) {
                digits++;
            }
        }
        return digits >= 6;
    }

    private boolean tcp(byte[] b, int from, int to, ScannedLine line) {
        int at = from;
        int end = tokenEnd(b, at, to);
        if (!looksLikeAddress(b, at, end)) {
            return line.fail(at, "neither a quoted request nor a peer address");
        }
        line.text(Fields.REMOTE_ADDRESS, at, end);
        at = Math.min(to, end + 1);
        end = tokenEnd(b, at, to);
        if (end == at || Numbers.read(b, at, end) == Numbers.INVALID) {
            return line.fail(at, "no peer port");
        }
        line.text(Fields.REMOTE_PORT, at, end);
        for (int field = Fields.BYTES_RECEIVED; field <= Fields.DURATION; field++) {
            at = Math.min(to, end + 1);
            end = tokenEnd(b, at, to);
            long number = at == end ? Numbers.INVALID : Numbers.read(b, at, end);
            if (number == Numbers.INVALID) {
                return line.fail(at, "not a number");
            }
            line.numbers[field] = number;
        }
        if (end < to) {
            // The details may hold blanks: the connection id is the last token, the details are what is left.
            int last = Swar.lastIndexOf(b, end, to, ' ') + 1;
            long connection = last == to ? Numbers.INVALID : Numbers.read(b, last, to);
            if (connection != Numbers.INVALID && last > end + 1) {
                line.numbers[Fields.CONNECTION_ID] = connection;
                line.text(Fields.TERMINATION, end + 1, last - 1);
            } else if (connection == Numbers.INVALID) {
                line.text(Fields.TERMINATION, end + 1, to);
            } else {
                line.numbers[Fields.CONNECTION_ID] = connection;
            }
        }
        line.format = LineFormat.SERVICE_CONNECT_TCP_TEXT;
        return true;
    }

    private static boolean looksLikeAddress(byte[] b, int from, int to) {
        if (to - from == 1 && b[from] == '-') {
            return true;
        }
        if (to - from < 2 || b[from] == '[' && Swar.indexOf(b, from, to, ']') < 0) {
            return false;
        }
        boolean separator = false;
        for (int at = from; at < to; at++) {
            byte c = b[at];
            separator |= c == '.' || c == ':' || c == '/';
            if (c == '"' || c == '{' || c == '=') {
                return false;
            }
        }
        return separator;
    }

    private static int tokenEnd(byte[] b, int from, int to) {
        int at = from;
        while (at < to && b[at] != ' ') {
            at++;
        }
        return at;
    }

    private boolean http(byte[] b, int from, int to, ScannedLine line) {
        int requestEnd = requestEnd(b, from + 1, to);
        if (requestEnd < 0) {
            return line.fail(from + 1, "the request has no end");
        }
        if (!request(b, from + 1, requestEnd, line)) {
            return line.fail(from + 1, "the request is not method, path and protocol");
        }
        int at = requestEnd + 2;
        int end = tokenEnd(b, at, to);
        long status = end - at > 3 ? Numbers.INVALID : Numbers.read(b, at, end);
        if (status == Numbers.INVALID || end == at) {
            return line.fail(at, "no status");
        }
        line.numbers[Fields.STATUS] = Math.max(0, status);
        at = end + 1;
        middleTokens(b, at, to);
        int quad = numbersAt(b, to);
        if (quad < 0) {
            return line.fail(Math.min(at, to), "no received, sent, duration and service time after the status");
        }
        for (int i = 0; i < 4; i++) {
            line.numbers[Fields.BYTES_RECEIVED + i] = Numbers.read(b, middle.starts[quad + i], middle.ends[quad + i]);
        }
        int quoted = middle.ends[quad + 3] + 1;
        int quotedEnd = quoted;
        columns.count = 0;
        if (quoted < to) {
            quotedEnd = Swar.lastIndexOf(b, quoted, to, '"') + 1;
            if ((quotedEnd < to && b[quotedEnd] != ' ') || !splitColumns(b, quoted, quotedEnd)) {
                return line.fail(quotedEnd - 1, "the quote is not closed");
            }
        }
        trailingTokens(b, quotedEnd, to);
        boolean stream = assignColumns(b, quad == 1 && isGrpc(b, middle.starts[0], middle.ends[0]), line);
        if (!assignMiddle(b, quad, stream, line)) {
            return false;
        }
        if (line.format.equals(LineFormat.ENVOY_TEXT) && trailing.count >= 4) {
            line.format = LineFormat.ISTIO_TEXT;
        }
        if (line.format.equals(LineFormat.ISTIO_TEXT) && trailing.count >= 4) {
            line.text(Fields.CLUSTER, trailing.starts[0], trailing.ends[0]);
            line.text(Fields.REMOTE_ADDRESS, trailing.starts[3], trailing.ends[3]);
        }
        tcpProxyLine(line);
        return true;
    }

    /** The first quote that can end the request. */
    private static int requestEnd(byte[] b, int from, int to) {
        for (int at = from; at + 2 < to; at++) {
            if (b[at] == '"' && endsRequest(b, from, at)) {
                return at;
            }
        }
        return -1;
    }

    /** Whether the quote ends the request: a status stands behind it, the protocol before it. */
    private static boolean endsRequest(byte[] b, int from, int quote) {
        if (b[quote + 1] != ' ' || !(Ascii.isDigit(b[quote + 2]) || b[quote + 2] == '-')) {
            return false;
        }
        int protocol = quote;
        while (protocol > from && b[protocol - 1] != ' ') {
            protocol--;
        }
        return protocol > from
                && ((quote - protocol == 1 && b[protocol] == '-') || Ascii.startsWith(b, protocol, quote, "HTTP"));
    }

    /** Splits what follows the status; a quoted token ends at a quote before a blank or the line's end. */
    private void middleTokens(byte[] b, int from, int to) {
        middle.count = 0;
        int at = from;
        while (at < to && !middle.isFull()) {
            int end;
            if (b[at] == '"') {
                end = at + 1;
                while (end < to && !(b[end] == '"' && (end + 1 == to || b[end + 1] == ' '))) {
                    end++;
                }
                if (end == to) {
                    return;
                }
                end++;
            } else {
                end = tokenEnd(b, at, to);
            }
            middle.add(at, end);
            at = end + 1;
        }
    }

    /** Index of the token where four numbers stand before a quoted column or the line's end; -1 when they do not. */
    private int numbersAt(byte[] b, int to) {
        for (int i = 0; i <= 4 && i + 4 <= middle.count; i++) {
            int next = middle.ends[i + 3] + 1;
            if ((next >= to || b[next] == '"')
                    && isNumber(b, i)
                    && isNumber(b, i + 1)
                    && isNumber(b, i + 2)
                    && isNumber(b, i + 3)) {
                return i;
            }
        }
        return -1;
    }

    private boolean isNumber(byte[] b, int token) {
        return Numbers.read(b, middle.starts[token], middle.ends[token]) != Numbers.INVALID;
    }

    private static boolean isGrpc(byte[] b, int from, int to) {
        boolean ok = to - from == 2 && b[from] == 'O' && b[from + 1] == 'K';
        return ok || (to > from && to - from <= 32 && GrpcStatus.known(Ascii.text(b, from, to)) != null);
    }

    /** Reads the tokens between status and numbers. */
    private boolean assignMiddle(byte[] b, int count, boolean stream, ScannedLine line) {
        if (count == 0) {
            line.format = stream ? LineFormat.SERVICE_CONNECT_HTTP2_TEXT : LineFormat.SERVICE_CONNECT_HTTP_TEXT;
            return true;
        }
        if (middle.starts[0] < middle.ends[0] && b[middle.starts[0]] == '"') {
            return line.fail(middle.starts[0], "neither flags nor a gRPC status after the HTTP status");
        }
        if (count == 1) {
            flagsOrGrpc(b, middle.starts[0], middle.ends[0], stream, line);
            return true;
        }
        line.format = LineFormat.ISTIO_TEXT;
        line.text(Fields.FLAGS, middle.starts[0], middle.ends[0]);
        for (int i = 1; i < count; i++) {
            int start = middle.starts[i];
            int end = middle.ends[i];
            if (end - start >= 2 && b[start] == '"') {
                // The second quoted one is the transport failure reason; the first of old Istio is the mixer's status.
                if (i == count - 1 && i > 1) {
                    line.text(Fields.TRANSPORT_FAILURE, start + 1, end - 1);
                }
            } else {
                line.text(i == 1 ? Fields.DETAILS : Fields.TERMINATION, start, end);
            }
        }
        return true;
    }

    /** Splits {@code "a" "b" "c"} at {@code " "}; false when a quote is left open. */
    private boolean splitColumns(byte[] b, int from, int to) {
        columns.count = 0;
        if (to - from < 2 || b[from] != '"' || b[to - 1] != '"') {
            return false;
        }
        int last = to - 1;
        int start = from + 1;
        int quotes = 2;
        int at = start;
        while (at < last) {
            if (b[at] == '"') {
                quotes++;
                if (at + 2 <= last && b[at + 1] == ' ' && b[at + 2] == '"' && columns.count < MOST_COLUMNS - 1) {
                    columns.add(start, at);
                    start = at + 3;
                    if (start > last) {
                        // The last quote opens a column that the line does not close.
                        return false;
                    }
                    quotes++;
                    at = start;
                    continue;
                }
            }
            at++;
        }
        columns.add(start, last);
        return columns.count > HOST_INDEX || (quotes & 1) == 0;
    }

    private void trailingTokens(byte[] b, int quotedEnd, int to) {
        trailing.count = 0;
        int at = quotedEnd + 1;
        while (at < to && !trailing.isFull()) {
            int end = tokenEnd(b, at, to);
            trailing.add(at, end);
            at = end + 1;
        }
    }

    /**
     * Gives the quoted columns to their fields.
     *
     * @return whether a stream id follows the host
     */
    private boolean assignColumns(byte[] b, boolean grpc, ScannedLine line) {
        int[] starts = columns.starts;
        int[] ends = columns.ends;
        if (columns.count <= HOST_INDEX) {
            for (int i = 0; i < columns.count; i++) {
                line.text(FIRST_COLUMNS[i], starts[i], ends[i]);
            }
            return false;
        }
        int host = hostIndex(b, grpc);
        line.text(Fields.FORWARDED_FOR, starts[0], ends[0]);
        line.text(Fields.USER_AGENT, starts[1], ends[host - 3]);
        line.text(Fields.REQUEST_ID, starts[host - 2], ends[host - 2]);
        line.text(Fields.AUTHORITY, starts[host - 1], ends[host - 1]);
        line.text(Fields.HOST, starts[host], ends[host]);
        if (host + 1 < columns.count) {
            line.text(Fields.STREAM_ID, starts[host + 1], ends[host + 1]);
            return true;
        }
        return false;
    }

    /** Which quoted column is the upstream host: the last one, or one before the stream id and columns of the user's own. */
    private int hostIndex(byte[] b, boolean grpc) {
        int last = columns.count - 1;
        if (last == HOST_INDEX) {
            return last;
        }
        for (int i = last; i >= HOST_INDEX; i--) {
            if (isHost(b, columns.starts[i], columns.ends[i])) {
                return i;
            }
        }
        if (!columns.isDash(b, last)) {
            // No host was chosen, and the last column says something: it is the stream id.
            return last - 1;
        }
        return columns.isDash(b, last - 1) && (last - 1 == HOST_INDEX || grpc) ? last - 1 : last;
    }

    /** Whether the column is {@code address:port} with a numeric address, a socket path or an internal address. */
    private static boolean isHost(byte[] b, int from, int to) {
        if (to - from < 4) {
            return false;
        }
        byte first = b[from];
        if (first == '/' || Ascii.startsWith(b, from, to, "envoy://") || Ascii.startsWith(b, from, to, "tcp://")) {
            return true;
        }
        int colon = Swar.lastIndexOf(b, from, to, ':');
        if (colon < 0 || colon + 1 == to || !(first == '[' || Ascii.isDigit(first))) {
            return false;
        }
        for (int at = colon + 1; at < to; at++) {
            if (!Ascii.isDigit(b[at])) {
                return false;
            }
        }
        if (first == '[') {
            return b[colon - 1] == ']';
        }
        for (int at = from; at < colon; at++) {
            if (!Ascii.isDigit(b[at]) && b[at] != '.') {
                return false;
            }
        }
        return true;
    }
}
