package io.github.eastwest.accesslog;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What access lines can be counted by, on demand. */
public enum TopBy {
    /** The upstream host. */
    HOST,
    /** The path's shape: without its query, and with {@code *} for each segment that looks like an id. */
    PATH,
    /**
     * Who called: the first address of X-Forwarded-For, else the downstream address without its port, else the user agent, which is
     * all that Service Connect's lines tell of callers without that header.
     */
    CALLER;

    /** Longer values are cut: memory must not follow the input. */
    private static final int LONGEST = 120;
    /** From this length on a segment of letters and digits is no word. */
    private static final int ID_LENGTH = 16;

    /** Its name in options and outputs. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one of that name. */
    public static Optional<TopBy> of(String id) {
        return Arrays.stream(values()).filter(by -> by.id().equals(id)).findFirst();
    }

    /** The line's value, with room behind it that {@link ByteKeys} may read; null when it has none. */
    byte @Nullable [] value(ScannedLine line) {
        byte[] value = switch (this) {
            case HOST -> line.bytes(Fields.HOST);
            case PATH -> shape(line.bytes(Fields.PATH));
            case CALLER -> caller(line);
        };
        return value == null || value.length <= LONGEST ? value : Arrays.copyOf(value, LONGEST);
    }

    private static byte @Nullable [] caller(ScannedLine line) {
        byte[] forwarded = line.bytes(Fields.FORWARDED_FOR);
        if (forwarded != null) {
            return Arrays.copyOf(forwarded, indexOf(forwarded, ',', forwarded.length));
        }
        byte[] address = line.bytes(Fields.REMOTE_ADDRESS);
        if (address != null) {
            int colon = indexOf(address, ':', -1);
            boolean port = colon >= 0 && (lastColon(address) == colon || address[0] == '[');
            return port ? Arrays.copyOf(address, lastColon(address)) : address;
        }
        return line.bytes(Fields.USER_AGENT);
    }

    private static int indexOf(byte[] text, char wanted, int none) {
        for (int i = 0; i < text.length; i++) {
            if (text[i] == wanted) {
                return i;
            }
        }
        return none;
    }

    private static int lastColon(byte[] text) {
        int at = text.length - 1;
        while (at >= 0 && text[at] != ':' && text[at] != ']') {
            at--;
        }
        return at >= 0 && text[at] == ':' ? at : text.length;
    }

    private static byte @Nullable [] shape(byte @Nullable [] path) {
        if (path == null) {
            return null;
        }
        int end = indexOf(path, '?', path.length);
        byte[] shape = new byte[end];
        int length = 0;
        int at = 0;
        while (at < end) {
            int to = at;
            while (to < end && path[to] != '/') {
                to++;
            }
            if (isId(path, at, to)) {
                shape[length++] = '*';
            } else {
                System.arraycopy(path, at, shape, length, to - at);
                length += to - at;
            }
            if (to < end) {
                shape[length++] = '/';
            }
            at = to + 1;
        }
        return Arrays.copyOf(shape, length);
    }

    /** Whether a segment is a number, hexadecimal digits with dashes, or long and holds digits: it names one thing of many. */
    private static boolean isId(byte[] path, int from, int to) {
        int digits = 0;
        int hexLetters = 0;
        int dashes = 0;
        for (int i = from; i < to; i++) {
            byte c = path[i];
            digits += Ascii.isDigit(c) ? 1 : 0;
            hexLetters += c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' ? 1 : 0;
            dashes += c == '-' || c == '_' ? 1 : 0;
        }
        int length = to - from;
        boolean hexadecimal = digits + hexLetters + dashes == length && (hexLetters == 0 || length >= Long.BYTES);
        return digits > 0 && (hexadecimal || length >= ID_LENGTH && digits >= length / 4);
    }
}
