package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.TrafficView.Tally;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.classify.rules.CallerAddresses.Address;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * EW104: callers reach an endpoint only under its client alias, name and port; the discovery name, the service name or the
 * container port are other things. A wrong name is unknown to the caller's task (no call ever reaches its proxy); a wrong
 * host header or port that does reach the proxy is answered 404 with no body and no host.
 *
 * <p>Evidence: the caller's proxy found no route for an authority that resembles the callee's name; an environment variable
 * of the caller names the callee with another name or port; or, with everything else in order, no call arrives while the
 * caller's own application fails.
 */
final class AliasMismatch implements Rule {
    private static final long MINIMUM = 3;

    @Override
    public RootCause cause() {
        return RootCause.ALIAS_MISMATCH;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(
                Input.CLUSTERS,
                Input.TASK_DEFINITIONS,
                Input.TASKS,
                Input.NAMESPACES,
                Input.CLOUD_MAP_SERVICES,
                Input.CALLER_LOGS,
                Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        List<String> aliases = Symptoms.aliases(facts);
        if (aliases.isEmpty()) {
            return Examination.excluded("the callee advertises no endpoint, so no name can be wrong");
        }
        Optional<TrafficView> traffic = facts.traffic();
        Map<String, Long> unrouted = unrouted(traffic);
        long lost = unrouted.values().stream().mapToLong(Long::longValue).sum();
        List<String> wrong = wrongAddresses(facts, aliases);
        boolean noCalls = traffic.isPresent()
                && traffic.get().callerCounts()
                && traffic.get().requests() == 0;
        Draft draft = Draft.of(cause());
        String used = !unrouted.isEmpty() ? String.join(", ", unrouted.keySet()) : String.join(", ", wrong);
        draft.summary(facts.edge().label() + ": the caller uses "
                + (used.isEmpty() ? "a name that its tasks do not know" : used) + ", the callee answers to "
                + String.join(", ", aliases));
        if (lost >= MINIMUM) {
            draft.evidence(
                    Weight.DECISIVE,
                    Input.CALLER_LOGS,
                    Words.count(lost, "request") + " for " + String.join(", ", unrouted.keySet())
                            + " ended in the caller's proxy with 404, no host and no body: no route for that name",
                    used,
                    String.join(", ", aliases));
            traffic.ifPresent(t -> draft.explains(t.in(Condition.NO_ROUTE)));
        }
        if (!wrong.isEmpty()) {
            draft.evidence(
                    noCalls ? Weight.STRONG : Weight.MEDIUM,
                    Input.TASK_DEFINITIONS,
                    "the caller's task definition names the callee as " + String.join(", ", wrong) + "; its alias is "
                            + String.join(", ", aliases),
                    String.join(", ", wrong),
                    String.join(", ", aliases));
        }
        if (noCalls) {
            Tally inbound = facts.callerInbound();
            if (inbound.failed() >= MINIMUM && !otherwiseKept(facts)) {
                // Where the caller's settings were not read, more than its name can be wrong.
                draft.evidence(
                        facts.has(Input.TASK_DEFINITIONS) ? Weight.STRONG : Weight.MEDIUM,
                        Input.CALLER_LOGS,
                        "no call to the alias reached the caller's proxies, while the caller's application failed "
                                + Words.of(inbound.failed(), inbound.total(), "request")
                                + " and endpoint, namespace and deployment order are right");
            } else {
                draft.evidence(
                        Weight.WEAK,
                        Input.CALLER_LOGS,
                        "no call to the alias reached the caller's proxies",
                        "0 calls",
                        "");
            }
        } else if (traffic.isPresent() && !traffic.get().successes().isEmpty()) {
            draft.against(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    Words.count(
                                    traffic.get().requests()
                                            - traffic.get().failures().size(),
                                    "call") + " under the right name were answered");
        }
        if (lost == 0 && wrong.isEmpty() && traffic.isEmpty()) {
            return Examination.unknown(Input.CALLER_LOGS);
        }
        draft.confirm(
                        "aws ecs describe-services " + facts.calleeArguments()
                                + " --query 'services[0].deployments[?status==`PRIMARY`].serviceConnectConfiguration.services[].clientAliases[]'",
                        "the name or port that the caller uses is not among the aliases",
                        "it is; then compare the namespaces and the order of deployments",
                        Checks.noSuchAlias(
                                unrouted.isEmpty() ? new TreeSet<>(wrong) : new TreeSet<>(unrouted.keySet())))
                .fix("Let the caller use " + String.join(" or ", aliases) + ".", "A deployment of the caller.")
                .fix(
                        "Or give the endpoint the alias that the callers use, then redeploy the callers.",
                        "Callers of the old alias lose it: an endpoint has one alias.");
        return Examination.of(draft, facts, "no request used another name of the callee", Input.CALLER_LOGS);
    }

    /** Whether the caller's deployment is older than the endpoint, which is another cause of unknown names. */
    private static boolean stale(Facts facts) {
        Optional<Instant> deployed = facts.caller().flatMap(Service::primary).flatMap(Deployment::createdAt);
        return deployed.isPresent()
                && facts.discoveryServices().stream()
                        .filter(s -> facts.discoveryNames().contains(s.name()))
                        .flatMap(s -> s.createdAt().stream())
                        .anyMatch(at -> at.isAfter(deployed.get()));
    }

    /** Names without route, with their number of requests. */
    private static Map<String, Long> unrouted(Optional<TrafficView> traffic) {
        Map<String, Long> names = new TreeMap<>();
        traffic.ifPresent(t -> t.at(t.in(Condition.NO_ROUTE)).forEach(o -> {
            String authority = o.call().line().request().authority();
            names.merge(authority == null ? "-" : authority, 1L, Long::sum);
        }));
        return names;
    }

    private static String host(String authority) {
        int end = authority.indexOf(':');
        String host = end < 0 ? authority : authority.substring(0, end);
        int dot = host.indexOf('.');
        return dot < 0 ? host : host.substring(0, dot);
    }

    /** Addresses in the caller's environment that mean the callee but are none of its aliases. */
    private static List<String> wrongAddresses(Facts facts, List<String> aliases) {
        // A name of the callee's service registry is another name for its tasks: a wrong way, but no wrong name.
        Set<String> registry = DirectCalls.registryNames(facts);
        boolean unknownRegistry = registry.isEmpty()
                && facts.callee()
                        .filter(s -> !s.routing().registryIds().isEmpty())
                        .isPresent();
        if (unknownRegistry) {
            return List.of();
        }
        return CallerAddresses.of(facts).stream()
                .filter(a -> facts.discoveryNames().stream()
                        .anyMatch(n -> host(a.host()).equals(n.toLowerCase(Locale.ROOT))))
                .filter(a -> !registry.contains(a.host()) && !matches(a.host(), a.port(), aliases))
                .map(Address::words)
                .toList();
    }

    /** Whether something else than its name keeps the caller from calling the alias. */
    private static boolean otherwiseKept(Facts facts) {
        Optional<Service> caller = facts.caller();
        Optional<Service> callee = facts.callee();
        boolean off = caller.flatMap(Service::serviceConnect)
                .filter(ServiceConnect::enabled)
                .isEmpty();
        boolean sameNamespace = caller.isPresent()
                && callee.isPresent()
                && Namespaces.relation(facts, caller.get(), callee.get()) == Namespaces.Relation.SAME;
        Set<String> registry = DirectCalls.registryNames(facts);
        DirectCalls calls = new DirectCalls(facts);
        return off
                || !sameNamespace
                || stale(facts)
                || !Ipv6AliasUnreachable.preferences(facts).isEmpty()
                || !calls.proven(a -> true).isEmpty()
                || !calls.named(a -> registry.contains(DirectCalls.host(a))).isEmpty()
                || CallerAddresses.of(facts).stream()
                        .anyMatch(a -> registry.contains(a.host())
                                || DirectCalls.calleeAddresses(facts).contains(a.host()));
    }

    private static boolean matches(String host, String port, List<String> aliases) {
        for (String alias : aliases) {
            int colon = alias.lastIndexOf(':');
            String aliasHost = (colon < 0 ? alias : alias.substring(0, colon)).toLowerCase(Locale.ROOT);
            String aliasPort = colon < 0 ? "" : alias.substring(colon + 1);
            if (aliasHost.equals(host) && (port.isEmpty() || aliasPort.isEmpty() || port.equals(aliasPort))) {
                return true;
            }
        }
        return false;
    }
}
