package io.github.eastwest.cli;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.RootCause;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the jar knows without any AWS account: the pages under {@code causes/} and the tables under {@code knowledge/},
 * each row one {@link Topic}.
 */
final class Knowledge {
    private static final String NOT_PRINTED =
            "A Service Connect access log prints neither flags nor response code details:"
                    + " read the condition for the fields that show it there.";

    private static final String NEIGHBOURS = "## Looks like, but is not\n\n";

    private final List<Topic> topics;
    private final Map<String, Topic> byId;

    private Knowledge(List<Topic> topics) {
        this.topics = List.copyOf(topics);
        this.byId = new LinkedHashMap<>();
        for (Topic topic : topics) {
            if (byId.put(topic.id().toLowerCase(Locale.ROOT), topic) != null) {
                throw new IllegalStateException("two topics have the id " + topic.id());
            }
        }
    }

    /** Reads everything from the class path. */
    static Knowledge load() {
        List<Topic> topics = new ArrayList<>();
        List<Topic> conditions = conditions();
        topics.addAll(causes());
        topics.addAll(conditions);
        topics.addAll(fieldGuide());
        topics.addAll(withNeighbours(flags(), conditions));
        topics.addAll(withNeighbours(details(), conditions));
        topics.addAll(withNeighbours(localReplies(), conditions));
        topics.addAll(withNeighbours(transportFailures(), conditions));
        topics.addAll(metrics());
        return new Knowledge(topics);
    }

    /** All topics, by kind and in the order of their tables. */
    List<Topic> topics() {
        return topics;
    }

    /** The topics of one kind. */
    List<Topic> topics(Topic.Kind kind) {
        return topics.stream().filter(t -> t.kind() == kind).toList();
    }

    /** The topics of these ids, unknown ones left out. */
    List<Topic> byIds(Collection<String> ids) {
        List<Topic> found = new ArrayList<>();
        for (String id : ids) {
            Topic topic = byId.get(id.toLowerCase(Locale.ROOT));
            if (topic != null) {
                found.add(topic);
            }
        }
        return found;
    }

    /** The resource that holds the page of a cause. */
    static String page(RootCause cause) {
        return "causes/" + cause.code() + "-" + cause.slug() + ".md";
    }

    private static List<Topic> causes() {
        Map<String, String> words = new HashMap<>();
        table("cause-words").forEach(row -> words.put(row.get("code"), row.get("words")));
        List<Topic> topics = new ArrayList<>();
        for (RootCause cause : RootCause.values()) {
            List<String> names = new ArrayList<>(List.of(cause.code().substring(2), cause.slug()));
            names.addAll(List.of(words.getOrDefault(cause.code(), cause.slug()).split("; ")));
            topics.add(
                    new Topic(Topic.Kind.CAUSE, cause.code(), cause.title(), names, List.of(), resource(page(cause))));
        }
        return topics;
    }

    /** One section per condition; the heading is {@code # id: title}, the next paragraph its other names. */
    private static List<Topic> conditions() {
        List<Topic> topics = new ArrayList<>();
        for (String section : resource("knowledge/conditions.md").split("(?m)^(?=# )")) {
            if (section.isBlank()) {
                continue;
            }
            String heading = section.substring(2, section.indexOf('\n'));
            String id = heading.substring(0, heading.indexOf(':'));
            int from = section.indexOf("Also called: ");
            String called = section.substring(from + "Also called: ".length(), section.indexOf(".\n\n", from));
            List<String> names =
                    new ArrayList<>(List.of(called.replace('\n', ' ').split(", ")));
            topics.add(new Topic(
                    Topic.Kind.CONDITION,
                    id,
                    heading.substring(heading.indexOf(':') + 2),
                    names,
                    codesIn(section),
                    section.strip() + "\n"));
        }
        return topics;
    }

    /** The codes named under "Likely causes", once each and in the order of the text. */
    private static List<String> codesIn(String section) {
        int from = section.indexOf("## Likely causes");
        int to = section.indexOf("\n## ", from + 1);
        return Arrays.stream(section.substring(from, to).split("[^A-Z0-9]+"))
                .filter(word -> word.matches("EW\\d{3}"))
                .distinct()
                .toList();
    }

