package io.github.eastwest.collect;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The request id in an access-log line of Service Connect, TEXT or JSON: just enough to ask the other side about a call.
 * What the line means is told elsewhere.
 */
final class RequestIds {
    /** Longer lines are none of the proxy's. */
    private static final int LONGEST = 16_384;

    private static final Pattern TEXT =
            Pattern.compile("^\\[[^\\]]+Z\\] \"[^\"]*\" (\\d+) ([^\"]+) \"[^\"]*\" \"[^\"]*\" \"([^\"]+)\"");
    private static final Pattern JSON_ID = Pattern.compile("\"request_id\": ?\"([^\"]+)\"");
    private static final Pattern JSON_CODE = Pattern.compile("\"response_code\": ?\"?(\\d+)");
    private static final Pattern JSON_GRPC = Pattern.compile("\"grpc_status\": ?\"?([A-Za-z0-9]+)");
    private static final Pattern TEXT_GRPC = Pattern.compile("^([A-Za-z]\\S*) ");

    private RequestIds() {}

    static Optional<String> of(String line) {
        if (line.length() > LONGEST) {
            return Optional.empty();
        }
        Matcher text = TEXT.matcher(line);
        if (text.find()) {
            return Optional.of(text.group(3));
        }
        Matcher json = JSON_ID.matcher(line);
        return json.find() ? Optional.of(json.group(1)) : Optional.empty();
    }

    /** Whether the line tells of a request that failed: no answer, a 5xx, or a gRPC status other than OK. */
    static boolean failed(String line) {
        if (line.length() > LONGEST) {
            return false;
        }
        Matcher text = TEXT.matcher(line);
        if (text.find()) {
            Matcher grpc = TEXT_GRPC.matcher(text.group(2));
            return failed(text.group(1), grpc.find() ? grpc.group(1) : "OK");
        }
        Matcher code = JSON_CODE.matcher(line);
        Matcher grpc = JSON_GRPC.matcher(line);
        return code.find() && failed(code.group(1), grpc.find() ? grpc.group(1) : "OK");
    }

    private static boolean failed(String code, String grpc) {
        boolean fine = grpc.equals("OK") || grpc.equals("0") || grpc.equals("null");
        return code.equals("0") || code.startsWith("5") || !fine;
    }
}
