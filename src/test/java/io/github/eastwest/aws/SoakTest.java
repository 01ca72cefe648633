package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.eastwest.collect.Operation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many live diagnoses in one process leave nothing behind: no thread, no connection, no memory. */
class SoakTest {
    private static final int DIAGNOSES = 200;

    /** After so many, everything is loaded and every cache is full that may fill. */
    private static final int WARM_UP = 40;

    /** What a diagnosis that leaked anything would leave of 160 at least, divided by ten. */
    private static final int THREADS = 16;

    /** The JDK keeps five idle connections to a host for some seconds, for two endpoints. */
    private static final int CONNECTIONS = 10;

    /** Less than 64 KiB for each of 160 diagnoses; one diagnosis handles a megabyte of answers. */
    private static final long BYTES = 10L << 20;

    /** Idle threads and connections end by themselves within so many seconds. */
    private static final int SETTLING_SECONDS = 20;

    @Test
    @Timeout(180)
    void leavesNoThreadNoConnectionAndNoMemoryBehind() throws IOException, InterruptedException {
        Incident lines = Incident.sample("monitor-geocoder");
        try (AwsEndpoint standard = lines.serve(Settings.DEFAULT);
                AwsEndpoint infrequent =
                        lines.serve(Settings.DEFAULT.withInfrequentAccess().withInsightsPolls(0))) {
            assumeTrue(standard.openConnections().isPresent(), "a system that lists its connections");
            long threads = 0;
            long bytes = 0;
            for (int i = 0; i < DIAGNOSES; i++) {
                if (i == WARM_UP) {
                    settle(() -> workers() == 0);
                    threads = clientThreads();
                    bytes = usedAfterCollection();
                }
                AwsEndpoint endpoint = i % 4 == 3 ? infrequent : standard;
                // Every tenth run meets a connection that ends within an answer.
                endpoint.fault(Operation.DESCRIBE_ALARMS, Fault.cut().times(i % 10 == 0 ? 1 : 0));
                assertThat(LiveReplayTest.run(lines, endpoint, "diagnose", List.of("-o", "json"))
                                .exit())
                        .isEqualTo(3);
                endpoint.forgetRequests();
            }
            long before = threads;
            settle(() -> workers() == 0 && connections(standard, infrequent) <= CONNECTIONS);

            assertThat(workers()).isZero();
            assertThat(clientThreads()).isLessThanOrEqualTo(before + THREADS);
            assertThat(connections(standard, infrequent)).isLessThanOrEqualTo(CONNECTIONS);
            assertThat(usedAfterCollection() - bytes).isLessThan(BYTES);
        }
    }

    private static void settle(BooleanSupplier settled) throws InterruptedException {
        for (int i = 0; i < 10 * SETTLING_SECONDS && !settled.getAsBoolean(); i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** Threads of our own. */
    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("(eastwest-aws|collect)-\\d+"))
                .count();
    }

    private static long clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.getName().startsWith(AwsEndpoint.THREADS))
                .count();
    }

    private static long connections(AwsEndpoint... endpoints) {
        long count = 0;
        for (AwsEndpoint endpoint : endpoints) {
            try {
                count += endpoint.openConnections().orElseThrow();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
        return count;
    }

    /** Bytes on the heap that are in use; the least of several collections, as one may leave what another takes. */
    private static long usedAfterCollection() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(50);
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
