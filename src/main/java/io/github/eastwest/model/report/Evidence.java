package io.github.eastwest.model.report;

import java.util.Optional;

/**
 * One fact for or against a cause.
 *
 * @param id {@code E1}, {@code E2}, … unique within a report
 * @param supports whether it speaks for or against
 * @param statement the fact in one sentence, with numbers and units
 * @param source the input it was read from, as in {@code coverage[].input}
 * @param observed the number or value observed; empty when the statement says it all
 * @param threshold what it was compared with; empty when nothing
 */
public record Evidence(
        String id,
        Supports supports,
        String statement,
        String source,
        Optional<String> observed,
        Optional<String> threshold) {
    /** Which way a fact points. */
    public enum Supports {
        FOR("for"),
        AGAINST("against");

        private final String id;

        Supports(String id) {
            this.id = id;
        }

        /** The name used in every output. */
        public String id() {
            return id;
        }
    }
}
