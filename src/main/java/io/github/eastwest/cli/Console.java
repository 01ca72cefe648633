package io.github.eastwest.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.Map;

/**
 * The process around a command, injected so that tests can be one.
 *
 * @param in standard input
 * @param out standard output as bytes: the result and nothing else, UTF-8
 * @param err messages and progress, UTF-8
 * @param environment environment variables
 * @param terminal whether standard output, and whether standard error, is a terminal
 */
public record Console(
        InputStream in, OutputStream out, PrintWriter err, Map<String, String> environment, Terminal terminal) {
    public Console {
        environment = Map.copyOf(environment);
    }

    /** Which standard streams are terminals. */
    public record Terminal(boolean out, boolean err) {}
}
