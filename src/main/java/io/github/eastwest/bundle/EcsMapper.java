package io.github.eastwest.bundle;

import io.github.eastwest.model.Snapshot;
import io.github.eastwest.model.ecs.Deployment;
import io.github.eastwest.model.ecs.LogGroup;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import io.github.eastwest.model.ecs.ServiceDeployment;
import io.github.eastwest.model.ecs.ServiceRevision;
import io.github.eastwest.model.ecs.Task;
import io.github.eastwest.model.ecs.TaskDefinition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** ECS answers → records. A record that lacks what names it is lost; any other wrong field is lost alone. */
final class EcsMapper {
    private EcsMapper() {}

    /** An element of DescribeServices' {@code services}. */
    static Optional<Service> service(Json json) {
        Optional<String> arn = json.at("serviceArn").text();
        Optional<String> name = json.at("serviceName").text().or(() -> arn.map(Arn::service));
        if (name.isEmpty()) {
            json.fault("has no serviceName");
            return Optional.empty();
        }
        // A count that cannot be read must not pass for zero: the service is lost instead.
        OptionalInt desired = json.at("desiredCount").integer();
        OptionalInt running = json.at("runningCount").integer();
        if (desired.isEmpty() || running.isEmpty()) {
            json.fault("has no desiredCount or no runningCount: service " + name.get() + " left out");
            return Optional.empty();
        }
        List<Deployment> deployments = new ArrayList<>();
        List<String> registries = new ArrayList<>();
        for (Json item : json.at("serviceRegistries").items()) {
            registries.add(item.at("registryArn").text().map(Arn::name).orElse(""));
        }
        boolean vpcLattice = !json.at("vpcLatticeConfigurations").items().isEmpty();
        for (Json item : json.at("deployments").items()) {
            deployment(item).ifPresent(deployments::add);
            vpcLattice |= !item.at("vpcLatticeConfigurations").items().isEmpty();
        }
        deployments.sort(Comparator.comparing(deployment -> !deployment.status().equals("PRIMARY")));
        List<Service.ServiceEvent> events = new ArrayList<>();
        for (Json item : json.at("events").items()) {
            item.at("createdAt")
                    .time()
                    .ifPresent(at -> events.add(
                            new Service.ServiceEvent(at, item.at("message").textOrEmpty())));
        }
        events.sort(Comparator.comparing(Service.ServiceEvent::at).reversed());
        return Optional.of(new Service(
                name.get(),
                json.at("clusterArn")
                        .text()
                        .map(Arn::name)
                        .or(() -> arn.flatMap(Arn::cluster))
                        .orElse(""),
                json.at("status").textOrEmpty(),
                new Service.TaskCounts(
                        desired.getAsInt(),
                        running.getAsInt(),
                        json.at("pendingCount").integer().orElse(0)),
                deployments,
                events,
                json.at("createdAt").time(),
                new Service.Routing(!json.at("loadBalancers").items().isEmpty(), registries, vpcLattice)));
    }

    private static Optional<Deployment> deployment(Json json) {
        Optional<String> id = json.at("id").required();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        List<String> discoveryIds = new ArrayList<>();
        for (Json resource : json.at("serviceConnectResources").items()) {
            resource.at("discoveryArn").text().map(Arn::name).ifPresent(discoveryIds::add);
        }
        return Optional.of(new Deployment(
                id.get(),
                json.at("status").textOrEmpty(),
                json.at("taskDefinition").text().map(Arn::taskDefinition).orElse(""),
                json.at("createdAt").time(),
                new Deployment.Rollout(
                        json.at("rolloutState").textOrEmpty(),
                        json.at("rolloutStateReason").textOrEmpty(),
                        new Service.TaskCounts(
                                json.at("desiredCount").integer().orElse(0),
                                json.at("runningCount").integer().orElse(0),
                                json.at("pendingCount").integer().orElse(0)),
                        json.at("failedTasks").integer().orElse(0)),
                serviceConnect(json.at("serviceConnectConfiguration")),
                discoveryIds,
                securityGroups(json)));
    }

    private static List<String> securityGroups(Json json) {
        return json.at("networkConfiguration")
                .at("awsvpcConfiguration")
                .at("securityGroups")
                .texts();
    }

