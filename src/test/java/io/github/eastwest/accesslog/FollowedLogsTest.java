package io.github.eastwest.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Side;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedLogsTest {
    @TempDir
    private Path folder;

    private static String line(int number) {
        return "[2026-11-20T07:40:46.216Z] \"GET /" + number
                + " HTTP/1.1\" 503 0 19 0 - \"-\" \"x\" \"i\" \"payments:8080\" \"-\"\n";
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    private static String paths(FollowedLogs logs) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        logs.lines(out);
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(json -> json.replaceAll(".*\"line\":(\\d+),.*\"path\":\"/?([^\"]*)\".*", "$1:$2"))
                .map(path -> path + " ")
                .collect(Collectors.joining());
    }

    private static FollowedLogs follow(Path... files) throws IOException {
        return new FollowedLogs(
                List.of(files).stream()
                        .map(file -> LogSource.of(file, Side.UNKNOWN))
                        .toList(),
                Choice.ALL);
    }

    @Test
    void takesLinesWhenTheirNewlineIsThere() throws IOException {
        Path file = Files.writeString(folder.resolve("a.log"), line(1) + line(2) + line(3).substring(0, 30));
        try (FollowedLogs logs = follow(file)) {
            logs.start();
            assertThat(logs.summary().requests().count()).isEqualTo(2);
            assertThat(logs.poll()).isFalse();

            append(file, line(3).substring(30) + line(4) + line(5).substring(0, 10));
            assertThat(logs.poll()).isTrue();
            assertThat(paths(logs)).isEqualTo("3:3 4:4 ");

            append(file, line(5).substring(10, 40));
            assertThat(logs.poll()).isFalse();
            append(file, line(5).substring(40));
            assertThat(logs.poll()).isTrue();
            assertThat(paths(logs)).isEqualTo("5:5 ");
            assertThat(logs.summary().lines().counts().unparsed()).isZero();
            assertThat(logs.summary().requests().failed()).isEqualTo(5);
            assertThat(logs.isAtEnd()).isFalse();
        }
    }

    @Test
    void readsAReplacedFileToItsEndAndThenTheNewOne() throws IOException {
        Path file = Files.writeString(folder.resolve("a.log"), line(1));
        try (FollowedLogs logs = follow(file)) {
            logs.start();
            append(file, line(2));
            Files.move(file, folder.resolve("a.log.1"));
            assertThat(logs.poll()).isTrue();
            assertThat(paths(logs)).isEqualTo("2:2 ");

            // Written to under its new name by whoever still has it open; then replaced, with its last line unfinished.
            append(folder.resolve("a.log.1"), line(3) + line(4).stripTrailing());
            Path next = Files.writeString(folder.resolve("next"), line(5));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            assertThat(logs.poll()).isTrue();
            assertThat(paths(logs)).isEqualTo("3:3 4:4 5:5 ");
            append(file, line(6));
            assertThat(logs.poll()).isTrue();
            assertThat(logs.summary().requests().count()).isEqualTo(6);
        }
    }

    @Test
    void beginsATruncatedFileAnew() throws IOException {
        Path file = Files.writeString(folder.resolve("a.log"), line(1) + line(2));
        try (FollowedLogs logs = follow(file)) {
            logs.start();
            Files.writeString(file, line(3), StandardOpenOption.TRUNCATE_EXISTING);
            assertThat(logs.poll()).isTrue();
            assertThat(paths(logs)).isEqualTo("3:3 ");
        }
    }

    @Test
    void readsPackedAndEmptyFilesToo() throws IOException {
        Path packed = folder.resolve("a.log.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(line(1).getBytes(StandardCharsets.UTF_8));
        }
        Path empty = Files.createFile(folder.resolve("b.log"));
        try (FollowedLogs logs = follow(packed, empty)) {
            assertThat(logs.start().soFar().requests().count()).isEqualTo(1);
            append(empty, line(2));
            assertThat(logs.poll()).isTrue();
            assertThat(logs.summary().requests().count()).isEqualTo(2);
        }
    }

    @Test
    void takesMoreThanAPartAtATimeWithoutLosingALine() throws IOException {
        Path file = Files.createFile(folder.resolve("a.log"));
        try (FollowedLogs logs = follow(file)) {
            logs.start();
            // Three parts of four megabytes.
            int lines = (9 << 20) / line(10_000).length();
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < lines; i++) {
                text.append(line(10_000 + i));
            }
            append(file, text.toString());
            assertThat(logs.poll()).isTrue();
            assertThat(logs.summary().requests().count()).isEqualTo(lines);
            assertThat(logs.summary().lines().counts().total()).isEqualTo(lines);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            logs.lines(out);
            assertThat(out.toString(StandardCharsets.UTF_8).lines())
                    .hasSize(lines)
                    .last()
                    .asString()
                    .contains("\"line\":" + lines + ",", "\"path\":\"/" + (10_000 + lines - 1) + "\"");
        }
    }

    @Test
    void followsAStreamToItsEnd() throws Exception {
        PipedOutputStream writer = new PipedOutputStream();
        PipedInputStream reader = new PipedInputStream(writer, 1 << 20);
        try (FollowedLogs logs =
                new FollowedLogs(List.of(new LogSource("pipe", Side.UNKNOWN, () -> reader)), Choice.ALL)) {
            logs.start();
            writer.write((line(1) + line(2).substring(0, 9)).getBytes(StandardCharsets.UTF_8));
            writer.flush();
            await(logs);
            assertThat(paths(logs)).isEqualTo("1:1 ");

            // Longer than a line may be: told once, whatever its length.
            writer.write((line(2).substring(9) + "x".repeat(LineScanner.LONGEST_LINE) + "xx".repeat(500_000) + "\n"
                            + line(3))
                    .getBytes(StandardCharsets.UTF_8));
            writer.write(line(4).stripTrailing().getBytes(StandardCharsets.UTF_8));
            writer.close();
            while (!logs.isAtEnd()) {
                await(logs);
            }
            assertThat(logs.summary().requests().count()).isEqualTo(4);
            assertThat(logs.summary().lines().counts().unparsed()).isEqualTo(1);
        }
    }

    private void look(FollowedLogs logs) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            logs.look(
                    files.sorted().map(file -> LogSource.of(file, Side.UNKNOWN)).toList());
        }
    }

    @Test
    void readsFilesThatAppearFromTheirFirstLine() throws IOException {
        Path file = Files.writeString(folder.resolve("a.log"), line(1));
        try (FollowedLogs logs = follow(file)) {
            logs.start();
            look(logs);
            assertThat(logs.poll()).isFalse();

            Path other = Files.writeString(folder.resolve("b.log"), line(2) + line(3).substring(0, 10));
            look(logs);
            look(logs);
            append(file, line(4));
            assertThat(logs.poll()).isTrue();
            assertThat(paths(logs)).isEqualTo("2:4 1:2 ");
            append(other, line(3).substring(10));
            assertThat(logs.poll()).isTrue();
            assertThat(paths(logs)).isEqualTo("2:3 ");
            assertThat(logs.summary().sources())
                    .extracting(source -> source.name() + " " + source.lines())
                    .containsExactly(file + " 2", other + " 2");
        }
    }

    @Test
    void takesAFileThatWasRotatedForTheOneItWas() throws IOException {
        Path file = Files.writeString(folder.resolve("a.log"), line(1));
        try (FollowedLogs logs = follow(file)) {
            logs.start();
            look(logs);
            // Copied, as copytruncate does; renamed in a way that its name does not tell; renamed again; packed.
            Files.copy(file, folder.resolve("a.log.2026-11-20"));
            Files.move(file, folder.resolve("older-0.log"));
            look(logs);
            Files.writeString(file, line(2));
            assertThat(logs.poll()).isTrue();
            look(logs);
            Files.move(folder.resolve("older-0.log"), folder.resolve("older-1.log"));
            try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("older-2.gz")))) {
                out.write(line(1).getBytes(StandardCharsets.UTF_8));
            }
            look(logs);
            assertThat(logs.poll()).isFalse();

            // Named like it, yet another one.
            Files.writeString(folder.resolve("a.logs"), line(3));
            look(logs);
            assertThat(logs.poll()).isTrue();
            assertThat(logs.summary().requests().count()).isEqualTo(3);
        }
    }

    private static void await(FollowedLogs logs) throws Exception {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!logs.poll() && !logs.isAtEnd()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(5);
        }
    }
}
