package io.github.eastwest.cli;

import io.github.eastwest.collect.Aws;
import io.github.eastwest.collect.AwsSettings;
import io.github.eastwest.collect.aws.SdkAws;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.function.Function;

/**
 * One command line, run in this process.
 *
 * @param exit its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
public record CommandLineRun(int exit, String out, String err) {
    /** A run without AWS. */
    public static CommandLineRun of(String... arguments) {
        return new Setting().run(arguments);
    }

    /** A run against the AWS that the options name, now. */
    public static CommandLineRun live(String... arguments) {
        return new Setting().now(Instant.now()).aws(SdkAws::open).run(arguments);
    }

    /** What a command line runs in: by default no terminal, no environment, no AWS. */
    static final class Setting {
        private Map<String, String> environment = Map.of();
        private boolean terminal;
        private Instant now = Instant.parse("2026-11-21T12:50:00Z");
        private Function<AwsSettings, Aws> aws = settings -> {
            throw new AssertionError("this command goes to AWS");
        };

        Setting environment(Map<String, String> variables) {
            environment = variables;
            return this;
        }

        Setting terminal() {
            terminal = true;
            return this;
        }

        Setting now(Instant time) {
            now = time;
            return this;
        }

        Setting aws(Function<AwsSettings, Aws> opener) {
            aws = opener;
            return this;
        }

        CommandLineRun run(String... arguments) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            StringWriter err = new StringWriter();
            Console console = new Console(
                    new ByteArrayInputStream(new byte[0]),
                    out,
                    new PrintWriter(err),
                    environment,
                    new Console.Terminal(terminal, terminal),
                    new Console.World(Clock.fixed(now, ZoneOffset.UTC), aws, byte[]::new));
            int exit = Main.run(arguments, console);
            return new CommandLineRun(exit, out.toString(StandardCharsets.UTF_8), err.toString());
        }
    }
}
