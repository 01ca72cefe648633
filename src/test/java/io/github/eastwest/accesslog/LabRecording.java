package io.github.eastwest.accesslog;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The lines recorded from a real pair of Envoys, with the truth that the proxies knew beside each. */
final class LabRecording {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * One recorded line.
     *
     * @param shown the line as Service Connect prints it, without flags and details
     * @param told the line with everything the proxy knew
     * @param own what the proxy itself called it
     * @param truth its own word, or its origin's where it relays another proxy's answer
     */
    record Line(
            String scenario,
            String protocol,
            AccessLogEntry shown,
            AccessLogEntry told,
            Condition own,
            Condition truth) {
        boolean caller() {
            return shown.ref().side() == Side.CALLER;
        }

        String id() {
            return shown.request().requestId();
        }

        /** Failed by what the client saw: no answer, a server's error, a gRPC error, or a proxy's own 4xx. */
        boolean failing() {
            int status = shown.response().status();
            String grpc = shown.response().grpcStatus();
            return status == 0
                    || status >= 500
                    || grpc != null && !grpc.equals("OK")
                    || status >= 400 && own != Condition.APPLICATION_4XX;
        }

        /** Whether the answer broke off after it had begun: status and length say nothing about it. */
        boolean cut() {
            return shown.response().status() == 200
                    && shown.hasServiceTime()
                    && own != Condition.SUCCESS
                    && own != Condition.GRPC_ERROR
                    && shown.response().bytesSent() > 0;
        }
    }

    private LabRecording() {}

    static List<Line> read(String name) {
        return read(LabRecording.class.getResourceAsStream("/accesslog/lab/" + name));
    }

