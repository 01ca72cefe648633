package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.Task;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * EW101: without Service Connect the caller's tasks have no proxy and no line in {@code /etc/hosts} for the alias: the
 * application meets an unknown host, and no proxy line tells of it. The configuration says so, and the running tasks prove
 * it: they have no attachment of type {@code ServiceConnect}.
 */
final class CallerNotEnabled implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.CALLER_NOT_ENABLED;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.TASKS, Input.METRICS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<Deployment> primary = facts.caller().flatMap(Service::primary);
        if (primary.isEmpty()) {
            return Examination.unknown(Input.SERVICES);
        }
        if (facts.edge().method() != Edge.Method.SERVICE_CONNECT) {
            return Examination.excluded("the callee is not reached by Service Connect");
        }
        Optional<ServiceConnect> config = primary.get().serviceConnect();
        boolean enabled = config.filter(ServiceConnect::enabled).isPresent();
        List<Task> running = facts.callerTasks().stream().filter(Task::running).toList();
        long proxied = running.stream()
                .filter(t -> t.state().serviceConnectProxy().isPresent())
                .count();
        boolean bare = !running.isEmpty() && proxied == 0;
        if (enabled && !bare) {
            return Examination.excluded("the caller's PRIMARY deployment has Service Connect enabled"
                    + (running.isEmpty()
                            ? ""
                            : ", and " + Words.of(proxied, running.size(), "running task") + " of it have the proxy"));
        }
        String what = enabled
                ? "has Service Connect enabled, but none of its running tasks has the proxy"
                : config.isPresent() ? "has Service Connect off" : "has no serviceConnectConfiguration";
        Draft draft = Draft.of(cause())
                .summary(facts.edge().label() + ": the caller " + what
                        + ", so its tasks have no proxy and do not know the alias");
        if (!enabled) {
            draft.evidence(
                    Weight.DECISIVE,
                    Input.SERVICES,
                    "the caller's PRIMARY deployment " + what,
                    config.isPresent() ? "enabled=false" : "none",
                    "enabled=true");
        }
        if (bare) {
            draft.evidence(
                    Weight.STRONG,
                    Input.TASKS,
                    "none of the caller's " + Words.count(running.size(), "running task")
                            + " has an attachment of type ServiceConnect",
                    "0 proxies",
                    Words.count(running.size(), "task"));
        } else if (proxied > 0) {
            draft.against(
                    Weight.STRONG,
                    Input.TASKS,
                    Words.of(proxied, running.size(), "running task") + " of the caller still have the proxy");
        }
        Optional<TrafficView> traffic = facts.traffic();
        long answered = traffic.filter(TrafficView::callerCounts)
                .map(t -> (long) t.successes().size())
                .orElse(0L);
        if (answered > 0) {
            draft.against(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    "proxies of the caller had " + Words.count(answered, "call") + " answered");
        } else if (facts.has(Input.METRICS) && !counted(facts)) {
            draft.evidence(Weight.WEAK, Input.METRICS, "CloudWatch has no series of calls by this caller");
        }
        if (facts.callee().filter(DirectCalls::hasOtherWay).isPresent()) {
            draft.against(
                    Weight.MEDIUM,
                    Input.SERVICES,
                    "the callee can also be reached by a load balancer or a service registry, which need no Service Connect");
        }
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-services " + facts.callerArguments()
                                        + " --query 'services[0].deployments[].{status:status,connect:serviceConnectConfiguration}'",
                                "connect is null or enabled is false for the PRIMARY deployment",
                                "enabled is true",
                                Checks.callerNotEnabled())
                        .confirm(
                                "aws ecs describe-tasks --cluster "
                                        + Words.shell(facts.edge().cluster().orElse("CLUSTER")) + " --tasks "
                                        + running.stream()
                                                .map(t -> Words.shell(t.id()))
                                                .limit(3)
                                                .reduce((a, b) -> a + " " + b)
                                                .orElse("TASK")
                                        + " --query 'tasks[].attachments[].type'",
                                "no ServiceConnect among the types",
                                "every task has ServiceConnect")
                        .fix(
                                "Enable Service Connect for the caller (enabled true and the callee's namespace; a client needs no services[]) and deploy it.",
                                "Replaces the caller's tasks; the proxy takes 256 CPU units and 64 MiB of each task.")
                        .fix(
                                "What is no ECS service (a Lambda function, a standalone or scheduled task, an EC2 instance) cannot be a client: give it a load balancer in front of the callee.",
                                "The load balancer costs money and is another hop."),
                "the caller's running tasks have the proxy");
    }

    private static boolean counted(Facts facts) {
        return facts.metrics().series().stream()
                .anyMatch(s -> !s.points().isEmpty()
                        && s.dimensions().containsKey("TargetDiscoveryName")
                        && facts.edge().caller().equals(s.dimensions().get("ServiceName")));
    }
}
