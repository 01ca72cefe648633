package io.github.eastwest.render.json;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.ConfirmStep;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Evidence;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.Renderer;
import io.github.eastwest.render.ReportContext;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.json.JsonMapper;

/**
 * The report for scripts. Names are a contract (see {@code /schema/diagnosis.schema.json}): added to, never renamed.
 *
 * <p>Nothing is cut or replaced here; whatever is not ASCII is written as {@code \\uXXXX}, so that no terminal that shows the
 * document obeys a log line.
 */
public final class JsonRenderer implements Renderer {
    /** Version of the layout; a change that breaks readers raises it. */
    public static final int SCHEMA_VERSION = 1;

    /** Decimal places of a confidence: more would pretend. */
    private static final int CONFIDENCE_PLACES = 4;

    // System line ends would make the bytes depend on the machine.
    private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .defaultPrettyPrinter(new DefaultPrettyPrinter(
                            Separators.createDefaultInstance().withObjectNameValueSpacing(Separators.Spacing.AFTER))
                    .withArrayIndenter(INDENTER)
                    .withObjectIndenter(INDENTER))
            .build();

    @Override
    public void render(Diagnosis diagnosis, ReportContext context, OutputStream out) throws IOException {
        try (JsonGenerator json = MAPPER.writerWithDefaultPrettyPrinter().createGenerator(out)) {
            write(diagnosis, context, json);
            json.writeRaw('\n');
        } catch (JacksonIOException e) {
            throw e.getCause();
        }
        out.flush();
    }

