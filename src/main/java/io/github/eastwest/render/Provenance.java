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
 * @param collectedAt when AWS was read; empty when unknown
 * @param inputs what was read, in order of name
 */
public record Provenance(
        String commandLine,
        Optional<String> account,
        Optional<String> region,
        Optional<Instant> collectedAt,
        List<Digest> inputs) {
    /** Nothing known. */
    public static final Provenance UNKNOWN =
            new Provenance("", Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    public Provenance {
        inputs = List.copyOf(inputs);
    }

    /** A file read and the SHA-256 of its bytes, hexadecimal. */
    public record Digest(String name, String sha256) {}
}