    /** A {@code serviceConnectConfiguration}. */
    static Optional<ServiceConnect> serviceConnect(Json json) {
        if (!json.isObject()) {
            if (!json.isAbsent()) {
                json.fault("is not an object");
            }
            return Optional.empty();
        }
        List<ServiceConnect.Endpoint> endpoints = new ArrayList<>();
        for (Json item : json.at("services").items()) {
            endpoint(item).ifPresent(endpoints::add);
        }
        Json log = json.at("logConfiguration");
        Optional<String> group = log.at("logDriver").textOrEmpty().equals("awslogs")
                ? log.at("options").at("awslogs-group").text()
                : Optional.empty();
        return Optional.of(new ServiceConnect(
                json.at("enabled").bool().orElse(!endpoints.isEmpty()),
                json.at("namespace").text(),
                endpoints,
                group,
                log.isObject(),
                json.at("accessLogConfiguration").at("format").text()));
    }

    private static Optional<ServiceConnect.Endpoint> endpoint(Json json) {
        Optional<String> portName = json.at("portName").required();
        if (portName.isEmpty()) {
            return Optional.empty();
        }
        List<ServiceConnect.Alias> aliases = new ArrayList<>();
        for (Json item : json.at("clientAliases").items()) {
            OptionalInt port = item.at("port").integer();
            if (port.isPresent()) {
                aliases.add(new ServiceConnect.Alias(item.at("dnsName").text(), port.getAsInt()));
            } else {
                item.fault("has no port");
            }
        }
        Json timeout = json.at("timeout");
        return Optional.of(new ServiceConnect.Endpoint(
                portName.get(),
                json.at("discoveryName").text().orElse(portName.get()),
                aliases,
                json.at("ingressPortOverride").integer(),
                timeout.at("perRequestTimeoutSeconds").integer(),
                timeout.at("idleTimeoutSeconds").integer(),
                tls(json.at("tls"))));
    }

    private static Optional<ServiceConnect.Tls> tls(Json json) {
        return json.isObject()
                ? Optional.of(new ServiceConnect.Tls(json.at("issuerCertificateAuthority")
                        .at("awsPcaAuthorityArn")
                        .text()))
                : Optional.empty();
    }

    /** An element of DescribeClusters' {@code clusters}. */
    static Optional<Snapshot.Cluster> cluster(Json json) {
        Optional<String> name = json.at("clusterName")
                .text()
                .or(() -> json.at("clusterArn").text().map(Arn::name));
        if (name.isEmpty()) {
            json.fault("has no clusterName");
            return Optional.empty();
        }
        return Optional.of(new Snapshot.Cluster(
                name.get(),
                json.at("status").textOrEmpty(),
                json.at("serviceConnectDefaults").at("namespace").text()));
    }

    /** DescribeTaskDefinition's {@code taskDefinition}. */
    static Optional<TaskDefinition> taskDefinition(Json json) {
        Optional<String> id = json.at("taskDefinitionArn").text().map(Arn::taskDefinition);
        Optional<String> family = json.at("family")
                .text()
                .or(() -> id.map(text -> text.substring(0, Math.max(0, text.lastIndexOf(':'))))
                        .filter(text -> !text.isEmpty()));
        OptionalInt revision = json.at("revision").integer();
        if (revision.isEmpty() && id.isPresent()) {
            String digits = id.get().substring(id.get().lastIndexOf(':') + 1);
            revision = digits.matches("\\d{1,9}") ? OptionalInt.of(Integer.parseInt(digits)) : revision;
        }
        if (family.isEmpty() || revision.isEmpty()) {
            json.fault("has no family or no revision");
            return Optional.empty();
        }
        List<TaskDefinition.ContainerDefinition> containers = new ArrayList<>();
        for (Json item : json.at("containerDefinitions").items()) {
            containerDefinition(item).ifPresent(containers::add);
        }
        return Optional.of(new TaskDefinition(
                family.get(),
                revision.getAsInt(),
                json.at("networkMode").textOrEmpty(),
                json.at("cpu").integer(),
                json.at("memory").integer(),
                containers,
                json.at("registeredAt").time(),
                json.at("proxyConfiguration").isObject()));
    }

