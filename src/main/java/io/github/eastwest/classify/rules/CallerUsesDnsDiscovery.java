package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.classify.rules.CallerAddresses.Address;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.log.AccessLogEntry;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * EW106: the callee is also registered for DNS discovery ({@code serviceRegistries}), and the caller dials that name: its
 * application gets the tasks' own addresses and calls them past its proxy. Resolvers and connection pools keep addresses
 * of tasks that are gone: after each deployment and scale-in calls fail, and no proxy has a line of them.
 */
final class CallerUsesDnsDiscovery implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.CALLER_USES_DNS_DISCOVERY;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(
                Input.TASK_DEFINITIONS,
                Input.TASKS,
                Input.NAMESPACES,
                Input.CLOUD_MAP_SERVICES,
                Input.CALLER_LOGS,
                Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<Service> callee = facts.callee();
        if (callee.isEmpty()) {
            return Examination.unknown(Input.SERVICES);
        }
        if (facts.endpoints().isEmpty()) {
            return Examination.excluded("the callee offers no Service Connect endpoint to use instead");
        }
        if (callee.get().routing().registryIds().isEmpty()) {
            return Examination.excluded("the callee has no service registry: DNS knows none of its tasks");
        }
        Set<String> names = DirectCalls.registryNames(facts);
        if (names.isEmpty()) {
            return Examination.unknown(
                    facts.has(Input.CLOUD_MAP_SERVICES) ? Input.NAMESPACES : Input.CLOUD_MAP_SERVICES);
        }
        List<String> told = CallerAddresses.of(facts).stream()
                .filter(a -> names.contains(a.host()))
                .map(Address::words)
                .toList();
        DirectCalls calls = new DirectCalls(facts);
        List<AccessLogEntry> named = calls.named(a -> names.contains(DirectCalls.host(a)));
        List<AccessLogEntry> proven = calls.proven(a -> names.contains(DirectCalls.host(a)));
        if (told.isEmpty() && named.isEmpty()) {
            return facts.has(Input.TASK_DEFINITIONS)
                    ? Bypasses.unseen(
                            facts, "neither the caller's environment nor a request names " + String.join(", ", names))
                    : Examination.unknown(Input.TASK_DEFINITIONS);
        }
        Draft draft = Draft.of(cause());
        if (!told.isEmpty()) {
            draft.evidence(
                    Weight.STRONG,
                    Input.TASK_DEFINITIONS,
                    "the caller's task definition names the callee as " + String.join(", ", told)
                            + ", a DNS name of its service registry",
                    String.join(", ", told),
                    String.join(", ", Symptoms.aliases(facts)));
        }
        if (!proven.isEmpty()) {
            draft.evidence(
                    Weight.DECISIVE,
                    Input.CALLEE_LOGS,
                    Words.count(proven.size(), "request")
                            + " of this caller under that name reached the callee's proxies"
                            + " without a line of the caller's",
                    Words.count(proven.size(), "request"),
                    "");
        } else if (!named.isEmpty()) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLEE_LOGS,
                    Words.count(named.size(), "request") + " under "
                            + String.join(", ", DirectCalls.authorities(named).keySet())
                            + " reached the callee's proxies past a caller's proxy",
                    Words.count(named.size(), "request"),
                    "");
        }
        long failed = Bypasses.judge(facts, calls, draft);
        draft.summary(facts.edge().label() + ": the caller dials " + String.join(", ", names)
                + ", the callee's Cloud Map DNS name, and so its tasks' own addresses past the proxy"
                + (failed > 0 ? "; it failed " + Words.count(failed, "request") + " of its own meanwhile" : ""));
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-services " + facts.calleeArguments()
                                        + " --query 'services[0].{dns:serviceRegistries,connect:deployments[?status==`PRIMARY`].serviceConnectConfiguration.services[].clientAliases[]}'",
                                "dns names a registry, and the caller's URL holds that registry's name instead of an alias",
                                "the caller's URL holds an alias")
                        .confirm(
                                LogCommands.query(
                                        facts,
                                        Side.CALLEE,
                                        "filter ispresent(authority) and upstream_host like /^127/ | stats count(*) by authority"),
                                "requests arrive under " + String.join(", ", names),
                                "they all arrive under an alias")
                        .fix(
                                "Let the caller use " + String.join(" or ", Symptoms.aliases(facts))
                                        + " and deploy it.",
                                "The caller must be in the endpoint's namespace and newer than it (EW103, EW102).")
                        .fix(
                                "Until then: a short DNS cache in the client (networkaddress.cache.ttl=5) and connections that do not live for ever.",
                                "More lookups; calls in the first seconds after a deployment still fail.")
                        .fix(
                                "Lasting: take the service registry away once nobody dials it.",
                                "Whoever still does loses the name: look at the callee's authorities first."),
                "the caller reaches the callee by its alias");
    }
}
