package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.RootCause;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExplainCommandTest {
    private static final String RESET = "upstream_reset_before_response_started";

    @ParameterizedTest
    @ValueSource(strings = {"EW301", "ew301", "301", "security-group-blocks", "Security_Group_Blocks"})
    void printsThePageOfACause(String typed) {
        CommandLineRun run = CommandLineRun.of("explain", typed);

        assertThat(run.exit()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("EW301 A security group does not admit the caller\n=====")
                .contains("\nHow to tell it from its neighbours\n-----")
                .contains(
                        "\n    aws ec2 describe-security-group-rules --filters Name=group-id,Values=CALLEE_SECURITY_GROUP ")
                .contains("\n- Severity: error\n- Hop: network\n")
                .contains("Words in capitals stand for your own names");
    }

    /** What is typed, and the ids of what is printed. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "no_healthy_upstream ~ no_healthy_upstream",
                "No healthy upstream ~ no_healthy_upstream",
                "upstream_reset_before_response ~ upstream_reset_before_response",
                "UF ~ UF",
                "uf,urx ~ UF URX",
                "URX,UF ~ UF URX",
                "UpstreamOverflow ~ UO",
                "NoHealthyUpstream,UpstreamRetryLimitExceeded ~ UH URX",
                "via_upstream ~ via_upstream",
                "upstream_reset_before_response_started{connection_timeout} ~"
                        + " upstream_reset_before_response_started{connection_timeout}",
                "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_111} ~"
                        + " upstream_reset_before_response_started{remote_connection_failure},errno 111",
                "upstream_reset_before_response_started{remote connection failure,delayed connect error: Connection refused}"
                        + " ~ upstream_reset_before_response_started{remote_connection_failure},errno 111",
                "upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435703:SSL_routines:"
                        + "OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end} ~"
                        + " upstream_reset_before_response_started{remote_connection_failure},WRONG_VERSION_NUMBER",
                "rbac_access_denied_matched_policy[some-policy] ~ rbac_access_denied_matched_policy[<policy>]",
                "downstream_local_disconnect(on_idle_timeout) ~ downstream_local_disconnect(on_idle_timeout)",
                "downstream_local_disconnect(never_seen) ~ downstream_local_disconnect(<reason>)",
                "95 ~ 95 bytes",
                "503 95 ~ 95 bytes",
                "403 19 ~ 19 bytes",
                "upstream request timeout ~ upstream_response_timeout",
                "Connection refused ~ errno 111",
                "ECONNREFUSED ~ errno 111",
                "delayed_connect_error:_Connection_refused ~ errno 111",
                "111 ~ errno 111",
                "HTTPCode_Target_5XX_Count ~ HTTPCode_Target_5XX_Count",
                "httpcode_target_5xx_count ~ HTTPCode_Target_5XX_Count",
                "server-only ~ mistake 2",
                "cross-account ~ mistake 7",
                "bill did not drop ~ mistake 14",
                "tasks ejected again and again ~ mistake 9",
                "OOM ~ EW503",
                "keep alive ~ EW509",
                "EW304 ~ EW304",
                "504 ~ EW504",
            })
    void findsWhatIsMeant(String typed, String ids) {
        CommandLineRun run = CommandLineRun.of("explain", "-o", "json", typed);

        assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.OK);
        String found = topics(run).stream().map(t -> t.get("id").asString()).collect(Collectors.joining(","));
        assertThat(found.replace(",URX", " URX")).isEqualTo(ids);
    }

    @Test
    void wordsNeedNoQuotes() {
        assertThat(CommandLineRun.of("explain", "503", "95").out())
                .isEqualTo(CommandLineRun.of("explain", "503 95").out())
                .startsWith("95 bytes: a proxy's own reply\n");
        assertThat(CommandLineRun.of("explain", "tasks", "ejected", "again", "and", "again")
                        .out())
                .contains("This holds.", "- EW507: ", "- EW205: ");
    }

    @Test
    void prefersACauseOfThatNumberAndMentionsTheReplyOfThatLength() {
        // 104 is a cause, the length of "… retried and the latest reset reason: overflow", and ECONNRESET.
        CommandLineRun run = CommandLineRun.of("explain", "104");

        assertThat(run.out()).startsWith("EW104 The caller uses a name or port that is no alias of the callee\n");
        assertThat(run.out()).contains("Also matches\n", "- 104 bytes: ", "- errno 104: Connection reset by peer\n");
    }

    @Test
    void bothRepliesOf19BytesAreShown() {
        assertThat(CommandLineRun.of("explain", "19").out())
                .contains("- 503, flags UH", "- 403, flags -", "- no_healthy_upstream: ", "- rbac_denied: ");
    }

    @Test
    void correctsABeliefThatDoesNotHold() {
        String out = CommandLineRun.of("explain", "just add appProtocol and redeploy")
                .out();

        assertThat(out).contains("This does not hold.", "immutable", "- EW403: ", "- EW404: ");
    }

    @Test
    void anUnknownWordIsAUsageErrorWithASuggestion() {
        CommandLineRun run = CommandLineRun.of("explain", "securty-group-blcks");

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("nothing is known about \"securty-group-blcks\"")
                .contains("Did you mean EW301")
                .contains("'eastwest rules'");
    }

    @Test
    void aStatusThatNoReplyOfThatLengthHasIsUnknown() {
        CommandLineRun run = CommandLineRun.of("explain", "404 95");

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("95 bytes");
    }

    @Test
    void needsSomethingToExplain() {
        CommandLineRun run = CommandLineRun.of("explain");

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("WHAT");
    }

    @Test
    void neverEchoesWhatWouldReprogramTheTerminal() {
        String hostile = "\u001b[31mred\u001b]0;title\u0007 \u202e \u009b2J";

        CommandLineRun text = CommandLineRun.of("explain", hostile);
        assertThat(text.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(text.err()).contains("red").doesNotContain("\u001b", "\u0007", "\u202e", "\u009b");

        CommandLineRun json = CommandLineRun.of("explain", "-o", "json", "EW301\u001b[2J memory \u202e");
        assertThat(json.exit()).isEqualTo(ExitCode.OK);
        assertThat(json.out()).doesNotContain("\u001b", "\u202e");
        assertThat(new JsonMapper().readTree(json.out()).get("query").asString())
                .contains("\u001b", "\u202e");
    }

    @Test
    void answersAnAbsurdlyLongQuestion() {
        CommandLineRun run = CommandLineRun.of("explain", "x".repeat(1_000_000));

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).hasSizeLessThan(500);
    }

    @Test
    void jsonCarriesThePage() {
        CommandLineRun run = CommandLineRun.of("explain", "EW509", "-o", "json");

        JsonNode document = new JsonMapper().readTree(run.out());
        assertThat(document.get("schemaVersion").asInt()).isEqualTo(1);
        JsonNode topic = document.get("topics").get(0);
        assertThat(topic.get("kind").asString()).isEqualTo("cause");
        assertThat(topic.get("severity").asString())
                .isEqualTo(RootCause.KEEP_ALIVE_RACE.severity().id());
        assertThat(topic.get("hop").asString()).isEqualTo("callee-app");
        assertThat(topic.get("markdown").asString()).startsWith("# EW509 ").contains("## Confirm");
        assertThat(document.get("others").isArray()).isTrue();
    }

    @Test
    void helpBeginsWithExamples() {
        String help = CommandLineRun.of("explain", "--help").out();

        assertThat(help.indexOf("  eastwest explain EW301")).isBetween(0, help.indexOf("Usage:"));
        assertThat(help).contains("Exit codes:");
    }

    @Test
    void everyTopicFitsIntoEightyColumnsExceptCommands() {
        Knowledge knowledge = Knowledge.load();
        for (Topic topic : knowledge.topics()) {
            String text = ExplainCommand.text(new KnowledgeSearch.Answer(List.of(topic), List.of()), knowledge);
            assertThat(text.lines().filter(line -> !line.startsWith("    aws ")))
                    .as(topic.id())
                    .allSatisfy(line ->
                            assertThat(line.codePointCount(0, line.length())).isLessThanOrEqualTo(80));
            assertThat(text).as(topic.id()).doesNotContain("**", "```", "\n\n\n", "|---");
        }
    }

    @Test
    void detailsOfARetriedAttemptLeadToTheirConditions() {
        assertThat(CommandLineRun.of("explain", RESET + "{overflow}").out()).contains("- upstream_overflow: ");
    }

    private static List<JsonNode> topics(CommandLineRun run) {
        return new JsonMapper().readTree(run.out()).get("topics").valueStream().toList();
    }
}
