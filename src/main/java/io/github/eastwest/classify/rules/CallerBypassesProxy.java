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
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * EW107: the caller dials an address of one of the callee's tasks, a load balancer, or a port of its own task, instead of
 * the alias: an alias resolves to 127.255.x.y, every other address leaves past the proxy. Such calls have no caller line,
 * no retry and no Service Connect metric, and end when the task behind the address is replaced.
 */
final class CallerBypassesProxy implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.CALLER_BYPASSES_PROXY;
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
        Set<String> addresses = DirectCalls.calleeAddresses(facts);
        Set<String> ports = new TreeSet<>();
        facts.calleePorts().forEach(p -> ports.add(Integer.toString(p)));
        boolean balanced = callee.get().routing().loadBalancers();
        List<String> told = CallerAddresses.of(facts).stream()
                .filter(a -> addresses.contains(a.host())
                        || balanced && a.host().endsWith(".elb.amazonaws.com")
                        || isLoopback(a.host()) && ports.contains(a.port()))
                .map(Address::words)
                .toList();
        Set<String> dns = DirectCalls.registryNames(facts);
        Predicate<String> past = authority -> {
            String host = DirectCalls.host(authority);
            return addresses.contains(host) || host.endsWith(".elb.amazonaws.com");
        };
        DirectCalls calls = new DirectCalls(facts);
        // Any name will do where the request is this caller's beyond doubt.
        List<AccessLogEntry> proven = calls.proven(a -> !dns.contains(DirectCalls.host(a)));
        List<AccessLogEntry> named = calls.named(past);
        if (told.isEmpty() && proven.isEmpty() && named.isEmpty()) {
            return !facts.has(Input.TASK_DEFINITIONS) && facts.traffic().isEmpty()
                    ? Examination.unknown(Input.TASK_DEFINITIONS, Input.CALLEE_LOGS)
                    : Bypasses.unseen(
                            facts,
                            "neither the caller's environment nor a request at the callee names a task's address or a load balancer");
        }
        Draft draft = Draft.of(cause());
        if (!told.isEmpty()) {
            draft.evidence(
                    Weight.STRONG,
                    Input.TASK_DEFINITIONS,
                    "the caller's task definition names " + String.join(", ", told) + ", which is no alias",
                    String.join(", ", told),
                    String.join(", ", Symptoms.aliases(facts)));
        }
        if (!proven.isEmpty()) {
            draft.evidence(
                    Weight.DECISIVE,
                    Input.CALLEE_LOGS,
                    Words.count(proven.size(), "request") + " of this caller reached the callee's proxies under "
                            + String.join(", ", DirectCalls.authorities(proven).keySet())
                            + " without a line of the caller's proxy",
                    Words.count(proven.size(), "request"),
                    "");
        } else if (!named.isEmpty()) {
            draft.evidence(
                    Weight.WEAK,
                    Input.CALLEE_LOGS,
                    Words.count(named.size(), "request") + " reached the callee's proxies under "
                            + String.join(", ", DirectCalls.authorities(named).keySet())
                            + "; nothing tells whose",
                    Words.count(named.size(), "request"),
                    "");
        }
        long failed = Bypasses.judge(facts, calls, draft);
        draft.summary(facts.edge().label() + ": the caller dials "
                + (told.isEmpty()
                        ? String.join(
                                ", ",
                                DirectCalls.authorities(proven.isEmpty() ? named : proven)
                                        .keySet())
                        : String.join(", ", told))
                + " past its own proxy, instead of " + String.join(" or ", Symptoms.aliases(facts))
                + (failed > 0 ? "; it failed " + Words.count(failed, "request") + " of its own meanwhile" : ""));
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-task-definition --task-definition "
                                        + Words.shell(facts.caller()
                                                .flatMap(Service::primary)
                                                .map(d -> d.taskDefinition())
                                                .orElse("CALLER_TASK_DEFINITION"))
                                        + " --query 'taskDefinition.containerDefinitions[].environment[]'",
                                "the callee's URL holds an address, localhost or a load balancer",
                                "it holds an alias; an address 127.255.x.y in the application's log is the alias too")
                        .confirm(
                                LogCommands.query(
                                        facts,
                                        Side.CALLEE,
                                        "filter ispresent(authority) and upstream_host like /^127/ | stats count(*) by authority, user_agent, forwarded_for"),
                                "requests of the caller's client arrive under an address or a load balancer's name",
                                "they all arrive under an alias")
                        .fix(
                                "Let the caller use " + String.join(" or ", Symptoms.aliases(facts))
                                        + " and deploy it.",
                                "The caller must be in the endpoint's namespace and newer than it (EW103, EW102).")
                        .fix(
                                "Lasting: keep addresses out of configuration; the security group can then admit the caller's proxy port alone.",
                                "None."),
                "the caller reaches the callee by its alias");
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.startsWith("127.") && !host.startsWith("127.255.");
    }
}
