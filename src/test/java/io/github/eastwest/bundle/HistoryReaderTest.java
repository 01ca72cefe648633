package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.history.History;
import io.github.eastwest.model.history.ScalingActivity;
import io.github.eastwest.model.history.TrailEvent;
import io.github.eastwest.model.network.Network.Peer;
import io.github.eastwest.model.network.Network.SecurityGroupRule;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** CloudTrail's events and scaling activities in a bundle. The events have the shapes that CloudTrail writes. */
class HistoryReaderTest {
    private static final String IDENTITY =
            "{\"type\":\"AssumedRole\",\"principalId\":\"AROAQ3EGS7KXEXAMPLE01:jana.novak@example.com\","
                    + "\"arn\":\"arn:aws:sts::733918250466:assumed-role/network-admin/jana.novak@example.com\","
                    + "\"accountId\":\"733918250466\",\"accessKeyId\":\"ASIAQ3EGS7KXEXAMPLE1\"}";
    private static final Optional<String> NONE = Optional.empty();

    /** An event as JSON; what is given comes instead of the usual members, and null takes one away. */
    private static String event(String name, String... members) {
        Map<String, String> event = new LinkedHashMap<>();
        event.put("eventVersion", "\"1.11\"");
        event.put("userIdentity", IDENTITY);
        event.put("eventTime", "\"2026-11-21T04:13:02Z\"");
        event.put("eventSource", "\"ec2.amazonaws.com\"");
        event.put("eventName", "\"" + name + "\"");
        event.put("sourceIPAddress", "\"198.51.100.23\"");
        event.put("userAgent", "\"aws-cli/2.31.4 jana-laptop\"");
        event.put("requestParameters", "{\"groupId\":\"sg-1\"}");
        event.put("responseElements", "{\"_return\":true}");
        event.put("eventID", "\"7c1f0e52-4b0e-4d57-9a35-6f8f2b6e1d0a\"");
        event.put("readOnly", "false");
        event.put("recipientAccountId", "\"733918250466\"");
        for (int i = 0; i < members.length; i += 2) {
            event.put(members[i], members[i + 1]);
        }
        StringBuilder json = new StringBuilder("{");
        event.forEach((member, value) -> json.append(json.length() > 1 ? "," : "")
                .append('"')
                .append(member)
                .append("\":")
                .append(value));
        return json.append('}').toString();
    }

    /** An answer of LookupEvents. */
    private static String answer(String... events) {
        List<Map<String, Object>> outer = new java.util.ArrayList<>();
        for (String event : events) {
            outer.add(new LinkedHashMap<>(Map.of(
                    "EventId", "e" + outer.size(), "Username", "jana.novak@example.com", "CloudTrailEvent", event)));
        }
        return JsonMapper.shared().writeValueAsString(Map.of("Events", outer));
    }

    private static Snapshot read(String... events) {
        return BundleFiles.small()
                .with("cloudtrail/lookup-events.json", answer(events))
                .read();
    }

    private static TrailEvent one(String event) {
        List<TrailEvent> events = read(event).history().events();
        assertThat(events).hasSize(1);
        return events.get(0);
    }

    private static SecurityGroupRule rule(String id, boolean egress, int port, Peer peer) {
        return new SecurityGroupRule(id, "sg-1", egress, "tcp", port, port, peer);
    }

    private static Peer group(String id) {
        return new Peer(NONE, NONE, Optional.of(id), NONE);
    }

    private static Peer cidr(String block) {
        return new Peer(Optional.of(block), NONE, NONE, NONE);
    }

    @Test
    void readsWhoRemovedWhichRuleWhen() {
        TrailEvent event = one(
                event(
                        "RevokeSecurityGroupIngress",
                        "requestParameters",
                        "{\"groupId\":\"sg-1\",\"ipPermissions\":{\"items\":[{\"ipProtocol\":\"tcp\",\"fromPort\":8080,"
                                + "\"toPort\":8080,\"groups\":{\"items\":[{\"userId\":\"733918250466\",\"groupId\":\"sg-2\"}]},"
                                + "\"ipRanges\":{\"items\":[{\"cidrIp\":\"10.0.0.0/8\"}]},\"ipv6Ranges\":{},\"prefixListIds\":{}}]}}"));

        assertThat(event.at()).isEqualTo("2026-11-21T04:13:02Z");
        assertThat(event.service()).isEqualTo("ec2");
        assertThat(event.name()).isEqualTo("RevokeSecurityGroupIngress");
        assertThat(event.actor()).isEqualTo("assumed-role/network-admin/jana.novak@example.com");
        assertThat(event.targets()).containsExactly("sg-1");
        assertThat(event.rules())
                .containsExactly(rule("", false, 8080, group("sg-2")), rule("", false, 8080, cidr("10.0.0.0/8")));
        assertThat(event.toString()).doesNotContain("ASIA", "198.51.100.23", "jana-laptop");
    }

