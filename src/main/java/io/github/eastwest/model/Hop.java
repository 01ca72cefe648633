package io.github.eastwest.model;

/** A place on the way of a call where its failure can be made, in the order a request passes them. */
public enum Hop {
    CALLER_APP("caller-app"),
    CALLER_PROXY("caller-proxy"),
    NETWORK("network"),
    CALLEE_PROXY("callee-proxy"),
    CALLEE_APP("callee-app");

    private final String id;

    Hop(String id) {
        this.id = id;
    }

    /** The name used in every output. */
    public String id() {
        return id;
    }
}
