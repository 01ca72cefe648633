package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reports sent over HTTP: a server of this test is bucket, topic and chat. */
class HealthSinksTest {
    private static final String TOPIC = "arn:aws:sns:eu-west-1:123456789012:ops";
    private static final String SECRET = "T000-very-secret";

    /** A request as it came. */
    private record Sent(String method, String path, String contentType, String authorization, String body) {}

    private final List<Sent> sent = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;
    private int status = 200;
    private int refusals = Integer.MAX_VALUE;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange http) throws IOException {
        try (http) {
            String body = new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            sent.add(new Sent(
                    http.getRequestMethod(),
                    http.getRequestURI().toString(),
                    String.valueOf(http.getRequestHeaders().getFirst("Content-Type")),
                    String.valueOf(http.getRequestHeaders().getFirst("Authorization")),
                    body));
            boolean topic = body.startsWith("Action=Publish");
            byte[] answer = (topic
                            ? "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>"
                                    + "<MessageId>1</MessageId></PublishResult></PublishResponse>"
                            : "")
                    .getBytes(StandardCharsets.UTF_8);
            int code = refusals-- > 0 ? status : 200;
            http.sendResponseHeaders(code, answer.length == 0 ? -1 : answer.length);
            if (answer.length > 0) {
                try (OutputStream out = http.getResponseBody()) {
                    out.write(answer);
                }
            }
        }
    }

    private CommandLineRun run(String... more) {
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        return new CommandLineRun.Setting()
                .environment(Map.of(
                        "AWS_ACCESS_KEY_ID",
                        "AKIAEASTWEST",
                        "AWS_SECRET_ACCESS_KEY",
                        "secret",
                        "AWS_REGION",
                        "eu-west-1",
                        "AWS_ENDPOINT_URL",
                        url,
                        "HOOK",
                        url + "/services/" + SECRET,
                        "NO_HOOK",
                        "ftp://" + SECRET))
                .run(Stream.concat(Stream.of("health", "--bundle", "samples/health-prod"), Stream.of(more))
                        .toArray(String[]::new));
    }

    @Test
    void putsEachOutputIntoTheBucket() throws IOException {
        Path json = folder.resolve("report.json");
        CommandLineRun run = run("-o", "json=" + json, "-o", "csv", "--publish", "s3://reports/eastwest");

        assertThat(run.exit()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.err())
                .isEqualTo("eastwest: published to s3://reports/eastwest/health-prod-20261121T130000Z.json\n"
                        + "eastwest: published to s3://reports/eastwest/health-prod-20261121T130000Z.csv\n");
        assertThat(sent).extracting(Sent::method).containsExactly("PUT", "PUT");
        assertThat(sent)
                .extracting(Sent::path)
                .containsExactly(
                        "/reports/eastwest/health-prod-20261121T130000Z.json",
                        "/reports/eastwest/health-prod-20261121T130000Z.csv");
        assertThat(sent).extracting(Sent::contentType).containsExactly("application/json", "text/csv; charset=utf-8");
        // The SDK frames the body; the content is in it as it was written.
        assertThat(sent.get(0).body()).contains(Files.readString(json));
        assertThat(sent.get(1).body()).contains(run.out());
        assertThat(sent.get(0).authorization())
                .contains("Credential=AKIAEASTWEST/")
                .contains("/eu-west-1/s3/");
    }

    @Test
    void sendsASummaryToATopicAndAChat() {
        CommandLineRun run = run("--notify", "sns:" + TOPIC, "--notify", "slack:HOOK");

        assertThat(run.exit()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.err()).isEqualTo("eastwest: notified " + TOPIC + "\neastwest: notified Slack\n");
        Sent topic = sent.get(0);
        String form = URLDecoder.decode(topic.body(), StandardCharsets.UTF_8);
        assertThat(form)
                .contains("TopicArn=" + TOPIC)
                .contains("Subject=eastwest: cluster prod: 4 of 10 edges have a problem: 2 errors, 2 warnings")
                .contains("checkout \u2192 payments: failing, 1 650 of 9 785 failed");
        Sent chat = sent.get(1);
        assertThat(chat.path()).isEqualTo("/services/" + SECRET);
        assertThat(chat.contentType()).startsWith("application/json");
        JsonNode message = JsonMapper.shared().readTree(chat.body());
        assertThat(message.get("text").asString()).contains("4 of 10 edges have a problem");
        assertThat(message.get("blocks")).hasSizeBetween(5, 50);
    }

    @Test
    void neverPrintsAWebhook() {
        status = 403;
        for (String sink : List.of(
                "slack:HOOK",
                "slack:NO_HOOK",
                "slack:https://hooks.slack.com/services/" + SECRET,
                "https://hooks.slack.com/services/" + SECRET,
                "slack:@/nonexistent")) {
            CommandLineRun run = run("--notify", sink);
            assertThat(run.out() + run.err()).as(sink).doesNotContain(SECRET);
            assertThat(run.exit()).as(sink).isEqualTo(sink.equals("slack:HOOK") ? ExitCode.FINDINGS : ExitCode.USAGE);
        }
    }

    @Test
    void readsAWebhookFromAFile() throws IOException {
        Path file = Files.writeString(
                folder.resolve("hook"),
                "http://127.0.0.1:" + server.getAddress().getPort() + "/services/x\n");

        assertThat(run("--notify", "slack:@" + file).err()).isEqualTo("eastwest: notified Slack\n");
    }

    /** The report is there, the exit code of a problem stays, and one of "all well" becomes 1. */
    @Test
    void losesNoReportWhenASinkFails() {
        status = 403;
        CommandLineRun problems = run("--publish", "s3://reports/eastwest", "--notify", "sns:" + TOPIC);

        assertThat(problems.exit()).isEqualTo(ExitCode.FINDINGS);
        assertThat(problems.out()).contains("PROBLEMS: 4 of 10 edges");
        assertThat(problems.err())
                .contains("eastwest: cannot publish to s3://reports/eastwest/health-prod-20261121T130000Z.txt: ")
                .contains("eastwest: cannot notify " + TOPIC + ": ");
    }

    @Test
    void exitsOneWhenAllIsWellButASinkFails() throws IOException {
        Path healthy = healthy();
        status = 403;
        String[] options = {"health", "--bundle", healthy.toString()};

        assertThat(CommandLineRun.of(options).exit()).isZero();
        assertThat(new CommandLineRun.Setting()
                        .environment(Map.of(
                                "HOOK",
                                "http://127.0.0.1:" + server.getAddress().getPort() + "/x"))
                        .run("health", "--bundle", healthy.toString(), "--notify", "slack:HOOK")
                        .exit())
                .isEqualTo(ExitCode.INTERNAL);
    }

    /** The sample with no edges but those of the storefront, which are well. */
    private Path healthy() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("healthy"));
        try (Stream<Path> files = Files.walk(Path.of("samples/health-prod"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = Path.of("samples/health-prod").relativize(file).toString();
                if (name.startsWith("cloudwatch") || name.equals("manifest.json")) {
                    Files.createDirectories(copy.resolve(name).getParent());
                    Files.copy(file, copy.resolve(name));
                }
            }
        }
        JsonNode listed = JsonMapper.shared().readTree(Files.readString(copy.resolve("cloudwatch/list-metrics.json")));
        List<JsonNode> kept = listed.get("Metrics")
                .valueStream()
                .filter(metric -> metric.toString().contains("storefront"))
                .toList();
        Files.writeString(
                copy.resolve("cloudwatch/list-metrics.json"),
                JsonMapper.shared().writeValueAsString(Map.of("Metrics", kept)));
        return copy;
    }

    @Test
    void triesAChatAgainThatIsTooBusy() {
        status = 429;
        refusals = 1;

        assertThat(run("--notify", "slack:HOOK").err()).isEqualTo("eastwest: notified Slack\n");
        assertThat(sent).hasSize(2);
    }

    @Test
    void notifiesOfNewsOnlyWhereThatIsWanted() throws IOException {
        Path same = folder.resolve("same.json");
        run("-o", "json=" + same);
        Files.writeString(
                same, Files.readString(same).replaceFirst("\"to\": \"2026-11-21T13", "\"to\": \"2026-11-21T12"));

        run("--previous", same.toString(), "--notify", "slack:HOOK", "--notify-when", "change");
        assertThat(sent).isEmpty();
        run("--previous", "samples/health-prod/previous.json", "--notify", "slack:HOOK", "--notify-when", "change");
        assertThat(sent).hasSize(1);
        run("--previous", same.toString(), "--notify", "slack:HOOK", "--notify-when", "problem");
        assertThat(sent).hasSize(2);
    }

    @Test
    void iamPolicyAddsWhatSinksNeed() {
        CommandLineRun plain = CommandLineRun.of("iam-policy");
        CommandLineRun more = CommandLineRun.of(
                "iam-policy",
                "--publish",
                "s3://reports/eastwest",
                "--notify",
                "sns:" + TOPIC,
                "--notify",
                "slack:ANY");

        JsonNode statements = JsonMapper.shared().readTree(more.out()).get("Statement");
        int reads = JsonMapper.shared().readTree(plain.out()).get("Statement").size();
        assertThat(statements).hasSize(reads + 2);
        assertThat(statements.get(reads).get("Action").asString()).isEqualTo("s3:PutObject");
        assertThat(statements.get(reads).get("Resource").asString()).isEqualTo("arn:aws:s3:::reports/eastwest/*");
        assertThat(statements.get(reads + 1).get("Resource").asString()).isEqualTo(TOPIC);
        assertThat(plain.out()).doesNotContain("PutObject");
    }
}
