package io.github.eastwest.accesslog;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** gRPC status names in the three forms that Envoy can print: CamelCase, SNAKE_CASE and number. */
final class GrpcStatus {
    /** By number; source: Envoy's {@code %GRPC_STATUS%}, gRPC's status codes. */
    private static final List<String> NAMES = List.of(
            "OK",
            "Canceled",
            "Unknown",
            "InvalidArgument",
            "DeadlineExceeded",
            "NotFound",
            "AlreadyExists",
            "PermissionDenied",
            "ResourceExhausted",
            "FailedPrecondition",
            "Aborted",
            "OutOfRange",
            "Unimplemented",
            "Internal",
            "Unavailable",
            "DataLoss",
            "Unauthenticated");

    private static final Map<String, String> BY_LETTERS = new HashMap<>();

    static {
        for (String name : NAMES) {
            BY_LETTERS.put(name.toLowerCase(Locale.ROOT), name);
        }
        BY_LETTERS.put("cancelled", "Canceled");
    }

    private GrpcStatus() {}

    /** The CamelCase name; an unknown text stays as it is. */
    static String name(String printed) {
        String known = known(printed);
        return known == null ? printed : known;
    }

    /** The CamelCase name of a name in any form, or null. */
    static @Nullable String known(String printed) {
        if (!printed.isEmpty() && printed.length() <= 2 && Character.isDigit(printed.charAt(0))) {
            int number = 0;
            for (int i = 0; i < printed.length(); i++) {
                int digit = printed.charAt(i) - '0';
                if (digit < 0 || digit > 9) {
                    return null;
                }
                number = number * 10 + digit;
            }
            return number < NAMES.size() ? NAMES.get(number) : null;
        }
        return BY_LETTERS.get(printed.replace("_", "").toLowerCase(Locale.ROOT));
    }
}
