package io.github.eastwest.render.json;

import io.github.eastwest.classify.health.HealthThresholds;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.health.CallEdge;
import io.github.eastwest.model.health.EdgeDiagnosis;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.EdgeState;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.model.health.HealthWindow;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.HealthBriefing;
import io.github.eastwest.render.HealthRenderer;
import io.github.eastwest.render.ReportContext;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.json.JsonMapper;

/**
 * The health report for scripts and for the next run ({@code --previous}). Names are a contract (see {@code
 * /schema/health.schema.json}): added to, never renamed.
 */
public final class HealthJsonRenderer implements HealthRenderer {
    /** Version of the layout; a change that breaks readers raises it. */
    public static final int SCHEMA_VERSION = 1;

    private static final int SHARE_PLACES = 6;
    private static final int MILLIS_PLACES = 3;
    private static final int CONFIDENCE_PLACES = 4;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .defaultPrettyPrinter(new DefaultPrettyPrinter(
                            Separators.createDefaultInstance().withObjectNameValueSpacing(Separators.Spacing.AFTER))
                    .withObjectIndenter(new DefaultIndenter("  ", "\n")))
            .build();

    @Override
    public void render(HealthReport report, HealthThresholds thresholds, ReportContext context, OutputStream out)
            throws IOException {
        try (JsonGenerator json = MAPPER.writerWithDefaultPrettyPrinter().createGenerator(out)) {
            json.writeStartObject();
            head(report, context, json);
            thresholds(thresholds, json);
            json.writeArrayPropertyStart("edges");
            report.edges().forEach(edge -> edge(edge, json));
            json.writeEndArray();
            past(report, json);
            json.writeArrayPropertyStart("blindSpots");
            for (HealthReport.BlindSpot spot : report.blindSpots()) {
                json.writeStartObject();
                text(json, "what", spot.what());
                text(json, "why", spot.why());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayPropertyStart("gaps");
            report.gaps().forEach(gap -> json.writeString(Foreign.encodable(gap)));
            json.writeEndArray();
            json.writeArrayPropertyStart("coverage");
            for (Coverage.Entry entry : report.coverage().entries()) {
                json.writeStartObject();
                text(json, "input", entry.input());
                text(json, "state", entry.state().id());
                text(json, "detail", entry.detail());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (JacksonIOException e) {
            throw e.getCause();
        }
        out.flush();
    }

    private static void head(HealthReport report, ReportContext context, JsonGenerator json) {
        json.writeNumberProperty("schemaVersion", SCHEMA_VERSION);
        json.writeObjectPropertyStart("tool");
        text(json, "name", context.toolName());
        text(json, "version", context.toolVersion());
        json.writeEndObject();
        text(json, "kind", "health");
        text(json, "outcome", new HealthBriefing(report).tone().outcome());
        json.writeNumberProperty("exitCode", context.exitCode());
        json.writeObjectPropertyStart("scope");
        text(json, "label", report.scope().label());
        text(json, "cluster", report.scope().cluster());
        text(json, "namespace", report.scope().namespace());
        text(json, "account", report.account().accountId());
        text(json, "region", report.account().region());
        json.writeEndObject();
        HealthWindow window = report.window();
        json.writeObjectPropertyStart("window");
        text(json, "from", window.window().from().toString());
        text(json, "to", window.window().to().toString());
        json.writeNumberProperty("periodSeconds", window.periodSeconds());
        json.writeEndObject();
        json.writeObjectPropertyStart("compared");
        text(json, "from", window.hours().from().toString());
        text(json, "to", window.hours().to().toString());
        json.writeNumberProperty("samples", window.samples());
        json.writeNumberProperty("stepDays", window.stepDays());
        json.writeEndObject();
        json.writeObjectPropertyStart("summary");
        json.writeNumberProperty("edges", report.edges().size());
        json.writeNumberProperty("errors", report.problems(Severity.ERROR));
        json.writeNumberProperty("warnings", report.problems(Severity.WARNING));
        json.writeNumberProperty("unjudged", report.point().unjudged());
        json.writeObjectPropertyStart("states");
        for (EdgeState state : EdgeState.values()) {
            json.writeNumberProperty(state.id(), report.states().getOrDefault(state, 0));
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void thresholds(HealthThresholds thresholds, JsonGenerator json) {
        json.writeObjectPropertyStart("thresholds");
        number(json, "failingShare", thresholds.failing(), SHARE_PLACES);
        number(json, "degradedShare", thresholds.degraded(), SHARE_PLACES);
        json.writeNumberProperty("requestsNeeded", thresholds.requestsNeeded());
        HealthThresholds.Earlier earlier = thresholds.earlier();
        json.writeNumberProperty("daysNeeded", earlier.days());
        number(json, "shareFactor", earlier.shareFactor(), SHARE_PLACES);
        number(json, "shareAtLeast", earlier.shareAtLeast(), SHARE_PLACES);
        json.writeNumberProperty("failuresAtLeast", earlier.failuresAtLeast());
        number(json, "timeFactor", earlier.timeFactor(), SHARE_PLACES);
        json.writeNumberProperty("timeMillis", earlier.timeMillis());
        number(json, "trafficShare", earlier.trafficShare(), SHARE_PLACES);
        json.writeNumberProperty("trafficPerHour", earlier.trafficPerHour());
        json.writeEndObject();
    }

    private static void edge(EdgeHealth edge, JsonGenerator json) {
        json.writeStartObject();
        names(edge.edge(), json);
        text(json, "callee", edge.callee());
        text(json, "state", edge.judgement().state().id());
        text(json, "severity", edge.judgement().severity().map(Severity::id));
        text(json, "change", edge.since().change().id());
        text(json, "before", edge.since().before().map(EdgeState::id));
        text(json, "since", edge.since().at().map(Object::toString));
        json.writeArrayPropertyStart("reasons");
        for (EdgeHealth.Reason reason : edge.judgement().reasons()) {
            json.writeStartObject();
            text(json, "code", reason.code());
            text(json, "severity", reason.severity().map(Severity::id));
            text(json, "text", reason.text());
            json.writeEndObject();
        }
        json.writeEndArray();
        number(json, "requests", edge.now().requests());
        number(json, "failed", edge.now().failed());
        number(json, "clientErrors", edge.now().clientErrors());
        number(json, "failedShare", edge.failedShare(), SHARE_PLACES);
        number(json, "responseMillis", edge.now().responseMillis(), MILLIS_PLACES);
        json.writeObjectPropertyStart("earlier");
        json.writeNumberProperty("daysRead", edge.earlier().daysRead());
        json.writeNumberProperty("daysWithData", edge.earlier().daysWithData());
        range(json, "requestsPerHour", edge.earlier().requestsPerHour(), MILLIS_PLACES);
        range(json, "failedShare", edge.earlier().failedShare(), SHARE_PLACES);
        range(json, "responseMillis", edge.earlier().responseMillis(), MILLIS_PLACES);
        json.writeEndObject();
        json.writeObjectPropertyStart("series");
        series(json, "requests", edge, EdgeHealth.Period::requests);
        series(json, "failed", edge, EdgeHealth.Period::failed);
        json.writeEndObject();
        json.writeName("diagnosis");
        if (edge.diagnosis().isPresent()) {
            diagnosis(edge.diagnosis().get(), json);
        } else {
            json.writeNull();
        }
        json.writeEndObject();
    }

    private static void names(CallEdge edge, JsonGenerator json) {
        text(json, "cluster", edge.cluster());
        text(json, "caller", edge.caller());
        text(json, "target", edge.target());
    }

    private static void diagnosis(EdgeDiagnosis diagnosis, JsonGenerator json) {
        json.writeStartObject();
        text(json, "outcome", diagnosis.outcome());
        json.writeArrayPropertyStart("problem");
        diagnosis.problem().forEach(problem -> json.writeString(Foreign.encodable(problem)));
        json.writeEndArray();
        json.writeName("finding");
        if (diagnosis.finding().isPresent()) {
            Finding finding = diagnosis.finding().get();
            json.writeStartObject();
            text(json, "code", finding.cause().code());
            text(json, "slug", finding.cause().slug());
            text(json, "title", finding.cause().title());
            text(json, "severity", finding.assessment().severity().id());
            text(json, "verdict", finding.assessment().verdict().id());
            number(json, "confidence", finding.assessment().confidence(), CONFIDENCE_PLACES);
            text(json, "hop", finding.assessment().hop().id());
            text(json, "summary", finding.summary());
            text(json, "confirm", finding.confirm().stream().findFirst().map(Finding.Confirm::command));
            json.writeEndObject();
        } else {
            json.writeNull();
        }
        json.writeNumberProperty("otherFindings", diagnosis.others());
        json.writeEndObject();
    }

    private static void past(HealthReport report, JsonGenerator json) {
        text(json, "previous", report.past().previous().map(Object::toString));
        json.writeArrayPropertyStart("gone");
        for (HealthReport.Gone gone : report.past().gone()) {
            json.writeStartObject();
            names(gone.edge(), json);
            text(json, "before", gone.before().id());
            text(json, "severity", gone.severity().map(Severity::id));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("trend");
        for (HealthReport.TrendPoint point : report.past().trend()) {
            json.writeStartObject();
            text(json, "to", point.to().toString());
            json.writeNumberProperty("edges", point.edges());
            json.writeNumberProperty("errors", point.errors());
            json.writeNumberProperty("warnings", point.warnings());
            json.writeNumberProperty("unjudged", point.unjudged());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void series(
            JsonGenerator json, String name, EdgeHealth edge, Function<EdgeHealth.Period, OptionalLong> value) {
        json.writeArrayPropertyStart(name);
        for (EdgeHealth.Period period : edge.periods()) {
            OptionalLong number = value.apply(period);
            if (number.isPresent()) {
                json.writeNumber(number.getAsLong());
            } else {
                json.writeNull();
            }
        }
        json.writeEndArray();
    }

    private static void range(JsonGenerator json, String name, Optional<EdgeHealth.Range> range, int places) {
        if (range.isEmpty()) {
            json.writeNullProperty(name);
            return;
        }
        json.writeObjectPropertyStart(name);
        number(json, "median", range.get().median(), places);
        number(json, "low", range.get().low(), places);
        number(json, "high", range.get().high(), places);
        json.writeEndObject();
    }

    private static void text(JsonGenerator json, String name, String value) {
        json.writeStringProperty(name, Foreign.encodable(value));
    }

    private static void text(JsonGenerator json, String name, Optional<String> value) {
        if (value.isPresent()) {
            text(json, name, value.get());
        } else {
            json.writeNullProperty(name);
        }
    }

    private static void number(JsonGenerator json, String name, OptionalLong value) {
        if (value.isPresent()) {
            json.writeNumberProperty(name, value.getAsLong());
        } else {
            json.writeNullProperty(name);
        }
    }

    private static void number(JsonGenerator json, String name, OptionalDouble value, int places) {
        if (value.isPresent()) {
            number(json, name, value.getAsDouble(), places);
        } else {
            json.writeNullProperty(name);
        }
    }

    /** The shortest digits of a double differ between Java releases; rounding from the exact value does not. */
    private static void number(JsonGenerator json, String name, double value, int places) {
        BigDecimal rounded =
                new BigDecimal(value).setScale(places, RoundingMode.HALF_UP).stripTrailingZeros();
        json.writeNumberProperty(name, rounded.scale() < 0 ? rounded.setScale(0) : rounded);
    }
}
