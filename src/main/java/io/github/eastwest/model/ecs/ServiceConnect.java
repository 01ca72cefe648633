package io.github.eastwest.model.ecs;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A deployment's Service Connect configuration.
 *
 * @param enabled whether its tasks have a proxy
 * @param namespace Cloud Map namespace, name or ARN as configured; empty when inherited
 * @param endpoints what it offers; empty for a client-only service
 * @param logGroup CloudWatch log group of the proxy's log; empty when the log driver is another one
 * @param logConfigured whether the proxy's log goes anywhere
 * @param accessLogFormat TEXT or JSON; empty when access logs are off
 */
public record ServiceConnect(
        boolean enabled,
        Optional<String> namespace,
        List<Endpoint> endpoints,
        Optional<String> logGroup,
        boolean logConfigured,
        Optional<String> accessLogFormat) {
    public ServiceConnect {
        endpoints = List.copyOf(endpoints);
    }

    /**
     * One offered endpoint ({@code services[]}).
     *
     * @param portName name of a port mapping of the task definition
     * @param discoveryName Cloud Map service name; defaults to the port name
     * @param aliases names and ports that callers use; empty means {@code <discoveryName>.<namespace>} and the container port
     * @param ingressPort {@code ingressPortOverride}
     * @param requestTimeoutSeconds {@code perRequestTimeoutSeconds}; 0 is off; empty is the default of 15 s
     * @param idleTimeoutSeconds 0 is off; empty is the default of 5 min (HTTP) or 1 h (TCP)
     * @param tls how the connection between the proxies is encrypted; empty when it is plain
     */
    public record Endpoint(
            String portName,
            String discoveryName,
            List<Alias> aliases,
            OptionalInt ingressPort,
            OptionalInt requestTimeoutSeconds,
            OptionalInt idleTimeoutSeconds,
            Optional<Tls> tls) {
        public Endpoint {
            aliases = List.copyOf(aliases);
        }
    }

    /**
     * Encryption between the proxies.
     *
     * @param authority ARN of the private certificate authority that issues the certificates
     */
    public record Tls(Optional<String> authority) {}

    /**
     * A name and port under which callers reach an endpoint.
     *
     * @param dnsName host name; empty means the default {@code <discoveryName>.<namespace>}
     * @param port port in the caller's task
     */
    public record Alias(Optional<String> dnsName, int port) {}
}
