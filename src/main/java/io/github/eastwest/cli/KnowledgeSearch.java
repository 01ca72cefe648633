package io.github.eastwest.cli;

import io.github.eastwest.model.EditDistance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds the topic somebody means.
 *
 * <p>In this order: a set of response flags; a response code detail with braces and its transport failure reason; an id;
 * another name; a transport failure reason; and last the words, ranked. A word counts by its rarity (inverse document frequency) and by its place:
 * name and title above text. A match needs {@value #ENOUGH} of the weight of what was typed.
 */
final class KnowledgeSearch {
    /** Longer queries are cut: nothing that is known has a longer name. */
    private static final int LONGEST_QUERY = 400;

    /** Share of the query's weight that a match must have: every word somewhere in the text, or fewer in the title. */
    private static final double ENOUGH = 0.15;

    /** Other matches weigh at least this share of the best one. */
    private static final double COMPARABLE = 0.6;

    private static final int MOST_OTHERS = 6;

    private static final int IN_ID = 5;
    private static final int IN_NAME = 4;
    private static final int IN_TITLE = 3;
    private static final int IN_TEXT = 1;

    private static final Set<String> STOP_WORDS = Set.of(
            "a", "an", "and", "are", "as", "at", "be", "by", "do", "does", "for", "from", "has", "have", "i", "in",
            "is", "it", "its", "my", "of", "on", "or", "our", "that", "the", "this", "to", "was", "we", "why", "with");

    private final Knowledge knowledge;
    private final Map<String, List<Topic>> byName = new HashMap<>();
    private final Map<Topic, Map<String, Integer>> words = new HashMap<>();
    private final Map<String, Integer> documents = new HashMap<>();

    KnowledgeSearch(Knowledge knowledge) {
        this.knowledge = knowledge;
        for (Topic topic : knowledge.topics()) {
            Set<String> names = new LinkedHashSet<>();
            topic.names().forEach(name -> names.add(normal(name)));
            names.add(normal(topic.title()));
            for (String name : names) {
                byName.computeIfAbsent(name, n -> new ArrayList<>()).add(topic);
            }
            Map<String, Integer> weights = new HashMap<>();
            words(topic.markdown()).forEach(word -> weights.put(word, IN_TEXT));
            words(topic.title()).forEach(word -> weights.put(word, IN_TITLE));
            topic.names().forEach(name -> words(name).forEach(word -> weights.put(word, IN_NAME)));
            words(topic.id()).forEach(word -> weights.put(word, IN_ID));
            words.put(topic, weights);
            weights.keySet().forEach(word -> documents.merge(word, 1, Integer::sum));
        }
    }

    /**
     * What was found.
     *
     * @param best what was meant; several for a set of flags or a detail with its transport failure; empty when nothing
     *     fits
     * @param others what else it can mean, best first
     */
    record Answer(List<Topic> best, List<Topic> others) {
        Answer {
            best = List.copyOf(best);
            others = List.copyOf(others);
        }
    }

    /** Looks up what somebody typed. */
    Answer find(String typed) {
        String query = typed.strip();
        query = query.substring(0, Math.min(query.length(), LONGEST_QUERY));
        Set<Topic> best = new LinkedHashSet<>(flags(query));
        if (best.isEmpty()) {
            best.addAll(detail(query));
        }
        List<Topic> named = named(query);
        if (best.isEmpty() && named.isEmpty() && normal(query).matches(".*(tls|connect) error:.*")) {
            best.addAll(transports(normal(query)));
        }
        // "503 95" is a status and a length: where no proxy writes such a reply, no word of it means anything.
        List<Scored> ranked = query.matches("\\d{3} +\\d+") ? List.of() : ranked(query);
        if (best.isEmpty() && !named.isEmpty()) {
            best.add(named.get(0));
        }
        if (best.isEmpty() && !ranked.isEmpty() && ranked.get(0).share >= ENOUGH) {
            best.add(ranked.get(0).topic);
        }
        Set<Topic> others = new LinkedHashSet<>(named);
        ranked.stream()
                .filter(s -> s.share >= Math.max(ENOUGH, COMPARABLE * ranked.get(0).share))
                .forEach(s -> others.add(s.topic));
        others.removeAll(best);
        return new Answer(List.copyOf(best), others.stream().limit(MOST_OTHERS).toList());
    }

    /** Ids and names that look like what was typed, closest first. */
    List<String> suggestions(String typed, int most) {
        String wanted = normal(typed.substring(0, Math.min(typed.length(), LONGEST_QUERY)));
        int tolerated = Math.max(2, wanted.length() / 4);
        Map<String, Integer> distances = new HashMap<>();
        for (Topic topic : knowledge.topics()) {
            List<String> candidates = new ArrayList<>(topic.names());
            candidates.add(topic.id());
            for (String candidate : candidates) {
                int distance = EditDistance.of(wanted, normal(candidate), tolerated + 1);
                if (distance <= tolerated) {
                    distances.merge(topic.id(), distance, Math::min);
                }
            }
        }
        Set<String> suggestions = distances.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        ranked(typed).forEach(s -> suggestions.add(s.topic.id()));
        return suggestions.stream().limit(most).toList();
    }

    /** All parts are flags, short or long: every one is meant, retry flags last because they name no cause. */
    private List<Topic> flags(String query) {
        List<Topic> found = new ArrayList<>();
        for (String part : query.split("[,\\s]+")) {
            List<Topic> flags = knowledge.topics(Topic.Kind.FLAG).stream()
                    .filter(t ->
                            t.id().equalsIgnoreCase(part) || t.names().get(0).equalsIgnoreCase(part))
                    .toList();
            if (flags.isEmpty()) {
                return List.of();
            }
            found.addAll(flags);
        }
        found.sort(Comparator.comparing((Topic t) -> t.id().equals("URX")));
        return found;
    }

    /** {@code name{…}}, {@code name(…)} or {@code name[…]} as an access log writes it. */
    private List<Topic> detail(String query) {
        String detail = query.replaceAll("\\s+", "_");
        int open = indexOfAny(detail, "{([");
        if (open <= 0) {
            return List.of();
        }
        String inside = detail.substring(open + 1).replaceAll("[})\\]]$", "");
        String reason = inside.split("[|,]", 2)[0];
        List<Topic> details = knowledge.topics(Topic.Kind.DETAIL);
        List<Topic> found = new ArrayList<>();
        String exact = detail.substring(0, open + 1) + reason;
        details.stream()
                .filter(t -> t.names().get(0).toLowerCase(Locale.ROOT).startsWith(exact.toLowerCase(Locale.ROOT))
                        && t.names().get(0).length() == exact.length() + 1)
                .forEach(found::add);
        if (found.isEmpty()) {
            // The table writes a variable part as <…>: rbac_access_denied_matched_policy[<policy>].
            String prefix = detail.substring(0, open + 1) + "<";
            details.stream().filter(t -> t.names().get(0).startsWith(prefix)).forEach(found::add);
        }
        if (found.isEmpty()) {
            return List.of();
        }
        if (inside.length() > reason.length()) {
            String transport = normal(inside.substring(reason.length() + 1));
            found.addAll(transports(transport));
        }
        return found;
    }

    /** The transport failures whose name stands in the text; prefixes only where nothing better does. */
    private List<Topic> transports(String text) {
        List<Topic> all = knowledge.topics(Topic.Kind.TRANSPORT_FAILURE);
        List<Topic> found = all.stream()
                .filter(t -> t.names().stream().anyMatch(name -> wordsOf(text, normal(name)))
                        || wordsOf(text, normal(t.id())))
                .toList();
        List<Topic> precise = found.stream()
                .filter(t -> !t.id().equals("TLS_error") && !t.id().endsWith("_connect_error"))
                .toList();
        return precise.isEmpty() ? found : precise;
    }

    /** Whether the words of {@code part} follow each other in {@code text}; a lone number must be a whole word. */
    private static boolean wordsOf(String text, String part) {
        return (" " + text.replaceAll("[^a-z0-9]+", " ") + " ")
                .contains(" " + part.replaceAll("[^a-z0-9]+", " ") + " ");
    }

    private List<Topic> named(String query) {
        String wanted = normal(query);
        List<Topic> found = new ArrayList<>(knowledge.topics().stream()
                .filter(t -> normal(t.id()).equals(wanted))
                .toList());
        byName.getOrDefault(wanted, List.of()).stream()
                .filter(t -> !found.contains(t))
                .forEach(found::add);
        return found;
    }

    private record Scored(Topic topic, double share) {}

    private List<Scored> ranked(String query) {
        Collection<String> typed = new LinkedHashSet<>(words(query));
        double whole = typed.stream().mapToDouble(this::rarity).sum() * IN_ID;
        if (whole == 0) {
            return List.of();
        }
        List<Scored> scored = new ArrayList<>();
        for (Topic topic : knowledge.topics()) {
            Map<String, Integer> weights = words.getOrDefault(topic, Map.of());
            double score = typed.stream()
                    .mapToDouble(word -> rarity(word) * weights.getOrDefault(word, 0))
                    .sum();
            if (score > 0) {
                scored.add(new Scored(topic, score / whole));
            }
        }
        scored.sort(Comparator.comparingDouble((Scored s) -> -s.share)
                .thenComparing((Scored s) -> s.topic.kind())
                .thenComparing((Scored s) -> s.topic.id()));
        return scored;
    }

    private double rarity(String word) {
        return Math.log(1 + (double) knowledge.topics().size() / (1 + documents.getOrDefault(word, 0)));
    }

    /** The words of a text without endings, stop words left out. */
    private static Set<String> words(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
                .filter(word -> !word.isEmpty() && !STOP_WORDS.contains(word))
                .map(KnowledgeSearch::stem)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static String stem(String word) {
        for (String ending : List.of("ing", "ies", "ed", "es", "s")) {
            if (word.length() > ending.length() + 3 && word.endsWith(ending)) {
                return word.substring(0, word.length() - ending.length());
            }
        }
        return word;
    }

    /** Lower case; blanks, underscores and hyphens are the same. */
    private static String normal(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[\\s_-]+", " ").strip();
    }

    private static int indexOfAny(String text, String characters) {
        for (int i = 0; i < text.length(); i++) {
            if (characters.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }
}
