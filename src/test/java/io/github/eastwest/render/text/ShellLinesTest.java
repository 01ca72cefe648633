package io.github.eastwest.render.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellLinesTest {
    private static String shell(String script) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return answer;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "printf '<%s>' --filters Name=group-id,Values=sg-02e0d5e57ca042d2e --query 'a b  c[?!d]' --region eu-central-1",
                "printf '<%s>' \"two  words\" a\\ b 'it'\\''s fine' \"say \\\"hello  you\\\"\" --x=1 --y=2 --z=3 --last one",
                "printf '<%s>' aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b c",
                "printf '<%s>' one two three four five six seven eight nine ten eleven twelve | tr a-z A-Z | cut -c 1-80",
                "printf '<%s>' left alone because of this # comment that goes on and on and on and on and on and on",
            })
    void theShellRunsTheSameCommand(String command) throws IOException, InterruptedException {
        List<String> lines = ShellLines.of(command, 40, 4);

        assertThat(shell("    " + String.join("\n        ", lines)))
                .isEqualTo(shell(command))
                .isNotEmpty();
    }

    @Test
    void breaksBeforeOptionsAndFits() {
        assertThat(ShellLines.of(
                        "aws ec2 describe-security-group-rules --filters Name=group-id,Values=sg-1 --region x", 48, 4))
                .containsExactly(
                        "aws ec2 describe-security-group-rules \\",
                        "--filters Name=group-id,Values=sg-1 \\",
                        "--region x");
    }

    @Test
    void leavesAShortCommandWhole() {
        assertThat(ShellLines.of("x".repeat(20) + " " + "y".repeat(19), 40, 4)).hasSize(1);
        assertThat(ShellLines.of("x".repeat(20) + " " + "y".repeat(20), 40, 4)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo 'never closed aaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                "cat << end aaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                "aws ecs list-tasks # aaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbb",
            })
    void leavesWholeWhatABreakCouldChange(String command) {
        assertThat(ShellLines.of(command, 40, 4)).containsExactly(command);
    }
}
