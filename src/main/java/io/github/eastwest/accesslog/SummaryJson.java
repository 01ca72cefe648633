package io.github.eastwest.accesslog;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.Side;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A summary as JSON; the schema is {@code schema/logs-summary.schema.json}. Fields may be added, never renamed. */
public final class SummaryJson {
    private static final int SCHEMA_VERSION = 1;

    private SummaryJson() {}

    /**
     * Writes the summary.
     *
     * @param version version of the tool
     * @param out receives UTF-8; not closed
     */
    public static void write(AccessLogSummary summary, String version, OutputStream out) throws IOException {
        LineJson json = new LineJson(1 << 16);
        json.document(document(summary, version));
        out.write(json.bytes());
    }

    private static Map<String, @Nullable Object> document(AccessLogSummary summary, String version) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("schemaVersion", SCHEMA_VERSION);
        document.put("tool", ordered("name", "eastwest", "version", version));
        document.put("lines", lines(summary.lines()));
        document.put(
                "sources",
                summary.sources().stream()
                        .map(source -> ordered(
                                "name",
                                source.name(),
                                "side",
                                source.side() == Side.UNKNOWN
                                        ? null
                                        : source.side().id(),
                                "lines",
                                source.lines(),
                                "endedEarly",
                                source.endedEarly().orElse(null)))
                        .toList());
        AccessLogSummary.Requests requests = summary.requests();
        document.put(
                "window",
                requests.span()
                        .map(span ->
                                ordered("from", LineJson.isoMillis(span.from()), "to", LineJson.isoMillis(span.to())))
                        .orElse(null));
        document.put("requests", requests.count());
        document.put("failed", requests.failed());
        document.put("joined", requests.joined());
        document.put(
                "conditions",
                summary.conditions().stream().map(SummaryJson::condition).toList());
        document.put(
                "statuses",
                summary.statuses().stream()
                        .map(status -> ordered(
                                "status", status.status() < 0 ? null : status.status(), "count", status.count()))
                        .toList());
        document.put(
                "hosts",
                summary.hosts().hosts().stream()
                        .map(host -> failed("host", host.host().orElse(null), host.count()))
                        .toList());
        document.put("otherHosts", failed(null, null, summary.hosts().other()));
        document.put("tops", summary.tops().stream().map(SummaryJson::top).toList());
        AccessLogSummary.Minutes minutes = summary.minutes();
        document.put("minuteWidth", minutes.widthMinutes());
        document.put(
                "minutes",
                minutes.minutes().stream()
                        .map(minute -> failed("start", LineJson.isoMillis(minute.startMillis()), minute.count()))
                        .toList());
        document.put("withoutMinute", failed(null, null, minutes.withoutTime()));
        document.put(
                "latencyMs",
                requests.latency()
                        .map(latency -> ordered(
                                "count", latency.count(),
                                "p50", latency.p50(),
                                "p90", latency.p90(),
                                "p99", latency.p99(),
                                "p999", latency.p999(),
                                "max", latency.max()))
                        .orElse(null));
        document.put("ejections", named("host", summary.others().ejections()));
        document.put("proxyLevels", named("level", summary.others().proxyLevels()));
        document.put("proxyExamples", examples(summary.others().proxyExamples()));
        return document;
    }

    private static Map<String, @Nullable Object> lines(AccessLogSummary.Lines lines) {
        Map<String, @Nullable Object> object = ordered(
                "total", lines.counts().total(),
                "access", lines.counts().access(),
                "outlierEvents", lines.counts().outlier(),
                "proxy", lines.counts().proxy(),
                "unparsed", lines.counts().unparsed(),
                "blank", lines.counts().blank());
        object.put("filter", lines.selection().asked());
        object.put("leftOut", lines.selection().leftOut());
        object.put("formats", named("format", lines.formats()));
        object.put(
                "firstUnparsed",
                lines.firstUnparsed()
                        .map(unparsed -> ordered(
                                "source", unparsed.source(),
                                "line", unparsed.line().line(),
                                "column", unparsed.line().column(),
                                "reason", unparsed.line().reason(),
                                "excerpt", unparsed.line().excerpt()))
                        .orElse(null));
        return object;
    }

    private static Map<String, @Nullable Object> top(AccessLogSummary.Top top) {
        return ordered(
                "by",
                top.by().id(),
                "values",
                top.top().stream()
                        .map(value -> failed("value", value.value().orElse(null), value.count()))
                        .toList(),
                "others",
                failed(null, null, top.other()),
                "shortBy",
                top.shortBy());
    }

    private static Map<String, @Nullable Object> condition(AccessLogSummary.ConditionCount counted) {
        List<Object> hops = new ArrayList<>();
        for (Hop hop : Hop.values()) {
            Long count = counted.hops().get(hop);
            if (count != null) {
                hops.add(ordered("hop", hop.id(), "count", count));
            }
        }
        return ordered(
                "condition",
                counted.condition().id(),
                "count",
                counted.count(),
                "failure",
                counted.condition().failure(),
                "basis",
                counted.basis().id(),
                "hops",
                hops,
                "examples",
                examples(counted.examples()));
    }

    private static List<Map<String, @Nullable Object>> examples(List<AccessLogSummary.Example> examples) {
        return examples.stream()
                .map(example -> ordered("source", example.source(), "line", example.line(), "text", example.text()))
                .toList();
    }

    private static List<Map<String, @Nullable Object>> named(String name, List<AccessLogSummary.NamedCount> counts) {
        return counts.stream()
                .map(count -> ordered(name, count.name(), "count", count.count()))
                .toList();
    }

    private static Map<String, @Nullable Object> failed(
            @Nullable String name, @Nullable String value, AccessLogSummary.FailedCount count) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        if (name != null) {
            object.put(name, value);
        }
        object.put("count", count.count());
        object.put("failed", count.failed());
        Map<String, @Nullable Object> conditions = new LinkedHashMap<>();
        for (Condition condition : Condition.values()) {
            Long lines = count.conditions().get(condition);
            if (lines != null) {
                conditions.put(condition.id(), lines);
            }
        }
        object.put("conditions", conditions);
        return object;
    }

    private static Map<String, @Nullable Object> ordered(@Nullable Object... pairs) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            object.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return object;
    }
}
