package io.github.eastwest.cli;

import io.github.eastwest.collect.Aws;
import io.github.eastwest.collect.AwsSettings;
import io.github.eastwest.collect.aws.SdkAws;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * The process around a command, injected so that tests can be one.
 *
 * @param in standard input
 * @param out standard output as bytes: the result and nothing else, UTF-8
 * @param err messages and progress, UTF-8
 * @param environment environment variables
 * @param terminal whether standard output, and whether standard error, is a terminal
 * @param world time, chance and AWS
 */
public record Console(
        InputStream in,
        OutputStream out,
        PrintWriter err,
        Map<String, String> environment,
        Terminal terminal,
        World world) {
    public Console {
        environment = Map.copyOf(environment);
    }

    /** A console in the real world. */
    public Console(
            InputStream in, OutputStream out, PrintWriter err, Map<String, String> environment, Terminal terminal) {
        this(in, out, err, environment, terminal, World.real());
    }

    /** Which standard streams are terminals. */
    public record Terminal(boolean out, boolean err) {}

    /**
     * What is different at each run.
     *
     * @param clock the time of a live run
     * @param aws opens AWS; asked by live runs only
     * @param secrets so many bytes that nobody can guess
     */
    public record World(Clock clock, Function<AwsSettings, Aws> aws, IntFunction<byte[]> secrets) {
        /** The system's clock and randomness, and AWS by its SDK. */
        static World real() {
            // A lambda, not a method reference: the SDK's classes are loaded when AWS is opened, which most commands
            // never do.
            return new World(Clock.systemUTC(), settings -> SdkAws.open(settings), World::unguessable);
        }

        private static byte[] unguessable(int bytes) {
            byte[] secret = new byte[bytes];
            new SecureRandom().nextBytes(secret);
            return secret;
        }
    }
}
