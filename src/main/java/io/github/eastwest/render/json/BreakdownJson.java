package io.github.eastwest.render.json;

import io.github.eastwest.model.report.Breakdown;
import io.github.eastwest.model.report.Gauge;
import io.github.eastwest.model.report.TrafficReport;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The report's {@code traffic.breakdown} and {@code gauges}, completely. */
final class BreakdownJson {
    private BreakdownJson() {}

    static void write(Breakdown breakdown, JsonGenerator json) {
        json.writeObjectPropertyStart("breakdown");
        json.writeArrayPropertyStart("sides");
        for (Breakdown.SideView view : breakdown.sides()) {
            json.writeStartObject();
            JsonRenderer.text(json, "side", view.side().id());
            seen(view.total(), json);
            json.writeArrayPropertyStart("buckets");
            for (Breakdown.Seen bucket : view.buckets()) {
                json.writeStartObject();
                seen(bucket, json);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        heat(breakdown.heat(), json);
        json.writeArrayPropertyStart("statuses");
        for (Breakdown.Status status : breakdown.statuses()) {
            json.writeStartObject();
            JsonRenderer.text(json, "status", status.status());
            json.writeArrayPropertyStart("buckets");
            for (long count : status.buckets()) {
                json.writeNumber(count);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("reasons");
        for (Breakdown.Reason reason : breakdown.reasons()) {
            json.writeStartObject();
            JsonRenderer.text(json, "condition", reason.condition().id());
            JsonRenderer.text(json, "hop", reason.hop().id());
            JsonRenderer.text(json, "basis", reason.basis().id());
            json.writeNumberProperty("count", reason.count());
            json.writeEndObject();
        }
        json.writeEndArray();
        groups("paths", breakdown.paths(), json);
        groups("revisions", breakdown.revisions(), json);
        json.writeObjectPropertyStart("touched");
        part("callerTasks", breakdown.touched().callerTasks(), json);
        part("calleeTasks", breakdown.touched().calleeTasks(), json);
        part("paths", breakdown.touched().paths(), json);
        json.writeEndObject();
        json.writeArrayPropertyStart("attribution");
        for (Breakdown.Attributed attributed : breakdown.attribution()) {
            json.writeStartObject();
            JsonRenderer.cause(attributed.cause(), json);
            json.writeNumberProperty("failed", attributed.failed());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("rows");
        for (Breakdown.Rows rows : breakdown.rows()) {
            json.writeStartObject();
            JsonRenderer.text(json, "subject", rows.subject());
            json.writeNumberProperty("total", rows.total());
            json.writeArrayPropertyStart("lines");
            for (TrafficReport.Example line : rows.lines()) {
                JsonRenderer.example(line, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static void gauges(List<Gauge> gauges, JsonGenerator json) {
        json.writeArrayPropertyStart("gauges");
        for (Gauge gauge : gauges) {
            json.writeStartObject();
            JsonRenderer.text(json, "name", gauge.name());
            JsonRenderer.text(json, "subject", gauge.subject());
            JsonRenderer.text(json, "statistic", gauge.statistic());
            JsonRenderer.text(json, "unit", gauge.unit());
            json.writeNumberProperty("periodSeconds", gauge.periodSeconds());
            json.writeArrayPropertyStart("points");
            for (Gauge.Point point : gauge.points()) {
                json.writeStartObject();
                JsonRenderer.text(json, "at", point.at().toString());
                json.writeNumberProperty("value", JsonRenderer.decimal(point.value()));
                json.writeEndObject();
            }
            json.writeEndArray();
            JsonRenderer.text(json, "source", gauge.source());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void seen(Breakdown.Seen seen, JsonGenerator json) {
        json.writeNumberProperty("requests", seen.requests());
        json.writeNumberProperty("failed", seen.failed());
        JsonRenderer.latency(seen.latency(), json);
    }

    private static void heat(Breakdown.Heat heat, JsonGenerator json) {
        json.writeObjectPropertyStart("heat");
        json.writeArrayPropertyStart("upperMs");
        for (long upper : heat.upperMillis()) {
            if (upper == Long.MAX_VALUE) {
                json.writeNull();
            } else {
                json.writeNumber(upper);
            }
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("buckets");
        for (List<Long> bucket : heat.buckets()) {
            json.writeStartArray();
            for (long count : bucket) {
                json.writeNumber(count);
            }
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void groups(String name, Breakdown.Groups groups, JsonGenerator json) {
        json.writeObjectPropertyStart(name);
        json.writeArrayPropertyStart("groups");
        for (Breakdown.Group group : groups.shown()) {
            json.writeStartObject();
            JsonRenderer.text(json, "name", group.name());
            JsonRenderer.conditions(group.conditions(), json);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberProperty("more", groups.more());
        json.writeNumberProperty("moreRequests", groups.moreRequests());
        json.writeNumberProperty("moreFailed", groups.moreFailed());
        json.writeEndObject();
    }

    /** A whole of nothing is not known, not zero. */
    private static void part(String name, Breakdown.Part part, JsonGenerator json) {
        if (part.whole() == 0) {
            json.writeNullProperty(name);
            return;
        }
        json.writeObjectPropertyStart(name);
        json.writeNumberProperty("count", part.count());
        json.writeNumberProperty("whole", part.whole());
        json.writeEndObject();
    }
}
