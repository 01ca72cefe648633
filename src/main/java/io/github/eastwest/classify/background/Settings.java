package io.github.eastwest.classify.background;

import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.TaskDefinition;
import io.github.eastwest.model.ecs.TaskDefinition.ContainerDefinition;
import io.github.eastwest.model.report.Background.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The settings of a service as one deployment has them, by name, each with what it is about. Values of environment variables
 * are not among them: they may be secrets.
 */
final class Settings {
    /** What a setting is about: a change of it can bring about some failures and not others. */
    enum Topic {
        IMAGE,
        RESOURCES,
        ENVIRONMENT,
        PORTS,
        HEALTH_CHECK,
        STOP,
        CONNECT,
        TIMEOUTS,
        TLS,
        SECURITY_GROUPS,
        LOGGING,
        /** What let the edge's calls through was taken away or set anew. */
        ADMISSION,
        /** What the proxies prove themselves by can no longer be used or renewed. */
        TRUST,
        FEWER_TASKS,
        MORE_TASKS,
        /** Nothing that a failure can come from. */
        OTHER
    }

    /** A setting that changed. */
    record Changed(Topic topic, Difference difference) {}

    private record Key(Topic topic, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byTopic = topic.compareTo(other.topic);
            return byTopic != 0 ? byTopic : name.compareTo(other.name);
        }
    }

    private final Map<Key, String> values = new TreeMap<>();
    private final Map<Key, String> hidden = new TreeMap<>();

    /** Those of a task definition, a Service Connect configuration and security groups, as far as they were read. */
    static Settings of(
            Optional<TaskDefinition> definition, Optional<ServiceConnect> connect, List<String> securityGroups) {
        Settings settings = new Settings();
        definition.ifPresent(settings::add);
        connect.ifPresent(settings::add);
        if (!securityGroups.isEmpty()) {
            settings.put(Topic.SECURITY_GROUPS, "security groups", String.join(", ", new TreeSet<>(securityGroups)));
        }
        return settings;
    }

    private void add(TaskDefinition definition) {
        number(Topic.RESOURCES, "task cpu units", definition.cpuUnits());
        number(Topic.RESOURCES, "task memory MiB", definition.memoryMiB());
        put(Topic.PORTS, "network mode", definition.networkMode());
        definition.containers().forEach(this::add);
    }

    private void add(ContainerDefinition container) {
        String name = container.name() + " ";
        put(Topic.IMAGE, name + "image", container.image());
        number(Topic.RESOURCES, name + "cpu units", container.limits().cpuUnits());
        number(Topic.RESOURCES, name + "memory MiB", container.limits().memoryMiB());
        number(
                Topic.RESOURCES,
                name + "memory reservation MiB",
                container.limits().memoryReservationMiB());
        number(Topic.STOP, name + "stop timeout s", container.ending().stopTimeoutSeconds());
        container
                .portMappings()
                .forEach(port -> put(
                        Topic.PORTS,
                        name + "port " + port.containerPort(),
                        port.name().orElse("unnamed") + " " + port.appProtocol().orElse(port.protocol())));
        container
                .healthCheck()
                .ifPresent(check -> put(
                        Topic.HEALTH_CHECK,
                        name + "health check",
                        String.join(" ", check.command()) + ", every " + check.intervalSeconds() + " s, timeout "
                                + check.timeoutSeconds() + " s, retries " + check.retries() + ", start period "
                                + check.startPeriodSeconds() + " s"));
        container.environment().forEach((variable, value) -> {
            put(Topic.ENVIRONMENT, name + "environment " + variable, "set");
            hidden.put(new Key(Topic.ENVIRONMENT, name + "environment " + variable), value);
        });
    }

    private void add(ServiceConnect connect) {
        put(Topic.CONNECT, "Service Connect", connect.enabled() ? "on" : "off");
        connect.namespace().ifPresent(namespace -> put(Topic.CONNECT, "namespace", namespace));
        put(Topic.LOGGING, "proxy log", connect.logConfigured() ? "configured" : "none");
        connect.accessLogFormat().ifPresent(format -> put(Topic.LOGGING, "access log", format));
        for (ServiceConnect.Endpoint endpoint : connect.endpoints()) {
            String name = "endpoint " + endpoint.portName() + " ";
            put(Topic.CONNECT, name + "discovery name", endpoint.discoveryName());
            put(
                    Topic.CONNECT,
                    name + "alias",
                    endpoint.aliases().stream()
                            .map(a -> a.dnsName().orElse("default name") + ":" + a.port())
                            .collect(Collectors.joining(", ")));
            number(Topic.PORTS, name + "ingress port", endpoint.ingressPort());
            number(Topic.TIMEOUTS, name + "perRequestTimeoutSeconds", endpoint.requestTimeoutSeconds());
            number(Topic.TIMEOUTS, name + "idleTimeoutSeconds", endpoint.idleTimeoutSeconds());
            put(
                    Topic.TLS,
                    name + "TLS",
                    endpoint.tls()
                            .map(t -> "on, " + t.authority().orElse("no authority"))
                            .orElse("off"));
        }
    }

    private void put(Topic topic, String name, String value) {
        if (!value.isEmpty()) {
            values.put(new Key(topic, name), value);
        }
    }

    private void number(Topic topic, String name, OptionalInt value) {
        value.ifPresent(number -> put(topic, name, Integer.toString(number)));
    }

    /** What differs in the later settings, in order of topic and name. */
    List<Changed> changedIn(Settings later) {
        Set<Key> keys = new TreeSet<>(values.keySet());
        keys.addAll(later.values.keySet());
        List<Changed> changed = new ArrayList<>();
        for (Key key : keys) {
            Optional<String> before = Optional.ofNullable(values.get(key));
            Optional<String> after = Optional.ofNullable(later.values.get(key));
            boolean otherValue =
                    !Optional.ofNullable(hidden.get(key)).equals(Optional.ofNullable(later.hidden.get(key)));
            if (!before.equals(after)) {
                changed.add(new Changed(key.topic(), new Difference(key.name(), before, after)));
            } else if (otherValue) {
                changed.add(new Changed(
                        key.topic(), new Difference(key.name(), before, Optional.of("set to another value"))));
            }
        }
        return changed;
    }
}
