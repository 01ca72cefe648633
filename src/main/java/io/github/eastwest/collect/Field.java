package io.github.eastwest.collect;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** A value inside an answer. What is absent or of another type than asked for is empty: answers are foreign. */
final class Field {
    private static final Field ABSENT = new Field(null);

    private final @Nullable Object value;

    private Field(@Nullable Object value) {
        this.value = value;
    }

    static Field absent() {
        return ABSENT;
    }

    static Field of(Object value) {
        return new Field(value);
    }

    /** A member of an object. */
    Field at(String name) {
        return value instanceof Map<?, ?> map && map.containsKey(name) ? new Field(map.get(name)) : ABSENT;
    }

    /** The elements of a list. */
    List<Field> items() {
        List<Field> items = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(item -> items.add(new Field(item)));
        }
        return items;
    }

    /** A text that is not blank. */
    Optional<String> text() {
        return value instanceof String text && !text.isBlank() ? Optional.of(text) : Optional.empty();
    }

    String textOrEmpty() {
        return text().orElse("");
    }

    /** A time in ISO-8601. */
    Optional<Instant> time() {
        try {
            return text().map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
        } catch (DateTimeException noTime) {
            return Optional.empty();
        }
    }

    /** The texts of a list. */
    List<String> texts() {
        return items().stream().flatMap(item -> item.text().stream()).toList();
    }

    boolean isTrue() {
        return Boolean.TRUE.equals(value);
    }

    boolean isObject() {
        return value instanceof Map<?, ?>;
    }

    OptionalDouble number() {
        return value instanceof Number number ? OptionalDouble.of(number.doubleValue()) : OptionalDouble.empty();
    }

    /** The value as it is; empty when absent. */
    Optional<Object> raw() {
        return Optional.ofNullable(value);
    }
}
