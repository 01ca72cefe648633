package io.github.eastwest.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which edge a command is about. */
final class EdgeArguments {
    @Parameters(index = "0", paramLabel = "CALLER", description = "ECS service that calls, name or ARN.")
    private String caller = "";

    @Parameters(index = "1", paramLabel = "CALLEE", description = "ECS service that is called, name or ARN.")
    private String callee = "";

    @Option(
            names = {"-c", "--cluster"},
            paramLabel = "CLUSTER",
            description = "The caller's cluster, name or ARN (live: looked for where it is not given).")
    private @Nullable String cluster;

    @Option(
            names = "--callee-cluster",
            paramLabel = "CLUSTER",
            description = "The callee's cluster, where it is another one.")
    private @Nullable String calleeCluster;

    /** That edge, with the clusters of these arguments where they name any. */
    EdgeArguments of(String callerName, String calleeName, Optional<String> known, Optional<String> knownCallee) {
        EdgeArguments other = new EdgeArguments();
        other.caller = callerName;
        other.callee = calleeName;
        other.cluster = cluster().or(() -> known).orElse(null);
        other.calleeCluster = calleeCluster().or(() -> knownCallee).orElse(null);
        return other;
    }

    String caller() {
        return caller;
    }

    String callee() {
        return callee;
    }

    Optional<String> cluster() {
        return Optional.ofNullable(cluster);
    }

    Optional<String> calleeCluster() {
        return Optional.ofNullable(calleeCluster);
    }
}
