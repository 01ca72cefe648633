package io.github.eastwest.accesslog;

import java.util.List;

/**
 * What to count.
 *
 * @param filter which lines
 * @param tops by what, besides what is always counted
 */
public record Choice(LineFilter filter, List<Top> tops) {
    /** All lines, by nothing more. */
    public static final Choice ALL = new Choice(LineFilter.ALL, List.of());

    public Choice {
        tops = List.copyOf(tops);
    }

    /**
     * A table to make.
     *
     * @param by the thing whose values lines are counted by
     * @param listed how many values to list
     */
    public record Top(TopBy by, int listed) {}

    /** Whether counting needs texts that a glance does not read. */
    boolean readsTexts() {
        return filter.readsTexts() || tops.stream().anyMatch(top -> top.by() != TopBy.HOST);
    }
}
