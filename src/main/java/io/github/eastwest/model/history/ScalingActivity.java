package io.github.eastwest.model.history;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An activity of Application Auto Scaling on an ECS service's desired count.
 *
 * @param id the activity's id
 * @param service name of the ECS service
 * @param cluster name of its cluster
 * @param startedAt when it began, UTC
 * @param endedAt when it ended, UTC; empty while it goes on
 * @param desiredCount the count that it sets; empty where its description tells none
 * @param status {@code Successful}, {@code Failed}, …
 * @param cause which alarm, schedule or bound brought it about, in AWS's words; empty when not told
 */
public record ScalingActivity(
        String id,
        String service,
        String cluster,
        Instant startedAt,
        Optional<Instant> endedAt,
        OptionalInt desiredCount,
        String status,
        String cause) {
    /** Whether the count was or is being set. */
    public boolean takesEffect() {
        return status.isEmpty()
                || status.equals("Successful")
                || status.equals("InProgress")
                || status.equals("Overridden")
                || status.equals("Pending");
    }
}
