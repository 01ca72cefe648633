package io.github.eastwest.classify.background;

import static io.github.eastwest.classify.background.Edge.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Background.Change;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes that CloudTrail and Application Auto Scaling noted, with their near misses. The onset is at second 300. */
class NotedChangesTest {
    /** The tasks of web are in sg-web and subnet-web, those of api in sg-api and subnet-api; api listens on 8080. */
    private static Edge silent() {
        return new Edge()
                .task("c", "web", "10.0.1.1", "z", -90_000, null, "")
                .task("a", "10.0.0.1", "z")
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 600, Condition.UPSTREAM_CONNECTION_TIMEOUT, 3_000);
    }

    private static Edge failing() {
        return new Edge()
                .task("a", "10.0.0.1", "z")
                .answered("10.0.0.1", 0, 300)
                .failed("10.0.0.1", 300, 600);
    }

    private static List<Change> suspected(Background background) {
        return background.changes().stream().filter(c -> c.rank().isPresent()).toList();
    }

    private static List<Change> noted(Background background) {
        return background.changes().stream()
                .filter(c -> c.source().equals(Input.TRAIL.id()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        // The callee's inbound rule that had admitted the caller's group, or its address; the caller's outbound rule.
        "RevokeSecurityGroupIngress, sg-api, false, 8080, sg-web",
        "RevokeSecurityGroupIngress, sg-api, false, 8080, 10.0.1.0/24",
        "RevokeSecurityGroupEgress, sg-web, true, 8080, sg-api",
        "RevokeSecurityGroupEgress, sg-web, true, 8080, 10.0.0.0/16",
    })
    void aRuleThatLetTheCallerThroughIsSuspectedWhenItIsRemovedBefore(
            String name, String group, boolean egress, int port, String peer) {
        Background background = silent().event(180, name, group, rule(group, egress, port, peer))
                .background(RootCause.SECURITY_GROUP_BLOCKS);

        assertThat(suspected(background)).singleElement().satisfies(change -> {
            assertThat(change.kind()).isEqualTo(Change.Kind.SECURITY_GROUP);
            assertThat(change.cause()).contains(RootCause.SECURITY_GROUP_BLOCKS);
            // The last good call began at second 299.
            assertThat(change.beforeOnset()).contains(Duration.ofSeconds(119));
            assertThat(change.text())
                    .contains("tcp " + port, peer, "removed", "assumed-role/ops/jo")
                    .startsWith(group);
        });
    }

    @ParameterizedTest
    @CsvSource({
        // Another port, another source, the wrong direction for the group's side, a rule that was added.
        "RevokeSecurityGroupIngress, sg-api, false, 9901, sg-web",
        "RevokeSecurityGroupIngress, sg-api, false, 8080, sg-batch",
        "RevokeSecurityGroupIngress, sg-api, false, 8080, 10.7.0.0/16",
        "RevokeSecurityGroupIngress, sg-web, false, 8080, sg-api",
        "RevokeSecurityGroupEgress, sg-api, true, 8080, sg-web",
        "AuthorizeSecurityGroupIngress, sg-api, false, 8080, sg-web",
    })
    void aChangeOfTheGroupThatLetsTheEdgeAloneIsShownAndNotSuspected(
            String name, String group, boolean egress, int port, String peer) {
        Background background = silent().event(180, name, group, rule(group, egress, port, peer))
                .background(RootCause.SECURITY_GROUP_BLOCKS);

        assertThat(noted(background)).hasSize(1);
        assertThat(suspected(background)).isEmpty();
    }

    @Test
    void aChangeOfAnotherGroupIsNoChangeOfTheEdge() {
        // It admits or admitted the caller somewhere else.
        assertThat(noted(
                        silent().event(180, "RevokeSecurityGroupIngress", "sg-db", rule("sg-db", false, 8080, "sg-web"))
                                .background(RootCause.SECURITY_GROUP_BLOCKS)))
                .isEmpty();
    }

    @Test
    void aChangeAfterTheOnsetIsShownAndNeverBlamed() {
        // The first failed call ended at second 303: the band of the onset ends there.
        Background at = silent().event(
                        303, "RevokeSecurityGroupIngress", "sg-api", rule("sg-api", false, 8080, "sg-web"))
                .background(RootCause.SECURITY_GROUP_BLOCKS);
        Background after = silent().event(
                        304, "RevokeSecurityGroupIngress", "sg-api", rule("sg-api", false, 8080, "sg-web"))
                .background(RootCause.SECURITY_GROUP_BLOCKS);

        assertThat(suspected(at)).hasSize(1);
        assertThat(suspected(after)).isEmpty();
        assertThat(noted(after)).singleElement().satisfies(change -> {
            assertThat(change.beforeOnset().orElseThrow()).isNegative();
            assertThat(change.cause()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"APPLICATION_ERRORS", "CRASH_LOOP", "CALLEE_SATURATED", "TLS_MISCONFIGURED", "BAD_DEPLOYMENT"})
    void aRemovedRuleExplainsNoFailureOfAnotherKind(RootCause cause) {
        Background background = failing()
                .event(290, "RevokeSecurityGroupIngress", "sg-api", rule("sg-api", false, 8080, "sg-web"))
                .background(cause);

        assertThat(noted(background)).hasSize(1);
        assertThat(suspected(background)).isEmpty();
    }

    @Test
    void theRemovedRuleComesBeforeADeploymentThatLeftTheGroupsAlone() {
        Background background = silent().event(
                        180, "RevokeSecurityGroupIngress", "sg-api", rule("sg-api", false, 8080, "sg-web"))
                .deployment("api", 290)
                .background(RootCause.SECURITY_GROUP_BLOCKS);

        assertThat(suspected(background)).extracting(Change::kind).containsExactly(Change.Kind.SECURITY_GROUP);
    }

    @Test
    void aRuleSetAnewIsSuspectedLessThanOneRemoved() {
        // What it was before is not told; as it is now it admits others.
        Background anew = silent().event(
                        180, "ModifySecurityGroupRules", "sg-api", rule("sg-api", false, 8080, "sg-other"))
                .background(RootCause.SECURITY_GROUP_BLOCKS);
        Background both = silent().event(
                        180, "ModifySecurityGroupRules", "sg-api", rule("sg-api", false, 8080, "sg-other"))
                .event(170, "RevokeSecurityGroupIngress", "sg-api", rule("sg-api", false, 8080, "sg-web"))
                .background(RootCause.SECURITY_GROUP_BLOCKS);
        Background stillAdmits = silent().event(
                        180, "ModifySecurityGroupRules", "sg-api", rule("sg-api", false, 8080, "sg-web"))
                .background(RootCause.SECURITY_GROUP_BLOCKS);

        assertThat(suspected(anew)).hasSize(1);
        assertThat(suspected(both))
                .filteredOn(c -> c.rank().orElseThrow() == 1)
                .singleElement()
                .satisfies(c -> assertThat(c.text()).contains("removed"));
        assertThat(suspected(stillAdmits)).isEmpty();
    }

    @Test
    void rulesThatAreNamedByIdOnlyMayBeTheOnes() {
        assertThat(suspected(silent().event(180, "RevokeSecurityGroupIngress", "sg-api")
                        .background(RootCause.SECURITY_GROUP_BLOCKS)))
                .hasSize(1);
        assertThat(suspected(silent().event(180, "AuthorizeSecurityGroupIngress", "sg-api")
                        .background(RootCause.SECURITY_GROUP_BLOCKS)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "DeleteNetworkAclEntry, acl-api, '', '', true",
        "CreateNetworkAclEntry, acl-web, deny, '', true",
        "CreateNetworkAclEntry, acl-web, allow, '', false",
        // The callee's port; the ports that answers go to; neither.
        "CreateNetworkAclEntry, acl-api, deny, 8080-8080, true",
        "CreateNetworkAclEntry, acl-api, deny, 32768-65535, true",
        "CreateNetworkAclEntry, acl-api, deny, 8081-32767, false",
        "CreateNetworkAclEntry, acl-api, deny, 22-22, false",
        "DeleteRoute, rtb-main, '', '', true",
        "ReplaceRoute, rtb-api, '', '', true",
        "CreateRoute, rtb-main, '', '', false",
    })
    void networkAclsAndRoutesOfTheEdgesSubnetsAreSuspectedOfBlocking(
            String name, String target, String action, String ports, boolean suspected) {
        Edge edge = silent().acl("acl-api", "subnet-api")
                .acl("acl-web", "subnet-web")
                .acl("acl-db", "subnet-db")
                .table("rtb-api", false, "subnet-api")
                .table("rtb-main", true);
        Map<String, String> parameters = new TreeMap<>();
        if (!action.isEmpty()) {
            parameters.put("ruleAction", action);
        }
        if (!ports.isEmpty()) {
            parameters.put("fromPort", ports.substring(0, ports.indexOf('-')));
            parameters.put("toPort", ports.substring(ports.indexOf('-') + 1));
        }

        Background background =
                edge.event(200, "ec2", name, parameters, target).background(RootCause.NETWORK_ACL_OR_ROUTE_BLOCKS);

        assertThat(noted(background)).singleElement().satisfies(change -> {
            assertThat(change.kind()).isEqualTo(Change.Kind.NETWORK);
            assertThat(change.rank().isPresent()).isEqualTo(suspected);
        });
    }

    @Test
    void networkAclsAndRoutesOfOtherSubnetsAreNoChangeOfTheEdge() {
        Edge edge = silent().acl("acl-db", "subnet-db")
                .table("rtb-api", false, "subnet-api", "subnet-web")
                .table("rtb-main", true)
                .event(200, "ec2", "DeleteNetworkAclEntry", Map.of(), "acl-db")
                // Both subnets have a table of their own.
                .event(200, "ec2", "DeleteRoute", Map.of(), "rtb-main");

        assertThat(noted(edge.background(RootCause.NETWORK_ACL_OR_ROUTE_BLOCKS)))
                .isEmpty();
    }

    @Test
    void certificatesAreSuspectedDaysLater() {
        String authority = "arn:aws:acm-pca:eu-west-1:1:certificate-authority/a";
        int twoDays = -2 * 86_400;
        Background revoked = failing()
                .tls(authority)
                .event(twoDays, "acm-pca", "UpdateCertificateAuthority", Map.of(), authority)
                .background(RootCause.TLS_MISCONFIGURED);
        Background rotation = failing()
                .tls(authority)
                .event(
                        twoDays,
                        "secretsmanager",
                        "RotationFailed",
                        Map.of(),
                        "arn:aws:secretsmanager:x:1:secret:ecs-sc!1-a")
                .background(RootCause.TLS_MISCONFIGURED);
        Background daily = failing()
                .tls(authority)
                .event(250, "acm-pca", "IssueCertificate", Map.of(), authority)
                .background(RootCause.TLS_MISCONFIGURED);
        Background others = failing()
                .tls(authority)
                .event(250, "acm-pca", "UpdateCertificateAuthority", Map.of(), authority + "2")
                .event(250, "secretsmanager", "RotationFailed", Map.of(), "arn:aws:secretsmanager:x:1:secret:db-a")
                .background(RootCause.TLS_MISCONFIGURED);
        Background otherCause = failing()
                .tls(authority)
                .event(250, "acm-pca", "UpdateCertificateAuthority", Map.of(), authority)
                .background(RootCause.APPLICATION_ERRORS);
        Background tooOld = failing()
                .tls(authority)
                .event(-9 * 86_400, "acm-pca", "UpdateCertificateAuthority", Map.of(), authority)
                .background(RootCause.TLS_MISCONFIGURED);

        assertThat(suspected(revoked)).extracting(Change::kind).containsExactly(Change.Kind.CERTIFICATE);
        assertThat(suspected(rotation)).extracting(Change::kind).containsExactly(Change.Kind.CERTIFICATE);
        assertThat(noted(daily)).hasSize(1);
        assertThat(suspected(daily)).isEmpty();
        assertThat(noted(others)).isEmpty();
        assertThat(suspected(otherCause)).isEmpty();
        assertThat(suspected(tooOld)).isEmpty();
    }

    @Test
    void tellsWhoDeployedAndCountsTheCallOnce() {
        Background background = failing()
                .deployment("api", 250)
                .event(
                        249,
                        "ecs",
                        "UpdateService",
                        Map.of("cluster", "arn:aws:ecs:r:1:cluster/prod", "service", "api", "desiredCount", "3"))
                .event(249, "ecs", "UpdateService", Map.of("cluster", "prod", "service", "search"))
                .background(RootCause.BAD_DEPLOYMENT);

        assertThat(background.changes()).singleElement().satisfies(change -> {
            assertThat(change.kind()).isEqualTo(Change.Kind.DEPLOYMENT);
            assertThat(change.text()).endsWith("by assumed-role/ops/jo");
        });
    }

    @Test
    void aCountSetToNothingByHandTakesTheTasks() {
        Background nothing = failing()
                .event(250, "ecs", "UpdateService", Map.of("cluster", "prod", "service", "api", "desiredCount", "0"))
                .background(RootCause.NO_RUNNING_TASKS);
        Background elsewhere = failing()
                .event(250, "ecs", "UpdateService", Map.of("cluster", "test", "service", "api", "desiredCount", "0"))
                .background(RootCause.NO_RUNNING_TASKS);

        assertThat(suspected(nothing)).extracting(Change::kind).containsExactly(Change.Kind.SCALING);
        assertThat(noted(elsewhere)).isEmpty();
    }

    @Test
    void aCountOfUnknownDirectionIsShownAndNotSuspected() {
        Map<String, String> parameters = Map.of("cluster", "prod", "service", "api", "desiredCount", "4");
        Background byHand =
                failing().event(250, "ecs", "UpdateService", parameters).background(RootCause.CALLEE_SATURATED);
        Background byScaling = failing()
                .scaling(-3_600, "api", 2, "Successful")
                .scaling(249, "api", 4, "Successful")
                .event(250, "ecs", "UpdateService", parameters)
                .background(RootCause.CALLEE_SATURATED);

        assertThat(noted(byHand)).hasSize(1);
        assertThat(suspected(byHand)).isEmpty();
        // The activity tells what the call did: it is one change.
        assertThat(noted(byScaling)).isEmpty();
        assertThat(suspected(byScaling)).isEmpty();
    }

    @Test
    void aDeregisteredInstanceIsShown() {
        Background background = failing()
                .endpoint("srv-1")
                .event(290, "servicediscovery", "DeregisterInstance", Map.of("instanceId", "i-1"), "srv-1")
                .event(290, "servicediscovery", "DeregisterInstance", Map.of(), "srv-2")
                .background(RootCause.CALLER_STALE_DEPLOYMENT);

        assertThat(noted(background)).singleElement().satisfies(change -> {
            assertThat(change.text()).contains("DeregisterInstance of endpoint api, instance i-1");
            assertThat(change.rank()).isEmpty();
        });
    }

    @Test
    void fewerTasksAreSuspectedOfTooMuchLoadAndMoreAreNot() {
        Background fewer = failing()
                .scaling(-3_600, "api", 4, "Successful")
                .scaling(240, "api", 2, "Successful")
                .background(RootCause.CALLEE_SATURATED);
        Background more = failing()
                .scaling(-3_600, "api", 2, "Successful")
                .scaling(240, "api", 4, "Successful")
                .background(RootCause.CALLEE_SATURATED);
        Background failed = failing()
                .scaling(-3_600, "api", 4, "Successful")
                .scaling(240, "api", 2, "Failed")
                .background(RootCause.CALLEE_SATURATED);
        Background after = failing()
                .scaling(-3_600, "api", 4, "Successful")
                .scaling(301, "api", 2, "Successful")
                .background(RootCause.CALLEE_SATURATED);

        assertThat(suspected(fewer)).extracting(Change::at).contains(Edge.at(240));
        assertThat(suspected(fewer).stream()
                        .filter(c -> c.at().equals(Edge.at(240)))
                        .findFirst())
                .hasValueSatisfying(change -> {
                    assertThat(change.kind()).isEqualTo(Change.Kind.SCALING);
                    assertThat(change.details())
                            .containsExactly(
                                    new Background.Difference("desired count", Optional.of("4"), Optional.of("2")));
                });
        assertThat(suspected(more)).extracting(Change::at).doesNotContain(Edge.at(240));
        assertThat(suspected(failed)).extracting(Change::at).doesNotContain(Edge.at(240));
        assertThat(suspected(after)).extracting(Change::at).doesNotContain(Edge.at(301));
    }

    @Test
    void theAlarmTellsTheDirectionOfTheOldestActivity() {
        String alarm = "monitor alarm TargetTracking-service/prod/api-Alarm%s-1f2e in state ALARM triggered policy cpu";
        Background low = failing()
                .scaling(240, "api", 2, "Successful", String.format(alarm, "Low"))
                .background(RootCause.CALLEE_SATURATED);
        Background high = failing()
                .scaling(240, "api", 2, "Successful", String.format(alarm, "High"))
                .background(RootCause.CALLEE_SATURATED);

        assertThat(suspected(low)).hasSize(1);
        assertThat(suspected(high)).isEmpty();
    }

    @Test
    void moreTasksBringCallsBeforeTheyAreReady() {
        Background more = failing()
                .scaling(-3_600, "api", 2, "Successful")
                .scaling(240, "api", 4, "Successful")
                .background(RootCause.TRAFFIC_BEFORE_READY);
        Background callers = failing()
                .scaling(-3_600, "web", 2, "Successful")
                .scaling(240, "web", 4, "Successful")
                .background(RootCause.TRAFFIC_BEFORE_READY);

        // Nothing tells the direction of the oldest activity.
        assertThat(suspected(more)).extracting(Change::at).containsExactly(Edge.at(240));
        assertThat(suspected(callers)).isEmpty();
    }

    @Test
    void sourcesThatWereNotReadAreNotNamedAmongThoseRead() {
        assertThat(failing().background().changesRead())
                .contains("cloudtrail/lookup-events", "application-autoscaling/describe-scaling-activities");
        assertThat(failing()
                        .without(Input.TRAIL, Input.SCALING_ACTIVITIES)
                        .background()
                        .changesRead())
                .doesNotContain("cloudtrail/lookup-events", "application-autoscaling/describe-scaling-activities")
                .isNotEmpty();
    }
}
