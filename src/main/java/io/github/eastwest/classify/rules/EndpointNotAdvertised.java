package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Edge;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.Task;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * EW402: a service offers a Service Connect endpoint only when its configuration has {@code services[]}; without it is a
 * client and nobody can call it. Also when tasks run but none is registered behind the endpoint.
 *
 * <p>Callers that knew the endpoint get 503 with 19 bytes and no host at once and without any ejection before; callers
 * that never knew it cannot resolve the name, so there are no calls.
 */
final class EndpointNotAdvertised implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.ENDPOINT_NOT_ADVERTISED;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.INSTANCES, Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<Service> callee = facts.callee();
        if (callee.isEmpty() || callee.get().primary().isEmpty()) {
            return Examination.unknown(Input.SERVICES);
        }
        if (facts.edge().method() != Edge.Method.SERVICE_CONNECT) {
            return Examination.excluded("the edge does not use Service Connect");
        }
        Deployment primary = callee.get().primary().get();
        Optional<ServiceConnect> config = primary.serviceConnect().filter(ServiceConnect::enabled);
        Draft draft = Draft.of(cause());
        Optional<TrafficView> traffic = facts.traffic();
        if (config.isEmpty() || config.get().endpoints().isEmpty()) {
            String what = config.isEmpty() ? "has Service Connect off" : "is client-only: it has no services[]";
            draft.summary(facts.edge().label() + ": the callee's deployment of "
                            + primary.createdAt().map(Object::toString).orElse("unknown date") + " " + what
                            + ", so no endpoint exists")
                    .evidence(
                            Weight.DECISIVE,
                            Input.SERVICES,
                            "the callee's PRIMARY deployment " + what,
                            config.isEmpty() ? "enabled=false" : "services=[]",
                            "services[] with a portName");
        } else if (nobodyRegistered(facts)) {
            draft.summary(facts.edge().label() + ": tasks run, but none is registered behind the endpoint")
                    .evidence(
                            Weight.STRONG,
                            Input.INSTANCES,
                            "Cloud Map has no instance of "
                                    + config.get().endpoints().get(0).discoveryName() + " while "
                                    + Words.count(running(facts), "task") + " of the callee run",
                            "0 instances",
                            Words.count(running(facts), "task"));
        } else {
            return Examination.excluded("the callee's PRIMARY deployment has an endpoint: "
                    + config.get().endpoints().get(0).portName());
        }
        boolean symptom = false;
        if (traffic.isPresent()) {
            BitSet nobody = traffic.get()
                    .primaryOf(traffic.get()
                            .in(Condition.NO_HEALTHY_UPSTREAM, Condition.CLUSTER_NOT_FOUND, Condition.NO_ROUTE));
            symptom = !nobody.isEmpty();
            if (symptom) {
                draft.explains(nobody)
                        .evidence(
                                Weight.STRONG,
                                Input.CALLER_LOGS,
                                facts.ofCalls(nobody.cardinality())
                                        + " found no host behind the name, without an ejection before");
            }
            long answeredLate = answeredBy(traffic.get(), primary);
            if (answeredLate > 0 && !symptom) {
                draft.against(
                        Weight.DECISIVE,
                        Input.CALLER_LOGS,
                        Words.count(answeredLate, "call") + " were answered by tasks of that deployment");
            }
        }
        Symptoms.noCalls(facts, draft);
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-services " + facts.calleeArguments()
                                        + " --query 'services[0].deployments[?status==`PRIMARY`].serviceConnectConfiguration'",
                                "enabled is false, or services is missing or empty",
                                "services has an entry with the port's name",
                                Checks.noEndpoint())
                        .fix(
                                "Add services[] with the port's name and the client alias to the callee's serviceConnectConfiguration and deploy.",
                                "A deployment of the callee.")
                        .fix(
                                "Then redeploy the callers that began before the endpoint existed.",
                                "Replaces the callers' tasks."),
                "calls are answered by tasks of the deployment in question");
    }

    /** Calls answered by tasks of that very deployment: those of an earlier one keep their endpoint until they stop. */
    private static long answeredBy(TrafficView traffic, Deployment primary) {
        return traffic.successes().stream()
                .filter(o -> o.task()
                        .filter(t -> t.deploymentId().equals(primary.id()))
                        .isPresent())
                .count();
    }

    private static long running(Facts facts) {
        return facts.calleeTasks().stream().filter(Task::running).count();
    }

    private static boolean nobodyRegistered(Facts facts) {
        if (!facts.has(Input.INSTANCES) || !facts.has(Input.TASKS)) {
            return false;
        }
        List<String> names = facts.discoveryNames();
        return running(facts) > 0 && facts.instances().stream().noneMatch(i -> names.contains(i.service()));
    }
}
