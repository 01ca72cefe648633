package io.github.eastwest.evaluate;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.report.Diagnosis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * An incident to diagnose.
 *
 * @param truth its causes; empty for a healthy edge
 * @param kind {@code recording}, {@code healthy}, {@code injected} or {@code two causes}
 * @param sides {@code both}, {@code caller} or {@code callee}: whose logs are there
 * @param changes what was done to the recording, for reading failures
 */
record Case(
        String name,
        String caller,
        String callee,
        Set<RootCause> truth,
        String kind,
        String sides,
        String changes,
        Map<String, String> files) {
    /** A recording as it is. */
    static Case of(Donor donor) {
        return new Case(
                donor.name(),
                donor.caller(),
                donor.callee(),
                donor.cause().map(Set::of).orElse(Set.of()),
                "recording",
                "both",
                "",
                donor.files());
    }

    /** The causes of which the case holds traces. */
    Set<RootCause> decidable() {
        Set<Traces.Source> sources = EnumSet.noneOf(Traces.Source.class);
        if (!sides.equals("callee")) {
            sources.add(Traces.Source.CALLER_LINES);
        }
        if (!sides.equals("caller")) {
            sources.add(Traces.Source.CALLEE_LINES);
        }
        if (files.containsKey("cloudwatch/get-metric-data.json")) {
            sources.add(Traces.Source.METRICS);
        }
        if (files.keySet().stream().anyMatch(path -> path.startsWith("ec2/"))) {
            sources.add(Traces.Source.NETWORK_DOCUMENTS);
        }
        return truth.stream().filter(cause -> Traces.of(cause, sources)).collect(Collectors.toSet());
    }

    Diagnosis diagnose() {
        return diagnose(new Classifier(Rules.all(), Thresholds.DEFAULT));
    }

    Diagnosis diagnose(Classifier classifier) {
        Map<String, byte[]> bytes = new TreeMap<>();
        files.forEach((path, text) -> bytes.put(path, text.getBytes(StandardCharsets.UTF_8)));
        try (Bundle bundle = Bundle.of(bytes)) {
            return classifier.diagnose(SnapshotReader.read(
                    bundle,
                    new Request(
                            Optional.of(caller),
                            Optional.of(callee),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
