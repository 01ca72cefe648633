package io.github.eastwest.collect;

import io.github.eastwest.bundle.Arn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What an element of DescribeServices' {@code services} says about where else to look. */
final class EcsService {
    private final Field service;
    private final String arn;

    EcsService(Field service) {
        this.service = service;
        this.arn = service.at("serviceArn").textOrEmpty();
    }

    String name() {
        return service.at("serviceName").text().orElseGet(() -> Arn.service(arn));
    }

    String arn() {
        return arn;
    }

    Optional<String> account() {
        return Arn.account(arn);
    }

    Optional<String> region() {
        return Arn.region(arn);
    }

    /** The deployments, PRIMARY first. */
    List<Field> deployments() {
        List<Field> deployments = new ArrayList<>(service.at("deployments").items());
        deployments.sort(Comparator.comparing(
                deployment -> !deployment.at("status").textOrEmpty().equals("PRIMARY")));
        return deployments;
    }

    /** Task definitions of the service and its deployments. */
    Set<String> taskDefinitions() {
        Set<String> definitions = new LinkedHashSet<>();
        service.at("taskDefinition").text().ifPresent(definitions::add);
        deployments().forEach(d -> d.at("taskDefinition").text().ifPresent(definitions::add));
        return definitions;
    }

    Set<String> revisions() {
        Set<String> arns = new LinkedHashSet<>();
        service.at("currentServiceRevisions")
                .items()
                .forEach(r -> r.at("arn").text().ifPresent(arns::add));
        return arns;
    }

    Set<String> subnets() {
        return network("subnets");
    }

    Set<String> securityGroups() {
        return network("securityGroups");
    }

    private Set<String> network(String member) {
        Set<String> ids = new LinkedHashSet<>();
        List<Field> places = new ArrayList<>(deployments());
        places.add(service);
        places.forEach(place -> ids.addAll(place.at("networkConfiguration")
                .at("awsvpcConfiguration")
                .at(member)
                .texts()));
        return ids;
    }

    /** Alarms that watch its deployments. */
    Set<String> deploymentAlarms() {
        return new LinkedHashSet<>(service.at("deploymentConfiguration")
                .at("alarms")
                .at("alarmNames")
                .texts());
    }

    /** The Service Connect configurations of the deployments where they are switched on, PRIMARY's first. */
    List<Field> serviceConnect() {
        return deployments().stream()
                .map(deployment -> deployment.at("serviceConnectConfiguration"))
                .filter(configuration -> configuration.at("enabled").isTrue())
                .toList();
    }

    /** Whether one of its endpoints uses TLS. */
    boolean encrypts() {
        return endpoints().anyMatch(endpoint -> endpoint.at("tls").isObject());
    }

    /** ARNs of the private certificate authorities of its endpoints. */
    Set<String> certificateAuthorities() {
        Set<String> arns = new LinkedHashSet<>();
        endpoints()
                .forEach(endpoint -> endpoint.at("tls")
                        .at("issuerCertificateAuthority")
                        .at("awsPcaAuthorityArn")
                        .text()
                        .ifPresent(arns::add));
        return arns;
    }

    private Stream<Field> endpoints() {
        return serviceConnect().stream().flatMap(configuration -> configuration.at("services").items().stream());
    }

    /** The namespace, as configured: name or ARN. */
    Optional<String> namespace() {
        return serviceConnect().stream()
                .flatMap(c -> c.at("namespace").text().stream())
                .findFirst();
    }

    /** Discovery names of its endpoints. */
    Set<String> discoveryNames() {
        Set<String> names = new LinkedHashSet<>();
        serviceConnect()
                .forEach(c -> c.at("services")
                        .items()
                        .forEach(endpoint -> endpoint.at("discoveryName")
                                .text()
                                .or(() -> endpoint.at("portName").text())
                                .ifPresent(names::add)));
        names.addAll(discoveryServices().keySet());
        return names;
    }

    /** ARNs of its endpoints' Cloud Map services by discovery name. */
    Map<String, String> discoveryServices() {
        Map<String, String> services = new LinkedHashMap<>();
        deployments()
                .forEach(d -> d.at("serviceConnectResources")
                        .items()
                        .forEach(resource -> resource.at("discoveryArn")
                                .text()
                                .ifPresent(id -> services.putIfAbsent(
                                        resource.at("discoveryName").text().orElse(Arn.name(id)), id))));
        return services;
    }

    /** ARNs of the Cloud Map services that register its tasks for DNS: names that callers may dial past their proxies. */
    Set<String> registries() {
        Set<String> arns = new LinkedHashSet<>();
        service.at("serviceRegistries")
                .items()
                .forEach(registry -> registry.at("registryArn").text().ifPresent(arns::add));
        return arns;
    }
}
