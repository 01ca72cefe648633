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

    /** The bytes as text; {@link Swar#SLACK} bytes behind them may be read. */
    String string(byte[] buffer, int from, int to) {
        if (to - from > LONGEST) {
            return Ascii.text(buffer, from, to);
        }
        int slot = (int) (ByteKeys.hash(buffer, from, to) >>> Integer.SIZE) & SLOTS - 1;
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
