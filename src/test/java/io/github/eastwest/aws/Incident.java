package io.github.eastwest.aws;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.Request;
import io.github.eastwest.bundle.SnapshotReader;
import io.github.eastwest.classify.Classifier;
import io.github.eastwest.classify.Thresholds;
import io.github.eastwest.classify.rules.Rules;
import io.github.eastwest.collect.Aws;
import io.github.eastwest.collect.AwsSettings;
import io.github.eastwest.collect.CollectRequest;
import io.github.eastwest.collect.Collected;
import io.github.eastwest.collect.Collector;
import io.github.eastwest.collect.Progress;
import io.github.eastwest.collect.aws.SdkAws;
import io.github.eastwest.model.TimeWindow;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.sample.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A recorded incident, as it lies in the repository and as it is when an endpoint serves it.
 *
 * @param name of the sample or archive
 * @param path directory or archive
 * @param bundle what it holds
 */
record Incident(String name, Path path, ServedBundle bundle) {
    /** Every sample and every incident kept apart. */
    static List<Incident> all() {
        return Stream.concat(Sample.all().stream(), Sample.incidents().stream())
                .map(sample -> of(sample.directory()))
                .toList();
    }

    static Incident of(Path path) {
        return new Incident(path.getFileName().toString().replace(".zip", ""), path, ServedBundle.read(path));
    }

    static Incident sample(String name) {
        return of(Path.of("samples", name));
    }

    /** The words of a command about its edge in its window. */
    List<String> arguments(String command) {
        return List.of(
                command,
                bundle().edge("caller"),
                bundle().edge("callee"),
                "--cluster",
                bundle().edge("cluster"),
                "--from",
                bundle().from().toString(),
                "--to",
                bundle().to().toString());
    }

    AwsEndpoint serve(Settings settings) {
        return AwsEndpoint.serving(List.of(bundle), settings);
    }

    /** AWS as somebody with these environment variables calls it. */
    static Aws client(Map<String, String> environment) {
        AwsSettings.Access access = new AwsSettings.Access(Optional.empty(), Optional.empty(), Optional.empty());
        return SdkAws.open(new AwsSettings(access, access, Optional.empty(), environment));
    }

    /** What to collect, at the time at which the bundle was made. */
    CollectRequest request(Duration timeout) {
        return new CollectRequest(
                bundle.edge("caller"),
                bundle.edge("callee"),
                Optional.of(bundle.edge("cluster")),
                Optional.empty(),
                new TimeWindow(bundle.from(), bundle.to()),
                bundle.collectedAt(),
                Optional.empty(),
                timeout,
                CollectRequest.DEFAULT_MAX_COST_USD,
                false,
                "eastwest test");
    }

    /** Collects from an endpoint. */
    Collected collect(AwsEndpoint endpoint, Duration timeout) throws InterruptedException {
        try (Aws aws = client(endpoint.environment())) {
            return new Collector(aws, Progress.NONE).collect(request(timeout));
        }
    }

    Diagnosis diagnose() throws IOException {
        try (Bundle opened = Bundle.open(path)) {
            return diagnose(opened);
        }
    }

    Diagnosis diagnose(Map<String, byte[]> files) throws IOException {
        try (Bundle opened = Bundle.of(files)) {
            return diagnose(opened);
        }
    }

    private Diagnosis diagnose(Bundle opened) {
        return new Classifier(Rules.all(), Thresholds.DEFAULT)
                .diagnose(SnapshotReader.read(opened, Request.edge(bundle.edge("caller"), bundle.edge("callee"))));
    }

    @Override
    public String toString() {
        return name;
    }
}