    @Test
    void takesTheRulesOfTheAnswerWhereTheRequestHasTheirIdsOnly() {
        TrailEvent event = one(event(
                "RevokeSecurityGroupEgress",
                "requestParameters",
                "{\"groupId\":\"sg-1\",\"ipPermissions\":{},\"securityGroupRuleIds\":{\"items\":[{\"securityGroupRuleId\":\"sgr-9\"}]}}",
                "responseElements",
                "{\"_return\":true,\"revokedSecurityGroupRuleSet\":{\"items\":[{\"securityGroupRuleId\":\"sgr-9\","
                        + "\"groupId\":\"sg-1\",\"isEgress\":true,\"ipProtocol\":\"tcp\",\"fromPort\":443,\"toPort\":443,"
                        + "\"referencedGroupId\":\"sg-3\"}]}}"));

        assertThat(event.rules()).containsExactly(rule("sgr-9", true, 443, group("sg-3")));
    }

    @Test
    void unwrapsTheCallsThatCloudTrailWraps() {
        TrailEvent event = one(event(
                "ModifySecurityGroupRules",
                "requestParameters",
                "{\"ModifySecurityGroupRulesRequest\":{\"GroupId\":\"sg-1\",\"SecurityGroupRule\":{\"SecurityGroupRuleId\":"
                        + "\"sgr-4\",\"tag\":1,\"SecurityGroupRule\":{\"IpProtocol\":\"tcp\",\"FromPort\":8080,\"ToPort\":8080,"
                        + "\"CidrIpv4\":\"10.1.0.0/16\"}}}}",
                "responseElements",
                "{\"ModifySecurityGroupRulesResponse\":{\"return\":true}}"));

        assertThat(event.targets()).containsExactly("sg-1");
        assertThat(event.rules()).containsExactly(rule("sgr-4", false, 8080, cidr("10.1.0.0/16")));
    }

