package io.github.eastwest.model.metric;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A CloudWatch alarm that exists, and how its state went.
 *
 * @param name its name
 * @param state {@code OK}, {@code ALARM} or {@code INSUFFICIENT_DATA}
 * @param reason CloudWatch's words for the state; empty when absent
 * @param namespace namespace of the metric it looks at, the first where it looks at several; empty when unknown
 * @param metric name of that metric; empty when unknown
 * @param dimensions dimensions of that metric
 * @param transitions changes of its state in order of time: those of its history, and the last one
 */
public record AlarmState(
        String name,
        String state,
        String reason,
        String namespace,
        String metric,
        Map<String, String> dimensions,
        List<Transition> transitions) {
    public AlarmState {
        dimensions = Map.copyOf(dimensions);
        transitions = List.copyOf(transitions);
    }

    /** A change into that state. */
    public record Transition(Instant at, String to) {}

    /** When it first fired at or after that time, if it did. */
    public Optional<Instant> fired(Instant from) {
        return first("ALARM", from);
    }

    /** When it was first well again after that time, if it was. */
    public Optional<Instant> recovered(Instant from) {
        return first("OK", from);
    }

    private Optional<Instant> first(String state, Instant from) {
        return transitions.stream()
                .filter(transition -> transition.to().equals(state))
                .map(Transition::at)
                .filter(at -> !at.isBefore(from))
                .findFirst();
    }
}
