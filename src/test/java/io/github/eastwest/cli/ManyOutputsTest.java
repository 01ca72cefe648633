package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.render.Format;
import io.github.eastwest.render.HealthRenderers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Several outputs of one run. */
class ManyOutputsTest {
    @TempDir
    private Path folder;

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of(
                        "diagnose checkout payments --bundle samples/checkout-payments-sparse",
                        Arrays.stream(Format.values()).map(Format::id).toList()),
                Arguments.of("health --bundle samples/health-prod", HealthRenderers.formats()),
                Arguments.of(
                        "incident checkout payments --bundle samples/checkout-payments-sparse", List.of("md", "html")),
                Arguments.of(
                        "alarms checkout payments --bundle samples/checkout-payments-sparse",
                        List.of("json", "cloudformation", "commands")));
    }

    /** Each is what a run of its own writes, and all have the same exit code. */
    @ParameterizedTest
    @MethodSource("commands")
    void areEachWhatARunOfItsOwnWrites(String command, List<String> formats) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        for (String format : formats) {
            arguments.addAll(List.of("-o", format + "=" + folder.resolve("out." + format)));
        }
        arguments.addAll(List.of("-o", formats.get(0) + "=-"));

        CommandLineRun all = CommandLineRun.of(arguments.toArray(String[]::new));

        for (String format : formats) {
            CommandLineRun one =
                    CommandLineRun.of(Stream.concat(Arrays.stream(command.split(" ")), Stream.of("-o", format))
                            .toArray(String[]::new));
            assertThat(Files.readString(folder.resolve("out." + format), StandardCharsets.UTF_8))
                    .as(format)
                    .isEqualTo(one.out())
                    .isNotEmpty();
            assertThat(all.exit()).isEqualTo(one.exit());
        }
        assertThat(all.out()).isEqualTo(Files.readString(folder.resolve("out." + formats.get(0))));
    }

    /** A file moved to the place of a pipe or of /dev/null would remove that. */
    @Test
    void aPipeIsWrittenToAndStaysOne() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.readString(pipe);
            } catch (IOException fault) {
                throw new UncheckedIOException(fault);
            }
        });

        CommandLineRun run = CommandLineRun.of("explain", "EW101", "-o", "json=" + pipe);

        assertThat(run.exit()).isZero();
        assertThat(read.get(30, TimeUnit.SECONDS)).contains("EW101");
        assertThat(Files.readAttributes(pipe, BasicFileAttributes.class).isOther())
                .isTrue();
        assertThat(folder.toFile().list()).containsExactly("pipe");
    }

    @Test
    void aLinkStaysOneAndItsFileIsReplaced() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);

        CommandLineRun run = CommandLineRun.of("explain", "EW101", "-o", "json=" + link);

        assertThat(run.exit()).isZero();
        assertThat(link).isSymbolicLink();
        assertThat(Files.readString(file)).contains("EW101");
    }

    @Test
    void aDirectoryIsRefused() {
        CommandLineRun run = CommandLineRun.of("explain", "EW101", "-o", "json=" + folder);

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("it is a directory");
    }

    @Test
    void twoCannotShareAFile() {
        Path file = folder.resolve("same");

        CommandLineRun run = CommandLineRun.of(
                "diagnose",
                "checkout",
                "payments",
                "--bundle",
                "samples/checkout-payments-sparse",
                "-o",
                "json=" + file,
                "-o",
                "html=" + file);

        assertThat(run.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(file).doesNotExist();
    }
}
