package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How many round trips a live diagnosis makes one after the other, and how long it takes when every answer takes 50 ms more.
 * The server counts: the longest chain of requests of which each began after the one before had ended.
 */
class StepsTest {
    /** Dependent calls, at most: the contract's number. */
    private static final int STEPS = 4;

    /** A whole diagnosis once the JVM is warm, at most, with that latency: the contract's numbers. */
    private static final Duration WARM = Duration.ofMillis(1_500);

    private static final Duration LATENCY = Duration.ofMillis(50);

    /**
     * The latency for counting. How many calls depend on each other is the same with any, but on a busy machine a call may
     * leave so late that one of 50 ms has ended by then.
     */
    private static final Duration COUNTING_LATENCY = Duration.ofMillis(400);

    /** The machine may be busy with other things: the best of so many runs counts. */
    private static final int RUNS = 30;

    /** Polling takes as long as the query; it is not a step. */
    private static final Set<String> INSIGHTS = Set.of("StartQuery", "GetQueryResults", "StopQuery");

    @ParameterizedTest
    @ValueSource(strings = {"checkout-payments", "hub-devices", "depot-manifests"})
    void makesAtMostFourRoundTripsOneAfterTheOther(String sample) {
        assertThat(fewestSteps(Incident.sample(sample), Settings.DEFAULT)).isBetween(2, STEPS);
    }

    @Test
    void makesNoMoreRoundTripsWhereLogsInsightsIsAsked() {
        assertThat(fewestSteps(
                        Incident.sample("checkout-payments"),
                        Settings.DEFAULT.withInfrequentAccess().withInsightsPolls(0)))
                .isBetween(2, STEPS);
    }

    private static int fewestSteps(Incident incident, Settings settings) {
        int steps = Integer.MAX_VALUE;
        try (AwsEndpoint endpoint = incident.serve(settings)) {
            endpoint.latency(COUNTING_LATENCY);
            for (int i = 0; i < RUNS && steps > STEPS; i++) {
                endpoint.forgetRequests();
                diagnose(incident, endpoint);
                steps = Math.min(steps, longestChain(endpoint.requests()));
            }
        }
        return steps;
    }

    @Test
    void isQuickOnceWarm() {
        Incident incident = Incident.sample("checkout-payments");
        Duration best = Duration.ofDays(1);
        try (AwsEndpoint endpoint = incident.serve(Settings.DEFAULT)) {
            endpoint.latency(LATENCY);
            for (int i = 0; i < RUNS && best.compareTo(WARM) >= 0; i++) {
                long start = System.nanoTime();
                diagnose(incident, endpoint);
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                best = took.compareTo(best) < 0 ? took : best;
            }
        }

        assertThat(best).isLessThan(WARM);
    }

    private static void diagnose(Incident incident, AwsEndpoint endpoint) {
        assertThat(LiveReplayTest.run(incident, endpoint, "diagnose", List.of("-o", "json"))
                        .exit())
                .isEqualTo(3);
    }

    /** The most requests of which each began after the one before had ended; further pages of a call do not count. */
    private static int longestChain(List<RecordedRequest> requests) {
        List<RecordedRequest> byEnd = new ArrayList<>(requests);
        byEnd.removeIf(r -> INSIGHTS.contains(r.operation())
                || r.parameters().keySet().stream().anyMatch(name -> name.equalsIgnoreCase("nextToken")));
        byEnd.sort(Comparator.comparingLong(RecordedRequest::end));
        int length = 0;
        long end = Long.MIN_VALUE;
        // Whoever takes the request that ends first each time gets the longest chain.
        for (RecordedRequest request : byEnd) {
            if (request.start() >= end) {
                length++;
                end = request.end();
            }
        }
        return length;
    }

    @Test
    void countsChainsNotRequests() {
        assertThat(longestChain(List.of(request("a", 0, 10), request("b", 5, 15), request("c", 15, 20))))
                .isEqualTo(2);
        assertThat(longestChain(List.of(request("a", 0, 10), request("GetQueryResults", 12, 15))))
                .isEqualTo(1);
    }

    private static RecordedRequest request(String operation, long start, long end) {
        return new RecordedRequest("ecs", operation, "", java.util.Map.of(), 200, "", start, end);
    }
}
