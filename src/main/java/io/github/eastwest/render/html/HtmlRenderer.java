package io.github.eastwest.render.html;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.render.Renderer;
import io.github.eastwest.render.ReportContext;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The incident report as one HTML file: {@code templates/report.html}, filled and escaped. */
public final class HtmlRenderer implements Renderer {
    private final HtmlPages engine;
    private final Function<RootCause, List<CausePage.Part>> pages;

    /** With the templates of the jar; the pages of causes are read from the jar. */
    public HtmlRenderer() {
        this(Templates.builtIn());
    }

    /** With those templates. */
    public HtmlRenderer(Templates templates) {
        this(templates, CausePage::of);
    }

    /** With pages from elsewhere. */
    HtmlRenderer(Templates templates, Function<RootCause, List<CausePage.Part>> pages) {
        this.engine = new HtmlPages(templates);
        this.pages = pages;
    }

    @Override
    public void render(Diagnosis diagnosis, ReportContext context, OutputStream out) throws IOException {
        HtmlReport report = HtmlReports.of(diagnosis, context, pages);
        engine.write("report", report.head().verdict() + ": " + report.head().edge(), Map.of("report", report), out);
    }

    /**
     * Renders a report of nothing, to nowhere.
     *
     * @throws io.github.eastwest.model.EastwestException if a template is broken
     */
    public void tryOut() throws IOException {
        Instant now = Instant.EPOCH;
        Diagnosis nothing = new Diagnosis(
                Diagnosis.Outcome.INCONCLUSIVE,
                new Edge("caller", "callee", Optional.empty(), Optional.empty(), Optional.empty(), Edge.Method.UNKNOWN),
                new TimeWindow(now, now.plusSeconds(1)),
                Optional.empty(),
                new Diagnosis.Causes(List.of(), List.of(), List.of(), List.of()),
                new Coverage(List.of()),
                List.of(),
                List.of());
        render(nothing, new ReportContext("eastwest", "", 0, false, 0), OutputStream.nullOutputStream());
    }
}
