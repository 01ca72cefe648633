package io.github.eastwest.collect;

import io.github.eastwest.model.Coverage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a service's proxies log to.
 *
 * @param group log group
 * @param region Region of the group; empty for the service's own
 * @param streamPrefix how the names of the proxies' streams begin: the configured prefix and the proxy's container
 * @param format TEXT or JSON; empty when the proxies write no access log
 */
record LogTarget(String group, String region, String streamPrefix, String format) {
    private static final String PROXY = "/ecs-service-connect-";

    /** Why there is nothing to read. */
    record Nowhere(Coverage.State state, String why) {}

    /**
     * All targets of a service's deployments, PRIMARY's first.
     *
     * @param nowhere receives why there is none
     */
    static List<LogTarget> of(String name, Optional<EcsService> service, List<Nowhere> nowhere) {
        if (service.isEmpty()) {
            nowhere.add(new Nowhere(Coverage.State.NOT_COLLECTED, "the configuration of " + name + " was not read"));
            return List.of();
        }
        List<Field> configurations = service.get().serviceConnect();
        if (configurations.isEmpty()) {
            nowhere.add(
                    new Nowhere(Coverage.State.NOT_CONFIGURED, "service " + name + " has no Service Connect proxy"));
            return List.of();
        }
        Set<LogTarget> targets = new LinkedHashSet<>();
        Set<String> reasons = new LinkedHashSet<>();
        boolean configured = false;
        for (Field configuration : configurations) {
            Field log = configuration.at("logConfiguration");
            configured |= log.isObject();
            Optional<LogTarget> target = of(configuration, service.get());
            target.ifPresent(targets::add);
            if (target.isEmpty() && log.isObject()) {
                String driver = log.at("logDriver").textOrEmpty();
                reasons.add(
                        driver.equals("awslogs")
                                ? "awslogs-group or awslogs-stream-prefix is not set for the proxy of " + name
                                : "the proxy of " + name + " logs to " + driver + ", not to CloudWatch Logs");
            }
        }
        if (!configured) {
            nowhere.add(new Nowhere(
                    Coverage.State.NOT_CONFIGURED,
                    "the Service Connect proxy of " + name + " has no log configuration"));
        }
        reasons.forEach(reason -> nowhere.add(new Nowhere(Coverage.State.NOT_COLLECTED, reason)));
        return new ArrayList<>(targets);
    }

    private static Optional<LogTarget> of(Field configuration, EcsService service) {
        Field log = configuration.at("logConfiguration");
        Field options = log.at("options");
        Optional<String> group = options.at("awslogs-group").text();
        Optional<String> prefix = options.at("awslogs-stream-prefix").text();
        if (!log.at("logDriver").textOrEmpty().equals("awslogs") || group.isEmpty() || prefix.isEmpty()) {
            return Optional.empty();
        }
        String region = options.at("awslogs-region")
                .text()
                .filter(named -> !service.region().equals(Optional.of(named)))
                .orElse("");
        return Optional.of(new LogTarget(
                group.get(),
                region,
                prefix.get() + PROXY,
                configuration.at("accessLogConfiguration").at("format").textOrEmpty()));
    }
}
