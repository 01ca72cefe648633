package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.ServiceConnect.Endpoint;
import io.github.eastwest.model.ecs.TaskDefinition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * EW401: an endpoint's {@code portName} must be the {@code name} of a port mapping of the task definition that the
 * deployment runs; otherwise nothing is registered for it. Pure configuration: the PRIMARY deployment's endpoints against
 * its task definition.
 */
final class PortNameMismatch implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.PORT_NAME_MISMATCH;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES, Input.TASK_DEFINITIONS);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<Deployment> primary = facts.calleePrimary();
        List<Endpoint> endpoints = primary.flatMap(Deployment::serviceConnect)
                .filter(ServiceConnect::enabled)
                .map(ServiceConnect::endpoints)
                .orElse(List.of());
        if (endpoints.isEmpty()) {
            return Examination.excluded("the callee configures no endpoint");
        }
        Optional<TaskDefinition> definition = primary.flatMap(d -> facts.taskDefinition(d.taskDefinition()));
        if (definition.isEmpty()) {
            return Examination.unknown(Input.TASK_DEFINITIONS);
        }
        List<String> names = definition.get().portMappings().stream()
                .flatMap(p -> p.name().stream())
                .toList();
        List<String> wrong = new ArrayList<>();
        endpoints.stream()
                .map(Endpoint::portName)
                .filter(name -> !names.contains(name))
                .forEach(wrong::add);
        if (wrong.isEmpty()) {
            return Examination.excluded("portName " + endpoints.get(0).portName() + " is a port of "
                    + definition.get().id());
        }
        String have = names.isEmpty() ? "no named port" : String.join(", ", names);
        Draft draft = Draft.of(cause())
                .summary(facts.edge().label() + ": the endpoint's portName " + String.join(", ", wrong)
                        + " is no port of " + definition.get().id() + " (" + have + "), so nothing is registered")
                .evidence(
                        Weight.DECISIVE,
                        Input.TASK_DEFINITIONS,
                        "serviceConnectConfiguration names port " + String.join(", ", wrong) + ", "
                                + definition.get().id() + " has " + have,
                        String.join(", ", wrong),
                        have);
        Optional<TrafficView> traffic = facts.traffic();
        if (traffic.isPresent()) {
            BitSet unreachable = traffic.get().in(Condition.NO_HEALTHY_UPSTREAM, Condition.CLUSTER_NOT_FOUND);
            unreachable = traffic.get().primaryOf(unreachable);
            if (!unreachable.isEmpty()) {
                draft.explains(unreachable)
                        .evidence(
                                Weight.MEDIUM,
                                Input.CALLER_LOGS,
                                facts.ofCalls(unreachable.cardinality()) + " found no host behind the name");
            }
            if (!traffic.get().successes().isEmpty()) {
                draft.against(
                        Weight.MEDIUM,
                        Input.CALLER_LOGS,
                        "calls were answered in the window: by tasks of an earlier deployment");
            }
        }
        Symptoms.noCalls(facts, draft);
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-task-definition --task-definition "
                                        + Words.shell(definition.get().id())
                                        + " --query 'taskDefinition.containerDefinitions[].portMappings[].name'",
                                String.join(", ", wrong) + " is not in the answer",
                                "it is",
                                Checks.portNamesMissing(definition.get().id(), wrong))
                        .fix(
                                "Name the port mapping " + String.join(", ", wrong)
                                        + " in a new task definition revision, or set portName to a name it has, and deploy.",
                                "A deployment of the callee; callers deployed before the endpoint exists need one too."),
                "every portName is a port of the task definition");
    }
}