    /** Reads a recording and closes it. */
    static List<Line> read(InputStream recording) {
        List<Line> lines = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(recording), StandardCharsets.UTF_8))) {
            long number = 0;
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                JsonNode node = JSON.readTree(text);
                number++;
                if (node.get("protocol").asString().equals("tcp")) {
                    continue;
                }
                lines.add(line(node, number));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return withOrigins(lines);
    }

    private static Line line(JsonNode node, long number) {
        Side side = node.get("side").asString().equals("caller") ? Side.CALLER : Side.CALLEE;
        // All listeners of one task write into one stream; the lab has one caller and one task per callee address.
        String listener = node.get("listener").asString();
        String stream = side == Side.CALLER ? "caller" : listener.substring(0, listener.lastIndexOf('.'));
        LineRef ref = new LineRef(stream, number, side);
        AccessLogEntry shown = entry(JSON.readTree(node.get("sc_json").asString()), ref, false);
        AccessLogEntry told = entry(node.get("truth"), ref, true);
        Condition own = own(told);
        return new Line(node.get("scenario").asString(), node.get("protocol").asString(), shown, told, own, own);
    }

    /** An access line in the Service Connect JSON form, or with all fields of the recording's truth. */
    static AccessLogEntry entry(JsonNode json, LineRef ref, boolean withFlags) {
        String flags = withFlags ? text(json, "response_flags") : null;
        return new AccessLogEntry(
                ref,
                Instant.parse(json.get("start_time").asString()).toEpochMilli(),
                new AccessLogEntry.Request(
                        text(json, "protocol"),
                        text(json, "method"),
                        text(json, "path"),
                        text(json, "authority"),
                        text(json, "request_id"),
                        text(json, "user_agent"),
                        text(json, "forwarded_for"),
                        null),
                new AccessLogEntry.Response(
                        json.get("response_code").asInt(),
                        text(json, "grpc_status"),
                        flags == null ? List.of() : List.of(flags.split(",")),
                        withFlags ? text(json, "response_code_details") : null,
                        number(json, "bytes_received"),
                        number(json, "bytes_sent")),
                new AccessLogEntry.Upstream(
                        text(json, "upstream_host"),
                        null,
                        withFlags ? text(json, "upstream_transport_failure_reason") : null),
                new AccessLogEntry.Timing(
                        json.has("duration") ? number(json, "duration") : number(json, "duration_ms"),
                        number(json, "upstream_service_time")));
    }

    private static String text(JsonNode json, String key) {
        JsonNode node = json.get(key);
        return node == null || node.isNull() || node.asString().equals("-") ? null : node.asString();
    }

    private static long number(JsonNode json, String key) {
        String text = text(json, key);
        return text == null ? AccessLogEntry.ABSENT : (long) Double.parseDouble(text);
    }

    /** The proxy's own word, read independently of the classifier under test. */
    static Condition own(AccessLogEntry line) {
        Set<String> flags = Set.copyOf(line.response().flags());
        String details =
                line.response().details() == null ? "" : line.response().details();
        String transport = line.upstream().transportFailure() == null
                ? ""
                : line.upstream().transportFailure();
        int status = line.response().status();
        String grpc = line.response().grpcStatus();
        if (details.equals("via_upstream")) {
            if (grpc != null && !grpc.equals("OK")) {
                return Condition.GRPC_ERROR;
            }
            return status >= 500
                    ? Condition.APPLICATION_5XX
                    : status >= 400 ? Condition.APPLICATION_4XX : Condition.SUCCESS;
        }
        if (flags.contains("UH")) {
            return Condition.NO_HEALTHY_UPSTREAM;
        }
        if (flags.contains("UF")) {
            return details.contains("connection_timeout")
                    ? Condition.UPSTREAM_CONNECTION_TIMEOUT
                    : transport.contains("TLS") ? Condition.TLS_FAILURE : Condition.UPSTREAM_CONNECTION_FAILURE;
        }
        if (flags.contains("UC")) {
            return Condition.UPSTREAM_CONNECTION_TERMINATION;
        }
        if (flags.contains("UR") || flags.contains("LR")) {
            return Condition.UPSTREAM_RESET;
        }
        if (flags.contains("UT")) {
            return details.contains("per_try") ? Condition.PER_TRY_TIMEOUT : Condition.UPSTREAM_RESPONSE_TIMEOUT;
        }
        if (flags.contains("UO")) {
            return Condition.UPSTREAM_OVERFLOW;
        }
        if (flags.contains("NR")) {
            return Condition.NO_ROUTE;
        }
        if (flags.contains("NC")) {
            return Condition.CLUSTER_NOT_FOUND;
        }
        if (flags.contains("DPE")) {
            return Condition.DOWNSTREAM_PROTOCOL_ERROR;
        }
        if (flags.contains("UPE")) {
            return Condition.UPSTREAM_PROTOCOL_ERROR;
        }
        if (flags.contains("SI")) {
            return Condition.STREAM_IDLE_TIMEOUT;
        }
        if (details.equals("max_duration_timeout")) {
            return Condition.MAX_DURATION;
        }
        if (flags.contains("DC") || flags.contains("DR")) {
            return Condition.DOWNSTREAM_DISCONNECT;
        }
        throw new IllegalStateException("no truth for " + flags + " " + details);
    }

    /** Gives each caller's line that only relays its origin's condition. */
    private static List<Line> withOrigins(List<Line> lines) {
        Map<String, List<Line>> callees = callees(lines);
        List<Line> result = new ArrayList<>();
        for (Line line : lines) {
            List<Line> attempts =
                    line.caller() && line.id() != null ? callees.getOrDefault(line.id(), List.of()) : List.of();
            boolean relay = line.own == Condition.APPLICATION_5XX || line.own == Condition.GRPC_ERROR;
            result.add(
                    relay && !attempts.isEmpty()
                            ? new Line(
                                    line.scenario,
                                    line.protocol,
                                    line.shown,
                                    line.told,
                                    line.own,
                                    attempts.get(attempts.size() - 1).own)
                            : line);
        }
        return result;
    }

    /** The callee's lines of each request id in order of start. */
    static Map<String, List<Line>> callees(List<Line> lines) {
        Map<String, List<Line>> callees = new HashMap<>();
        for (Line line : lines) {
            if (!line.caller() && line.id() != null) {
                callees.computeIfAbsent(line.id(), id -> new ArrayList<>()).add(line);
            }
        }
        callees.values()
                .forEach(attempts -> attempts.sort(Comparator.comparingLong(
                                (Line attempt) -> attempt.shown.startMillis())
                        .thenComparingLong(attempt -> attempt.shown.ref().line())));
        return callees;
    }
}
