package io.github.eastwest.aws;

import static io.github.eastwest.aws.Documents.structures;
import static io.github.eastwest.aws.Documents.text;
import static io.github.eastwest.aws.Documents.texts;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Amazon EC2, as far as it describes networks. */
final class Ec2Api {
    private final ServedBundle bundle;
    private final Settings settings;

    Ec2Api(ServedBundle bundle, Settings settings) {
        this.bundle = bundle;
        this.settings = settings;
    }

    /**
     * A kind of resource.
     *
     * @param member the member of the answer that lists them
     * @param id their identifier's member
     * @param ids the request's member with identifiers
     * @param form of an identifier
     * @param unknown AWS's code for an identifier that does not exist
     * @param filters values by name of filter
     */
    private record Resource(
            String member,
            String id,
            String ids,
            String form,
            String unknown,
            Map<String, Function<Map<String, Object>, List<String>>> filters) {}

    private static final Map<String, Resource> RESOURCES = Map.of(
            "DescribeNetworkInterfaces",
            new Resource(
                    "NetworkInterfaces",
                    "NetworkInterfaceId",
                    "NetworkInterfaceIds",
                    "eni-[0-9a-f]+",
                    "InvalidNetworkInterfaceID.NotFound",
                    Map.of(
                            "network-interface-id", member("NetworkInterfaceId"),
                            "private-ip-address", member("PrivateIpAddress"),
                            "addresses.private-ip-address", each("PrivateIpAddresses", "PrivateIpAddress"),
                            "ipv6-addresses.ipv6-address", each("Ipv6Addresses", "Ipv6Address"),
                            "group-id", each("Groups", "GroupId"),
                            "subnet-id", member("SubnetId"),
                            "vpc-id", member("VpcId"),
                            "status", member("Status"),
                            "interface-type", member("InterfaceType"),
                            "description", member("Description"))),
            "DescribeSecurityGroupRules",
            new Resource(
                    "SecurityGroupRules",
                    "SecurityGroupRuleId",
                    "SecurityGroupRuleIds",
                    "sgr-[0-9a-f]+",
                    "InvalidSecurityGroupRuleId.NotFound",
                    Map.of(
                            "group-id", member("GroupId"),
                            "security-group-rule-id", member("SecurityGroupRuleId"))),
            "DescribeSubnets",
            new Resource(
                    "Subnets",
                    "SubnetId",
                    "SubnetIds",
                    "subnet-[0-9a-f]+",
                    "InvalidSubnetID.NotFound",
                    Map.of(
                            "subnet-id", member("SubnetId"),
                            "vpc-id", member("VpcId"),
                            "availability-zone", member("AvailabilityZone"),
                            "state", member("State"))),
            "DescribeNetworkAcls",
            new Resource(
                    "NetworkAcls",
                    "NetworkAclId",
                    "NetworkAclIds",
                    "acl-[0-9a-f]+",
                    "InvalidNetworkAclID.NotFound",
                    Map.of(
                            "network-acl-id", member("NetworkAclId"),
                            "vpc-id", member("VpcId"),
                            "association.subnet-id", each("Associations", "SubnetId"),
                            "default", member("IsDefault"))),
            "DescribeRouteTables",
            new Resource(
                    "RouteTables",
                    "RouteTableId",
                    "RouteTableIds",
                    "rtb-[0-9a-f]+",
                    "InvalidRouteTableID.NotFound",
                    Map.of(
                            "route-table-id", member("RouteTableId"),
                            "vpc-id", member("VpcId"),
                            "association.subnet-id", each("Associations", "SubnetId"),
                            "association.main", each("Associations", "Main"))));

    private static Function<Map<String, Object>, List<String>> member(String name) {
        return resource -> Optional.ofNullable(resource.get(name)).map(Object::toString).stream()
                .toList();
    }

    private static Function<Map<String, Object>, List<String>> each(String list, String name) {
        return resource -> structures(resource, list).stream()
                .filter(e -> e.containsKey(name))
                .map(e -> e.get(name).toString())
                .toList();
    }

    Map<String, Object> answer(ApiCall call) {
        Resource resource = Optional.ofNullable(RESOURCES.get(call.operation()))
                .orElseThrow(() -> ApiError.of(ApiError.Kind.UNKNOWN_OPERATION, call.operation()));
        List<Map<String, Object>> all = bundle.items(path(call.operation()), resource.member());
        List<String> ids = call.texts(resource.ids());
        ids.stream().filter(id -> !id.matches(resource.form())).findFirst().ifPresent(id -> {
            throw ApiError.of(resource.unknown().replace(".NotFound", ".Malformed"), "Invalid id: \"" + id + "\"");
        });
        // One identifier that does not exist fails the whole call; a filter that finds nothing does not.
        String missing = ids.stream()
                .filter(id -> all.stream().noneMatch(r -> id.equals(r.get(resource.id()))))
                .map(id -> "'" + id + "'")
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw ApiError.of(resource.unknown(), "The ID " + missing + " does not exist");
        }
        List<Map<String, Object>> found = all.stream()
                .filter(r -> ids.isEmpty() || ids.contains(text(r, resource.id())))
                .filter(r -> call.structures("Filters").stream().allMatch(f -> matches(r, f, resource)))
                .toList();
        Optional<Integer> size = call.number("MaxResults");
        size.filter(s -> s < 5 || s > 1000).ifPresent(s -> {
            throw ApiError.of("InvalidParameterValue", "Value ( " + s + " ) for parameter maxResults is invalid.");
        });
        if (size.isPresent() && !ids.isEmpty()) {
            throw ApiError.of(
                    "InvalidParameterCombination", "The parameter MaxResults cannot be used with identifiers");
        }
        Pages.Page<Map<String, Object>> page = Pages.page(
                found,
                Math.min(size.orElse(1000), settings.pageSize()),
                call,
                "NextToken",
                token -> ApiError.of("InvalidNextToken", "The token is not valid"));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(resource.member(), page.items());
        page.nextToken().ifPresent(token -> answer.put("NextToken", token));
        return answer;
    }

    private static boolean matches(Map<String, Object> item, Map<String, Object> filter, Resource resource) {
        String name = text(filter, "Name");
        Function<Map<String, Object>, List<String>> values = Optional.ofNullable(
                        resource.filters().get(name))
                .orElseThrow(() -> ApiError.of("InvalidParameterValue", "The filter '" + name + "' is invalid"));
        List<String> wanted = texts(filter, "Values");
        if (wanted.isEmpty() || wanted.size() > 200) {
            throw ApiError.of("InvalidParameterValue", "The filter '" + name + "' needs 1 to 200 values");
        }
        return values.apply(item).stream().anyMatch(v -> wanted.stream().anyMatch(w -> like(v, w)));
    }

    /** A filter's value may have the wildcards {@code *} and {@code ?}. */
    private static boolean like(String value, String wanted) {
        String regex = wanted.chars()
                .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf((char) c)))
                .collect(Collectors.joining());
        return value.matches(regex);
    }

    private static String path(String operation) {
        return "ec2/" + operation.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
    }
}
