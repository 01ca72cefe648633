package io.github.eastwest.cli;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.collect.CollectRequest;
import io.github.eastwest.collect.Collected;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Snapshot;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code eastwest collect CALLER CALLEE --save PATH}: the bundle alone. */
@Command(
        name = "collect",
        addMethodSubcommands = false,
        sortOptions = false,
        customSynopsis = "eastwest collect CALLER CALLEE --save PATH [OPTION…]",
        header = {
            "Saves what a diagnosis of an edge needs, without diagnosing it.",
            "",
            "Examples:",
            "  eastwest collect checkout payments --cluster prod --save incident.zip",
            "  eastwest collect checkout payments --save incident.zip --redact",
            "  eastwest collect checkout payments --dry-run",
            "  eastwest diagnose checkout payments --bundle incident.zip",
            ""
        },
        footer = {
            "",
            "Prints each input and how it was read. Exit codes: 0 every input is whole or not configured on this edge,"
                    + " 1 internal fault, 2 usage, 4 an input is missing or partial (the bundle is saved all the same),"
                    + " 5 no access, 6 stopped at --max-cost (saved too), 130 interrupted (nothing is saved)."
        })
final class CollectCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private final EdgeArguments edge = new EdgeArguments();

    @Mixin
    private final WindowOptions window = new WindowOptions();

    @Mixin
    private final SaveOptions save = new SaveOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT[=FILE]",
            description = "text (default) or json; repeat for several; - is standard output.")
    private List<String> outputs = new ArrayList<>();

    @Mixin
    private final LiveOptions live = new LiveOptions();

    @Option(names = "--color", paramLabel = "WHEN", defaultValue = "auto", description = "auto, always or never.")
    private ColorMode color = ColorMode.AUTO;

    @Mixin
    final Main.CommonOptions common = new Main.CommonOptions();

    CollectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Outputs targets = Outputs.parse(outputs, CallList.FORMATS);
        if (save.target().isEmpty() && !live.dryRun()) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE, "collect needs --save PATH", "A new directory, or a new .zip file.");
        }
        save.check();
        Instant now = console.world().clock().instant();
        CollectRequest request = live.request(edge, window.live(now), now);
        Collected collected = new Live(console, live, color).collect(request);
        if (live.dryRun()) {
            CallList calls = new CallList(collected, request.maxCostUsd());
            targets.write(console, (target, out) -> calls.write(target.format(), out));
            return ExitCode.OK;
        }
        try (Bundle bundle = Bundle.of(collected.bundle().files())) {
            save.save(bundle, console);
            Snapshot snapshot = SnapshotReader.read(bundle, Request.edge(edge.caller(), edge.callee()));
            Coverage coverage = snapshot.coverage();
            CoverageTable table = new CoverageTable(snapshot, collected);
            targets.write(console, (target, out) -> table.write(target.format(), out));
            return ExitCode.of(coverage);
        }
    }
}
