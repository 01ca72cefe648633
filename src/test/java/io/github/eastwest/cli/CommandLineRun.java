package io.github.eastwest.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * One command line, run in this process.
 *
 * @param exit its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
public record CommandLineRun(int exit, String out, String err) {
    public static CommandLineRun of(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        Console console = new Console(
                new ByteArrayInputStream(new byte[0]),
                out,
                new PrintWriter(err),
                Map.of(),
                new Console.Terminal(false, false));
        int exit = Main.run(arguments, console);
        return new CommandLineRun(exit, out.toString(StandardCharsets.UTF_8), err.toString());
    }
}
