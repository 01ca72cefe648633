package io.github.eastwest.model;

/** How bad the impact of a cause is; it says nothing about how sure we are. */
public enum Severity {
    ERROR("error"),
    WARNING("warning"),
    NOTE("note");

    private final String id;

    Severity(String id) {
        this.id = id;
    }

    /** The name used in every output and by {@code --fail-on}. */
    public String id() {
        return id;
    }

    /** Whether this is as bad as {@code threshold}, or worse. */
    public boolean atLeast(Severity threshold) {
        return compareTo(threshold) <= 0;
    }
}
