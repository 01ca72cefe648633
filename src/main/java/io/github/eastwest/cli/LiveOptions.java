package io.github.eastwest.cli;

import io.github.eastwest.collect.AwsSettings;
import io.github.eastwest.collect.AwsSettings.Access;
import io.github.eastwest.collect.CollectRequest;
import io.github.eastwest.model.EastwestException;
import io.github.eastwest.publish.AwsAccess;
import java.lang.reflect.Field;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** How a command reaches AWS, and what that may take. The {@code AWS_*} variables and the shared files work as in the AWS CLI. */
final class LiveOptions {
    @Option(names = "--profile", paramLabel = "NAME", description = "Profile of the shared AWS configuration files.")
    private @Nullable String profile;

    @Option(names = "--region", paramLabel = "REGION", description = "AWS Region.")
    private @Nullable String region;

    @Option(
            names = "--endpoint-url",
            paramLabel = "URL",
            description = "Endpoint of all services, for tests and proxies.")
    private @Nullable String endpoint;

    @Option(
            names = "--callee-profile",
            paramLabel = "NAME",
            description = "Profile for the callee, where it lies in another account.")
    private @Nullable String calleeProfile;

    @Option(
            names = "--callee-role-arn",
            paramLabel = "ARN",
            description = "Role to assume for the callee, where it lies in another account.")
    private @Nullable String calleeRole;

    @Option(
            names = "--callee-region",
            paramLabel = "REGION",
            description = "The callee's Region, where it is another one.")
    private @Nullable String calleeRegion;

    @Option(
            names = "--metric-namespace",
            paramLabel = "NAME",
            description = "CloudWatch namespace of Service Connect's metrics (default AWS/ECS).")
    private @Nullable String metricNamespace;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "60s",
            description =
                    "How long all of the collection may take (default 60s, health 10m); what is not there by then is"
                            + " missing.")
    private String timeout = "60s";

    @Option(
            names = "--max-cost",
            paramLabel = "USD",
            defaultValue = "1",
            description = "What the collection may cost, USD (default 1); what would exceed it is not read, exit 6.")
    private String maxCost = "1";

    @Option(names = "--dry-run", description = "Print each call, the estimated volume and cost; collect nothing.")
    private boolean dryRun;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print each source and each call to standard error.")
    private boolean verbose;

    boolean dryRun() {
        return dryRun;
    }

    boolean verbose() {
        return verbose;
    }

    Optional<String> metricNamespace() {
        return Optional.ofNullable(metricNamespace);
    }

    Duration timeout() {
        return WindowOptions.duration("--timeout", timeout);
    }

    /** The cost cap, USD. */
    double maxCost() {
        double usd;
        try {
            usd = Double.parseDouble(maxCost);
        } catch (NumberFormatException none) {
            usd = Double.NaN;
        }
        if (!(usd >= 0) || usd == Double.POSITIVE_INFINITY) {
            throw usage(
                    "--max-cost " + maxCost + " is no amount of USD",
                    "Write it as 1 or 0.25; 0 allows nothing that costs.");
        }
        return usd;
    }

    /** How to reach AWS, checked as far as that goes without asking it. */
    AwsSettings settings(Map<String, String> environment) {
        Access caller = new Access(Optional.ofNullable(profile), Optional.ofNullable(region), Optional.empty());
        Access callee = new Access(
                Optional.ofNullable(calleeProfile).or(caller::profile),
                Optional.ofNullable(calleeRegion).or(caller::region),
                Optional.ofNullable(calleeRole));
        if (calleeRole != null && !calleeRole.matches("arn:[a-z-]+:iam::\\d{12}:role/.+")) {
            throw usage(
                    "--callee-role-arn " + calleeRole + " is no ARN of a role",
                    "It looks like arn:aws:iam::123456789012:role/NAME.");
        }
        return new AwsSettings(caller, callee, uri(), environment);
    }

    /** With whose credentials, and where, reports are sent: as the caller's side is read. */
    AwsAccess sinkAccess(Map<String, String> environment) {
        return new AwsAccess(Optional.ofNullable(profile), Optional.ofNullable(region), uri(), environment);
    }

    private Optional<URI> uri() {
        if (endpoint == null) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(endpoint);
            boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (web && uri.getHost() != null) {
                return Optional.of(uri);
            }
        } catch (URISyntaxException none) {
            // Told below, as what has no scheme or host.
        }
        throw usage("--endpoint-url " + endpoint + " is no http or https URL", "It looks like http://localhost:4566.");
    }

    /** The request for that edge and window. */
    CollectRequest request(EdgeArguments edge, io.github.eastwest.model.TimeWindow window, java.time.Instant now) {
        return new CollectRequest(
                edge.caller(),
                edge.callee(),
                edge.cluster(),
                edge.calleeCluster(),
                window,
                now,
                metricNamespace(),
                timeout(),
                maxCost(),
                dryRun,
                "eastwest " + Main.Version.number());
    }

    /**
     * Refuses options of live runs beside {@code --bundle}.
     *
     * @param command the command
     * @param more names of other options that only live runs have
     * @throws EastwestException of kind USAGE if one is given
     */
    static void refuse(CommandSpec command, String... more) {
        // Loops, as picocli's classes are of the oldest format: an archive of classes has no room for lambdas over
        // them.
        Set<String> given = new LinkedHashSet<>();
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            boolean ofLiveRuns =
                    option.userObject() instanceof Field field && field.getDeclaringClass() == LiveOptions.class;
            if (ofLiveRuns || List.of(more).contains(option.longestName())) {
                given.add(option.longestName());
            }
        }
        if (!given.isEmpty()) {
            throw usage(
                    "--bundle reads no AWS, so it cannot be combined with " + String.join(", ", given),
                    "Leave that away, or leave --bundle away to go to AWS.");
        }
    }

    private static EastwestException usage(String message, String hint) {
        return new EastwestException(EastwestException.Kind.USAGE, message, hint);
    }
}
