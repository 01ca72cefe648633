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
import io.github.eastwest.model.ecs.CloudMap.DiscoveryService;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect.Endpoint;
import io.github.eastwest.model.ecs.ServiceRevision;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * EW102: tasks learn the names of a namespace when their <em>deployment</em> begins; replacement tasks of the same
 * deployment learn nothing new. A caller whose PRIMARY deployment is older than the callee's endpoint cannot resolve its
 * alias.
 *
 * <p>Compares the caller's PRIMARY {@code createdAt} with the endpoint's Cloud Map {@code CreateDate}, and with the first
 * service revision of the callee that carries today's alias. A task's own start says nothing: a young task of an old
 * deployment is still stale. Calls that were answered exclude it.
 */
final class CallerStaleDeployment implements Rule {
    @Override
    public RootCause cause() {
        return RootCause.CALLER_STALE_DEPLOYMENT;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(
                Input.TASKS, Input.SERVICE_REVISIONS, Input.CLOUD_MAP_SERVICES, Input.CALLER_LOGS, Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<Deployment> caller = facts.caller().flatMap(Service::primary);
        Optional<Instant> deployed = caller.flatMap(Deployment::createdAt);
        if (deployed.isEmpty() || facts.endpoints().isEmpty()) {
            return Examination.excluded("the callee advertises no endpoint that a deployment could have missed");
        }
        Optional<TrafficView> traffic = facts.traffic();
        boolean answered = traffic.isPresent() && !traffic.get().successes().isEmpty();
        Optional<Published> published = published(facts);
        if (published.isEmpty()) {
            return facts.has(Input.CLOUD_MAP_SERVICES) || facts.has(Input.SERVICE_REVISIONS) || answered
                    ? Examination.excluded(
                            "the endpoint's date of creation is not in the data, and nothing points to it")
                    : Examination.unknown(Input.CLOUD_MAP_SERVICES);
        }
        Published endpoint = published.get();
        if (!deployed.get().isBefore(endpoint.at())) {
            return Examination.excluded("the caller's deployment (" + deployed.get()
                    + ") is younger than the endpoint (" + endpoint.at() + ")");
        }
        if (answered && traffic.get().callerCounts()) {
            return Examination.excluded("the caller's calls are answered, so its tasks know the name");
        }
        Draft draft = Draft.of(cause())
                .summary(facts.edge().label() + ": the caller's deployment of " + deployed.get() + " is older than "
                        + endpoint.what() + " (" + endpoint.at() + "), so its tasks cannot resolve the name")
                .evidence(
                        Weight.DECISIVE,
                        endpoint.source(),
                        endpoint.what() + " exists since " + endpoint.at()
                                + ", the caller's PRIMARY deployment since " + deployed.get()
                                + ": a deployment knows only the names that existed when it began",
                        deployed.get().toString(),
                        endpoint.at().toString());
        Symptoms.noCalls(facts, draft);
        return Examination.of(
                draft.confirm(
                                "aws ecs describe-services " + facts.callerArguments()
                                        + " --query 'services[0].deployments[].{status:status,created:createdAt}'",
                                "the PRIMARY deployment was created before " + endpoint.at(),
                                "it was created after " + endpoint.at(),
                                Checks.callerOlderThan(endpoint.at()))
                        .fix(
                                "Start a new deployment of the caller: aws ecs update-service --cluster "
                                        + Words.shell(facts.edge().cluster().orElse("CLUSTER")) + " --service "
                                        + Words.shell(facts.edge().caller()) + " --force-new-deployment",
                                "Replaces all of the caller's tasks; scaling out or restarting single tasks does not help.",
                                "Nothing to take back: the new tasks run the same revision.")
                        .fix(
                                "Deploy callees before the callers that need them, and redeploy callers when a name is added.",
                                "None."),
                "the calls are answered");
    }

    /** What appeared when, and where that is written. */
    private record Published(Instant at, String what, Input source) {}

    private static Optional<Published> published(Facts facts) {
        Endpoint endpoint = facts.endpoints().get(0);
        List<String> ids = facts.callee()
                .map(s -> s.deployments().stream()
                        .flatMap(d -> d.discoveryIds().stream())
                        .toList())
                .orElse(List.of());
        Optional<Published> created = facts.discoveryServices().stream()
                .filter(s -> ids.contains(s.id()) || ids.isEmpty() && s.name().equals(endpoint.discoveryName()))
                .filter(s -> s.name().equals(endpoint.discoveryName()))
                .map(DiscoveryService::createdAt)
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder())
                .map(at -> new Published(at, "the endpoint " + endpoint.discoveryName(), Input.CLOUD_MAP_SERVICES));
        Optional<Published> renamed = aliasSince(facts, endpoint);
        return Stream.of(created, renamed).flatMap(Optional::stream).max(Comparator.comparing(Published::at));
    }

    /** The alias is younger than the endpoint when earlier revisions had another one. */
    private static Optional<Published> aliasSince(Facts facts, Endpoint endpoint) {
        List<ServiceRevision> revisions = facts.revisions(facts.edge().callee());
        Optional<Instant> since = Optional.empty();
        boolean before = false;
        for (ServiceRevision revision : revisions) {
            boolean has = revision.serviceConnect()
                    .map(sc -> sc.endpoints().stream()
                            .anyMatch(e -> e.discoveryName().equals(endpoint.discoveryName())
                                    && e.aliases().equals(endpoint.aliases())))
                    .orElse(false);
            if (has && since.isEmpty()) {
                since = revision.createdAt();
            }
            before |= !has && since.isEmpty();
        }
        // Only a change that is in the data is one: the oldest revision in the answer need not be the first of all.
        return before
                ? since.map(
                        at -> new Published(at, "the alias of " + endpoint.discoveryName(), Input.SERVICE_REVISIONS))
                : Optional.empty();
    }
}
