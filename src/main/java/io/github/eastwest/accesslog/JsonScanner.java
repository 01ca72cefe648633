package io.github.eastwest.accesslog;

import java.util.Arrays;
import java.util.Set;

/**
 * Scans lines that are one JSON object.
 *
 * <p>Lines of one stream have the same keys in the same order. The first line of a shape is read key by key; its keys with the
 * punctuation before them are remembered, and the next lines are compared with them: a line of a known shape needs no key lookup and no
 * search for its end. A line that differs anywhere is read key by key again. Not thread-safe.
 */
final class JsonScanner {
    private static final int MOST_KEYS = 64;
    /** More shapes than a stream has kinds of lines. */
    private static final int MOST_SHAPES = 8;
    /** After so many new shapes the keys are taken for arbitrary and remembering for useless. */
    private static final int MOST_LESSONS = 64;

    private static final int DEEPEST = 64;
    private static final int LONGEST_NAME = 64;

    /** Objects that log shippers put around the line's own. */
    private static final Set<String> ENVELOPES = Set.of(
            "message",
            "@message",
            "log",
            "msg",
            "jsonPayload",
            "json_payload",
            "event",
            "access_log",
            "accessLog",
            "payload",
            "data",
            "fields",
            "attributes");

    private final Timestamps timestamps;
    private final Shape[] shapes = new Shape[MOST_SHAPES];
    private int shapeCount;
    private int lessons;

    // The keys of the object being read: what stands from the end of the last value to the beginning of this one's.
    private final int[] keyFrom = new int[MOST_KEYS];
    private final int[] keyTo = new int[MOST_KEYS];
    private final int[] keyField = new int[MOST_KEYS];
    private int keys;
    private int tailFrom;
    private boolean learnable;

    // What the names tell about the format.
    private boolean colonAuthority;
    private boolean kebab;
    private boolean plainForwardedFor;
    private boolean istioName;
    private boolean ownName;

    private int envelopeFrom;
    private int at;

    JsonScanner(Timestamps timestamps) {
        this.timestamps = timestamps;
    }

    /** Bytes compared eight at a time. */
    private static final class Token {
        final long[] words;
        final long lastMask;
        final int length;

        Token(byte[] b, int from, int to) {
            length = to - from;
            words = new long[(length + Long.BYTES - 1) / Long.BYTES];
            for (int i = 0; i < length; i++) {
                words[i / Long.BYTES] |= (b[from + i] & 0xFFL) << i % Long.BYTES * Byte.SIZE;
            }
            int rest = length % Long.BYTES;
            lastMask = rest == 0 ? -1L : (1L << rest * Byte.SIZE) - 1;
        }

        boolean matches(byte[] b, int from) {
            int last = words.length - 1;
            int position = from;
            for (int i = 0; i < last; i++) {
                if (Swar.word(b, position) != words[i]) {
                    return false;
                }
                position += Long.BYTES;
            }
            return ((Swar.word(b, position) ^ words[last]) & lastMask) == 0;
        }
    }

    /** The keys of a line in order, each with the punctuation around it, and what such a line is. */
    private static final class Shape {
        final Token[] tokens;
        final int[] fields;
        final Token tail;
        final int named;
        final ScannedLine.Kind kind;
        final String format;

        /** Whether other values under the same keys can make it a line of another kind. */
        final boolean toldByValues;

        Shape(Token[] tokens, int[] fields, Token tail, ScannedLine line) {
            this.tokens = tokens;
            this.fields = fields;
            this.tail = tail;
            this.named = line.named;
            this.kind = line.kind;
            this.format = line.format;
            this.toldByValues = line.kind != ScannedLine.Kind.ACCESS || line.isNamed(Fields.ACTION);
        }
    }

    /**
     * Scans the line that begins at {@code from} if it has a known shape.
     *
     * @param limit end of the data, where a newline stands as sentinel
     * @return index of its newline, or -1
     */
    int scanKnown(byte[] b, int from, int limit, ScannedLine line) {
        for (int i = 0; i < shapeCount; i++) {
            Shape shape = shapes[i];
            if (!shape.tokens[0].matches(b, from)) {
                continue;
            }
            int end = scanShape(b, from, limit, shape, line);
            if (end >= 0) {
                if (i > 0) {
                    shapes[i] = shapes[i - 1];
                    shapes[i - 1] = shape;
                }
                return end;
            }
        }
        return -1;
    }

