package io.github.eastwest.accesslog;

import io.github.eastwest.model.Condition;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lines, failures, and failures by condition. */
final class FailureCounts {
    private static final int CONDITIONS = Condition.values().length;

    private long count;
    private long failed;
    private long @Nullable [] conditions;

    void add(Condition condition, long lines) {
        count += lines;
        if (condition.failure()) {
            failed += lines;
            conditions()[condition.ordinal()] += lines;
        }
    }

    private long[] conditions() {
        long[] known = conditions;
        if (known == null) {
            known = new long[CONDITIONS];
            conditions = known;
        }
        return known;
    }

    void add(FailureCounts other) {
        count += other.count;
        failed += other.failed;
        long[] more = other.conditions;
        if (more != null) {
            long[] own = conditions();
            for (int i = 0; i < CONDITIONS; i++) {
                own[i] += more[i];
            }
        }
    }

    long count() {
        return count;
    }

    long failed() {
        return failed;
    }

    AccessLogSummary.FailedCount view() {
        Map<Condition, Long> byCondition = new EnumMap<>(Condition.class);
        long[] known = conditions;
        if (known != null) {
            for (Condition condition : Condition.values()) {
                if (known[condition.ordinal()] > 0) {
                    byCondition.put(condition, known[condition.ordinal()]);
                }
            }
        }
        return new AccessLogSummary.FailedCount(count, failed, byCondition);
    }
}
