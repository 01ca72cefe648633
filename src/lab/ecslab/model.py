"""What an incident is made of: the scenario (declarative) and the simulated ECS objects it becomes."""
import datetime
import random
import string
from dataclasses import dataclass, field

HOPS = {"1": "caller-app", "2": "caller-proxy", "3": "network", "4": "callee-proxy", "5": "callee-app"}
SLUGS = {
    101: "caller-not-enabled", 102: "caller-stale-deployment", 103: "namespace-mismatch", 104: "alias-mismatch",
    105: "alias-collision", 106: "caller-uses-dns-discovery", 107: "caller-bypasses-proxy",
    108: "caller-gives-up-first", 201: "sidecar-starved", 202: "sidecar-unhealthy",
    203: "connection-pool-overflow", 204: "retry-amplification", 205: "outlier-ejection",
    301: "security-group-blocks", 302: "network-acl-or-route-blocks", 303: "cross-vpc-unreachable",
    304: "az-local-fault", 305: "tls-misconfigured", 306: "ipv6-alias-unreachable",
    401: "port-name-mismatch", 402: "endpoint-not-advertised", 403: "app-protocol-missing",
    404: "app-protocol-mismatch", 405: "request-timeout-too-short", 406: "stream-cut-by-request-timeout",
    407: "idle-timeout-cuts-connection", 408: "ingress-port-mismatch",
    501: "no-running-tasks", 502: "crash-loop", 503: "out-of-memory", 504: "tasks-fail-to-start", 505: "bad-deployment",
    506: "application-errors", 507: "bad-replica", 508: "callee-saturated", 509: "keep-alive-race",
    510: "not-listening", 511: "traffic-before-ready", 512: "ungraceful-shutdown",
    513: "health-check-failing", 601: "no-proxy-logs", 602: "no-access-logs", 603: "log-loss", 604: "metrics-absent",
    605: "metric-name-collision"}


def iso(seconds):
    """A time as the AWS CLI prints it."""
    moment = datetime.datetime.fromtimestamp(round(seconds, 3), datetime.timezone.utc)
    return moment.isoformat()


