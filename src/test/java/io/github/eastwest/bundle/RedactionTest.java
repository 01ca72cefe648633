package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.accesslog.AccessLogReader;
import io.github.eastwest.accesslog.LineSink;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RedactionTest {
    private static final byte[] KEY = new byte[Redaction.KEY_BYTES];
    private static final String CALLER_LOG =
            "logs/lines/caller/label-printer_proxy_0123456789abcdef0123456789abcdef.log";

    @TempDir
    private Path folder;

    private final BundleFiles bundle = BundleFiles.small();

    private BundleFiles redacted(BundleFiles original) {
        return redacted(original, "copy");
    }

    private BundleFiles redacted(BundleFiles original, String name) {
        Path target = folder.resolve(name);
        Redaction.save(original.bundle(), target, KEY);
        BundleFiles copy = BundleFiles.empty();
        try (Bundle opened = Bundle.open(target)) {
            for (String path : opened.paths()) {
                copy.with(path, Files.readAllBytes(target.resolve(path)));
            }
        } catch (IOException fault) {
            throw new AssertionError(fault);
        }
        return copy;
    }

    private JsonNode map(String name) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(Redaction.map(folder.resolve(name))));
    }

    // --- log lines --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Service Connect's four text formats, with and without values.
                "[2026-11-20T07:40:46.216Z] \"GET /api/orders/4711?u=jane HTTP/1.1\" 200 12 91 1173 1170 \"203.0.113.9\""
                        + " \"curl/8.11.1\" \"c13c6bc6-5a9e-4ee8-929d-7089c54f31fd\" \"shop.customer.com:8080\" \"10.42.3.7:8080\"",
                "[2026-11-20T07:40:46.216Z] \"GET /x HTTP/2\" 503 0 95 1 - \"-\" \"a b\" \"my-own-request-4711\" \"address-check\" \"-\""
                        + " \"123456789012\"",
                "[2026-11-20T07:40:46.216Z] \"POST /pay.v1.Pay/Charge HTTP/2\" 200 Unavailable 123456789012 0 15001 - \"-\""
                        + " \"grpc-java-netty/1.68\" \"c13c6bc6-5a9e-4ee8-929d-7089c54f31fd\" \"payments:9090\" \"10.42.3.7:9090\" \"99887766\"",
                "[2026-11-20T07:40:46.216Z] 10.42.3.5 44321 120 123456789012 3600123 - 17",
                // Envoy's own, with flags and details.
                "[2026-11-20T07:40:46.216Z] \"GET /v1/cart/77 HTTP/1.1\" 503 UF,URX 0 91 44 - \"203.0.113.9\" \"Mozilla/5.0 (X11)\""
                        + " \"c13c6bc6-5a9e-4ee8-929d-7089c54f31fd\" \"shop.customer.com\" \"10.42.3.7:8080\"",
                // JSON of Service Connect and of one's own, in an envelope, with a prefix.
                "{\"authority\":\"shop.customer.com:8080\",\"bytes_received\":549,\"bytes_sent\":123456789012,\"duration\":1173,"
                        + "\"forwarded_for\":\"203.0.113.9, 10.42.3.9\",\"method\":\"POST\",\"path\":\"/charges/4711?token=s3cr3t\","
                        + "\"protocol\":\"HTTP/1.1\",\"request_id\":\"c13c6bc6-5a9e-4ee8-929d-7089c54f31fd\",\"response_code\":503,"
                        + "\"start_time\":\"2026-11-20T07:40:46.216Z\",\"upstream_host\":\"10.42.3.7:8080\",\"upstream_service_time\":null,"
                        + "\"user_agent\":\"Apache-HttpClient/5.3.1 \\\"x\\\"\"}",
                "{\"log\":\"[2026-11-20T07:40:46.216Z] \\\"GET /a/4711 HTTP/1.1\\\" 200 0 11 1 0 \\\"-\\\" \\\"curl/8.11.1\\\""
                        + " \\\"c13c6bc6-5a9e-4ee8-929d-7089c54f31fd\\\" \\\"shop.customer.com\\\" \\\"10.42.3.7:8080\\\"\",\"stream\":\"stdout\"}",
                "2026-11-20T07:40:47.000Z [2026-11-20T07:40:46.216Z] \"GET /a/4711 HTTP/1.1\" 200 0 11 1 0 \"203.0.113.9\" \"curl/8.11.1\""
                        + " \"c13c6bc6-5a9e-4ee8-929d-7089c54f31fd\" \"shop.customer.com\" \"10.42.3.7:8080\"",
                "start_time=2026-11-20T07:40:46.216Z method=GET path=/a/4711 protocol=HTTP/1.1 response_code=503 bytes_sent=91"
                        + " duration=7 authority=shop.customer.com request_id=c13c6bc6-5a9e-4ee8-929d-7089c54f31fd upstream_host=10.42.3.7:8080",
                // An ejection.
                "{\"type\":\"CONSECUTIVE_5XX\",\"cluster_name\":\"egress_10.42.3.7\",\"upstream_url\":\"10.42.3.7:8080\",\"action\":\"EJECT\","
                        + "\"num_ejections\":1,\"enforced\":true,\"timestamp\":\"2026-11-20T07:40:46.216Z\"}",
                // The proxy's own log.
                "[2026-11-20 07:40:46.216][23][warning][config] [source/x.cc:1] cannot reach 10.42.3.7:8080 of shop.customer.com",
                // Nothing known.
                "customer data 203.0.113.9 c13c6bc6-5a9e-4ee8-929d-7089c54f31fd"
            })
    void aLineReadsTheSameAndTellsNothing(String line) {
        Seen before = Seen.of(line);

        String redacted = redacted(bundle.with(CALLER_LOG, line + "\n")).text(CALLER_LOG);

        Seen after = Seen.of(redacted);
        assertThat(after.kinds).isEqualTo(before.kinds);
        assertThat(after.numbers).isEqualTo(before.numbers);
        assertThat(redacted).endsWith("\n").hasLineCount(1);
        assertThat(redacted)
                .doesNotContain(
                        "4711",
                        "jane",
                        "203.0.113.9",
                        "10.42.3",
                        "curl",
                        "Mozilla",
                        "HttpClient",
                        "c13c6bc6",
                        "my-own",
                        "customer.com",
                        "s3cr3t");
    }

    /** What the reader makes of lines: their kinds in order, and everything that must not change. */
    private static final class Seen implements LineSink {
        private final List<String> kinds = new ArrayList<>();
        private final List<String> numbers = new ArrayList<>();

        static Seen of(String lines) {
            Seen seen = new Seen();
            try {
                AccessLogReader.read(
                        new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)), "stream", Side.CALLER, seen);
            } catch (IOException fault) {
                throw new AssertionError(fault);
            }
            return seen;
        }

        @Override
        public void access(AccessLogEntry entry, String format) {
            kinds.add("access " + format);
            AccessLogEntry.Response response = entry.response();
            numbers.add(entry.startMillis() + " " + response.status() + " " + response.grpcStatus() + " "
                    + response.flags() + " "
                    + response.bytesReceived() + " " + response.bytesSent() + " " + entry.timing() + " "
                    + entry.request().method() + " " + entry.request().protocol() + " "
                    + (entry.upstream().host() == null
                            ? "none"
                            : entry.upstream().host().replaceAll(".*:", "")));
        }

        @Override
        public void outlier(io.github.eastwest.model.log.OutlierEvent event) {
            kinds.add("outlier " + event.type() + event.eject() + event.enforced() + event.atMillis());
        }

        @Override
        public void proxy(io.github.eastwest.model.log.ProxyLogLine line) {
            kinds.add("proxy " + line.level() + line.atMillis());
        }

        @Override
        public void unparsed(io.github.eastwest.model.log.LineRef ref, int column, String reason, String excerpt) {
            kinds.add("unparsed");
        }

        @Override
        public void blank(io.github.eastwest.model.log.LineRef ref) {
            kinds.add("blank");
        }
    }

    @Test
    void bothSidesOfARequestStillBelongTogether() {
        String text =
                "[2026-11-20T07:40:46.216Z] \"GET /x HTTP/1.1\" 200 0 11 1 0 \"-\" \"a\" \"order-77-abcd\" \"address-check\" \"10.42.3.7:8080\"\n";
        String json =
                "{\"start_time\":\"2026-11-20T07:40:46.217Z\",\"response_code\":200,\"path\":\"/x\",\"request_id\":\"order-77-abcd\"}\n";
        String callee = CALLER_LOG.replace("caller", "callee");

        BundleFiles copy = redacted(bundle.with(CALLER_LOG, text).with(callee, json));

        JsonNode line = JsonMapper.shared().readTree(copy.text(callee));
        String id = line.get("request_id").asString();
        assertThat(id).matches("r[0-9a-f]{20}");
        assertThat(copy.text(CALLER_LOG)).contains("\"" + id + "\"");
    }

    @Test
    void linesAreKeptOneByOne() {
        String lines = "\n  \r\ngarbage \u00ff\n\nno end";

        BundleFiles copy = redacted(bundle.with(CALLER_LOG, lines));

        assertThat(copy.text(CALLER_LOG)).isEqualTo(lines);
    }

    @Test
    void aLineThatNobodyReadsIsCutAway() {
        String secret = "hunter2 ".repeat(200_000);

        BundleFiles copy = redacted(bundle.with(CALLER_LOG, secret + "\nnext\n"));

        assertThat(copy.text(CALLER_LOG))
                .doesNotContain("hunter2")
                .contains("redacted: a line")
                .endsWith("\nnext\n");
        assertThat(Seen.of(copy.text(CALLER_LOG)).kinds).containsExactlyElementsOf(Seen.of(secret + "\nnext\n").kinds);
    }

    @Test
    void documentsAmongTheLinesBecomeTheirLines() {
        String events = """
                {
                    "events": [
                        {"logStreamName": "s", "message": "[2026-11-20T07:40:46.216Z] \\"GET /u/4711 HTTP/1.1\\" 503 0 91 1 - \\"-\\" \\"a\\" \\"b-1\\" \\"address-check\\" \\"-\\""}
                    ]
                }
                """;
        List<String> numbers = Seen.of(events).numbers;

        String log = redacted(bundle.with(CALLER_LOG, events)).text(CALLER_LOG);

        assertThat(Seen.of(log).numbers).isEqualTo(numbers).hasSize(1);
        assertThat(log).doesNotContain("4711");
    }

    @Test
    void eventsAsAnAnswerStayAnAnswer() {
        String path = "logs/lines/caller/events.json";
        String events = """
                {"events": [{"logStreamName": "p/ecs-service-connect-x/1", "timestamp": 1763624446216, "eventId": "3814",
                  "message": "{\\"start_time\\":\\"2026-11-20T07:40:46.216Z\\",\\"response_code\\":503,\\"path\\":\\"/u/4711\\",\\"authority\\":\\"shop.customer.com\\"}"}]}
                """;

        JsonNode event = JsonMapper.shared()
                .readTree(redacted(bundle.with(path, events)).text(path))
                .get("events")
                .get(0);

        JsonNode line = JsonMapper.shared().readTree(event.get("message").asString());
        assertThat(event.get("timestamp").asLong()).isEqualTo(1763624446216L);
        assertThat(event.get("logStreamName").asString()).isEqualTo("p/ecs-service-connect-x/1");
        assertThat(line.get("response_code").asInt()).isEqualTo(503);
        assertThat(line.get("path").asString()).matches("/u/\\d{14}");
        assertThat(line.get("authority").asString()).doesNotContain("customer");
    }

    // --- answers ----------------------------------------------------------------------------------------------------

    @Test
    void secretsOfTaskDefinitionsAreGone() {
        String path = "ecs/describe-task-definition/web_1.json";
        String definition = """
                {"taskDefinition": {"family": "web", "revision": 1, "containerDefinitions": [{
                  "name": "app", "image": "registry.customer.io:5000/team/app:1.2",
                  "environment": [{"name": "MODE", "value": "production"}, {"name": "CALLEE", "value": "http://address-check:9999"},
                                  {"value": "first-value", "name": "ORDER"}],
                  "environmentFiles": [{"value": "arn:aws:s3:::customer-bucket/552135669152.env", "type": "s3"}],
                  "repositoryCredentials": {"credentialsParameter": "arn:aws:secretsmanager:eu-west-1:552135669152:secret:registry-GhIjKl"},
                  "secrets": [{"name": "DB", "valueFrom": "arn:aws:secretsmanager:eu-west-1:552135669152:secret:prod/db-AbCdEf"}],
                  "command": ["serve", "--db-password", "hunter2", "--api-key=abc123", "--port", "8080"],
                  "entryPoint": ["sh", "-c", "TOKEN=zzz999 exec app"],
                  "dockerLabels": {"owner": "jane"},
                  "healthCheck": {"command": ["CMD-SHELL", "curl -f http://127.0.0.1:8080/health || exit 1"]},
                  "logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": "tok-1", "awslogs-group": "/ecs/web"}}}],
                  "taskRoleArn": "arn:aws:iam::552135669152:role/web-task",
                  "registeredBy": "arn:aws:sts::552135669152:assumed-role/deploy/jane.doe"},
                 "tags": [{"key": "team", "value": "jane's"}]}
                """;

        String redacted = redacted(bundle.with(path, definition)).text(path);

        assertThat(redacted)
                .doesNotContain(
                        "production",
                        "first-value",
                        "552135669152",
                        "db-AbCdEf",
                        "registry-GhIjKl",
                        "hunter2",
                        "abc123",
                        "zzz999",
                        "jane",
                        "tok-1",
                        "customer");
        assertThat(redacted)
                .contains(
                        "\"http://address-check:9999\"",
                        "\"/ecs/web\"",
                        "role/web-task",
                        "assumed-role/deploy/",
                        "http://127.0.0.1:8080/health",
                        "\"serve\", \"--db-password\"",
                        "\"--port\", \"8080\"",
                        "arn:aws:secretsmanager:eu-west-1:100000");
        JsonMapper.shared().readTree(redacted);
    }

    @Test
    void addressesAndAccountsJoinAcrossAnswers() {
        bundle.with("ec2/describe-subnets.json", """
                {"Subnets": [{"SubnetId": "subnet-1", "CidrBlock": "10.77.4.0/22", "OwnerId": "552135669152"}]}
                """).with("manifest.json", """
                {"schemaVersion": 1, "edge": {"caller": "label-printer", "callee": "address-check"}, "account": 552135669152,
                 "coverage": [{"input": "ec2/describe-subnets", "state": "partial",
                               "detail": "User: arn:aws:sts::552135669152:assumed-role/r/jane is not allowed, 10.77.5.1"}]}
                """);

        BundleFiles copy = redacted(bundle);

        JsonNode subnet = JsonMapper.shared()
                .readTree(copy.text("ec2/describe-subnets.json"))
                .get("Subnets")
                .get(0);
        JsonNode manifest = JsonMapper.shared().readTree(copy.text("manifest.json"));
        String account = subnet.get("OwnerId").asString();
        assertThat(account).matches("100000\\d{6}");
        assertThat(manifest.get("account").isNumber()).isTrue();
        assertThat(manifest.get("account").asString()).isEqualTo(account);
        assertThat(manifest.get("coverage").get(0).get("detail").asString())
                .startsWith("User: arn:aws:sts::" + account + ":assumed-role/r/")
                .doesNotContain("jane", "10.77");
        assertThat(subnet.get("CidrBlock").asString()).matches("10\\.\\d+\\.\\d+\\.0/22");
    }

    /** What CloudTrail tells of a change is what to join; who made it, and from where, is nobody's business. */
    @Test
    void changesKeepWhatTheyChangedAndLoseWhoMadeThem() {
        String event = """
                {"eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "principalId": "AROAQ3EGRUAHXTPLK2ZN:jane",
                   "arn": "arn:aws:sts::552135669152:assumed-role/deploy/jane", "accountId": "552135669152",
                   "accessKeyId": "ASIAQ3EGRUAHXTPLK2ZN", "sessionContext": {"sourceIdentity": "jane",
                     "sessionIssuer": {"type": "Role", "principalId": "AROAQ3EGRUAHXTPLK2ZN", "userName": "deploy",
                       "arn": "arn:aws:iam::552135669152:role/deploy", "accountId": "552135669152"},
                     "webIdFederationData": {"attributes": {"sub": "repo-of-customer"}},
                     "attributes": {"creationDate": "2026-11-20T07:00:00Z", "mfaAuthenticated": "true"}},
                   "onBehalfOf": {"userId": "jane"}},
                 "eventTime": "2026-11-20T07:10:00Z", "eventSource": "ec2.amazonaws.com", "awsRegion": "eu-west-1",
                 "eventName": "AuthorizeSecurityGroupIngress", "sourceIPAddress": "203.0.113.9",
                 "userAgent": "aws-cli/2.15 janes-laptop", "eventID": "c13c6bc6-5a9e-4ee8-929d-7089c54f31fd",
                 "requestParameters": {"groupId": "sg-0a1b2c3d", "ipPermissions": {"items": [{"ipProtocol": "tcp",
                   "fromPort": 80, "toPort": 80, "ipRanges": {"items": [{"cidrIp": "10.77.4.0/22",
                     "description": "home office of jane"}]},
                   "groups": {"items": [{"userId": "552135669152", "groupId": "sg-0b1b2c3d"}]}}]},
                   "tagSpecificationSet": {"items": [{"tags": [{"key": "owner", "value": "jane"}]}]}}}
                """;
        String events = JsonMapper.shared()
                .writeValueAsString(Map.of(
                        "Events",
                        List.of(Map.of(
                                "EventId",
                                "c13c6bc6-5a9e-4ee8-929d-7089c54f31fd",
                                "Username",
                                "jane",
                                "AccessKeyId",
                                "ASIAQ3EGRUAHXTPLK2ZN",
                                "CloudTrailEvent",
                                event))));
        bundle.with("cloudtrail/lookup-events.json", events).with("ec2/describe-security-group-rules.json", """
                {"SecurityGroupRules": [{"GroupId": "sg-0a1b2c3d", "GroupOwnerId": "552135669152",
                  "CidrIpv4": "10.77.4.0/22", "Description": "home office of jane"}]}
                """);

        BundleFiles copy = redacted(bundle);

        String trail = copy.text("cloudtrail/lookup-events.json");
        assertThat(trail + copy.text("ec2/describe-security-group-rules.json"))
                .doesNotContain(
                        "jane",
                        "552135669152",
                        "Q3EGRUAHXTPLK2ZN",
                        "repo-of",
                        "203.0.113.9",
                        "10.77",
                        "c13c6bc6",
                        "laptop",
                        "home office");
        JsonNode outer = JsonMapper.shared().readTree(trail).at("/Events/0");
        JsonNode inner =
                JsonMapper.shared().readTree(outer.get("CloudTrailEvent").asString());
        JsonNode rule = JsonMapper.shared()
                .readTree(copy.text("ec2/describe-security-group-rules.json"))
                .at("/SecurityGroupRules/0");
        String account = rule.get("GroupOwnerId").asString();
        String person = outer.get("Username").asString();
        JsonNode identity = inner.get("userIdentity");
        assertThat(inner.get("eventID").asString())
                .isEqualTo(outer.get("EventId").asString());
        assertThat(identity.get("accessKeyId").asString())
                .isEqualTo(outer.get("AccessKeyId").asString());
        assertThat(identity.get("accountId").asString()).isEqualTo(account);
        assertThat(identity.get("arn").asString())
                .isEqualTo("arn:aws:sts::" + account + ":assumed-role/deploy/" + person);
        assertThat(identity.at("/sessionContext/sourceIdentity").asString()).isEqualTo(person);
        assertThat(identity.at("/onBehalfOf/userId").asString()).isEqualTo(person);
        JsonNode permission = inner.at("/requestParameters/ipPermissions/items/0");
        assertThat(permission.at("/ipRanges/items/0/cidrIp").asString())
                .isEqualTo(rule.get("CidrIpv4").asString())
                .endsWith("/22");
        assertThat(permission.at("/groups/items/0/userId").asString()).isEqualTo(account);
        // What happened, to what and when stays.
        assertThat(trail)
                .contains(
                        "AuthorizeSecurityGroupIngress",
                        "2026-11-20T07:10:00Z",
                        "sg-0a1b2c3d",
                        "sg-0b1b2c3d",
                        "ec2.amazonaws.com",
                        "mfaAuthenticated\\\": \\\"true");
    }

    @Test
    void whatAwsDescribesItselfStaysReadable() {
        String scaling = "application-autoscaling/describe-scaling-activities.json";
        bundle.with(scaling, """
                {"ScalingActivities": [{"ActivityId": "c13c6bc6-5a9e-4ee8-929d-7089c54f31fd", "ServiceNamespace": "ecs",
                  "ResourceId": "service/production/address-check", "Description": "Setting desired count to 3.",
                  "Cause": "changed by arn:aws:iam::552135669152:user/jane from 10.77.4.1", "StatusCode": "Successful"}]}
                """).with("cloudwatch/describe-alarms.json", """
                {"MetricAlarms": [{"AlarmName": "too-slow", "AlarmDescription": "wake up Jane", "Dimensions": []}]}
                """);

        BundleFiles copy = redacted(bundle);

        assertThat(copy.text(scaling))
                .contains("Setting desired count to 3.", "service/production/address-check")
                .doesNotContain("552135669152", "jane", "10.77", "c13c6bc6");
        assertThat(copy.text("cloudwatch/describe-alarms.json"))
                .contains("too-slow")
                .doesNotContain("Jane");
    }

    @Test
    void queriesOfLogsInsightsStillFitTheirAnswers() {
        String answer = """
                {"results": [[{"field": "@timestamp", "value": "2026-11-20 07:40:46.216"},
                   {"field": "@logStream", "value": "web/ecs-service-connect-x/0123456789abcdef0123456789abcdef"},
                   {"field": "@message", "value": "{\\"start_time\\":\\"2026-11-20T07:40:46.216Z\\",\\"response_code\\":503,\\"request_id\\":\\"order-77-abcd\\",\\"path\\":\\"/u/4711\\"}"},
                   {"field": "@ptr", "value": "CmAKJgoiNTUyMTM1NjY5MTUyOi9lY3Mv"}]], "status": "Complete"}
                """;
        String counts = """
                {"results": [[{"field": "bucket", "value": "2026-11-20T07:40"}, {"field": "name", "value": "shop.customer.com:80"},
                   {"field": "way", "value": "10.4"}, {"field": "code", "value": "503"}, {"field": "lines", "value": "552135669152"}]]}
                """;
        String query = "# partners from=2026-11-20T07:00:00.000Z\nfilter @logStream like \"web/ecs\"\n"
                + "| filter began >= \"2026-11-20T07:00:00.000Z\" and id in [\"order-77-abcd\", \"x-1\"]\n";
        bundle.with("logs/insights/partners/callee.json", answer)
                .with("logs/insights/partners/callee.cwl", query)
                .with("logs/insights/errors/caller.json", counts);

        BundleFiles copy = redacted(bundle);

        String copied = copy.text("logs/insights/partners/callee.json");
        JsonNode row = JsonMapper.shared().readTree(copied).get("results").get(0);
        JsonNode line = JsonMapper.shared().readTree(row.get(2).get("value").asString());
        String id = line.get("request_id").asString();
        // The sample of calls was chosen by the last characters.
        assertThat(id).endsWith("abcd");
        assertThat(copied).doesNotContain("4711", "order-77", "CmAKJgoiNTUy");
        assertThat(copy.text("logs/insights/partners/callee.cwl"))
                .contains("# partners from=2026-11-20T07:00:00.000Z\n", "id in [\"" + id + "\", \"")
                .doesNotContain("order-77", "x-1");
        assertThat(copy.text("logs/insights/errors/caller.json"))
                .contains("\"10.\"", ".com:80\"", "\"503\"")
                .doesNotContain("customer", "10.4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-8"})
    void everyEncodingThatIsReadIsLookedAt(String charset) {
        String path = "ec2/describe-subnets.json";
        String json =
                "\ufeff{\"Subnets\": [{\"SubnetId\": \"subnet-1\", \"CidrBlock\": \"10.77.4.0/22\", \"OwnerId\": \"552135669152\"}]}";

        String redacted = redacted(bundle.with(path, json.getBytes(Charset.forName(charset))))
                .text(path);

        assertThat(redacted).contains("subnet-1").doesNotContain("10.77", "552135669152", "\u0000");
    }

    @Test
    void brokenAnswersStayBrokenAndTellNothing() {
        String path = "ec2/describe-subnets.json";

        String redacted = redacted(
                        bundle.with(path, "{\"Subnets\": [{\"OwnerId\": \"552135669152\", x 10.77.4.1 \"CidrBl"))
                .text(path);

        assertThat(redacted)
                .startsWith("{\"Subnets\": [{\"OwnerId\": \"100000")
                .endsWith("\"CidrBl")
                .doesNotContain("10.77");
    }

    // --- the bundle -------------------------------------------------------------------------------------------------

    @Test
    void aDamagedLogStaysDamaged() throws IOException {
        byte[] whole =
                BundleFiles.gzip(bundle.text(BundleFiles.CALLEE_LOG).repeat(50).getBytes(StandardCharsets.UTF_8));
        String path = BundleFiles.CALLEE_LOG + ".gz";
        bundle.without(BundleFiles.CALLEE_LOG).with(path, java.util.Arrays.copyOf(whole, whole.length - 20));

        BundleFiles copy = redacted(bundle);

        assertThat(bundle.read().coverage().state(Input.CALLEE_LOGS)).isEqualTo(Coverage.State.PARTIAL);
        assertThat(copy.read().coverage().state(Input.CALLEE_LOGS)).isEqualTo(Coverage.State.PARTIAL);
    }

    @Test
    void whatIsNoPartOfABundleIsLeftOutAndListed() {
        bundle.with("NOTE.md", "call jane").with("core.dump", "secret").with("logs/app-of-552135669152.txt", "secret");

        BundleFiles copy = redacted(bundle);

        assertThat(copy.files()).doesNotContainKeys("NOTE.md", "core.dump", "logs/app-of-552135669152.txt");
        JsonNode list = JsonMapper.shared().readTree(copy.text("redaction.json"));
        assertThat(list.get("leftOut").toString())
                .contains("NOTE.md", "core.dump")
                .doesNotContain("552135669152");
    }

    @Test
    void theListCountsAndTheMapStaysOutside() throws IOException {
        bundle.with(CALLER_LOG, "at 10.42.3.7 and 10.42.3.8\n");

        BundleFiles copy = redacted(bundle);

        JsonNode map = map("copy");
        JsonNode list = JsonMapper.shared().readTree(copy.text("redaction.json"));
        for (JsonNode entry : list.get("replaced")) {
            assertThat(map.get("replaced").get(entry.get("kind").asString()).size())
                    .isEqualTo(entry.get("values").asInt());
        }
        assertThat(map.get("replaced").get("address").toString()).contains("\"10.42.3.7\"", "\"10.42.3.8\"");
        assertThat(copy.files().keySet()).noneMatch(path -> path.contains("redaction-map"));
        assertThat(copy.files().values())
                .noneMatch(bytes -> new String(bytes, StandardCharsets.ISO_8859_1)
                        .contains(map.get("key").asString()));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Redaction.map(folder.resolve("copy")))))
                .isEqualTo("rw-------");
        assertThat(copy.read().coverage().entries())
                .noneMatch(entry -> entry.input().contains("redaction"));
    }

    @Test
    void theSamePlaceGivesTheSameTokens() throws IOException {
        bundle.with(CALLER_LOG, "at 10.42.3.7\n");
        BundleFiles first = redacted(bundle, "copy");
        Files.move(folder.resolve("copy"), folder.resolve("moved"));
        bundle.with(CALLER_LOG, "at 10.42.3.7 and 10.42.3.8\n");

        Redaction.save(bundle.bundle(), folder.resolve("copy"), new byte[] {
            9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9
        });

        assertThat(Files.readString(folder.resolve("copy").resolve(CALLER_LOG)))
                .startsWith(first.text(CALLER_LOG).strip());
        assertThat(map("copy").get("replaced").get("address").toString()).contains("10.42.3.7", "10.42.3.8");
    }

    @Test
    void anotherKeyGivesOtherTokens() throws IOException {
        bundle.with(CALLER_LOG, "at 10.42.3.7\n");
        byte[] key = KEY.clone();
        key[31] = 1;

        BundleFiles copy = redacted(bundle, "copy");
        Redaction.save(bundle.bundle(), folder.resolve("other"), key);

        assertThat(Files.readString(folder.resolve("other").resolve(CALLER_LOG)))
                .isNotEqualTo(copy.text(CALLER_LOG));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "{\"key\":\"00\"}", "[1]"})
    void aMapThatIsNoneIsNotOverwritten(String content) throws IOException {
        Path map = Files.writeString(Redaction.map(folder.resolve("copy")), content);

        assertThatThrownBy(() -> Redaction.save(bundle.bundle(), folder.resolve("copy"), KEY))
                .isInstanceOfSatisfying(
                        EastwestException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(EastwestException.Kind.USAGE))
                .hasMessageContaining("redaction map");

        assertThat(map).hasContent(content);
        assertThat(folder.resolve("copy")).doesNotExist();
    }

    @Test
    void nothingOfABundleFullOfPlantedSecretsIsLeft() {
        Random random = new Random(42);
        Set<String> planted = new TreeSet<>();
        StringBuilder text = new StringBuilder();
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            String account = String.format(
                    Locale.ROOT, "%012d", 200_000_000_000L + Math.floorMod(random.nextLong(), 700_000_000_000L));
            String address = (20 + random.nextInt(80)) + "." + random.nextInt(256) + "." + random.nextInt(256) + "."
                    + random.nextInt(256);
            String host = word(random, 9) + "." + word(random, 8) + ".com";
            String id = new java.util.UUID(random.nextLong(), random.nextLong()).toString();
            String value = Integer.toString(100_000 + random.nextInt(900_000));
            String agent = word(random, 8) + "/" + random.nextInt(100) + "." + random.nextInt(100);
            String secret = word(random, 12);
            planted.addAll(List.of(account, address, host, id, value, agent, secret));
            text.append("[2026-11-20T07:40:46.216Z] \"GET /u/")
                    .append(value)
                    .append("?s=")
                    .append(secret)
                    .append(" HTTP/1.1\" 503 0 91 1 - \"")
                    .append(address)
                    .append("\" \"")
                    .append(agent)
                    .append("\" \"")
                    .append(id)
                    .append("\" \"")
                    .append(host)
                    .append("\" \"")
                    .append(address)
                    .append(":8080\"\n")
                    .append("[2026-11-20 07:40:46.216][23][warning][config] [x.cc:1] ")
                    .append(host)
                    .append(" at ")
                    .append(address)
                    .append(" of arn:aws:iam::")
                    .append(account)
                    .append(":role/r password=")
                    .append(secret)
                    .append('\n')
                    .append("{\"start_time\":\"2026-11-20T07:40:46.216Z\",\"response_code\":503,\"path\":\"/u/")
                    .append(value)
                    .append("\",\"user_agent\":\"")
                    .append(agent)
                    .append("\",\"request_id\":\"")
                    .append(id)
                    .append("\",\"authority\":\"")
                    .append(host)
                    .append(":443\",\"x_token\":\"")
                    .append(secret)
                    .append("\"}\n");
            json.append(i == 0 ? "" : ",")
                    .append("{\"PrivateIpAddress\":\"")
                    .append(address)
                    .append("\",\"OwnerId\":\"")
                    .append(account)
                    .append("\",\"Description\":\"https://")
                    .append(secret)
                    .append("@")
                    .append(host)
                    .append("/")
                    .append(value)
                    .append("\"}");
        }

        BundleFiles copy = redacted(bundle.with(CALLER_LOG, text.toString())
                .with("ec2/describe-network-interfaces.json", "{\"NetworkInterfaces\":[" + json + "]}"));

        String all = String.join(
                "\n",
                copy.files().values().stream()
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                        .toList());
        assertThat(planted)
                .hasSizeGreaterThan(3000)
                .allSatisfy(original ->
                        assertThat(holds(all, original)).as(original).isFalse());
    }

    @ParameterizedTest
    @CsvSource({
        "AKIAQ3EGRUAHXTPLK2ZN,                                               AKIAQ3EG",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.dGhlIHNpZ25hdHVyZQ,          eyJzdWIi",
        "jane.doe@customer.example,                                          jane",
        "2001:db8:85a3::8a2e:370:7334,                                       8a2e",
        "arn:aws:iam::552135669152:user/jane,                                552135669152",
        "arn:aws:iam::552135669152:user/jane,                                jane",
        "552135669152.dkr.ecr.eu-west-1.amazonaws.com,                       552135669152",
        "ip-10-42-3-103.eu-west-1.compute.internal,                          10-42-3-103",
        "https://bob:hunter2@203.0.113.9/reset?code=77,                      hunter2",
        "password=hunter2,                                                   hunter2",
        "ghp_0123456789abcdefghijklmnopqrstuvwxyz,                           0123456789abcdef"
    })
    void aSecretIsGoneFromEveryPlaceAndHasOneTokenInAllAnswers(String secret, String telling) {
        String definition = "ecs/describe-task-definition/web_1.json";
        String interfaces = "ec2/describe-network-interfaces.json";
        // A word between slashes stays, whatever stands before it.
        String segment = secret.replace('/', '_');
        String line = "{\"start_time\":\"2026-11-20T07:40:46.216Z\",\"response_code\":503,\"path\":\"/v1/" + segment
                + "\",\"user_agent\":\"" + secret + "\",\"authority\":\"" + secret + "\",\"x_note\":\"" + secret
                + "\",\"forwarded_for\":\"" + secret + "\",\"request_id\":\"" + secret + "\",\"" + secret + "\":1}\n";
        String text = "[2026-11-20T07:40:46.216Z] \"GET /v1/" + segment + " HTTP/1.1\" 503 0 91 1 - \"" + secret
                + "\" \"" + secret + "\" \"" + secret + "\" \"" + secret + "\" \"10.42.3.7:8080\"\n";
        String proxy = "[2026-11-20 07:40:46.216][23][warning][config] [source/x.cc:1] saw " + secret + " there\n";
        bundle.with(CALLER_LOG, line + text + proxy + "{\"broken\": \"" + secret + "\n")
                .with(definition, """
                        {"taskDefinition": {"family": "web", "revision": 1, "containerDefinitions": [{"name": "app",
                          "environment": [{"name": "A", "value": "%1$s"}, {"name": "B", "value": "-Dx=%1$s -Xmx1g"}],
                          "command": ["sh", "-c", "run %1$s now"], "dockerLabels": {"l": "%1$s"}}]},
                         "tags": [{"key": "k", "value": "%1$s"}]}
                        """.formatted(secret))
                .with(interfaces, """
                        {"NetworkInterfaces": [{"Description": "for %1$s", "TagSet": [{"Key": "k", "Value": "%1$s"}]},
                          {"Description": "and for %1$s"}]}
                        """.formatted(secret))
                .with("manifest.json", """
                        {"schemaVersion": 1, "edge": {"caller": "label-printer", "callee": "address-check"},
                         "coverage": [{"input": "ec2/describe-subnets", "state": "denied", "detail": "told for %1$s"}]}
                        """.formatted(secret));

        BundleFiles copy = redacted(bundle);

        copy.files()
                .forEach((path, bytes) -> assertThat(new String(bytes, StandardCharsets.UTF_8))
                        .as(path)
                        .doesNotContain(telling));
        JsonNode both = JsonMapper.shared().readTree(copy.text(interfaces)).get("NetworkInterfaces");
        String token = both.get(0).get("Description").asString().substring("for ".length());
        assertThat(both.get(1).get("Description").asString()).isEqualTo("and for " + token);
        assertThat(JsonMapper.shared()
                        .readTree(copy.text("manifest.json"))
                        .at("/coverage/0/detail")
                        .asString())
                .isEqualTo("told for " + token);
        assertThat(copy.text(CALLER_LOG)).contains("saw " + token + " there");
    }

    /** Whether a text holds a word, not as part of another: six digits may stand in a longer number by chance. */
    private static boolean holds(String text, String word) {
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            boolean begins = at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1));
            int end = at + word.length();
            if (begins && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)))) {
                return true;
            }
        }
        return false;
    }

    private static String word(Random random, int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append((char) ('a' + random.nextInt(26)));
        }
        return word.toString();
    }
}
