package io.github.eastwest.model.report;

import io.github.eastwest.model.RootCause;
import java.util.Optional;

/**
 * A confirm step of a finding and what came of it.
 *
 * @param cause the finding it belongs to, which may have been ruled out by it
 * @param command the command that asks the same
 * @param answer what the answer means
 * @param seen what was seen, in one sentence
 * @param source the input it was read from; empty for a step that people run
 */
public record ConfirmStep(RootCause cause, String command, Answer answer, String seen, Optional<String> source) {
    /** What an answer means for the cause. */
    public enum Answer {
        CONFIRMS("confirms"),
        REFUTES("refutes"),
        CANNOT_TELL("cannot_tell"),
        BY_HAND("by_hand");

        private final String id;

        Answer(String id) {
            this.id = id;
        }

        /** The name used in every output. */
        public String id() {
            return id;
        }

        /** The same in words. */
        public String words() {
            return id.replace('_', ' ');
        }
    }
}