    private int scanShape(byte[] b, int from, int limit, Shape shape, ScannedLine line) {
        line.reset(b, from, from);
        Token[] tokens = shape.tokens;
        int[] fields = shape.fields;
        int position = from;
        for (int i = 0; i < tokens.length; i++) {
            Token token = tokens[i];
            if (!token.matches(b, position)) {
                return -1;
            }
            position += token.length;
            int field = fields[i];
            byte first = b[position];
            if (first == '"') {
                int start = position + 1;
                int end = Swar.endOfPlainString(b, start);
                if (b[end] != '"') {
                    return -1;
                }
                position = end + 1;
                if (field >= 0) {
                    if (field < Fields.START_TIME || field == Fields.OTHER_TIME) {
                        line.text(field, start, end);
                    } else if (!number(b, start, end, field, line)) {
                        return -1;
                    }
                }
            } else if (first >= '0' && first <= '9') {
                int start = position;
                position = Swar.endOfDigits(b, start);
                byte c = b[position];
                if ((c != ',' && c != '}') || position - start > Swar.MOST_DIGITS) {
                    position = exponentEnd(b, position);
                    if (position < 0 || (field >= 0 && !Fields.isNumber(field))) {
                        return -1;
                    }
                    if (field >= 0 && !number(b, start, position, field, line)) {
                        return -1;
                    }
                } else if (field >= Fields.STATUS) {
                    long number = Swar.digits(b, start, position);
                    if (field == Fields.STATUS && number > 999) {
                        return -1;
                    }
                    line.numbers[field] = number;
                } else if (field == Fields.START_TIME) {
                    line.startMillis = timestamps.read(b, start, position);
                } else if (field >= 0) {
                    line.text(field, start, position);
                }
            } else if (first == 'n' && b[position + 1] == 'u' && b[position + 2] == 'l' && b[position + 3] == 'l') {
                position += 4;
            } else {
                return -1;
            }
        }
        if (!shape.tail.matches(b, position)) {
            return -1;
        }
        position += shape.tail.length;
        int end = position;
        if (b[position] == '\r') {
            position++;
        }
        if (b[position] != '\n' || position > limit || position - from > LineScanner.LONGEST_LINE) {
            return -1;
        }
        line.to = end;
        line.named = shape.named;
        line.kind = shape.kind;
        line.format = shape.format;
        if (!shape.toldByValues) {
            FieldLine.complete(line, timestamps);
        } else if (!FieldLine.classify(line, timestamps) || line.kind != shape.kind) {
            return -1;
        }
        return position;
    }

    /** End of the rest of {@code 3e+05}, or -1. */
    private static int exponentEnd(byte[] b, int from) {
        if (b[from] != 'e') {
            return -1;
        }
        int end = from + 1;
        while (b[end] == '+' || Ascii.isDigit(b[end])) {
            end++;
        }
        return b[end] == ',' || b[end] == '}' ? end : -1;
    }

    private boolean number(byte[] b, int from, int to, int field, ScannedLine line) {
        if (field == Fields.START_TIME) {
            line.startMillis = timestamps.read(b, from, to);
            return true;
        }
        long number = Numbers.read(b, from, to);
        if (number == Numbers.INVALID || (field == Fields.STATUS && number > 999)) {
            return false;
        }
        line.numbers[field] = number;
        return true;
    }

    /**
     * Scans any object.
     *
     * @return false when the line is none or its names mean nothing here; the line then says where and why
     */
    boolean scan(byte[] b, int from, int to, ScannedLine line) {
        if (!readObject(b, from, to, line)) {
            return false;
        }
        int end = at;
        while (end < to && Ascii.isBlank(b[end])) {
            end++;
        }
        if (end < to) {
            return line.fail(end, "text after the object");
        }
        if (FieldLine.classify(line, timestamps)) {
            line.format = format(line);
            if (learnable) {
                learn(b, end, line);
            }
            return true;
        }
        int inner = envelopeFrom;
        if (inner >= 0) {
            boolean timed = line.has(Fields.OTHER_TIME);
            int outerTime = line.starts[Fields.OTHER_TIME];
            int outerTimeEnd = line.ends[Fields.OTHER_TIME];
            if (readObject(b, inner, to, line)) {
                if (!line.has(Fields.OTHER_TIME) && timed) {
                    line.text(Fields.OTHER_TIME, outerTime, outerTimeEnd);
                }
                if (FieldLine.classify(line, timestamps)) {
                    line.from = from;
                    line.format = format(line);
                    return true;
                }
            }
            line.from = from;
        }
        return false;
    }

