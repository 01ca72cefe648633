package io.github.eastwest.model.history;

import java.util.List;

/**
 * Changes with their times.
 *
 * @param events CloudTrail's events that can have changed something, of any resource of the account, oldest first
 * @param scaling Application Auto Scaling's activities of any ECS service, oldest first
 */
public record History(List<TrailEvent> events, List<ScalingActivity> scaling) {
    /** Nothing read. */
    public static final History NONE = new History(List.of(), List.of());

    public History {
        events = List.copyOf(events);
        scaling = List.copyOf(scaling);
    }
}