    private static Optional<TaskDefinition.ContainerDefinition> containerDefinition(Json json) {
        Optional<String> name = json.at("name").required();
        if (name.isEmpty()) {
            return Optional.empty();
        }
        List<TaskDefinition.PortMapping> ports = new ArrayList<>();
        for (Json item : json.at("portMappings").items()) {
            OptionalInt port = item.at("containerPort").integer();
            if (port.isPresent()) {
                ports.add(new TaskDefinition.PortMapping(
                        item.at("name").text(),
                        port.getAsInt(),
                        item.at("protocol").text().orElse("tcp"),
                        item.at("appProtocol").text()));
            } else if (item.at("containerPortRange").isAbsent()) {
                item.fault("has no containerPort");
            }
        }
        Map<String, String> environment = new LinkedHashMap<>();
        for (Json item : json.at("environment").items()) {
            item.at("name")
                    .text()
                    .ifPresent(variable ->
                            environment.put(variable, item.at("value").textOrEmpty()));
        }
        Json check = json.at("healthCheck");
        Optional<TaskDefinition.HealthCheck> healthCheck = check.isObject()
                ? Optional.of(new TaskDefinition.HealthCheck(
                        check.at("command").texts(),
                        check.at("interval").integer().orElse(30),
                        check.at("timeout").integer().orElse(5),
                        check.at("retries").integer().orElse(3),
                        check.at("startPeriod").integer().orElse(0)))
                : Optional.empty();
        return Optional.of(new TaskDefinition.ContainerDefinition(
                name.get(),
                json.at("image").textOrEmpty(),
                json.at("essential").bool().orElse(true),
                ports,
                environment,
                healthCheck,
                new TaskDefinition.Ending(
                        json.at("stopTimeout").integer(),
                        json.at("restartPolicy").at("enabled").bool().orElse(false)),
                new TaskDefinition.Limits(
                        json.at("cpu").integer(),
                        json.at("memory").integer(),
                        json.at("memoryReservation").integer())));
    }

    /** A task, the cluster it runs in, every address it has, and how often ECS had changed it when it answered. */
    record TaskAnswer(Task task, String cluster, List<String> addresses, int version) {}

    /** An element of DescribeTasks' {@code tasks}. */
    static Optional<TaskAnswer> task(Json json) {
        Optional<String> arn = json.at("taskArn").required();
        if (arn.isEmpty()) {
            return Optional.empty();
        }
        Attachments attachments = Attachments.of(json.at("attachments"));
        List<Task.Container> containers = new ArrayList<>();
        List<String> addresses = new ArrayList<>(attachments.address().stream().toList());
        for (Json item : json.at("containers").items()) {
            container(item).ifPresent(containers::add);
            for (Json nic : item.at("networkInterfaces").items()) {
                nic.at("privateIpv4Address").text().ifPresent(addresses::add);
                nic.at("ipv6Address").text().ifPresent(addresses::add);
            }
        }
        String group = json.at("group").textOrEmpty();
        Optional<String> proxy = attachments
                .proxy()
                .or(() -> containers.stream()
                        .map(Task.Container::name)
                        .filter(name -> name.startsWith(PROXY_PREFIX))
                        .findFirst());
        Task task = new Task(
                Arn.name(arn.get()),
                group.startsWith("service:") ? group.substring("service:".length()) : "",
                json.at("taskDefinitionArn").text().map(Arn::taskDefinition).orElse(""),
                json.at("startedBy").textOrEmpty(),
                new Task.Placement(
                        addresses.stream()
                                .filter(address -> !address.contains(":"))
                                .findFirst(),
                        json.at("availabilityZone").text(),
                        attachments.subnet(),
                        attachments.networkInterface()),
                new Task.State(
                        json.at("lastStatus").textOrEmpty(),
                        json.at("healthStatus").textOrEmpty(),
                        json.at("stopCode").textOrEmpty(),
                        json.at("stoppedReason").textOrEmpty(),
                        proxy,
                        json.at("cpu").integer(),
                        json.at("memory").integer()),
                new Task.Lifecycle(
                        json.at("createdAt").time(),
                        json.at("startedAt").time(),
                        json.at("stoppingAt").time(),
                        json.at("executionStoppedAt").time(),
                        json.at("stoppedAt").time()),
                containers);
        String cluster = json.at("clusterArn")
                .text()
                .map(Arn::name)
                .or(() -> Arn.cluster(arn.get()))
                .orElse("");
        return Optional.of(new TaskAnswer(
                task, cluster, addresses, json.at("version").integer().orElse(0)));
    }

