package io.github.eastwest.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Coverage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogTargetTest {
    private final List<LogTarget.Nowhere> nowhere = new ArrayList<>();

    private List<LogTarget> targets(String... configurations) {
        List<String> deployments = new ArrayList<>();
        for (String configuration : configurations) {
            deployments.add("{\"status\":\"" + (deployments.isEmpty() ? "PRIMARY" : "ACTIVE")
                    + "\",\"serviceConnectConfiguration\":" + configuration + "}");
        }
        String json = "{\"serviceArn\":\"arn:aws:ecs:eu-west-1:1:service/prod/payments\",\"deployments\":["
                + String.join(",", deployments) + "]}";
        return LogTarget.of("payments", Optional.of(new EcsService(Field.of(BundleAws.read(json)))), nowhere);
    }

    private static String awslogs(String options) {
        return "{\"enabled\":true,\"accessLogConfiguration\":{\"format\":\"JSON\"},"
                + "\"logConfiguration\":{\"logDriver\":\"awslogs\",\"options\":{" + options + "}}}";
    }

    private static final String GROUP = "\"awslogs-group\":\"/sc\",\"awslogs-stream-prefix\":\"payments\"";

    @Test
    void isTheProxysStreamsOfTheGroup() {
        assertThat(targets(awslogs(GROUP + ",\"awslogs-region\":\"eu-west-1\"")))
                .containsExactly(new LogTarget("/sc", "", "payments/ecs-service-connect-", "JSON"));
        assertThat(nowhere).isEmpty();
    }

    @Test
    void namesARegionThatIsNotTheServices() {
        assertThat(targets(awslogs(GROUP + ",\"awslogs-region\":\"eu-central-1\"")))
                .extracting(LogTarget::region)
                .containsExactly("eu-central-1");
    }

    @Test
    void deploymentsThatLogToTheSamePlaceAreOneTarget() {
        assertThat(targets(awslogs(GROUP), awslogs(GROUP), awslogs(GROUP.replace("/sc", "/old"))))
                .extracting(LogTarget::group)
                .containsExactly("/sc", "/old");
    }

    @Test
    void withoutProxyThereIsNothing() {
        assertThat(targets("{\"enabled\":false}")).isEmpty();
        assertThat(nowhere)
                .containsExactly(new LogTarget.Nowhere(
                        Coverage.State.NOT_CONFIGURED, "service payments has no Service Connect proxy"));
    }

    @Test
    void withoutLogConfigurationThereIsNothing() {
        assertThat(targets("{\"enabled\":true}")).isEmpty();
        assertThat(nowhere)
                .containsExactly(new LogTarget.Nowhere(
                        Coverage.State.NOT_CONFIGURED,
                        "the Service Connect proxy of payments has no log configuration"));
    }

    @Test
    void otherDriversAreNamed() {
        assertThat(targets("{\"enabled\":true,\"logConfiguration\":{\"logDriver\":\"awsfirelens\"}}"))
                .isEmpty();
        assertThat(nowhere)
                .containsExactly(new LogTarget.Nowhere(
                        Coverage.State.NOT_COLLECTED,
                        "the proxy of payments logs to awsfirelens, not to CloudWatch Logs"));
    }

    @Test
    void withoutPrefixTheStreamsHaveNoNameToAskFor() {
        assertThat(targets(awslogs("\"awslogs-group\":\"/sc\""))).isEmpty();
        assertThat(nowhere)
                .containsExactly(new LogTarget.Nowhere(
                        Coverage.State.NOT_COLLECTED,
                        "awslogs-group or awslogs-stream-prefix is not set for the proxy of payments"));
    }

    @Test
    void anUnreadServiceIsNotAnUnconfiguredOne() {
        assertThat(LogTarget.of("payments", Optional.empty(), nowhere)).isEmpty();
        assertThat(nowhere)
                .containsExactly(new LogTarget.Nowhere(
                        Coverage.State.NOT_COLLECTED, "the configuration of payments was not read"));
    }
}
