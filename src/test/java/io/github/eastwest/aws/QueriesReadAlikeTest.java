package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.collect.Queries;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * AWS's documentation of Logs Insights leaves some things open: what {@code not} makes of a missing field, whether a JSON
 * null is present, whether a log group of the infrequent access class discovers fields. The files of {@code queries/} must
 * give the same rows however those are read.
 */
class QueriesReadAlikeTest {
    /** JSON and TEXT, HTTP/1.1, HTTP/2, gRPC and TCP, with and without lines of the proxies' own logs. */
    private static final List<String> SAMPLES = List.of(
            "checkout-payments",
            "booking-payments",
            "console-progress",
            "storefront-pricing",
            "importer-ledger",
            "library-catalog",
            "pos-receipts");

    /** Every so many lines of a sample; the lines below show what only some lines have. */
    private static final int STEP = 31;

    private static final List<String> UNUSUAL = List.of(
            "",
            "null",
            "{}",
            "[1,2]",
            "{\"response_code\":503",
            "{\"start_time\":\"2026-11-21T12:00:00.000Z\"}",
            "{\"start_time\":\"2026-11-21T12:00:00.000Z\",\"response_code\":null,\"bytes_sent\":null,\"duration\":null}",
            "{\"start_time\":\"2026-11-21T12:00:00.000Z\",\"response_code\":\"503\",\"bytes_sent\":\"19\",\"duration\":\"4\","
                    + "\"upstream_service_time\":\"-\",\"upstream_host\":\"-\",\"authority\":\"-\",\"request_id\":\"-\"}",
            "{\"start_time\":\"2026-11-21T12:00:00.000Z\",\"response_code\":200,\"duration\":4,\"upstream_service_time\":null,"
                    + "\"upstream_host\":null,\"authority\":null,\"request_id\":null,\"grpc_status\":null}",
            "{\"start_time\":\"2026-11-21T12:00:00.000Z\",\"response_code\":0,\"bytes_sent\":0,\"duration\":9,"
                    + "\"upstream_service_time\":null,\"upstream_host\":\"10.0.0.1:80\",\"method\":\"GET\"}",
            "{\"start_time\":\"2026-11-21T12:00:00.000Z\",\"bytes_received\":1,\"duration\":9,\"connection_id\":1,"
                    + "\"downstream_remote_address\":\"10.0.0.1:80\",\"connection_termination_details\":null}",
            "[2026-11-21T12:00:00.000Z] \"- - HTTP/1.1\" 400 0 11 0 - \"-\" \"-\" \"-\" \"-\" \"-\"",
            "[2026-11-21T12:00:00.000Z] \"POST /a HTTP/2\" 200 - 0 0 3 2 \"-\" \"-\" \"id\" \"a:1\" \"10.0.0.1:80\" \"1\"",
            "[2026-11-21 12:00:00.000][1][info][main] [source/server/server.cc:1] a \"quoted\" text",
            "time=\"2026-11-21T12:00:00Z\" level=warning msg=\"Unable to fetch\"",
            "{\"type\":\"CONSECUTIVE_5XX\",\"action\":\"EJECT\",\"enforced\":true,\"upstream_url\":null}",
            "{\"type\":\"CONSECUTIVE_5XX\",\"action\":\"EJECT\",\"enforced\":true,\"upstream_url\":\"10.0.0.1:80\"}");

    private static final Map<String, String> PARAMETERS = Map.of(
            "streams", "ecs-service-connect-",
            "from", "2000-01-01T00:00:00.000Z",
            "to", "2100-01-01T00:00:00.000Z",
            "digits", "16",
            "sample", "[0-3]",
            "failures", "[0-9A-Za-z]",
            "ids", "id",
            "id", "id");

    private static final List<LogStore.Event> EVENTS = events();

    static Stream<String> queries() {
        return Queries.names().stream();
    }

    @ParameterizedTest
    @MethodSource("queries")
    void meansTheSameHoweverTheDocumentationIsRead(String name) {
        Map<String, String> parameters = new LinkedHashMap<>();
        Queries.parameters(name).forEach(p -> parameters.put(p, PARAMETERS.get(p)));
        InsightsQuery query = InsightsQuery.parse(Queries.fill(name, parameters));
        List<Map<String, String>> rows = rows(query, false, InsightsReading.DEFAULT);

        assertThat(rows).isNotEmpty();
        assertThat(rows(query, true, InsightsReading.DEFAULT))
                .as("with discovered fields")
                .isEqualTo(rows);
        readings()
                .forEach((what, reading) ->
                        assertThat(rows(query, true, reading)).as(what).isEqualTo(rows));
    }

    private static Map<String, InsightsReading> readings() {
        Map<String, InsightsReading> readings = new LinkedHashMap<>();
        readings.put("not of null is true", new InsightsReading(true, false, false, false, false));
        readings.put("null differs from all values", new InsightsReading(false, true, false, false, false));
        readings.put("a JSON null is present", new InsightsReading(false, false, true, false, false));
        readings.put("numbers and texts compare as texts", new InsightsReading(false, false, false, true, false));
        readings.put("booleans are words", new InsightsReading(false, false, false, false, true));
        return readings;
    }

    private static List<Map<String, String>> rows(InsightsQuery query, boolean discovery, InsightsReading reading) {
        return new InsightsInterpreter("111122223333", discovery, reading)
                .run(query, EVENTS, Optional.empty())
                .rows();
    }

    private static List<LogStore.Event> events() {
        List<LogStore.Event> events = new ArrayList<>();
        for (String sample : SAMPLES) {
            ServedBundle bundle = ServedBundle.read(Path.of("samples", sample));
            List<LogStore.Event> all = new LogStore(bundle, new EcsApi(bundle, Settings.DEFAULT))
                    .groups().values().stream().flatMap(List::stream).toList();
            for (int i = 0; i < all.size(); i += STEP) {
                events.add(all.get(i));
            }
        }
        for (String line : UNUSUAL) {
            events.add(new LogStore.Event(
                    "unusual" + events.size(),
                    "/ecs",
                    "a/ecs-service-connect-x/1",
                    Instant.parse("2026-11-21T12:00:00Z"),
                    line));
        }
        return events;
    }
}
