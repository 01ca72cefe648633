package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.RootCause;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped tables are complete, consistent and reachable. */
class KnowledgeTest {
    private static final Knowledge KNOWLEDGE = Knowledge.load();
    private static final KnowledgeSearch SEARCH = new KnowledgeSearch(KNOWLEDGE);

    /** Causes that the contract names, by hop. */
    private static final List<Integer> NAMED_CAUSES = List.of(
            101, 102, 103, 104, 105, 106, 107, 108, 201, 202, 203, 204, 205, 301, 302, 303, 304, 305, 306, 401, 402,
            403, 404, 405, 406, 407, 408, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511, 512, 513, 601, 602,
            603, 604, 605);

    @Test
    void everyNamedCauseIsExplainedOnce() {
        assertThat(KNOWLEDGE.topics(Topic.Kind.CAUSE))
                .extracting(Topic::id)
                .containsExactlyInAnyOrderElementsOf(
                        NAMED_CAUSES.stream().map(n -> "EW" + n).toList());
    }

    @Test
    void everyConditionIsExplained() {
        List<String> ids =
                KNOWLEDGE.topics(Topic.Kind.CONDITION).stream().map(Topic::id).toList();

        assertThat(ids)
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Arrays.stream(Condition.values()).map(Condition::id),
                                Stream.of("upstream_reset_before_response", "outlier_eject"))
                        .toList());
        assertThat(KNOWLEDGE.topics(Topic.Kind.CONDITION))
                .allSatisfy(t -> assertThat(t.markdown())
                        .contains(
                                "\n## What it is\n",
                                "\n## How it looks\n",
                                "- Without flags: ",
                                "- With flags: ",
                                "\n## Likely causes\n",
                                "\n## Looks like, but is not\n"));
    }

    /** Numbers of rows of Envoy's documented tables and of the field guide, counted there by hand. */
    @ParameterizedTest
    @CsvSource({
        "FLAG, 30",
        "DETAIL, 156",
        "TRANSPORT_FAILURE, 22",
        "METRIC, 79",
        "FIELD_GUIDE, 72",
    })
    void tablesAreComplete(Topic.Kind kind, int rows) {
        assertThat(KNOWLEDGE.topics(kind)).hasSize(rows);
    }

    @Test
    void knowsEveryFlagOfEnvoy() {
        assertThat(KNOWLEDGE.topics(Topic.Kind.FLAG).stream().map(Topic::id))
                .containsExactlyInAnyOrder(
                        "UH", "UF", "UO", "NR", "URX", "NC", "DT", "DC", "LH", "UT", "LR", "UR", "UC", "DI", "FI", "RL",
                        "UAEX", "RLSE", "IH", "SI", "DPE", "UPE", "UMSDR", "RFCF", "NFCF", "OM", "DF", "DO", "DR",
                        "UDO");
    }

    @Test
    void fieldGuideHasItsSets() {
        assertThat(KNOWLEDGE.topics(Topic.Kind.FIELD_GUIDE).stream()
                        .collect(Collectors.groupingBy(t -> t.id().split(" ")[0], Collectors.counting())))
                .containsOnly(
                        java.util.Map.entry("mistake", 20L),
                        java.util.Map.entry("condition", 6L),
                        java.util.Map.entry("symptom", 5L),
                        java.util.Map.entry("alarm", 5L),
                        java.util.Map.entry("box", 6L),
                        java.util.Map.entry("statement", 30L));
    }

    @Test
    void replyLengthsAreTheLengthsOfTheirBodies() throws IOException {
        List<CSVRecord> rows = table("local-replies");

        assertThat(rows).hasSize(82);
        assertThat(rows)
                .allSatisfy(row -> assertThat(Integer.parseInt(row.get("bytes")))
                        .isEqualTo(row.get("body").getBytes(StandardCharsets.UTF_8).length));
        assertThat(rows.stream().map(row -> row.get("bytes")))
                .contains(
                        "0", "11", "14", "16", "19", "24", "31", "81", "85", "87", "91", "95", "98", "100", "121",
                        "167")
                .contains("190", "211", "216", "234", "239");
    }

    /** A retry makes the body longer by "retried and the latest ". */
    @Test
    void retriedRepliesAreTwentyThreeBytesLonger() throws IOException {
        Set<String> bodies =
                table("local-replies").stream().map(r -> r.get("body")).collect(Collectors.toSet());
        List<String> resets =
                bodies.stream().filter(b -> b.contains("headers. reset reason")).toList();

        assertThat(resets).hasSizeGreaterThan(20);
        assertThat(resets)
                .allSatisfy(b -> assertThat(bodies)
                        .contains(b.replace("headers. reset", "headers. retried and the latest reset")));
        assertThat("retried and the latest ").hasSize(23);
    }

    @Test
    void everythingThatIsLedToExists() {
        Set<String> ids = KNOWLEDGE.topics().stream().map(Topic::id).collect(Collectors.toSet());

        assertThat(KNOWLEDGE.topics())
                .allSatisfy(t -> assertThat(t.leadsTo()).as(t.id()).isSubsetOf(ids));
        assertThat(KNOWLEDGE.topics(Topic.Kind.FIELD_GUIDE))
                .allSatisfy(t -> assertThat(t.leadsTo()).as(t.id()).isNotEmpty());
        assertThat(KNOWLEDGE.topics(Topic.Kind.FLAG))
                .allSatisfy(t -> assertThat(t.leadsTo()).as(t.id()).isNotEmpty());
    }

    @Test
    void everyTopicIsFoundByItsIdWhateverTheCase() {
        assertThat(KNOWLEDGE.topics()).allSatisfy(t -> {
            assertThat(SEARCH.find(t.id()).best()).as(t.id()).contains(t);
            assertThat(SEARCH.find(t.id().toUpperCase(Locale.ROOT)).best())
                    .as(t.id())
                    .contains(t);
        });
    }

    @Test
    void everyCauseIsFoundByCodeNumberAndName() {
        for (RootCause cause : RootCause.values()) {
            for (String typed : List.of(cause.code(), cause.code().substring(2), cause.slug(), cause.title())) {
                assertThat(SEARCH.find(typed).best())
                        .as(typed)
                        .extracting(Topic::id)
                        .containsExactly(cause.code());
            }
        }
    }

    @Test
    void everyFieldGuideRowIsFoundByItsSentenceAndByEachOfItsWords() throws IOException {
        for (CSVRecord row : table("field-guide")) {
            String id = row.get("set") + " " + row.get("number");
            assertThat(SEARCH.find(row.get("told")).best())
                    .as(row.get("told"))
                    .extracting(Topic::id)
                    .containsExactly(id);
            for (String words : row.get("words").split("; ")) {
                KnowledgeSearch.Answer answer = SEARCH.find(words);
                assertThat(Stream.concat(answer.best().stream(), answer.others().stream())
                                .map(Topic::id))
                        .as(words)
                        .contains(id);
            }
        }
    }

    @Test
    void everyResponseCodeDetailIsFoundAsItIsLogged() throws IOException {
        for (CSVRecord row : table("response-code-details")) {
            // A variable part is <…> in the table and anything in a log.
            String logged = row.get("detail").replaceAll("<[a-z]+>", "anything_at_all");
            KnowledgeSearch.Answer answer = SEARCH.find(logged);
            assertThat(Stream.concat(answer.best().stream(), answer.others().stream())
                            .filter(t -> t.kind() == Topic.Kind.DETAIL)
                            .map(t -> t.names().get(0)))
                    .as(logged)
                    .contains(row.get("detail"));
        }
    }

    @Test
    void everyNameOfATransportFailureIsFound() {
        for (Topic topic : KNOWLEDGE.topics(Topic.Kind.TRANSPORT_FAILURE)) {
            for (String name : topic.names()) {
                KnowledgeSearch.Answer answer = SEARCH.find(name);
                assertThat(Stream.concat(answer.best().stream(), answer.others().stream()))
                        .as(name)
                        .contains(topic);
            }
        }
    }

    /** As Envoy prints them in a detail's braces, in errors, in outlier events and as AWS names metrics: written down by hand. */
    @ParameterizedTest
    @CsvSource({
        "DETAIL, upstream_reset_before_response_started{connection_termination}, upstream_connection_termination",
        "DETAIL, upstream_reset_before_response_started{remote_refused_stream_reset}, upstream_reset",
        "DETAIL, upstream_reset_before_response_started{overflow}, upstream_overflow",
        "TRANSPORT_FAILURE, ECONNREFUSED, upstream_connection_failure",
        "TRANSPORT_FAILURE, ETIMEDOUT, upstream_connection_timeout",
        "TRANSPORT_FAILURE, EHOSTUNREACH, upstream_connection_failure",
        "TRANSPORT_FAILURE, errno 99, upstream_connection_failure",
        "TRANSPORT_FAILURE, EMFILE, upstream_connection_failure",
        "TRANSPORT_FAILURE, 268435703, tls_failure",
        "TRANSPORT_FAILURE, SSLV3_ALERT_CERTIFICATE_UNKNOWN, tls_failure",
        "TRANSPORT_FAILURE, http1_premature_upstream_half_close, upstream_reset",
        "TRANSPORT_FAILURE, RemoteResetNoError, upstream_reset",
        "CONDITION, SUCCESS_RATE, EW507",
        "CONDITION, FAILURE_PERCENTAGE_LOCAL_ORIGIN, EW507",
        "FLAG, DC, downstream_disconnect",
        "FLAG, URX, retry_limit_exceeded",
        "METRIC, HTTPCode_ELB_504_Count, EW408",
        "METRIC, TaskCpuUtilization, EW507",
        "METRIC, ConnectionTimeoutCount, upstream_connection_timeout",
        "METRIC, IncomingLogEvents, EW603",
        "METRIC, GrpcResponseStatusCode, EW604"
    })
    void whatIsPrintedIsExplainedAndLeadsOn(Topic.Kind kind, String typed, String next) {
        assertThat(SEARCH.find(typed).best()).as(typed).anySatisfy(topic -> {
            assertThat(topic.kind()).isEqualTo(kind);
            assertThat(topic.leadsTo()).contains(next);
        });
    }

    @Test
    void everyTopicThatHasNeighboursTellsThemApart() {
        for (Topic.Kind kind :
                List.of(Topic.Kind.FLAG, Topic.Kind.DETAIL, Topic.Kind.LOCAL_REPLY, Topic.Kind.CONDITION)) {
            assertThat(KNOWLEDGE.topics(kind))
                    .allSatisfy(t -> assertThat(t.markdown())
                            .as(t.id())
                            .containsPattern("\n## Looks like[^\n]*, but is not\n\n- "));
        }
        assertThat(KNOWLEDGE.topics(Topic.Kind.TRANSPORT_FAILURE))
                .allSatisfy(t -> assertThat(t.markdown()).as(t.id()).containsPattern("\nLooks like .+, but .+"));
        assertThat(KNOWLEDGE.topics(Topic.Kind.CAUSE))
                .allSatisfy(t -> assertThat(t.markdown()).contains("\n## How to tell it from its neighbours\n\n| "));
    }

    /** Metrics that the collector asks for are among those explained. */
    @Test
    void explainsEveryMetricThatIsCollected() throws IOException {
        String source = Files.readString(Path.of("src/main/java/io/github/eastwest/collect/MetricSources.java"));
        List<String> collected = Pattern.compile("new String\\[\\] \\{\"(\\w+)\"")
                .matcher(source)
                .results()
                .map(m -> m.group(1))
                .distinct()
                .toList();

        assertThat(collected).hasSizeGreaterThan(15);
        assertThat(KNOWLEDGE.topics(Topic.Kind.METRIC)).extracting(Topic::id).containsAll(collected);
    }

    @Test
    void everyStatusAndLengthOfALocalReplyIsFound() throws IOException {
        for (CSVRecord row : table("local-replies")) {
            for (String status : row.get("status").split("/")) {
                String typed = status + " " + row.get("bytes");
                assertThat(SEARCH.find(typed).best())
                        .as(typed)
                        .extracting(Topic::id)
                        .containsExactly(row.get("bytes") + " bytes");
            }
        }
    }

    @Test
    void wordsBelongToEveryCause() throws IOException {
        assertThat(table("cause-words").stream().map(row -> row.get("code")))
                .containsExactlyElementsOf(
                        Arrays.stream(RootCause.values()).map(RootCause::code).toList());
    }

    private static List<CSVRecord> table(String name) throws IOException {
        try (CSVParser parser = CSVParser.parse(
                Path.of("src/main/resources/knowledge", name + ".csv"),
                StandardCharsets.UTF_8,
                CSVFormat.RFC4180
                        .builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .get())) {
            return parser.getRecords();
        }
    }
}
