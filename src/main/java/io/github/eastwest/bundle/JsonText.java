package io.github.eastwest.bundle;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes documents as the AWS CLI prints them: four spaces, members in the order given. */
final class JsonText {
    private static final DefaultIndenter FOUR_SPACES = new DefaultIndenter("    ", "\n");
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .defaultPrettyPrinter(
                    new DefaultPrettyPrinter().withObjectIndenter(FOUR_SPACES).withArrayIndenter(FOUR_SPACES))
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private static final JsonMapper COMPACT = JsonMapper.builder().build();

    private JsonText() {}

    static byte[] of(Object document) {
        return (MAPPER.writeValueAsString(document) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Without indentation and line ends. */
    static byte[] compact(Object document) {
        return COMPACT.writeValueAsBytes(document);
    }
}
