package io.github.eastwest.render.csv;

import io.github.eastwest.model.Hop;
import io.github.eastwest.model.RootCause;
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
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Rows for a spreadsheet: one for the outcome, one per finding and one per condition. The outcome's row is always there, so that
 * an inconclusive report never looks like an empty one.
 */
public final class CsvRenderer implements Renderer {
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
                    "summary")
            .get();

    @Override
    public void render(Diagnosis diagnosis, ReportContext context, OutputStream out) throws IOException {
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        CSVPrinter csv = new CSVPrinter(writer, FORMAT);
        csv.printRecord(
                "outcome",
                diagnosis.outcome().id(),
                Cells.foreign(diagnosis.edge().label()),
                "",
                "",
                "",
                "",
                diagnosis
                        .traffic()
                        .map(traffic -> Long.toString(traffic.failed()))
                        .orElse(""),
                "",
                "",
                Cells.foreign(String.join("; ", diagnosis.gaps())));
        for (Finding finding : diagnosis.causes().findings()) {
            csv.printRecord(
                    "finding",
                    finding.cause().code(),
                    Cells.foreign(finding.cause().title()),
                    finding.assessment().severity().id(),
                    finding.assessment().verdict().id(),
                    new BigDecimal(finding.assessment().confidence())
                            .setScale(4, RoundingMode.HALF_UP)
                            .toPlainString(),
                    finding.assessment().hop().id(),
                    finding.explained(),
                    "",
                    finding.causedBy().map(RootCause::code).orElse(""),
                    Cells.foreign(finding.summary()));
        }
        if (diagnosis.traffic().isPresent()) {
            for (TrafficReport.ConditionCount count : diagnosis.traffic().get().conditions()) {
                boolean failure = count.condition().failure();
                csv.printRecord(
                        "condition",
                        count.condition().id(),
                        failure ? "failed" : "answered",
                        "",
                        "",
                        "",
                        failure ? count.hop().map(Hop::id).orElse("") : "",
                        count.count(),
                        count.basis().id(),
                        "",
                        "");
            }
        }
        csv.flush();
    }
}
