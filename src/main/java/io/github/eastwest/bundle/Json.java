package io.github.eastwest.bundle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value with its place in its file, read leniently: absent and null are empty, a value of the wrong type is empty
 * and noted as a fault.
 */
final class Json {
    private final @Nullable Object value;
    private final @Nullable Json parent;
    private final String step;
    private final Faults faults;

    private Json(@Nullable Object value, @Nullable Json parent, String step, Faults faults) {
        this.value = value;
        this.parent = parent;
        this.step = step;
        this.faults = faults;
    }

    /**
     * A value.
     *
     * @param value a map, a list, a string, a long, a double, a boolean or null
     * @param place file and JSON path
     */
    static Json of(@Nullable Object value, String place, Faults faults) {
        return new Json(value, null, place, faults);
    }

    /** File and JSON path, such as {@code ecs/describe-services.json: $.services[0].status}. */
    String place() {
        return parent == null ? step : parent.place() + step;
    }

    /** Notes that this value is not what it should be. */
    void fault(String what) {
        faults.add(place() + " " + what);
    }

    /** Whether it is missing or null. */
    boolean isAbsent() {
        return value == null;
    }

    /** Whether it is an object. */
    boolean isObject() {
        return value instanceof Map<?, ?>;
    }

    /** Whether it is an array. */
    boolean isArray() {
        return value instanceof List<?>;
    }

    /** The member of that name; absent if this is absent, or no object, which is a fault. */
    Json at(String name) {
        if (value instanceof Map<?, ?> map) {
            return new Json(map.get(name), this, "." + name, faults);
        }
        if (value != null) {
            fault("is not an object");
            return new Json(null, parent, step, faults);
        }
        return new Json(null, this, "." + name, faults);
    }

    /** The elements; none if absent. */
    List<Json> items() {
        List<Json> items = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                items.add(new Json(list.get(i), this, "[" + i + "]", faults));
            }
        } else if (value != null) {
            fault("is not an array");
        }
        return items;
    }

    /** The elements that are strings. */
    List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (Json item : items()) {
            item.text().ifPresent(texts::add);
        }
        return texts;
    }

    /** The members in order; none if absent. */
    Map<String, Json> members() {
        Map<String, Json> members = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, member) -> members.put((String) name, new Json(member, this, "." + name, faults)));
        } else if (value != null) {
            fault("is not an object");
        }
        return members;
    }

    /** A string; empty strings count as absent, since they name nothing. */
    Optional<String> text() {
        if (value instanceof String text) {
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        }
        if (value != null) {
            fault("is not a string");
        }
        return Optional.empty();
    }

    /** A string, number or boolean as text; empty strings count as absent, anything else is empty and no fault. */
    Optional<String> scalar() {
        return value instanceof String || value instanceof Number || value instanceof Boolean
                ? Optional.of(value.toString()).filter(text -> !text.isEmpty())
                : Optional.empty();
    }

    /** The JSON document that this string holds; absent if it holds none, which is a fault. */
    Json embedded() {
        if (value instanceof String text) {
            try {
                return new Json(JsonDocument.embedded(text), this, " ", faults);
            } catch (JsonDocument.Broken broken) {
                fault("holds " + Text.of(broken));
            }
        } else if (value != null) {
            fault("is not a string");
        }
        return new Json(null, this, " ", faults);
    }

    /** A string, or the empty string. */
    String textOrEmpty() {
        return text().orElse("");
    }

    /** A string that a record cannot do without: absent is a fault too. */
    Optional<String> required() {
        if (value == null || "".equals(value)) {
            fault("is missing");
            return Optional.empty();
        }
        return text();
    }

    /** A whole number; strings of digits count, since several APIs print numbers so. */
    OptionalInt integer() {
        if (value instanceof Long number && number == number.intValue()) {
            return OptionalInt.of(number.intValue());
        }
        if (value instanceof Double number && number == number.intValue()) {
            return OptionalInt.of(number.intValue());
        }
        if (value instanceof String text && text.matches("-?\\d{1,9}")) {
            return OptionalInt.of(Integer.parseInt(text));
        }
        if (value != null) {
            fault("is not a whole number");
        }
        return OptionalInt.empty();
    }

    /** A number. */
    OptionalDouble number() {
        if (value instanceof Long number) {
            return OptionalDouble.of(number.doubleValue());
        }
        if (value instanceof Double number && Double.isFinite(number)) {
            return OptionalDouble.of(number);
        }
        if (value != null) {
            fault("is not a number");
        }
        return OptionalDouble.empty();
    }

    /** True or false. */
    Optional<Boolean> bool() {
        if (value instanceof Boolean bool) {
            return Optional.of(bool);
        }
        if (value != null) {
            fault("is not true or false");
        }
        return Optional.empty();
    }

    /** A time: ISO-8601 with any zone, or seconds since the epoch. */
    Optional<Instant> time() {
        Optional<Instant> time = Optional.empty();
        if (value instanceof String text) {
            time = Times.parse(text);
        } else if (value instanceof Long number) {
            time = Times.ofEpoch(number.doubleValue());
        } else if (value instanceof Double number) {
            time = Times.ofEpoch(number);
        }
        if (value != null && time.isEmpty()) {
            fault("is not a time");
        }
        return time;
    }

    /** An identifier that may have been printed as a number, such as an account id. */
    Optional<String> digits(int width) {
        if (value instanceof Long number && number >= 0) {
            String digits = Long.toString(number);
            return Optional.of("0".repeat(Math.max(0, width - digits.length())) + digits);
        }
        return text();
    }
}
