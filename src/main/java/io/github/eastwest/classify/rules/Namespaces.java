package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.ecs.CloudMap.Namespace;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import java.util.List;
import java.util.Optional;

/** Which Cloud Map namespaces services are in, with names, ids and ARNs made comparable. */
final class Namespaces {
    private Namespaces() {}

    /** How two services' namespaces are to each other. */
    enum Relation {
        SAME,
        DIFFERENT,
        /** One is known by its name and the other by its id, and nothing joins the two. */
        UNKNOWN
    }

    /**
     * A service's namespace.
     *
     * @param id {@code ns-…}, where known
     * @param name its name, where known
     */
    record Reference(Optional<String> id, Optional<String> name) {
        String words() {
            return name.map(n -> n + id.map(i -> " (" + i + ")").orElse(""))
                    .or(() -> id)
                    .orElse("");
        }
    }

    /** How the namespaces of two services are to each other. */
    static Relation relation(Facts facts, Service one, Service other) {
        Optional<Reference> a = of(facts, one);
        Optional<Reference> b = of(facts, other);
        if (a.isEmpty() || b.isEmpty()) {
            return Relation.UNKNOWN;
        }
        if (a.get().id().isPresent() && b.get().id().isPresent()) {
            return a.get().id().equals(b.get().id()) ? Relation.SAME : Relation.DIFFERENT;
        }
        if (a.get().name().isPresent() && b.get().name().isPresent()) {
            return a.get().name().equals(b.get().name()) ? Relation.SAME : Relation.DIFFERENT;
        }
        return Relation.UNKNOWN;
    }

    /**
     * The namespace of a service's PRIMARY deployment: as configured, else the cluster's default; of the callee also what
     * its endpoints in Cloud Map tell.
     */
    static Optional<Reference> of(Facts facts, Service service) {
        return service.serviceConnect()
                .filter(ServiceConnect::enabled)
                .flatMap(ServiceConnect::namespace)
                .or(() -> facts.cluster(service.cluster()).flatMap(Snapshot.Cluster::defaultNamespace))
                .or(() -> service.name().equals(facts.edge().callee())
                        ? facts.edge().namespace()
                        : Optional.empty())
                .map(reference -> resolve(facts, reference));
    }

    private static Reference resolve(Facts facts, String reference) {
        List<Namespace> known = facts.namespaces();
        String last = reference.substring(reference.lastIndexOf('/') + 1);
        if (last.startsWith("ns-")) {
            return new Reference(
                    Optional.of(last),
                    known.stream()
                            .filter(n -> n.id().equals(last))
                            .map(Namespace::name)
                            .findFirst());
        }
        List<String> ids = known.stream()
                .filter(n -> n.name().equals(reference))
                .map(Namespace::id)
                .toList();
        // A shared namespace can have the name of an own one: then the name alone does not tell which is meant.
        return new Reference(ids.size() == 1 ? Optional.of(ids.get(0)) : Optional.empty(), Optional.of(reference));
    }

    /** The name of the namespace with that id, where known. */
    static Optional<String> name(Facts facts, String id) {
        return facts.namespaces().stream()
                .filter(n -> n.id().equals(id))
                .map(Namespace::name)
                .findFirst();
    }
}
