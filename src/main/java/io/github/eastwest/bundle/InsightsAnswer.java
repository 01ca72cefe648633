package io.github.eastwest.bundle;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What a {@code get-query-results} answer says of itself.
 *
 * @param status {@code Complete}, {@code Failed}, {@code Timeout}, …; empty when it does not say
 * @param matched how many lines matched the query; empty when it does not say
 * @param rows how many rows it has
 */
record InsightsAnswer(String status, OptionalLong matched, long rows) {
    /** An answer with that many rows may have been cut there. */
    private static final long FULL = 10_000;

    private static final int MOST_FIELDS = 64;

    /**
     * Reads an answer row by row.
     *
     * @param each takes each row, its values by field; false ends the reading
     * @return empty when it cannot be read to its end; what stands before was handed over
     */
    static Optional<InsightsAnswer> read(LogInput in, String path, Faults faults, Predicate<Map<String, String>> each) {
        try (JsonParser parser = JsonDocument.endlessParser(in)) {
            InsightsAnswer answer = parser.nextToken() == JsonToken.START_OBJECT ? answer(parser, each) : null;
            Optional<String> fault = in.fault();
            if (fault.isPresent() || answer == null) {
                faults.add(path + " is " + fault.orElse("no answer of a query"));
                return Optional.empty();
            }
            return Optional.of(answer);
        } catch (JacksonException broken) {
            faults.add(
                    in.fault().isPresent()
                            ? path + " is " + in.fault().get()
                            : Text.of(JsonDocument.broken(path, broken)));
            return Optional.empty();
        }
    }

    private static @Nullable InsightsAnswer answer(JsonParser parser, Predicate<Map<String, String>> each) {
        String status = "";
        OptionalLong matched = OptionalLong.empty();
        long rows = -1;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("results") && value == JsonToken.START_ARRAY) {
                rows = rows(parser, each);
                if (rows < 0) {
                    return null;
                }
            } else if (name.equals("status") && value == JsonToken.VALUE_STRING) {
                status = Text.printable(parser.getString());
            } else if (name.equals("statistics") && value == JsonToken.START_OBJECT) {
                matched = matched(parser);
            } else {
                parser.skipChildren();
            }
        }
        return rows < 0 ? null : new InsightsAnswer(status, matched, rows);
    }

    /** Hands over the rows; -1 when told to stop. */
    private static long rows(JsonParser parser, Predicate<Map<String, String>> each) {
        long rows = 0;
        for (JsonToken token = parser.nextToken();
                token != null && token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            if (token != JsonToken.START_ARRAY) {
                parser.skipChildren();
                continue;
            }
            rows++;
            if (!each.test(row(parser))) {
                return -1;
            }
        }
        return rows;
    }

    private static Map<String, String> row(JsonParser parser) {
        Map<String, String> row = new LinkedHashMap<>();
        for (JsonToken token = parser.nextToken();
                token != null && token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            if (token != JsonToken.START_OBJECT) {
                parser.skipChildren();
                continue;
            }
            String field = null;
            String value = null;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken content = parser.nextToken();
                if (name.equals("field") && content == JsonToken.VALUE_STRING) {
                    field = parser.getString();
                } else if (name.equals("value") && content.isScalarValue() && content != JsonToken.VALUE_NULL) {
                    value = parser.getString();
                } else {
                    parser.skipChildren();
                }
            }
            if (field != null && value != null && row.size() < MOST_FIELDS) {
                row.putIfAbsent(field, value);
            }
        }
        return row;
    }

    private static OptionalLong matched(JsonParser parser) {
        OptionalLong matched = OptionalLong.empty();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("recordsMatched") && value.isNumeric() && Double.isFinite(parser.getDoubleValue())) {
                matched = OptionalLong.of((long) Math.max(0, parser.getDoubleValue()));
            } else {
                parser.skipChildren();
            }
        }
        return matched;
    }

    /** Why it is not the whole answer; empty when it is. */
    Optional<String> shortfall(boolean aggregated) {
        if (!status.equals("Complete")) {
            return Optional.of(status.isEmpty() ? "does not say that it is complete" : "ended as " + status);
        }
        if (!aggregated && matched.isPresent() && matched.getAsLong() > rows) {
            return Optional.of("holds " + rows + " of " + matched.getAsLong() + " lines that matched");
        }
        boolean full = rows >= FULL && (aggregated || matched.isEmpty());
        return full ? Optional.of("holds " + rows + " rows, as many as an answer can") : Optional.empty();
    }
}
