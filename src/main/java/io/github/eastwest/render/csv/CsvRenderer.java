package io.github.eastwest.render.csv;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Background;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.render.Renderer;
import io.github.eastwest.render.ReportContext;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Rows for a spreadsheet. One table holds all, and {@code record} says what a row is, so that one file is enough and the files
 * of many runs can be put under each other: every row names its edge.
 *
 * <ul>
 *   <li>{@code outcome}: always there, so that an inconclusive report never looks like an empty one; {@code calls} = failed
 *       calls
 *   <li>{@code edge}: this edge and the ones it was compared with; {@code calls}, {@code failed}
 *   <li>{@code finding}: {@code calls} = failed calls it explains
 *   <li>{@code condition}: the calls of the window by condition
 *   <li>{@code minute}: the calls by condition in the {@code seconds} from {@code at} on: a minute, or longer where the window
 *       is too long for minutes; without a row there was no such call
 * </ul>
 */
public final class CsvRenderer implements Renderer {
    private static final int MINUTE = 60;
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setRecordSeparator('\n')
            .setHeader(
                    "record",
                    "id",
                    "title",
                    "severity",
                    "verdict",
                    "confidence",
                    "hop",
                    "calls",
                    "basis",
                    "causedBy",
                    "summary",
                    "caller",
                    "callee",
                    "cluster",
                    "failed",
                    "at",
                    "seconds")
            .get();

    @Override
    public void render(Diagnosis diagnosis, ReportContext context, OutputStream out) throws IOException {
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        CSVPrinter csv = new CSVPrinter(writer, FORMAT);
        Row outcome = row("outcome", diagnosis)
                .put(Column.ID, diagnosis.outcome().id())
                .put(Column.TITLE, Cells.foreign(diagnosis.edge().label()))
                .put(Column.SUMMARY, Cells.foreign(String.join("; ", diagnosis.gaps())));
        diagnosis.traffic().ifPresent(traffic -> outcome.put(Column.CALLS, Long.toString(traffic.failed())));
        csv.printRecord(outcome.cells());
        for (Row edge : edges(diagnosis)) {
            csv.printRecord(edge.cells());
        }
        for (Finding finding : diagnosis.causes().findings()) {
            csv.printRecord(finding(finding, diagnosis).cells());
        }
        if (diagnosis.traffic().isPresent()) {
            TrafficReport traffic = diagnosis.traffic().get();
            for (TrafficReport.ConditionCount count : traffic.conditions()) {
                csv.printRecord(condition(count, diagnosis).cells());
            }
            for (Row minute : minutes(traffic.series(), diagnosis)) {
                csv.printRecord(minute.cells());
            }
        }
        csv.flush();
    }

    private static List<Row> edges(Diagnosis diagnosis) {
        List<Row> rows = new ArrayList<>();
        Row own = row("edge", diagnosis)
                .put(Column.ID, Cells.foreign(diagnosis.edge().label()));
        diagnosis
                .traffic()
                .ifPresent(traffic -> own.put(Column.CALLS, Long.toString(traffic.requests()))
                        .put(Column.FAILED, Long.toString(traffic.failed())));
        rows.add(own);
        for (Background.Control control : diagnosis.background().controls()) {
            boolean otherCaller = control.kind().equals("other_caller");
            if (otherCaller || control.kind().equals("other_callee")) {
                String caller = otherCaller ? control.name() : diagnosis.edge().caller();
                String callee = otherCaller ? diagnosis.edge().callee() : control.name();
                rows.add(row("edge", diagnosis)
                        .put(Column.ID, Cells.foreign(caller + " \u2192 " + callee))
                        .put(Column.VERDICT, Cells.foreign(control.verdict()))
                        .put(Column.CALLS, Long.toString(control.requests()))
                        .put(Column.SUMMARY, Cells.foreign(control.text()))
                        .put(Column.CALLER, Cells.foreign(caller))
                        .put(Column.CALLEE, Cells.foreign(callee))
                        .put(Column.FAILED, Long.toString(control.failed())));
            }
        }
        return rows;
    }

