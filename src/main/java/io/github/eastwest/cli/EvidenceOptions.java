package io.github.eastwest.cli;

import io.github.eastwest.bundle.AlarmReader;
import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.BundleDraft;
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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

    ColorMode color() {
        return color;
    }

    boolean dryRun() {
        return bundle == null && live.dryRun();
    }

    /** The calls that a live run would make. */
    CallList calls(EdgeArguments edge, Console console) throws InterruptedException {
        return new CallList(collect(edge, console), live.maxCost());
    }

    /** What a command makes of a bundle and of what it asks of it. */
    @FunctionalInterface
    interface Use<T> {
        /** @throws IOException if what it writes to does */
        T of(Bundle bundle, Request request) throws IOException;
    }

    /**
     * Opens the bundle, or collects one, and hands it on. What was collected is saved before it is used, so that the evidence
     * is safe whatever happens then; a bundle that lies there already is copied afterwards. Where that fails, it is used all
     * the same.
     *
     * @param again whether what confirm steps ask is read once more
     * @throws EastwestException of kind USAGE if options contradict each other, the bundle does not fit, or it cannot be saved
     */
    <T> T with(EdgeArguments edge, CommandSpec command, Console console, boolean again, Use<T> use)
            throws IOException, InterruptedException {
        save.check();
        Optional<EastwestException> notSaved;
        T made;
        if (bundle != null) {
            LiveOptions.refuse(command, "--since");
            Request request = request(edge, window.given());
            try (Bundle opened = Bundle.open(bundle)) {
                made = use.of(opened, request);
                notSaved = saved(opened, console);
            }
        } else {
            BundleDraft draft = collect(edge, console).bundle();
            if (again) {
                reread(edge, draft, console);
            }
            try (Bundle collected = Bundle.of(draft.files())) {
                notSaved = saved(collected, console);
                // It has the window asked for, as whoever reads it later finds it.
                made = use.of(collected, request(edge, WindowOptions.NONE));
            }
        }
        if (notSaved.isPresent()) {
            throw notSaved.get();
        }
        return made;
    }

    /** Reads and diagnoses; see {@link #with}. */
    Evidence read(EdgeArguments edge, CommandSpec command, Console console) throws IOException, InterruptedException {
        return with(edge, command, console, false, EvidenceOptions::evidence);
    }

    private Optional<EastwestException> saved(Bundle read, Console console) {
        try {
            save.save(read, console);
            return Optional.empty();
        } catch (EastwestException fault) {
            return Optional.of(fault);
        }
    }

    /** Without a second reading the steps are answered by the first one. */
    private void reread(EdgeArguments edge, BundleDraft draft, Console console) throws InterruptedException {
        try {
            Instant now = console.world().clock().instant();
            new Live(console, live, color).reread(live.request(edge, window.live(now), now), draft);
        } catch (EastwestException fault) {
            console.err().println("eastwest: nothing could be read again for the confirm steps: " + fault.getMessage());
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
}
