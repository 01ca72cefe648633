package io.github.eastwest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.Needs;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The AWS CLI of this machine. Without one, tests that ask it are skipped; where {@code CI} is set they fail. */
public final class AwsCli {
    private static final long SECONDS = 300;

    private AwsCli() {}

    /**
     * What the CLI said to each command that it does not understand; none reaches AWS.
     *
     * @param folder where it is asked: files that commands name are looked for there
     */
    public static Map<String, String> rejected(Collection<String> commands, Path folder)
            throws IOException, InterruptedException {
        Optional<String> python = python();
        Needs.that(python.isPresent(), "a Python with the AWS CLI");
        List<String> asked = List.copyOf(commands);
        Path questions = Files.writeString(
                folder.resolve("commands"), JsonMapper.shared().writeValueAsString(asked));
        Path answers = folder.resolve("answers");
        Path errors = folder.resolve("errors");
        Path script = Path.of("src/test/resources/aws/understands.py").toAbsolutePath();
        Process process = new ProcessBuilder(python.orElseThrow(), script.toString())
                .directory(folder.toFile())
                .redirectInput(questions.toFile())
                .redirectOutput(answers.toFile())
                .redirectError(errors.toFile())
                .start();
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();

        JsonNode said = JsonMapper.shared().readTree(Files.readString(answers));
        assertThat(said.size()).isEqualTo(asked.size());
        Map<String, String> rejected = new TreeMap<>();
        for (int i = 0; i < asked.size(); i++) {
            String answer = said.get(i).asString();
            if (!answer.contains("Could not connect to the endpoint URL")) {
                rejected.put(asked.get(i), answer);
            }
        }
        return rejected;
    }

    /** A Python that can load the AWS CLI: that of the {@code aws} on the PATH where it is a script, or {@code python3}. */
    private static Optional<String> python() throws IOException, InterruptedException {
        List<String> candidates = new ArrayList<>();
        for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
            Path aws = Path.of(folder, "aws");
            if (Files.isExecutable(aws)) {
                try (BufferedReader reader = Files.newBufferedReader(aws, StandardCharsets.ISO_8859_1)) {
                    String first = reader.readLine();
                    if (first != null && first.startsWith("#!") && first.contains("python")) {
                        candidates.add(first.substring(2).strip().split(" ")[0]);
                    }
                }
            }
        }
        candidates.add("python3");
        for (String candidate : candidates) {
            if (loads(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static boolean loads(String python) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(Arrays.asList(python, "-c", "import awscli"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException absent) {
            return false;
        }
    }
}
