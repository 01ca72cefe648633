package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Draft;
import io.github.eastwest.classify.Examination;
import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Observed;
import io.github.eastwest.classify.Rule;
import io.github.eastwest.classify.TrafficView;
import io.github.eastwest.classify.Weight;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Condition;
import io.github.eastwest.model.Coverage;
import io.github.eastwest.model.Input;
import io.github.eastwest.model.RootCause;
import io.github.eastwest.model.ecs.CloudMap.Instance;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.ServiceConnect.Endpoint;
import io.github.eastwest.model.ecs.Task;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * EW105: name and port of an alias, and every discovery name, must be unique in a namespace. Where two services carry the
 * same one, calls under the alias reach tasks of the other service: they answer what they do not know (404), or like the
 * callee of another environment.
 *
 * <p>Evidence: another service of the namespace with the same alias or discovery name; instances of another service under
 * the callee's discovery name; calls under the alias that went to tasks of another service.
 */
final class AliasCollision implements Rule {
    private static final int MINIMUM_CALLS = 20;

    @Override
    public RootCause cause() {
        return RootCause.ALIAS_COLLISION;
    }

    @Override
    public Set<Input> requires() {
        return Set.of(Input.SERVICES);
    }

    @Override
    public Set<Input> uses() {
        return Set.of(
                Input.SERVICES_BY_NAMESPACE,
                Input.CLUSTERS,
                Input.NAMESPACES,
                Input.INSTANCES,
                Input.TASKS,
                Input.CALLER_LOGS,
                Input.CALLEE_LOGS);
    }

    @Override
    public Examination examine(Facts facts) {
        Optional<Service> callee = facts.callee();
        List<Endpoint> endpoints = facts.endpoints();
        if (callee.isEmpty() || endpoints.isEmpty()) {
            return Examination.excluded("the callee advertises no endpoint that another could share");
        }
        Map<String, String> sharing = sharing(facts, callee.get(), endpoints);
        Set<String> sameName = new TreeSet<>();
        facts.instances().stream()
                .filter(i -> endpoints.stream().anyMatch(e -> e.discoveryName().equals(i.service())))
                .map(Instance::ecsService)
                .filter(s -> !s.isEmpty() && !s.equals(callee.get().name()))
                .forEach(sameName::add);
        Optional<TrafficView> traffic = facts.traffic().filter(TrafficView::callerCounts);
        Hosts hosts = new Hosts(facts, callee.get());
        boolean suspected = !sharing.isEmpty() || !sameName.isEmpty();
        List<Observed> answeredElsewhere = traffic.stream()
                .flatMap(t -> t.successes().stream())
                .filter(o -> hosts.isForeign(o, suspected))
                .toList();
        if (!suspected && answeredElsewhere.size() < MINIMUM_CALLS) {
            return nothing(facts, callee.get(), traffic, hosts);
        }
        Set<String> others = new TreeSet<>(sharing.keySet());
        others.addAll(sameName);
        answeredElsewhere.forEach(o -> hosts.owner(o).ifPresent(others::add));
        Draft draft = Draft.of(cause());
        if (!sharing.isEmpty()) {
            draft.evidence(
                    Weight.DECISIVE,
                    Input.SERVICES,
                    sharing.entrySet().stream()
                            .map(e -> e.getKey() + " has " + e.getValue())
                            .reduce((a, b) -> a + "; " + b)
                            .orElse(""),
                    String.join(", ", sharing.values()),
                    "unique in the namespace");
        }
        if (!sameName.isEmpty()) {
            draft.evidence(
                    Weight.DECISIVE,
                    Input.INSTANCES,
                    "under the callee's discovery name Cloud Map has instances of " + String.join(", ", sameName));
        }
        String reached = "";
        if (!answeredElsewhere.isEmpty()) {
            reached = elsewhere(facts, traffic.get(), hosts, suspected, answeredElsewhere, draft);
        } else if (traffic.isPresent() && withHost(traffic.get()) >= MINIMUM_CALLS) {
            draft.against(
                    Weight.STRONG,
                    Input.CALLER_LOGS,
                    "all of " + Words.count(withHost(traffic.get()), "answered call")
                            + " under the alias went to tasks of the callee");
        }
        draft.summary(facts.edge().label() + ": "
                + (others.isEmpty()
                        ? "another service carries"
                        : String.join(", ", others) + (others.size() == 1 ? " carries" : " carry"))
                + " the callee's alias or discovery name ("
                + String.join(", ", Symptoms.aliases(facts)) + ")" + reached);
        return Examination.of(
                draft.confirm(
                                "aws ecs list-services-by-namespace --namespace "
                                        + Words.shell(facts.edge().namespace().orElse("NAMESPACE"))
                                        + " --max-results 100",
                                "it lists further services; describe them and look for the same clientAliases or discoveryName",
                                "no other service of the namespace has them")
                        .confirm(
                                "aws ecs describe-services --cluster " + facts.calleeCluster() + " --services "
                                        + Words.shell(callee.get().name())
                                        + others.stream()
                                                .limit(9)
                                                .map(o -> " " + Words.shell(o))
                                                .reduce("", String::concat)
                                        + " --query 'services[].{s:serviceName,e:deployments[?status==`PRIMARY`].serviceConnectConfiguration.services[].{name:discoveryName,port:portName,aliases:clientAliases}}'",
                                "two services have the same dnsName and port, or the same discoveryName",
                                "they differ",
                                Checks.sameNames())
                        .fix(
                                "Give one of the services another alias (or take its services[] away) and deploy it, then deploy the callers: a name's meaning is fixed when their deployment begins.",
                                "Whoever meant that service under the old name loses it.")
                        .fix(
                                "Lasting: derive alias and discovery name from the service's own name, and keep environments in namespaces of their own.",
                                "None."),
                "no other service of the namespace shares a name with the callee");
    }

