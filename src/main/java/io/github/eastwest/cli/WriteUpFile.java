package io.github.eastwest.cli;

import io.github.eastwest.model.EastwestException;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.markdown.LivingDocument;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Reads a write-up that is there already. What cannot be read whole is never written over. */
final class WriteUpFile {
    private static final long MOST_BYTES = 16L << 20;

    private WriteUpFile() {}

    /**
     * The text of that file; empty when there is none.
     *
     * @throws EastwestException of kind USAGE if it is no text in UTF-8, or too long for a document
     */
    static Optional<String> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
            throw usage(file + " is no write-up: not a file, or too long", "Name another file.");
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString());
        } catch (CharacterCodingException notUtf8) {
            throw usage(file + " is not encoded in UTF-8", "Save it in UTF-8, then run again.");
        }
    }

    /**
     * Fails unless the text is a write-up of that edge.
     *
     * @param fields what the first line of the new write-up tells
     */
    static void check(String text, Map<String, String> fields, String file) {
        Map<String, String> found = fields(text, file);
        for (String name : new String[] {"caller", "callee"}) {
            String there = found.getOrDefault(name, "");
            String asked = fields.getOrDefault(name, "");
            if (!there.equals(asked)) {
                throw usage(
                        file + " is about the " + name + " " + Foreign.clean(there, 120) + ", not "
                                + Foreign.clean(asked, 120),
                        "Name another file: nothing was written.");
            }
        }
    }

    /** What the first line tells. */
    static Map<String, String> fields(String text, String file) {
        return LivingDocument.fields(text)
                .orElseThrow(() -> usage(
                        file + " is no write-up of eastwest: it has no line '<!-- eastwest:document … -->'",
                        "Name another file: nothing was written."));
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
