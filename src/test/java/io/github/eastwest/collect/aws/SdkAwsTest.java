package io.github.eastwest.collect.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.collect.Answer;
import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.collect.aws.Stub.Reply;
import io.github.eastwest.model.Side;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Calls, pages, splitting, repeating and failing, against HTTP. */
class SdkAwsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void answersWhatWasSentAndNothingElse() throws Exception {
        try (Stub stub = new Stub()
                        .with(Reply.json("{\"services\":[{\"serviceName\":\"payments\",\"events\":[],"
                                + "\"createdAt\":1763632800.5,\"desiredCount\":2}],\"failures\":[]}"));
                SdkAws aws = SdkAws.open(stub.settings())) {
            Answer answer = aws.call(
                    Call.of(
                            Operation.DESCRIBE_SERVICES,
                            Side.CALLER,
                            Map.of("cluster", "prod", "services", List.of("payments"))),
                    LONG);

            // 1763632800 s = 2025-11-20T10:00:00Z
            assertThat(answer.document())
                    .isEqualTo(Map.of(
                            "services",
                            List.of(Map.of(
                                    "serviceName",
                                    "payments",
                                    "events",
                                    List.of(),
                                    "createdAt",
                                    "2025-11-20T10:00:00.500000+00:00",
                                    "desiredCount",
                                    2)),
                            "failures",
                            List.of()));
            assertThat(answer.cutShort()).isEmpty();
            assertThat(answer.requests()).isEqualTo(1);
            assertThat(stub.asked().get(0).body()).isEqualTo("{\"cluster\":\"prod\",\"services\":[\"payments\"]}");
        }
    }

    @Test
    void unknownParametersAreMistakes() {
        try (Stub stub = new Stub();
                SdkAws aws = SdkAws.open(stub.settings())) {
            assertThatThrownBy(() -> aws.call(
                            Call.of(Operation.DESCRIBE_SERVICES, Side.CALLER, Map.of("Cluster", "prod")), LONG))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Cluster");
            assertThat(stub.asked()).isEmpty();
        }
    }

    @Test
    void denialNamesCodeAndAction() {
        try (Stub stub = new Stub().with(Reply.refused("AccessDeniedException", "User: x is not authorized"));
                SdkAws aws = SdkAws.open(stub.settings())) {
            assertThatThrownBy(() -> aws.call(Call.of(Operation.DESCRIBE_SERVICES, Side.CALLER, Map.of()), LONG))
                    .asInstanceOf(InstanceOfAssertFactories.type(AwsFailure.class))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(AwsFailure.Kind.DENIED))
                    .satisfies(e -> assertThat(e.code()).isEqualTo("AccessDeniedException"))
                    .satisfies(e -> assertThat(e)
                            .hasMessage("ecs:DescribeServices: AccessDeniedException: User: x is not authorized"));
            assertThat(stub.asked()).hasSize(1);
        }
    }
}
