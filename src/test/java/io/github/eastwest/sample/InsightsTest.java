package io.github.eastwest.sample;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.report.Diagnosis;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Logs Insights brings back tells the same as all lines do. */
class InsightsTest {
    private static final int MOST_ROWS = 10_000;

    static List<Sample> all() {
        List<Sample> all = new ArrayList<>(Sample.all());
        all.addAll(Sample.incidents());
        return all;
    }

    private static Snapshot read(Sample sample, Map<String, byte[]> files) throws IOException {
        try (Bundle bundle = Bundle.of(files)) {
            return SnapshotReader.read(
                    bundle,
                    new Request(
                            Optional.of(sample.caller()),
                            Optional.of(sample.callee()),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty()));
        }
    }

    private static Diagnosis diagnose(Snapshot snapshot) {
        return new Classifier(Rules.all(), Thresholds.DEFAULT).diagnose(snapshot);
    }

    private static String answer(Diagnosis d) {
        String first = d.causes().findings().isEmpty()
                ? "none"
                : d.causes().findings().get(0).cause().code() + "@"
                        + d.causes().findings().get(0).assessment().hop() + "/"
                        + d.causes().findings().get(0).assessment().verdict();
        String all = String.join(
                ",", d.causes().findings().stream().map(f -> f.cause().code()).toList());
        String traffic = d.traffic().map(t -> t.requests() + "/" + t.failed()).orElse("none");
        boolean error = d.causes().findings().stream()
                .anyMatch(f -> f.assessment().severity() == io.github.eastwest.model.Severity.ERROR);
        return first + " " + d.outcome() + " exit " + (error ? 3 : d.gaps().isEmpty() ? 0 : 4) + " " + traffic + " ["
                + all + "]";
    }

    @ParameterizedTest
    @MethodSource("all")
    void explore(Sample sample) throws IOException {
        InsightsBundle bundle = new InsightsBundle(sample.directory());
        if (bundle.sides().isEmpty()) {
            return;
        }
        Diagnosis whole = diagnose(sample.read(sample.directory()));
        System.out.println("== " + sample.name() + "  " + answer(whole));
        for (int k : new int[] {0, 2, 4, 99}) {
            var answers = bundle.ask(k == 99 ? 0 : k, k == 99 ? 250 : MOST_ROWS);
            Diagnosis d = diagnose(read(sample, bundle.with(answers)));
            String same = answer(d).equals(answer(whole)) ? "same" : "DIFF " + answer(d);
            System.out.println("   k=" + k + " " + same + " queries " + answers.size());
            d.coverage().entries().stream()
                    .filter(e -> e.input().startsWith("logs/lines"))
                    .forEach(e -> System.out.println("      " + e));
        }
    }
}
