package io.github.eastwest.render;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where the numbers of a report come from.
 *
 * @param commandLine what gives the same report again from the bundle; empty when unknown
 * @param account AWS account id; empty when unknown or redacted
 * @param region AWS region; empty when unknown
 * @param collected how the evidence was collected; empty when nothing is known of it
 * @param inputs what was read, in order of name
 */
public record Provenance(
        String commandLine,
        Optional<String> account,
        Optional<String> region,
        Optional<Collected> collected,
        List<Digest> inputs) {
    /** Nothing known. */
    public static final Provenance UNKNOWN =
            new Provenance("", Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    public Provenance {
        inputs = List.copyOf(inputs);
    }

    /**
     * How the evidence was collected.
     *
     * @param at when AWS was read; empty when unknown
     * @param by the tool and its version; empty when unknown
     * @param queries Logs Insights queries that were asked, in order of name; empty where none was
     * @param redaction what was replaced in it, in words; empty for evidence that was not redacted
     */
    public record Collected(
            Optional<Instant> at, Optional<String> by, List<Query> queries, Optional<List<String>> redaction) {
        public Collected {
            queries = List.copyOf(queries);
            redaction = redaction.map(List::copyOf);
        }
    }

    /**
     * A Logs Insights query.
     *
     * @param name its name among the shipped queries
     * @param side whose log group was asked
     * @param answers how many answers of it there are
     * @param text as asked; empty when unknown
     */
    public record Query(String name, String side, int answers, String text) {}

    /** A file read and the SHA-256 of its bytes, hexadecimal. */
    public record Digest(String name, String sha256) {}
}
