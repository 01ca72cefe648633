package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.Operation;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;

/**
 * An answer of an operation with every member that the API's model has, two items in each list, and how it goes over the
 * wire in each of AWS's protocols.
 */
final class Wire {
    private static final Map<String, String> PACKAGES =
            Map.of("logs", "cloudwatchlogs", "application-autoscaling", "applicationautoscaling");

    /** 2026-11-20T10:00:00Z, and a fraction that a double holds exactly. */
    private static final Instant TIME = Instant.ofEpochSecond(1795168800L, 250_000_000);

    private final Operation operation;
    private final Map<SdkField<?>, Object> answer;
    private final boolean empty;
    private int number;

    /**
     * An answer.
     *
     * @param empty whether texts, lists and maps hold nothing
     */
    Wire(Operation operation, boolean empty) {
        this.operation = operation;
        this.empty = empty;
        this.answer = members(empty());
    }

    private SdkPojo empty() {
        try {
            String service = PACKAGES.getOrDefault(operation.service(), operation.service());
            return (SdkPojo) Class.forName(
                            "software.amazon.awssdk.services." + service + ".model." + operation.api() + "Response")
                    .getMethod("builder")
                    .invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<SdkField<?>, Object> members(SdkPojo pojo) {
        Map<SdkField<?>, Object> members = new LinkedHashMap<>();
        for (SdkField<?> field : pojo.sdkFields()) {
            if (!field.memberName().equals(Shape.of(operation).token())) {
                members.put(field, value(field));
            }
        }
        return members;
    }

    /** Every value is another one, so that none can stand in for its neighbour. */
    private Object value(SdkField<?> field) {
        number++;
        return switch (field.marshallingType().getKnownType()) {
            case STRING -> empty ? "" : "text " + number;
            case BOOLEAN -> number % 2 == 0;
            case INTEGER, LONG -> number;
            case DOUBLE, FLOAT -> number + 0.5;
            case INSTANT ->
                TIME.plusSeconds(number % 2 == 0 ? 0 : number).minusNanos(number % 2 == 0 ? 250_000_000 : 0);
            case SDK_BYTES -> ("bytes " + number).getBytes(StandardCharsets.UTF_8);
            case DOCUMENT -> Map.of("free", List.of(number, number + 0.25, true, "text"));
            case SDK_POJO -> members(field.constructor().get());
            case LIST -> {
                SdkField<?> item = field.getRequiredTrait(ListTrait.class).memberFieldInfo();
                yield empty ? List.of() : List.of(value(item), value(item));
            }
            case MAP -> {
                SdkField<?> item = field.getRequiredTrait(MapTrait.class).valueFieldInfo();
                yield empty ? Map.of() : Map.of("key " + number, value(item));
            }
            default -> throw new IllegalStateException(field.memberName() + ": " + field.marshallingType());
        };
    }

    /** In JSON: ECS, CloudWatch Logs, Cloud Map, and CloudWatch by the AWS CLI. */
    String json() {
        return json(answer);
    }

    private static String json(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(e -> "\"" + (e.getKey() instanceof SdkField<?> f ? f.memberName() : e.getKey()) + "\":"
                            + json(e.getValue()))
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Wire::json).collect(Collectors.joining(",", "[", "]"));
        }
        if (value instanceof Instant time) {
            return String.format(Locale.ROOT, "%d.%03d", time.getEpochSecond(), time.getNano() / 1_000_000);
        }
        if (value instanceof byte[] bytes) {
            return "\"" + Base64.getEncoder().encodeToString(bytes) + "\"";
        }
        return value instanceof String ? "\"" + value + "\"" : value.toString();
    }

    /** In XML: EC2, STS, and CloudWatch by this SDK. */
    String xml() {
        boolean ec2 = operation.service().equals("ec2");
        String content = answer.entrySet().stream()
                .map(e -> element(e.getKey().unmarshallLocationName(), e.getKey(), e.getValue()))
                .collect(Collectors.joining());
        return "<" + operation.api() + "Response xmlns=\"http://x/\">"
                + (ec2 ? content : "<" + operation.api() + "Result>" + content + "</" + operation.api() + "Result>")
                + (ec2 ? "<requestId>r</requestId>" : "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>")
                + "</" + operation.api() + "Response>";
    }

    private static String element(String name, SdkField<?> field, Object value) {
        if (value instanceof List<?> list) {
            ListTrait trait = field.getRequiredTrait(ListTrait.class);
            String item = trait.memberLocationName() == null ? "member" : trait.memberLocationName();
            String items = list.stream()
                    .map(i -> element(trait.isFlattened() ? name : item, trait.memberFieldInfo(), i))
                    .collect(Collectors.joining());
            return trait.isFlattened() ? items : "<" + name + ">" + items + "</" + name + ">";
        }
        return "<" + name + ">" + text(field, value) + "</" + name + ">";
    }

    private static String text(SdkField<?> field, Object value) {
        if (value instanceof Map<?, ?> map) {
            List<String> parts = new ArrayList<>();
            map.forEach((key, member) -> {
                SdkField<?> f = (SdkField<?>) key;
                parts.add(element(f.unmarshallLocationName(), f, member));
            });
            return String.join("", parts);
        }
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        return value.toString();
    }
}
