package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's archive of classes: it may make a run faster, never other. */
class LauncherTest {
    private static final Path BASH = Path.of("/bin/bash");

    @TempDir
    Path home;

    private record Run(String out, String err) {}

    @BeforeEach
    void setUp() throws IOException {
        assumeTrue(Files.isExecutable(BASH), "the launcher is a bash script");
        Files.copy(Path.of("eastwest"), home.resolve("eastwest"));
        Files.createDirectories(home.resolve("target"));
    }

    @Test
    void makesAnArchiveOnFirstUseAndRunsFromItLater() throws Exception {
        jar("one");
        assertThat(run().out()).isEqualTo("one\n");
        Path archive = awaitArchive();
        assertThat(archive).isNotEmptyFile();
        assertThat(run()).isEqualTo(new Run("one\n", ""));
        assertThat(archives()).containsExactly(archive);
        assertThat(loaded()).contains("cli.Main source: shared objects file");
    }

    /** Only the run that was learned from needs {@code Learned}: where it is loaded all the same, it came with the archive. */
    @Test
    void anArchiveHasItsClassesLinkedWhereTheVirtualMachineCanDoThat() throws Exception {
        jar("one");
        run();
        awaitArchive();
        assertThat(loaded().contains("cli.Learned source: shared objects file"))
                .isEqualTo(Runtime.version().feature() >= 24);
    }

    @Test
    void runsTheNewCodeAsSoonAsTheJarIsReplaced() throws Exception {
        jar("one");
        run();
        Path old = awaitArchive();
        jar("two");
        assertThat(run().out()).isEqualTo("two\n");
        Path fresh = awaitArchiveBut(old);
        assertThat(run().out()).isEqualTo("two\n");
        assertThat(archives()).containsExactly(fresh);
    }

    @Test
    void runsTheNewCodeOfAJarOfTheSameSizeAndTime() throws Exception {
        Path jar = jar("one");
        long size = Files.size(jar);
        FileTime time = Files.getLastModifiedTime(jar);
        run();
        Path old = awaitArchive();
        // In place, as cp -p does: what remains is the time of the change, which is the system's.
        Path other = jar("two", "other.jar");
        try (OutputStream same = Files.newOutputStream(jar)) {
            Files.copy(other, same);
        }
        Files.setLastModifiedTime(jar, time);
        assertThat(jar).hasSize(size);
        assertThat(Files.getLastModifiedTime(jar)).isEqualTo(time);
        assertThat(run()).isEqualTo(new Run("two\n", ""));
        Path fresh = awaitArchiveBut(old);
        assertThat(run()).isEqualTo(new Run("two\n", ""));
        assertThat(archives()).containsExactly(fresh);
    }

    @Test
    void aReplacedJarIsNoticedByTheVirtualMachineToo() throws Exception {
        // It knows sizes, which are the same here, and seconds.
        Files.setLastModifiedTime(jar("one"), FileTime.fromMillis(1_000_000));
        run();
        Path old = awaitArchive();
        byte[] stale = Files.readAllBytes(old);
        Files.setLastModifiedTime(jar("two"), FileTime.fromMillis(1_001_000));
        run();
        Path fresh = awaitArchiveBut(old);
        String mark = mark(fresh);
        Files.delete(fresh);
        Path forged = Files.write(home.resolve("target/" + mark + "-" + stale.length + ".jsa"), stale);
        assertThat(run()).isEqualTo(new Run("two\n", ""));
        assertThat(archives()).containsExactly(forged);
    }

    @Test
    void aDamagedArchiveLeavesThePlainStart() throws Exception {
        jar("one");
        run();
        Path archive = awaitArchive();
        byte[] whole = Files.readAllBytes(archive);
        replace(archive, Arrays.copyOf(whole, whole.length / 2));
        assertThat(run()).isEqualTo(new Run("one\n", ""));
        replace(archive, new byte[100]);
        assertThat(run()).isEqualTo(new Run("one\n", ""));
        replace(archive, new byte[whole.length]);
        assertThat(run()).isEqualTo(new Run("one\n", ""));
    }

