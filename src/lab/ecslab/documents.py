"""The AWS answers around an incident, in the shape `aws … --output json` prints, from the simulation's state."""
import json
import os
import string

from .model import Ids, iso, zulu

REGIONS = {"eu-central-1": "euc1", "eu-west-1": "euw1", "eu-west-2": "euw2", "eu-north-1": "eun1", "us-east-1": "use1",
           "us-east-2": "use2", "us-west-2": "usw2", "ap-southeast-2": "apse2", "ap-northeast-1": "apne1"}
ROLLING = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}, "maximumPercent": 200,
           "minimumHealthyPercent": 100, "strategy": "ROLLING", "bakeTimeInMinutes": 0}
SIDECAR = [("ENVOY_CONCURRENCY", "2"), ("ENVOY_ADMIN_MODE", "UDS"), ("ENABLE_STATS_SNAPSHOT", "true"),
           ("APPMESH_METRIC_EXTENSION_VERSION", "1"), ("APPNET_ENVOY_RESTART_COUNT", "3"),
           ("HC_DISCONNECTED_TIMEOUT_S", "10800"), ("APPNET_AGENT_ADMIN_MODE", "UDS")]


class Documents:
    def __init__(self, simulation, directory):
        self.sim, self.s, self.directory = simulation, simulation.s, directory
        self.ids = Ids(simulation.s.name + "documents")
        everyone = [simulation.callee, simulation.caller] + ([simulation.twin] if simulation.twin else [])
        self.services = sorted(everyone, key=lambda service: service.name)
        self.vpc, self.ns = self.ids.resource("vpc"), self.ids.cloud_map("ns")
        self.callee_vpc = self.ids.resource("vpc") if self.s.callee_vpc else self.vpc
        # Namespaces beside the edge's: the caller's own, and the one of DNS service discovery.
        self.caller_ns = self.ids.cloud_map("ns") if self.s.caller_namespace else self.ns
        self.dns_ns, self.registry_id = self.ids.cloud_map("ns"), self.ids.cloud_map("srv")
        self.log_group = f"/ecs/{self.s.cluster}/service-connect"
        self.end = simulation.window[1]

    def arn(self, product, rest):
        return f"arn:aws:{product}:{self.s.region}:{self.sim.account}:{rest}"

    def write(self, path, document):
        path = os.path.join(self.directory, path + ".json")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            json.dump(document, out, indent=4)
            out.write("\n")

    def all(self):
        self.ecs()
        self.cloud_map()
        self.logs()
        self.network()
        if self.s.trail is not None:
            self.trail()
            self.write("application-autoscaling/describe-scaling-activities", {"ScalingActivities": []})

    # --- ECS -------------------------------------------------------------------------------------------------------

    def connect(self, service, revision):
        s, sim = self.s, self.sim
        if service is sim.caller and s.caller_connect != "on":
            return {"enabled": False}
        block = {"enabled": True, "namespace": service.namespace}
        if service is sim.caller and s.namespace_form == "arn":
            block["namespace"] = self.arn("servicediscovery", f"namespace/{self.caller_ns}")
        elif service is sim.caller and s.namespace_form == "default":
            del block["namespace"]
        if revision.connect["advertised"]:
            entry = {"portName": (s.port_name if service is sim.callee and s.port_name else self.port_name(service)),
                     "discoveryName": service.discovery,
                     "clientAliases": [{"port": service.alias_port, "dnsName": service.alias}]}
            timeout = {}
            if service is sim.callee:
                if s.configure_timeout:
                    timeout["perRequestTimeoutSeconds"] = s.request_timeout
                if s.idle_timeout:
                    timeout["idleTimeoutSeconds"] = s.idle_timeout
            if timeout:
                entry["timeout"] = timeout
            if revision.connect.get("tls"):
                authority = Ids(s.name + revision.connect["tls"]).uuid()
                entry["tls"] = {
                    "issuerCertificateAuthority": {
                        "awsPcaAuthorityArn": self.arn("acm-pca", f"certificate-authority/{authority}")},
                    "roleArn": f"arn:aws:iam::{sim.account}:role/ecsServiceConnectTls"}
            if revision.connect.get("ingress") or service.ingress_port:
                entry["ingressPortOverride"] = revision.connect.get("ingress") or service.ingress_port
            block["services"] = [entry]
        if service.logs != "none":
            block["logConfiguration"] = {"logDriver": "awslogs", "options": {
                "awslogs-group": self.log_group, "awslogs-region": s.region,
                "awslogs-stream-prefix": service.name}, "secretOptions": []}
            if s.log_mode:
                block["logConfiguration"]["options"]["mode"] = s.log_mode
        if service.logs == "full":
            block["accessLogConfiguration"] = {"format": s.log_format, "includeQueryParameters": "DISABLED"}
        return block

    def port_name(self, service):
        return {"grpc": "grpc", "tcp": "api"}.get(service.app_protocol or "tcp", "http")

    def vpc_block(self, service, revision):
        return {"awsvpcConfiguration": {"subnets": self.sim.subnets_of(service),
                                        "securityGroups": [self.sim.groups[name] for name in revision.groups],
                                        "assignPublicIp": "DISABLED"}}

    def definition_arn(self, service, revision):
        return self.arn("ecs", f"task-definition/{service.name}:{revision.task_definition}")

    def counts(self, service, deployment):
        mine = [t for t in service.tasks if t.deployment is deployment and not t.ghost and not t.stopping]
        running = [t for t in mine if t.started and t.started <= self.end and t.namespace]
        return len(running), len([t for t in mine if t not in running])

    def ecs(self):
        s, sim = self.s, self.sim
        services, deployments, revisions, tasks = [], [], [], []
        described = [service for service in self.services if service is not sim.twin or s.twin.get("described", True)]
        for service in described:
            services.append(self.service(service))
        for service in sorted(self.services, key=lambda item: item is sim.callee):
            for deployment in service.deployments:
                deployments.append(self.service_deployment(service, deployment))
                revisions.append(self.service_revision(service, deployment.revision))
                self.write(f"ecs/describe-task-definition/{service.name}_{deployment.revision.task_definition}",
                           self.task_definition(service, deployment.revision))
        for service in (sim.callee, sim.caller):
            shown = [task for task in service.tasks if task.created <= self.end]
            tasks += [self.task(task) for task in sorted(shown, key=lambda t: (not t.stopping, t.created))]
        self.write("ecs/describe-services", {"services": services, "failures": []})
        self.write("ecs/describe-service-deployments", {"serviceDeployments": deployments, "failures": []})
        self.write("ecs/describe-service-revisions", {"serviceRevisions": revisions, "failures": []})
        self.write("ecs/describe-tasks", {"tasks": tasks, "failures": []})
        self.write("ecs/list-services-by-namespace", {"serviceArns": [
            self.arn("ecs", f"service/{s.cluster}/{service.name}") for service in self.services
            if service.namespace == sim.namespace and (service is not sim.caller or s.caller_connect == "on")]})
        running = sum(self.counts(service, d)[0] for service in self.services for d in service.deployments)
        self.write("ecs/describe-clusters", {"clusters": [{
            "clusterArn": self.arn("ecs", f"cluster/{s.cluster}"), "clusterName": s.cluster, "status": "ACTIVE",
            "registeredContainerInstancesCount": 0, "runningTasksCount": running + 11, "pendingTasksCount": 0,
            "activeServicesCount": 8, "statistics": [], "tags": [],
            "settings": [{"name": "containerInsights", "value": "disabled"}],
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"], "defaultCapacityProviderStrategy": [],
            "serviceConnectDefaults": {"namespace": self.arn("servicediscovery", "namespace/" + (
                self.caller_ns if s.namespace_form == "default" else self.ns))}}],
            "failures": []})

    def service(self, service):
        s, sim_caller = self.s, self.sim.caller
        current = service.primary
        running, pending = self.counts(service, current)
        shown = []
        for deployment in reversed(service.deployments):
            live, waiting = self.counts(service, deployment)
            if deployment is not current and not live and not (
                    current.rollout == "IN_PROGRESS" and deployment is service.deployments[-2]):
                continue
            primary = deployment is current
            entry = {
                "id": deployment.id, "status": "PRIMARY" if primary else "ACTIVE",
                "taskDefinition": self.definition_arn(service, deployment.revision),
                "desiredCount": service.desired if primary else live, "pendingCount": waiting, "runningCount": live,
                "failedTasks": deployment.failed, "createdAt": iso(deployment.created),
                "updatedAt": iso(deployment.updated), "launchType": "FARGATE", "platformVersion": "1.4.0",
                "platformFamily": "Linux", "networkConfiguration": self.vpc_block(service, deployment.revision),
                "rolloutState": deployment.rollout,
                "rolloutStateReason": f"ECS deployment {deployment.id} " + (
                    "completed." if deployment.rollout == "COMPLETED" else "in progress."),
                "serviceConnectConfiguration": self.connect(service, deployment.revision)}
            if service is sim_caller and s.caller_connect == "absent":
                del entry["serviceConnectConfiguration"]
            if deployment.revision.connect["advertised"] and not (service is sim_caller and s.caller_connect != "on"):
                entry["serviceConnectResources"] = [{
                    "discoveryName": service.discovery,
                    "discoveryArn": self.arn("servicediscovery", f"service/{service.cloud_map_id}")}]
            shown.append(entry)
        events = sorted((event for event in service.events if event[0] <= self.end + 20), key=lambda e: -e[0])
        all_running = sum(self.counts(service, d)[0] for d in service.deployments)
        all_pending = sum(self.counts(service, d)[1] for d in service.deployments)
        base = f"{s.cluster}/{service.name}"
        return {
            "serviceArn": self.arn("ecs", f"service/{base}"), "serviceName": service.name,
            "clusterArn": self.arn("ecs", f"cluster/{s.cluster}"), "loadBalancers": [],
            "serviceRegistries": self.registries(service),
            "status": "ACTIVE", "desiredCount": service.desired, "runningCount": all_running,
            "pendingCount": all_pending, "launchType": "FARGATE", "platformVersion": "LATEST",
            "platformFamily": "Linux", "taskDefinition": self.definition_arn(service, current.revision),
            "deploymentConfiguration": ROLLING, "deployments": shown,
            "roleArn": f"arn:aws:iam::{self.sim.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
            "events": [{"id": self.ids.uuid(), "createdAt": iso(at), "message": text} for at, text in events],
            "createdAt": iso(service.created),
            "currentServiceDeployment": self.arn("ecs", f"service-deployment/{base}/{current.arn_id}"),
            "currentServiceRevisions": [{
                "arn": self.arn("ecs", f"service-revision/{base}/{current.revision.number}"),
                "requestedTaskCount": service.desired, "runningTaskCount": running, "pendingTaskCount": pending}],
            "placementConstraints": [], "placementStrategy": [],
            "networkConfiguration": self.vpc_block(service, current.revision), "healthCheckGracePeriodSeconds": 0,
            "schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"},
            "createdBy": f"arn:aws:iam::{self.sim.account}:role/terraform", "enableECSManagedTags": True,
            "propagateTags": "SERVICE", "enableExecuteCommand": True, "availabilityZoneRebalancing": "ENABLED"}

    def registries(self, service):
        if service is not self.sim.callee or not self.s.registry:
            return []
        return [{"registryArn": self.arn("servicediscovery", f"service/{self.registry_id}")}]

    def service_deployment(self, service, deployment):
        base = f"{self.s.cluster}/{service.name}"
        running, pending = self.counts(service, deployment)

        def counted(revision, requested, live, waiting):
            return {"arn": self.arn("ecs", f"service-revision/{base}/{revision.number}"),
                    "requestedTaskCount": requested, "runningTaskCount": live, "pendingTaskCount": waiting}

        document = {
            "serviceDeploymentArn": self.arn("ecs", f"service-deployment/{base}/{deployment.arn_id}"),
            "serviceArn": self.arn("ecs", f"service/{base}"),
            "clusterArn": self.arn("ecs", f"cluster/{self.s.cluster}"),
            "createdAt": iso(deployment.created), "startedAt": iso(deployment.created + 3.1)}
        if deployment.finished:
            document["finishedAt"] = iso(deployment.finished)
        document["updatedAt"] = iso(deployment.updated)
        if deployment.source:
            before = [d for d in service.deployments if d.revision is deployment.source]
            live = self.counts(service, before[0])[0] if before else 0
            document["sourceServiceRevisions"] = [counted(deployment.source, live, live, 0)]
        document["targetServiceRevision"] = counted(deployment.revision, service.desired, running, pending)
        document["status"] = deployment.status
        document["deploymentConfiguration"] = ROLLING
        document["deploymentCircuitBreaker"] = {
            "status": "MONITORING_COMPLETE" if deployment.status == "SUCCESSFUL" else "MONITORING",
            "failureCount": 0 if deployment.status == "SUCCESSFUL" else deployment.failed, "threshold": 3}
        document["alarms"] = {"status": "DISABLED", "alarmNames": [], "triggeredAlarmNames": []}
        return document

    def image(self, service, revision):
        return (f"{self.sim.account}.dkr.ecr.{self.s.region}.amazonaws.com/{service.name}:{revision.image}")

    def service_revision(self, service, revision):
        base = f"{self.s.cluster}/{service.name}"
        document = {
            "serviceRevisionArn": self.arn("ecs", f"service-revision/{base}/{revision.number}"),
            "serviceArn": self.arn("ecs", f"service/{base}"),
            "clusterArn": self.arn("ecs", f"cluster/{self.s.cluster}"),
            "taskDefinition": self.definition_arn(service, revision), "launchType": "FARGATE",
            "platformVersion": "1.4.0", "platformFamily": "Linux", "loadBalancers": [],
            "serviceRegistries": self.registries(service),
            "networkConfiguration": self.vpc_block(service, revision),
            "containerImages": [{"containerName": "app", "image": self.image(service, revision),
                                 "imageDigest": "sha256:" + revision.digest}],
            "guardDutyEnabled": False, "createdAt": iso(revision.created),
            "serviceConnectConfiguration": self.connect(service, revision)}
        if service is self.sim.caller and self.s.caller_connect == "absent":
            del document["serviceConnectConfiguration"]
        return document

    def task_definition(self, service, revision):
        s, sim = self.s, self.sim
        mapping = {"containerPort": service.container_port, "hostPort": service.container_port, "protocol": "tcp",
                   "name": revision.connect.get("mapping") or self.port_name(service)}
        if service.app_protocol:
            mapping["appProtocol"] = service.app_protocol
        container = {
            "name": "app", "image": self.image(service, revision), "cpu": s.container_cpu, "portMappings": [mapping],
            "essential": True, "environment": self.environment(service), "mountPoints": [], "volumesFrom": [],
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": f"/ecs/{s.cluster}/{service.name}", "awslogs-region": s.region,
                "awslogs-stream-prefix": "ecs"}}, "systemControls": []}
        if revision.health_check:
            check = (f"curl -fsS http://127.0.0.1:{service.container_port}/health || exit 1"
                     if (service.app_protocol or "http") == "http"
                     else f"grpc_health_probe -addr=127.0.0.1:{service.container_port} || exit 1")
            if service is sim.callee and s.callee_app.get("port"):
                # The check was written by whoever changed the application's port, and follows it.
                check = f"curl -fsS http://127.0.0.1:{s.callee_app['port']}/health || exit 1"
            container["healthCheck"] = {"command": ["CMD-SHELL", check], "interval": 15, "timeout": 5, "retries": 3,
                                        "startPeriod": 60}
            if s.probe and service is sim.callee:
                container["healthCheck"].update(interval=s.probe["interval"], timeout=s.probe["timeout"],
                                                retries=s.probe["retries"], startPeriod=10)
        if s.container_memory:
            container["memory"] = s.container_memory
        if s.restart_seconds is not None and service is sim.callee:
            container["restartPolicy"] = {"enabled": True, "ignoredExitCodes": [], "restartAttemptPeriod": 60}
        capabilities = ["com.amazonaws.ecs.capability.logging-driver.awslogs",
                        "ecs.capability.execution-role-awslogs", "com.amazonaws.ecs.capability.ecr-auth",
                        "com.amazonaws.ecs.capability.docker-remote-api.1.19",
                        "com.amazonaws.ecs.capability.task-iam-role", "ecs.capability.container-health-check",
                        "ecs.capability.task-eni"]
        if not revision.health_check:
            capabilities.remove("ecs.capability.container-health-check")
        account = sim.account
        return {"taskDefinition": {
            "taskDefinitionArn": self.definition_arn(service, revision), "containerDefinitions": [container],
            "family": service.name, "taskRoleArn": f"arn:aws:iam::{account}:role/{service.name}-task",
            "executionRoleArn": f"arn:aws:iam::{account}:role/ecsTaskExecutionRole", "networkMode": "awsvpc",
            "revision": revision.task_definition, "volumes": [], "status": "ACTIVE",
            "requiresAttributes": [{"name": name} for name in capabilities], "placementConstraints": [],
            "compatibilities": ["EC2", "FARGATE"],
            "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
            "requiresCompatibilities": ["FARGATE"], "cpu": s.cpu, "memory": s.memory,
            "registeredAt": iso(revision.created - 240),
            "registeredBy": f"arn:aws:sts::{account}:assumed-role/ci-deploy/github-actions"}, "tags": []}

    def environment(self, service):
        if service is not self.sim.caller:
            return []
        known = self.sim.known_address() if self.s.dial == "task" else ""
        return [{"name": name, "value": value.replace("{address}", known)}
                for name, value in sorted((self.s.environment or {}).items())]

    def task(self, task):
        s, service, end = self.s, task.service, self.end
        cluster, revision = self.arn("ecs", f"cluster/{s.cluster}"), task.deployment.revision
        arn = self.arn("ecs", f"task/{s.cluster}/{task.id}")
        eni_id, connect_id = self.ids.uuid(), self.ids.uuid()
        over = bool(task.stopped)
        started = bool(task.started) and (task.started <= end or over)
        state = ("STOPPED" if over else "DEACTIVATING" if task.stopping else "RUNNING" if started else "PENDING")
        health = ("UNKNOWN" if state != "RUNNING" or not revision.health_check
                  else "HEALTHY" if task.registered or task.ghost else "UNKNOWN")
        if task.ill and s.probe:
            health = "UNHEALTHY"
        whole = "UNHEALTHY" if task.sidecar_health == "UNHEALTHY" and not over else health
        interface = [{"attachmentId": eni_id, "privateIpv4Address": task.address}]
        # The application waits for a proxy that never becomes HEALTHY.
        waiting = task.sidecar_health == "UNHEALTHY" and not started and not over

        def container(name, image, exit_code):
            block = {"containerArn": self.arn("ecs", f"container/{s.cluster}/{task.id}/{self.ids.uuid()}"),
                     "taskArn": arn, "name": name}
            if image:
                block["image"], block["imageDigest"] = self.image(service, revision), "sha256:" + revision.digest
            block["runtimeId"] = f"{task.id}-{self.ids.digits(10)}"
            if task.never_started:
                del block["runtimeId"]
            block["lastStatus"] = ("STOPPED" if over else "RUNNING" if started or waiting and not image else "PENDING")
            if over and not task.never_started:
                block["exitCode"] = exit_code
                if image and task.exit_reason:
                    block["reason"] = task.exit_reason
            if image and task.pending_reason:
                block["reason"] = task.pending_reason
            block["networkBindings"], block["networkInterfaces"] = [], interface
            block["healthStatus"] = (health if image else task.sidecar_health if task.sidecar_health and not over
                                     else "HEALTHY" if state == "RUNNING" else "UNKNOWN")
            block["cpu"] = "0"
            if image and state == "RUNNING":
                block["managedAgents"] = [{"lastStartedAt": iso(task.started + 0.9), "name": "ExecuteCommandAgent",
                                           "lastStatus": "RUNNING"}]
            return block

        proxied = service is not self.sim.caller or s.caller_connect == "on"
        subnet = self.sim.subnets_of(service)[task.zone]
        dns = "ip-" + task.address.replace(".", "-") + f".{s.region}.compute.internal"
        attached = "DELETED" if over else "ATTACHED"
        pull = (task.started or task.created + 4) - 0.45 * ((task.started or task.created + 4) - task.created)
        document = {
            "attachments": [
                {"id": connect_id, "type": "ServiceConnect", "status": attached,
                 "details": [{"name": "ContainerName", "value": service.sidecar}]}][:proxied] + [
                {"id": eni_id, "type": "ElasticNetworkInterface", "status": attached, "details": [
                    {"name": "subnetId", "value": subnet}, {"name": "networkInterfaceId", "value": task.eni},
                    {"name": "macAddress", "value": task.mac}, {"name": "privateDnsName", "value": dns},
                    {"name": "privateIPv4Address", "value": task.address}]}],
            "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
            "availabilityZone": s.region + "abc"[task.zone], "clusterArn": cluster, "connectivity": "CONNECTED",
            "connectivityAt": iso(min(task.created + 3.9, pull)),
            "containers": [container(service.sidecar, None, task.sidecar_exit)][:proxied] + [
                container("app", True, task.exit_code)],
            "cpu": s.cpu, "createdAt": iso(task.created),
            "desiredStatus": "STOPPED" if task.stopping else "RUNNING", "enableExecuteCommand": True}
        if task.execution_stopped:
            document["executionStoppedAt"] = iso(task.execution_stopped)
        document.update({
            "group": f"service:{service.name}", "healthStatus": whole, "lastStatus": state, "launchType": "FARGATE",
            "memory": s.memory,
            "overrides": {"containerOverrides": [
                {"name": service.sidecar, "environment": [{"name": n, "value": v} for n, v in SIDECAR] + [
                    {"name": "APPMESH_RESOURCE_ARN",
                     "value": self.arn("ecs", f"task-set/{s.cluster}/{service.name}/{task.deployment.id}")}]}][:proxied] + [
                {"name": "app"}], "inferenceAcceleratorOverrides": []},
            "platformVersion": "1.4.0", "platformFamily": "Linux"})
        if started and not task.never_started:
            document.update({"pullStartedAt": iso(pull), "pullStoppedAt": iso(pull + 0.3 * (task.started - pull)),
                             "startedAt": iso(task.started)})
        document["startedBy"] = task.deployment.id
        if task.stopping:
            document["stopCode"], document["stoppedReason"] = task.stop_code, task.stop_reason
            document["stoppingAt"] = iso(task.stopping)
        if over:
            document["stoppedAt"] = iso(task.stopped)
        document.update({"tags": [], "taskArn": arn, "taskDefinitionArn": self.definition_arn(service, revision),
                         "version": 6 if over else 4, "ephemeralStorage": {"sizeInGiB": 20},
                         "fargateEphemeralStorage": {"sizeInGiB": 20}})
        return document

    # --- Cloud Map -------------------------------------------------------------------------------------------------

    def offered(self):
        """Services with an entry in Cloud Map: everything that was ever advertised."""
        return [service for service in self.services
                if not (service is self.sim.caller and self.s.caller_connect != "on")
                and any(deployment.revision.connect["advertised"] for deployment in service.deployments)]

    def cloud_map(self):
        s, sim = self.s, self.sim
        created = min(service.created for service in self.services) - 40 * 86400
        offered = self.offered()
        spaces = [(self.ns, sim.namespace, "HTTP")]
        if s.caller_namespace:
            spaces.append((self.caller_ns, s.caller_namespace, "HTTP"))
        if s.registry:
            spaces.append((self.dns_ns, sim.dns_zone(), "DNS_PRIVATE"))
        listed = []
        for space, name, kind in spaces:
            entry = {"Id": space, "Arn": self.arn("servicediscovery", f"namespace/{space}"), "Name": name, "Type": kind,
                     "Properties": {"HttpProperties": {"HttpName": name}}, "CreateDate": iso(created)}
            listed.append(entry)
            self.write(f"servicediscovery/get-namespace/{space}", {"Namespace": {
                **entry, "ServiceCount": len(offered), "CreatorRequestId": self.ids.uuid()}})
        self.write("servicediscovery/list-namespaces", {"Namespaces": listed})
        listed = []
        for service in offered:
            entry = {"Id": service.cloud_map_id,
                     "Arn": self.arn("servicediscovery", f"service/{service.cloud_map_id}"),
                     "Name": service.discovery, "Type": "HTTP", "CreateDate": iso(service.discovery_created)}
            listed.append(entry)
            if service is sim.twin and s.twin.get("described", True):
                continue  # nobody asked for its instances
            self.write(f"servicediscovery/get-service/{service.cloud_map_id}", {"Service": {
                **entry, "NamespaceId": self.caller_ns if service is sim.caller else self.ns,
                "CreatorRequestId": self.ids.uuid()}})
            tasks = [task for task in service.tasks
                     if task.registered and task.deployment.revision.connect["advertised"]
                     and task.deployment.revision.connect["listed"]]
            self.write(f"servicediscovery/discover-instances/{service.discovery}", {"Instances": [{
                "InstanceId": task.id, "NamespaceName": service.namespace, "ServiceName": service.discovery,
                "HealthStatus": "HEALTHY", "Attributes": {
                    "AWS_INSTANCE_IPV4": task.address, "AWS_INSTANCE_PORT": str(task.port),
                    "AVAILABILITY_ZONE": s.region + "abc"[task.zone], "ECS_CLUSTER_NAME": s.cluster,
                    "ECS_SERVICE_NAME": service.name, "REGION": s.region}} for task in tasks],
                "InstancesRevision": int(self.ids.digits(13))})
        if s.registry:
            entry = {"Id": self.registry_id, "Arn": self.arn("servicediscovery", f"service/{self.registry_id}"),
                     "Name": s.registry, "Type": "DNS_HTTP", "CreateDate": iso(created + 86400)}
            listed.append(entry)
            self.write(f"servicediscovery/get-service/{self.registry_id}", {"Service": {
                **entry, "NamespaceId": self.dns_ns, "DnsConfig": {
                    "RoutingPolicy": "MULTIVALUE", "DnsRecords": [{"Type": "A", "TTL": 60}]},
                "HealthCheckCustomConfig": {"FailureThreshold": 1}, "CreatorRequestId": self.ids.uuid()}})
        self.write("servicediscovery/list-services", {"Services": listed})

    # --- logs and network ------------------------------------------------------------------------------------------

    def logs(self):
        s = self.s
        groups, created = [], int((self.end - 150 * 86400) * 1000)
        names = [f"/ecs/{s.cluster}/{service.name}" for service in self.services]
        if any(service.logs != "none" for service in self.services):
            names.append(self.log_group)
        for index, name in enumerate(sorted(names)):
            arn = self.arn("logs", f"log-group:{name}")
            groups.append({"logGroupName": name, "creationTime": created + index * 7123, "retentionInDays": 30,
                           "metricFilterCount": 0, "arn": arn + ":*", "storedBytes": 18204113442 // (index + 1),
                           "logGroupClass": "STANDARD", "logGroupArn": arn})
        self.write("logs/describe-log-groups", {"logGroups": groups})

    def network(self):
        s, sim, ids = self.s, self.sim, self.ids
        owner, zones = sim.account, [s.region + letter for letter in "abc"]
        interfaces = []
        for service in (sim.callee, sim.caller):
            for task in service.tasks:
                if task.stopped or not task.namespace or not task.started or task.ghost:
                    continue
                dns = "ip-" + task.address.replace(".", "-") + f".{s.region}.compute.internal"
                interfaces.append({
                    "Attachment": {"AttachTime": iso(round(task.created + 4)),
                                   "AttachmentId": ids.resource("ela-attach"), "DeleteOnTermination": False,
                                   "DeviceIndex": 1, "NetworkCardIndex": 0, "InstanceOwnerId": ids.digits(12),
                                   "Status": "attached"},
                    "AvailabilityZone": zones[task.zone],
                    "Description": self.arn("ecs", f"attachment/{ids.uuid()}"),
                    "Groups": [{"GroupName": name, "GroupId": sim.groups[name]} for name in sim.groups_of(task)],
                    "InterfaceType": "interface", "Ipv6Addresses": [], "MacAddress": task.mac,
                    "NetworkInterfaceId": task.eni, "OwnerId": owner, "PrivateDnsName": dns,
                    "PrivateIpAddress": task.address,
                    "PrivateIpAddresses": [{"Primary": True, "PrivateDnsName": dns,
                                            "PrivateIpAddress": task.address}],
                    "RequesterId": "578734482556", "RequesterManaged": True, "SourceDestCheck": True,
                    "Status": "in-use", "SubnetId": sim.subnets_of(service)[task.zone],
                    "TagSet": [{"Key": "aws:ecs:serviceName", "Value": service.name},
                               {"Key": "aws:ecs:clusterName", "Value": s.cluster}],
                    "VpcId": self.vpc if service is sim.caller else self.callee_vpc})
        self.write("ec2/describe-network-interfaces", {"NetworkInterfaces": interfaces})
        rules = []
        for rule in sim.rules:
            rule_id = ids.resource("sgr")
            block = {"SecurityGroupRuleId": rule_id, "GroupId": sim.groups[rule["group"]], "GroupOwnerId": owner,
                     "IsEgress": rule["egress"], "IpProtocol": rule["protocol"], "FromPort": rule["from"],
                     "ToPort": rule["to"]}
            if "cidr" in rule:
                block["CidrIpv4"] = rule["cidr"]
            else:
                block["ReferencedGroupInfo"] = {"GroupId": sim.groups[rule["peer"]], "UserId": owner}
            if rule.get("text"):
                block["Description"] = rule["text"]
            block.update({"Tags": [], "SecurityGroupRuleArn": self.arn("ec2", f"security-group-rule/{rule_id}")})
            rules.append(block)
        self.write("ec2/describe-security-group-rules", {"SecurityGroupRules": rules})
        # (owner of the subnet, zone, id, VPC): shared subnets once.
        places = [(sim.caller, index, sim.subnets[index], self.vpc) for index in range(3)]
        if sim.own_subnets:
            places += [(sim.callee, index, sim.callee_subnets[index], self.callee_vpc) for index in range(3)]

        def tag(service, zone):
            return f"{s.cluster}-{service.name if sim.own_subnets else 'svc'}-{zone}"

        self.write("ec2/describe-subnets", {"Subnets": [{
            "AvailabilityZoneId": f"{REGIONS.get(s.region, 'euc1')}-az{index + 1}",
            "MapCustomerOwnedIpOnLaunch": False, "OwnerId": owner, "AssignIpv6AddressOnCreation": False,
            "Ipv6CidrBlockAssociationSet": [],
            "Tags": [{"Key": "Name", "Value": tag(service, zones[index])}],
            "SubnetArn": self.arn("ec2", f"subnet/{subnet}"), "EnableDns64": False, "Ipv6Native": False,
            "PrivateDnsNameOptionsOnLaunch": {"HostnameType": "ip-name", "EnableResourceNameDnsARecord": False,
                                              "EnableResourceNameDnsAAAARecord": False},
            "SubnetId": subnet, "State": "available", "VpcId": vpc,
            "CidrBlock": sim.block(service, index), "AvailableIpAddressCount": 948 - 14 * index,
            "AvailabilityZone": zones[index], "DefaultForAz": False, "MapPublicIpOnLaunch": False}
            for service, index, subnet, vpc in places]})
        self.acls(places, owner)
        self.route_tables(places, owner, tag, zones)

    def acls(self, places, owner):
        sim, ids = self.sim, self.ids
        custom = [(acl, [sim.subnets_of(service)[zone] for service, zone in sim.places(acl["of"], acl["zones"])])
                  for acl in sim.acls]
        taken = {subnet for _, subnets in custom for subnet in subnets}
        documents = []
        for vpc in sorted({vpc for _, _, _, vpc in places}):
            rest = [subnet for _, _, subnet, of in places if of == vpc and subnet not in taken]
            everything = [(100, egress, "allow", "-1", "0.0.0.0/0", None, None) for egress in (True, False)]
            documents.append((vpc, True, rest, everything))
        documents += [(next(vpc for _, _, subnet, vpc in places if subnet in subnets), False, sorted(set(subnets)),
                       [sim.entry(item) for item in acl["entries"]]) for acl, subnets in custom]
        answer = []
        for vpc, default, subnets, entries in documents:
            acl = ids.resource("acl")
            entries = sorted(entries, key=lambda item: (not item[1], item[0])) + [
                (32767, egress, "deny", "-1", "0.0.0.0/0", None, None) for egress in (True, False)]
            shown = []
            for number, egress, action, protocol, block, first, last in entries:
                entry = {"CidrBlock": block, "Egress": egress, "Protocol": protocol}
                if protocol != "-1":
                    entry["PortRange"] = {"From": first, "To": last}
                shown.append({**entry, "RuleAction": action, "RuleNumber": number})
            answer.append({
                "Associations": [{"NetworkAclAssociationId": ids.resource("aclassoc"), "NetworkAclId": acl,
                                  "SubnetId": subnet} for subnet in subnets],
                "Entries": shown, "IsDefault": default, "NetworkAclId": acl, "Tags": [], "VpcId": vpc, "OwnerId": owner})
        self.write("ec2/describe-network-acls", {"NetworkAcls": answer})

    def route_tables(self, places, owner, tag, zones):
        s, sim, ids = self.s, self.sim, self.ids
        peering = ids.resource("pcx") if s.callee_vpc in ("one-way", "full") else None
        tables = []
        for service, index, subnet, vpc in places:
            table = ids.resource("rtb")
            routes = [{"DestinationCidrBlock": f"10.{sim.octet(service)}.0.0/16", "GatewayId": "local",
                       "Origin": "CreateRouteTable", "State": "active"}]
            if peering and (service is sim.caller or s.callee_vpc == "full"):
                other = sim.callee if service is sim.caller else sim.caller
                routes.append({"DestinationCidrBlock": f"10.{sim.octet(other)}.0.0/16",
                               "VpcPeeringConnectionId": peering, "Origin": "CreateRoute", "State": "active"})
            for hole in s.blackholes:
                if (service, index) in sim.places(hole["of"], hole["zones"]):
                    other = sim.callee if hole["of"] == "caller" else sim.caller
                    routes.append({"DestinationCidrBlock": sim.block(other, hole["to"]),
                                   "NetworkInterfaceId": ids.resource("eni"), "Origin": "CreateRoute",
                                   "State": "blackhole"})
            routes.append({"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": ids.resource("nat"),
                           "Origin": "CreateRoute", "State": "active"})
            tables.append({
                "Associations": [{"Main": False, "RouteTableAssociationId": ids.resource("rtbassoc"),
                                  "RouteTableId": table, "SubnetId": subnet,
                                  "AssociationState": {"State": "associated"}}],
                "PropagatingVgws": [], "RouteTableId": table, "Routes": routes,
                "Tags": [{"Key": "Name", "Value": tag(service, zones[index]).replace("-svc-", "-private-")}],
                "VpcId": vpc, "OwnerId": owner})
        self.write("ec2/describe-route-tables", {"RouteTables": tables})

    # --- CloudTrail ----------------------------------------------------------------------------------------------------

    def trail(self):
        """Calls that changed security groups and services: the timeline's, and those of the scenario's `trail`.

        An element of `trail`: {"at": seconds into the window, "name", "group", "egress", "rules": as change_rules takes them}.
        """
        sim, s = self.sim, self.s
        calls = []
        for at, removed, added in sim.rule_changes:
            for verb, rules in (("Revoke", removed), ("Authorize", added)):
                for rule in rules:
                    way = "Egress" if rule["egress"] else "Ingress"
                    calls.append((at, "ec2", f"{verb}SecurityGroup{way}", *self.group_call(verb, rule["group"], [rule])))
        for call in s.trail:
            verb = call["name"].split("Security")[0]
            calls.append((sim.window[0] + call["at"], "ec2", call["name"],
                          *self.group_call(verb, call["group"], call["rules"])))
        for service in (sim.caller, sim.callee):
            for deployment in service.deployments:
                if deployment.source and deployment.created > sim.window[0] - 3600:
                    calls.append((deployment.created, "ecs", "UpdateService", {
                        "cluster": s.cluster, "service": service.name, "taskDefinition":
                            self.definition_arn(service, deployment.revision)}, None, []))
        events = [self.trail_event(*call) for call in sorted(calls, key=lambda call: (-call[0], call[2]))]
        self.write("cloudtrail/lookup-events", {"Events": events})

    def group_call(self, verb, group, rules):
        """Request, response and resources of a call that adds or removes rules."""
        sim, ids = self.sim, self.ids
        group_id = sim.group(group)

        def peer(rule):
            if "cidr" in rule:
                return {"groups": {}, "ipRanges": {"items": [{"cidrIp": rule["cidr"]}]}}
            return {"groups": {"items": [{"userId": sim.account, "groupId": sim.groups[rule["peer"]]}]}, "ipRanges": {}}

        request = {"groupId": group_id, "ipPermissions": {"items": [
            {"ipProtocol": rule["protocol"], "fromPort": rule["from"], "toPort": rule["to"], **peer(rule),
             "ipv6Ranges": {}, "prefixListIds": {}} for rule in rules]}}
        items = []
        for rule in rules:
            item = {"groupId": group_id, "securityGroupRuleId": ids.resource("sgr"), "isEgress": rule["egress"],
                    "ipProtocol": rule["protocol"], "fromPort": rule["from"], "toPort": rule["to"]}
            item.update({"cidrIpv4": rule["cidr"]} if "cidr" in rule
                        else {"referencedGroupId": sim.groups[rule["peer"]]})
            items.append(item)
        name = "revokedSecurityGroupRuleSet" if verb == "Revoke" else "securityGroupRuleSet"
        response = {"requestId": ids.uuid(), "_return": True, name: {"items": items}}
        return request, response, [("AWS::EC2::SecurityGroup", group_id)]

    def trail_event(self, at, product, name, request, response, resources):
        """An element of LookupEvents' answer; the event itself is JSON in a string."""
        ids, account = self.ids, self.sim.account
        who = "deploy" if product == "ecs" else "network-admin"
        session = "release-pipeline" if product == "ecs" else "terraform"
        key, unique, event_id = "ASIA" + ids.letters(16, string.ascii_uppercase + "234567"), "AROA" + ids.letters(
            17, string.ascii_uppercase + "234567"), ids.uuid()
        event = {
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "AssumedRole", "principalId": f"{unique}:{session}",
                "arn": f"arn:aws:sts::{account}:assumed-role/{who}/{session}", "accountId": account, "accessKeyId": key,
                "sessionContext": {
                    "sessionIssuer": {"type": "Role", "principalId": unique, "arn": f"arn:aws:iam::{account}:role/{who}",
                                      "accountId": account, "userName": who},
                    "attributes": {"creationDate": zulu(at - 200), "mfaAuthenticated": "false"}}},
            "eventTime": zulu(at), "eventSource": f"{product}.amazonaws.com", "eventName": name,
            "awsRegion": self.s.region, "sourceIPAddress": "198.51.100.23",
            "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) aws-sdk-go-v2/1.39.2",
            "requestParameters": request, "responseElements": response, "requestID": ids.uuid(), "eventID": event_id,
            "readOnly": False, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": account,
            "eventCategory": "Management",
            "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
                           "clientProvidedHostHeader": f"{product}.{self.s.region}.amazonaws.com"}}
        return {"EventId": event_id, "EventName": name, "ReadOnly": "false", "AccessKeyId": key,
                "EventTime": iso(int(at)), "EventSource": f"{product}.amazonaws.com", "Username": session,
                "Resources": [{"ResourceType": kind, "ResourceName": resource} for kind, resource in resources],
                "CloudTrailEvent": json.dumps(event, separators=(",", ":"))}

    def manifest(self):
        s = self.s
        coverage = [{"input": name, "state": "complete", "detail": ""} for name in (
            "ecs/describe-services", "ecs/describe-clusters", "ecs/describe-task-definition", "ecs/describe-tasks",
            "ecs/describe-service-deployments", "ecs/describe-service-revisions", "ecs/list-services-by-namespace",
            "servicediscovery/list-namespaces", "servicediscovery/get-namespace", "servicediscovery/list-services",
            "servicediscovery/get-service", "servicediscovery/discover-instances", "cloudwatch/list-metrics",
            "cloudwatch/get-metric-data", "logs/describe-log-groups")]
        for side, service in (("caller", self.sim.caller), ("callee", self.sim.callee)):
            state, detail = "complete", ""
            if service.logs == "none":
                state, detail = "not_configured", "serviceConnectConfiguration.logConfiguration is absent"
            coverage.append({"input": f"logs/lines/{side}", "state": state, "detail": detail})
        coverage += [{"input": f"ec2/describe-{name}", "state": "complete", "detail": ""} for name in (
            "network-interfaces", "security-group-rules", "subnets", "network-acls", "route-tables")]
        if s.trail is not None:
            coverage += [{"input": name, "state": "complete", "detail": ""} for name in (
                "application-autoscaling/describe-scaling-activities", "cloudtrail/lookup-events")]
        self.write("manifest", {
            "schemaVersion": 1,
            "edge": {"caller": s.caller, "callee": s.callee, "cluster": s.cluster},
            "window": {"from": zulu(self.sim.window[0]), "to": zulu(self.sim.window[1])},
            "region": s.region, "account": self.sim.account, "collectedAt": zulu(self.sim.collected + 2),
            "tool": "collect-script/3", "coverage": coverage})
