package io.github.eastwest.classify.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Input;
import io.github.eastwest.model.Verdict;
import io.github.eastwest.model.network.Network.Route;
import io.github.eastwest.model.network.Network.RouteTable;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Caller 10.0.0.5 in vpc-1, callee 10.1.0.11 in vpc-2. */
class CrossVpcUnreachableTest {
    private static final CrossVpcUnreachable RULE = new CrossVpcUnreachable();

    private static Scene apart() {
        return new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.0.5")
                .task("api", "a1", "a", "subnet-b", "10.1.0.11")
                .face("w1", "10.0.0.5", "subnet-a", "vpc-1")
                .face("a1", "10.1.0.11", "subnet-b", "vpc-2");
    }

    private static RouteTable table(String vpc, String subnet, String own, String other) {
        List<Route> routes = other.isEmpty()
                ? List.of(new Route(Optional.of(own), "local", false))
                : List.of(new Route(Optional.of(own), "local", false), new Route(Optional.of(other), "pcx-1", false));
        return new RouteTable("rtb-" + subnet, Optional.of(vpc), false, List.of(subnet), routes);
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 10.0.0.0/16, RULED_OUT",
        // No route back, no route there.
        "10.1.0.0/16, '', CONFIRMED",
        "'', 10.0.0.0/16, CONFIRMED",
    })
    void aRouteMissingOnEitherSideIsEnough(String there, String back, Verdict verdict) {
        Scene.Answer answer = apart().table(table("vpc-1", "subnet-a", "10.0.0.0/16", there))
                .table(table("vpc-2", "subnet-b", "10.1.0.0/16", back))
                .silent("w1", "10.1.0.11", 9, 10)
                .ask(RULE);
        assertThat(answer.verdict()).isEqualTo(verdict);
    }

    @Test
    void tasksOfOneVpcNeedNoWayBetweenVpcs() {
        Scene.Answer answer = new Scene()
                .task("web", "w1", "a", "subnet-a", "10.0.0.5")
                .task("api", "a1", "a", "subnet-b", "10.0.4.11")
                .face("w1", "10.0.0.5", "subnet-a", "vpc-1")
                .face("a1", "10.0.4.11", "subnet-b", "vpc-1")
                .ask(RULE);
        assertThat(answer.because()).contains("caller and callee are in the same VPC, vpc-1");
    }

    @Test
    void silenceBetweenVpcsIsLikelyEvenWithoutTheRouteTables() {
        assertThat(apart().without(Input.ROUTE_TABLES)
                        .silent("w1", "10.1.0.11", 9, 10)
                        .ask(RULE)
                        .verdict())
                .isEqualTo(Verdict.LIKELY);
    }

    @Test
    void answersBetweenVpcsExcludeIt() {
        assertThat(apart().without(Input.ROUTE_TABLES)
                        .answered("w1", "10.1.0.11", 9, 10)
                        .ask(RULE)
                        .because())
                .contains("calls from one VPC to the other are answered");
    }

    @Test
    void saysWhatIsMissing() {
        assertThat(apart().ask(RULE).missing()).containsExactly("ec2/describe-route-tables");
        assertThat(new Scene()
                        .task("web", "w1", "a", "subnet-a", "10.0.0.5")
                        .task("api", "a1", "a", "subnet-b", "10.1.0.11")
                        .without(Input.NETWORK_INTERFACES)
                        .ask(RULE)
                        .missing())
                .containsExactly("ec2/describe-network-interfaces");
    }
}
