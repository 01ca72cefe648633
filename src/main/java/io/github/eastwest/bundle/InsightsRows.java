package io.github.eastwest.bundle;

import io.github.eastwest.accesslog.AccessLogReader;
import io.github.eastwest.accesslog.LineSample;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A {@code get-query-results} answer in memory, as far as it decides which queries follow. */
public final class InsightsRows {
    /** The character class of a sample that takes every request id. */
    public static final String EVERY_ID = LineSample.ALL;

    private final Map<String, Object> answer;

    /** @param answer the document, as the AWS CLI prints it */
    public InsightsRows(Map<String, Object> answer) {
        this.answer = answer;
    }

    /**
     * A request whose lines on both sides are worth having.
     *
     * @param id its id
     * @param startMillis start, milliseconds since the epoch
     * @param endMillis end, milliseconds since the epoch
     * @param authority name called, lower case
     * @param inward whether it went into the logging proxy's own application
     * @param outward whether it went to another task
     * @param answered whether the upstream answered
     */
    public record Remarkable(
            String id,
            long startMillis,
            long endMillis,
            String authority,
            boolean inward,
            boolean outward,
            boolean answered) {}

    /** The remarkable requests of a {@code lines} answer, those without id left out. */
    public List<Remarkable> remarkable() {
        List<Remarkable> found = new ArrayList<>();
        for (Map<String, String> row : rows()) {
            Optional<AccessLogEntry> entry =
                    Optional.ofNullable(row.get("@message")).flatMap(line -> AccessLogReader.entry(line, Side.UNKNOWN));
            entry.filter(LineSample::isRemarkable).ifPresent(line -> {
                String id = line.request().requestId();
                String authority = line.request().authority();
                if (id != null && line.startMillis() >= 0) {
                    found.add(new Remarkable(
                            id,
                            line.startMillis(),
                            line.endMillis(),
                            authority == null ? "" : authority.toLowerCase(Locale.ROOT),
                            LineSample.Way.of(line.upstream().host()) == LineSample.Way.INWARD,
                            LineSample.Way.of(line.upstream().host()) == LineSample.Way.OUTWARD,
                            line.hasServiceTime()));
                }
            });
        }
        return found;
    }

    /** The rows, their values by field. */
    public List<Map<String, String>> rows() {
        List<Map<String, String>> rows = new ArrayList<>();
        if (answer.get("results") instanceof List<?> results) {
            for (Object result : results) {
                Map<String, String> row = new HashMap<>();
                if (result instanceof List<?> cells) {
                    for (Object cell : cells) {
                        if (cell instanceof Map<?, ?> pair
                                && pair.get("field") instanceof String field
                                && pair.get("value") instanceof String value) {
                            row.put(field, value);
                        }
                    }
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /** How many lines matched, where it says so. */
    public OptionalLong matched() {
        return answer.get("statistics") instanceof Map<?, ?> statistics
                        && statistics.get("recordsMatched") instanceof Number matched
                ? OptionalLong.of(matched.longValue())
                : OptionalLong.empty();
    }

    /** Whether the query ran to its end. */
    public boolean isComplete() {
        return "Complete".equals(answer.get("status"));
    }
}
