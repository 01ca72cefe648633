package io.github.eastwest.accesslog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Numbers short byte sequences in order of appearance, without making an object for those it knows. Not thread-safe.
 *
 * <p>Keys of 8 to 24 bytes, as addresses with a port are, are told apart by three words that overlap: their first and last eight bytes and
 * the eight in the middle. Longer and shorter ones are told apart by a hash, then byte by byte.
 */
final class ByteKeys {
    /** Slots per key at least: keys that collide cost a mispredicted branch each time. */
    private static final int SLOTS_PER_KEY = 4;

    private static final int FIRST_SLOTS = 1 << 7;
    /** Numbers of a slot: three words, the length, and the key's number plus one; 0 there is a free slot. */
    private static final int WIDTH = 5;

    private static final int LENGTH = 3;
    private static final int NUMBER = 4;
    private static final int MOST_IN_WORDS = 3 * Long.BYTES;

    private final int most;
    private long[] slots = new long[FIRST_SLOTS * WIDTH];
    private final List<byte[]> keys = new ArrayList<>();

    /** @param most how many keys are told apart */
    ByteKeys(int most) {
        this.most = most;
    }

    /** The number of that sequence, from 0; -1 if it is new and there is no room. {@link Swar#SLACK} bytes behind it may be read. */
    int id(byte[] b, int from, int to) {
        int length = to - from;
        boolean words = length >= Long.BYTES && length <= MOST_IN_WORDS;
        long first = words ? Swar.word(b, from) : hash(b, from, to);
        long middle = words ? Swar.word(b, from + length / 2 - Long.BYTES / 2) : 0;
        long last = words ? Swar.word(b, to - Long.BYTES) : 0;
        long[] table = slots;
        int slot = slot(first, middle, last, table);
        while (table[slot + NUMBER] != 0) {
            if (table[slot] == first
                    && table[slot + 1] == middle
                    && table[slot + 2] == last
                    && table[slot + LENGTH] == length
                    && (words || isKey((int) table[slot + NUMBER] - 1, b, from, to))) {
                return (int) table[slot + NUMBER] - 1;
            }
            slot = next(slot, table);
        }
        return add(slot, first, middle, last, b, from, to);
    }

    private static int slot(long first, long middle, long last, long[] table) {
        long mixed = (first ^ Long.rotateLeft(middle, 21) ^ Long.rotateLeft(last, 42)) * 0x9E3779B97F4A7C15L;
        return ((int) (mixed >>> 40) & table.length / WIDTH - 1) * WIDTH;
    }

    private static int next(int slot, long[] table) {
        int next = slot + WIDTH;
        return next == table.length ? 0 : next;
    }

    private boolean isKey(int id, byte[] b, int from, int to) {
        byte[] key = keys.get(id);
        return Arrays.equals(key, 0, key.length, b, from, to);
    }

    private int add(int slot, long first, long middle, long last, byte[] b, int from, int to) {
        if (keys.size() >= most) {
            return -1;
        }
        keys.add(Arrays.copyOfRange(b, from, to));
        slots[slot] = first;
        slots[slot + 1] = middle;
        slots[slot + 2] = last;
        slots[slot + LENGTH] = to - from;
        slots[slot + NUMBER] = keys.size();
        if (keys.size() * SLOTS_PER_KEY * WIDTH > slots.length) {
            grow();
        }
        return keys.size() - 1;
    }

    private void grow() {
        long[] old = slots;
        slots = new long[old.length * 4];
        for (int i = 0; i < old.length; i += WIDTH) {
            if (old[i + NUMBER] != 0) {
                int slot = slot(old[i], old[i + 1], old[i + 2], slots);
                while (slots[slot + NUMBER] != 0) {
                    slot = next(slot, slots);
                }
                System.arraycopy(old, i, slots, slot, WIDTH);
            }
        }
    }

    /** A hash of bytes; {@link Swar#SLACK} bytes behind them may be read. */
    static long hash(byte[] b, int from, int to) {
        long hash = to - from;
        int at = from;
        while (at + Long.BYTES <= to) {
            hash = mix(hash ^ Swar.word(b, at));
            at += Long.BYTES;
        }
        int rest = to - at;
        if (rest > 0) {
            hash = mix(hash ^ Swar.word(b, at) & -1L >>> (Long.BYTES - rest) * Byte.SIZE);
        }
        return hash;
    }

    private static long mix(long word) {
        long product = word * 0x9E3779B97F4A7C15L;
        return product ^ product >>> 32;
    }

    /** The sequences by number. */
    List<String> texts() {
        List<String> texts = new ArrayList<>(keys.size());
        for (byte[] key : keys) {
            texts.add(Ascii.text(key, 0, key.length));
        }
        return texts;
    }
}
