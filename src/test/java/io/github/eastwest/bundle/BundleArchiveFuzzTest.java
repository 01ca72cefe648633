package io.github.eastwest.bundle;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** Archives found by Jazzer: a bundle as one file, of which every byte is a stranger's. Runs in the profile {@code fuzz}. */
@Tag("fuzz")
class BundleArchiveFuzzTest {
    private final Path file = temporary();

    private static Path temporary() {
        try {
            Path file = Files.createTempFile("bundle", ".zip");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException fault) {
            throw new AssertionError(fault);
        }
    }

    @FuzzTest(maxDuration = "4m")
    void readsAnyArchive(byte[] input) throws IOException {
        Files.write(file, input);
        BundleFuzzing.read(() -> Bundle.open(file));
    }
}
