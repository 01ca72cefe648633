package io.github.eastwest.render;

import io.github.eastwest.model.Severity;
import java.util.Optional;

/**
 * What a report needs to know besides the diagnosis.
 *
 * @param toolName {@code eastwest}
 * @param toolVersion of the tool, as in {@code --version}
 * @param exitCode the process's exit code for this diagnosis
 * @param failOn severity from which on a finding fails the run; empty for never
 * @param color whether text may use ANSI colours; every colour has a word beside it
 * @param width columns of the terminal that text must fit; 0 or less means {@value #DEFAULT_WIDTH}
 * @param provenance where the numbers come from
 */
public record ReportContext(
        String toolName,
        String toolVersion,
        int exitCode,
        Optional<Severity> failOn,
        boolean color,
        int width,
        Provenance provenance) {
    /** Columns where nothing else is known. */
    public static final int DEFAULT_WIDTH = 80;

    public ReportContext {
        if (width <= 0) {
            width = DEFAULT_WIDTH;
        }
    }

    /** A context that does not tell where the numbers come from. */
    public ReportContext(
            String toolName, String toolVersion, int exitCode, Optional<Severity> failOn, boolean color, int width) {
        this(toolName, toolVersion, exitCode, failOn, color, width, Provenance.UNKNOWN);
    }

    /** A context in which findings of severity error fail the run, as they do by default. */
    public ReportContext(String toolName, String toolVersion, int exitCode, boolean color, int width) {
        this(toolName, toolVersion, exitCode, Optional.of(Severity.ERROR), color, width);
    }
}
