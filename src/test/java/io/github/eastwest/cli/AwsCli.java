package io.github.eastwest.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Finds the AWS CLI of this machine. */
final class AwsCli {
    private AwsCli() {}

    /** A Python that can load the AWS CLI: that of the {@code aws} on the PATH where it is a script, or {@code python3}. */
    static Optional<String> python() throws IOException, InterruptedException {
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
