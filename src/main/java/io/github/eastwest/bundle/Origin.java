package io.github.eastwest.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Where a bundle comes from, as far as it says so itself: for the reader who checks a report, never for a verdict.
 *
 * @param collectedAt when AWS was read; empty when the manifest does not say
 * @param collectedBy name and version of the tool that read it; empty when the manifest does not say
 * @param queries Logs Insights queries whose answers are read, in order of name; empty where plain lines are
 * @param redaction what was replaced, when the bundle is a redacted copy; empty when it has no such list
 */
public record Origin(
        Optional<Instant> collectedAt,
        Optional<String> collectedBy,
        List<Query> queries,
        Optional<List<Replaced>> redaction) {
    private static final int LONGEST_QUERY = 40_000;
    private static final int MOST_KINDS = 100;

    public Origin {
        queries = List.copyOf(queries);
        redaction = redaction.map(List::copyOf);
    }

    /**
     * A query and its answers.
     *
     * @param name its name among the shipped queries
     * @param side whose log group was asked
     * @param answers how many slices of the window were answered
     * @param text the query of the first of them; empty when it does not lie beside the answer
     */
    public record Query(String name, String side, int answers, String text) {}

    /** How many different values of a kind were replaced. */
    public record Replaced(String kind, int values) {}

    /** Reads what the bundle says; what is missing or broken is left out, reading the evidence tells of it. */
    public static Origin of(Bundle bundle) {
        Optional<Json> manifest = document(bundle, Layout.MANIFEST);
        return new Origin(
                manifest.flatMap(json -> json.at("collectedAt").time()),
                manifest.flatMap(json -> tool(json.at("tool"))),
                queries(bundle),
                document(bundle, Redaction.LIST).map(Origin::replaced));
    }

    private static Optional<Json> document(Bundle bundle, String path) {
        if (!bundle.paths().contains(path)) {
            return Optional.empty();
        }
        try (DocumentInput in = bundle.openDocument(path)) {
            return Optional.of(JsonDocument.whole(in, path, new Faults()));
        } catch (JsonDocument.Broken | IOException broken) {
            return Optional.empty();
        }
    }

    /** A string, or an object with name and version. */
    private static Optional<String> tool(Json tool) {
        String named = Stream.of(tool.at("name"), tool.at("version"))
                .flatMap(part -> part.text().stream())
                .reduce("", (one, other) -> one.isEmpty() ? other : one + " " + other);
        return tool.isObject() ? Optional.of(named).filter(name -> !name.isEmpty()) : tool.text();
    }

    private static List<Query> queries(Bundle bundle) {
        Map<String, Query> queries = new LinkedHashMap<>();
        for (String path : bundle.paths()) {
            Optional<Layout.InsightsFile> answer =
                    path.endsWith(".json") ? Layout.insightsFile(path) : Optional.empty();
            if (answer.isPresent()) {
                String key = answer.get().query() + '/' + answer.get().folder();
                Query known = queries.get(key);
                queries.put(
                        key,
                        known == null
                                ? new Query(
                                        answer.get().query(),
                                        answer.get().folder(),
                                        1,
                                        text(bundle, answer.get().path() + ".cwl"))
                                : new Query(known.name(), known.side(), known.answers() + 1, known.text()));
            }
        }
        return List.copyOf(queries.values());
    }

    private static String text(Bundle bundle, String path) {
        if (!bundle.paths().contains(path)) {
            return "";
        }
        try (LogInput in = bundle.openLog(path, LONGEST_QUERY)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            return "";
        }
    }

    private static List<Replaced> replaced(Json list) {
        return list.at("replaced").items().stream()
                .limit(MOST_KINDS)
                .flatMap(entry -> {
                    Optional<String> kind = entry.at("kind").text();
                    OptionalInt values = entry.at("values").integer();
                    return kind.isPresent() && values.isPresent()
                            ? Stream.of(new Replaced(kind.get(), values.getAsInt()))
                            : Stream.empty();
                })
                .toList();
    }
}
