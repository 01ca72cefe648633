package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.ecs.CloudMap;
import io.github.eastwest.model.ecs.ServiceConnect;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The callee is in prod.local, which is ns-1; test.local is ns-2. */
class NamespaceMismatchTest {
    private static final NamespaceMismatch RULE = new NamespaceMismatch();
    private static final String ARN = "arn:aws:servicediscovery:eu:1:namespace/";

    private static Scene caller(String namespace) {
        return new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.0.5")
                .callerConnect(Optional.of(Scene.connect(Optional.ofNullable(namespace), List.of())));
    }

    @ParameterizedTest
    @CsvSource({
        "prod.local, RULED_OUT",
        "ns-1, RULED_OUT",
        ARN + "ns-1, RULED_OUT",
        "test.local, CONFIRMED",
        ARN + "ns-2, CONFIRMED",
        // Not among the namespaces read: its name is not the callee's, its id need not be known for that.
        "other.local, CONFIRMED",
    })
    void comparesNamesIdsAndArns(String namespace, Verdict verdict) {
        Scene.Answer answer = caller(namespace).inbound("r1", 500, 3).ask(RULE);
        assertThat(answer.verdict()).isEqualTo(verdict);
    }

    @Test
    void anArnThatNothingResolvesIsNotComparedWithAName() {
        Scene.Answer answer = caller(ARN + "ns-9").namespaces().ask(RULE);
        assertThat(answer.missing()).containsExactly("servicediscovery/get-namespace");
    }

    @Test
    void aNameThatTwoNamespacesHaveIsNoId() {
        Scene.Answer answer = caller(ARN + "ns-2")
                .namespaces(
                        new CloudMap.Namespace("ns-1", "", "prod.local", "HTTP", Optional.empty()),
                        new CloudMap.Namespace("ns-2", "", "prod.local", "HTTP", Optional.empty()))
                .ask(RULE);
        // The callee's "prod.local" may be either of them.
        assertThat(answer.verdict()).isEqualTo(Verdict.RULED_OUT);
    }

    @Test
    void withoutItsOwnTheClustersDefaultCounts() {
        assertThat(caller(null).clusterDefault(ARN + "ns-1").ask(RULE).verdict())
                .isEqualTo(Verdict.RULED_OUT);
        assertThat(caller(null).clusterDefault(ARN + "ns-2").ask(RULE).verdict())
                .isEqualTo(Verdict.CONFIRMED);
        assertThat(caller(null).ask(RULE).missing()).containsExactly("ecs/describe-clusters");
    }

    @Test
    void aCallerWithoutServiceConnectHasNoNamespace() {
        assertThat(new Scene().callerConnect(Optional.empty()).ask(RULE).because())
                .contains("the caller has no Service Connect, and so no namespace");
        ServiceConnect off = new ServiceConnect(
                false, Optional.of("test.local"), List.of(), Optional.empty(), false, Optional.empty());
        assertThat(new Scene().callerConnect(Optional.of(off)).ask(RULE).verdict())
                .isEqualTo(Verdict.RULED_OUT);
    }

    @Test
    void answeredCallsSpeakAgainstIt() {
        Scene.Answer answer = caller("test.local")
                .task("api", "a1", "a", "subnet-a", "10.0.0.11")
                .answered("w1", "10.0.0.11", 30, 0)
                .ask(RULE);
        assertThat(answer.verdict()).isEqualTo(Verdict.POSSIBLE);
        assertThat(answer.finding().orElseThrow().evidence())
                .anySatisfy(e -> assertThat(e.statement()).contains("were answered"));
    }
}
