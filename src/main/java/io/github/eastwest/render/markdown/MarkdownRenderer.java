package io.github.eastwest.render.markdown;

import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.render.Renderer;
import io.github.eastwest.render.ReportContext;
import java.io.OutputStream;

/** Placeholder. */
public final class MarkdownRenderer implements Renderer {
    @Override
    public void render(Diagnosis diagnosis, ReportContext context, OutputStream out) {}
}
