package io.github.eastwest.bundle;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;

/**
 * Documents found by Jazzer in the place of each document of a bundle: the first byte says which. Runs in the profile
 * {@code fuzz}.
 */
@Tag("fuzz")
class BundleDocumentsFuzzTest {
    private final BundleFiles small = BundleFiles.small();
    private final List<String> paths = List.copyOf(small.files().keySet());

    @FuzzTest(maxDuration = "4m")
    void readsAnyDocument(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        String path = paths.get((input[0] & 0xFF) % paths.size());
        byte[] document = Arrays.copyOfRange(input, 1, input.length);
        // Of the logs only the one in question: they take most of the time.
        BundleFiles files = BundleFiles.empty();
        small.files().forEach((name, content) -> {
            if (!name.startsWith("logs/lines/")) {
                files.with(name, content);
            }
        });
        BundleFuzzing.read(files.with(path, document)::bundle);
        // And redacted: whatever it is, the scrubber comes to an end.
        new Scrubber(new Tokens(new byte[Redaction.KEY_BYTES], false))
                .words(new String(document, StandardCharsets.UTF_8));
    }
}
