package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Snapshot;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** What must hold for every bundle, whoever made it. */
final class BundleFuzzing {
    /** Of processor time. Inputs are a few KiB: milliseconds, were the work linear. */
    private static final Duration MOST = Duration.ofSeconds(5);

    static {
        // The first reading loads and instruments the classes.
        BundleFiles.small().read();
    }

    private BundleFuzzing() {}

    /** Reads it: no fault but the declared one, and in bounded time. */
    static Optional<Snapshot> read(Supplier<Bundle> opening) throws IOException {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        try (Bundle bundle = opening.get()) {
            return Optional.of(SnapshotReader.read(bundle, Request.edge("label-printer", "address-check")));
        } catch (EastwestException declared) {
            assertThat(declared.kind()).isEqualTo(EastwestException.Kind.USAGE);
            return Optional.empty();
        } finally {
            long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            assertThat(Duration.ofNanos(end - start)).isLessThan(MOST);
        }
    }
}
