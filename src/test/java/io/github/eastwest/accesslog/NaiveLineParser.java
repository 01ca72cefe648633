package io.github.eastwest.accesslog;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A second, slow and obvious parser of the fixed formats, to compare the scanner with. It only accepts what leaves no doubt: quoted text
 * columns without quotes, JSON objects with Service Connect's names.
 */
final class NaiveLineParser {
    private static final String TIME = "\\[(?<start>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z)\\]";
    private static final String REQUEST =
            " \"(?<method>[^\" ]+) (?<path>[^\" ]+) (?<protocol>HTTP/[0-9.]+|-)\" (?<status>\\d{3}|0)";
    private static final String NUMBERS =
            " (?<received>\\d{1,15}|-) (?<sent>\\d{1,15}|-) (?<duration>\\d{1,15}|-) (?<service>\\d{1,15}|-)";
    private static final String COLUMNS =
            " \"(?<xff>[^\"]+)\" \"(?<agent>[^\"]+)\" \"(?<id>[^\"]+)\" \"(?<authority>[^\"]+)\" \"(?<host>[^\"]+)\"";

    /** Only an address, or no host and no stream id, are beyond doubt before a sixth column. */
    private static final String WITH_STREAM =
            "(?:(?<=\"[0-9]{1,3}[.][0-9.]{1,20}:[0-9]{1,5}\") \"(?<stream>[^\":/-][^\":]*)\"|(?<=\"-\") \"(?<idagain>[0-9a-f-]{36}|-)\")";

    private static final Pattern HTTP = Pattern.compile(TIME + REQUEST + NUMBERS + COLUMNS);
    private static final Pattern HTTP2 = Pattern.compile(TIME + REQUEST + NUMBERS + COLUMNS + WITH_STREAM);
    private static final Pattern GRPC =
            Pattern.compile(TIME + REQUEST + " (?<grpc>OK|-|[A-Z][a-z]+[A-Za-z]*)" + NUMBERS + COLUMNS + WITH_STREAM);
    private static final Pattern ENVOY =
            Pattern.compile(TIME + REQUEST + " (?<flags>-|(?!OK )[A-Z]{2,5}(?:,[A-Z]{2,5})*)" + NUMBERS + COLUMNS);
    private static final String TRAILING = " (?<cluster>[^\" ]+) [^\" ]+ [^\" ]+ (?<remote>[^\" ]+) [^\" ]+ [^\" ]+";
    private static final Pattern ISTIO = Pattern.compile(TIME + REQUEST
            + " (?<flags>-|[A-Z]{2,5}(?:,[A-Z]{2,5})*) (?<details>[^\" ]+) (?<termination>[^\" ]+) \"(?<transport>[^\"]+)\""
            + NUMBERS + COLUMNS + TRAILING);
    private static final Pattern OLD_ISTIO = Pattern.compile(
            TIME + REQUEST + " (?<flags>-|(?!OK )[A-Z]{2,5}(?:,[A-Z]{2,5})*)" + NUMBERS + COLUMNS + TRAILING);
    private static final Pattern NEGATIVE = Pattern.compile("[:\\s]-\\d");
    private static final Pattern BROKEN_ESCAPE = Pattern.compile("\\\\u(?![0-9a-fA-F]{4})");
    private static final Pattern TCP = Pattern.compile(
            TIME
                    + " (?<remote>[0-9.]+:\\d{1,18}) \\d{1,18} (?<received>\\d{1,18}) (?<sent>\\d{1,18}) (?<duration>\\d{1,18}) (?<details>[^ ]+) \\d{1,18}");

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(tools.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final String[] FORMATS = {
        "service-connect-http-text",
        "service-connect-http2-text",
        "service-connect-grpc-text",
        "envoy-text",
        "istio-text",
        "istio-text",
        "service-connect-tcp-text"
    };

    private NaiveLineParser() {}

    /** Its fields by name, absent ones left out; empty when it fits no fixed format beyond doubt. */
    static Optional<Map<String, String>> parse(String line) {
        if (line.startsWith("{")) {
            return json(line);
        }
        Pattern[] patterns = {HTTP, HTTP2, GRPC, ENVOY, ISTIO, OLD_ISTIO, TCP};
        for (int i = 0; i < patterns.length; i++) {
            Matcher matcher = patterns[i].matcher(line);
            if (matcher.matches()) {
                Map<String, String> fields = new LinkedHashMap<>();
                for (String group : new String[] {
                    "start",
                    "method",
                    "path",
                    "protocol",
                    "status",
                    "received",
                    "sent",
                    "duration",
                    "service",
                    "xff",
                    "agent",
                    "id",
                    "authority",
                    "host",
                    "stream",
                    "idagain",
                    "grpc",
                    "flags",
                    "remote",
                    "cluster",
                    "transport",
                    "details",
                    "termination"
                }) {
                    if (patterns[i].pattern().contains("<" + group + ">")) {
                        put(fields, group, matcher.group(group));
                    }
                }
                return finish(fields, FORMATS[i]);
            }
        }
        return Optional.empty();
    }

    private static Optional<Map<String, String>> json(String line) {
        // No number of a line is negative, and the tree loses the sign of a zero. In an escape the library takes any
        // character for the
        // digit that its lower byte is.
        if (NEGATIVE.matcher(line).find() || BROKEN_ESCAPE.matcher(line).find()) {
            return Optional.empty();
        }
        JsonNode node;
        try {
            node = MAPPER.readTree(line);
        } catch (JacksonException broken) {
            return Optional.empty();
        }
        if (!node.isObject()) {
            return Optional.empty();
        }
        Map<String, String> names = new LinkedHashMap<>();
        names.put("start_time", "start");
        names.put("method", "method");
        names.put("path", "path");
        names.put("protocol", "protocol");
        names.put("response_code", "status");
        names.put("bytes_received", "received");
        names.put("bytes_sent", "sent");
        names.put("duration", "duration");
        names.put("duration_ms", "duration");
        names.put("upstream_service_time", "service");
        names.put("forwarded_for", "xff");
        names.put("user_agent", "agent");
        names.put("request_id", "id");
        names.put("authority", "authority");
        names.put("upstream_host", "host");
        names.put("stream_id", "stream");
        names.put("grpc_status", "grpc");
        names.put("downstream_remote_address", "remote");
        names.put("downstream_remote_port", "");
        names.put("connection_id", "");
        names.put("connection_termination_details", "details");
        Map<String, String> fields = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            String field = names.get(property.getKey());
            JsonNode value = property.getValue();
            if (field == null || value.isContainer() || value.isBoolean()) {
                return Optional.empty();
            }
            boolean number = field.equals("status")
                    || field.equals("received")
                    || field.equals("sent")
                    || field.equals("duration")
                    || field.equals("service");
            String text = value.isNull() ? "-" : value.asString();
            if (value.isNumber() && !Double.isFinite(value.asDouble())) {
                return Optional.empty();
            }
            if (value.isNumber()) {
                text = value.decimalValue().stripTrailingZeros().toPlainString();
            }
            if (number && !text.matches("\\d{1,15}(?:[.]\\d+)?(?:[eE][+]?\\d)?|-")) {
                return Optional.empty();
            }
            if (!field.isEmpty()) {
                put(fields, field, text);
            }
        }
        if (node.has("duration") && node.has("duration_ms")) {
            return Optional.empty();
        }
        boolean tcp = !node.has("response_code");
        if (tcp && !(node.has("duration") && node.has("bytes_sent") && node.has("bytes_received"))) {
            return Optional.empty();
        }
        if (!tcp && !(node.has("path") && node.has("method"))) {
            return Optional.empty();
        }
        if (!tcp) {
            fields.putIfAbsent("status", "0");
            if (fields.get("status").length() > 3) {
                return Optional.empty();
            }
        }
        if (fields.containsKey("remote") && !fields.get("remote").matches("[0-9.]+:\\d+")) {
            return Optional.empty();
        }
        String start = fields.get("start");
        if (start != null && !start.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z")) {
            return Optional.empty();
        }
        return finish(fields, "");
    }

