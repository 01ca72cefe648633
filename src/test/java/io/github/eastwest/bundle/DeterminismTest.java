package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same bundle gives the same snapshot, wherever it lies and however it was packed. */
class DeterminismTest {
    @TempDir
    private Path temp;

    @Test
    void directoryZipAndMemoryAgree() throws IOException {
        BundleFiles files = BundleFiles.small();
        Snapshot expected = files.read();
        assertThat(read(files.writeTo(temp.resolve("directory")))).isEqualTo(expected);
        assertThat(read(files.zipTo(temp.resolve("flat.zip"), ""))).isEqualTo(expected);
        assertThat(read(files.zipTo(temp.resolve("wrapped.zip"), "some folder/")))
                .isEqualTo(expected);
        assertThat(read(files.zipTo(temp.resolve("dotted.zip"), "./"))).isEqualTo(expected);
    }

    @Test
    void theOrderOfFilesDoesNotMatter() {
        BundleFiles files = BundleFiles.small()
                .with("ecs/describe-tasks/b.json", BundleFiles.small().bytes("ecs/describe-tasks.json"));
        Snapshot expected = files.read();
        List<String> paths = new ArrayList<>(files.files().keySet());
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(paths, new Random(seed));
            Map<String, byte[]> shuffled = new LinkedHashMap<>();
            paths.forEach(path -> shuffled.put(path, files.bytes(path)));
            assertThat(SnapshotReader.read(Bundle.of(shuffled), Request.none())).isEqualTo(expected);
        }
    }

    @Test
    void theLocaleDoesNotMatter() {
        Snapshot expected = BundleFiles.small().read();
        Locale before = Locale.getDefault();
        try {
            for (String tag : List.of("tr-TR", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva")) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                assertThat(BundleFiles.small().read()).isEqualTo(expected);
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    private static Snapshot read(Path path) throws IOException {
        try (Bundle bundle = Bundle.open(path)) {
            return SnapshotReader.read(bundle, Request.none());
        }
    }
}
