package io.github.eastwest.model.report;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a write-up after an incident can say from evidence; all else is left to people.
 *
 * @param diagnosis the diagnosis of the incident's window
 * @param impact who was hit, how hard, how long
 * @param times begin, detection, mitigation, resolution
 * @param timeline facts in order of time, source and id
 * @param causation trigger, factors, chain
 * @param detection alarms that fired, that stayed quiet, and that would have fired
 * @param actions what to do, each with a check that a machine can repeat
 */
public record Incident(
        Diagnosis diagnosis,
        Impact impact,
        Times times,
        List<Fact> timeline,
        Causation causation,
        Detection detection,
        List<Action> actions) {
    public Incident {
        timeline = List.copyOf(timeline);
        actions = List.copyOf(actions);
    }

    /**
     * Who was hit, how hard, how long; the numbers of calls are in the diagnosis.
     *
     * @param span when calls failed; empty where that is not measured
     * @param callers services whose calls failed
     * @param paths paths whose calls failed, the most failing first
     * @param morePaths paths that are not listed
     * @param budget the error budget; empty without an objective or without counted calls
     */
    public record Impact(
            Optional<Span> span, List<Group> callers, List<Group> paths, int morePaths, Optional<Budget> budget) {
        public Impact {
            callers = List.copyOf(callers);
            paths = List.copyOf(paths);
        }
    }

    /**
     * When calls failed.
     *
     * @param from begin
     * @param until end; empty when they still failed at the end of the window
     * @param atStart whether they failed already when the window began, so that they may have before
     * @param id id of the fact that tells the begin
     * @param basis how this is known
     */
    public record Span(Instant from, Optional<Instant> until, boolean atStart, String id, String basis) {}

    /** Calls of a group that failed; {@code requests} is empty where only failures were counted. */
    public record Group(String name, long failed, OptionalLong requests, String source) {}

    /**
     * What an incident took of an error budget.
     *
     * @param objective share of calls that must succeed, percent
     * @param period the objective's period
     * @param allowed calls of the window that might have failed under the objective
     * @param burnRate failed calls as a multiple of the allowed ones
     * @param ofPeriod share of the whole period's budget, if the period had the window's rate of calls throughout, 0 to …
     */
    public record Budget(String objective, Duration period, double allowed, double burnRate, double ofPeriod) {}

    /** The steps of an incident; empty is not measured. */
    public record Times(
            Optional<Moment> began, Optional<Moment> detected, Optional<Moment> mitigated, Optional<Moment> resolved) {}

    /** A point in time and how it is known. */
    public record Moment(Instant at, String basis) {}

    /**
     * A fact of the timeline.
     *
     * @param at when, UTC
     * @param source the input it was read from, or the option that says it
     * @param id of the fact: {@code E…} evidence, {@code C…} change, {@code T-…} a fact of its own, the same in every
     *     rendering of the same fact
     * @param kind sort of fact
     * @param text what
     */
    public record Fact(Instant at, String source, String id, String kind, String text) {}

    /**
     * Why it happened, as far as evidence goes.
     *
     * @param trigger the change that explains the onset best; empty when none is suspected
     * @param contributing what had to be so for calls to fail
     * @param mitigators what limited the harm
     * @param chain from what was seen to what is not established
     */
    public record Causation(
            Optional<Background.Change> trigger,
            List<Statement> contributing,
            List<Statement> mitigators,
            List<Step> chain) {
        public Causation {
            contributing = List.copyOf(contributing);
            mitigators = List.copyOf(mitigators);
            chain = List.copyOf(chain);
        }
    }

    /** A sentence with the ids of the evidence behind it, or the input where the evidence has no id. */
    public record Statement(String text, List<String> evidence) {
        public Statement {
            evidence = List.copyOf(evidence);
        }
    }

    /** A link of the causal chain: a question, and its answer where one is established. */
    public record Step(String question, Optional<Statement> answer) {}

    /**
     * What told of the incident.
     *
     * @param read whether existing alarms were read
     * @param fired alarms of the edge that fired from shortly before the onset on
     * @param quiet alarms of the edge that did not
     * @param proposals alarms that would tell next time
     * @param notes what the proposals assume
     */
    public record Detection(
            boolean read, List<Firing> fired, List<String> quiet, List<Proposal> proposals, List<String> notes) {
        public Detection {
            fired = List.copyOf(fired);
            quiet = List.copyOf(quiet);
            proposals = List.copyOf(proposals);
            notes = List.copyOf(notes);
        }

        /**
         * Proposals worth making: alarms that do not exist and would have fired; where that cannot be told of any, those of
         * which it cannot be told.
         */
        public List<Proposal> wanted() {
            List<Proposal> fires = missing(Replay.Outcome.FIRES);
            return fires.isEmpty() ? missing(Replay.Outcome.CANNOT_TELL) : fires;
        }

        private List<Proposal> missing(Replay.Outcome outcome) {
            return proposals.stream()
                    .filter(proposal -> !proposal.exists().orElse(false)
                            && proposal.replay().outcome() == outcome)
                    .toList();
        }
    }

    /** An alarm that fired, when, and when it was well again. */
    public record Firing(String alarm, String id, Instant at, Optional<Instant> over, String reason) {}

    /**
     * A proposed alarm.
     *
     * @param alarm its definition
     * @param filter the metric filter it needs; empty when it needs none
     * @param exists whether an alarm looks at that metric already; empty when existing alarms were not read
     * @param replay what it would have done
     */
    public record Proposal(
            AlarmPlan.Alarm alarm, Optional<AlarmPlan.MetricFilter> filter, Optional<Boolean> exists, Replay replay) {}

    /** What an alarm would have done in the window. */
    public record Replay(Outcome outcome, Optional<Instant> at, String because) {
        /** In one word. */
        public enum Outcome {
            FIRES,
            STAYS_QUIET,
            CANNOT_TELL
        }
    }

    /**
     * Something to do.
     *
     * @param check what a machine checks, such as {@code cause:EW301}; unique within a write-up
     * @param type prevent, detect or mitigate
     * @param text what to do
     * @param more other ways to do it, and risks
     * @param evidence ids behind it
     */
    public record Action(String check, Type type, String text, List<String> more, List<String> evidence) {
        public Action {
            more = List.copyOf(more);
            evidence = List.copyOf(evidence);
        }

        /** What an action is good for. */
        public enum Type {
            PREVENT("prevent"),
            DETECT("detect"),
            MITIGATE("mitigate");

            private final String id;

            Type(String id) {
                this.id = id;
            }

            /** The name used in every output. */
            public String id() {
                return id;
            }
        }
    }

    /**
     * What came of an action.
     *
     * @param check the action's check
     * @param state in one word
     * @param because why
     */
    public record Verification(String check, State state, String because) {
        /** In one word. */
        public enum State {
            DONE("done"),
            NOT_DONE("not done"),
            CANNOT_TELL("cannot tell");

            private final String id;

            State(String id) {
                this.id = id;
            }

            /** The name used in every output. */
            public String id() {
                return id;
            }
        }
    }
}
