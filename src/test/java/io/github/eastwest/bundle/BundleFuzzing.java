package io.github.eastwest.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eastwest.model.EastwestException;
import io.github.eastwest.model.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** What must hold for every bundle, whoever made it. */
final class BundleFuzzing {
    /** Inputs are a few KiB: milliseconds, were the work linear. */
    private static final Duration MOST = Duration.ofSeconds(10);

    private BundleFuzzing() {}

    /** Reads it: no fault but the declared one, and in bounded time. */
    static Optional<Snapshot> read(Supplier<Bundle> opening) throws IOException {
        long start = System.nanoTime();
        try (Bundle bundle = opening.get()) {
            return Optional.of(SnapshotReader.read(bundle, Request.edge("label-printer", "address-check")));
        } catch (EastwestException declared) {
            assertThat(declared.kind()).isEqualTo(EastwestException.Kind.USAGE);
            return Optional.empty();
        } finally {
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(MOST);
        }
    }
}
