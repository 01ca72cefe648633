package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.metric.AlarmState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AlarmReaderTest {
    private static final String ALARMS = """
            {"MetricAlarms": [
              {"AlarmName": "b", "StateValue": "OK", "StateReason": "well", "Namespace": "AWS/ECS",
               "StateTransitionedTimestamp": "2026-11-21T10:45:00+00:00", "MetricName": "CPUUtilization",
               "StateUpdatedTimestamp": "2026-11-21T10:50:00+00:00",
               "Dimensions": [{"Name": "ServiceName", "Value": "payments"}]},
              {"AlarmName": "a", "StateValue": "ALARM", "StateUpdatedTimestamp": 1795255500,
               "Metrics": [{"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"},
                 {"Id": "m1", "MetricStat": {"Stat": "p99", "Period": 60, "Metric": {"Namespace": "AWS/ECS",
                  "MetricName": "TargetResponseTime", "Dimensions": [{"Name": "ServiceName", "Value": "orders"}]}}}]},
              {"StateValue": "ALARM"}]}
            """;
    private static final String HISTORY = """
            {"AlarmHistoryItems": [
              {"AlarmName": "b", "Timestamp": "2026-11-21T10:45:00Z", "HistoryItemType": "StateUpdate",
               "HistorySummary": "Alarm updated from ALARM to OK"},
              {"AlarmName": "b", "Timestamp": "2026-11-21T10:25:00Z", "HistoryItemType": "StateUpdate",
               "HistorySummary": "Alarm updated from OK to ALARM"},
              {"AlarmName": "b", "Timestamp": "2026-11-21T10:26:00Z", "HistoryItemType": "Action",
               "HistorySummary": "Successfully executed action from OK to ALARM"}]}
            """;

    private static Optional<List<AlarmState>> read(Map<String, String> files) throws IOException {
        Map<String, byte[]> bytes = new TreeMap<>();
        bytes.put("manifest.json", "{\"schemaVersion\": 1}".getBytes(StandardCharsets.UTF_8));
        files.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
        try (Bundle bundle = Bundle.of(bytes)) {
            return AlarmReader.read(bundle);
        }
    }

    @Test
    void alarmsHaveTheirMetricAndTheirHistory() throws IOException {
        List<AlarmState> alarms = read(Map.of(
                        "cloudwatch/describe-alarms.json", ALARMS,
                        "cloudwatch/describe-alarm-history.json", HISTORY))
                .orElseThrow();

        assertThat(alarms).extracting(AlarmState::name).containsExactly("a", "b");
        assertThat(alarms.get(0).metric()).isEqualTo("TargetResponseTime");
        assertThat(alarms.get(0).dimensions()).containsExactly(Map.entry("ServiceName", "orders"));
        // 1795255500 s after 1970 is 2026-11-21T10:05:00Z.
        assertThat(alarms.get(0).fired(Instant.parse("2026-11-21T10:05:00Z")))
                .contains(Instant.parse("2026-11-21T10:05:00Z"));
        assertThat(alarms.get(0).fired(Instant.parse("2026-11-21T10:05:01Z"))).isEmpty();
        assertThat(alarms.get(1).transitions())
                .containsExactly(
                        new AlarmState.Transition(Instant.parse("2026-11-21T10:25:00Z"), "ALARM"),
                        new AlarmState.Transition(Instant.parse("2026-11-21T10:45:00Z"), "OK"));
        assertThat(alarms.get(1).recovered(Instant.parse("2026-11-21T10:25:00Z")))
                .contains(Instant.parse("2026-11-21T10:45:00Z"));
    }

    @Test
    void alarmsThatWereNotReadAreNotNone() throws IOException {
        assertThat(read(Map.of())).isEmpty();
        assertThat(read(Map.of("cloudwatch/describe-alarms.json", "{\"MetricAlarms\": []}")))
                .contains(List.of());
        assertThat(read(Map.of("cloudwatch/describe-alarms.json", "{\"Metric"))).isEmpty();
        assertThat(read(Map.of("cloudwatch/describe-alarms.json", "[1, \"x\", null, {\"AlarmName\": 7}]")))
                .hasValueSatisfying(alarms -> assertThat(alarms).isEmpty());
    }
}
