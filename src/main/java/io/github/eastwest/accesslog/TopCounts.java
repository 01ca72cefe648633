package io.github.eastwest.accesslog;

import io.github.eastwest.model.Condition;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines of a piece of work by one of {@link TopBy}'s values and by condition. */
final class TopCounts {
    /** More than a piece's lines have values, so that only hostile pieces meet it. */
    private static final int MOST_VALUES = 1 << 16;

    private static final int CONDITION_BITS = 5;
    /** Stands for lines without the value, as {@link #OTHER} does for those of values beyond the limit. */
    private static final int NONE = 0;

    private static final int OTHER = 1;
    private static final int FIRST = 2;
    private static final Condition[] CONDITIONS = Condition.values();

    private final TopBy by;
    private final ByteKeys values = new ByteKeys(MOST_VALUES);
    private final CellCounts cells = new CellCounts();

    TopCounts(TopBy by) {
        this.by = by;
    }

    /** Receives the counts. */
    interface Receiver {
        /** Lines of a value, which is null where {@code other} lines or lines without one are counted. */
        void take(@Nullable String value, boolean other, Condition condition, long count);
    }

    void count(ScannedLine line, Condition condition) {
        byte[] value = by.value(line);
        long number = NONE;
        if (value != null) {
            int id = values.id(Arrays.copyOf(value, value.length + Swar.SLACK), 0, value.length);
            number = id < 0 ? OTHER : id + FIRST;
        }
        cells.add(number << CONDITION_BITS | condition.ordinal(), 1);
    }

    void forEach(Receiver receiver) {
        List<String> names = values.texts();
        cells.forEach((key, count) -> {
            int number = (int) (key >>> CONDITION_BITS);
            Condition condition = CONDITIONS[(int) key & (1 << CONDITION_BITS) - 1];
            receiver.take(number < FIRST ? null : names.get(number - FIRST), number == OTHER, condition, count);
        });
    }
}
