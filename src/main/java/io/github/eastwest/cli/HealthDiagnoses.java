package io.github.eastwest.cli;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.health.EdgeDiagnosis;
import io.github.eastwest.model.health.EdgeHealth;
import io.github.eastwest.model.health.HealthReport;
import io.github.eastwest.model.health.HealthSnapshot;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Adds to a health report what the closer looks in its bundle say: a diagnosis per edge that looked bad. */
final class HealthDiagnoses {
    private HealthDiagnoses() {}

    /** The report with the diagnoses that the bundle has something for. */
    static HealthReport added(HealthReport report, HealthSnapshot snapshot, Bundle bundle) throws IOException {
        if (snapshot.diagnoses().isEmpty()) {
            return report;
        }
        List<EdgeHealth> edges = new ArrayList<>(report.edges().size());
        for (EdgeHealth edge : report.edges()) {
            HealthSnapshot.Deep deep = snapshot.diagnoses().get(edge.edge());
            edges.add(deep == null ? edge : edge.with(diagnosis(edge, deep, bundle)));
        }
        return report.withEdges(edges);
    }

    private static EdgeDiagnosis diagnosis(EdgeHealth edge, HealthSnapshot.Deep deep, Bundle bundle)
            throws IOException {
        if (deep.folder().isEmpty()) {
            return EdgeDiagnosis.notDone(deep.problem());
        }
        String callee = deep.callee().orElse(edge.edge().target());
        try (Bundle inside = bundle.folder(deep.folder())) {
            Diagnosis diagnosis = new Classifier(Rules.all(), Thresholds.DEFAULT)
                    .diagnose(
                            SnapshotReader.read(inside, Request.edge(edge.edge().caller(), callee)));
            Optional<Finding> first = diagnosis.causes().findings().stream().findFirst();
            return new EdgeDiagnosis(
                    diagnosis.outcome().id(),
                    diagnosis.gaps(),
                    first,
                    Math.max(0, diagnosis.causes().findings().size() - 1));
        } catch (EastwestException unreadable) {
            // One folder of a stranger's bundle must not cost the whole report.
            return EdgeDiagnosis.notDone(String.valueOf(unreadable.getMessage()));
        }
    }
}
