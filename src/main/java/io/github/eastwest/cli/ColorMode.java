package io.github.eastwest.cli;

import java.util.Map;

/** When to use colour. */
enum ColorMode {
    AUTO,
    ALWAYS,
    NEVER;

    /** Whether to use colour on a stream: automatically only on a terminal that wants it (NO_COLOR, TERM=dumb). */
    boolean on(boolean terminal, Map<String, String> environment) {
        return switch (this) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO ->
                terminal
                        && environment.getOrDefault("NO_COLOR", "").isEmpty()
                        && !"dumb".equals(environment.get("TERM"));
        };
    }
}
