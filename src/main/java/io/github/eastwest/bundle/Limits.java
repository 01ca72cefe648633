package io.github.eastwest.bundle;

/**
 * What a bundle may cost to read. All sizes are bytes after decompression and are enforced while reading.
 *
 * @param entries most files a bundle may hold
 * @param documentBytes largest JSON document
 * @param documentBytesInAll all JSON documents together, since their text stays in memory
 * @param values JSON values of all documents together that become records
 * @param logBytes longest log file; a longer one is read up to here
 * @param eventBytes longest log file in form of a {@code filter-log-events} answer, which may have to be read several
 *     times
 * @param logBytesInAll all log streams together
 * @param expansion how many times larger than stored a log may become; deflate reaches 1032, real logs stay below 100
 */
public record Limits(
        int entries,
        long documentBytes,
        long documentBytesInAll,
        long values,
        long logBytes,
        long eventBytes,
        long logBytesInAll,
        int expansion) {
    private static final long MIB = 1L << 20;

    /** Limits that a real bundle does not reach. */
    public static final Limits DEFAULT =
            new Limits(50_000, 64 * MIB, 128 * MIB, 2_000_000, 8 * 1024 * MIB, 512 * MIB, 32 * 1024 * MIB, 250);

    /** Below this many bytes the expansion is not judged: short logs may repeat themselves. */
    static final long EXPANSION_FREE_BYTES = 64 * MIB;

    /** @throws IllegalArgumentException if a limit is not positive */
    public Limits {
        if (entries <= 0
                || documentBytes <= 0
                || documentBytesInAll <= 0
                || values <= 0
                || logBytes <= 0
                || eventBytes <= 0
                || logBytesInAll <= 0
                || expansion <= 0) {
            throw new IllegalArgumentException("limits are positive");
        }
    }
}
