package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Call;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.Traffic;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The traffic of four recorded incidents, with flags and details hidden, against what the recording's page counts. */
class IncidentTrafficTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Numbers of the recordings' page: calls, failed calls, and the failures by true condition. */
    @ParameterizedTest
    @CsvSource({
        "mailroom-document-render, document-render:8080, 1232, 39, upstream_connection_failure=31 upstream_connection_termination=8",
        "dashboards-cube-query, cube-query:8080, 1471, 117, upstream_response_timeout=117",
        "label-printer-address-check, address-check:8080, 1619, 1139, no_healthy_upstream=994 upstream_connection_timeout=145",
        "intranet-directory, directory:8080, 1813, 0, ''"
    })
    void countsCallsAndConditionsAsRecorded(
            String incident, String authority, long requests, long failed, String conditions) {
        List<AccessLogEntry> lines = read(incident, false);

        Traffic traffic = build(lines, Set.of(authority)).orElseThrow();

        assertThat(traffic.counted()).isEqualTo(Traffic.Counted.CALLER_LINES);
        assertThat(traffic.requests()).isEqualTo(requests);
        assertThat(traffic.failed()).isEqualTo(failed);
        assertThat(traffic.failures()).hasSize((int) failed);
        assertThat(traffic.successes()).hasSize((int) (requests - failed));
        assertThat(traffic.successStep()).isEqualTo(1);
        assertThat(byCondition(traffic.failures())).isEqualTo(conditions);
        // Every call of the edge was caused by one request into the caller's application.
        assertThat(traffic.surroundings().callerInbound()).hasSize((int) requests);
        assertThat(traffic.surroundings().callerOther()).isEmpty();
        assertThat(traffic.surroundings().calleeOutbound()).isEmpty();
    }

    @Test
    void namesEveryCallAsItsFlagsDo() {
        for (String incident : List.of(
                "mailroom-document-render",
                "dashboards-cube-query",
                "label-printer-address-check",
                "intranet-directory")) {
            Traffic inferred =
                    build(read(incident, false), Set.of(authority(incident))).orElseThrow();
            Traffic told =
                    build(read(incident, true), Set.of(authority(incident))).orElseThrow();

            assertThat(conditionsById(inferred)).as(incident).isEqualTo(conditionsById(told));
        }
    }

    /** The same incident as gRPC would have logged it: no body lengths, status 200. */
    @Test
    void separatesConnectTimeoutsFromEjectionInGrpcToo() {
        List<AccessLogEntry> lines = read("label-printer-address-check", false).stream()
                .map(IncidentTrafficTest::asGrpc)
                .toList();

        Traffic traffic = build(lines, Set.of("address-check:8080")).orElseThrow();

        // 994 and 145 in truth. Timeouts scatter from 20 ms up, and an ejection after two attempts looks like them.
        Map<String, Integer> right = new TreeMap<>();
        Map<String, Condition> truth =
                conditionsById(build(read("label-printer-address-check", true), Set.of("address-check:8080"))
                        .orElseThrow());
        traffic.failures()
                .forEach(call -> right.merge(
                        call.attribution().condition() == truth.get(id(call))
                                ? truth.get(id(call)).id()
                                : "wrong",
                        1,
                        Integer::sum));
        assertThat(traffic.failed()).isEqualTo(1139);
        assertThat(right.get("upstream_connection_timeout")).isGreaterThanOrEqualTo(143);
        assertThat(right.get("no_healthy_upstream")).isGreaterThanOrEqualTo(900);
    }

    private static AccessLogEntry asGrpc(AccessLogEntry line) {
        AccessLogEntry.Response response = line.response();
        boolean answered = response.status() < 500;
        return new AccessLogEntry(
                line.ref(),
                line.startMillis(),
                new AccessLogEntry.Request(
                        "HTTP/2",
                        "POST",
                        line.request().path(),
                        line.request().authority(),
                        line.request().requestId(),
                        null,
                        null,
                        null),
                new AccessLogEntry.Response(
                        200,
                        answered ? "OK" : "Unavailable",
                        List.of(),
                        null,
                        answered || line.hasHost() ? 37 : 0,
                        answered ? response.bytesSent() : 0),
                line.upstream(),
                line.timing());
    }

    @Test
    void claimsEveryLineOfTheCalleeOnce() {
        List<AccessLogEntry> lines = read("dashboards-cube-query", false);

        Traffic traffic = build(lines, Set.of("cube-query:8080")).orElseThrow();

        long calleeLines =
                lines.stream().filter(line -> line.ref().side() == Side.CALLEE).count();
        long claimed = traffic.failures().stream()
                        .mapToLong(call -> call.callee().size())
                        .sum()
                + traffic.successes().stream()
                        .mapToLong(call -> call.callee().size())
                        .sum();
        assertThat(claimed + traffic.surroundings().calleeInboundOther().size()).isEqualTo(calleeLines);
        assertThat(traffic.surroundings().calleeInboundOther()).isEmpty();
    }

    @Test
    void givesTheSameTrafficWhateverTheOrderOfReading() {
        List<AccessLogEntry> lines = read("label-printer-address-check", false);
        Traffic inOrder = build(lines, Set.of("address-check:8080")).orElseThrow();
        List<AccessLogEntry> shuffled = new ArrayList<>(lines);
        Collections.shuffle(shuffled, new Random(7));

        Traffic outOfOrder = build(shuffled, Set.of("address-check:8080")).orElseThrow();

        assertThat(outOfOrder).isEqualTo(inOrder);
    }

    @Test
    void findsTheEdgeByRequestIdsWhereNoAuthorityIsKnown() {
        Traffic traffic =
                build(read("mailroom-document-render", false), Set.of()).orElseThrow();

        assertThat(traffic.requests()).isEqualTo(1232);
        assertThat(traffic.failed()).isEqualTo(39);
    }

    @Test
    void countsTheCalleesLinesWhereTheCallerDoesNotLog() {
        List<AccessLogEntry> lines = read("dashboards-cube-query", false).stream()
                .filter(line -> line.ref().side() == Side.CALLEE)
                .toList();

        Traffic traffic = build(lines, Set.of("cube-query:8080")).orElseThrow();

        assertThat(traffic.counted()).isEqualTo(Traffic.Counted.CALLEE_LINES);
        assertThat(traffic.requests()).isEqualTo(1471);
        assertThat(traffic.failed()).isEqualTo(117);
        // 73 written by the callee's proxy itself, 44 abandoned by the caller's when its own timer fired.
        assertThat(byCondition(traffic.failures())).isEqualTo("downstream_disconnect=44 upstream_response_timeout=73");
    }

    private static String authority(String incident) {
        return switch (incident) {
            case "mailroom-document-render" -> "document-render:8080";
            case "dashboards-cube-query" -> "cube-query:8080";
            case "label-printer-address-check" -> "address-check:8080";
            default -> "directory:8080";
        };
    }

    private static Optional<Traffic> build(List<AccessLogEntry> lines, Set<String> authorities) {
        TrafficBuilder builder = new TrafficBuilder(new EdgeContext(
                new TimeWindow(Instant.parse("2026-11-21T04:00:00Z"), Instant.parse("2026-11-21T05:00:00Z")),
                authorities,
                Set.of(),
                Set.of(),
                Set.of(),
                OptionalLong.empty(),
                false,
                false));
        lines.forEach(line -> builder.access(line, "json"));
        return builder.build();
    }

    private static String byCondition(List<Call> calls) {
        Map<String, Integer> counts = new TreeMap<>();
        calls.forEach(call -> counts.merge(call.attribution().condition().id(), 1, Integer::sum));
        StringBuilder text = new StringBuilder();
        counts.forEach((condition, count) -> text.append(text.isEmpty() ? "" : " ")
                .append(condition)
                .append('=')
                .append(count));
        return text.toString();
    }

    private static Map<String, Condition> conditionsById(Traffic traffic) {
        Map<String, Condition> conditions = new TreeMap<>();
        traffic.failures()
                .forEach(call -> conditions.put(id(call), call.attribution().condition()));
        traffic.successes()
                .forEach(call -> conditions.put(id(call), call.attribution().condition()));
        return conditions;
    }

    private static String id(Call call) {
        return call.caller().orElseThrow().request().requestId();
    }

    private static List<AccessLogEntry> read(String incident, boolean withFlags) {
        List<AccessLogEntry> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(IncidentTrafficTest.class.getResourceAsStream(
                        "/accesslog/incidents/" + incident + ".truth.jsonl.gz")),
                StandardCharsets.UTF_8))) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                JsonNode node = JSON.readTree(text);
                Side side = node.get("side").asString().equals("caller") ? Side.CALLER : Side.CALLEE;
                LineRef ref = new LineRef(node.get("task").asString(), lines.size() + 1L, side);
                lines.add(LabRecording.entry(node, ref, withFlags));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }
}
