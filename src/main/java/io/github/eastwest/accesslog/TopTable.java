package io.github.eastwest.accesslog;

import io.github.eastwest.model.Condition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lines by the values of one thing, most failures first, however many different values there are.
 *
 * <p>Holds at most {@value #MOST} values. When they are too many, the half with the fewest failures and lines is given up and counted
 * as "others"; a value that comes back begins anew. So each count may be short by what was given up of that value, never too high, and
 * {@link #shortBy} is the most that any can be short by: the sum of the largest counts given up each time. It is 0, and all is exact, up to
 * {@value #MOST} values.
 */
final class TopTable {
    /** Values held. */
    static final int MOST = 1 << 14;

    private static final Comparator<Map.Entry<String, FailureCounts>> ORDER = Comparator.comparing(
                    (Map.Entry<String, FailureCounts> entry) ->
                            -entry.getValue().failed())
            .thenComparing(entry -> -entry.getValue().count())
            .thenComparing(Map.Entry::getKey);

    private final TopBy by;
    private final int listed;
    private final Map<String, FailureCounts> values = new HashMap<>();
    private final FailureCounts none = new FailureCounts();
    private final FailureCounts others = new FailureCounts();
    private long shortBy;

    /**
     * An empty table.
     *
     * @param listed how many values to list
     */
    TopTable(TopBy by, int listed) {
        this.by = by;
        this.listed = listed;
    }

    /** Counts lines of a value. */
    void add(@Nullable String value, boolean other, Condition condition, long lines) {
        if (value == null) {
            (other ? others : none).add(condition, lines);
            return;
        }
        values.computeIfAbsent(value, v -> new FailureCounts()).add(condition, lines);
    }

    /** Gives up values when there are too many; between pieces, so that it does not depend on the order within one. */
    void bound() {
        if (values.size() <= MOST) {
            return;
        }
        List<Map.Entry<String, FailureCounts>> all = new ArrayList<>(values.entrySet());
        all.sort(ORDER);
        long largest = 0;
        for (Map.Entry<String, FailureCounts> given : List.copyOf(all.subList(MOST / 2, all.size()))) {
            largest = Math.max(largest, given.getValue().count());
            others.add(given.getValue());
            values.remove(given.getKey());
        }
        shortBy += largest;
    }

    /** What was counted. */
    AccessLogSummary.Top view() {
        List<Map.Entry<String, FailureCounts>> all = new ArrayList<>(values.entrySet());
        if (none.count() > 0) {
            all.add(Map.entry("", none));
        }
        all.sort(ORDER);
        List<AccessLogSummary.TopCount> top = new ArrayList<>();
        FailureCounts rest = new FailureCounts();
        rest.add(others);
        for (Map.Entry<String, FailureCounts> entry : all) {
            if (top.size() < listed) {
                Optional<String> value =
                        entry.getKey().isEmpty() ? Optional.empty() : Optional.of(Ascii.printable(entry.getKey()));
                top.add(new AccessLogSummary.TopCount(value, entry.getValue().view()));
            } else {
                rest.add(entry.getValue());
            }
        }
        return new AccessLogSummary.Top(by, top, rest.view(), shortBy);
    }
}