    @Test
    void manyFirstRunsAtOnceLeaveOneArchive() throws Exception {
        jar("one");
        List<Process> runs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            runs.add(start("on"));
        }
        for (Process process : runs) {
            assertThat(finish(process).out()).isEqualTo("one\n");
        }
        Path archive = awaitArchive();
        assertThat(archives()).containsExactly(archive);
        assertThat(run().out()).isEqualTo("one\n");
    }

    @Test
    void runsPlainlyWhenToldTo() throws Exception {
        jar("one");
        assertThat(finish(start("off"))).isEqualTo(new Run("one\n", ""));
        TimeUnit.MILLISECONDS.sleep(700);
        assertThat(listing()).containsExactly(home.resolve("target/eastwest.jar"));
    }

    @Test
    void runsPlainlyWhereNoArchiveCanBeMade() throws Exception {
        jar("one");
        run();
        String mark = mark(awaitArchive());
        Files.delete(archives().get(0));
        // A file instead of the lock's folder: not even root can make the folder then.
        Files.createFile(home.resolve("target/" + mark + ".lock"));
        assertThat(run()).isEqualTo(new Run("one\n", ""));
        assertThat(archives()).isEmpty();
    }

    @Test
    void aLockThatAnotherRunHoldsIsRespected() throws Exception {
        jar("one");
        run();
        Path archive = awaitArchive();
        Files.delete(archive);
        String mark = mark(archive);
        Path lock = Files.createDirectory(home.resolve("target/" + mark + ".lock"));
        assertThat(run()).isEqualTo(new Run("one\n", ""));
        // Nothing to wait for: no run may begin an archive while the lock is there.
        TimeUnit.MILLISECONDS.sleep(700);
        assertThat(archives()).isEmpty();
        assertThat(lock).isDirectory();
    }

    private Run run() throws Exception {
        return finish(start("on"));
    }

    /** What the virtual machine writes about the classes that a run loads. */
    private String loaded() throws Exception {
        Path log = home.resolve("loaded.txt");
        finish(start("on", "-Xlog:class+load:file=" + log));
        return Files.readString(log);
    }

    private Process start(String archive) throws IOException {
        return start(archive, "");
    }

    private Process start(String archive, String options) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(BASH.toString(), home.resolve("eastwest").toString(), "hello");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("EASTWEST_ARCHIVE", archive);
        builder.environment().put("EASTWEST_JAVA_OPTS", options);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        return builder.start();
    }

    private static Run finish(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return new Run(out, err);
    }

    private Path awaitArchive() throws Exception {
        return awaitArchiveBut(Path.of("none"));
    }

    /** The old one stays until the new one is there. */
    private Path awaitArchiveBut(Path old) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < end) {
            List<Path> found = archives();
            boolean locked = listing().stream().anyMatch(path -> path.toString().endsWith(".lock"));
            if (!found.isEmpty() && !locked && !found.contains(old)) {
                return found.get(0);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new AssertionError("no archive in " + listing());
    }

    private List<Path> archives() throws IOException {
        return listing().stream()
                .filter(path -> path.toString().endsWith(".jsa"))
                .toList();
    }

    private List<Path> listing() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("target"))) {
            return files.toList();
        }
    }

    /** The name of an archive without its size. */
    private static String mark(Path archive) {
        return archive.getFileName().toString().replaceAll("-[0-9]+[.]jsa$", "");
    }

    private static void replace(Path file, byte[] content) throws IOException {
        Files.delete(file);
        Files.write(file, content);
    }

    private Path jar(String word) throws IOException {
        return jar(word, "eastwest.jar");
    }

    /**
     * A jar whose main class prints a word, with a lambda as all commands have them: archives treat those apart. Words of the
     * same length make jars of the same size.
     */
    private Path jar(String word, String name) throws IOException {
        Path source = Files.createDirectories(home.resolve("src")).resolve("Main.java");
        Files.writeString(
                source,
                "package io.github.eastwest.cli; public class Main { public static void main(String[] args) {"
                        + " if (args[0].equals(\"diagnose\")) { new Learned(); }"
                        + " java.util.function.Consumer<String> print = s -> System.out.println(s);"
                        + " print.accept(\"" + word + "\"); } } class Learned {}");
        Path classes = Files.createDirectories(home.resolve("classes"));
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", classes.toString(), source.toString()))
                .isZero();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "io.github.eastwest.cli.Main");
        Path jar = home.resolve("target").resolve(name);
        Files.deleteIfExists(jar);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.setLevel(Deflater.NO_COMPRESSION);
            for (String type : List.of("Main", "Learned")) {
                String entry = "io/github/eastwest/cli/" + type + ".class";
                out.putNextEntry(new JarEntry(entry));
                out.write(Files.readAllBytes(classes.resolve(entry)));
                out.closeEntry();
            }
        }
        return jar;
    }
}
