package io.github.eastwest.bundle;

import java.util.ArrayList;
import java.util.List;

/** What was wrong with a source: the first few faults in words, all of them counted. */
final class Faults {
    private static final int SHOWN = 3;

    private final List<String> first = new ArrayList<>();
    private long count;

    /** Notes a fault; control characters of foreign text are replaced. */
    void add(String fault) {
        count++;
        if (first.size() < SHOWN) {
            first.add(Text.printable(fault));
        }
    }

    /** Notes all of another's faults. */
    void addAll(Faults others) {
        others.first.forEach(this::add);
        count += others.count - others.first.size();
    }

    boolean any() {
        return count > 0;
    }

    /** The faults in one line; empty when there are none. */
    String detail() {
        String shown = String.join("; ", first);
        return count > first.size() ? shown + "; and " + (count - first.size()) + " more" : shown;
    }
}
