package io.github.eastwest.accesslog;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.Attribution;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * Lines as rows for a spreadsheet, with the columns of {@link LineJson}; absent is empty. A text that a spreadsheet would take for a
 * formula begins with an apostrophe.
 */
final class LineCsv implements LineOutput {
    private static final List<String> COLUMNS = List.of(
            "line",
            "kind",
            "format",
            "stream",
            "time",
            "protocol",
            "method",
            "path",
            "status",
            "grpcStatus",
            "flags",
            "details",
            "bytesReceived",
            "bytesSent",
            "durationMs",
            "upstreamServiceTimeMs",
            "requestId",
            "authority",
            "upstreamHost",
            "upstreamCluster",
            "side",
            "condition",
            "alternatives",
            "basis",
            "confidence",
            "hop",
            "remoteAddress",
            "transportFailure",
            "level",
            "message");

    private static final String FORMULA = "=+-@\t\r\uFF1D\uFF0B\uFF0D\uFF20";
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

    private final StringBuilder text = new StringBuilder();
    private final CSVPrinter csv;

    LineCsv() {
        try {
            csv = new CSVPrinter(text, FORMAT);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The names of the columns. */
    static byte[] head() {
        return (String.join(",", COLUMNS) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void access(AccessLogEntry entry, String format, Attribution attribution, Side side) {
        AccessLogEntry.Request request = entry.request();
        AccessLogEntry.Response response = entry.response();
        row(
                entry.ref().line(),
                "access",
                format,
                cell(entry.ref().stream()),
                time(entry.startMillis()),
                cell(request.protocol()),
                cell(request.method()),
                cell(request.path()),
                number(response.status()),
                cell(response.grpcStatus()),
                cell(String.join(" ", response.flags())),
                cell(response.details()),
                number(response.bytesReceived()),
                number(response.bytesSent()),
                number(entry.timing().durationMillis()),
                number(entry.timing().serviceTimeMillis()),
                cell(request.requestId()),
                cell(request.authority()),
                cell(entry.upstream().host()),
                cell(entry.upstream().cluster()),
                side(side),
                attribution.condition().id(),
                attribution.alternatives().stream().map(Condition::id).collect(Collectors.joining(" ")),
                attribution.basis().id(),
                LineJson.confidence(attribution.confidence()),
                attribution.hop().id(),
                cell(request.remoteAddress()),
                cell(entry.upstream().transportFailure()),
                "",
                "");
    }

    @Override
    public void outlier(OutlierEvent event) {
        other(
                event.ref(),
                "outlier_event",
                event.atMillis(),
                event.host(),
                event.cluster(),
                "",
                LineJson.message(event));
    }

    @Override
    public void proxy(ProxyLogLine line) {
        other(line.ref(), "proxy", line.atMillis(), "", "", line.level(), line.message());
    }

    @Override
    public void unparsed(LineRef ref, int column, String reason, String excerpt) {
        other(ref, "unparsed", AccessLogEntry.ABSENT, "", "", "", LineJson.message(column, reason, excerpt));
    }

    @Override
    public void blank(LineRef ref) {
        other(ref, "unparsed", AccessLogEntry.ABSENT, "", "", "", "");
    }

    private void other(
            LineRef ref, String kind, long millis, String host, String cluster, String level, String message) {
        Map<String, Object> told = Map.of(
                "line", ref.line(),
                "kind", kind,
                "stream", cell(ref.stream()),
                "time", time(millis),
                "upstreamHost", cell(host),
                "upstreamCluster", cell(cluster),
                "side", side(ref.side()),
                "level", cell(level),
                "message", cell(message));
        row(COLUMNS.stream().map(column -> told.getOrDefault(column, "")).toArray());
    }

    private void row(Object... cells) {
        try {
            csv.printRecord(cells);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static String time(long millis) {
        return millis < 0 ? "" : LineJson.isoMillis(millis);
    }

    private static String number(long number) {
        return number == AccessLogEntry.ABSENT ? "" : Long.toString(number);
    }

    private static String side(Side side) {
        return side == Side.UNKNOWN ? "" : side.id();
    }

    /** Foreign text that no spreadsheet takes for a formula. */
    private static String cell(@Nullable String foreign) {
        String clean = foreign == null ? "" : Ascii.printable(foreign);
        boolean formula = !clean.isEmpty() && FORMULA.indexOf(clean.charAt(0)) >= 0;
        return formula ? "'" + clean : clean;
    }
}
