package io.github.eastwest.classify;

import io.github.eastwest.model.Input;
import io.github.eastwest.model.report.ConfirmStep.Answer;

/**
 * Answers a confirm step by the documents that its command would print: a structured question, not the command's text. It
 * says {@code confirms} only if all of the step's condition holds, and {@code cannot_tell} where part of it needs a person or
 * was not read.
 */
@FunctionalInterface
public interface Check {
    /** What those facts, read again or as the bundle has them, say. */
    Seen on(Facts facts);

    /**
     * What was seen.
     *
     * @param answer what it means for the cause
     * @param source the input it was read from
     * @param words in one sentence
     */
    record Seen(Answer answer, Input source, String words) {}

    /** It confirms the cause. */
    static Seen confirms(Input source, String words) {
        return new Seen(Answer.CONFIRMS, source, words);
    }

    /** It refutes the cause. */
    static Seen refutes(Input source, String words) {
        return new Seen(Answer.REFUTES, source, words);
    }

    /** It decides nothing. */
    static Seen cannotTell(Input source, String words) {
        return new Seen(Answer.CANNOT_TELL, source, words);
    }

    /** The input was not read. */
    static Seen notRead(Input source) {
        return cannotTell(source, source.id() + " was not read");
    }
}
