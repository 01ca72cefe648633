package io.github.eastwest.accesslog;

import java.util.Locale;
import java.util.Random;

/** Lines of every fixed format with random but possible values. */
final class GeneratedLines {
    private static final String[] METHODS = {"GET", "POST", "HEAD", "DELETE", "-"};
    private static final String[] AGENTS = {
        "curl/8.11.1", "Apache-HttpClient/5.3.1 (Java/21.0.4)", "-", "a b  c", "Mozilla/5.0 (X; Y: z) [w]"
    };
    private static final String[] GRPC = {"OK", "Unavailable", "DeadlineExceeded", "Internal"};
    private static final String[] DETAILS = {
        "via_upstream", "-", "upstream_reset_before_response_started{connection_failure}"
    };
    private static final String[] TERMINATIONS = {"-", "rbac_access_denied_matched_policy[none]"};
    private static final String[] TRANSPORTS = {
        "-", "delayed connect error: 111", "TLS error: Secret is not supplied by SDS"
    };
    private static final String[] FLAGS = {"-", "UF", "UF,URX", "UH", "DC"};

    private final Random random;

    GeneratedLines(long seed) {
        random = new Random(seed);
    }

    String next() {
        String start = String.format(
                Locale.ROOT,
                "20%02d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                random.nextInt(60),
                1 + random.nextInt(12),
                1 + random.nextInt(28),
                random.nextInt(24),
                random.nextInt(60),
                random.nextInt(60),
                random.nextInt(1000));
        String id = new java.util.UUID(random.nextLong(), random.nextLong()).toString();
        String request = pick(METHODS) + " /" + Long.toString(random.nextLong() >>> random.nextInt(60), 36) + " "
                + (random.nextBoolean() ? "HTTP/1.1" : "HTTP/2");
        String status = random.nextInt(8) == 0 ? "0" : Integer.toString(100 + random.nextInt(500));
        String numbers = number() + " " + number() + " " + number() + " " + number();
        String host = random.nextInt(5) == 0
                ? "-"
                : "10.0." + random.nextInt(256) + "." + random.nextInt(256) + ":" + random.nextInt(65536);
        String columns = " \"-\" \"" + pick(AGENTS) + "\" \"" + id + "\" \"payments:8080\" \"" + host + "\"";
        return switch (random.nextInt(8)) {
            case 0 -> "[" + start + "] \"" + request + "\" " + status + " " + numbers + columns;
            case 1 -> "[" + start + "] \"" + request + "\" " + status + " " + numbers + columns + " \"" + id + "\"";
            case 2 ->
                "[" + start + "] \"" + request + "\" " + status + " " + pick(GRPC) + " " + numbers + columns + " \""
                        + id + "\"";
            case 3 -> "[" + start + "] \"" + request + "\" " + status + " " + pick(FLAGS) + " " + numbers + columns;
            case 4 ->
                "[" + start + "] 10.0.0." + random.nextInt(256) + ":" + 4000 + " 4000 " + random.nextInt(1 << 30) + " "
                        + random.nextInt(100) + " " + random.nextInt(100000) + " - " + random.nextInt(1000);
            case 5 ->
                "[" + start + "] \"" + request + "\" " + status + " " + istioMiddle() + " " + numbers + columns
                        + istioTrailing(host);
            case 6 ->
                "[" + start + "] \"" + request + "\" " + status + " " + pick(FLAGS) + " " + numbers + columns
                        + istioTrailing(host);
            default -> json(start, request.split(" "), status, id, host);
        };
    }

    private String istioMiddle() {
        return pick(FLAGS) + " " + pick(DETAILS) + " " + pick(TERMINATIONS) + " \"" + pick(TRANSPORTS) + "\"";
    }

    private String istioTrailing(String host) {
        return " outbound|8080||payments.prod.svc.cluster.local 10.9.0." + random.nextInt(256) + ":"
                + random.nextInt(65536)
                + " " + host + " 10.9.1." + random.nextInt(256) + ":" + random.nextInt(65536) + " "
                + (random.nextBoolean() ? "-" : "outbound_.8080_._.payments") + " "
                + (random.nextBoolean() ? "-" : "default");
    }

    private String json(String start, String[] request, String status, String id, String host) {
        String blank = random.nextInt(3) == 0 ? " " : "";
        String duration = random.nextBoolean() ? "duration" : "duration_ms";
        return "{\"authority\":" + blank + text("payments:8080") + ",\"bytes_received\":" + value(number())
                + ",\"bytes_sent\":"
                + value(number()) + ",\"" + duration + "\":" + value(number()) + ",\"forwarded_for\":null,\"method\":"
                + text(request[0])
                + ",\"path\":" + text(request[1]) + "," + blank + "\"protocol\":" + text(request[2])
                + ",\"request_id\":" + text(id)
                + ",\"response_code\":" + (random.nextBoolean() ? status : "\"" + status + "\"") + ",\"start_time\":\""
                + start
                + "\",\"upstream_host\":" + text(host) + ",\"upstream_service_time\":" + value(number())
                + ",\"user_agent\":"
                + (random.nextInt(4) == 0 ? "\"a \\\"quoted\\\" \\u00e9\\\\ agent\"" : text(pick(AGENTS))) + "}";
    }

    private String value(String number) {
        if (number.equals("-")) {
            return random.nextBoolean() ? "null" : "\"-\"";
        }
        return random.nextBoolean() ? number : "\"" + number + "\"";
    }

    private static String text(String text) {
        return text.equals("-") ? "null" : "\"" + text + "\"";
    }

    private String number() {
        return random.nextInt(6) == 0 ? "-" : Integer.toString(random.nextInt(1 << (1 + random.nextInt(30))));
    }

    private String pick(String[] choices) {
        return choices[random.nextInt(choices.length)];
    }
}
