package io.github.eastwest.accesslog;

/** Counts by a packed key. Not thread-safe. */
final class CellCounts {
    private static final int FIRST_SIZE = 1 << 8;

    private long[] keys = new long[FIRST_SIZE];
    private int[] counts = new int[FIRST_SIZE];
    private int size;

    /** Receives a cell. */
    @FunctionalInterface
    interface Cell {
        /** Receives a key and its count. */
        void take(long key, int count);
    }

    void add(long key) {
        int mask = keys.length - 1;
        int slot = slot(key, mask);
        while (counts[slot] != 0) {
            if (keys[slot] == key) {
                counts[slot]++;
                return;
            }
            slot = slot + 1 & mask;
        }
        keys[slot] = key;
        counts[slot] = 1;
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
        int[] oldCounts = counts;
        keys = new long[oldKeys.length * 4];
        counts = new int[keys.length];
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

    /** Hands out all cells, in an order that depends on the keys only as they were added. */
    void forEach(Cell cell) {
        for (int i = 0; i < keys.length; i++) {
            if (counts[i] != 0) {
                cell.take(keys[i], counts[i]);
            }
        }
    }
}