    /** What a flag, detail or length is taken for is what its condition is taken for: those sections go along. */
    private static List<Topic> withNeighbours(List<Topic> topics, List<Topic> conditions) {
        Map<String, String> sections = new HashMap<>();
        for (Topic condition : conditions) {
            String page = condition.markdown();
            sections.put(condition.id(), page.substring(page.indexOf(NEIGHBOURS) + NEIGHBOURS.length()));
        }
        List<Topic> complete = new ArrayList<>();
        for (Topic topic : topics) {
            StringBuilder markdown = new StringBuilder(topic.markdown());
            topic.leadsTo().stream()
                    .filter(sections::containsKey)
                    .forEach(id -> markdown.append("\n## Looks like ")
                            .append(id)
                            .append(", but is not\n\n")
                            .append(sections.get(id)));
            complete.add(new Topic(
                    topic.kind(), topic.id(), topic.title(), topic.names(), topic.leadsTo(), markdown.toString()));
        }
        return complete;
    }

    private static List<Topic> fieldGuide() {
        List<Topic> topics = new ArrayList<>();
        for (KnowledgeTable.Row row : table("field-guide")) {
            String id = row.get("set") + " " + row.get("number");
            String verdict = switch (row.get("verdict")) {
                case "holds" -> "This holds.";
                case "half" -> "This is half true.";
                case "no" -> "This does not hold.";
                default -> throw new IllegalStateException("verdict of " + id);
            };
            String cause = row.get("cause").isEmpty() ? "" : "Cause as told: " + row.get("cause") + "\n\n";
            List<String> names = new ArrayList<>(List.of(row.get("words").split("; ")));
            names.add(row.get("told"));
            topics.add(new Topic(
                    Topic.Kind.FIELD_GUIDE,
                    id,
                    row.get("told"),
                    names,
                    List.of(row.get("leads_to").split(" ")),
                    "# " + row.get("told") + "\n\n" + cause + "**" + verdict + "** " + row.get("correction") + "\n"));
        }
        return topics;
    }

    private static List<Topic> flags() {
        List<Topic> topics = new ArrayList<>();
        for (KnowledgeTable.Row row : table("response-flags")) {
            List<String> facts = new ArrayList<>();
            facts.add("- Typical status: " + row.get("status"));
            facts.add("- Side: " + row.get("side"));
            if (!row.get("since").isEmpty()) {
                facts.add("- Since Envoy " + row.get("since").replace("~", "about "));
            }
            topics.add(new Topic(
                    Topic.Kind.FLAG,
                    row.get("flag"),
                    "response flag " + row.get("long"),
                    List.of(row.get("long"), "flag " + row.get("flag")),
                    List.of(row.get("conditions").split(" ")),
                    "# " + row.get("flag") + ": response flag " + row.get("long") + "\n\n" + row.get("meaning") + "\n\n"
                            + String.join("\n", facts) + "\n\n" + NOT_PRINTED + "\n"));
        }
        return topics;
    }

    private static List<Topic> details() {
        List<Topic> topics = new ArrayList<>();
        for (KnowledgeTable.Row row : table("response-code-details")) {
            String detail = row.get("detail");
            String id = Condition.of(detail).isPresent() ? "detail " + detail : detail;
            String braces = detail.startsWith("upstream_reset_")
                    ? "The braces hold `REASON`, or `REASON|TRANSPORT_FAILURE_REASON` (older builds: a comma); blanks are"
                            + " written `_`. They describe the last attempt only.\n\n"
                    : "";
            topics.add(new Topic(
                    Topic.Kind.DETAIL,
                    id,
                    "response code detail of side " + row.get("side"),
                    names(detail),
                    List.of(row.get("conditions").split(" ")),
                    "# " + detail + "\n\n" + row.get("meaning") + "\n\n- Status: " + row.get("status") + "\n- Flags: "
                            + row.get("flag") + "\n- Side: " + row.get("side") + "\n\n" + braces + NOT_PRINTED
                            + "\n"));
        }
        return topics;
    }

    /** The detail itself and, for the reset details, the reason in the braces. */
    private static List<String> names(String detail) {
        int brace = detail.indexOf('{');
        return detail.startsWith("upstream_reset_") && brace > 0
                ? List.of(detail, detail.substring(brace + 1, detail.length() - 1))
                : List.of(detail);
    }

