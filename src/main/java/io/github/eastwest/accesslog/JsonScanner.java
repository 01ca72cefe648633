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
    /** Length of {@code null}. */
    private static final int NULL_LENGTH = 4;

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
    private final int[] keyFrom = new int[MOST_KEYS + 1];
    private final int[] keyTo = new int[MOST_KEYS + 1];
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

    /**
     * The keys of a line in order, each with the punctuation around it, and what such a line is. The bytes from one value's end to the
     * next one's beginning are a token; tokens are compared eight bytes at a time.
     */
    private static final class Shape {
        /** The words of all tokens, and last the tail's: what stands behind the last value. */
        final long[] words;
        /** For each word the bytes that belong to the token. */
        final long[] masks;
        /** By token, the index behind its last word. */
        final int[] wordsEnd;
        /** By token, its length in bytes. */
        final int[] lengths;
        /** By token, the field that its value is. */
        final int[] fields;

        final int named;
        final ScannedLine.Kind kind;
        final String format;

        /**
         * A shape.
         *
         * @param from by token, index of its first byte; the last one is the tail
         * @param to by token, index behind its last byte
         */
        Shape(byte[] b, int[] from, int[] to, int[] fields, ScannedLine line) {
            this.fields = fields;
            this.named = line.named;
            this.kind = line.kind;
            this.format = line.format;
            this.wordsEnd = new int[from.length];
            this.lengths = new int[from.length];
            int count = 0;
            for (int i = 0; i < from.length; i++) {
                lengths[i] = to[i] - from[i];
                count += (lengths[i] + Long.BYTES - 1) / Long.BYTES;
                wordsEnd[i] = count;
            }
            this.words = new long[count];
            this.masks = new long[count];
            int word = 0;
            for (int i = 0; i < from.length; i++) {
                for (int at = from[i]; at < to[i]; at += Long.BYTES) {
                    for (int at8 = at; at8 < Math.min(to[i], at + Long.BYTES); at8++) {
                        words[word] |= (b[at8] & 0xFFL) << (at8 - at) * Byte.SIZE;
                        masks[word] |= 0xFFL << (at8 - at) * Byte.SIZE;
                    }
                    word++;
                }
            }
        }

        /** Whether the line can have this shape: whether it begins like it. */
        boolean begins(byte[] b, int from) {
            return ((Swar.word(b, from) ^ words[0]) & masks[0]) == 0;
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
            int end = shape.begins(b, from) ? scanShape(b, from, limit, shape, line) : -1;
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
        int[] fields = shape.fields;
        int position = from;
        int word = 0;
        for (int i = 0; i < fields.length; i++) {
            position = endOfToken(b, position, shape, i, word);
            if (position < 0) {
                return -1;
            }
            word = shape.wordsEnd[i];
            position = value(b, position, fields[i], line);
            if (position < 0) {
                return -1;
            }
        }
        int end = endOfToken(b, position, shape, fields.length, word);
        if (end < 0) {
            return -1;
        }
        int newline = b[end] == '\r' ? end + 1 : end;
        if (b[newline] != '\n' || newline > limit || newline - from > LineScanner.LONGEST_LINE) {
            return -1;
        }
        line.to = end;
        line.named = shape.named;
        line.kind = shape.kind;
        line.format = shape.format;
        if (shape.kind == ScannedLine.Kind.ACCESS) {
            FieldLine.complete(line, timestamps);
        }
        return newline;
    }

    /** The index behind the shape's token, whose words begin at that one, if it stands there; else -1. */
    private static int endOfToken(byte[] b, int from, Shape shape, int token, int firstWord) {
        int at = from;
        for (int word = firstWord; word < shape.wordsEnd[token]; word++) {
            if (((Swar.word(b, at) ^ shape.words[word]) & shape.masks[word]) != 0) {
                return -1;
            }
            at += Long.BYTES;
        }
        return from + shape.lengths[token];
    }

    /** Reads a plain value. Returns the index behind it; -1 when it is none. */
    private int value(byte[] b, int from, int field, ScannedLine line) {
        byte first = b[from];
        if (first == '"') {
            int end = Swar.endOfPlainString(b, from + 1);
            return b[end] == '"' && string(b, from + 1, end, field, line) ? end + 1 : -1;
        }
        if (Ascii.isDigit(first)) {
            int end = Swar.endOfDigits(b, from);
            boolean whole = (b[end] == ',' || b[end] == '}') && end - from <= Swar.MOST_DIGITS;
            if (!whole || field == Fields.STATUS && end - from > 3) {
                return otherNumber(b, from, end, field, line);
            }
            if (field >= Fields.STATUS) {
                line.numbers[field] = Swar.digits(b, from, end);
            } else if (field == Fields.START_TIME) {
                line.startMillis = timestamps.read(b, from, end);
            } else if (field >= 0) {
                line.text(field, from, end);
            }
            return end;
        }
        boolean absent = first == 'n' && b[from + 1] == 'u' && b[from + 2] == 'l' && b[from + 3] == 'l';
        return absent ? from + NULL_LENGTH : -1;
    }

    private boolean string(byte[] b, int from, int to, int field, ScannedLine line) {
        if (field >= Fields.START_TIME && field != Fields.OTHER_TIME) {
            return number(b, from, to, field, line);
        }
        if (field >= 0) {
            line.text(field, from, to);
        }
        return true;
    }

    /** A number that is not a few digits. Returns the index behind it, or -1. */
    private int otherNumber(byte[] b, int from, int digitsEnd, int field, ScannedLine line) {
        int end = b[digitsEnd] == 'e' ? exponentEnd(b, digitsEnd) : -1;
        boolean read = end >= 0 && (field < 0 || (Fields.isNumber(field) && number(b, from, end, field, line)));
        return read ? end : -1;
    }

    /** End of the rest of {@code 3e+05}, or -1. */
    private static int exponentEnd(byte[] b, int from) {
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
            int outerTime = line.starts[Fields.OTHER_TIME];
            int outerTimeEnd = line.ends[Fields.OTHER_TIME];
            if (readObject(b, inner, to, line)) {
                if (!line.has(Fields.OTHER_TIME) && outerTime >= 0) {
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
        keyFrom[keys] = tailFrom;
        keyTo[keys] = to;
        Shape shape = new Shape(
                b,
                Arrays.copyOf(keyFrom, keys + 1),
                Arrays.copyOf(keyTo, keys + 1),
                Arrays.copyOf(keyField, keys),
                line);
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
