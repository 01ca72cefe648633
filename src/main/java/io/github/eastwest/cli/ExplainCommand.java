package io.github.eastwest.cli;

import io.github.eastwest.model.Condition;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.json.JsonTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code eastwest explain}: the pages and tables, found by whatever the user has in front of them. */
@Command(
        name = "explain",
        addMethodSubcommands = false,
        header = {
            "Explains a code, condition, flag, reply length, metric or symptom.",
            "",
            "Examples:",
            "  eastwest explain EW301",
            "  eastwest explain no_healthy_upstream",
            "  eastwest explain UF,URX",
            "  eastwest explain 503 95",
            "  eastwest explain 'upstream_reset_before_response_started{connection_timeout}'",
            "  eastwest explain HTTPCode_Target_5XX_Count",
            "  eastwest explain tasks ejected again and again",
            ""
        },
        description = {
            "",
            "Works offline. The best match is printed, other matches are listed. A number is a cause first"
                    + " (301 = EW301), then the length of a reply that a proxy writes itself (95 bytes)."
        },
        footer = {"", "Exit codes: 0 found, 2 nothing is known about it."})
final class ExplainCommand implements Callable<Integer> {
    /** What {@code -o} takes here. */
    static final List<String> FORMATS = List.of("text", "json");

    private static final int MOST_SUGGESTIONS = 5;

    /** Long enough to recognise what was typed. */
    private static final int MOST_ECHOED = 80;

    /** Titles of reply lengths quote every body of that length. */
    private static final int MOST_OF_A_TITLE = 100;

    private static final String PLACEHOLDERS = """
            Words in capitals stand for your own names (CLUSTER: that of the service beside it). FROM and TO are ISO 8601
            times, FROM_S and TO_S the same in seconds since 1970, FROM_MS and TO_MS in milliseconds.
            """;

    private final Console console;

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    @Parameters(
            arity = "1..*",
            paramLabel = "WHAT",
            completionCandidates = Candidates.class,
            description =
                    "A code (EW301, 301, its name), a condition, response flags, a response code detail, an errno,"
                            + " a number of bytes (95, '503 95'), a metric, or words.")
    private List<String> what = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description = "text (default) or json; repeat for several; - is standard output.")
    private List<String> outputs = List.of();

    ExplainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Outputs targets = Outputs.parse(outputs, FORMATS);
        String query = String.join(" ", what);
        Knowledge knowledge = Knowledge.load();
        KnowledgeSearch search = new KnowledgeSearch(knowledge);
        KnowledgeSearch.Answer answer = search.find(query);
        if (answer.best().isEmpty()) {
            throw unknown(query, search);
        }
        targets.write(console, (target, out) -> {
            if (target.format().equals("json")) {
                JsonTree.write(tree(query, answer), out);
            } else {
                out.write(text(answer, knowledge).getBytes(StandardCharsets.UTF_8));
            }
        });
        return ExitCode.OK;
    }

    private static EastwestException unknown(String query, KnowledgeSearch search) {
        List<String> near = search.suggestions(query, MOST_SUGGESTIONS);
        String hint = near.isEmpty() ? "" : "Did you mean " + String.join(", ", near) + "? ";
        return new EastwestException(
                EastwestException.Kind.USAGE,
                "nothing is known about \"" + Foreign.clean(query, MOST_ECHOED) + "\"",
                hint + "'eastwest rules' lists the causes.");
    }

    /** The whole answer as it is printed. */
    static String text(KnowledgeSearch.Answer answer, Knowledge knowledge) {
        StringBuilder markdown = new StringBuilder();
        boolean commands = false;
        Set<String> next = new LinkedHashSet<>();
        for (Topic topic : answer.best()) {
            markdown.append(topic.markdown()).append('\n');
            RootCause.of(topic.id())
                    .ifPresent(cause -> markdown.append("## In reports\n\n- Severity: ")
                            .append(cause.severity().id())
                            .append("\n- Hop: ")
                            .append(
                                    cause.blindSpot()
                                            ? "none, a blind spot"
                                            : cause.hop().id())
                            .append("\n- Name: ")
                            .append(cause.slug())
                            .append("\n\n"));
            commands |= topic.markdown().contains("```bash");
            next.addAll(topic.leadsTo());
        }
        if (commands) {
            markdown.append(PLACEHOLDERS).append('\n');
        }
        answer.best().forEach(topic -> next.remove(topic.id()));
        list(markdown, "Leads to", knowledge.byIds(next));
        list(
                markdown,
                "Also matches",
                answer.others().stream().filter(t -> !next.contains(t.id())).toList());
        return TerminalMarkdown.set(markdown.toString());
    }

    private static void list(StringBuilder markdown, String heading, List<Topic> topics) {
        if (!topics.isEmpty()) {
            markdown.append("## ").append(heading).append("\n\n");
            topics.forEach(t -> markdown.append("- ")
                    .append(t.id())
                    .append(": ")
                    .append(Foreign.clean(t.title(), MOST_OF_A_TITLE))
                    .append('\n'));
            markdown.append('\n');
        }
    }

    private static Map<String, Object> tree(String query, KnowledgeSearch.Answer answer) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("schemaVersion", 1);
        tree.put("query", query);
        List<Map<String, Object>> topics = new ArrayList<>();
        for (Topic topic : answer.best()) {
            Map<String, Object> found = summary(topic);
            Optional<RootCause> cause = RootCause.of(topic.id());
            found.put("severity", cause.map(c -> c.severity().id()).orElse(null));
            found.put("hop", cause.map(c -> c.hop().id()).orElse(null));
            found.put("names", topic.names());
            found.put("leadsTo", topic.leadsTo());
            found.put("markdown", topic.markdown());
            topics.add(found);
        }
        tree.put("topics", topics);
        tree.put("others", answer.others().stream().map(ExplainCommand::summary).toList());
        return tree;
    }

    private static Map<String, Object> summary(Topic topic) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("kind", topic.kind().id());
        summary.put("id", topic.id());
        summary.put("title", topic.title());
        return summary;
    }

    /** What the shell completes: codes, names of causes, conditions. */
    static final class Candidates implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            Stream<String> causes = Arrays.stream(RootCause.values()).flatMap(c -> Stream.of(c.code(), c.slug()));
            Stream<String> conditions = Arrays.stream(Condition.values()).map(Condition::id);
            return Stream.concat(causes, conditions).iterator();
        }
    }
}
