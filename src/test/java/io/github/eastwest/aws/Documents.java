package io.github.eastwest.aws;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON documents as maps and lists; numbers keep their digits. */
final class Documents {
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private Documents() {}

    static Map<String, Object> read(byte[] json) {
        return structure(JSON.readValue(json, Object.class));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> structure(Object value) {
        return (Map<String, Object>) value;
    }

    /** The structures of a list member; empty where there is none. */
    static List<Map<String, Object>> structures(Map<String, Object> document, String member) {
        return ((List<?>) document.getOrDefault(member, List.of()))
                .stream().map(Documents::structure).toList();
    }

    static List<String> texts(Map<String, Object> document, String member) {
        return ((List<?>) document.getOrDefault(member, List.of()))
                .stream().map(String.class::cast).toList();
    }

    /** A text member that must be there. */
    static String text(Map<String, Object> document, String member) {
        return (String) Objects.requireNonNull(document.get(member), () -> member + " in " + document.keySet());
    }

    static String text(Map<String, Object> document, String member, String otherwise) {
        return (String) document.getOrDefault(member, otherwise);
    }

    /** The document with a member set. */
    static Map<String, Object> with(Map<String, Object> document, String member, Object value) {
        Map<String, Object> copy = new LinkedHashMap<>(document);
        copy.put(member, value);
        return copy;
    }
}
