package io.github.eastwest.accesslog;

/** Counts by a number, such as a packed key. Not thread-safe. */
final class CellCounts {
    private static final int FIRST_SIZE = 1 << 4;

    private long[] keys = new long[FIRST_SIZE];
    /** 0 is a free slot. */
    private long[] counts = new long[FIRST_SIZE];

    private int size;

    /** Receives a cell. */
    @FunctionalInterface
    interface Cell {
        /** Receives a key and its count. */
        void take(long key, long count);
    }

    /**
     * Counts a key.
     *
     * @param more how often, at least 1
     */
    void add(long key, long more) {
        int mask = keys.length - 1;
        int slot = slot(key, mask);
        while (counts[slot] != 0) {
            if (keys[slot] == key) {
                counts[slot] += more;
                return;
            }
            slot = slot + 1 & mask;
        }
        keys[slot] = key;
        counts[slot] = more;
        size++;
        if (size * 2 > keys.length) {
            grow();
        }
    }

    private static int slot(long key, int mask) {
        long product = key * 0x9E3779B97F4A7C15L;
        return (int) (product >>> 40) & mask;
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldCounts = counts;
        keys = new long[oldKeys.length * 4];
        counts = new long[keys.length];
        int mask = keys.length - 1;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldCounts[i] != 0) {
                int slot = slot(oldKeys[i], mask);
                while (counts[slot] != 0) {
                    slot = slot + 1 & mask;
                }
                keys[slot] = oldKeys[i];
                counts[slot] = oldCounts[i];
            }
        }
    }

    /** Keys that were counted. */
    int size() {
        return size;
    }

    /** Hands out all cells, in an order that depends on the keys only as they were added. */
    void forEach(Cell cell) {
        for (int i = 0; i < keys.length; i++) {
            if (counts[i] != 0) {
                cell.take(keys[i], counts[i]);
            }
        }
    }
}
