package io.github.eastwest.bundle;

import io.github.eastwest.model.ecs.CloudMap;
import java.util.Optional;

/** Cloud Map answers → records. */
final class CloudMapMapper {
    private CloudMapMapper() {}

    /** GetNamespace's {@code Namespace}, or an element of ListNamespaces' {@code Namespaces}. */
    static Optional<CloudMap.Namespace> namespace(Json json) {
        Optional<String> arn = json.at("Arn").text();
        Optional<String> id = json.at("Id").text().or(() -> arn.map(Arn::name));
        Optional<String> name = json.at("Name").required();
        if (id.isEmpty() || name.isEmpty()) {
            json.fault("has no Id or no Name");
            return Optional.empty();
        }
        return Optional.of(new CloudMap.Namespace(
                id.get(),
                arn.orElse(""),
                name.get(),
                json.at("Type").textOrEmpty(),
                json.at("Properties").at("HttpProperties").at("HttpName").text()));
    }

    /** GetService's {@code Service}, or an element of ListServices' {@code Services}. */
    static Optional<CloudMap.DiscoveryService> service(Json json) {
        Optional<String> id =
                json.at("Id").text().or(() -> json.at("Arn").text().map(Arn::name));
        Optional<String> name = json.at("Name").text();
        if (id.isEmpty() || name.isEmpty()) {
            json.fault("has no Id or no Name");
            return Optional.empty();
        }
        return Optional.of(new CloudMap.DiscoveryService(
                id.get(),
                name.get(),
                json.at("Type").textOrEmpty(),
                json.at("NamespaceId").text(),
                json.at("CreateDate").time()));
    }

    /** An instance and its IPv6 address. */
    record InstanceAnswer(CloudMap.Instance instance, Optional<String> ipv6) {}

    /**
     * An element of DiscoverInstances' {@code Instances}.
     *
     * @param key the file's key, which names the Cloud Map service
     */
    static Optional<InstanceAnswer> instance(Json json, String key) {
        Optional<String> id = json.at("InstanceId").required();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        Json attributes = json.at("Attributes");
        return Optional.of(new InstanceAnswer(
                new CloudMap.Instance(
                        id.get(),
                        json.at("NamespaceName").textOrEmpty(),
                        json.at("ServiceName").text().orElse(key),
                        attributes.at("AWS_INSTANCE_IPV4").text(),
                        attributes.at("AWS_INSTANCE_PORT").integer(),
                        json.at("HealthStatus").text().orElse("UNKNOWN"),
                        attributes.at("ECS_SERVICE_NAME").textOrEmpty()),
                attributes.at("AWS_INSTANCE_IPV6").text()));
    }
}
