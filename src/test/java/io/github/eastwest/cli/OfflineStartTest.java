package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not go to AWS starts without its SDK: loading that takes longer than most commands. */
class OfflineStartTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--version",
                "--help",
                "rules",
                "explain EW301",
                "queries",
                "iam-policy",
                "completion",
                "diagnose --help",
                "logs src/test/resources/bundle/small",
                "diagnose label-printer address-check --bundle samples/label-printer-address-check"
            })
    void loadsNoClassOfTheSdk(String arguments, @TempDir Path folder) throws IOException, InterruptedException {
        List<String> loaded = classes(arguments, folder);

        assertThat(loaded).anyMatch(name -> name.startsWith("io.github.eastwest.cli."));
        assertThat(loaded).noneMatch(name -> name.startsWith("software.amazon."));
    }

    /** The proof that the test can fail: a live run does load it. */
    @ParameterizedTest
    @ValueSource(strings = "diagnose a b --region eu-west-1 --endpoint-url http://127.0.0.1:9 --timeout 1s")
    void aLiveRunLoadsIt(String arguments, @TempDir Path folder) throws IOException, InterruptedException {
        assertThat(classes(arguments, folder)).anyMatch(name -> name.startsWith("software.amazon."));
    }

    private static List<String> classes(String arguments, Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("classes.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xlog:class+load=info:file=" + log + "::filecount=0",
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.eastwest.cli.Main"));
        command.addAll(List.of(arguments.split(" ")));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
        Process process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return Files.readAllLines(log).stream()
                .map(line -> line.replaceAll("^(\\[[^\\]]*\\]\\s*)*", ""))
                .map(line -> line.split(" ")[0])
                .toList();
    }
}
