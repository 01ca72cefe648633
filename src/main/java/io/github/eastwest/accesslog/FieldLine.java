package io.github.eastwest.accesslog;

import io.github.eastwest.model.log.AccessLogEntry;

/** What JSON objects and {@code key=value} lines have in common: named fields that tell what kind of line it is. */
final class FieldLine {
    private static final int SECOND_WITNESSES = 1 << Fields.METHOD
            | 1 << Fields.PATH
            | 1 << Fields.PROTOCOL
            | 1 << Fields.HOST
            | 1 << Fields.FLAGS
            | 1 << Fields.DURATION
            | 1 << Fields.BYTES_SENT
            | 1 << Fields.AUTHORITY;
    private static final int CONNECTION = 1 << Fields.DURATION | 1 << Fields.BYTES_SENT | 1 << Fields.BYTES_RECEIVED;

    private FieldLine() {}

    /**
     * Takes one value.
     *
     * @param from first byte of the value, quotes excluded
     * @return false when the value cannot be one of that field
     */
    static boolean value(byte[] b, int from, int to, int field, ScannedLine line, Timestamps timestamps) {
        int bit = 1 << field;
        if ((line.named & bit) != 0 && isSet(field, line)) {
            // Two names of one field: the first one with a value counts.
            return true;
        }
        if (Fields.isNumber(field)) {
            long number = Numbers.read(b, from, to);
            if (number == Numbers.INVALID || (field == Fields.STATUS && number > 999)) {
                // A status in words is some other field of that name.
                return field == Fields.STATUS;
            }
            line.numbers[field] = number;
        } else if (field == Fields.START_TIME) {
            line.startMillis = timestamps.read(b, from, to);
        } else {
            line.text(field, from, to);
        }
        line.named |= bit;
        return true;
    }

    private static boolean isSet(int field, ScannedLine line) {
        if (Fields.isNumber(field)) {
            return line.numbers[field] != AccessLogEntry.ABSENT;
        }
        return field == Fields.START_TIME ? line.startMillis != AccessLogEntry.ABSENT : line.has(field);
    }

    /** Takes a field without value. */
    static void absent(int field, ScannedLine line) {
        line.named |= 1 << field;
    }

    /** Tells the kind of line; false when its fields fit none. */
    static boolean classify(ScannedLine line, Timestamps timestamps) {
        if (line.has(Fields.UPSTREAM_URL) && (isAction(line, "eject") || isAction(line, "uneject"))) {
            otherTime(line, timestamps);
            line.kind = ScannedLine.Kind.OUTLIER;
            return true;
        }
        boolean request = line.isNamed(Fields.STATUS) && (line.named & SECOND_WITNESSES) != 0;
        boolean connection = (line.named & CONNECTION) == CONNECTION;
        if (request || connection) {
            complete(line, timestamps);
            line.kind = ScannedLine.Kind.ACCESS;
            return true;
        }
        if (line.has(Fields.LEVEL) && line.has(Fields.MESSAGE)) {
            otherTime(line, timestamps);
            line.kind = ScannedLine.Kind.PROXY;
            return true;
        }
        return line.fail(line.from, "the names in it are not those of an access log");
    }

    /** Derives what the fields of an access line imply. */
    static void complete(ScannedLine line, Timestamps timestamps) {
        otherTime(line, timestamps);
        if (line.isNamed(Fields.STATUS) && line.numbers[Fields.STATUS] <= 0) {
            boolean tcp = !line.has(Fields.METHOD) && !line.has(Fields.PATH) && !line.has(Fields.PROTOCOL);
            line.numbers[Fields.STATUS] = tcp ? AccessLogEntry.ABSENT : 0;
        }
    }

    private static void otherTime(ScannedLine line, Timestamps timestamps) {
        if (line.startMillis == AccessLogEntry.ABSENT && line.has(Fields.OTHER_TIME)) {
            line.startMillis =
                    timestamps.read(line.buffer, line.starts[Fields.OTHER_TIME], line.ends[Fields.OTHER_TIME]);
        }
    }

    private static boolean isAction(ScannedLine line, String action) {
        int from = line.starts[Fields.ACTION];
        return line.has(Fields.ACTION)
                && line.ends[Fields.ACTION] - from == action.length()
                && Ascii.text(line.buffer, from, line.ends[Fields.ACTION]).equalsIgnoreCase(action);
    }
}
