package io.github.eastwest.accesslog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Numbers short byte sequences in order of appearance, without making an object for those it knows. Not thread-safe. */
final class ByteKeys {
    private static final int FIRST_SLOTS = 1 << 6;

    private final int most;
    /** Number of the key plus one; 0 is a free slot. */
    private int[] ids = new int[FIRST_SLOTS];

    private long[] hashes = new long[FIRST_SLOTS];
    private final List<byte[]> keys = new ArrayList<>();

    /** @param most how many keys are told apart */
    ByteKeys(int most) {
        this.most = most;
    }

    /** The number of that sequence, from 0; -1 if it is new and there is no room. {@link Swar#SLACK} bytes behind it may be read. */
    int id(byte[] b, int from, int to) {
        long hash = hash(b, from, to);
        int mask = ids.length - 1;
        int slot = (int) (hash >>> Integer.SIZE) & mask;
        while (ids[slot] != 0) {
            if (hashes[slot] == hash && isKey(ids[slot] - 1, b, from, to)) {
                return ids[slot] - 1;
            }
            slot = slot + 1 & mask;
        }
        return add(slot, hash, b, from, to);
    }

    private boolean isKey(int id, byte[] b, int from, int to) {
        byte[] key = keys.get(id);
        return Arrays.equals(key, 0, key.length, b, from, to);
    }

    private int add(int slot, long hash, byte[] b, int from, int to) {
        if (keys.size() >= most) {
            return -1;
        }
        keys.add(Arrays.copyOfRange(b, from, to));
        ids[slot] = keys.size();
        hashes[slot] = hash;
        if (keys.size() * 2 > ids.length) {
            grow();
        }
        return keys.size() - 1;
    }

    private void grow() {
        int[] oldIds = ids;
        long[] oldHashes = hashes;
        ids = new int[oldIds.length * 4];
        hashes = new long[ids.length];
        int mask = ids.length - 1;
        for (int i = 0; i < oldIds.length; i++) {
            if (oldIds[i] != 0) {
                int slot = (int) (oldHashes[i] >>> Integer.SIZE) & mask;
                while (ids[slot] != 0) {
                    slot = slot + 1 & mask;
                }
                ids[slot] = oldIds[i];
                hashes[slot] = oldHashes[i];
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
