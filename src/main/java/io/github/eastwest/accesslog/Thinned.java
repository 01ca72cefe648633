package io.github.eastwest.accesslog;

import java.util.ArrayList;
import java.util.List;

/**
 * A list that keeps every item until it is full, then every 2nd, 4th, … of all: a systematic sample that depends on the
 * order of the items only.
 */
final class Thinned<T> {
    private final int capacity;
    private List<T> items = new ArrayList<>();
    private int step = 1;
    private long seen;

    /** @param capacity most items kept, at least 1 */
    Thinned(int capacity) {
        this.capacity = capacity;
    }

    void add(T item) {
        if (seen++ % step != 0) {
            return;
        }
        items.add(item);
        if (items.size() > capacity) {
            List<T> half = new ArrayList<>();
            for (int i = 0; i < items.size(); i += 2) {
                half.add(items.get(i));
            }
            items = half;
            step *= 2;
        }
    }

    List<T> items() {
        return items;
    }

    /** Items that one kept item stands for. */
    int step() {
        return step;
    }

    /** Items offered. */
    long seen() {
        return seen;
    }
}
