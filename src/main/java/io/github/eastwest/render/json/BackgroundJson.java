package io.github.eastwest.render.json;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Background;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** The report's {@code background}, completely. */
final class BackgroundJson {
    private BackgroundJson() {}

    static void write(Background background, JsonGenerator json) {
        json.writeObjectPropertyStart("background");
        json.writeName("onset");
        if (background.onset().isPresent()) {
            onset(background.onset().get(), json);
        } else {
            json.writeNull();
        }
        json.writeArrayPropertyStart("changes");
        background.changes().forEach(change -> change(change, json));
        json.writeEndArray();
        JsonRenderer.texts(json, "changesRead", background.changesRead());
        json.writeArrayPropertyStart("ladder");
        for (Background.Rung rung : background.ladder()) {
            json.writeStartObject();
            JsonRenderer.text(json, "name", rung.name());
            JsonRenderer.text(json, "hop", rung.hop().id());
            millis(json, "limitMs", rung.limit());
            JsonRenderer.text(json, "basis", rung.basis());
            json.writeNumberProperty("attempts", rung.attempts());
            JsonRenderer.text(json, "flagged", rung.flagged());
            JsonRenderer.text(json, "source", rung.source());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("controls");
        for (Background.Control control : background.controls()) {
            json.writeStartObject();
            JsonRenderer.text(json, "kind", control.kind());
            JsonRenderer.text(json, "name", control.name());
            json.writeNumberProperty("requests", control.requests());
            json.writeNumberProperty("failed", control.failed());
            JsonRenderer.text(json, "verdict", control.verdict());
            JsonRenderer.text(json, "text", control.text());
            JsonRenderer.text(json, "source", control.source());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeName("noiseFloor");
        if (background.noiseFloor().isPresent()) {
            noiseFloor(background.noiseFloor().get(), json);
        } else {
            json.writeNull();
        }
        json.writeEndObject();
    }

    private static void onset(Background.Onset onset, JsonGenerator json) {
        json.writeStartObject();
        JsonRenderer.text(json, "earliest", onset.earliest().toString());
        JsonRenderer.text(json, "latest", onset.latest().toString());
        JsonRenderer.text(json, "condition", onset.condition().map(Condition::id));
        json.writeName("before");
        if (onset.before().isPresent()) {
            json.writeNumber(JsonRenderer.decimal(onset.before().getAsDouble()));
        } else {
            json.writeNull();
        }
        json.writeNumberProperty("after", JsonRenderer.decimal(onset.after()));
        JsonRenderer.text(json, "until", onset.until().map(Instant::toString));
        json.writeBooleanProperty("atStart", onset.atStart());
        JsonRenderer.text(json, "source", onset.source());
        json.writeEndObject();
    }

    private static void change(Background.Change change, JsonGenerator json) {
        json.writeStartObject();
        JsonRenderer.text(json, "id", change.id());
        JsonRenderer.text(json, "at", change.at().toString());
        JsonRenderer.text(json, "kind", change.kind().id());
        JsonRenderer.text(json, "subject", change.subject());
        JsonRenderer.text(json, "text", change.text());
        JsonRenderer.text(json, "source", change.source());
        millis(json, "beforeOnsetMs", change.beforeOnset());
        if (change.rank().isPresent()) {
            json.writeNumberProperty("rank", change.rank().get());
        } else {
            json.writeNullProperty("rank");
        }
        JsonRenderer.text(json, "mechanism", change.mechanism());
        JsonRenderer.text(json, "cause", change.cause().map(RootCause::code));
        json.writeArrayPropertyStart("details");
        for (Background.Difference difference : change.details()) {
            json.writeStartObject();
            JsonRenderer.text(json, "name", difference.name());
            JsonRenderer.text(json, "before", difference.before());
            JsonRenderer.text(json, "after", difference.after());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void noiseFloor(Background.NoiseFloor floor, JsonGenerator json) {
        json.writeStartObject();
        json.writeNumberProperty("usual", JsonRenderer.decimal(floor.usual()));
        json.writeNumberProperty("upper", JsonRenderer.decimal(floor.upper()));
        json.writeNumberProperty("now", JsonRenderer.decimal(floor.now()));
        json.writeNumberProperty("requests", floor.requests());
        json.writeBooleanProperty("exceeded", floor.exceeded());
        JsonRenderer.text(json, "text", floor.text());
        JsonRenderer.text(json, "source", floor.source());
        json.writeEndObject();
    }

    private static void millis(JsonGenerator json, String name, Optional<Duration> duration) {
        if (duration.isPresent()) {
            json.writeNumberProperty(name, duration.get().toMillis());
        } else {
            json.writeNullProperty(name);
        }
    }
}
