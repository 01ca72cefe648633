package io.github.eastwest.render.json;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes a tree of maps, lists, strings, numbers and booleans as an indented JSON document. */
public final class JsonTree {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            // Foreign text may end up on a terminal: no control character or direction mark gets there unescaped.
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private static final JsonMapper LINE =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private JsonTree() {}

    /** The tree on one line, without a line feed. */
    public static String line(Map<String, ?> tree) {
        return LINE.writeValueAsString(tree);
    }

    /** Writes {@code tree} in the order of its maps, with a line feed at the end; {@code out} stays open. */
    public static void write(Map<String, ?> tree, OutputStream out) throws IOException {
        String text = MAPPER.writeValueAsString(tree).replace("\r\n", "\n") + "\n";
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
