package io.github.eastwest.render.html;

import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.render.Renderer;
import io.github.eastwest.render.ReportContext;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
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
}
