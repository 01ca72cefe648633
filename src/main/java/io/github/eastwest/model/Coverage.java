package io.github.eastwest.model;

import java.util.List;
import java.util.Optional;

/**
 * What was read and what was not: one entry per input, and notes on files that were ignored.
 *
 * @param entries in the order of the bundle format
 * @param stoppedAtCost whether something was not read since it would have cost more than allowed
 */
public record Coverage(List<Entry> entries, boolean stoppedAtCost) {
    public Coverage {
        entries = List.copyOf(entries);
    }

    /** What was read, without regard to cost. */
    public Coverage(List<Entry> entries) {
        this(entries, false);
    }

    /** How far an input was read. */
    public enum State {
        COMPLETE("complete"),
        PARTIAL("partial"),
        DENIED("denied"),
        NOT_CONFIGURED("not_configured"),
        NOT_COLLECTED("not_collected"),
        FAILED("failed");

        private final String id;

        State(String id) {
            this.id = id;
        }

        /** The name used in every output. */
        public String id() {
            return id;
        }
    }

    /**
     * One input's state.
     *
     * @param input path in the bundle without extension
     * @param state how far it was read
     * @param detail what was missing and why, or what was read; empty when there is nothing to say
     */
    public record Entry(String input, State state, String detail) {}

    /** The entry of that input, if there is one. */
    public Optional<Entry> entry(Input input) {
        return entries.stream()
                .filter(entry -> entry.input().equals(input.id()))
                .findFirst();
    }

    /** The state of that input; an input without entry was not collected. */
    public State state(Input input) {
        return entry(input).map(Entry::state).orElse(State.NOT_COLLECTED);
    }

    /** Whether so much of that input could be read that it tells something: all of it, or a part that does not mislead. */
    public boolean isRead(Input input) {
        State state = state(input);
        return state == State.COMPLETE || state == State.PARTIAL && !input.wholeOnly();
    }
}
