package io.github.eastwest.cli;

import io.github.eastwest.model.RootCause;
import io.github.eastwest.render.json.JsonTree;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
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
    private Main.CommonOptions common;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json (default: text).")
    private ExplainCommand.Format format = ExplainCommand.Format.TEXT;

    RulesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (format == ExplainCommand.Format.JSON) {
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
            JsonTree.write(tree, console.out());
        } else {
            PrintWriter out = new PrintWriter(new OutputStreamWriter(console.out(), StandardCharsets.UTF_8));
            String hop = "";
            for (RootCause cause : RootCause.values()) {
                if (!hop(cause).equals(hop)) {
                    out.print(hop.isEmpty() ? "" : "\n");
                    hop = hop(cause);
                    out.println(hop);
                }
                out.print(row(cause));
            }
            out.flush();
        }
        return ExitCode.OK;
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