    private static Optional<Map<String, String>> finish(Map<String, String> fields, String format) {
        String start = fields.remove("start");
        if (start != null) {
            try {
                if (start.compareTo("1970") < 0) {
                    return Optional.empty();
                }
                fields.put("start", Long.toString(Instant.parse(start).toEpochMilli()));
            } catch (java.time.DateTimeException impossible) {
                return Optional.empty();
            }
        }
        if (fields.containsKey("idagain")) {
            fields.putIfAbsent("id", fields.get("idagain"));
            fields.remove("idagain");
        }
        if (fields.containsKey("termination")) {
            fields.putIfAbsent("details", fields.get("termination"));
            fields.remove("termination");
        }
        if (fields.containsKey("stream")) {
            fields.putIfAbsent("id", fields.get("stream"));
            fields.remove("stream");
        }
        if ("0".equals(fields.get("status"))
                && !fields.containsKey("method")
                && !fields.containsKey("path")
                && !fields.containsKey("protocol")) {
            fields.remove("status");
        }
        // Envoy prints addresses with and without it.
        fields.computeIfPresent("host", (name, host) -> host.replaceFirst("^tcp://", ""));
        if (!fields.containsKey("status")) {
            fields.putIfAbsent("protocol", "TCP");
        }
        String grpc = fields.get("grpc");
        if (grpc != null) {
            fields.put("grpc", GrpcStatus.name(grpc));
            if (format.endsWith("grpc-text") && GrpcStatus.known(grpc) == null) {
                return Optional.empty();
            }
        }
        if (!format.isEmpty()) {
            fields.put("format", format);
        }
        return Optional.of(fields);
    }

    private static void put(Map<String, String> fields, String name, String text) {
        if (text != null && !text.equals("-") && !text.isEmpty()) {
            boolean number = name.equals("status")
                    || name.equals("received")
                    || name.equals("sent")
                    || name.equals("duration")
                    || name.equals("service");
            fields.put(
                    name, number ? new java.math.BigDecimal(text).toBigInteger().toString() : text);
        }
    }
}
