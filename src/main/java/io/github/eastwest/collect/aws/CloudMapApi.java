package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.Operation;
import java.util.Map;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesRequest;
import software.amazon.awssdk.services.servicediscovery.model.GetNamespaceRequest;
import software.amazon.awssdk.services.servicediscovery.model.GetServiceRequest;
import software.amazon.awssdk.services.servicediscovery.model.ListNamespacesRequest;

/** Cloud Map: namespaces, services and their instances. */
final class CloudMapApi implements Api {
    private final ServiceDiscoveryClient cloudMap;

    CloudMapApi(Session session, String region) {
        ServiceDiscoveryClient client = open(session, region, false);
        if (client.serviceClientConfiguration().endpointOverride().isPresent()) {
            client.close();
            client = open(session, region, true);
        }
        cloudMap = client;
    }

    /**
     * The SDK sends DiscoverInstances to the host {@code data-servicediscovery.…}; it puts that prefix before the host of
     * any other endpoint too, wherever that was configured, which then is a name that nobody knows.
     */
    private static ServiceDiscoveryClient open(Session session, String region, boolean hostAsGiven) {
        return session.open(
                ServiceDiscoveryClient.builder(),
                "SERVICEDISCOVERY",
                region,
                ClientOverrideConfiguration.builder()
                        .putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, hostAsGiven));
    }

    @Override
    public SdkPojo call(Operation operation, Map<String, Object> parameters) {
        return switch (operation) {
            case DISCOVER_INSTANCES ->
                cloudMap.discoverInstances(Documents.into(DiscoverInstancesRequest.builder(), parameters)
                        .build());
            case GET_NAMESPACE ->
                cloudMap.getNamespace(Documents.into(GetNamespaceRequest.builder(), parameters)
                        .build());
            case GET_SERVICE ->
                cloudMap.getService(
                        Documents.into(GetServiceRequest.builder(), parameters).build());
            case LIST_NAMESPACES ->
                cloudMap.listNamespaces(Documents.into(ListNamespacesRequest.builder(), parameters)
                        .build());
            default -> throw new IllegalArgumentException(operation.action());
        };
    }

    @Override
    public void close() {
        cloudMap.close();
    }
}