    private static Row finding(Finding finding, Diagnosis diagnosis) {
        return row("finding", diagnosis)
                .put(Column.ID, finding.cause().code())
                .put(Column.TITLE, Cells.foreign(finding.cause().title()))
                .put(Column.SEVERITY, finding.assessment().severity().id())
                .put(Column.VERDICT, finding.assessment().verdict().id())
                .put(
                        Column.CONFIDENCE,
                        new BigDecimal(finding.assessment().confidence())
                                .setScale(4, RoundingMode.HALF_UP)
                                .toPlainString())
                .put(Column.HOP, finding.assessment().hop().id())
                .put(Column.CALLS, Long.toString(finding.explained()))
                .put(Column.CAUSED_BY, finding.causedBy().map(RootCause::code).orElse(""))
                .put(Column.SUMMARY, Cells.foreign(finding.summary()));
    }

    private static Row condition(TrafficReport.ConditionCount count, Diagnosis diagnosis) {
        boolean failure = count.condition().failure();
        return row("condition", diagnosis)
                .put(Column.ID, count.condition().id())
                .put(Column.TITLE, result(count.condition()))
                .put(Column.HOP, failure ? count.hop().map(Hop::id).orElse("") : "")
                .put(Column.CALLS, Long.toString(count.count()))
                .put(Column.BASIS, count.basis().id());
    }

    private static List<Row> minutes(TrafficReport.Series series, Diagnosis diagnosis) {
        List<Row> rows = new ArrayList<>();
        List<TrafficReport.Bucket> buckets = series.buckets();
        int together = Math.max(1, MINUTE / Math.max(1, series.bucketSeconds()));
        for (int first = 0; first < buckets.size(); first += together) {
            List<TrafficReport.Bucket> group = buckets.subList(first, Math.min(buckets.size(), first + together));
            Map<Condition, Long> sums = new EnumMap<>(Condition.class);
            group.forEach(bucket ->
                    bucket.conditions().forEach((condition, count) -> sums.merge(condition, count, Long::sum)));
            sums.forEach((condition, count) -> rows.add(row("minute", diagnosis)
                    .put(Column.ID, condition.id())
                    .put(Column.TITLE, result(condition))
                    .put(Column.CALLS, Long.toString(count))
                    .put(Column.AT, group.get(0).from().toString())
                    .put(Column.SECONDS, Integer.toString(group.size() * series.bucketSeconds()))));
        }
        return rows;
    }

    private static String result(Condition condition) {
        return condition.failure() ? "failed" : "answered";
    }

    private enum Column {
        RECORD,
        ID,
        TITLE,
        SEVERITY,
        VERDICT,
        CONFIDENCE,
        HOP,
        CALLS,
        BASIS,
        CAUSED_BY,
        SUMMARY,
        CALLER,
        CALLEE,
        CLUSTER,
        FAILED,
        AT,
        SECONDS
    }

    /** A row under construction; what is not put stays empty. */
    private record Row(Map<Column, String> values) {
        Row put(Column column, String value) {
            values.put(column, value);
            return this;
        }

        List<String> cells() {
            List<String> cells = new ArrayList<>();
            for (Column column : Column.values()) {
                cells.add(values.getOrDefault(column, ""));
            }
            return cells;
        }
    }

    private static Row row(String record, Diagnosis diagnosis) {
        return new Row(new EnumMap<>(Column.class))
                .put(Column.RECORD, record)
                .put(Column.CALLER, Cells.foreign(diagnosis.edge().caller()))
                .put(Column.CALLEE, Cells.foreign(diagnosis.edge().callee()))
                .put(Column.CLUSTER, Cells.foreign(diagnosis.edge().cluster().orElse("")));
    }
}