    /** Whose hosts calls went to. */
    private static final class Hosts {
        private final Map<String, String> owners = new TreeMap<>();
        private final Set<String> own = new TreeSet<>();
        private final boolean allTasksKnown;

        Hosts(Facts facts, Service callee) {
            facts.calleeTasks().forEach(t -> t.placement().address().ifPresent(own::add));
            facts.instances()
                    .forEach(i -> i.address().ifPresent(a -> {
                        if (i.ecsService().equals(callee.name())) {
                            own.add(a);
                        } else if (!i.ecsService().isEmpty()) {
                            owners.put(a, i.ecsService());
                        }
                    }));
            long running = facts.calleeTasks().stream().filter(Task::running).count();
            allTasksKnown = facts.state(Input.TASKS) == Coverage.State.COMPLETE
                    && running > 0
                    && running >= callee.tasks().running();
        }

        /** The other service whose task answered, where known. */
        Optional<String> owner(Observed o) {
            String address = LostPackets.address(o.host());
            return own.contains(address) ? Optional.empty() : Optional.ofNullable(owners.get(address));
        }

        /**
         * Whether the call went to a task of another service.
         *
         * @param suspected whether another service is known to carry the name: then every host that is none of the callee's
         *     is its
         */
        boolean isForeign(Observed o, boolean suspected) {
            String address = LostPackets.address(o.host());
            boolean unknown =
                    !address.isEmpty() && !own.contains(address) && o.task().isEmpty();
            return owner(o).isPresent() || unknown && !own.isEmpty() && (suspected || allTasksKnown);
        }
    }

    /** Nothing points to a collision; what that is worth depends on what was read. */
    private static Examination nothing(Facts facts, Service callee, Optional<TrafficView> traffic, Hosts hosts) {
        if (traffic.isPresent() && withHost(traffic.get()) >= MINIMUM_CALLS && hosts.allTasksKnown) {
            return Examination.excluded("the calls under the alias went to tasks of the callee");
        }
        Set<String> described = new TreeSet<>();
        facts.services().forEach(s -> described.add(s.name()));
        List<String> listed = facts.namespaceServices();
        if (!facts.has(Input.SERVICES_BY_NAMESPACE)) {
            return Examination.unknown(Input.SERVICES_BY_NAMESPACE);
        }
        return described.containsAll(listed)
                ? Examination.excluded("none of the " + Words.count(listed.size(), "service")
                        + " of the namespace shares a name with " + callee.name())
                : Examination.unknown(Input.SERVICES);
    }

