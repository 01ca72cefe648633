package io.github.eastwest.aws;

import io.github.eastwest.cli.CommandLineRun;
import io.github.eastwest.cli.Console;
import io.github.eastwest.cli.Main;
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

/** The command line in this process, at a given time and with AWS at an endpoint. */
final class LiveCommand {
    private LiveCommand() {}

    /**
     * Runs a command.
     *
     * @param environment environment variables, such as those of {@link AwsEndpoint#environment}
     */
    static CommandLineRun run(Map<String, String> environment, Instant now, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        Console console = new Console(
                new ByteArrayInputStream(new byte[0]),
                out,
                new PrintWriter(err),
                environment,
                new Console.Terminal(false, false),
                new Console.World(Clock.fixed(now, ZoneOffset.UTC), SdkAws::open, byte[]::new));
        int exit = Main.run(arguments, console);
        return new CommandLineRun(exit, out.toString(StandardCharsets.UTF_8), err.toString());
    }
}
