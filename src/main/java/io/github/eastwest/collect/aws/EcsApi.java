package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.Operation;
import java.util.Map;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.DescribeClustersRequest;
import software.amazon.awssdk.services.ecs.model.DescribeServiceDeploymentsRequest;
import software.amazon.awssdk.services.ecs.model.DescribeServiceRevisionsRequest;
import software.amazon.awssdk.services.ecs.model.DescribeServicesRequest;
import software.amazon.awssdk.services.ecs.model.DescribeTaskDefinitionRequest;
import software.amazon.awssdk.services.ecs.model.DescribeTasksRequest;
import software.amazon.awssdk.services.ecs.model.ListClustersRequest;
import software.amazon.awssdk.services.ecs.model.ListServiceDeploymentsRequest;
import software.amazon.awssdk.services.ecs.model.ListServicesByNamespaceRequest;
import software.amazon.awssdk.services.ecs.model.ListServicesRequest;
import software.amazon.awssdk.services.ecs.model.ListTasksRequest;

/** Amazon ECS: clusters, services, their deployments and revisions, tasks and task definitions. */
final class EcsApi implements Api {
    private final EcsClient ecs;

    EcsApi(Session session, String region) {
        ecs = session.open(EcsClient.builder(), "ECS", region);
    }

    @Override
    public SdkPojo call(Operation operation, Map<String, Object> parameters) {
        return switch (operation) {
            case DESCRIBE_CLUSTERS ->
                ecs.describeClusters(Documents.into(DescribeClustersRequest.builder(), parameters)
                        .build());
            case DESCRIBE_SERVICE_DEPLOYMENTS ->
                ecs.describeServiceDeployments(Documents.into(DescribeServiceDeploymentsRequest.builder(), parameters)
                        .build());
            case DESCRIBE_SERVICE_REVISIONS ->
                ecs.describeServiceRevisions(Documents.into(DescribeServiceRevisionsRequest.builder(), parameters)
                        .build());
            case DESCRIBE_SERVICES ->
                ecs.describeServices(Documents.into(DescribeServicesRequest.builder(), parameters)
                        .build());
            case DESCRIBE_TASK_DEFINITION ->
                ecs.describeTaskDefinition(Documents.into(DescribeTaskDefinitionRequest.builder(), parameters)
                        .build());
            case DESCRIBE_TASKS ->
                ecs.describeTasks(Documents.into(DescribeTasksRequest.builder(), parameters)
                        .build());
            case LIST_CLUSTERS ->
                ecs.listClusters(Documents.into(ListClustersRequest.builder(), parameters)
                        .build());
            case LIST_SERVICE_DEPLOYMENTS ->
                ecs.listServiceDeployments(Documents.into(ListServiceDeploymentsRequest.builder(), parameters)
                        .build());
            case LIST_SERVICES ->
                ecs.listServices(Documents.into(ListServicesRequest.builder(), parameters)
                        .build());
            case LIST_SERVICES_BY_NAMESPACE ->
                ecs.listServicesByNamespace(Documents.into(ListServicesByNamespaceRequest.builder(), parameters)
                        .build());
            case LIST_TASKS ->
                ecs.listTasks(
                        Documents.into(ListTasksRequest.builder(), parameters).build());
            default -> throw new IllegalArgumentException(operation.action());
        };
    }

    @Override
    public void close() {
        ecs.close();
    }
}
