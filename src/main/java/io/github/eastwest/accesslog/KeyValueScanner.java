package io.github.eastwest.accesslog;

/** Scans lines of {@code key=value key="quoted value"} pairs: custom text formats, and the agent's own early log. Not thread-safe. */
final class KeyValueScanner {
    private static final int LONGEST_NAME = 64;

    private final Timestamps timestamps;

    KeyValueScanner(Timestamps timestamps) {
        this.timestamps = timestamps;
    }

    /** Whether the line begins with a name and an equals sign. */
    static boolean begins(byte[] b, int from, int to) {
        int end = nameEnd(b, from, to);
        return end > from && end < to && b[end] == '=';
    }

    /**
     * Scans the line.
     *
     * @return false when it has something besides pairs or its names mean nothing here
     */
    boolean scan(byte[] b, int from, int to, ScannedLine line) {
        line.reset(b, from, to);
        int at = from;
        while (at < to) {
            int nameEnd = nameEnd(b, at, to);
            if (nameEnd == at || nameEnd >= to || b[nameEnd] != '=') {
                return line.fail(at, "no key=value");
            }
            int valueFrom = nameEnd + 1;
            int valueTo;
            boolean quoted = valueFrom < to && b[valueFrom] == '"';
            int next;
            boolean hasEscapes = false;
            if (quoted) {
                valueFrom++;
                valueTo = valueFrom;
                while (valueTo < to && b[valueTo] != '"') {
                    if (b[valueTo] == '\\') {
                        hasEscapes = true;
                        valueTo++;
                    }
                    valueTo++;
                }
                if (valueTo >= to) {
                    return line.fail(valueFrom - 1, "the quote is not closed");
                }
                next = valueTo + 1;
            } else {
                valueTo = valueFrom;
                while (valueTo < to && !isSeparator(b[valueTo])) {
                    valueTo++;
                }
                next = valueTo;
                while (valueTo > valueFrom && b[valueTo - 1] == ',') {
                    // Pairs separated by a comma and a blank; a comma inside a value stays, flags have one.
                    valueTo--;
                }
            }
            int field = nameEnd - at > LONGEST_NAME ? Fields.UNKNOWN : Fields.of(Ascii.text(b, at, nameEnd));
            if (field >= 0) {
                boolean before = line.has(field);
                if (!FieldLine.value(b, valueFrom, valueTo, field, line, timestamps)) {
                    return line.fail(valueFrom, "not a number");
                }
                if (hasEscapes && !before) {
                    line.escaped |= 1 << field;
                }
            }
            at = next;
            if (at < to && !isSeparator(b[at])) {
                return line.fail(at, "no blank after the value");
            }
            while (at < to && isSeparator(b[at])) {
                at++;
            }
        }
        if (!FieldLine.classify(line, timestamps)) {
            return false;
        }
        line.format = LineFormat.KEY_VALUE;
        return true;
    }

    private static int nameEnd(byte[] b, int from, int to) {
        int at = from;
        while (at < to) {
            byte c = b[at];
            boolean name =
                    Ascii.isLetter(c) || Ascii.isDigit(c) || c == '_' || c == '-' || c == '.' || c == ':' || c == '@';
            if (!name) {
                break;
            }
            at++;
        }
        return at;
    }

    private static boolean isSeparator(byte c) {
        return c == ' ' || c == '\t';
    }
}
