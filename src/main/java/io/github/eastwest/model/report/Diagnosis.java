package io.github.eastwest.model.report;

import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.TimeWindow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The answer for one edge: what fails, where, why, how sure, and what was not seen.
 *
 * @param outcome in one word
 * @param edge the edge
 * @param window the time looked at
 * @param traffic the calls; empty when no access line was read
 * @param causes what was examined and what came of it
 * @param coverage what was read and what was not
 * @param timeline facts in order of time
 * @param gaps what an inconclusive outcome lacks, in words; empty otherwise
 * @param background onset, changes, budgets of time, controls
 * @param gauges capacity of caller and callee and its use; empty where no metric of it was read
 * @param transcript answers of the confirm steps; empty unless they were asked for
 */
public record Diagnosis(
        Outcome outcome,
        Edge edge,
        TimeWindow window,
        Optional<TrafficReport> traffic,
        Causes causes,
        Coverage coverage,
        List<TimelineEntry> timeline,
        List<String> gaps,
        Background background,
        List<Gauge> gauges,
        List<ConfirmStep> transcript) {
    public Diagnosis {
        timeline = List.copyOf(timeline);
        gaps = List.copyOf(gaps);
        gauges = List.copyOf(gauges);
        transcript = List.copyOf(transcript);
    }

    /** An answer without gauges whose confirm steps were not asked for. */
    public Diagnosis(
            Outcome outcome,
            Edge edge,
            TimeWindow window,
            Optional<TrafficReport> traffic,
            Causes causes,
            Coverage coverage,
            List<TimelineEntry> timeline,
            List<String> gaps,
            Background background) {
        this(outcome, edge, window, traffic, causes, coverage, timeline, gaps, background, List.of(), List.of());
    }

    /** An answer without a background. */
    public Diagnosis(
            Outcome outcome,
            Edge edge,
            TimeWindow window,
            Optional<TrafficReport> traffic,
            Causes causes,
            Coverage coverage,
            List<TimelineEntry> timeline,
            List<String> gaps) {
        this(outcome, edge, window, traffic, causes, coverage, timeline, gaps, Background.NONE);
    }

    /** The answer in one word. */
    public enum Outcome {
        FINDINGS("findings"),
        HEALTHY("healthy"),
        INCONCLUSIVE("inconclusive");

        private final String id;

        Outcome(String id) {
            this.id = id;
        }

        /** The name used in every output. */
        public String id() {
            return id;
        }
    }

    /**
     * Every cause that was examined.
     *
     * @param findings most probable root cause first; a cause that explains another comes before it
     * @param ruledOut excluded, with the reason
     * @param undetermined could not be examined
     * @param faults rules that crashed; the others went on
     */
    public record Causes(
            List<Finding> findings, List<RuledOut> ruledOut, List<Undetermined> undetermined, List<String> faults) {
        public Causes {
            findings = List.copyOf(findings);
            ruledOut = List.copyOf(ruledOut);
            undetermined = List.copyOf(undetermined);
            faults = List.copyOf(faults);
        }
    }

    /** A cause that was excluded, with the evidence in words. */
    public record RuledOut(RootCause cause, String because) {}

    /** A cause that could not be examined, with the inputs that are missing. */
    public record Undetermined(RootCause cause, List<String> missing) {
        public Undetermined {
            missing = List.copyOf(missing);
        }
    }

    /**
     * A fact with its time.
     *
     * @param at when, UTC
     * @param kind {@code traffic}, {@code deployment}, {@code task}, {@code ejection}, {@code config}
     * @param text what
     * @param evidence id of the evidence it belongs to; empty when none
     */
    public record TimelineEntry(Instant at, String kind, String text, Optional<String> evidence) {}
}
