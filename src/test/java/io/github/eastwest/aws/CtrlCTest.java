package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C, as a user presses it: a process of its own that waits for Logs Insights gets the signal. */
class CtrlCTest {
    private static final Path STATUS = Path.of("/proc/self/status");

    /** Bit of signal 2 in the masks of that file. */
    private static final long SIGINT = 1L << 1;

    /** Two queries of each side. */
    private static final int QUERIES = 4;

    @TempDir
    private Path folder;

    @Test
    @Timeout(120)
    void stopsTheQueriesSavesNothingAndEndsWith130() throws IOException, InterruptedException {
        Needs.that(Files.isReadable(STATUS), "a system that tells which signals a process ignores");
        List<String> words = new ArrayList<>();
        if (ignored()) {
            // As below nohup or behind an ampersand; what is ignored here is ignored by processes started from here.
            Needs.that(succeeds("env", "--default-signal=INT", "true"), "an env that makes signals count again");
            words.addAll(List.of("env", "--default-signal=INT"));
        }
        Incident incident = Incident.sample("conservatory-concerts");
        Path saved = folder.resolve("bundle");
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        try (AwsEndpoint endpoint =
                incident.serve(Settings.DEFAULT.withInfrequentAccess().withInsightsPolls(Integer.MAX_VALUE))) {
            words.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "io.github.eastwest.cli.Main"));
            words.addAll(incident.arguments("diagnose"));
            words.addAll(List.of("--save", saved.toString()));
            ProcessBuilder command =
                    new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
            Map<String, String> environment = command.environment();
            environment.keySet().removeIf(name -> name.startsWith("AWS_") || name.contains("JAVA"));
            environment.putAll(endpoint.environment());
            Process process = command.start();
            try {
                while (process.isAlive() && count(endpoint, "GetQueryResults") < QUERIES) {
                    Thread.sleep(20);
                }
                assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
                assertThat(succeeds("kill", "-INT", Long.toString(process.pid())))
                        .isTrue();
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }

            assertThat(process.exitValue()).isEqualTo(130);
            assertThat(count(endpoint, "StartQuery")).isEqualTo(QUERIES);
            assertThat(count(endpoint, "StopQuery")).isEqualTo(QUERIES);
        }
        // No terminal, so no progress: only what happened.
        assertThat(err)
                .hasContent("eastwest: interrupted; nothing was saved, running queries were stopped"
                        + System.lineSeparator());
        assertThat(out).isEmptyFile();
        assertThat(saved).doesNotExist();
    }

    private static boolean ignored() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> Long.parseUnsignedLong(
                        line.substring("SigIgn:".length()).strip(), 16))
                .anyMatch(ignored -> (ignored & SIGINT) != 0);
    }

    private static boolean succeeds(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    private static long count(AwsEndpoint endpoint, String operation) {
        return endpoint.requests().stream()
                .filter(r -> r.operation().equals(operation) && r.status() == 200)
                .count();
    }
}
