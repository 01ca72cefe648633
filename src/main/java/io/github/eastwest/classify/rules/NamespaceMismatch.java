package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.classify.rules.Namespaces.Reference;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import java.util.Optional;
import java.util.Set;

/**
 * EW103: a service belongs to one namespace and resolves only its endpoints. Configurations name a namespace by name or ARN,
 * or inherit the cluster's: they are compared by id, else by name, never a name with an ARN.
 */
final class NamespaceMismatch implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.NAMESPACE_MISMATCH;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(Input.CLUSTERS, Input.NAMESPACES, Input.TASKS, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<Service> caller = facts.caller();
        Optional<Service> callee = facts.callee();
        if (caller.isEmpty() || callee.isEmpty()) {
            return Examination.unknown(Input.SERVICES);
        }
        if (!enabled(caller.get()) || !enabled(callee.get())) {
            return Examination.excluded("the " + (enabled(caller.get()) ? "callee" : "caller")
                    + " has no Service Connect, and so no namespace");
        }
        Optional<Reference> mine = Namespaces.of(facts, caller.get());
        Optional<Reference> theirs = Namespaces.of(facts, callee.get());
        switch (Namespaces.relation(facts, caller.get(), callee.get())) {
            case SAME -> {
                return Examination.excluded("both are in the namespace "
                        + theirs.map(Reference::words).orElse(""));
            }
            case UNKNOWN -> {
                return mine.isEmpty() || theirs.isEmpty()
                        ? Examination.unknown(Input.CLUSTERS)
                        : Examination.unknown(Input.NAMESPACES);
            }
            case DIFFERENT -> {}
        }
        String words = "the caller is in " + mine.map(Reference::words).orElse("") + ", the callee in "
                + theirs.map(Reference::words).orElse("");
        Draft draft = Draft.of(cause())
                .summary(facts.edge().label() + ": " + words + "; a namespace's names are unknown in another")
                .evidence(
                        Weight.DECISIVE,
                        Input.SERVICES,
                        "by the PRIMARY deployments " + words,
                        mine.map(Reference::words).orElse(""),
                        theirs.map(Reference::words).orElse(""));
        Symptoms.noCalls(facts, draft);
        Optional<TrafficView> traffic = facts.traffic().filter(TrafficView::callerCounts);
        if (traffic.isPresent() && !traffic.get().successes().isEmpty()) {
            draft.against(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    Words.count(traffic.get().successes().size(), "call")
                            + " of the caller to the alias were answered");
        }
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-services "
                                        + (facts.edge().calleeCluster().isPresent()
                                                ? facts.callerArguments()
                                                : facts.callerArguments() + " "
                                                        + Words.shell(
                                                                facts.edge().callee()))
                                        + " --query 'services[].{s:serviceName,ns:deployments[?status==`PRIMARY`]|[0].serviceConnectConfiguration.namespace}'",
                                "the two namespaces differ (resolve an ARN with servicediscovery get-namespace first; null is the cluster's default)",
                                "they are the same one",
                                Checks.namespacesDiffer())
                        .confirm(
                                "aws servicediscovery list-namespaces --query 'Namespaces[].{id:Id,arn:Arn,name:Name,type:Type}'",
                                "name and ARN belong to two namespaces",
                                "they are name and ARN of one",
                                Checks.namespacesDiffer())
                        .fix(
                                "Put the caller into the callee's namespace (serviceConnectConfiguration.namespace) and deploy it.",
                                "The caller loses the names of its present namespace: check what else it calls.")
                        .fix(
                                "Or deploy an endpoint of the callee in the caller's namespace: a second ECS service, since a service has one namespace.",
                                "Two services to deploy and to scale."),
                "the caller's calls to the alias are answered");
    }

    private static boolean enabled(Service service) {
        return service.serviceConnect().filter(ServiceConnect::enabled).isPresent();
    }
}
