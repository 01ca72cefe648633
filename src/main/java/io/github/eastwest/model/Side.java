package io.github.eastwest.model;

/** Whose proxy wrote a log line. */
public enum Side {
    CALLER("caller"),
    CALLEE("callee"),
    UNKNOWN("unknown");

    private final String id;

    Side(String id) {
        this.id = id;
    }

    /** The name used in every output, and of the folder below {@code logs/lines/} in a bundle. */
    public String id() {
        return id;
    }
}
