package io.github.eastwest.collect.aws;

import io.github.eastwest.collect.Operation;
import java.util.Map;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeNetworkAclsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeNetworkInterfacesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeRouteTablesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupRulesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSubnetsRequest;

/** Amazon EC2: interfaces of tasks, and what may stand between them. */
final class Ec2Api implements Api {
    private final Ec2Client ec2;

    Ec2Api(Session session, String region) {
        ec2 = session.open(Ec2Client.builder(), "EC2", region);
    }

    @Override
    public SdkPojo call(Operation operation, Map<String, Object> parameters) {
        return switch (operation) {
            case DESCRIBE_NETWORK_ACLS ->
                ec2.describeNetworkAcls(Documents.into(DescribeNetworkAclsRequest.builder(), parameters)
                        .build());
            case DESCRIBE_NETWORK_INTERFACES ->
                ec2.describeNetworkInterfaces(Documents.into(DescribeNetworkInterfacesRequest.builder(), parameters)
                        .build());
            case DESCRIBE_ROUTE_TABLES ->
                ec2.describeRouteTables(Documents.into(DescribeRouteTablesRequest.builder(), parameters)
                        .build());
            case DESCRIBE_SECURITY_GROUP_RULES ->
                ec2.describeSecurityGroupRules(Documents.into(DescribeSecurityGroupRulesRequest.builder(), parameters)
                        .build());
            case DESCRIBE_SUBNETS ->
                ec2.describeSubnets(Documents.into(DescribeSubnetsRequest.builder(), parameters)
                        .build());
            default -> throw new IllegalArgumentException(operation.action());
        };
    }

    @Override
    public void close() {
        ec2.close();
    }
}
