package io.github.eastwest.render.html;

import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.render.Renderer;
import io.github.eastwest.render.ReportContext;
import java.io.OutputStream;

/** Placeholder. */
public final class HtmlRenderer implements Renderer {
    @Override
    public void render(Diagnosis diagnosis, ReportContext context, OutputStream out) {}
}
