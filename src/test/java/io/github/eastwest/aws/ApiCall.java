package io.github.eastwest.aws;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request, whatever protocol it came by.
 *
 * @param service the AWS CLI's name of the service
 * @param operation the API's name of the operation
 * @param parameters by member name; times are {@link Instant}, numbers {@link BigDecimal}
 */
record ApiCall(String service, String operation, Map<String, Object> parameters) {
    Optional<String> text(String member) {
        return Optional.ofNullable((String) parameters.get(member));
    }

    String required(String member) {
        return text(member).orElseThrow(() -> invalid(member + " is required"));
    }

    Optional<Integer> number(String member) {
        return Optional.ofNullable((BigDecimal) parameters.get(member)).map(BigDecimal::intValueExact);
    }

    Optional<Long> longNumber(String member) {
        return Optional.ofNullable((BigDecimal) parameters.get(member)).map(BigDecimal::longValueExact);
    }

    Optional<Instant> time(String member) {
        return Optional.ofNullable((Instant) parameters.get(member));
    }

    boolean flag(String member) {
        return Boolean.TRUE.equals(parameters.get(member));
    }

    /** A list of texts; empty where it is not given. */
    List<String> texts(String member) {
        return list(member).stream().map(String.class::cast).toList();
    }

    /** A list of structures; empty where it is not given. */
    List<Map<String, Object>> structures(String member) {
        return list(member).stream().map(Documents::structure).toList();
    }

    boolean has(String member) {
        return parameters.containsKey(member);
    }

    private List<?> list(String member) {
        return (List<?>) parameters.getOrDefault(member, List.of());
    }

    /** The service's own error for a parameter that it does not accept. */
    ApiError invalid(String message) {
        return switch (service) {
            case "servicediscovery" -> ApiError.of("InvalidInput", message);
            case "cloudwatch" -> ApiError.of("ValidationError", message);
            case "ec2" -> ApiError.of("InvalidParameterValue", message);
            case "sts" -> ApiError.of("ValidationError", message);
            default -> ApiError.of("InvalidParameterException", message);
        };
    }
}
