package io.github.eastwest.render.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.eastwest.model.Basis;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Gauge;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.Format;
import io.github.eastwest.render.Golden;
import io.github.eastwest.render.ReportContext;
import io.github.eastwest.render.SampleDiagnoses;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class JsonRendererTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    private static List<String> samples() {
        return SampleDiagnoses.all().keySet().stream().sorted().toList();
    }

    private static String schemaText() throws IOException {
        try (InputStream in = JsonRendererTest.class.getResourceAsStream("/schema/diagnosis.schema.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> violations(String json) throws IOException {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schemaText(), InputFormat.JSON);
        return schema
                .validate(
                        json,
                        InputFormat.JSON,
                        execution -> execution.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(Object::toString)
                .toList();
    }

    private static JsonNode json(Diagnosis diagnosis) {
        return MAPPER.readTree(Golden.text(Format.JSON, diagnosis));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void fitsTheSchema(String sample) throws IOException {
        assertThat(violations(Golden.text(Format.JSON, SampleDiagnoses.all().get(sample))))
                .isEmpty();
    }

    @Test
    void theSchemaRejectsWhatIsWrong() throws IOException {
        ObjectNode report = (ObjectNode) json(SampleDiagnoses.securityGroup());

        assertThat(violations(report.deepCopy().put("outcome", "fine").toString()))
                .isNotEmpty();
        assertThat(violations(report.deepCopy().put("schemaVersion", 2).toString()))
                .isNotEmpty();
        assertThat(violations(report.deepCopy().without("traffic").toString())).isNotEmpty();
        ObjectNode window = report.deepCopy();
        ((ObjectNode) window.get("window")).put("from", "yesterday");
        assertThat(violations(window.toString())).isNotEmpty();
        assertThat(violations(report.deepCopy().put("addedLater", 1).toString()))
                .isEmpty();
    }

    @Test
    void theSchemaKnowsTheWordsOfTheModel() throws IOException {
        JsonNode schema = MAPPER.readTree(schemaText());

        assertWords(schema.at("/$defs/condition/enum"), Condition.values(), Condition::id);
        assertWords(schema.at("/$defs/hop/enum"), Hop.values(), Hop::id);
        assertWords(schema.at("/properties/edge/properties/method/enum"), Edge.Method.values(), Edge.Method::id);
        assertWords(schema.at("/properties/outcome/enum"), Diagnosis.Outcome.values(), Diagnosis.Outcome::id);
        assertWords(
                schema.at("/properties/coverage/items/properties/state/enum"),
                Coverage.State.values(),
                Coverage.State::id);
        assertWords(schema.at("/$defs/finding/properties/severity/enum"), Severity.values(), Severity::id);
        assertWords(
                schema.at("/$defs/traffic/properties/conditions/items/properties/basis/enum"),
                Basis.values(),
                Basis::id);
    }

    private static <E> void assertWords(JsonNode words, E[] values, Function<E, String> id) {
        assertThat(words.valueStream().map(JsonNode::stringValue))
                .containsExactlyElementsOf(Arrays.stream(values).map(id).toList());
    }

    @Test
    void carriesTheContractsFields() {
        JsonNode report = json(SampleDiagnoses.securityGroup());

        assertThat(report.propertyNames())
                .startsWith(
                        "schemaVersion",
                        "tool",
                        "outcome",
                        "exitCode",
                        "edge",
                        "window",
                        "traffic",
                        "findings",
                        "ruledOut",
                        "undetermined",
                        "coverage",
                        "timeline");
        assertThat(report.at("/exitCode").intValue()).isEqualTo(3);
        assertThat(report.at("/traffic/requests").longValue()).isEqualTo(1619);
        assertThat(report.at("/traffic/failed").longValue()).isEqualTo(1139);
        assertThat(report.at("/traffic/conditions")
                        .valueStream()
                        .mapToLong(c -> c.get("count").longValue())
                        .sum())
                .isEqualTo(1619);
        assertThat(report.at("/findings/0/code").stringValue()).isEqualTo("EW301");
        assertThat(report.at("/findings/0/confidence").decimalValue()).isEqualByComparingTo("0.93");
        assertThat(report.at("/findings/0/causedBy").isNull()).isTrue();
        assertThat(report.at("/findings/1/causedBy").stringValue()).isEqualTo("EW301");
        assertThat(report.at("/findings/1/explained").longValue()).isEqualTo(994);
    }

    /** Scripts get every number that the page shows. */
    @Test
    void carriesTheBreakdownAndTheGauges() {
        Diagnosis incident = SampleDiagnoses.incident();
        TrafficReport traffic = incident.traffic().orElseThrow();
        JsonNode report = json(incident);
        JsonNode breakdown = report.at("/traffic/breakdown");

        assertThat(breakdown
                        .at("/sides")
                        .valueStream()
                        .map(side -> side.get("side").asString()))
                .containsExactly("caller", "callee");
        assertThat(breakdown.at("/sides/0/requests").asLong())
                .isEqualTo(traffic.breakdown().sides().get(0).total().requests());
        assertThat(breakdown.at("/sides/0/buckets").size())
                .isEqualTo(traffic.series().buckets().size());
        assertThat(breakdown
                        .at("/heat/buckets")
                        .valueStream()
                        .flatMap(JsonNode::valueStream)
                        .mapToLong(JsonNode::asLong)
                        .sum())
                .isEqualTo(traffic.breakdown().heat().buckets().stream()
                        .flatMap(List::stream)
                        .mapToLong(Long::longValue)
                        .sum())
                .isPositive();
        assertThat(breakdown.at("/heat/upperMs").valueStream().filter(JsonNode::isNull))
                .hasSize(1);
        assertThat(breakdown.at("/reasons").size())
                .isEqualTo(traffic.breakdown().reasons().size())
                .isPositive();
        assertThat(breakdown
                                .at("/attribution")
                                .valueStream()
                                .mapToLong(part -> part.get("failed").asLong())
                                .sum()
                        + traffic.unattributed())
                .isEqualTo(traffic.failed());
        assertThat(breakdown.at("/rows/0/lines/0/text").asString()).isNotEmpty();
        assertThat(breakdown.at("/paths/groups/0/name").asString())
                .isEqualTo(traffic.breakdown().paths().shown().get(0).name());
        assertThat(report.get("gauges")
                        .valueStream()
                        .map(gauge -> gauge.get("name").asString()))
                .containsExactlyElementsOf(
                        incident.gauges().stream().map(Gauge::name).toList())
                .isNotEmpty();
        assertThat(report.at("/gauges/0/points/0/value").asDouble())
                .isEqualTo(incident.gauges().get(0).points().get(0).value());
        // Who was hit is not known without lines of tasks: null, not 0.
        assertThat(json(SampleDiagnoses.securityGroup())
                        .at("/traffic/breakdown/touched/paths")
                        .isNull())
                .isTrue();
    }

    @Test
    void namesAHopOnlyForFailures() {
        json(SampleDiagnoses.securityGroup()).at("/traffic/conditions").forEach(condition -> {
            boolean failure = Condition.of(condition.get("condition").stringValue())
                    .orElseThrow()
                    .failure();
            assertThat(condition.get("hop").isNull()).isEqualTo(!failure);
        });
    }

    @Test
    void hasNoTrafficWhereNoLogWasRead() {
        assertThat(json(SampleDiagnoses.nothingRead()).get("traffic").isNull()).isTrue();
    }

    @Test
    void absentPercentilesAreNull() {
        JsonNode buckets = json(SampleDiagnoses.securityGroup()).at("/traffic/series/buckets");

        assertThat(buckets.get(11).at("/latencyMs/p50").isNull()).isTrue();
        assertThat(buckets.get(0).at("/latencyMs/p50").longValue()).isEqualTo(29);
    }

    @Test
    void losesNothingOfForeignTextAndEmitsAsciiOnly() {
        Diagnosis hostile = SampleDiagnoses.hostile();
        String text = Golden.text(Format.JSON, hostile);

        assertThat(text.chars()).allMatch(c -> c == '\n' || (c >= 0x20 && c < 0x7F));
        // Unpaired surrogates exist in no encoding; all else comes back as it was.
        assertThat(MAPPER.readTree(text).at("/ruledOut/0/because").stringValue())
                .isEqualTo(SampleDiagnoses.HOSTILE.replace('\uD800', '\uFFFD'));
    }

    @ParameterizedTest
    // The hostile sample is left out: 200 kB that nobody reads.
    @ValueSource(strings = {"security-group", "healthy", "nothing-read", "unexplained"})
    void looksAsAgreed(String sample) throws IOException {
        Diagnosis diagnosis = SampleDiagnoses.all().get(sample);

        Golden.assertMatches(
                sample + ".json", Golden.bytes(Format.JSON, diagnosis, SampleDiagnoses.context(diagnosis)));
    }

    @Test
    void handsOnTheStreamsOwnException() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("no space left");
            }
        };
        ReportContext context = SampleDiagnoses.CONTEXT;

        Assertions.assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new JsonRenderer().render(SampleDiagnoses.securityGroup(), context, broken))
                .withMessage("no space left");
    }
}
