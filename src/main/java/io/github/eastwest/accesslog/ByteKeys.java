package io.github.eastwest.accesslog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Numbers short byte sequences in order of appearance, without making an object for those it knows. Not thread-safe. */
final class ByteKeys {
    private static final int SLOTS = 1 << 13;

    private final int most;
    private final int[] ids = new int[SLOTS];
    private final long[] hashes = new long[SLOTS];
    private final List<byte[]> keys = new ArrayList<>();

    /** @param most how many keys are told apart, less than half of {@value #SLOTS} */
    ByteKeys(int most) {
        this.most = most;
    }

    /** The number of that sequence, from 0; -1 if it is new and there is no room. */
    int id(byte[] b, int from, int to) {
        long hash = hash(b, from, to);
        int slot = (int) (hash >>> 40) & SLOTS - 1;
        while (true) {
            int id = ids[slot];
            if (id == 0) {
                if (keys.size() >= most) {
                    return -1;
                }
                keys.add(Arrays.copyOfRange(b, from, to));
                ids[slot] = keys.size();
                hashes[slot] = hash;
                return keys.size() - 1;
            }
            if (hashes[slot] == hash) {
                byte[] key = keys.get(id - 1);
                if (Arrays.equals(key, 0, key.length, b, from, to)) {
                    return id - 1;
                }
            }
            slot = slot + 1 & SLOTS - 1;
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

    /** Forgets all. */
    void clear() {
        if (!keys.isEmpty()) {
            Arrays.fill(ids, 0);
            keys.clear();
        }
    }
}
