package io.github.eastwest.cli;

import io.github.eastwest.collect.Queries;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.EditDistance;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.json.JsonTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code eastwest queries}: the Logs Insights queries, to read and to run by hand. */
@Command(
        name = "queries",
        addMethodSubcommands = false,
        header = {
            "Lists the CloudWatch Logs Insights queries, or prints one of them.",
            "",
            "Examples:",
            "  eastwest queries",
            "  eastwest queries errors",
            "  eastwest queries one-request -p id=c13c6bc6-5a9e-4ee8-929d-7089c54f31fd",
            "  eastwest queries -o json",
            ""
        },
        description = {
            "",
            "Works offline. A query says in its first lines what it answers, what its {{parameters}} are and what it costs."
                    + " With -p for each of them it is ready to be pasted into the console or given to aws logs start-query,"
                    + " and its first line tells whoever reads the answer what was asked."
        },
        footer = {"", "Exit codes: 0 printed, 2 there is no such query."})
final class QueriesCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..1",
            completionCandidates = Names.class,
            description = "Name of a query; without it all are listed.")
    private @Nullable String name;

    @Option(
            names = {"-p", "--parameter"},
            paramLabel = "KEY=VALUE",
            description =
                    "Fills in a parameter; repeat for all of them, and for several streams or ids. streams is a part"
                            + " of the streams' names, as checkout/ecs-service-connect-.")
    private List<String> parameters = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description = "text (default) or json; repeat for several; - is standard output.")
    private List<String> outputs = List.of();

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    QueriesCommand(Console console) {
        this.console = console;
    }

    /** Names of queries, for completion. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Queries.names().iterator();
        }
    }

    @Override
    public Integer call() throws IOException {
        Outputs targets = Outputs.parse(outputs, CallList.FORMATS);
        Optional<String> wanted = Optional.ofNullable(name).map(QueriesCommand::known);
        List<String> names = wanted.map(List::of).orElse(Queries.names());
        if (!parameters.isEmpty() && wanted.isEmpty()) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "-p fills in one query",
                    "Name it: eastwest queries NAME -p KEY=VALUE.");
        }
        Optional<String> filled = parameters.isEmpty() ? Optional.empty() : wanted.map(this::filled);
        targets.write(console, (target, out) -> {
            if (target.format().equals("json")) {
                JsonTree.write(tree(names, filled), out);
            } else {
                String text = filled.or(() -> wanted.map(Queries::text)).orElseGet(QueriesCommand::list);
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
        });
        return ExitCode.OK;
    }

    private String filled(String query) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String parameter : parameters) {
            int equals = parameter.indexOf('=');
            if (equals < 1) {
                throw new EastwestException(
                        EastwestException.Kind.USAGE,
                        "-p '" + Foreign.clean(parameter) + "' has no value",
                        "Write KEY=VALUE.");
            }
            values.merge(parameter.substring(0, equals), parameter.substring(equals + 1), (a, b) -> a + "\n" + b);
        }
        try {
            return Queries.fill(query, values);
        } catch (IllegalArgumentException unfit) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    Foreign.clean(String.valueOf(unfit.getMessage())),
                    "What they mean: eastwest queries " + query + ".");
        }
    }

    private static String known(String typed) {
        String name = typed.endsWith(".cwl") ? typed.substring(0, typed.length() - ".cwl".length()) : typed;
        if (Queries.names().contains(name)) {
            return name;
        }
        int most = Math.max(2, name.length() / 3);
        Optional<String> near = Queries.names().stream()
                .filter(known -> EditDistance.of(name, known, most + 1) <= most)
                .min(Comparator.comparingInt(known -> EditDistance.of(name, known, most + 1)));
        throw new EastwestException(
                EastwestException.Kind.USAGE,
                "no query '" + Foreign.clean(typed) + "'",
                near.map(known -> "Did you mean '" + known + "'? ").orElse("") + "The queries are "
                        + String.join(", ", Queries.names()) + ".");
    }

    private static String list() {
        StringBuilder list = new StringBuilder();
        for (String query : Queries.names()) {
            list.append(query).append('\n');
            TerminalMarkdown.set(purpose(query))
                    .lines()
                    .forEach(line -> list.append("    ").append(line).append('\n'));
        }
        return list.toString();
    }

    /** The first sentence of the comment that a query begins with, after the line that tells its parameters. */
    private static String purpose(String query) {
        StringBuilder comment = new StringBuilder();
        Queries.text(query)
                .lines()
                .takeWhile(line -> line.startsWith("#"))
                .filter(line -> !line.contains("{{"))
                .forEach(line -> comment.append(line.substring(1)));
        int end = comment.indexOf(". ");
        return (end < 0 ? comment.toString() : comment.substring(0, end + 1)).strip();
    }

    private static Map<String, Object> tree(List<String> names, Optional<String> filled) {
        List<Map<String, Object>> queries = new ArrayList<>();
        for (String query : names) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", query);
            entry.put("purpose", purpose(query));
            entry.put("parameters", List.copyOf(Queries.parameters(query)));
            entry.put("text", filled.orElseGet(() -> Queries.text(query)));
            queries.add(entry);
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("schemaVersion", 1);
        tree.put("queries", queries);
        return tree;
    }
}
