package io.github.eastwest.cli;

import io.github.eastwest.bundle.Bundle;
import io.github.eastwest.bundle.BundleStore;
import io.github.eastwest.bundle.Redaction;
import io.github.eastwest.model.EastwestException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether and how a command keeps the bundle. */
final class SaveOptions {
    @Option(
            names = "--save",
            paramLabel = "PATH",
            description = "Keep the bundle in a new directory, or in a new .zip file; nothing is overwritten.")
    private @Nullable Path target;

    @Option(
            names = "--redact",
            description =
                    "With --save: replace accounts, addresses, host names, values in paths, request ids, people and"
                            + " secrets by tokens. What they stand for is kept beside it, in PATH.redaction-map.json.")
    private boolean redact;

    Optional<Path> target() {
        return Optional.ofNullable(target);
    }

    /** Fails before anything is collected where saving would fail afterwards. */
    void check() {
        if (target == null) {
            if (redact) {
                throw new EastwestException(
                        EastwestException.Kind.USAGE,
                        "--redact needs --save: the report itself is not redacted",
                        "Save a redacted bundle with --save PATH --redact, then diagnose that one.");
            }
            return;
        }
        if (redact) {
            Redaction.check(target);
        } else {
            BundleStore.check(target);
        }
    }

    /** Saves the bundle, if that is wanted. */
    void save(Bundle bundle, Console console) {
        if (target == null) {
            return;
        }
        if (redact) {
            int values =
                    Redaction.save(bundle, target, console.world().secrets().apply(Redaction.KEY_BYTES))
                            .values()
                            .stream()
                            .mapToInt(Integer::intValue)
                            .sum();
            console.err()
                    .println("eastwest: redacted bundle saved to " + target + ", " + values
                            + " values replaced; what stands for what: "
                            + Redaction.map(target).getFileName() + " beside it (keep that one)");
        } else {
            BundleStore.save(bundle, target);
            console.err().println("eastwest: bundle saved to " + target);
        }
    }
}
