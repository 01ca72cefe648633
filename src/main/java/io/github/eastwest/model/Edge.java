package io.github.eastwest.model;

import java.util.Optional;

/**
 * The unit of diagnosis: one ECS service calling another.
 *
 * @param caller ECS service name of the caller
 * @param callee ECS service name of the callee
 * @param cluster cluster name of the caller; empty when nothing tells it
 * @param calleeCluster cluster name of the callee where it differs
 * @param namespace Cloud Map namespace name of the callee's endpoint
 * @param method what carries the calls
 */
public record Edge(
        String caller,
        String callee,
        Optional<String> cluster,
        Optional<String> calleeCluster,
        Optional<String> namespace,
        Method method) {
    /** What carries the calls of an edge. */
    public enum Method {
        SERVICE_CONNECT("service-connect"),
        ALB("alb"),
        VPC_LATTICE("vpc-lattice"),
        CLOUD_MAP_DNS("cloud-map-dns"),
        APP_MESH("app-mesh"),
        UNKNOWN("unknown");

        private final String id;

        Method(String id) {
            this.id = id;
        }

        /** The name used in every output. */
        public String id() {
            return id;
        }
    }

    /** {@code caller → callee}. */
    public String label() {
        return caller + " \u2192 " + callee;
    }
}
