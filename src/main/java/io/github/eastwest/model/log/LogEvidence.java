package io.github.eastwest.model.log;

import java.util.List;
import java.util.Optional;

/**
 * Everything read from the proxies' logs.
 *
 * @param streams each stream's line counts
 * @param traffic the edge's calls; empty when no access line of either side was read
 */
public record LogEvidence(List<StreamSummary> streams, Optional<Traffic> traffic) {
    public LogEvidence {
        streams = List.copyOf(streams);
    }
}