    /** How the Service Connect container's name begins. */
    static final String PROXY_PREFIX = "ecs-service-connect-";

    private static Optional<Task.Container> container(Json json) {
        return json.at("name")
                .required()
                .map(name -> new Task.Container(
                        name,
                        json.at("lastStatus").textOrEmpty(),
                        json.at("healthStatus").textOrEmpty(),
                        json.at("exitCode").integer(),
                        json.at("reason").textOrEmpty(),
                        json.at("image").textOrEmpty()));
    }

    /** What a task's attachments tell. */
    private record Attachments(
            Optional<String> proxy,
            Optional<String> address,
            Optional<String> subnet,
            Optional<String> networkInterface) {
        static Attachments of(Json json) {
            Map<String, String> network = new LinkedHashMap<>();
            Optional<String> proxy = Optional.empty();
            for (Json item : json.items()) {
                // The documentation writes "Service Connect", the answers "ServiceConnect".
                String type = item.at("type").textOrEmpty().replace(" ", "");
                Map<String, String> details = new LinkedHashMap<>();
                for (Json detail : item.at("details").items()) {
                    Optional<String> value = detail.at("value").text();
                    if (value.isPresent()) {
                        detail.at("name").text().ifPresent(name -> details.put(name, value.get()));
                    }
                }
                if (type.equals("ServiceConnect")) {
                    proxy = proxy.or(() -> Optional.ofNullable(details.get("ContainerName")));
                } else if (type.equals("ElasticNetworkInterface")) {
                    details.forEach(network::putIfAbsent);
                }
            }
            return new Attachments(
                    proxy,
                    Optional.ofNullable(network.get("privateIPv4Address")),
                    Optional.ofNullable(network.get("subnetId")),
                    Optional.ofNullable(network.get("networkInterfaceId")));
        }
    }

    /** An element of DescribeServiceDeployments' {@code serviceDeployments}. */
    static Optional<ServiceDeployment> serviceDeployment(Json json) {
        Optional<String> arn = json.at("serviceDeploymentArn").required();
        if (arn.isEmpty()) {
            return Optional.empty();
        }
        List<String> sources = new ArrayList<>();
        for (Json item : json.at("sourceServiceRevisions").items()) {
            item.at("arn").text().ifPresent(sources::add);
        }
        return Optional.of(new ServiceDeployment(
                arn.get(),
                json.at("serviceArn").text().map(Arn::service).orElseGet(() -> Arn.service(arn.get())),
                json.at("status").textOrEmpty(),
                json.at("statusReason").textOrEmpty(),
                json.at("createdAt").time(),
                json.at("finishedAt").time(),
                json.at("deploymentCircuitBreaker").at("status").textOrEmpty(),
                new ServiceDeployment.Revisions(
                        sources,
                        json.at("targetServiceRevision").at("arn").text(),
                        json.at("rollback").at("serviceRevisionArn").text())));
    }

    /** An element of DescribeServiceRevisions' {@code serviceRevisions}. */
    static Optional<ServiceRevision> serviceRevision(Json json) {
        return json.at("serviceRevisionArn")
                .required()
                .map(arn -> new ServiceRevision(
                        arn,
                        json.at("serviceArn").text().map(Arn::service).orElseGet(() -> Arn.service(arn)),
                        json.at("taskDefinition")
                                .text()
                                .map(Arn::taskDefinition)
                                .orElse(""),
                        json.at("createdAt").time(),
                        serviceConnect(json.at("serviceConnectConfiguration")),
                        securityGroups(json)));
    }

    /** An element of DescribeLogGroups' {@code logGroups}. */
    static Optional<LogGroup> logGroup(Json json) {
        return json.at("logGroupName")
                .required()
                .map(name -> new LogGroup(name, json.at("logGroupClass").textOrEmpty()));
    }
}
