package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.AddressFamily;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.network.Network.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * EW306: {@code /etc/hosts} lists each alias twice, as 127.255.0.N and as 2600:f0f0:0:0:0:0:0:N. A client that prefers IPv6
 * picks the second one; in a task without IPv6 the connection ends at once with "network is unreachable", inside the task
 * and before its proxy. No proxy line and no metric tells of it: what can be seen is a setting that prefers IPv6, tasks
 * without an IPv6 address, and no call of a caller that fails.
 */
final class Ipv6AliasUnreachable implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.IPV6_ALIAS_UNREACHABLE;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(
                Input.TASK_DEFINITIONS, Input.TASKS, Input.NETWORK_INTERFACES, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        boolean enabled = facts.caller()
                .flatMap(Service::serviceConnect)
                .filter(ServiceConnect::enabled)
                .isPresent();
        if (!enabled || facts.endpoints().isEmpty()) {
            return Examination.excluded(
                    "without Service Connect on both sides there is no alias to pick an address of");
        }
        Optional<TrafficView> traffic = facts.traffic().filter(TrafficView::callerCounts);
        long calls = traffic.map(TrafficView::requests).orElse(0L);
        if (calls > 0) {
            return Examination.excluded(Words.count(calls, "call") + " of the caller reached its proxy by the alias");
        }
        Optional<Boolean> ipv6 = hasIpv6(facts);
        if (ipv6.filter(has -> has).isPresent()) {
            return Examination.excluded("the caller's tasks have IPv6 addresses");
        }
        List<String> settings = preferences(facts);
        if (settings.isEmpty()) {
            return facts.has(Input.TASK_DEFINITIONS)
                    ? Examination.excluded(
                            "nothing in the caller's environment makes its client prefer IPv6; a setting inside its image would not show")
                    : Examination.unknown(Input.TASK_DEFINITIONS);
        }
        if (traffic.isEmpty()) {
            // A preference alone fails nothing: whether calls reach the proxy is what its lines tell.
            return Examination.unknown(Input.CALLER_LOGS);
        }
        Draft draft = Draft.of(cause())
                .summary(facts.edge().label() + ": the caller's client prefers IPv6 (" + String.join(", ", settings)
                        + ") and picks the alias's address " + AddressFamily.ALIASES
                        + "…, which its tasks cannot reach")
                .evidence(
                        Weight.MEDIUM,
                        Input.TASK_DEFINITIONS,
                        "the caller's environment prefers IPv6: " + String.join(", ", settings));
        if (ipv6.isPresent()) {
            draft.evidence(Weight.WEAK, Input.NETWORK_INTERFACES, "the caller's tasks have no IPv6 address");
        }
        Symptoms.noCalls(facts, draft);
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-task-definition --task-definition "
                                        + Words.shell(facts.caller()
                                                .flatMap(Service::primary)
                                                .map(d -> d.taskDefinition())
                                                .orElse("CALLER_TASK_DEFINITION"))
                                        + " --query 'taskDefinition.containerDefinitions[].{env:environment,cmd:command,entry:entryPoint}'",
                                "a setting prefers IPv6 (java.net.preferIPv6Addresses=true), and the application's log shows 'network is unreachable' or an address beginning 2600:f0f0:",
                                "its log shows 127.255.x.y, or an unknown host (EW102, EW103, EW104)")
                        .fix(
                                "Let the client prefer IPv4 and deploy the caller: without java.net.preferIPv6Addresses a JVM does; Node.js: --dns-result-order=ipv4first.",
                                "Calls to hosts that have IPv6 only need the old setting.")
                        .fix(
                                "Lasting: give the tasks IPv6 (dual-stack subnets and the account setting dualStackIPv6), so that both addresses of an alias work.",
                                "Security groups, ACLs and routes need IPv6 rules too."),
                "nothing points to the IPv6 address of the alias");
    }

    /** Whether running tasks of the caller have an IPv6 address; empty where their interfaces were not read. */
    private static Optional<Boolean> hasIpv6(Facts facts) {
        List<NetworkInterface> own = new ArrayList<>();
        for (Task task : facts.callerTasks()) {
            facts.interfaces().stream()
                    .filter(i -> task.running()
                            && task.placement()
                                    .interfaceId()
                                    .filter(i.id()::equals)
                                    .isPresent())
                    .forEach(own::add);
        }
        return own.isEmpty()
                ? Optional.empty()
                : Optional.of(own.stream().anyMatch(i -> !i.ipv6().isEmpty()));
    }

    /** Settings that make a client prefer IPv6, and addresses of that kind. */
    static List<String> preferences(Facts facts) {
        List<String> found = new ArrayList<>();
        facts.callerEnvironment()
                .forEach((variable, value) -> AddressFamily.ipv6(value).stream()
                        .findFirst()
                        .ifPresent(setting -> found.add(variable + " " + setting.words())));
        return found;
    }
}