    @Test
    void readsEventsThatServicesMakeByThemselves() {
        TrailEvent event = one(event(
                "RotationFailed",
                "userIdentity",
                "{\"accountId\":\"733918250466\",\"invokedBy\":\"secretsmanager.amazonaws.com\"}",
                "eventSource",
                "\"secretsmanager.amazonaws.com\"",
                "errorMessage",
                "\"the role may not issue certificates\"",
                "requestParameters",
                "null",
                "responseElements",
                "null",
                "additionalEventData",
                "{\"SecretId\":\"arn:aws:secretsmanager:eu-central-1:733918250466:secret:ecs-sc!7f-Ab\"}"));

        assertThat(event.actor()).isEqualTo("secretsmanager.amazonaws.com");
        assertThat(event.targets())
                .containsExactly("arn:aws:secretsmanager:eu-central-1:733918250466:secret:ecs-sc!7f-Ab");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"errorCode\":\"Client.UnauthorizedOperation\"",
                "\"readOnly\":true",
                "\"eventSource\":\"s3.amazonaws.com\"",
                "\"responseElements\":{\"_return\":false}"
            })
    void leavesOutWhatChangedNothingOfTheEdge(String member) {
        String[] parts = member.split(":", 2);
        Snapshot snapshot = read(event("RevokeSecurityGroupIngress", parts[0].replace("\"", ""), parts[1]));

        assertThat(snapshot.history().events()).isEmpty();
        assertThat(snapshot.coverage().state(Input.TRAIL)).isEqualTo(Coverage.State.COMPLETE);
    }

    @Test
    void anEventThatSeveralLookupsFoundIsOne() {
        String event = event("RevokeSecurityGroupIngress");
        Snapshot snapshot = BundleFiles.small()
                .without("cloudtrail/lookup-events.json")
                .with("cloudtrail/lookup-events/ResourceName-sg-1.json", answer(event))
                .with("cloudtrail/lookup-events/ResourceName-sg-2.json", answer(event))
                .read();

        assertThat(snapshot.history().events()).hasSize(1);
        assertThat(snapshot.coverage().state(Input.TRAIL)).isEqualTo(Coverage.State.COMPLETE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "[]",
                "{",
                "\"text\"",
                "{\"eventName\":\"x\"}",
                "{\"eventTime\":\"2026-11-21T04:13:02Z\"}"
            })
    void anEventThatCannotBeReadIsAFaultAndNoEvent(String event) {
        Snapshot snapshot = read(event, event("DeleteRoute", "requestParameters", "{\"routeTableId\":\"rtb-1\"}"));

        assertThat(snapshot.history().events()).extracting(TrailEvent::targets).containsExactly(List.of("rtb-1"));
        assertThat(snapshot.coverage().state(Input.TRAIL)).isEqualTo(Coverage.State.PARTIAL);
    }

    @Test
    void anEventOfAnySizeAndDepthIsBounded() {
        String deep = event("DeleteRoute", "requestParameters", "{\"a\":".repeat(500) + "1" + "}".repeat(500));
        String many = event("DeleteRoute", "requestParameters", "[" + "1,".repeat(30_000) + "1]");
        String longName = event("DeleteRoute", "requestParameters", "{\"routeTableId\":\"" + "r".repeat(9_000) + "\"}");

        assertThat(read(deep, many).history().events()).isEmpty();
        assertThat(one(longName).targets().get(0)).hasSize(500);
    }

    @Test
    void readsScalingActivities() {
        String activities = "{\"ScalingActivities\":[{\"ActivityId\":\"a-1\",\"ServiceNamespace\":\"ecs\","
                + "\"ResourceId\":\"service/logistics/address-check\",\"ScalableDimension\":\"ecs:service:DesiredCount\","
                + "\"Description\":\"Setting desired count to 2.\",\"Cause\":\"monitor alarm low in state ALARM triggered policy p\","
                + "\"StartTime\":\"2026-11-21T04:10:00.123000+00:00\",\"EndTime\":\"2026-11-21T04:10:31.456000+00:00\","
                + "\"StatusCode\":\"Successful\",\"StatusMessage\":\"Successfully set desired count to 2.\"},"
                + "{\"ActivityId\":\"a-2\",\"ServiceNamespace\":\"dynamodb\",\"ResourceId\":\"table/x\","
                + "\"StartTime\":\"2026-11-21T04:10:00+00:00\"}]}";
        Snapshot snapshot = BundleFiles.small()
                .with("application-autoscaling/describe-scaling-activities.json", activities)
                .read();

        assertThat(snapshot.history().scaling())
                .containsExactly(new ScalingActivity(
                        "a-1",
                        "address-check",
                        "logistics",
                        Instant.parse("2026-11-21T04:10:00.123Z"),
                        Optional.of(Instant.parse("2026-11-21T04:10:31.456Z")),
                        OptionalInt.of(2),
                        "Successful",
                        "monitor alarm low in state ALARM triggered policy p"));
    }

    @Test
    void whatWasNotReadHasNoEvents() {
        Snapshot snapshot = BundleFiles.small()
                .without("cloudtrail/lookup-events.json")
                .without("application-autoscaling/describe-scaling-activities.json")
                .read();

        assertThat(snapshot.history()).isEqualTo(History.NONE);
        assertThat(snapshot.coverage().state(Input.TRAIL)).isEqualTo(Coverage.State.NOT_COLLECTED);
        assertThat(snapshot.coverage().state(Input.SCALING_ACTIVITIES)).isEqualTo(Coverage.State.NOT_COLLECTED);
    }

    @Test
    void aRedactedCopyTellsTheSameChangesOfNobody(@org.junit.jupiter.api.io.TempDir java.nio.file.Path folder)
            throws java.io.IOException {
        String rotation = event(
                "RotationFailed",
                "eventSource",
                "\"secretsmanager.amazonaws.com\"",
                "eventID",
                "\"b\"",
                "requestParameters",
                "null",
                "additionalEventData",
                "{\"SecretId\":\"arn:aws:secretsmanager:eu-central-1:733918250466:secret:ecs-sc!7f-Ab\"}");
        String revoke = event(
                "RevokeSecurityGroupIngress",
                "requestParameters",
                "{\"groupId\":\"sg-013c528118bd27aa2\",\"ipPermissions\":{\"items\":[{\"ipProtocol\":\"tcp\","
                        + "\"fromPort\":8080,\"toPort\":8080,\"groups\":{},\"ipRanges\":{\"items\":[{\"cidrIp\":"
                        + "\"10.42.0.0/16\",\"description\":\"for jana.novak@example.com\"}]}}]}}");
        java.nio.file.Path target = folder.resolve("copy");

        Redaction.save(
                BundleFiles.small()
                        .with("cloudtrail/lookup-events.json", answer(revoke, rotation))
                        .bundle(),
                target,
                new byte[Redaction.KEY_BYTES]);

        String copy = java.nio.file.Files.readString(target.resolve("cloudtrail/lookup-events.json"));
        assertThat(copy)
                .doesNotContain(
                        "733918250466",
                        "jana",
                        "novak",
                        "198.51.100.23",
                        "ASIAQ3",
                        "AROAQ3",
                        "aws-cli",
                        "laptop",
                        "10.42.0.0");
        try (Bundle bundle = Bundle.open(target)) {
            List<TrailEvent> events =
                    SnapshotReader.read(bundle, Request.none()).history().events();
            assertThat(events)
                    .extracting(TrailEvent::name)
                    .containsExactlyInAnyOrder("RevokeSecurityGroupIngress", "RotationFailed");
            assertThat(events).allSatisfy(event -> assertThat(event.actor()).startsWith("assumed-role/network-admin/"));
            assertThat(events)
                    .flatExtracting(TrailEvent::targets)
                    .anyMatch(target1 -> target1.toString().endsWith("secret:ecs-sc!7f-Ab"))
                    .contains("sg-013c528118bd27aa2");
            assertThat(events).flatExtracting(TrailEvent::rules).hasSize(1);
        }
    }
}
