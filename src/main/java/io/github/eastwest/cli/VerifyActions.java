package io.github.eastwest.cli;

import io.github.eastwest.classify.incident.Checks;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.report.Incident.Verification;
import io.github.eastwest.model.report.Incident.Verification.State;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.json.JsonTree;
import io.github.eastwest.render.markdown.IncidentMarkdown;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** {@code eastwest incident verify-actions FILE}: repeats the checks of a write-up's action items. */
final class VerifyActions {
    private static final List<String> FORMATS = List.of("text", "json");
    private static final int SENTENCE = 400;
    private static final int MOST_CHECKS = 200;

    private final Console console;
    private final EdgeArguments given;
    private final EvidenceOptions evidence;
    private final CommandSpec command;

    VerifyActions(Console console, EdgeArguments given, EvidenceOptions evidence, CommandSpec command) {
        this.console = console;
        this.given = given;
        this.evidence = evidence;
        this.command = command;
    }

    int run(Path file, List<String> outputs) throws IOException, InterruptedException {
        Outputs targets = Outputs.parse(outputs, evidence.dryRun() ? CallList.FORMATS : FORMATS);
        String text = WriteUpFile.read(file).orElseThrow(() -> usage("there is no file " + file, "Name a write-up."));
        Map<String, String> fields = WriteUpFile.fields(text, file.toString());
        List<String> checks =
                IncidentMarkdown.checks(text).stream().limit(MOST_CHECKS).toList();
        if (checks.isEmpty()) {
            throw usage(file + " names no check", "A check is a line such as: Check: `cause:EW301`");
        }
        EdgeArguments edge = given.of(
                name(fields, "caller", file),
                name(fields, "callee", file),
                Optional.ofNullable(fields.get("cluster")),
                Optional.ofNullable(fields.get("calleecluster")));
        if (evidence.dryRun()) {
            CallList calls = evidence.calls(edge, console);
            targets.write(console, (target, out) -> calls.write(target.format(), out));
            return ExitCode.OK;
        }
        EvidenceOptions.Evidence read = evidence.read(edge, command, console);
        Checks runner = new Checks(read.diagnosis(), read.alarms(), read.plan());
        List<Verification> results = checks.stream().map(runner::verify).toList();
        int exit = exit(results);
        targets.write(console, (target, out) -> {
            if (target.format().equals("json")) {
                JsonTree.write(tree(edge, results, exit), out);
            } else {
                out.write(text(results).getBytes(StandardCharsets.UTF_8));
            }
        });
        return exit;
    }

    /** A name in a document is a stranger's: it must look like one. */
    private static String name(Map<String, String> fields, String field, Path file) {
        String name = fields.getOrDefault(field, "");
        if (name.isEmpty() || name.length() > 512 || !Foreign.clean(name).equals(name)) {
            throw usage("the first line of " + file + " does not name the " + field, "Write the document anew.");
        }
        return name;
    }

    private static int exit(List<Verification> results) {
        if (results.stream().anyMatch(result -> result.state() == State.NOT_DONE)) {
            return ExitCode.FINDINGS;
        }
        return results.stream().anyMatch(result -> result.state() == State.CANNOT_TELL)
                ? ExitCode.INCONCLUSIVE
                : ExitCode.OK;
    }

    private static String text(List<Verification> results) {
        StringBuilder text = new StringBuilder();
        for (Verification result : results) {
            String sign = switch (result.state()) {
                case DONE -> "\u2713";
                case NOT_DONE -> "\u2717";
                case CANNOT_TELL -> "?";
            };
            text.append(sign)
                    .append(' ')
                    .append(result.state().id())
                    .append("  ")
                    .append(Foreign.clean(result.check(), SENTENCE))
                    .append(": ")
                    .append(Foreign.clean(result.because(), SENTENCE))
                    .append('\n');
        }
        for (State state : State.values()) {
            long count =
                    results.stream().filter(result -> result.state() == state).count();
            text.append(state == State.values()[0] ? "" : ", ")
                    .append(count)
                    .append(' ')
                    .append(state.id());
        }
        return text.append('\n').toString();
    }

    private static Map<String, Object> tree(EdgeArguments edge, List<Verification> results, int exit) {
        Map<String, Object> names = new LinkedHashMap<>();
        names.put("caller", edge.caller());
        names.put("callee", edge.callee());
        List<Map<String, Object>> actions = new ArrayList<>();
        for (Verification result : results) {
            Map<String, Object> action = new LinkedHashMap<>();
            action.put("check", result.check());
            action.put("state", result.state().id().replace(' ', '_'));
            action.put("because", result.because());
            actions.add(action);
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("schemaVersion", 1);
        tree.put("exitCode", exit);
        tree.put("edge", names);
        tree.put("actions", actions);
        return tree;
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
