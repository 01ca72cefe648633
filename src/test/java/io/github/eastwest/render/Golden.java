package io.github.eastwest.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.report.Diagnosis;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Compares reports with files under {@code src/test/resources/render/golden}, byte for byte. {@code -Dgolden.update=true}
 * rewrites them; a mismatch leaves the actual file under {@code target/golden-rejects}.
 */
public final class Golden {
    private static final Path FILES = Path.of("src/test/resources/render/golden");
    private static final Path REJECTS = Path.of("target/golden-rejects");

    private Golden() {}

    /** Fails unless {@code actual} is what the golden file of that name holds. */
    public static void assertMatches(String name, byte[] actual) throws IOException {
        Path file = FILES.resolve(name);
        if (Boolean.getBoolean("golden.update")) {
            assertThat(System.getenv("CI"))
                    .as("goldens are not updated where nobody looks at the difference")
                    .isNull();
            Files.createDirectories(FILES);
            Files.write(file, actual);
            return;
        }
        boolean same = Files.exists(file) && Arrays.equals(Files.readAllBytes(file), actual);
        if (!same) {
            Files.createDirectories(REJECTS);
            Files.write(REJECTS.resolve(name), actual);
        }
        assertThat(same)
                .as("%s differs from the golden file; the actual one is %s", name, REJECTS.resolve(name))
                .isTrue();
    }

    /** The report as bytes. */
    public static byte[] bytes(Format format, Diagnosis diagnosis, ReportContext context) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            Renderers.of(format).render(diagnosis, context, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The report as text, with the context that belongs to the sample. */
    public static String text(Format format, Diagnosis diagnosis) {
        return new String(bytes(format, diagnosis, SampleDiagnoses.context(diagnosis)), StandardCharsets.UTF_8);
    }
}
