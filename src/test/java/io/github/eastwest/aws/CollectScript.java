package io.github.eastwest.aws;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A run of {@code docs/collect.sh}.
 *
 * @param exit exit code
 * @param output what it said
 */
record CollectScript(int exit, String output) {
    private static final long SECONDS = 300;

    /**
     * Runs it.
     *
     * @param aws the {@code AWS_*} variables; those of this process are not passed on
     * @param folder for the CLI's configuration and the output
     */
    static CollectScript run(Map<String, String> aws, Path folder, String... arguments)
            throws IOException, InterruptedException {
        // With an endpoint of one's own the CLI must not put "data-" before the host's name.
        Path config = Files.writeString(folder.resolve("config"), "[default]\ndisable_host_prefix_injection = true\n");
        Path log = folder.resolve("collect.log");
        List<String> command = new ArrayList<>(List.of("bash", "docs/collect.sh"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("AWS_"));
        environment.putAll(aws);
        environment.put("AWS_CONFIG_FILE", config.toString());
        environment.put("AWS_MAX_ATTEMPTS", "1");
        Process process = builder.start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new CollectScript(process.waitFor(), Files.readString(log, StandardCharsets.UTF_8));
    }
}
