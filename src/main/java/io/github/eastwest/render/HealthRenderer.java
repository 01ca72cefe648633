package io.github.eastwest.render;

import io.github.eastwest.classify.health.HealthThresholds;
import io.github.eastwest.model.health.HealthReport;
import java.io.IOException;
import java.io.OutputStream;

/** Writes a health report in one format. The same report makes the same bytes on every machine. */
public interface HealthRenderer {
    /**
     * Writes the report; {@code out} stays open.
     *
     * @param thresholds what it was judged with
     */
    void render(HealthReport report, HealthThresholds thresholds, ReportContext context, OutputStream out)
            throws IOException;
}