    private static void write(Diagnosis diagnosis, ReportContext context, JsonGenerator json) {
        json.writeStartObject();
        json.writeNumberProperty("schemaVersion", SCHEMA_VERSION);
        json.writeObjectPropertyStart("tool");
        text(json, "name", context.toolName());
        text(json, "version", context.toolVersion());
        json.writeEndObject();
        text(json, "outcome", diagnosis.outcome().id());
        json.writeNumberProperty("exitCode", context.exitCode());
        edge(diagnosis.edge(), json);
        json.writeObjectPropertyStart("window");
        text(json, "from", diagnosis.window().from().toString());
        text(json, "to", diagnosis.window().to().toString());
        json.writeEndObject();
        json.writeName("traffic");
        if (diagnosis.traffic().isPresent()) {
            traffic(diagnosis.traffic().get(), json);
        } else {
            json.writeNull();
        }
        json.writeArrayPropertyStart("findings");
        diagnosis.causes().findings().forEach(finding -> finding(finding, json));
        json.writeEndArray();
        json.writeArrayPropertyStart("ruledOut");
        for (Diagnosis.RuledOut ruledOut : diagnosis.causes().ruledOut()) {
            json.writeStartObject();
            cause(ruledOut.cause(), json);
            text(json, "because", ruledOut.because());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("undetermined");
        for (Diagnosis.Undetermined undetermined : diagnosis.causes().undetermined()) {
            json.writeStartObject();
            cause(undetermined.cause(), json);
            texts(json, "missing", undetermined.missing());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("coverage");
        for (Coverage.Entry entry : diagnosis.coverage().entries()) {
            json.writeStartObject();
            text(json, "input", entry.input());
            text(json, "state", entry.state().id());
            text(json, "detail", entry.detail());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("timeline");
        for (Diagnosis.TimelineEntry entry : diagnosis.timeline()) {
            json.writeStartObject();
            text(json, "at", entry.at().toString());
            text(json, "kind", entry.kind());
            text(json, "text", entry.text());
            text(json, "evidence", entry.evidence());
            json.writeEndObject();
        }
        json.writeEndArray();
        BackgroundJson.write(diagnosis.background(), json);
        BreakdownJson.gauges(diagnosis.gauges(), json);
        json.writeArrayPropertyStart("transcript");
        for (ConfirmStep step : diagnosis.transcript()) {
            json.writeStartObject();
            cause(step.cause(), json);
            text(json, "command", step.command());
            text(json, "answer", step.answer().id());
            text(json, "seen", step.seen());
            text(json, "source", step.source());
            json.writeEndObject();
        }
        json.writeEndArray();
        texts(json, "gaps", diagnosis.gaps());
        texts(json, "faults", diagnosis.causes().faults());
        json.writeEndObject();
    }

    private static void edge(Edge edge, JsonGenerator json) {
        json.writeObjectPropertyStart("edge");
        text(json, "caller", edge.caller());
        text(json, "callee", edge.callee());
        text(json, "cluster", edge.cluster());
        text(json, "calleeCluster", edge.calleeCluster());
        text(json, "namespace", edge.namespace());
        text(json, "method", edge.method().id());
        json.writeEndObject();
    }

    private static void traffic(TrafficReport traffic, JsonGenerator json) {
        json.writeStartObject();
        json.writeNumberProperty("requests", traffic.requests());
        json.writeNumberProperty("failed", traffic.failed());
        json.writeNumberProperty("unattributed", traffic.unattributed());
        json.writeArrayPropertyStart("conditions");
        for (TrafficReport.ConditionCount count : traffic.conditions()) {
            json.writeStartObject();
            text(json, "condition", count.condition().id());
            json.writeNumberProperty("count", count.count());
            text(json, "basis", count.basis().id());
            // The hop that made an answer is no news: only failures name one.
            text(
                    json,
                    "hop",
                    count.hop().filter(hop -> count.condition().failure()).map(hop -> hop.id()));
            json.writeEndObject();
        }
        json.writeEndArray();
        latency(traffic.latency(), json);
        json.writeObjectPropertyStart("series");
        json.writeNumberProperty("bucketSeconds", traffic.series().bucketSeconds());
        json.writeArrayPropertyStart("buckets");
        for (TrafficReport.Bucket bucket : traffic.series().buckets()) {
            json.writeStartObject();
            text(json, "from", bucket.from().toString());
            conditions(bucket.conditions(), json);
            latency(bucket.latency(), json);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeArrayPropertyStart("hosts");
        for (TrafficReport.HostCount host : traffic.hosts()) {
            json.writeStartObject();
            text(json, "host", host.host());
            text(json, "taskId", host.taskId());
            text(json, "availabilityZone", host.availabilityZone());
            text(json, "revision", host.revision());
            json.writeNumberProperty("requests", host.requests());
            json.writeNumberProperty("failed", host.failed());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("examples");
        for (TrafficReport.Example example : traffic.examples()) {
            example(example, json);
        }
        json.writeEndArray();
        BreakdownJson.write(traffic.breakdown(), json);
        json.writeEndObject();
    }

    static void conditions(Map<Condition, Long> conditions, JsonGenerator json) {
        json.writeObjectPropertyStart("conditions");
        if (!conditions.isEmpty()) {
            // Map.copyOf iterates in an order that changes from run to run.
            Map<Condition, Long> ordered = new EnumMap<>(conditions);
            ordered.forEach((condition, count) -> json.writeNumberProperty(condition.id(), count));
        }
        json.writeEndObject();
    }

    static void example(TrafficReport.Example example, JsonGenerator json) {
        json.writeStartObject();
        text(json, "condition", example.condition().id());
        text(json, "stream", example.stream());
        json.writeNumberProperty("line", example.line());
        text(json, "text", example.text());
        json.writeEndObject();
    }

    static void latency(TrafficReport.Latency latency, JsonGenerator json) {
        json.writeObjectPropertyStart("latencyMs");
        number(json, "p50", latency.p50());
        number(json, "p90", latency.p90());
        number(json, "p99", latency.p99());
        number(json, "max", latency.max());
        json.writeEndObject();
    }

    private static void finding(Finding finding, JsonGenerator json) {
        json.writeStartObject();
        cause(finding.cause(), json);
        text(json, "title", finding.cause().title());
        text(json, "severity", finding.assessment().severity().id());
        text(json, "verdict", finding.assessment().verdict().id());
        json.writeNumberProperty("confidence", decimal(finding.assessment().confidence()));
        text(json, "hop", finding.assessment().hop().id());
        text(json, "summary", finding.summary());
        json.writeArrayPropertyStart("evidence");
        for (Evidence evidence : finding.evidence()) {
            json.writeStartObject();
            text(json, "id", evidence.id());
            text(json, "supports", evidence.supports().id());
            text(json, "statement", evidence.statement());
            text(json, "source", evidence.source());
            text(json, "observed", evidence.observed());
            text(json, "threshold", evidence.threshold());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("confirm");
        for (Finding.Confirm confirm : finding.confirm()) {
            json.writeStartObject();
            text(json, "command", confirm.command());
            text(json, "confirmedIf", confirm.confirmedIf());
            text(json, "refutedIf", confirm.refutedIf());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("fix");
        for (Finding.Fix fix : finding.fix()) {
            json.writeStartObject();
            text(json, "step", fix.step());
            text(json, "risk", fix.risk());
            text(json, "rollback", fix.rollback());
            json.writeEndObject();
        }
        json.writeEndArray();
        text(json, "causedBy", finding.causedBy().map(RootCause::code));
        json.writeNumberProperty("explained", finding.explained());
        json.writeEndObject();
    }

    static void cause(RootCause cause, JsonGenerator json) {
        text(json, "code", cause.code());
        text(json, "slug", cause.slug());
    }

    /** The shortest digits of a double differ between Java releases; rounding from the exact value does not. */
    static BigDecimal decimal(double value) {
        BigDecimal rounded = new BigDecimal(value)
                .setScale(CONFIDENCE_PLACES, RoundingMode.HALF_UP)
                .stripTrailingZeros();
        return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
    }

    static void text(JsonGenerator json, String name, String value) {
        json.writeStringProperty(name, Foreign.encodable(value));
    }

    static void text(JsonGenerator json, String name, Optional<String> value) {
        if (value.isPresent()) {
            text(json, name, value.get());
        } else {
            json.writeNullProperty(name);
        }
    }

    static void texts(JsonGenerator json, String name, List<String> values) {
        json.writeArrayPropertyStart(name);
        values.forEach(value -> json.writeString(Foreign.encodable(value)));
        json.writeEndArray();
    }

    private static void number(JsonGenerator json, String name, OptionalLong value) {
        if (value.isPresent()) {
            json.writeNumberProperty(name, value.getAsLong());
        } else {
            json.writeNullProperty(name);
        }
    }
}
