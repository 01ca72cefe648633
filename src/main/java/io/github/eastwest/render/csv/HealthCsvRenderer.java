package io.github.eastwest.render.csv;

import io.github.eastwest.classify.health.HealthThresholds;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Severity;
import io.github.eastwest.model.health.CallEdge;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.EdgeState;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.render.HealthBriefing;
import io.github.eastwest.render.HealthRenderer;
import io.github.eastwest.render.ReportContext;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Rows for a spreadsheet: one for the outcome, one per edge, one per edge that is gone. What was not measured is an empty cell,
 * never a zero.
 */
public final class HealthCsvRenderer implements HealthRenderer {
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setRecordSeparator('\n')
            .setHeader(
                    "record",
                    "cluster",
                    "caller",
                    "target",
                    "callee",
                    "state",
                    "severity",
                    "change",
                    "since",
                    "requests",
                    "failed",
                    "failedShare",
                    "responseMillis",
                    "earlierDays",
                    "earlierRequestsPerHour",
                    "earlierFailedShare",
                    "earlierResponseMillis",
                    "cause",
                    "reason")
            .get();

    @Override
    public void render(HealthReport report, HealthThresholds thresholds, ReportContext context, OutputStream out)
            throws IOException {
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        CSVPrinter csv = new CSVPrinter(writer, FORMAT);
        HealthBriefing briefing = new HealthBriefing(report);
        csv.printRecord(
                "outcome",
                Cells.foreign(report.scope().cluster().orElse("")),
                "",
                "",
                "",
                briefing.tone().outcome(),
                "",
                "",
                report.window().window().to(),
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                "",
                Cells.foreign(String.join("; ", report.gaps())));
        for (EdgeHealth edge : report.edges()) {
            edge(edge, csv);
        }
        for (HealthReport.Gone gone : report.past().gone()) {
            CallEdge edge = gone.edge();
            csv.printRecord(
                    "gone",
                    Cells.foreign(edge.cluster()),
                    Cells.foreign(edge.caller()),
                    Cells.foreign(edge.target()),
                    "",
                    gone.before().id(),
                    gone.severity().map(Severity::id).orElse(""),
                    "gone",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "");
        }
        csv.flush();
    }

    private static void edge(EdgeHealth edge, CSVPrinter csv) throws IOException {
        EdgeHealth.Earlier earlier = edge.earlier();
        csv.printRecord(
                "edge",
                Cells.foreign(edge.edge().cluster()),
                Cells.foreign(edge.edge().caller()),
                Cells.foreign(edge.edge().target()),
                Cells.foreign(edge.callee().orElse("")),
                edge.judgement().state().id(),
                edge.judgement().severity().map(Severity::id).orElse(""),
                edge.since().change().id(),
                edge.since().at().map(Object::toString).orElse(""),
                number(edge.now().requests()),
                number(edge.now().failed()),
                number(edge.failedShare(), 6),
                number(edge.now().responseMillis(), 3),
                earlier.daysWithData(),
                median(earlier.requestsPerHour(), 3),
                median(earlier.failedShare(), 6),
                median(earlier.responseMillis(), 3),
                edge.diagnosis()
                        .flatMap(diagnosis -> diagnosis.finding())
                        .map(finding -> finding.cause())
                        .map(RootCause::code)
                        .orElse(""),
                edge.judgement().state() == EdgeState.OK && !edge.problem()
                        ? ""
                        : Cells.foreign(edge.judgement().reasons().get(0).text()));
    }

    private static String number(OptionalLong value) {
        return value.isPresent() ? Long.toString(value.getAsLong()) : "";
    }

    private static String number(OptionalDouble value, int places) {
        return value.isPresent() ? decimal(value.getAsDouble(), places) : "";
    }

    private static String median(Optional<EdgeHealth.Range> range, int places) {
        return range.map(days -> decimal(days.median(), places)).orElse("");
    }

    private static String decimal(double value, int places) {
        return new BigDecimal(value).setScale(places, RoundingMode.HALF_UP).toPlainString();
    }
}
