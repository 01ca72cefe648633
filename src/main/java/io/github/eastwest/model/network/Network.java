package io.github.eastwest.model.network;

import java.util.List;
import java.util.Optional;

/**
 * The VPC around the tasks.
 *
 * @param interfaces network interfaces
 * @param securityGroupRules rules of the groups concerned
 * @param subnets subnets of the tasks
 * @param acls network ACLs of those subnets
 * @param routeTables route tables of those subnets
 */
public record Network(
        List<NetworkInterface> interfaces,
        List<SecurityGroupRule> securityGroupRules,
        List<Subnet> subnets,
        List<NetworkAcl> acls,
        List<RouteTable> routeTables) {
    public Network {
        interfaces = List.copyOf(interfaces);
        securityGroupRules = List.copyOf(securityGroupRules);
        subnets = List.copyOf(subnets);
        acls = List.copyOf(acls);
        routeTables = List.copyOf(routeTables);
    }

    /** A network interface, its private IPv4 address, its IPv6 addresses and its security groups. */
    public record NetworkInterface(
            String id,
            Optional<String> address,
            List<String> ipv6,
            Optional<String> subnetId,
            Optional<String> vpcId,
            List<String> groups) {
        public NetworkInterface {
            ipv6 = List.copyOf(ipv6);
            groups = List.copyOf(groups);
        }
    }

    /**
     * A security-group rule.
     *
     * @param id rule id
     * @param groupId group it belongs to
     * @param egress direction
     * @param protocol tcp, udp, icmp, -1 for all, or a number
     * @param fromPort first port; -1 for all
     * @param toPort last port; -1 for all
     * @param peer whom it admits
     */
    public record SecurityGroupRule(
            String id, String groupId, boolean egress, String protocol, int fromPort, int toPort, Peer peer) {}

    /** Whom a rule admits: exactly one of the four is present. */
    public record Peer(
            Optional<String> cidrIpv4,
            Optional<String> cidrIpv6,
            Optional<String> groupId,
            Optional<String> prefixListId) {}

    /** A subnet. */
    public record Subnet(String id, Optional<String> vpcId, Optional<String> availabilityZone, Optional<String> cidr) {}

    /** A network ACL with the subnets it guards; entries in order of their number. */
    public record NetworkAcl(String id, List<String> subnetIds, List<AclEntry> entries) {
        public NetworkAcl {
            subnetIds = List.copyOf(subnetIds);
            entries = List.copyOf(entries);
        }
    }

    /** A network ACL entry; ports are -1 when all. */
    public record AclEntry(
            int number,
            boolean egress,
            boolean allow,
            String protocol,
            Optional<String> cidr,
            int fromPort,
            int toPort) {}

    /**
     * A route table.
     *
     * @param id its id
     * @param vpcId its VPC
     * @param main whether it is the one of all subnets of the VPC that have none of their own
     * @param subnetIds subnets that name it
     * @param routes its routes
     */
    public record RouteTable(
            String id, Optional<String> vpcId, boolean main, List<String> subnetIds, List<Route> routes) {
        public RouteTable {
            subnetIds = List.copyOf(subnetIds);
            routes = List.copyOf(routes);
        }
    }

    /**
     * A route.
     *
     * @param cidr the addresses it is for; empty where a prefix list names them
     * @param target id of where it leads: {@code local}, {@code nat-…}, {@code pcx-…}, {@code tgw-…}; empty when unknown
     * @param blackhole whether its target is gone
     */
    public record Route(Optional<String> cidr, String target, boolean blackhole) {}
}