    /** One topic per length: the table has a row for every body of that length. */
    private static List<Topic> localReplies() {
        Map<Integer, List<KnowledgeTable.Row>> byLength = new TreeMap<>();
        for (KnowledgeTable.Row row : table("local-replies")) {
            byLength.computeIfAbsent(Integer.valueOf(row.get("bytes")), length -> new ArrayList<>())
                    .add(row);
        }
        List<Topic> topics = new ArrayList<>();
        byLength.forEach((length, rows) -> {
            List<String> names = new ArrayList<>(List.of(length.toString(), "bytes " + length, "bytes_sent " + length));
            List<String> conditions = new ArrayList<>();
            StringBuilder text = new StringBuilder("# " + length + " bytes: a proxy's own reply\n\n");
            for (KnowledgeTable.Row row : rows) {
                for (String status : row.get("status").split("/")) {
                    names.add(status + " " + length);
                }
                if (!row.get("body").isEmpty()) {
                    names.add(row.get("body"));
                }
                conditions.addAll(List.of(row.get("conditions").split(" ")));
                text.append("- ")
                        .append(row.get("status"))
                        .append(", flags ")
                        .append(row.get("flag"))
                        .append(", detail `")
                        .append(row.get("detail"))
                        .append("`: ")
                        .append(row.get("body").isEmpty() ? "no body" : "\"" + row.get("body") + "\"")
                        .append('\n');
            }
            text.append("""

                    `bytes_sent` of a reply that Envoy writes itself is the length of its body. Without a service time
                    this proxy wrote it; with one, on the caller's line, the callee's proxy did. An application body can
                    have the same length by chance: then the callee's line has a service time. Replies to HEAD and to
                    gRPC have 0 bytes. Envoy 1.36 writes the transport failure reason into the body, 1.40 does not.
                    """);
            topics.add(new Topic(
                    Topic.Kind.LOCAL_REPLY,
                    length + " bytes",
                    rows.stream()
                            .map(row -> row.get("body").isEmpty() ? "no body" : row.get("body"))
                            .distinct()
                            .map(body ->
                                    body.replace("upstream connect error or disconnect/reset before headers. ", "… "))
                            .collect(Collectors.joining(" | ")),
                    names.stream().distinct().toList(),
                    conditions.stream().distinct().toList(),
                    text.toString()));
        });
        return topics;
    }

    private static List<Topic> transportFailures() {
        List<Topic> topics = new ArrayList<>();
        for (KnowledgeTable.Row row : table("transport-failures")) {
            List<String> names = List.of(row.get("names").split("; "));
            topics.add(new Topic(
                    Topic.Kind.TRANSPORT_FAILURE,
                    row.get("id"),
                    names.get(0),
                    names,
                    List.of(row.get("leads_to").split(" ")),
                    "# " + row.get("id") + ": " + names.get(0) + "\n\n" + row.get("meaning")
                            + "\n\nCauses, most likely first: " + row.get("causes") + ".\n\nLooks like "
                            + row.get("looks_like").replace(".; ", ".\n\nLooks like ") + "\n"));
        }
        return topics;
    }

    private static List<Topic> metrics() {
        List<Topic> topics = new ArrayList<>();
        for (KnowledgeTable.Row row : table("metrics")) {
            String caution = row.get("caution").isEmpty() ? "" : "\n" + row.get("caution") + "\n";
            topics.add(new Topic(
                    Topic.Kind.METRIC,
                    row.get("metric"),
                    "metric of " + row.get("namespace"),
                    List.of("metric " + row.get("metric")),
                    List.of(row.get("leads_to").split(" ")),
                    "# " + row.get("metric") + "\n\n" + row.get("meaning") + "\n\n- Namespace: `" + row.get("namespace")
                            + "`\n- Unit: " + row.get("unit") + "\n- Dimensions: " + row.get("dimensions") + "\n"
                            + caution));
        }
        return topics;
    }

    private static List<KnowledgeTable.Row> table(String name) {
        return KnowledgeTable.parse(resource("knowledge/" + name + ".csv"));
    }

    private static String resource(String path) {
        try (InputStream in = Knowledge.class.getResourceAsStream("/" + path)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
