package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionCommandTest {
    @Test
    void printsAScriptThatKnowsCommandsAndCodes() {
        CommandLineRun run = CommandLineRun.of("completion");

        assertThat(run.exit()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .startsWith("#!/usr/bin/env bash")
                .contains("explain", "rules", "completion", "--output", "EW301", "no_healthy_upstream")
                .contains("eastwest")
                .doesNotContain("\r");
    }

    @Test
    void bashTakesTheScriptAndCompletesACommand(@TempDir Path folder) throws IOException, InterruptedException {
        Path bash = Path.of("/bin/bash");
        assumeThat(bash).isExecutable();
        Path script = folder.resolve("completion.sh");
        Files.writeString(script, CommandLineRun.of("completion").out());
        Path output = folder.resolve("output");
        String check = "source " + script + " && COMP_WORDS=(eastwest exp) COMP_CWORD=1 && _complete_eastwest"
                + " && echo \"${COMPREPLY[@]}\"";

        Process process = new ProcessBuilder(bash.toString(), "--norc", "-c", check)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(output, StandardCharsets.UTF_8)).contains("explain");
    }
}
