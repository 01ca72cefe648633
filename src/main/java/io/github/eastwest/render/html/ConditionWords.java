package io.github.eastwest.render.html;

import io.github.eastwest.model.Condition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;

/** What conditions mean in plain words: the headings of their pages, as {@code explain} prints them. */
final class ConditionWords {
    private static final String PAGES = "/knowledge/conditions.md";
    private static final Map<Condition, String> WORDS = read();

    private ConditionWords() {}

    /** A clause in lower case. */
    static String of(Condition condition) {
        return WORDS.getOrDefault(condition, condition.id().replace('_', ' '));
    }

    private static Map<Condition, String> read() {
        try (InputStream in = ConditionWords.class.getResourceAsStream(PAGES)) {
            if (in == null) {
                throw new IllegalStateException(PAGES + " is missing from the jar");
            }
            Map<Condition, String> words = new EnumMap<>(Condition.class);
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("# ") && line.contains(": "))
                    .forEach(line -> Condition.of(line.substring(2, line.indexOf(": ")))
                            .ifPresent(condition -> words.put(condition, line.substring(line.indexOf(": ") + 2))));
            return Map.copyOf(words);
        } catch (IOException e) {
            throw new IllegalStateException(PAGES + " cannot be read", e);
        }
    }
}
