package io.github.eastwest.accesslog;

import io.github.eastwest.model.Side;
import io.github.eastwest.model.log.AccessLogEntry;
import io.github.eastwest.model.log.LineRef;
import io.github.eastwest.model.log.OutlierEvent;
import io.github.eastwest.model.log.ProxyLogLine;
import io.github.eastwest.model.log.StreamSummary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A sink that keeps everything, for tests. */
final class Recorded implements LineSink {
    final List<AccessLogEntry> entries = new ArrayList<>();
    final List<String> formats = new ArrayList<>();
    final List<OutlierEvent> outliers = new ArrayList<>();
    final List<ProxyLogLine> proxyLines = new ArrayList<>();
    final List<String> unparsed = new ArrayList<>();
    final List<LineRef> blanks = new ArrayList<>();
    StreamSummary summary;

    static Recorded of(String... lines) {
        return of((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    static Recorded of(byte[] bytes) {
        Recorded recorded = new Recorded();
        try {
            recorded.summary = AccessLogReader.read(new ByteArrayInputStream(bytes), "stream", Side.UNKNOWN, recorded);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
        return recorded;
    }

    /** The only access line. */
    AccessLogEntry entry() {
        if (entries.size() != 1) {
            throw new AssertionError("not one access line but " + entries.size() + ", unparsed " + unparsed);
        }
        return entries.get(0);
    }

    String format() {
        entry();
        return formats.get(0);
    }

    @Override
    public void access(AccessLogEntry entry, String format) {
        entries.add(entry);
        formats.add(format);
    }

    @Override
    public void outlier(OutlierEvent event) {
        outliers.add(event);
    }

    @Override
    public void proxy(ProxyLogLine line) {
        proxyLines.add(line);
    }

    @Override
    public void unparsed(LineRef ref, int column, String reason, String excerpt) {
        unparsed.add(ref.line() + ":" + column + ": " + reason + ": " + excerpt);
    }

    @Override
    public void blank(LineRef ref) {
        blanks.add(ref);
    }
}
