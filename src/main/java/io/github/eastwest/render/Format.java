package io.github.eastwest.render;

import java.util.Arrays;
import java.util.Optional;

/** The forms a report can be written in. */
public enum Format {
    TEXT("text"),
    JSON("json"),
    HTML("html"),
    MD("md"),
    CSV("csv"),
    SLACK("slack"),
    JUNIT("junit");

    private final String id;

    Format(String id) {
        this.id = id;
    }

    /** The name used by {@code --output}. */
    public String id() {
        return id;
    }

    /** The format of that id, or empty. */
    public static Optional<Format> of(String id) {
        return Arrays.stream(values()).filter(format -> format.id.equals(id)).findFirst();
    }
}
