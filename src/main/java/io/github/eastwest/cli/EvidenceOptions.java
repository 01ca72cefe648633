package io.github.eastwest.cli;

import io.github.eastwest.bundle.AlarmReader;
import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.alarms.AlarmSubject;
import io.github.eastwest.classify.alarms.Alarms;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.collect.CollectRequest;
import io.github.eastwest.collect.Collected;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.metric.AlarmState;
import io.github.eastwest.model.report.AlarmPlan;
import io.github.eastwest.model.report.Diagnosis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** Where a command has the evidence on an edge from: a bundle, or AWS. */
final class EvidenceOptions {
    @Option(
            names = "--bundle",
            paramLabel = "PATH",
            description = "Read a bundle, a directory or a .zip of one, instead of going to AWS.")
    private @Nullable Path bundle;

    @Mixin
    private final WindowOptions window = new WindowOptions();

    @Mixin
    private final SaveOptions save = new SaveOptions();

    @Mixin
    private final LiveOptions live = new LiveOptions();

    @Option(names = "--color", paramLabel = "WHEN", defaultValue = "auto", description = "auto, always or never.")
    private ColorMode color = ColorMode.AUTO;

    /**
     * A diagnosed edge and what else is known of it.
     *
     * @param alarms existing alarms; empty when they were not read
     * @param plan alarms to propose
     */
    record Evidence(Snapshot snapshot, Diagnosis diagnosis, Optional<List<AlarmState>> alarms, AlarmPlan plan) {}

    boolean dryRun() {
        return bundle == null && live.dryRun();
    }

    /** The calls that a live run would make. */
    CallList calls(EdgeArguments edge, Console console) throws InterruptedException {
        return new CallList(collect(edge, console));
    }

    /**
     * Reads and diagnoses; saves the bundle first where that is wanted.
     *
     * @throws EastwestException of kind USAGE if options contradict each other or the bundle does not fit
     */
    Evidence read(EdgeArguments edge, CommandSpec command, Console console) throws IOException, InterruptedException {
        save.check();
        if (bundle != null) {
            refuseLiveOptions(command);
            WindowOptions.Bounds bounds = window.given();
            try (Bundle opened = Bundle.open(bundle)) {
                save.save(opened, console);
                return evidence(opened, request(edge, bounds));
            }
        }
        try (Bundle collected = Bundle.of(collect(edge, console).bundle().files())) {
            save.save(collected, console);
            return evidence(collected, request(edge, WindowOptions.NONE));
        }
    }

    private static Evidence evidence(Bundle bundle, Request request) {
        Snapshot snapshot = SnapshotReader.read(bundle, request);
        Diagnosis diagnosis = new Classifier(Rules.all(), Thresholds.DEFAULT).diagnose(snapshot);
        Edge.Method method = snapshot.edge().method();
        boolean serviceConnect = method == Edge.Method.SERVICE_CONNECT || method == Edge.Method.UNKNOWN;
        AlarmPlan plan = serviceConnect
                ? Alarms.of(AlarmSubject.of(snapshot), snapshot, diagnosis)
                : new AlarmPlan(
                        List.of(), List.of(), List.of("Alarms are proposed for edges of Service Connect only."));
        return new Evidence(snapshot, diagnosis, AlarmReader.read(bundle), plan);
    }

    private Collected collect(EdgeArguments edge, Console console) throws InterruptedException {
        Instant now = console.world().clock().instant();
        CollectRequest request = live.request(edge, window.live(now), now);
        return new Live(console, live, color).collect(request);
    }

    private static Request request(EdgeArguments edge, WindowOptions.Bounds bounds) {
        return new Request(
                Optional.of(edge.caller()),
                Optional.of(edge.callee()),
                edge.cluster(),
                edge.calleeCluster(),
                bounds.from(),
                bounds.to());
    }

    private static void refuseLiveOptions(CommandSpec command) {
        Set<String> liveOnly = new CommandLine(new LiveOptions())
                .getCommandSpec().options().stream()
                        .map(OptionSpec::longestName)
                        .collect(Collectors.toSet());
        liveOnly.add("--since");
        String given = command.commandLine().getParseResult().matchedOptions().stream()
                .map(OptionSpec::longestName)
                .filter(liveOnly::contains)
                .distinct()
                .collect(Collectors.joining(", "));
        if (!given.isEmpty()) {
            throw new EastwestException(
                    EastwestException.Kind.USAGE,
                    "--bundle reads no AWS, so it cannot be combined with " + given,
                    "Leave that away, or leave --bundle away to go to AWS.");
        }
    }
}