def zulu(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Scenario:
    name: str
    cause: int | None
    caller: str
    callee: str
    cluster: str
    routes: list                      # of route(): what users ask of the caller and what it asks of the callee
    region: str = "eu-central-1"
    holdout: bool = False
    note: str = ""
    also: tuple = ()                  # other codes a careful reader could defend
    done: str = ""                    # what was done, for NOTE.md
    callers: int = 2
    callees: int = 3
    envoy: str = "1.36.2"
    concurrency: int = 1
    window: int = 75
    warm_up: int = 4
    rate: float = 16
    schedule: list = None             # [[seconds into the window, rate]…] instead of one rate
    spread: float = None              # regular arrivals (± this share) instead of random ones
    log_format: str = "JSON"
    protocol: str = "http"            # appProtocol of the callee's port; "tcp" = none configured
    app_protocol: str = None          # what the application really speaks, when it differs
    alias: str = None
    port: int = 8080                  # the alias's port
    container_port: int = 8080
    request_timeout: int = 15
    configure_timeout: bool = False   # is the timeout in the service's configuration?
    idle_timeout: int = None
    connect_timeout: float = 5
    retries: bool = True
    retry_503: bool = False
    egress_breakers: dict = None
    ingress_breakers: dict = None
    client_timeout: float = 60
    health_check: bool = True
    cpu: str = "512"
    memory: str = "1024"
    cpu_limit: bool = False           # really hold the application to its CPU share
    agent: str = "Apache-HttpClient/5.3.1 (Java/21.0.4)"
    callee_app: dict = field(default_factory=dict)
    caller_app: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)    # seconds into the window; `hosts` = indices, absent = all
    timeline: list = field(default_factory=list)  # (seconds into the window, action, arguments)
    caller_logs: str = "full"         # full | app (no access log) | none
    callee_logs: str = "full"
    stale: bool = False               # the caller was deployed before the callee's endpoint existed
    caller_hosts: dict = None         # names the caller's containers can resolve, instead of the alias
    callee_desired: int = None
    advertised: bool = True           # False: the callee offers no endpoint from the start
    port_name: str = None             # portName in the service's configuration, when it differs from the port's name
    lone_group: bool = False          # one callee task runs with another security group (index 0)
    blocked: bool = False             # the security group blocks from the start
    blocked_egress: bool = False
    keep_open: bool = True            # connections open at a security group's change go on
    client_protocol: str = None       # what the caller's application speaks to its proxy, when it differs
    other_load: float = 0             # calls/s of another service (the batch group) to the callee
    other_client: dict = None         # its agent and path where it is no service but, say, a scraper dialling tasks
    bursts: list = field(default_factory=list)    # [seconds, count, index into routes, gap in seconds]
    listed: bool = True               # False: the callee's tasks never reach the endpoint list
    mapping_name: str = None          # name of the callee's port mapping, when it differs from portName
    caller_connect: str = "on"        # on | off (enabled: false) | absent: the caller's Service Connect
    caller_namespace: str = None      # the caller's namespace, when it is not the callee's
    namespace_form: str = "name"      # how the caller's configuration names it: name | arn | default (the cluster's)
    dial: str = None                  # dns (the callee's serviceRegistries) | task (an address) | None: the alias
    dns_ttl: float = 30               # seconds for which the caller's client keeps resolved addresses
    forward_id: bool = False          # the caller's application passes the request id on, as tracing libraries do
    registry: str = None              # Cloud Map service name of the callee's serviceRegistries
    environment: dict = None          # of the caller's container
    twin: dict = None                 # another service with the callee's alias: name, tasks, routes, namespace, described
    own_subnets: bool = False         # the callee's tasks have subnets of their own
    acls: list = field(default_factory=list)      # {of, zones, entries}: network ACLs besides the default one
    blackholes: list = field(default_factory=list)  # {of, zones, to}: routes to the other side's subnet of zone `to`
    callee_vpc: str = None            # none | one-way | full: the callee has its own VPC, with that much of a peering
    tls: dict = None                  # {"client": do callers speak it, "first": the callee's CA, "until": its end}
    supervised: bool = False          # the proxies run under the real Service Connect agent (SC_AGENT names its binary)
    task_limit: dict = field(default_factory=dict)  # who -> {"app": shares, "proxy": shares} of the task's CPU quota
    container_cpu: int = 0            # CPU units the task definitions reserve for the application's container
    container_memory: int = None      # MiB limit of the application's container
    probe: dict = None                # the container health check is really run: {"interval", "timeout", "retries"}
    ingress_port: int = None          # ingressPortOverride of the callee's endpoint
    admitted_port: int = None         # port that the security group opens to the caller, when it is another one
    start_failure: dict = None        # tasks begun after the first ones fail to start: {"reason", "container"?}
    restart_seconds: float = None     # container restart policy: an application that ends is started again after this
    lose: list = field(default_factory=list)        # log lines lost on the way: (side, from, until, share, hosts)
    hide_metrics: tuple = ()          # metrics that CloudWatch has nothing of
    collisions: list = field(default_factory=list)  # (cluster, service, factor): others with the same discovery name
    log_mode: str = None              # mode of the proxy's awslogs driver, where it is configured
    trail: list = None                # CloudTrail was read: calls besides those that the timeline makes, see documents.py


def route(method, path, callee_method, callee_path, weight=1, body=None, size=(200, 2000), latency=(15, 0.5),
          rejects=(), inbound_body=None, **more):
    """One kind of request: `path` at the caller leads to `callee_path` at the callee."""
    return {"method": method, "path": path, "weight": weight, "inbound_body": inbound_body or body,
            "callee_method": callee_method, "callee_path": callee_path, "body": body, "size": size,
            "latency": latency, "rejects": list(rejects), **more}


