package io.github.eastwest.model;

/** Where a condition was read from. */
public enum Basis {
    /** Envoy's response flags. */
    FLAG("flag"),
    /** Envoy's response-code details or transport failure reason. */
    DETAILS("details"),
    /** Status, body length, host and service time present or not, duration, neighbours: Service Connect prints no flags. */
    INFERRED("inferred"),
    /** Several requests whose conditions have different bases. */
    MIXED("mixed");

    private final String id;

    Basis(String id) {
        this.id = id;
    }

    /** The name used in every output. */
    public String id() {
        return id;
    }
}
