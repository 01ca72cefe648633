package io.github.eastwest.model.health;

import java.util.Arrays;
import java.util.Optional;

/** How an edge is, as far as its metrics and its callee's configuration tell. */
public enum EdgeState {
    /** Enough requests were seen, and nothing about them is above a threshold. */
    OK("ok", "ok"),
    /** Above a threshold, or worse than on earlier days. */
    DEGRADED("degraded", "degraded"),
    /** Far above a threshold, or without a running callee. */
    FAILING("failing", "failing"),
    /** Requests were seen, but too few to tell. */
    TOO_FEW("too_few_requests", "too few requests"),
    /** CloudWatch was read and has no request in the window. */
    NO_DATA("no_data", "no data"),
    /** There are no metrics that tell failures, or they were not read. */
    BLIND("blind", "blind");

    private final String id;
    private final String words;

    EdgeState(String id, String words) {
        this.id = id;
        this.words = words;
    }

    /** The name used in every machine-readable output. */
    public String id() {
        return id;
    }

    /** The name in prose. */
    public String words() {
        return words;
    }

    /** The state of that id. */
    public static Optional<EdgeState> of(String id) {
        return Arrays.stream(values()).filter(state -> state.id.equals(id)).findFirst();
    }
}
