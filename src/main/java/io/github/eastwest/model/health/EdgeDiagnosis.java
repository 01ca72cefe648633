package io.github.eastwest.model.health;

import io.github.eastwest.model.report.Finding;
import java.util.List;
import java.util.Optional;

/**
 * What a closer look at an edge's logs and configuration brought: a diagnosis in short.
 *
 * @param outcome {@code findings}, {@code healthy} or {@code inconclusive}; {@code not_done} when it was not diagnosed
 * @param problem why it was not diagnosed, or what an inconclusive one lacks; empty otherwise
 * @param finding the most probable root cause
 * @param others how many other findings there are
 */
public record EdgeDiagnosis(String outcome, List<String> problem, Optional<Finding> finding, int others) {
    /** The outcome of what was not diagnosed. */
    public static final String NOT_DONE = "not_done";

    public EdgeDiagnosis {
        problem = List.copyOf(problem);
    }

    /** It was not diagnosed. */
    public static EdgeDiagnosis notDone(String why) {
        return new EdgeDiagnosis(NOT_DONE, List.of(why), Optional.empty(), 0);
    }
}
