package io.github.eastwest.cli;

import io.github.eastwest.model.RootCause;
import io.github.eastwest.render.json.JsonTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code eastwest rules}: the root causes that a diagnosis examines. */
@Command(
        name = "rules",
        addMethodSubcommands = false,
        header = {
            "Lists the root causes that a diagnosis examines.",
            "",
            "Examples:",
            "  eastwest rules",
            "  eastwest rules -o json",
            ""
        },
        description = {"", "Works offline. 'eastwest explain EWnnn' prints the page of one."})
final class RulesCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description = "text (default) or json; repeat for several; - is standard output.")
    private List<String> outputs = List.of();

    RulesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Outputs.parse(outputs, ExplainCommand.FORMATS).write(console, (target, out) -> {
            if (target.format().equals("json")) {
                JsonTree.write(tree(), out);
            } else {
                out.write(text().getBytes(StandardCharsets.UTF_8));
            }
        });
        return ExitCode.OK;
    }

    private static Map<String, Object> tree() {
        List<Map<String, Object>> rules = new ArrayList<>();
        for (RootCause cause : RootCause.values()) {
            Map<String, Object> rule = new LinkedHashMap<>();
            rule.put("code", cause.code());
            rule.put("slug", cause.slug());
            rule.put("severity", cause.severity().id());
            rule.put("hop", cause.hop().id());
            rule.put("title", cause.title());
            rules.add(rule);
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("schemaVersion", 1);
        tree.put("rules", rules);
        return tree;
    }

    private static String text() {
        StringBuilder text = new StringBuilder();
        String hop = "";
        for (RootCause cause : RootCause.values()) {
            if (!hop(cause).equals(hop)) {
                text.append(hop.isEmpty() ? "" : "\n");
                hop = hop(cause);
                text.append(hop).append('\n');
            }
            text.append(row(cause));
        }
        return text.toString();
    }

    private static String hop(RootCause cause) {
        return cause.blindSpot() ? "blind spots" : cause.hop().id();
    }

    private static String row(RootCause cause) {
        return "  " + pad(cause.code(), 7) + pad(cause.severity().id(), 9) + cause.slug() + "\n" + " ".repeat(18)
                + cause.title() + "\n";
    }

    private static String pad(String text, int columns) {
        return text + " ".repeat(Math.max(1, columns - text.length()));
    }
}
