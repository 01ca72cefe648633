package io.github.eastwest.model.health;

/** How an edge stands against the previous run. A problem is what has a severity of warning or worse. */
public enum EdgeChange {
    /** A problem that was none. */
    NEW("new"),
    /** A warning that became an error. */
    WORSE("worse"),
    /** Was a problem, and now nothing can be told: not recovered. */
    LOST("lost"),
    /** A problem as before. */
    STILL("still"),
    /** An error that became a warning. */
    BETTER("better"),
    /** Was a problem and is ok. */
    RECOVERED("recovered"),
    /** An edge that the previous run did not have, and no problem. */
    APPEARED("appeared"),
    /** As before, and no problem. */
    UNCHANGED("unchanged"),
    /** There is no previous run to compare with. */
    UNKNOWN("unknown");

    private final String id;

    EdgeChange(String id) {
        this.id = id;
    }

    /** The name used in every output. */
    public String id() {
        return id;
    }
}
