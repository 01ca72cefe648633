package io.github.eastwest.render;

import io.github.eastwest.model.report.Diagnosis;
import java.io.IOException;
import java.io.OutputStream;

/** Writes a diagnosis in one form. Implementations hold no state and can be shared. */
public interface Renderer {
    /**
     * Writes the whole report as UTF-8 and flushes; the stream stays open.
     *
     * @throws IOException if {@code out} does
     */
    void render(Diagnosis diagnosis, ReportContext context, OutputStream out) throws IOException;
}
