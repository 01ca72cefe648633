package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.ecs.ServiceConnect;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsMisconfiguredTest {
    private static final TlsMisconfigured RULE = new TlsMisconfigured();

    private static Scene plain() {
        return new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.0.5")
                .task("api", "a1", "a", "subnet-a", "10.0.0.11")
                .task("api", "a2", "b", "subnet-b", "10.0.4.11");
    }

    private static Scene tls() {
        return plain().calleeConnect(Optional.of(Scene.connect(
                Optional.of("prod.local"),
                List.of(Scene.endpoint(
                        "api", "api", 8080, Optional.of(new ServiceConnect.Tls(Optional.of("arn:ca/1"))))))));
    }

    private static Scene counted(Scene scene, double byCaller, double atCallee) {
        if (byCaller > 0) {
            scene.metric(
                    "TargetTLSNegotiationErrorCount",
                    Map.of("ClusterName", "prod", "ServiceName", "web", "TargetDiscoveryName", "api"),
                    byCaller);
        }
        if (atCallee > 0) {
            scene.metric(
                    "ClientTLSNegotiationErrorCount",
                    Map.of("ClusterName", "prod", "ServiceName", "api", "DiscoveryName", "api"),
                    atCallee);
        }
        return scene;
    }

    @ParameterizedTest
    @CsvSource({
        // Three failures make a finding; the callee's count is everybody's and alone says nothing of this caller.
        "3, 0, CONFIRMED",
        "2, 0, RULED_OUT",
        "0, 50, RULED_OUT",
    })
    void theCallersOwnCountDecides(double byCaller, double atCallee, Verdict verdict) {
        assertThat(counted(tls().answered("w1", "10.0.0.11", 40, 0), byCaller, atCallee)
                        .ask(RULE)
                        .verdict())
                .isEqualTo(verdict);
    }

    @Test
    void refusalsThatMayBeHandshakesCountOnlyWithTls() {
        assertThat(counted(
                                plain().failed(
                                                "w1",
                                                "10.0.0.11",
                                                9,
                                                0,
                                                Condition.UPSTREAM_CONNECTION_FAILURE,
                                                Condition.TLS_FAILURE),
                                0,
                                0)
                        .ask(RULE)
                        .because())
                .contains("TLS is not configured: the proxies talk plain");
        Scene.Answer withTls = counted(
                        tls().failed(
                                        "w1",
                                        "10.0.0.11",
                                        9,
                                        0,
                                        Condition.UPSTREAM_CONNECTION_FAILURE,
                                        Condition.TLS_FAILURE),
                        12,
                        0)
                .ask(RULE);
        assertThat(withTls.verdict()).isEqualTo(Verdict.CONFIRMED);
        assertThat(withTls.finding().orElseThrow().explained()).isEqualTo(9);
    }

    @Test
    void refusalsThatNoMetricCountsAreRefusals() {
        assertThat(tls().failed("w1", "10.0.0.11", 9, 0, Condition.UPSTREAM_CONNECTION_FAILURE, Condition.TLS_FAILURE)
                        .ask(RULE)
                        .verdict())
                .isEqualTo(Verdict.RULED_OUT);
    }

    @Test
    void withoutMetricsAmbiguousRefusalsArePossible() {
        assertThat(tls().failed("w1", "10.0.0.11", 9, 0, Condition.UPSTREAM_CONNECTION_FAILURE, Condition.TLS_FAILURE)
                        .without(Input.METRICS)
                        .ask(RULE)
                        .verdict())
                .isEqualTo(Verdict.POSSIBLE);
    }

    @Test
    void bridgeModeCannotHaveTls() {
        Scene.Answer answer = tls().bridge().ask(RULE);
        assertThat(answer.finding().orElseThrow().summary()).contains("network mode bridge");
    }
}
