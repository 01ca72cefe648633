package io.github.eastwest.collect;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** AWS for the confirm steps: configuration and state are read again; logs and metrics of a window do not change. */
final class Rereading implements Aws {
    private static final Set<String> SERVICES = Set.of("ecs", "ec2", "servicediscovery", "sts");

    private final Aws aws;

    Rereading(Aws aws) {
        this.aws = aws;
    }

    /** Whether a call is made. */
    static boolean makes(Call call) {
        return SERVICES.contains(call.operation().service());
    }

    @Override
    public Answer call(Call call, Duration within) throws AwsFailure, InterruptedException {
        return makes(call) ? aws.call(call, within) : new Answer(Map.of(), Optional.empty(), 1);
    }

    @Override
    public void close() {
        // The one behind belongs to whoever made it.
    }
}
