package io.github.eastwest.model.report;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Hop;
import io.github.eastwest.model.RootCause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What stands behind the findings: when the failures began, what changed before, which budgets of time a call has, who else
 * is or is not hit, and what is usual on this edge.
 *
 * @param onset when the failures began; empty when their series has no change point, or there is no series
 * @param changes in order of time; changes after the onset are kept and never blamed
 * @param changesRead inputs that changes were looked for in; "no change found" means: not in these
 * @param ladder budgets of time, outermost first; empty when none is known
 * @param controls comparisons with others that share one end of the edge, or part of the callee
 * @param noiseFloor the usual failures of this edge; empty without history in the data
 */
public record Background(
        Optional<Onset> onset,
        List<Change> changes,
        List<String> changesRead,
        List<Rung> ladder,
        List<Control> controls,
        Optional<NoiseFloor> noiseFloor) {
    /** Nothing known. */
    public static final Background NONE =
            new Background(Optional.empty(), List.of(), List.of(), List.of(), List.of(), Optional.empty());

    public Background {
        changes = List.copyOf(changes);
        changesRead = List.copyOf(changesRead);
        ladder = List.copyOf(ladder);
        controls = List.copyOf(controls);
    }

    /**
     * A change point of the failure series.
     *
     * @param earliest start of the band the onset lies in
     * @param latest end of the band
     * @param condition the failing condition whose series changed most; empty where only metrics tell of the failures
     * @param before share of failed calls before, 0 to 1; empty when nothing before it was seen
     * @param after share of failed calls from the onset to {@code until}, 0 to 1
     * @param until when the failures were over; empty when they last to the end of the window
     * @param atStart whether the failures were there when the window began, so that the true onset may lie before it
     * @param source the input the series was read from
     */
    public record Onset(
            Instant earliest,
            Instant latest,
            Optional<Condition> condition,
            OptionalDouble before,
            double after,
            Optional<Instant> until,
            boolean atStart,
            String source) {}

    /**
     * Something that changed in the caller, the callee or the network between them.
     *
     * @param id {@code C1}, {@code C2}, … unique within a report
     * @param at when it took effect, UTC
     * @param kind what sort of change
     * @param subject the service, task or resource
     * @param text what changed in one sentence, with old and new value where known
     * @param source the input it was read from
     * @param beforeOnset delay from the change to the onset, negative when it came after; empty without an onset
     * @param rank 1 for the change that explains the onset best; empty for one that is not suspected
     * @param mechanism how it can bring about the failures seen; empty for one that is not suspected
     * @param cause the finding it is the trigger of; empty when none
     * @param details old and new values by name, for a side-by-side view
     */
    public record Change(
            String id,
            Instant at,
            Kind kind,
            String subject,
            String text,
            String source,
            Optional<Duration> beforeOnset,
            Optional<Integer> rank,
            Optional<String> mechanism,
            Optional<RootCause> cause,
            List<Difference> details) {
        public Change {
            details = List.copyOf(details);
        }

        /** Sorts of changes. */
        public enum Kind {
            DEPLOYMENT("deployment"),
            SCALING("scaling"),
            TASK_STOP("task_stop"),
            TASK_START("task_start"),
            SECURITY_GROUP("security_group"),
            NETWORK("network"),
            CERTIFICATE("certificate"),
            CONFIGURATION("configuration");

            private final String id;

            Kind(String id) {
                this.id = id;
            }

            /** The name used in every output. */
            public String id() {
                return id;
            }
        }
    }

    /** A setting's value before and after; empty = not set. */
    public record Difference(String name, Optional<String> before, Optional<String> after) {}

    /**
     * One budget of time on the way of a call.
     *
     * @param name the field's name for it, such as {@code perRequestTimeoutSeconds of payments}
     * @param hop who keeps it
     * @param limit how long; empty when it is switched off
     * @param basis {@code configured}, {@code default} or {@code observed}
     * @param attempts how many attempts it covers or makes; 1 without retries
     * @param flagged why this rung is wrong beside its neighbours (an inner budget longer than an outer one, retries times
     *     limit beyond the outer one); empty when it is fine
     * @param source the input it was read from; empty for a documented default
     */
    public record Rung(
            String name,
            Hop hop,
            Optional<Duration> limit,
            String basis,
            int attempts,
            Optional<String> flagged,
            Optional<String> source) {}

    /**
     * A group of calls compared with the rest.
     *
     * @param kind {@code other_caller}, {@code other_callee}, {@code zone}, {@code revision} or {@code task}
     *     of the callee, {@code caller_zone}, {@code caller_revision} or {@code caller_task}
     * @param name the group
     * @param requests its calls
     * @param failed of them failed
     * @param verdict {@code hit} or {@code spared} in comparison with the edge, {@code too_few} calls to say
     * @param text what follows from it, in one sentence
     * @param source the input it was read from
     */
    public record Control(
            String kind, String name, long requests, long failed, String verdict, String text, String source) {}

    /**
     * What is usual on this edge.
     *
     * @param usual share of failed calls in the history, 0 to 1
     * @param upper upper bound of its 95 % interval
     * @param now share in the window
     * @param requests calls of the history
     * @param exceeded whether the window lies above the bound
     * @param text in one sentence, with the number of calls needed where there are too few
     * @param source the input it was read from
     */
    public record NoiseFloor(
            double usual, double upper, double now, long requests, boolean exceeded, String text, String source) {}
}
