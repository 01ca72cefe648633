package io.github.eastwest.aws;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.LocationTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/**
 * What AWS's API models say of a structure: members, their types and their names on the wire. They are read from the SDK's
 * request and response classes, which are generated from those models.
 */
final class Shape {
    private static final Map<String, Shape> CACHE = new ConcurrentHashMap<>();
    private static final Map<String, String> PACKAGES =
            Map.of("logs", "cloudwatchlogs", "application-autoscaling", "applicationautoscaling");

    private final Map<String, SdkField<?>> members = new LinkedHashMap<>();

    private Shape(SdkPojo structure) {
        structure.sdkFields().forEach(field -> members.put(field.memberName(), field));
    }

    /** The request of an operation; empty where the service has no such operation. */
    static Optional<Shape> request(String service, String operation) {
        return find(service, operation + "Request");
    }

    static Shape response(String service, String operation) {
        return find(service, operation + "Response").orElseThrow();
    }

    private static Optional<Shape> find(String service, String name) {
        if (!name.matches("[A-Z][A-Za-z0-9]*")) {
            return Optional.empty();
        }
        String type = "software.amazon.awssdk.services." + PACKAGES.getOrDefault(service, service) + ".model." + name;
        @Nullable Shape known = CACHE.get(type);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            SdkBuilder<?, ?> builder = (SdkBuilder<?, ?>) Objects.requireNonNull(
                    Class.forName(type).getMethod("builder").invoke(null));
            Shape shape = new Shape((SdkPojo) builder.build());
            CACHE.put(type, shape);
            return Optional.of(shape);
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Shape of(SdkField<?> field) {
        SdkPojo structure = Objects.requireNonNull(field.constructor().get());
        return CACHE.computeIfAbsent(structure.getClass().getName(), type -> new Shape(structure));
    }

    private static SdkField<?> element(SdkField<?> list) {
        return (SdkField<?>) list.getTrait(ListTrait.class).memberFieldInfo();
    }

    private static boolean is(SdkField<?> field, MarshallingType<?> type) {
        return field.marshallingType().equals(type);
    }

    // ---- JSON

    /** A JSON request's members, checked and typed. */
    Map<String, Object> fromJson(Map<String, Object> document) {
        Map<String, Object> typed = new LinkedHashMap<>();
        document.forEach((name, value) -> {
            @Nullable SdkField<?> field = members.get(name);
            if (field == null) {
                throw ApiError.of(ApiError.Kind.UNKNOWN_MEMBER, name);
            }
            if (value != null) {
                typed.put(name, fromJson(field, value, name));
            }
        });
        return typed;
    }

    private static Object fromJson(SdkField<?> field, Object value, String path) {
        if (is(field, MarshallingType.LIST) && value instanceof List<?> list) {
            List<Object> typed = new ArrayList<>();
            list.forEach(v -> typed.add(fromJson(element(field), v, path + "[]")));
            return typed;
        }
        if (is(field, MarshallingType.SDK_POJO) && value instanceof Map<?, ?>) {
            return of(field).fromJson(Documents.structure(value));
        }
        if (is(field, MarshallingType.MAP) && value instanceof Map<?, ?>) {
            return value;
        }
        if (is(field, MarshallingType.STRING) && value instanceof String
                || is(field, MarshallingType.BOOLEAN) && value instanceof Boolean) {
            return value;
        }
        if (value instanceof Number number) {
            BigDecimal decimal = new BigDecimal(number.toString());
            if (is(field, MarshallingType.INSTANT)) {
                return Instant.ofEpochMilli(decimal.movePointRight(3).longValue());
            }
            if (is(field, MarshallingType.INTEGER)
                    || is(field, MarshallingType.LONG)
                    || is(field, MarshallingType.DOUBLE)
                    || is(field, MarshallingType.FLOAT)) {
                return decimal;
            }
        }
        throw ApiError.of(ApiError.Kind.MALFORMED, "wrong type of " + path);
    }

    /** A document as the AWS CLI prints it, made ready for the JSON wire: times become seconds since 1970. */
    Map<String, Object> toJson(Map<String, Object> document) {
        Map<String, Object> wire = new LinkedHashMap<>();
        document.forEach((name, value) -> {
            @Nullable SdkField<?> field = members.get(name);
            // A member that this SDK does not know yet: AWS sends it all the same.
            wire.put(name, field == null ? value : toJson(field, value));
        });
        return wire;
    }

    private static @Nullable Object toJson(SdkField<?> field, @Nullable Object value) {
        if (value instanceof List<?> list && is(field, MarshallingType.LIST)) {
            List<@Nullable Object> wire = new ArrayList<>();
            list.forEach(v -> wire.add(toJson(element(field), v)));
            return wire;
        }
        if (value instanceof Map<?, ?> && is(field, MarshallingType.SDK_POJO)) {
            return of(field).toJson(Documents.structure(value));
        }
        if (value instanceof String text && is(field, MarshallingType.INSTANT)) {
            return BigDecimal.valueOf(instant(text).toEpochMilli(), 3);
        }
        return value;
    }

    // ---- query

    /**
     * The members of a form-encoded request.
     *
     * @param ec2 whether lists are flat and begin with an upper-case letter, as EC2 has it
     */
    Map<String, Object> fromForm(Map<String, String> form, boolean ec2) {
        Set<String> read = new LinkedHashSet<>();
        Map<String, Object> typed = fromForm(new TreeMap<>(form), "", ec2, read);
        form.keySet().stream().filter(key -> !read.contains(key)).findFirst().ifPresent(key -> {
            throw ApiError.of(ApiError.Kind.UNKNOWN_MEMBER, key);
        });
        return typed;
    }

    private Map<String, Object> fromForm(
            NavigableMap<String, String> form, String prefix, boolean ec2, Set<String> read) {
        Map<String, Object> typed = new LinkedHashMap<>();
        members.forEach((name, field) -> {
            String path = prefix + field.getTrait(LocationTrait.class).locationName();
            fromForm(field, form, path, ec2, read).ifPresent(value -> typed.put(name, value));
        });
        return typed;
    }

    private static Optional<Object> fromForm(
            SdkField<?> field, NavigableMap<String, String> form, String path, boolean ec2, Set<String> read) {
        @Nullable String below = form.ceilingKey(path + ".");
        if (!form.containsKey(path) && (below == null || !below.startsWith(path + "."))) {
            return Optional.empty();
        }
        if (is(field, MarshallingType.LIST)) {
            String each = path + (ec2 || field.getTrait(ListTrait.class).isFlattened() ? "." : ".member.");
            List<Object> list = new ArrayList<>();
            for (int i = 1; ; i++) {
                Optional<Object> value = fromForm(element(field), form, each + i, ec2, read);
                if (value.isEmpty()) {
                    return Optional.of(list);
                }
                list.add(value.get());
            }
        }
        if (is(field, MarshallingType.SDK_POJO)) {
            return Optional.of(of(field).fromForm(form, path + ".", ec2, read));
        }
        @Nullable String text = form.get(path);
        if (text == null) {
            return Optional.empty();
        }
        read.add(path);
        return Optional.of(scalar(field, text, path));
    }

    private static Object scalar(SdkField<?> field, String text, String path) {
        try {
            if (is(field, MarshallingType.BOOLEAN)) {
                return Boolean.valueOf(text);
            }
            if (is(field, MarshallingType.INSTANT)) {
                return Instant.parse(text);
            }
            return is(field, MarshallingType.STRING) ? text : new BigDecimal(text);
        } catch (IllegalArgumentException | java.time.DateTimeException e) {
            throw ApiError.of(ApiError.Kind.MALFORMED, "wrong type of " + path);
        }
    }

    // ---- XML

    /** A document as the AWS CLI prints it, as elements of an XML answer. */
    void toXml(Map<String, Object> document, StringBuilder xml) {
        document.forEach((name, value) -> {
            @Nullable SdkField<?> field = members.get(name);
            if (field != null) {
                toXml(field, field.getTrait(LocationTrait.class).unmarshallLocationName(), value, xml);
            }
        });
    }

    private static void toXml(SdkField<?> field, String tag, @Nullable Object value, StringBuilder xml) {
        if (value == null) {
            return;
        }
        xml.append('<').append(tag).append('>');
        if (value instanceof List<?> list) {
            ListTrait trait = field.getTrait(ListTrait.class);
            String item = Optional.ofNullable(trait.memberLocationName()).orElse("member");
            list.forEach(v -> toXml(element(field), item, v, xml));
        } else if (value instanceof Map<?, ?>) {
            if (field.containsTrait(MapTrait.class)) {
                throw new IllegalStateException("no served XML answer has a map: " + tag);
            }
            of(field).toXml(Documents.structure(value), xml);
        } else if (is(field, MarshallingType.INSTANT)) {
            xml.append(
                    DateTimeFormatter.ISO_INSTANT.format(instant((String) value).truncatedTo(ChronoUnit.MILLIS)));
        } else {
            escape(value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString(), xml);
        }
        xml.append("</").append(tag).append('>');
    }

    static void escape(String text, StringBuilder xml) {
        text.chars().forEach(c -> {
            switch (c) {
                case '<' -> xml.append("&lt;");
                case '>' -> xml.append("&gt;");
                case '&' -> xml.append("&amp;");
                default -> xml.append((char) c);
            }
        });
    }

    /** A time of the AWS CLI: ISO-8601 with an offset. */
    static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }
}