    private void learn(byte[] b, int to, ScannedLine line) {
        if (lessons >= MOST_LESSONS || keys == 0) {
            return;
        }
        lessons++;
        Token[] tokens = new Token[keys];
        for (int i = 0; i < keys; i++) {
            tokens[i] = new Token(b, keyFrom[i], keyTo[i]);
        }
        Shape shape = new Shape(tokens, Arrays.copyOf(keyField, keys), new Token(b, tailFrom, to), line);
        int slot = shapeCount < MOST_SHAPES ? shapeCount++ : MOST_SHAPES - 1;
        shapes[slot] = shape;
    }

    private String format(ScannedLine line) {
        boolean flags = line.isNamed(Fields.FLAGS);
        if (!line.isNamed(Fields.STATUS) && line.isNamed(Fields.REMOTE_PORT) && !ownName) {
            return LineFormat.SERVICE_CONNECT_TCP_JSON;
        }
        if (plainForwardedFor && !flags && !ownName && line.isNamed(Fields.STATUS)) {
            if (line.isNamed(Fields.GRPC_STATUS)) {
                return LineFormat.SERVICE_CONNECT_GRPC_JSON;
            }
            return line.isNamed(Fields.STREAM_ID)
                    ? LineFormat.SERVICE_CONNECT_HTTP2_JSON
                    : LineFormat.SERVICE_CONNECT_HTTP_JSON;
        }
        if (flags && colonAuthority && kebab) {
            return LineFormat.ENVOY_GATEWAY_JSON;
        }
        return flags && istioName && !kebab ? LineFormat.ISTIO_JSON : LineFormat.JSON;
    }

    private boolean readObject(byte[] b, int from, int to, ScannedLine line) {
        line.reset(b, from, to);
        keys = 0;
        learnable = true;
        colonAuthority = false;
        kebab = false;
        plainForwardedFor = false;
        istioName = false;
        ownName = false;
        envelopeFrom = -1;
        if (from >= to || b[from] != '{') {
            return line.fail(from, "no object");
        }
        at = from + 1;
        int separator = from;
        skipBlanks(b, to);
        if (at < to && b[at] == '}') {
            at++;
            learnable = false;
            return true;
        }
        while (true) {
            skipBlanks(b, to);
            if (at >= to || b[at] != '"') {
                return line.fail(Math.min(at, to), at >= to ? "the object has no end" : "no name");
            }
            int nameFrom = at + 1;
            int nameTo = stringEnd(b, nameFrom, to);
            if (nameTo < 0) {
                return line.fail(at, "the string has no end");
            }
            at = nameTo + 1;
            skipBlanks(b, to);
            if (at >= to || b[at] != ':') {
                return line.fail(Math.min(at, to), "no colon after the name");
            }
            at++;
            skipBlanks(b, to);
            String name = nameTo - nameFrom <= LONGEST_NAME ? Ascii.text(b, nameFrom, nameTo) : "";
            int field = Fields.of(name);
            noteName(name, field);
            if (keys < MOST_KEYS) {
                keyFrom[keys] = separator;
                keyTo[keys] = at;
                keyField[keys] = field;
                keys++;
            } else {
                learnable = false;
            }
            int valueFrom = at;
            if (!readValue(b, to, field, line)) {
                return false;
            }
            if (b[valueFrom] == '{' && envelopeFrom < 0 && ENVELOPES.contains(name)) {
                envelopeFrom = valueFrom;
            }
            separator = at;
            skipBlanks(b, to);
            if (at < to && b[at] == ',') {
                at++;
            } else if (at < to && b[at] == '}') {
                tailFrom = separator;
                at++;
                return true;
            } else {
                return line.fail(Math.min(at, to), at >= to ? "the object has no end" : "no comma after the value");
            }
        }
    }

