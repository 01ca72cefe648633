package io.github.eastwest.model.history;

import io.github.eastwest.model.network.Network.SecurityGroupRule;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An API call, or an event of a service, that CloudTrail noted and that was not refused and not a read.
 *
 * @param id the event's id
 * @param at when it was made, UTC; CloudTrail notes whole seconds
 * @param service the service's prefix: {@code ec2}, {@code ecs}, {@code secretsmanager}
 * @param name what was called: {@code RevokeSecurityGroupIngress}
 * @param actor who made it: the identity's ARN from its resource part on, or the service that acted by itself; empty when
 *     not told
 * @param targets ids, names or ARNs of what it changed; those that it only mentions, as a rule's source, are not among them
 * @param rules the security-group rules it added, removed or set; empty where it is about none, or does not say which
 * @param parameters plain values of the request that tell what was set, by name
 */
public record TrailEvent(
        String id,
        Instant at,
        String service,
        String name,
        String actor,
        List<String> targets,
        List<SecurityGroupRule> rules,
        Map<String, String> parameters) {
    public TrailEvent {
        targets = List.copyOf(targets);
        rules = List.copyOf(rules);
        parameters = Map.copyOf(parameters);
    }

    /** A value of the request. */
    public Optional<String> parameter(String parameter) {
        return Optional.ofNullable(parameters.get(parameter));
    }

    /** Whether it is that call of that service. */
    public boolean is(String ofService, String... names) {
        return service.equals(ofService) && List.of(names).contains(name);
    }
}