def local(method, path, weight=1, body=None):
    """A request the caller answers by itself."""
    return {"method": method, "path": path, "weight": weight, "inbound_body": body, "local": True}


class Ids:
    """Identifiers of the shapes AWS uses, the same for the same scenario."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def hex(self, count):
        return "".join(self.random.choices("0123456789abcdef", k=count))

    def uuid(self):
        raw = self.hex(32)
        return "-".join((raw[:8], raw[8:12], "4" + raw[13:16], "a" + raw[17:20], raw[20:]))

    def digits(self, count):
        return self.random.choice("123456789") + "".join(self.random.choices(string.digits, k=count - 1))

    def letters(self, count, pool=string.ascii_letters + string.digits):
        return "".join(self.random.choices(pool, k=count))

    def resource(self, kind):
        return f"{kind}-0{self.hex(16)}"

    def cloud_map(self, kind):
        return f"{kind}-" + self.letters(16, string.ascii_lowercase + "234567")


@dataclass
class Revision:
    number: str
    task_definition: int
    image: str
    digest: str
    created: float
    groups: list
    connect: dict                     # portName, advertised, … : see documents.py
    health_check: bool
    app: dict = field(default_factory=dict)


@dataclass
class Deployment:
    id: str
    arn_id: str
    revision: Revision
    created: float
    source: Revision = None
    finished: float = None
    updated: float = None
    status: str = "SUCCESSFUL"
    rollout: str = "COMPLETED"
    failed: int = 0
    stopped_reason: str = None


@dataclass
class Task:
    id: str
    service: object
    slot: int
    address: str
    zone: int
    deployment: Deployment
    created: float
    started: float = None
    stopping: float = None
    execution_stopped: float = None
    stopped: float = None
    stop_code: str = None
    stop_reason: str = None
    exit_code: int = None
    exit_reason: str = None
    registered: float = None
    healthy: bool = True
    namespace: str = None
    directory: str = None
    proxy: object = None
    process: object = None
    group: str = None
    ghost: bool = False               # only in the documents: stopped before the recording
    never_started: bool = False       # stopped before it ran
    pending_reason: str = None        # ECS's words on the container that could not be started
    sidecar_health: str = None        # health of the proxy's container, when it is not HEALTHY
    sidecar_exit: int = 0
    ill: bool = False                 # its health check fails
    helpers: list = field(default_factory=list)     # further processes of the task
    samples: list = field(default_factory=list)
    eni: str = None
    mac: str = None
    handshakes: list = field(default_factory=list)  # (time, failed as server, failed as client)
    ids: dict = field(default_factory=dict)

    @property
    def port(self):
        """The port on which its proxy accepts."""
        return self.deployment.revision.connect.get("ingress") or self.service.listening_port


class Service:
    def __init__(self, name, ids, cluster, namespace):
        self.name, self.cluster, self.namespace = name, cluster, namespace
        self.discovery = self.alias = name
        self.sidecar = "ecs-service-connect-" + ids.letters(5)
        self.cloud_map_id = ids.cloud_map("srv")
        self.alias_port = self.container_port = 8080
        self.app_protocol = "http"
        self.virtual_address = "127.255.0.2"
        self.calls = []
        self.client_only = False
        self.advertised = True
        self.logs = "full"
        self.ingress_breakers = None
        self.ingress_port = None
        self.request_timeout = 15
        self.endpoints_file = None
        self.desired = 0
        self.tasks = []
        self.deployments = []
        self.events = []              # (time, message)
        self.created = 0.0
        self.discovery_created = 0.0

    def egress_cluster(self):
        dashed = self.namespace.replace(".", "-")
        return f"cds_egress_{dashed}_{self.discovery}_{self.app_protocol or 'tcp'}_{self.alias_port}"

    @property
    def listening_port(self):
        """The port on which the callee's proxies accept."""
        return self.ingress_port or self.container_port

    @property
    def primary(self):
        return self.deployments[-1]

    def running(self):
        return [task for task in self.tasks if task.started and not task.stopping and not task.ghost]
