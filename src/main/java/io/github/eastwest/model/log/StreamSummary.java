package io.github.eastwest.model.log;

import io.github.eastwest.model.Side;
import java.util.Optional;

/**
 * What one log stream held; the counts add up to its lines.
 *
 * @param stream its name
 * @param side whose proxy wrote it
 * @param taskId ECS task id taken from the stream's name, where it has one
 * @param counts lines by kind
 * @param format name of the access-log format most lines had; empty without access lines
 * @param firstUnparsed the first line that could not be read, with the reason
 */
public record StreamSummary(
        String stream,
        Side side,
        Optional<String> taskId,
        LineCounts counts,
        Optional<String> format,
        Optional<Unparsed> firstUnparsed) {
    /**
     * Lines by kind.
     *
     * @param access access-log lines
     * @param outlier outlier-detection events
     * @param proxy lines of Envoy's and the agent's own log
     * @param unparsed lines that fit no known form, blank lines excluded
     * @param blank empty lines
     */
    public record LineCounts(long access, long outlier, long proxy, long unparsed, long blank) {
        /** All lines. */
        public long total() {
            return access + outlier + proxy + unparsed + blank;
        }

        /** The sum of both. */
        public LineCounts plus(LineCounts other) {
            return new LineCounts(
                    access + other.access,
                    outlier + other.outlier,
                    proxy + other.proxy,
                    unparsed + other.unparsed,
                    blank + other.blank);
        }
    }

    /**
     * A line that could not be read.
     *
     * @param line line number, from 1
     * @param column byte column where reading failed, from 1
     * @param reason why
     * @param excerpt the line, cut to a printable length
     */
    public record Unparsed(long line, int column, String reason, String excerpt) {}
}
