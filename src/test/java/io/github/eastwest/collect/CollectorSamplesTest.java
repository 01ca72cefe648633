package io.github.eastwest.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.sample.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From an account that holds what a sample says, the collector brings what leads to the sample's diagnosis. */
class CollectorSamplesTest {
    static List<Sample> samples() {
        return Sample.all();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void bringsWhatLeadsToTheSameDiagnosis(Sample sample) throws IOException, InterruptedException {
        Collected collected = new Collector(new BundleAws(sample.directory()), Progress.NONE).collect(request(sample));

        Diagnosis live;
        try (Bundle bundle = Bundle.of(collected.bundle().files())) {
            live = diagnose(bundle);
        }
        Diagnosis recorded;
        try (Bundle bundle = Bundle.open(sample.directory())) {
            recorded = diagnose(bundle);
        }
        assertThat(live.outcome()).isEqualTo(recorded.outcome());
        assertThat(live.traffic()).isEqualTo(recorded.traffic());
        assertThat(verdicts(live)).isEqualTo(verdicts(recorded));
        assertThat(recorded.causes().undetermined()).containsAll(live.causes().undetermined());
    }

    private static List<String> verdicts(Diagnosis diagnosis) {
        return diagnosis.causes().findings().stream()
                .map(f -> f.cause() + " " + f.assessment().verdict() + " "
                        + f.assessment().hop() + " " + f.summary())
                .toList();
    }

    private static Diagnosis diagnose(Bundle bundle) {
        return new Classifier(Rules.all(), Thresholds.DEFAULT).diagnose(SnapshotReader.read(bundle, Request.none()));
    }

    static CollectRequest request(Sample sample) throws IOException {
        Map<String, Object> manifest =
                BundleAws.read(Files.readString(sample.directory().resolve("manifest.json")));
        Field edge = Field.of(manifest).at("edge");
        Field window = Field.of(manifest).at("window");
        return new CollectRequest(
                edge.at("caller").textOrEmpty(),
                edge.at("callee").textOrEmpty(),
                edge.at("cluster").text(),
                edge.at("calleeCluster").text(),
                new TimeWindow(
                        Instant.parse(window.at("from").textOrEmpty()),
                        Instant.parse(window.at("to").textOrEmpty())),
                Instant.parse(Field.of(manifest).at("collectedAt").textOrEmpty()),
                Optional.empty(),
                Duration.ofSeconds(60),
                1.0,
                false,
                "eastwest test");
    }
}
