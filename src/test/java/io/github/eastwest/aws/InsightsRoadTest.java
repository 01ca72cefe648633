package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.collect.Collected;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.report.Diagnosis;
import io.github.eastwest.model.report.Finding;
import io.github.eastwest.model.report.TrafficReport;
import io.github.eastwest.sample.Sample;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where logs can only be asked by Logs Insights, as in log groups of the infrequent access class, the diagnosis has the same
 * root cause, outcome and exact counts as from all lines.
 */
class InsightsRoadTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    /** Several at once: each waits most of its time for queries to end. */
    private static final ExecutorService COLLECTORS = Executors.newFixedThreadPool(4);

    private static final Map<String, Future<Asked>> ASKED = new HashMap<>();

    /**
     * What was collected.
     *
     * @param requests what the endpoint was asked
     */
    private record Asked(Collected collected, List<RecordedRequest> requests) {
        static Asked of(Incident incident) throws IOException, InterruptedException {
            try (AwsEndpoint endpoint =
                    incident.serve(Settings.DEFAULT.withInfrequentAccess().withInsightsPolls(1))) {
                Collected collected = incident.collect(endpoint, LONG);
                return new Asked(collected, endpoint.requests());
            }
        }
    }

    static List<Incident> samples() {
        List<Incident> samples = Sample.all().stream()
                .map(sample -> Incident.of(sample.directory()))
                .toList();
        samples.forEach(incident -> ASKED.put(incident.name(), COLLECTORS.submit(() -> Asked.of(incident))));
        return samples;
    }

    @AfterAll
    static void stop() {
        COLLECTORS.shutdownNow();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void findsTheSameCauseAndCounts(Incident incident) throws Exception {
        Asked road = Objects.requireNonNull(ASKED.remove(incident.name())).get();
        // Who may not even read the group's class tries, and is refused.
        assertThat(road.requests().stream().filter(r -> r.error().isEmpty()).map(RecordedRequest::operation))
                .doesNotContain(Operation.FILTER_LOG_EVENTS.api());
        assertThat(road.requests().stream().map(RecordedRequest::error)).doesNotContain("MalformedQueryException");
        Collected collected = road.collected();
        Diagnosis whole = incident.diagnose();
        Diagnosis asked = incident.diagnose(collected.bundle().files());

        assertThat(asked.outcome()).isEqualTo(whole.outcome());
        assertThat(first(asked)).isEqualTo(first(whole));
        assertThat(asked.traffic().map(TrafficReport::requests))
                .isEqualTo(whole.traffic().map(TrafficReport::requests));
        assertThat(asked.traffic().map(TrafficReport::failed))
                .isEqualTo(whole.traffic().map(TrafficReport::failed));
        assertThat(asked.traffic().map(InsightsRoadTest::conditions))
                .isEqualTo(whole.traffic().map(InsightsRoadTest::conditions));
    }

    private static Optional<String> first(Diagnosis diagnosis) {
        return diagnosis.causes().findings().stream()
                .findFirst()
                .map(Finding::cause)
                .map(Object::toString);
    }

    private static Map<Condition, Long> conditions(TrafficReport traffic) {
        Map<Condition, Long> conditions = new TreeMap<>();
        traffic.conditions().forEach(c -> conditions.put(c.condition(), c.count()));
        return conditions;
    }
}