    private void noteName(String name, int field) {
        colonAuthority |= name.equals(":authority");
        kebab |= name.indexOf('-') >= 0;
        plainForwardedFor |= name.equals("forwarded_for");
        istioName |= name.equals("requested_server_name") || name.equals("upstream_local_address");
        // Names outside the usual set make it a format of the user's own.
        ownName |= field == Fields.UNKNOWN;
    }

    private boolean readValue(byte[] b, int to, int field, ScannedLine line) {
        if (at >= to) {
            return line.fail(to, "no value");
        }
        int from = at;
        byte first = b[from];
        if (first == '"') {
            int end = stringEnd(b, from + 1, to);
            if (end < 0) {
                return line.fail(from, "the string has no end");
            }
            at = end + 1;
            boolean hasEscapes = Swar.indexOf(b, from + 1, end, '\\') >= 0;
            return store(b, from + 1, end, field, hasEscapes, line);
        }
        if (first == '{' || first == '[') {
            learnable = false;
            return skipNested(b, to, line);
        }
        int end = from;
        while (end < to && b[end] != ',' && b[end] != '}' && b[end] != ']' && !Ascii.isBlank(b[end])) {
            end++;
        }
        at = end;
        if (isLiteral(b, from, end, "null")) {
            if (field >= 0) {
                learnable &= !line.isNamed(field);
                FieldLine.absent(field, line);
            }
            return true;
        }
        boolean literal = isLiteral(b, from, end, "true") || isLiteral(b, from, end, "false");
        if (!literal && !isJsonNumber(b, from, end)) {
            return line.fail(from, "no value");
        }
        if (literal) {
            learnable = false;
        }
        if (literal && Fields.isNumber(field)) {
            return line.fail(from, "not a number");
        }
        return store(b, from, end, field, false, line);
    }

    private boolean store(byte[] b, int from, int to, int field, boolean hasEscapes, ScannedLine line) {
        if (field < 0) {
            return true;
        }
        boolean before = line.isNamed(field);
        if (!FieldLine.value(b, from, to, field, line, timestamps)) {
            return line.fail(from, "not a number");
        }
        if (before || !line.isNamed(field)) {
            // Which of two names counts may differ from line to line.
            learnable = false;
        } else if (hasEscapes) {
            line.escaped |= 1 << field;
        }
        return true;
    }

    private static boolean isLiteral(byte[] b, int from, int to, String literal) {
        return to - from == literal.length() && Ascii.regionEquals(b, from, literal);
    }

    private static boolean isJsonNumber(byte[] b, int from, int to) {
        int position = from < to && b[from] == '-' ? from + 1 : from;
        if (position >= to || !Ascii.isDigit(b[position])) {
            return false;
        }
        while (position < to) {
            byte c = b[position];
            if (!Ascii.isDigit(c) && c != '.' && c != 'e' && c != 'E' && c != '+' && c != '-') {
                return false;
            }
            position++;
        }
        return true;
    }

    /** Skips an object or array; strings in it may hold brackets. */
    private boolean skipNested(byte[] b, int to, ScannedLine line) {
        int start = at;
        int depth = 0;
        while (at < to) {
            byte c = b[at];
            if (c == '"') {
                int end = stringEnd(b, at + 1, to);
                if (end < 0) {
                    return line.fail(at, "the string has no end");
                }
                at = end;
            } else if (c == '{' || c == '[') {
                depth++;
                if (depth > DEEPEST) {
                    return line.fail(at, "nested too deeply");
                }
            } else if (c == '}' || c == ']') {
                depth--;
                if (depth == 0) {
                    at++;
                    return true;
                }
            }
            at++;
        }
        return line.fail(start, "the nested value has no end");
    }

    /** Index of the quote that ends the string, or -1. */
    private static int stringEnd(byte[] b, int from, int to) {
        int position = from;
        while (position < to) {
            byte c = b[position];
            if (c == '"') {
                return position;
            }
            position += c == '\\' ? 2 : 1;
        }
        return -1;
    }

    private void skipBlanks(byte[] b, int to) {
        while (at < to && Ascii.isBlank(b[at])) {
            at++;
        }
    }
}
