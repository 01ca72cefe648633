package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.collect.Collected;
import io.github.eastwest.collect.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** CloudTrail answers two lookups per second: those that come too soon are made again until they are answered. */
class ThrottledLookupsTest {
    @Test
    void lookupsThatAreThrottledAreMadeAgain() throws InterruptedException {
        Incident incident = Incident.sample("parcel-customs");
        try (AwsEndpoint endpoint = incident.serve(Settings.DEFAULT)) {
            endpoint.fault(Operation.LOOKUP_EVENTS, Fault.throttled().times(5));

            Collected collected = incident.collect(endpoint, Duration.ofSeconds(60));

            List<RecordedRequest> lookups = endpoint.requests().stream()
                    .filter(r -> r.operation().equals("LookupEvents"))
                    .toList();
            List<Map<String, Object>> asked = lookups.stream()
                    .filter(r -> r.status() == 200)
                    .map(RecordedRequest::parameters)
                    .toList();
            assertThat(lookups).filteredOn(r -> r.status() != 200).hasSize(5);
            assertThat(asked).doesNotHaveDuplicates().hasSize(lookups.size() - 5);
            assertThat(ServedBundle.of(collected.bundle().files()).items("cloudtrail/lookup-events", "Events"))
                    .isNotEmpty();
        }
    }
}
