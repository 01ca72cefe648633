package io.github.eastwest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What some tests need of the machine. Without it they are skipped, and fail where the environment variable {@code CI} is set. */
public final class Needs {
    private Needs() {}

    /** Goes on only where there is what is needed. */
    public static void that(boolean present, String what) {
        if (System.getenv("CI") != null) {
            assertThat(present).as(what).isTrue();
        }
        assumeThat(present).as(what).isTrue();
    }

    /** Goes on only where that program is found. */
    public static void program(String name) {
        boolean present = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        that(present, name + " on the PATH");
    }
}
