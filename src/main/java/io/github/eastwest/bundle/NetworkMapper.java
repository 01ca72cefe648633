package io.github.eastwest.bundle;

import io.github.eastwest.model.network.Network;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** EC2 answers → records. */
final class NetworkMapper {
    private static final int ALL = -1;
    /** Protocols whose rules have ports: without them a rule would seem to admit every port. */
    private static final Set<String> WITH_PORTS = Set.of("tcp", "udp", "6", "17");

    private NetworkMapper() {}

    /** A network interface and the ECS service that its tags name. */
    record InterfaceAnswer(Network.NetworkInterface networkInterface, String ecsService) {}

    /** An element of DescribeNetworkInterfaces' {@code NetworkInterfaces}. */
    static Optional<InterfaceAnswer> networkInterface(Json json) {
        Optional<String> id = json.at("NetworkInterfaceId").required();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        List<String> groups = new ArrayList<>();
        for (Json group : json.at("Groups").items()) {
            group.at("GroupId").text().ifPresent(groups::add);
        }
        List<String> ipv6 = new ArrayList<>();
        for (Json address : json.at("Ipv6Addresses").items()) {
            address.at("Ipv6Address").text().ifPresent(ipv6::add);
        }
        String service = "";
        for (Json tag : json.at("TagSet").items()) {
            if (tag.at("Key").textOrEmpty().equals("aws:ecs:serviceName")) {
                service = tag.at("Value").textOrEmpty();
            }
        }
        return Optional.of(new InterfaceAnswer(
                new Network.NetworkInterface(
                        id.get(),
                        json.at("PrivateIpAddress").text(),
                        ipv6,
                        json.at("SubnetId").text(),
                        json.at("VpcId").text(),
                        groups),
                service));
    }

    /** An element of DescribeSecurityGroupRules' {@code SecurityGroupRules}. */
    static Optional<Network.SecurityGroupRule> securityGroupRule(Json json) {
        Optional<String> id = json.at("SecurityGroupRuleId").required();
        Optional<String> group = json.at("GroupId").required();
        Optional<Boolean> egress = json.at("IsEgress").bool();
        Optional<String> protocol = json.at("IpProtocol").digits(0);
        OptionalInt from = json.at("FromPort").integer();
        OptionalInt to = json.at("ToPort").integer();
        Network.Peer peer = new Network.Peer(
                json.at("CidrIpv4").text(),
                json.at("CidrIpv6").text(),
                json.at("ReferencedGroupInfo").at("GroupId").text(),
                json.at("PrefixListId").text());
        long peers = List.of(peer.cidrIpv4(), peer.cidrIpv6(), peer.groupId(), peer.prefixListId()).stream()
                .filter(Optional::isPresent)
                .count();
        boolean portsKnown = from.isPresent() && to.isPresent() || !WITH_PORTS.contains(protocol.orElse("tcp"));
        if (id.isEmpty() || group.isEmpty() || egress.isEmpty() || protocol.isEmpty() || peers != 1 || !portsKnown) {
            json.fault("is not a whole security-group rule: left out");
            return Optional.empty();
        }
        return Optional.of(new Network.SecurityGroupRule(
                id.get(), group.get(), egress.get(), protocol.get(), from.orElse(ALL), to.orElse(ALL), peer));
    }

    /** An element of DescribeSubnets' {@code Subnets}. */
    static Optional<Network.Subnet> subnet(Json json) {
        return json.at("SubnetId")
                .required()
                .map(id -> new Network.Subnet(
                        id,
                        json.at("VpcId").text(),
                        json.at("AvailabilityZone").text(),
                        json.at("CidrBlock").text()));
    }

    /** An element of DescribeNetworkAcls' {@code NetworkAcls}. */
    static Optional<Network.NetworkAcl> networkAcl(Json json) {
        Optional<String> id = json.at("NetworkAclId").required();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        List<String> subnets = new ArrayList<>();
        for (Json association : json.at("Associations").items()) {
            association.at("SubnetId").text().ifPresent(subnets::add);
        }
        List<Network.AclEntry> entries = new ArrayList<>();
        for (Json item : json.at("Entries").items()) {
            aclEntry(item).ifPresent(entries::add);
        }
        entries.sort(Comparator.comparingInt(Network.AclEntry::number).thenComparing(Network.AclEntry::egress));
        return Optional.of(new Network.NetworkAcl(id.get(), subnets, entries));
    }

    private static Optional<Network.AclEntry> aclEntry(Json json) {
        OptionalInt number = json.at("RuleNumber").integer();
        Optional<Boolean> egress = json.at("Egress").bool();
        Optional<String> action = json.at("RuleAction").text();
        Optional<String> protocol = json.at("Protocol").digits(0);
        Json range = json.at("PortRange");
        OptionalInt from = range.at("From").integer();
        OptionalInt to = range.at("To").integer();
        boolean actionKnown = action.filter(text -> text.equals("allow") || text.equals("deny"))
                .isPresent();
        // An entry for TCP always has a range; without it the entry would seem to hold for every port.
        boolean portsKnown = from.isPresent() && to.isPresent() || !WITH_PORTS.contains(protocol.orElse("tcp"));
        if (number.isEmpty() || egress.isEmpty() || protocol.isEmpty() || !actionKnown || !portsKnown) {
            json.fault("is not a whole entry: left out");
            return Optional.empty();
        }
        return Optional.of(new Network.AclEntry(
                number.getAsInt(),
                egress.get(),
                action.orElse("").equals("allow"),
                protocol.get(),
                json.at("CidrBlock").text().or(() -> json.at("Ipv6CidrBlock").text()),
                from.orElse(ALL),
                to.orElse(ALL)));
    }

    /** Where a route can lead; exactly one is set. */
    private static final List<String> TARGETS = List.of(
            "GatewayId",
            "NatGatewayId",
            "VpcPeeringConnectionId",
            "TransitGatewayId",
            "NetworkInterfaceId",
            "InstanceId",
            "EgressOnlyInternetGatewayId",
            "LocalGatewayId",
            "CarrierGatewayId",
            "CoreNetworkArn");

    /** An element of DescribeRouteTables' {@code RouteTables}. */
    static Optional<Network.RouteTable> routeTable(Json json) {
        Optional<String> id = json.at("RouteTableId").required();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        boolean main = false;
        List<String> subnets = new ArrayList<>();
        for (Json association : json.at("Associations").items()) {
            main |= association.at("Main").bool().orElse(false);
            association.at("SubnetId").text().ifPresent(subnets::add);
        }
        List<Network.Route> routes = new ArrayList<>();
        for (Json item : json.at("Routes").items()) {
            routes.add(new Network.Route(
                    item.at("DestinationCidrBlock")
                            .text()
                            .or(() -> item.at("DestinationIpv6CidrBlock").text()),
                    TARGETS.stream()
                            .flatMap(name -> item.at(name).text().stream())
                            .findFirst()
                            .orElse(""),
                    item.at("State").textOrEmpty().equals("blackhole")));
        }
        return Optional.of(new Network.RouteTable(id.get(), json.at("VpcId").text(), main, subnets, routes));
    }
}
