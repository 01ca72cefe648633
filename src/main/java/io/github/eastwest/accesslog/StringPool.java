package io.github.eastwest.accesslog;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gives equal strings for equal bytes, so that a host name that stands in a million lines is kept once. Bounded: a slot per hash,
 * newcomers displace. Not thread-safe.
 */
final class StringPool {
    private static final int SLOTS = 4096;
    /** Longer texts are rarely repeated. */
    private static final int LONGEST = 128;

    private final byte[] @Nullable [] keys = new byte[SLOTS] @Nullable [];
    private final @Nullable String[] values = new @Nullable String[SLOTS];

    String string(byte[] buffer, int from, int to) {
        int length = to - from;
        if (length > LONGEST) {
            return Ascii.text(buffer, from, to);
        }
        int hash = length;
        for (int at = from; at < to; at++) {
            hash = hash * 31 + buffer[at];
        }
        int slot = (hash ^ hash >>> 12) & SLOTS - 1;
        byte @Nullable [] key = keys[slot];
        String value = values[slot];
        if (key != null && value != null && Arrays.equals(key, 0, key.length, buffer, from, to)) {
            return value;
        }
        String made = Ascii.text(buffer, from, to);
        keys[slot] = Arrays.copyOfRange(buffer, from, to);
        values[slot] = made;
        return made;
    }
}