    /** Other services of the namespace with the same names, and what they share. */
    private static Map<String, String> sharing(Facts facts, Service callee, List<Endpoint> endpoints) {
        Set<String> names = names(facts, endpoints);
        Map<String, String> sharing = new TreeMap<>();
        for (Service other : facts.services()) {
            boolean itself =
                    other.name().equals(callee.name()) && other.cluster().equals(callee.cluster());
            List<Endpoint> theirs = other.serviceConnect()
                    .filter(ServiceConnect::enabled)
                    .map(ServiceConnect::endpoints)
                    .orElse(List.of());
            if (itself || theirs.isEmpty() || Namespaces.relation(facts, callee, other) != Namespaces.Relation.SAME) {
                continue;
            }
            Set<String> same = names(facts, theirs);
            same.retainAll(names);
            if (!same.isEmpty()) {
                sharing.put(other.name(), String.join(", ", same));
            }
        }
        return sharing;
    }

    /** What must be unique: {@code alias payments:8080}, {@code discovery name payments}. */
    private static Set<String> names(Facts facts, List<Endpoint> endpoints) {
        Set<String> names = new TreeSet<>();
        for (Endpoint endpoint : endpoints) {
            names.add("the discovery name " + endpoint.discoveryName().toLowerCase(Locale.ROOT));
            String standard = endpoint.discoveryName()
                    + facts.edge().namespace().map(n -> "." + n).orElse("");
            endpoint.aliases()
                    .forEach(a -> names.add(
                            "the alias " + a.dnsName().orElse(standard).toLowerCase(Locale.ROOT) + ":" + a.port()));
        }
        return names;
    }

    private static long withHost(TrafficView view) {
        return view.successes().stream().filter(o -> !o.host().isEmpty()).count();
    }

    /** Calls that reached another service's tasks; {@code ; 80 of 200 calls (40 %) reached its tasks}. */
    private static String elsewhere(
            Facts facts, TrafficView view, Hosts hosts, boolean suspected, List<Observed> answered, Draft draft) {
        BitSet failed = view.where(o -> hosts.isForeign(o, suspected));
        long reached = (long) answered.size() * view.traffic().successStep() + failed.cardinality();
        boolean named = answered.stream().anyMatch(o -> hosts.owner(o).isPresent());
        draft.explains(failed)
                .evidence(
                        named || suspected ? Weight.STRONG : Weight.MEDIUM,
                        Input.CALLER_LOGS,
                        facts.ofCalls(reached)
                                + " under the alias were answered by hosts that are no task of the callee",
                        Words.count(reached, "call"),
                        "0");
        long rejected = answered.stream()
                .filter(o -> o.condition() == Condition.APPLICATION_4XX)
                .count();
        long ownAnswered = (long) view.successes().size() - answered.size();
        long ownRejected = view.successes().stream()
                        .filter(o -> o.condition() == Condition.APPLICATION_4XX)
                        .count()
                - rejected;
        boolean stranger = rejected >= facts.thresholds().spread().minimumFailures()
                && (double) rejected / answered.size()
                        >= facts.thresholds().spread().ratio() * ownRejected / Math.max(1, ownAnswered);
        if (stranger) {
            draft.evidence(
                    Weight.MEDIUM,
                    Input.CALLER_LOGS,
                    "those hosts answered 4xx to " + Words.of(rejected, answered.size(), "call")
                            + ", the callee's tasks to " + Words.of(ownRejected, ownAnswered, "call"));
        }
        return "; " + facts.ofCalls(reached) + " were answered by hosts that are no task of the callee";
    }
}
