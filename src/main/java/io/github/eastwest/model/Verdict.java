package io.github.eastwest.model;

/** What the evidence says about one root cause, strongest first. */
public enum Verdict {
    CONFIRMED("confirmed"),
    LIKELY("likely"),
    POSSIBLE("possible"),
    RULED_OUT("ruled_out"),
    UNDETERMINED("undetermined");

    private final String id;

    Verdict(String id) {
        this.id = id;
    }

    /** The name used in every output. */
    public String id() {
        return id;
    }
}
