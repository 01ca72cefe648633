package io.github.eastwest.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the text of a query that was run tells about its answer.
 *
 * @param parameters those in its first line, {@code # lines sample=[0-3] from=…}
 * @param ids request ids that it looks up
 */
record InsightsQuery(Map<String, String> parameters, Set<String> ids) {
    /** StartQuery takes 10,000 characters. */
    private static final int LONGEST = 40_000;

    private static final Pattern IDS = Pattern.compile("\\bid in \\[([^\\]]*)]");
    private static final Pattern ID = Pattern.compile("\"([^\"]*)\"");

    InsightsQuery {
        parameters = Map.copyOf(parameters);
        ids = Set.copyOf(ids);
    }

    /** Reads a query; empty when there is none. */
    static Optional<InsightsQuery> read(Bundle bundle, String path) {
        if (!bundle.paths().contains(path)) {
            return Optional.empty();
        }
        try (LogInput in = bundle.openLog(path, LONGEST)) {
            return Optional.of(of(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    static InsightsQuery of(String text) {
        Map<String, String> parameters = new LinkedHashMap<>();
        String first = text.lines().findFirst().orElse("");
        if (first.startsWith("#")) {
            for (String word : first.split(" ")) {
                int equals = word.indexOf('=');
                if (equals > 0) {
                    parameters.put(word.substring(0, equals), word.substring(equals + 1));
                }
            }
        }
        Set<String> ids = new LinkedHashSet<>();
        Matcher list = IDS.matcher(text);
        if (list.find()) {
            ID.matcher(list.group(1)).results().forEach(id -> ids.add(id.group(1)));
        }
        return new InsightsQuery(parameters, ids);
    }

    /** A parameter's value. */
    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
