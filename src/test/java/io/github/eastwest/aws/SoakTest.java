package io.github.eastwest.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.eastwest.collect.Operation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many live diagnoses in one process leave nothing behind: no thread, no connection, no memory. */
class SoakTest {
    /** The sample with the fewest lines among those with a fault. */
    private static final Incident INCIDENT = Incident.sample("branch-statements");

    private static final int DIAGNOSES = 200;

    /** Diagnoses at once. */
    private static final int AT_ONCE = 4;

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
    void leavesNoThreadNoConnectionAndNoMemoryBehind() throws Exception {
        try (AwsEndpoint standard = INCIDENT.serve(Settings.DEFAULT);
                AwsEndpoint infrequent =
                        INCIDENT.serve(Settings.DEFAULT.withInfrequentAccess().withInsightsPolls(0))) {
            assumeTrue(standard.openConnections().isPresent(), "a system that lists its connections");
            diagnose(WARM_UP, standard, infrequent);
            settle(() -> workers() == 0);
            long threads = clientThreads();
            long bytes = usedAfterCollection();

            diagnose(DIAGNOSES - WARM_UP, standard, infrequent);
            settle(() -> workers() == 0 && connections(standard, infrequent) <= CONNECTIONS);

            assertThat(workers()).isZero();
            assertThat(clientThreads()).isLessThanOrEqualTo(threads + THREADS);
            assertThat(connections(standard, infrequent)).isLessThanOrEqualTo(CONNECTIONS);
            assertThat(usedAfterCollection() - bytes).isLessThan(BYTES);
        }
    }

    /** Some diagnoses, several at once; every fourth by Logs Insights, every tenth with a connection that is cut. */
    private static void diagnose(int times, AwsEndpoint standard, AwsEndpoint infrequent) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<Integer>> exits = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                AwsEndpoint endpoint = i % 4 == 3 ? infrequent : standard;
                boolean cut = i % 10 == 0;
                exits.add(pool.submit(() -> {
                    endpoint.fault(Operation.DESCRIBE_ALARMS, Fault.cut().times(cut ? 1 : 0));
                    int exit = LiveReplayTest.run(INCIDENT, endpoint, "diagnose", List.of("-o", "json"))
                            .exit();
                    endpoint.forgetRequests();
                    return exit;
                }));
            }
            for (Future<Integer> exit : exits) {
                assertThat(exit.get()).isEqualTo(3);
            }
        } finally {
            pool.shutdown();
            assertThat(pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
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
