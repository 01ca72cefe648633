package io.github.eastwest.collect.aws;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkNumber;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
import software.amazon.awssdk.utils.builder.Buildable;

/**
 * Between the SDK's objects and documents of maps, lists and plain values, by the description of its members that every
 * SDK object carries. Member names are those of the API's model, as the AWS CLI uses them.
 */
final class Documents {
    /** Python's {@code datetime.isoformat()} in UTC, which the AWS CLI prints: no fraction, or six digits of it. */
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'+00:00'", Locale.ROOT);

    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'+00:00'", Locale.ROOT);
    private static final int NANOS_OF_MICRO = 1_000;

    private Documents() {}

    /** The members that AWS sent, in the order of the API's model. */
    static Map<String, Object> of(SdkPojo answer) {
        Map<String, Object> document = new LinkedHashMap<>();
        for (SdkField<?> field : answer.sdkFields()) {
            sent(field.getValueOrDefault(answer)).ifPresent(value -> document.put(field.memberName(), plain(value)));
        }
        return document;
    }

    /** The SDK stands an empty list or map of its own in for one that was not sent. */
    private static Optional<Object> sent(Object value) {
        return value instanceof SdkAutoConstructList<?> || value instanceof SdkAutoConstructMap<?, ?>
                ? Optional.empty()
                : Optional.ofNullable(value);
    }

    private static Object plain(Object value) {
        if (value instanceof SdkPojo pojo) {
            return of(pojo);
        }
        if (value instanceof List<?> list) {
            List<Object> plain = new ArrayList<>(list.size());
            for (Object item : list) {
                sent(item).ifPresent(i -> plain.add(plain(i)));
            }
            return plain;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> plain = new LinkedHashMap<>();
            map.forEach((key, item) -> sent(item).ifPresent(i -> plain.put(String.valueOf(key), plain(i))));
            return plain;
        }
        if (value instanceof Instant instant) {
            return time(instant);
        }
        if (value instanceof SdkBytes bytes) {
            return Base64.getEncoder().encodeToString(bytes.asByteArrayUnsafe());
        }
        if (value instanceof Document document) {
            return free(document);
        }
        return value instanceof Boolean || value instanceof Number ? value : value.toString();
    }

    private static String time(Instant instant) {
        OffsetDateTime utc = instant.atOffset(ZoneOffset.UTC);
        return (utc.getNano() < NANOS_OF_MICRO ? SECONDS : MICROSECONDS).format(utc);
    }

    /** A member whose content the API leaves open. */
    private static Object free(Document document) {
        if (document.isMap()) {
            Map<String, Object> plain = new LinkedHashMap<>();
            document.asMap().forEach((key, item) -> plain.put(key, free(item)));
            return plain;
        }
        if (document.isList()) {
            return document.asList().stream().map(Documents::free).toList();
        }
        if (document.isBoolean()) {
            return document.asBoolean();
        }
        if (document.isNumber()) {
            SdkNumber number = document.asNumber();
            return new BigDecimal(number.stringValue());
        }
        return document.isString() ? document.asString() : "";
    }

    /**
     * Fills a request.
     *
     * @param parameters as {@code --cli-input-json} takes them
     * @throws IllegalArgumentException if the request has no such member, or the member takes no such value
     */
    static <B extends SdkPojo> B into(B builder, Map<?, ?> parameters) {
        Map<String, SdkField<?>> fields = new LinkedHashMap<>();
        builder.sdkFields().forEach(field -> fields.put(field.memberName(), field));
        parameters.forEach((name, value) -> {
            SdkField<?> field = fields.get(String.valueOf(name));
            if (field == null) {
                throw new IllegalArgumentException("no member " + name + " among " + fields.keySet());
            }
            field.set(builder, typed(field, value));
        });
        return builder;
    }

    private static Object typed(SdkField<?> field, Object value) {
        try {
            return switch (field.marshallingType().getKnownType()) {
                case STRING -> (String) value;
                case BOOLEAN -> (Boolean) value;
                case SHORT -> number(value).shortValueExact();
                case INTEGER -> number(value).intValueExact();
                case LONG -> number(value).longValueExact();
                case FLOAT -> number(value).floatValue();
                case DOUBLE -> number(value).doubleValue();
                case BIG_DECIMAL -> number(value);
                case INSTANT -> instant(value);
                case SDK_BYTES -> SdkBytes.fromByteArray(Base64.getDecoder().decode((String) value));
                case SDK_POJO -> ((Buildable) into(field.constructor().get(), (Map<?, ?>) value)).build();
                case LIST -> list(field.getRequiredTrait(ListTrait.class).memberFieldInfo(), (List<?>) value);
                case MAP -> map(field.getRequiredTrait(MapTrait.class).valueFieldInfo(), (Map<?, ?>) value);
                default ->
                    throw new IllegalArgumentException(
                            "member " + field.memberName() + " cannot be given: " + field.marshallingType());
            };
        } catch (ClassCastException | ArithmeticException | DateTimeException e) {
            throw new IllegalArgumentException("member " + field.memberName() + " takes no " + value, e);
        }
    }

    private static List<Object> list(SdkField<?> item, List<?> values) {
        List<Object> list = new ArrayList<>(values.size());
        values.forEach(value -> list.add(typed(item, value)));
        return list;
    }

    private static Map<String, Object> map(SdkField<?> item, Map<?, ?> values) {
        Map<String, Object> map = new LinkedHashMap<>();
        values.forEach((key, value) -> map.put(String.valueOf(key), typed(item, value)));
        return map;
    }

    private static BigDecimal number(Object value) {
        return new BigDecimal(((Number) value).toString());
    }

    /** A time, as an object or in ISO-8601. */
    private static Instant instant(Object value) {
        return value instanceof Instant instant
                ? instant
                : OffsetDateTime.parse((String) value).toInstant();
    }
}
