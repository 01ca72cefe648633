package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.EditDistance;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times, labels, names and paths. */
class PartsTest {
    @ParameterizedTest
    @CsvSource({
        "2026-11-21T04:15:00Z, 2026-11-21T04:15:00Z",
        "2026-11-21T04:15:00+00:00, 2026-11-21T04:15:00Z",
        "2026-11-20T20:15:00.125000-08:00, 2026-11-21T04:15:00.125Z",
        "2026-11-21T05:15:00+0100, 2026-11-21T04:15:00Z",
        "2026-11-21T05:15:00+01, 2026-11-21T04:15:00Z",
        "2026-11-21 04:15:00+00:00, 2026-11-21T04:15:00Z",
        "2026-11-21T04:15:00, 2026-11-21T04:15:00Z",
        "2026-11-21T04:15Z, 2026-11-21T04:15:00Z",
        "1795234500, 2026-11-21T04:15:00Z",
        "1795234500.125, 2026-11-21T04:15:00.125Z",
        "1795234500125, 2026-11-21T04:15:00.125Z"
    })
    void readsTimesWithAnyZone(String text, Instant time) {
        assertThat(Times.parse(text)).contains(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "now",
                "2026-11-21",
                "2026-13-01T00:00:00Z",
                "+999999999-12-31T23:59:59Z",
                "1969-12-31T23:59:59Z",
                "-1",
                "999999999999999",
                "2026-11-21T04:15:00+99:00",
                "1e9"
            })
    void rejectsWhatIsNoTime(String text) {
        assertThat(Times.parse(text)).isEmpty();
    }

    @Test
    void rejectsNumbersThatAreNoTime() {
        assertThat(Times.ofEpoch(Double.NaN)).isEmpty();
        assertThat(Times.ofEpoch(Double.POSITIVE_INFINITY)).isEmpty();
        assertThat(Times.ofEpoch(-0.001)).isEmpty();
        assertThat(Times.ofEpoch(0)).contains(Instant.EPOCH);
    }

    @Test
    void readsLabels() {
        assertThat(MetricMapper.parse("AWS/ECS RequestCount Sum 60 ClusterName=a,DiscoveryName=b"))
                .contains(new MetricMapper.Identity(
                        "AWS/ECS", "RequestCount", "Sum", 60, Map.of("ClusterName", "a", "DiscoveryName", "b")));
        assertThat(MetricMapper.parse("My App Latency p99.9 300 Path=/a b,c=d,e,Q=x=1"))
                .as("a namespace and a value with spaces, a value with a comma, a value with an equal sign")
                .contains(new MetricMapper.Identity(
                        "My App", "Latency", "p99.9", 300, Map.of("Path", "/a b", "c", "d,e", "Q", "x=1")));
        assertThat(MetricMapper.parse("AWS/ECS Up Maximum 60"))
                .contains(new MetricMapper.Identity("AWS/ECS", "Up", "Maximum", 60, Map.of()));
        assertThat(MetricMapper.parse("AWS/ECS X Sum 60 Name=Sum 60 y"))
                .contains(new MetricMapper.Identity("AWS/ECS", "X", "Sum", 60, Map.of("Name", "Sum 60 y")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "RequestCount",
                "AWS/ECS RequestCount Sum",
                "AWS/ECS RequestCount Sum 0 A=b",
                "AWS/ECS RequestCount Sum 99999999999 A=b",
                "AWS/ECS RequestCount Total 60 A=b",
                "RequestCount Sum 60 A=b",
                "AWS/ECS RequestCount Sum 60 nonsense"
            })
    void rejectsOtherLabels(String label) {
        assertThat(MetricMapper.parse(label)).isEmpty();
    }

    @Test
    void readsArns() {
        assertThat(Arn.service("arn:aws:ecs:r:1:service/prod/payments")).isEqualTo("payments");
        assertThat(Arn.service("arn:aws:ecs:r:1:service/payments")).isEqualTo("payments");
        assertThat(Arn.service("arn:aws:ecs:r:1:service-revision/prod/payments/12"))
                .isEqualTo("payments");
        assertThat(Arn.service("payments")).isEqualTo("payments");
        assertThat(Arn.cluster("arn:aws:ecs:r:1:service/prod/payments")).contains("prod");
        assertThat(Arn.cluster("arn:aws:ecs:r:1:service/payments")).isEmpty();
        assertThat(Arn.name("arn:aws:ecs:r:1:cluster/prod")).isEqualTo("prod");
        assertThat(Arn.taskDefinition("arn:aws:ecs:r:1:task-definition/web:7")).isEqualTo("web:7");
        assertThat(Arn.region("arn:aws:ecs:r:1:cluster/prod")).contains("r");
        assertThat(Arn.account("prod")).isEmpty();
    }

    @Test
    void knowsItsPaths() {
        assertThat(Layout.operation("ecs/describe-tasks.json")).contains("ecs/describe-tasks");
        assertThat(Layout.operation("ecs/describe-task-definition/web_7.json"))
                .contains("ecs/describe-task-definition");
        assertThat(Layout.operation("ecs/describe-tasks.json.gz")).isEmpty();
        assertThat(Layout.operation("ecs/describe-tasks/a/b.json")).isEmpty();
        assertThat(Layout.key(
                        "servicediscovery/discover-instances/payments.json", "servicediscovery/discover-instances"))
                .isEqualTo("payments");
        assertThat(Layout.logFile("logs/lines/caller/a_b_c.log.gz"))
                .contains(new Layout.LogFile("logs/lines/caller/a_b_c.log.gz", "caller", "a_b_c", false));
        assertThat(Layout.logFile("logs/lines/x/page.json"))
                .contains(new Layout.LogFile("logs/lines/x/page.json", "x", "page", true));
        assertThat(Layout.logFile("logs/lines/caller/notes.txt")).isEmpty();
        assertThat(Layout.ignored("logs/lines/caller/notes.txt")).isPresent();
    }

    @Test
    void findsTheFolderAroundABundle() {
        assertThat(Layout.enclosingFolder(List.of("x/manifest.json", "x/ecs/describe-tasks.json")))
                .isEqualTo("x/");
        assertThat(Layout.enclosingFolder(List.of("manifest.json", "x/ecs/describe-tasks.json")))
                .isEmpty();
        assertThat(Layout.enclosingFolder(List.of("logs/lines/caller/a.log"))).isEmpty();
        assertThat(Layout.enclosingFolder(List.of("logs/manifest.json", "logs/ecs/describe-tasks.json")))
                .isEqualTo("logs/");
        assertThat(Layout.enclosingFolder(List.of("__MACOSX/x/._y", "x/ecs/y.json")))
                .isEqualTo("x/");
        assertThat(Layout.enclosingFolder(List.of("a/ecs/y.json", "b/ecs/y.json")))
                .isEmpty();
    }

    @Test
    void findsTheNearestName() {
        assertThat(Names.nearest("paymnets", List.of("checkout", "payments"))).contains("payments");
        assertThat(Names.nearest("pay", List.of("checkout"))).isEqualTo(Optional.empty());
        // A swap of neighbours is one error, two of them two.
        assertThat(EditDistance.of("abcd", "badc", 9)).isEqualTo(2);
        assertThat(EditDistance.of("kitten", "sitting", 9)).isEqualTo(3);
    }
}
