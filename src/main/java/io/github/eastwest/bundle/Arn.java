package io.github.eastwest.bundle;

import java.util.Optional;

/** The parts of an ARN's resource that name things; a bare name stands for itself. */
public final class Arn {
    private Arn() {}

    /** The last part: {@code …:cluster/prod} → {@code prod}. */
    public static String name(String arn) {
        return arn.substring(arn.lastIndexOf('/') + 1);
    }

    /** The service of {@code …:service/prod/payments}, {@code …:service-deployment/prod/payments/id} and the like. */
    public static String service(String arn) {
        String[] parts = resource(arn);
        if (parts.length > 1 && !parts[0].equals("service")) {
            return parts.length > 2 ? parts[2] : "";
        }
        return parts[parts.length - 1];
    }

    /** The cluster of {@code …:service/prod/payments}; empty where the ARN has the old form without cluster. */
    public static Optional<String> cluster(String arn) {
        String[] parts = resource(arn);
        return parts.length > 2 && !parts[1].isEmpty() ? Optional.of(parts[1]) : Optional.empty();
    }

    /** {@code family:revision}. */
    public static String taskDefinition(String arn) {
        return name(arn);
    }

    /** The region; empty for a bare name. */
    public static Optional<String> region(String arn) {
        return part(arn, 3);
    }

    /** The account; empty for a bare name. */
    public static Optional<String> account(String arn) {
        return part(arn, 4);
    }

    private static Optional<String> part(String arn, int index) {
        String[] parts = arn.split(":", 6);
        return parts.length == 6 && parts[0].equals("arn") && !parts[index].isEmpty()
                ? Optional.of(parts[index])
                : Optional.empty();
    }

    private static String[] resource(String arn) {
        return (arn.startsWith("arn:") ? arn.substring(arn.lastIndexOf(':') + 1) : arn).split("/", -1);
    }
}
