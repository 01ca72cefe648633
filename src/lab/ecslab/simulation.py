"""Runs one scenario: tasks as real processes, ECS as this file."""
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from . import proxy as proxies
from .model import Deployment, Ids, Revision, Service, Task
from .network import Network

HERE = os.path.dirname(os.path.abspath(__file__))
TICK = os.sysconf("SC_CLK_TCK")
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
DAY = 86400
GROUP_LIMITS = "/sys/fs/cgroup/cpu"


class Simulation:
    def __init__(self, scenario, work_root=None):
        self.s = scenario
        self.work = tempfile.mkdtemp(prefix="ecslab-", dir=work_root or "/var/tmp")
        self.binary = proxies.binary(scenario.envoy, self.work)
        self.ids = Ids(scenario.name)
        self.random = random.Random(scenario.name + "x")
        self.network = Network()
        self.lock = threading.RLock()
        self.threads = []
        self.stopping = False
        self.account = self.ids.digits(12)
        self.namespace = f"{scenario.cluster}.{self.random.choice(['internal', 'local', 'svc'])}"
        self.second = self.random.randint(16, 99)
        self.subnets = [self.ids.resource("subnet") for _ in range(3)]
        # Where the callee lives when it has subnets or a VPC of its own.
        self.callee_second = self.second % 99 + 100 if scenario.callee_vpc else self.second
        own = scenario.own_subnets or scenario.callee_vpc
        self.callee_subnets = [self.ids.resource("subnet") for _ in range(3)] if own else self.subnets
        self.own_subnets = bool(own)
        self.acls = [dict(acl) for acl in scenario.acls]
        self.zone_faults = {}
        self.groups = {}
        self.rules = []
        self.rule_changes = []        # (time, removed rules, added rules)
        self.tracked = set()          # (source, target): connections that outlive a rule
        self.dropped = set()
        self.used = set()
        self.window = None
        self._services()

    # --- the world before the recording ----------------------------------------------------------------------------

    def _services(self):
        s, now = self.s, time.time()
        self.callee = callee = Service(s.callee, self.ids, s.cluster, self.namespace)
        self.caller = caller = Service(s.caller, self.ids, s.cluster, self.namespace)
        callee.alias = s.alias or s.callee
        callee.alias_port, callee.container_port = s.port, s.container_port
        callee.app_protocol = None if s.protocol == "tcp" else s.protocol
        callee.logs, caller.logs = s.callee_logs, s.caller_logs
        callee.advertised = s.advertised
        callee.ingress_breakers = s.ingress_breakers
        callee.ingress_port = s.ingress_port
        callee.request_timeout = s.request_timeout
        callee.endpoints_file = os.path.join(self.work, "endpoints", "callee.json")
        os.makedirs(os.path.dirname(callee.endpoints_file))
        caller.virtual_address, callee.virtual_address = "127.255.0.1", "127.255.0.2"
        elsewhere = s.caller_namespace or s.caller_connect != "on"
        caller.calls = [] if s.stale or elsewhere else [callee]
        if s.caller_namespace:
            caller.namespace = s.caller_namespace
        self.twin = None
        if s.twin:
            self.twin = Service(s.twin["name"], self.ids, s.cluster, s.twin.get("namespace", self.namespace))
            self.twin.alias, self.twin.alias_port, self.twin.container_port = callee.alias, s.port, s.container_port
            self.twin.app_protocol, self.twin.logs = s.protocol, "none"
            self.twin.virtual_address = callee.virtual_address
            self.twin.desired = s.twin.get("tasks", 2)
        callee.desired, caller.desired = s.callees if s.callee_desired is None else s.callee_desired, s.callers
        proxies.write_endpoints(callee.endpoints_file, callee.egress_cluster(), [])
        self.group("load-balancer-sg")
        self.group(f"{s.caller}-sg")
        self.group(f"{s.callee}-sg")
        batch = self.group("batch-sg")
        everything = {"egress": True, "protocol": "-1", "from": -1, "to": -1, "cidr": "0.0.0.0/0"}
        for name in list(self.groups):
            if not (s.blocked_egress and name == f"{s.caller}-sg"):
                self.rules.append({"group": name, **everything})
        if s.blocked_egress:
            # Someone tightened the caller's egress to what "a web service needs".
            self.rules += [{"group": f"{s.caller}-sg", "egress": True, "protocol": "tcp", "from": 443, "to": 443,
                            "cidr": "0.0.0.0/0"}]
        self.rules += [
            {"group": f"{s.caller}-sg", "egress": False, "protocol": "tcp", "from": 8080, "to": 8080,
             "peer": "load-balancer-sg"},
            {"group": f"{s.callee}-sg", "egress": False, "protocol": "tcp", "from": s.container_port,
             "to": s.container_port, "peer": "batch-sg", "text": "batch"}]
        admitted = s.admitted_port or callee.listening_port
        if not s.blocked:
            self.rules.append({"group": f"{s.callee}-sg", "egress": False, "protocol": "tcp",
                               "from": admitted, "to": admitted, "peer": f"{s.caller}-sg"})
        if s.twin:
            # The twin belongs to the callee's team and shares its group.
            self.groups[f"{s.twin['name']}-sg"] = self.groups[f"{s.callee}-sg"]
        if s.lone_group:
            other = self.group(f"{s.callee}-restricted-sg")
            self.rules += [{"group": f"{s.callee}-restricted-sg", **everything},
                           {"group": f"{s.callee}-restricted-sg", "egress": False, "protocol": "tcp",
                            "from": s.container_port, "to": s.container_port, "peer": "batch-sg"}]
        everyone = [callee, caller] + ([self.twin] if self.twin else [])
        for service, revision in [(service, self.random.randint(20, 400)) for service in everyone]:
            age = self.random.uniform(5, 20) * DAY
            service.created = now - self.random.uniform(90, 500) * DAY
            service.discovery_created = service.created + self.random.uniform(20, 60)
            if service is callee and s.stale:
                # A new service: its endpoint is younger than the caller's deployment.
                service.created = now - self.random.uniform(0.6, 3) * 3600
                service.discovery_created, age = service.created + 41, now - service.created
            for step, back in enumerate((age + 11 * DAY, age)):
                if service is callee and s.stale and step == 0:
                    continue
                moment = now - back
                service.deployments.append(self.deployment(
                    service, self.revision(service, revision + step, moment), moment,
                    service.deployments[-1].revision if service.deployments else None))
            last = now - self.random.uniform(0.8, 5.5) * 3600
            service.events = [(last - gap * 21600, f"(service {service.name}) has reached a steady state.")
                              for gap in range(3) if last - gap * 21600 > service.created]
            if service is callee and s.stale:
                service.events = [(service.created + 95, f"(service {service.name}) has reached a steady state.")]
        # Decoy: a task the scheduler stopped long before the window.
        for service in (callee, caller):
            if self.random.random() < 0.5 and not s.stale:
                self.ghost(service, now - self.random.uniform(35, 55) * 60)

    def group(self, name):
        return self.groups.setdefault(name, self.ids.resource("sg"))

    def revision(self, service, number, created, groups=None, health_check=None, app=None, connect=None):
        version = f"1.{number}.{self.random.randint(0, 4)}"
        return Revision(self.ids.digits(19), number, version, self.ids.hex(64), created,
                        groups or [f"{service.name}-sg"],
                        {"advertised": service.advertised, "listed": service is not self.callee or self.s.listed,
                         "tls": self.s.tls.get("first", "main") if self.s.tls and service is self.callee else None,
                         "mapping": self.s.mapping_name if service is self.callee else None, **(connect or {})},
                        self.s.health_check if service is self.callee and health_check is None
                        else True if health_check is None else health_check, app or {})

    def deployment(self, service, revision, created, source):
        return Deployment("ecs-svc/" + self.ids.digits(19), self.ids.letters(21), revision, created, source,
                          created + 240, created + 240)

    def ghost(self, service, at, exit_code=0, code="ServiceSchedulerInitiated", reason=None, exit_reason=None):
        deployment = service.primary
        task = self.new_task(service, deployment, len(service.tasks) % 3, at - self.random.uniform(1, 60) * 3600)
        task.ghost, task.started = True, task.created + 38
        task.stopping, task.stopped = at, at + 31
        task.execution_stopped = at + 29
        task.stop_code = code
        task.stop_reason = reason or f"Scaling activity initiated by (deployment {deployment.id})"
        task.exit_code, task.exit_reason, task.healthy = exit_code, exit_reason, False
        return task

    def new_task(self, service, deployment, zone, created):
        while True:
            low = self.base(service, zone) + self.random.randint(0, 3)
            address = f"10.{self.octet(service)}.{low}.{self.random.randint(11, 250)}"
            if address not in self.used:
                break
        self.used.add(address)
        task = Task(self.ids.hex(32), service, len(service.tasks), address, zone, deployment, created)
        task.eni, task.mac = self.ids.resource("eni"), "06:" + ":".join(self.ids.hex(2) for _ in range(5))
        service.tasks.append(task)
        return task

    # --- subnets, ACLs and routes ----------------------------------------------------------------------------------

    def octet(self, service):
        return self.second if service is self.caller else self.callee_second

    def base(self, service, zone):
        """Third octet of the zone's subnet."""
        separate = self.s.own_subnets and service is not self.caller
        return zone * 4 + (16 if separate else 0)

    def block(self, service, zone):
        return f"10.{self.octet(service)}.{self.base(service, zone)}.0/22"

    def subnets_of(self, service):
        return self.subnets if service is self.caller else self.callee_subnets

    def places(self, of, zones):
        """(service, zone) of what an ACL or a route table is about; shared subnets are the caller's too."""
        services = [self.caller] if of == "caller" else [self.callee] if of == "callee" else [self.caller, self.callee]
        return [(service, zone) for service in services for zone in zones]

    def apply_acls(self):
        for number, acl in enumerate(self.acls):
            blocks = sorted({self.block(*place) for place in self.places(acl["of"], acl["zones"])})
            self.network.acl(f"A{number}", blocks, [self.entry(item) for item in acl["entries"]])

    def entry(self, item):
        """An ACL entry with its block filled in: `vpc`, `callee:1`, `caller:0` or a literal."""
        number, egress, action, protocol, block, first, last = item
        if block == "vpc":
            block = f"10.{self.second}.0.0/16"
        elif ":" in block:
            who, zone = block.split(":")
            block = self.block(getattr(self, who), int(zone))
        return number, egress, action, protocol, block, first, last

    def change_acl(self, index, entries):
        with self.lock:
            self.acls[index]["entries"] = entries
            self.apply_acls()

    def apply_routes(self):
        for hole in self.s.blackholes:
            other = self.callee if hole["of"] == "caller" else self.caller
            for place in self.places(hole["of"], hole["zones"]):
                self.network.drop("-s", self.block(*place), "-d", self.block(other, hole["to"]))
        mine, theirs = f"10.{self.second}.0.0/16", f"10.{self.callee_second}.0.0/16"
        if self.s.callee_vpc in ("none", "one-way"):
            # Without the way back a connection cannot be opened, whoever has a route.
            self.network.drop("-s", theirs, "-d", mine)
        if self.s.callee_vpc == "none":
            self.network.drop("-s", mine, "-d", theirs)

    def zone_fault(self, zone, who="callee", on=True, share=1.0):
        """Part of the packets between caller and callee that leave or enter that zone's tasks of one side vanish."""
        with self.lock:
            self.zone_faults[(zone, who)] = share if on else 0
            mine, theirs = (self.caller, self.callee) if who == "caller" else (self.callee, self.caller)
            some = [] if share >= 1 else ["-m", "statistic", "--mode", "random", "--probability", str(share)]
            for task in mine.tasks:
                if task.zone != zone or not task.namespace:
                    continue
                for other in theirs.tasks:
                    if other.namespace:
                        self.network.drop("-s", task.address, "-d", other.address, *some, on=on)
                        self.network.drop("-d", task.address, "-s", other.address, *some, on=on)

    # --- certificates ----------------------------------------------------------------------------------------------

    def certificates(self):
        """Two private CAs and a server certificate of each; `until` ends the first one's life within the window."""
        folder = os.path.join(self.work, "tls")
        os.makedirs(folder)

        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

        def stamp(at):
            return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(at))

        name = f"{self.callee.alias}.{self.namespace}"
        for ca in ("main", "other"):
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{ca}-ca.key")
            openssl("req", "-x509", "-new", "-key", f"{ca}-ca.key", "-days", "3650", "-subj", f"/CN={ca} {self.s.cluster} CA",
                    "-out", f"{ca}-ca.crt")
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{ca}.key")
            openssl("req", "-new", "-key", f"{ca}.key", "-subj", f"/CN={name}", "-out", f"{ca}.csr")
            end = self.window[0] + self.s.tls["until"] if ca == "main" and self.s.tls.get("until") else time.time() + 7 * DAY
            with open(os.path.join(folder, f"{ca}.cnf"), "w") as out:
                out.write(f"[ca]\ndefault_ca=d\n[d]\ndatabase={ca}.db\nserial={ca}.srl\nnew_certs_dir=.\n"
                          "default_md=sha256\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n"
                          f"[x]\nsubjectAltName=DNS:{name}\n")
            open(os.path.join(folder, f"{ca}.db"), "w").close()
            with open(os.path.join(folder, f"{ca}.srl"), "w") as out:
                out.write("1000\n")
            openssl("ca", "-batch", "-notext", "-config", f"{ca}.cnf", "-cert", f"{ca}-ca.crt", "-keyfile", f"{ca}-ca.key",
                    "-in", f"{ca}.csr", "-out", f"{ca}.crt", "-startdate", stamp(time.time() - DAY), "-enddate", stamp(end))
        return folder

    # --- tasks -----------------------------------------------------------------------------------------------------

    def behaviour(self, task):
        s, service = self.s, task.service
        index = task.slot
        spec = {"seed": task.id, "port": service.container_port, "readyFile": os.path.join(task.directory, "ready"),
                "protocol": "http", "routes": [], "faults": []}
        if service is self.callee:
            spec["protocol"] = s.app_protocol or (s.protocol if s.protocol != "tcp" else "http")
            spec["routes"] = [{"method": r["callee_method"], "path": r["callee_path"], "latency": r["latency"],
                               "bytes": r["size"], "rejects": r["rejects"], "stream": r.get("stream"),
                               "calls": []} for r in s.routes if not r.get("local")]
            for fault in s.faults:
                if index in fault.get("hosts", [index]):
                    spec["faults"].append({**fault, "from": self.window[0] + fault.get("from", -1000),
                                           "until": self.window[0] + fault.get("until", 10 ** 6)})
            spec.update(s.callee_app)
        elif service is self.twin:
            spec["routes"] = [{"method": r["callee_method"], "path": r["callee_path"], "latency": r["latency"],
                               "bytes": r["size"], "rejects": r["rejects"], "calls": []} for r in s.twin["routes"]]
        else:
            for r in s.routes:
                if r.get("local"):
                    spec["routes"].append({"method": r["method"], "path": r["path"], "latency": [8, 0.5],
                                           "bytes": (400, 4000)})
                    continue
                call = {"host": r.get("host") or self.callee.alias, "port": self.callee.alias_port,
                        "method": r["callee_method"], "path": r["callee_path"], "body": r["body"],
                        "agent": s.agent, "timeout": r.get("timeout") or s.client_timeout,
                        "pool": r.get("pool", 50), "retries": r.get("retries", 0), "backoff": r.get("backoff", 0.05),
                        "protocol": s.client_protocol or (s.protocol if s.protocol in ("grpc", "http2") else "http")}
                if r.get("authority"):
                    call["authority"] = r["authority"]
                call["forwardId"] = s.forward_id
                if s.dial == "dns":
                    call["host"], call["port"] = f"{s.registry}.{self.dns_zone()}", self.callee.container_port
                elif s.dial == "task":
                    call["host"], call["port"] = self.known_address(), self.callee.container_port
                spec["routes"].append({"method": r["method"], "path": r["path"], "latency": [3, 0.6],
                                       "bytes": r.get("inbound_size", (300, 3000)), "calls": [call],
                                       "detached": r.get("detached", False)})
            names = {self.callee.alias: self.callee.virtual_address} if self.caller.calls else {}
            if s.dial == "dns":
                names[f"{s.registry}.{self.dns_zone()}"] = {"file": os.path.join(self.work, "others.json"),
                                                            "ttl": s.dns_ttl}
            elif s.dial == "task":
                names[self.known_address()] = self.known_address()
            spec["hosts"] = names if s.caller_hosts is None else s.caller_hosts
            spec.update(s.caller_app)
            if s.caller_connect != "on":
                spec["host"] = task.address  # nobody forwards to the loopback address
        own = dict(task.deployment.revision.app)
        for fault in own.get("faults", []):
            spec["faults"].append({**fault, "from": self.window[0] + fault.get("from", -1000),
                                   "until": self.window[0] + fault.get("until", 10 ** 6)})
        spec.update({key: value for key, value in own.items() if key != "faults"})
        if "at" in spec.get("exit", {}):
            spec["exit"] = {**spec["exit"], "at": self.window[0] + spec["exit"]["at"]}
        if "only" in spec:  # a part of the behaviour that only some hosts have
            for hosts, more in spec.pop("only"):
                if index in hosts:
                    spec.update(more)
        return spec

    def start(self, task, quick=False):
        """Brings a task up: interface, proxy, application. Returns when both run; `quick` skips the pretended pull."""
        if not quick:
            time.sleep(self.random.uniform(2.2, 3.4))
        if self.stopping or task.stopping:
            return
        if self.s.start_failure and task.service is self.callee and not quick:
            self.fail_to_start(task)
            return
        with self.lock:
            task.namespace = self.network.add(task.address)
            task.directory = os.path.join(self.work, task.id)
            os.makedirs(task.directory)
            if task.service is not self.caller or self.s.caller_connect == "on":
                task.proxy = proxies.Proxy(self.binary, task, self.s, task.directory, self.tls_folder)
            self.apply_groups()
            for (zone, who), share in list(self.zone_faults.items()):
                if share:
                    self.zone_fault(zone, who, False, share)
                    self.zone_fault(zone, who, True, share)
        path = os.path.join(task.directory, "behaviour.json")
        with open(path, "w") as out:
            json.dump(self.behaviour(task), out)
        command = ["ip", "netns", "exec", task.namespace, "nice", "-n", "5", sys.executable, os.path.join(HERE, "app.py"), path]
        task.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True,
                                        stdout=open(os.path.join(task.directory, "app.log"), "wb"),
                                        stderr=subprocess.STDOUT)
        if task.service is self.callee and self.s.cpu_limit:
            task.group = self.limit(task)
        who = "callee" if task.service is self.callee else "caller"
        if who in self.s.task_limit:
            self.limit_task(task, self.s.task_limit[who])
        for _ in range(100):
            if not task.proxy or task.proxy.ready():
                break
            time.sleep(0.1)
        task.started = task.started or time.time()

    def limit(self, task):
        """Holds the application to the task's CPU share with a control group, as Fargate does."""
        group = os.path.join(GROUP_LIMITS, f"ecslab-{task.id[:8]}")
        try:
            os.makedirs(group, exist_ok=True)
            with open(os.path.join(group, "cpu.cfs_quota_us"), "w") as out:
                out.write(str(int(100000 * int(self.s.cpu) / 1024)))
            with open(os.path.join(group, "cgroup.procs"), "w") as out:
                out.write(str(task.process.pid))
        except OSError as problem:
            print("no CPU limit:", problem, file=sys.stderr)
        return group

    def limit_task(self, task, shares):
        """Holds the whole task, proxy included, to its CPU: one quota, and shares for the containers within it."""
        task.group = os.path.join(GROUP_LIMITS, f"ecslab-{task.id[:8]}")
        for name, value in (("", None), *shares.items()):
            group = os.path.join(task.group, name)
            os.makedirs(group, exist_ok=True)
            setting = (("cpu.cfs_quota_us", int(100000 * int(self.s.cpu) / 1024)) if value is None
                       else ("cpu.shares", value))
            with open(os.path.join(group, setting[0]), "w") as out:
                out.write(str(setting[1]))
        self.into(task, "app", task.process.pid)
        for pid in (task.proxy.process.pid, *task.proxy.children()):
            self.into(task, "proxy", pid)

    @staticmethod
    def into(task, container, pid):
        with open(os.path.join(task.group, container, "cgroup.procs"), "w") as out:
            out.write(str(pid))

    def fail_to_start(self, task):
        """The task ends before any of its containers ran; ECS tries again after a while."""
        time.sleep(self.random.uniform(1.0, 2.0))
        if self.stopping:
            return
        now = time.time()
        task.never_started, task.stopping, task.execution_stopped = True, now, now
        task.stopped = now + self.random.uniform(0.4, 1.2)
        task.stop_code, task.stop_reason = "TaskFailedToStart", self.s.start_failure["reason"]
        task.pending_reason = self.s.start_failure.get("container")
        task.healthy = False
        task.deployment.failed += 1
        failures = sum(other.never_started for other in task.service.tasks)
        if failures >= 3 and failures % 3 == 0:
            self.event(task.service, "is unable to consistently start tasks successfully. For more information, see the "
                                     "Troubleshooting section.")
        self.spawn(self.replace, task.service, self.random.uniform(2, 4))

    def replace(self, service, wait):
        """The scheduler starts what is missing."""
        time.sleep(wait)
        with self.lock:
            waiting = [task for task in service.tasks if not task.started and not task.stopping and not task.ghost]
            missing = service.desired - len(service.running()) - len(waiting)
            fresh = self.launch(service, missing, service.primary) if missing > 0 and not self.stopping else []
        self.parallel(self.bring_up, fresh)

    def register(self, task):
        with self.lock:
            task.registered = time.time()
            self.publish()

    def deregister(self, task):
        with self.lock:
            task.registered = None
            self.publish()

    def publish(self):
        """Endpoints to the callers' proxies, and the callers' addresses to the load balancer."""
        twins = self.twin.tasks if self.twin and self.twin.namespace == self.namespace else []
        hosts = [(task.address, task.port) for task in self.callee.tasks + twins
                 if task.registered and task.deployment.revision.connect["advertised"]
                 and task.deployment.revision.connect["listed"]]
        proxies.write_endpoints(self.callee.endpoints_file, self.callee.egress_cluster(), hosts)
        path = os.path.join(self.work, "targets.json")
        with open(path + ".new", "w") as out:
            json.dump([task.address for task in self.caller.tasks if task.registered], out)
        os.rename(path + ".new", path)
        path = os.path.join(self.work, "others.json")
        with open(path + ".new", "w") as out:
            json.dump([host for host, _ in hosts], out)
        os.rename(path + ".new", path)

    def wait_healthy(self, task, limit=40):
        end = time.time() + limit
        while time.time() < end and not self.stopping:
            if os.path.exists(os.path.join(task.directory, "ready")) and task.process.poll() is None:
                return True
            if task.process.poll() is not None:
                return False
            time.sleep(0.2)
        return False

    def probe_health(self, task):
        """Runs the container health check as ECS does; a task whose essential container fails it is replaced."""
        probe, failures = self.s.probe, 0
        port = self.s.callee_app.get("port", self.callee.container_port)
        script = (f"import urllib.request; urllib.request.urlopen('http://127.0.0.1:{port}/health', "
                  f"timeout={probe['timeout']})")
        while not self.stopping and not task.stopping and task.process.poll() is None:
            time.sleep(probe["interval"])
            result = subprocess.run(["ip", "netns", "exec", task.namespace, sys.executable, "-c", script],
                                    capture_output=True, timeout=30)
            failures = failures + 1 if result.returncode else 0
            if failures >= probe["retries"] and not task.stopping and not self.stopping:
                task.ill = True
                task.deployment.failed += 1
                self.event(task.service, f"has stopped 1 running tasks: (task {task.id}).")
                self.spawn(self.replace, task.service, 1.0)
                self.end_task(task, probe.get("reason", "Task failed container health checks"),
                              drain=probe.get("drain", 5.0))
                return

    def bring_up(self, task, quick=False):
        """Start and register. With a health check traffic waits for it; without, it comes at once."""
        self.start(task, quick)
        if self.stopping or not task.process:
            return False
        if task.deployment.revision.health_check:
            well = self.wait_healthy(task)
            if not well:
                return False
            if not quick:
                time.sleep(0.8)
        task.healthy = True
        if task.process.poll() is None and not task.stopping:
            self.register(task)
            if self.s.probe and task.service is self.callee:
                self.spawn(self.probe_health, task)
            return True
        return False

    def end_task(self, task, reason, code="ServiceSchedulerInitiated", drain=5.0, linger=0.0, wait=15):
        """The scheduler stops a task. Kind: deregister, drain, SIGTERM. Unkind (`linger`): SIGTERM first, and the
        endpoint stays listed for that long."""
        task.stopping, task.stop_code, task.stop_reason = time.time(), code, reason
        if linger:
            task.process.send_signal(signal.SIGTERM)
            time.sleep(linger)
            self.deregister(task)
        else:
            self.deregister(task)
            time.sleep(drain)
            if task.process.poll() is None:
                task.process.send_signal(signal.SIGTERM)
        try:
            task.process.wait(wait)
        except subprocess.TimeoutExpired:
            task.process.kill()
            task.process.wait()
        self.gone(task)

    def gone(self, task):
        """The application has ended: note how, then take proxy and interface away."""
        status = task.process.returncode
        if task.exit_code is None:
            task.exit_code = 128 - status if status < 0 else status
        task.execution_stopped = time.time()
        task.healthy = False
        for helper in task.helpers:
            helper.kill()
            helper.wait()
        if task.proxy:
            task.proxy.stop()
        self.network.remove(task.address)
        self.ungroup(task)
        task.stopped = time.time() + self.random.uniform(0.2, 1.2)

    @staticmethod
    def ungroup(task):
        for group in (os.path.join(task.group, "app"), os.path.join(task.group, "proxy"), task.group) if task.group else ():
            try:
                os.rmdir(group)
            except OSError:
                pass

    # --- what the scheduler and people do ------------------------------------------------------------------------

    def event(self, service, text):
        service.events.append((time.time(), f"(service {service.name}) {text}"))

    def launch(self, service, count, deployment, zones=None):
        tasks = [self.new_task(service, deployment, (len(service.tasks) + i) % 3, time.time()) for i in range(count)]
        self.event(service, f"has started {count} tasks: " + " ".join(f"(task {task.id})" for task in tasks) + ".")
        return tasks

    def parallel(self, work, items):
        jobs = [threading.Thread(target=work, args=(item,), daemon=True) for item in items]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()

    def deploy(self, who="callee", style="all", groups=None, health_check=None, app=None, connect=None, linger=0.0,
               drain=5.0, advertised=None, first_stop=False):
        """`first_stop`: a minimum of 0 % healthy tasks, so the old ones leave before the new ones come."""
        service = getattr(self, who)
        now = time.time()
        revision = self.revision(service, service.primary.revision.task_definition + 1, now, groups, health_check, app,
                                 {"advertised": advertised} if advertised is not None else connect)
        deployment = Deployment("ecs-svc/" + self.ids.digits(19), self.ids.letters(21), revision, now,
                                service.primary.revision, status="IN_PROGRESS", rollout="IN_PROGRESS", updated=now)
        old = service.running()
        service.deployments.append(deployment)
        steps = [service.desired] if style == "all" else [1] * service.desired
        for count in steps:
            fresh = [] if first_stop else self.launch(service, count, deployment)
            self.parallel(self.bring_up, fresh)
            if self.stopping:
                return
            time.sleep(1.5)
            if fresh and all(task.never_started for task in fresh):
                return  # the scheduler goes on trying; the old tasks stay
            leaving, old = old[:count], old[count:]
            for task in leaving:
                self.event(service, f"has stopped 1 running tasks: (task {task.id}).")
            self.parallel(lambda task: self.end_task(
                task, f"Scaling activity initiated by (deployment {deployment.id})", drain=drain, linger=linger), leaving)
            if self.stopping:
                return
            if first_stop:
                self.parallel(self.bring_up, self.launch(service, count, deployment))
                if any(task.never_started for task in service.tasks):
                    return
        deployment.finished = deployment.updated = time.time()
        deployment.status, deployment.rollout = "SUCCESSFUL", "COMPLETED"
        self.event(service, "has reached a steady state.")
        service.events.append((time.time(), f"(service {service.name}) (deployment {deployment.id}) deployment completed."))

    def scale(self, who="callee", desired=0, code="ServiceSchedulerInitiated", drain=5.0):
        service = getattr(self, who)
        running, before = service.running(), service.desired
        service.desired = desired
        service.primary.updated = time.time()
        if desired > before:
            self.parallel(self.bring_up, self.launch(service, desired - before, service.primary))
        else:
            leaving = running[desired:]
            for task in leaving:
                self.event(service, f"has stopped 1 running tasks: (task {task.id}).")
            self.parallel(lambda task: self.end_task(
                task, f"Scaling activity initiated by (deployment {service.primary.id})", code, drain), leaving)
        if not self.stopping:
            self.event(service, "has reached a steady state.")

    def hog(self, who="caller", hosts=None, seconds=1000.0, count=4):
        """Further processes of the task compute for that long, in the application's container."""
        service = getattr(self, who)
        tasks = [task for task in service.running() if hosts is None or task.slot in hosts]
        for task in [task for task in tasks for _ in range(count)]:
            burner = subprocess.Popen([sys.executable, "-c", "while True: pass"], stdin=subprocess.DEVNULL)
            task.helpers.append(burner)
            if task.group:
                self.into(task, "app", burner.pid)
        time.sleep(min(seconds, max(0, self.window[1] - time.time())))
        for task in tasks:
            for burner in task.helpers:
                burner.kill()
                burner.wait()
            task.helpers.clear()

    def crash_proxy(self, who="callee", hosts=None, times=1, every=5.0):
        """Envoy dies of a segmentation fault; its agent starts it again, up to three times."""
        service = getattr(self, who)
        for _ in range(times):
            for task in service.running():
                if hosts is None or task.slot in hosts:
                    for pid in task.proxy.children():
                        os.kill(pid, signal.SIGSEGV)
            time.sleep(every)
            for task in service.running():
                if (hosts is None or task.slot in hosts) and task.proxy.process.poll() is not None:
                    task.stopping = time.time()
                    self.spawn(self.proxy_gone, task)
            if self.stopping:
                return

    def proxy_gone(self, task):
        """The agent has given up: an essential container ended, and the task with it."""
        task.stop_code, task.stop_reason = "EssentialContainerExited", "Essential container in task exited"
        task.deployment.failed += 1
        time.sleep(self.random.uniform(1.0, 2.0))
        self.deregister(task)
        if task.process.poll() is None:
            task.process.terminate()
            try:
                task.process.wait(6)
            except subprocess.TimeoutExpired:
                task.process.kill()
                task.process.wait()
        self.gone(task)
        self.replace(task.service, self.random.uniform(2, 4))

    def sicken_proxy(self, who="callee", hosts=None):
        """From now on ECS sees the proxy's container UNHEALTHY; `hosts` count the running tasks."""
        for task in getattr(self, who).running():
            if hosts is None or task.slot in hosts:
                task.sidecar_health = "UNHEALTHY"

    def interrupt(self, hosts=None, code="SpotInterruption", reason="Your Spot Task was interrupted.", drain=2.0):
        """Tasks are taken away from outside; the scheduler starts others."""
        leaving = [task for task in self.callee.running() if hosts is None or task.slot in hosts]
        self.spawn(self.replace, self.callee, 1.5)
        self.parallel(lambda task: self.end_task(task, reason, code, drain), leaving)

    def change_rules(self, remove=None, add=None, tracked=False):
        """A security group changes: `remove` is a predicate's fields, `add` a list of rules.

        `tracked`: tasks that are connected now go on, as with `keep_open`, where the kernel tracks no connections.
        """
        with self.lock:
            if tracked:
                self.tracked |= {(source.address, target.address) for source in self.caller.running()
                                 for target in self.callee.running()}
            gone = [rule for rule in self.rules
                    if remove and all(rule.get(key) == value for key, value in remove.items())]
            self.rule_changes.append((time.time(), gone, add or []))
            if remove:
                self.rules = [rule for rule in self.rules
                              if not all(rule.get(key) == value for key, value in remove.items())]
            self.rules += add or []
            self.apply_groups()

    # --- security groups become packet filters -------------------------------------------------------------------

    def groups_of(self, task):
        if self.s.lone_group and task.service is self.callee and task.slot == 0 and not task.ghost:
            return [f"{self.s.callee}-restricted-sg"]
        return task.deployment.revision.groups

    def allowed(self, source, target):
        port = target.port

        def matches(rule, direction, group, peers):
            if rule["egress"] != direction or rule["group"] not in group:
                return False
            if rule["protocol"] != "-1" and not rule["from"] <= port <= rule["to"]:
                return False
            return "cidr" in rule or rule.get("peer") in peers

        mine, yours = self.groups_of(source), self.groups_of(target)
        return (any(matches(rule, True, mine, yours) for rule in self.rules)
                and any(matches(rule, False, yours, mine) for rule in self.rules))

    def apply_groups(self):
        wanted = set()
        for source in self.caller.tasks:
            for target in self.callee.tasks:
                open_since = (source.address, target.address) in self.tracked
                if source.namespace and target.namespace and not open_since and not self.allowed(source, target):
                    wanted.add((source.address, target.address, target.port))
        for pair in wanted - self.dropped:
            self.network.filter(*pair, self.s.keep_open)
        for pair in self.dropped - wanted:
            self.network.filter(*pair, self.s.keep_open, on=False)
        self.dropped = wanted

    # --- watching ------------------------------------------------------------------------------------------------

    def usage(self, task):
        ticks = memory = 0
        proxy = [task.proxy.process.pid, *task.proxy.children()] if task.proxy else []
        for pid in [task.process.pid, *proxy, *(helper.pid for helper in task.helpers)]:
            try:
                with open(f"/proc/{pid}/stat") as source:
                    fields = source.read().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
                memory += int(fields[21]) * 4096
            except OSError:
                pass
        return ticks / TICK, memory

    def watch(self):
        """Metrics every five seconds; crashed and out-of-memory applications four times a second."""
        before, last = {}, 0.0
        while not self.stopping:
            for service in (self.callee, self.caller):
                for task in list(service.tasks):
                    if not task.process or task.stopping or task.ghost or not task.started:
                        continue
                    if self.usage(task)[1] > int(self.s.memory) * 1048576 * 0.985 and service is self.callee:
                        task.exit_code, task.exit_reason = 137, "OutOfMemoryError: Container killed due to memory usage"
                        task.process.kill()
                        task.process.wait()
                    if task.process.poll() is not None:
                        if self.s.restart_seconds is not None and service is self.callee:
                            if not task.ill:
                                task.ill = True
                                self.spawn(self.restart, task)
                            continue
                        task.stopping = time.time()
                        self.spawn(self.crashed, task)
            now = time.time()
            if now - last >= 5:
                last = now
                for service in (self.callee, self.caller):
                    for task in list(service.tasks):
                        if task.process and not task.stopped and task.started:
                            cpu, memory = self.usage(task)
                            active, total = (task.proxy.connections(f"listener.{task.address}_{task.port}")
                                             if task.proxy else (0, 0))
                            if self.s.tls and task.proxy:
                                task.handshakes.append((now, *task.proxy.failed_handshakes()))
                            if task.id in before:
                                then, cpu_then, total_then = before[task.id]
                                share = (cpu - cpu_then) / (now - then) / (int(self.s.cpu) / 1024) * 100
                                task.samples.append((now, min(share, 100 + share % 1) if share > 100 else max(share, 0),
                                                     memory / 1048576 / int(self.s.memory) * 100, active,
                                                     max(0, total - total_then)))
                            before[task.id] = (now, cpu, total)
            time.sleep(0.25)

    def restart(self, task):
        """The container's restart policy: the application ended, the task goes on, the application starts again."""
        time.sleep(self.s.restart_seconds)
        if self.stopping or task.stopping:
            return
        path = os.path.join(task.directory, "behaviour.json")
        task.process = subprocess.Popen(
            ["ip", "netns", "exec", task.namespace, "nice", "-n", "5", sys.executable, os.path.join(HERE, "app.py"), path],
            stdin=subprocess.DEVNULL, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        task.ill = False

    def crashed(self, task):
        """An essential container ended by itself: ECS deregisters the task a little later and starts another."""
        task.stop_code, task.stop_reason = "EssentialContainerExited", "Essential container in task exited"
        task.deployment.failed += 1
        time.sleep(self.random.uniform(1.5, 3))
        self.deregister(task)
        time.sleep(0.5)
        self.gone(task)
        service = task.service
        time.sleep(self.random.uniform(3, 6))
        if not self.stopping and len(service.running()) < service.desired:
            for fresh in self.launch(service, 1, service.primary):
                self.bring_up(fresh)

    def spawn(self, work, *arguments, **named):
        job = threading.Thread(target=work, args=arguments, kwargs=named, daemon=True)
        self.threads.append(job)
        job.start()

    # --- the recording -------------------------------------------------------------------------------------------

    def run(self):
        s = self.s
        lead = 2 + 0.4 * (s.callers + s.callees) + s.warm_up
        begin = math.ceil(time.time() + lead)
        self.window = (begin, begin + s.window)
        self.tls_folder = self.certificates() if s.tls else None
        self.apply_acls()
        self.apply_routes()
        first = {self.callee: self.callee.desired, self.caller: s.callers}
        if self.twin:
            first = {self.twin: self.twin.desired, **first}
        fresh = []
        for service, count in first.items():
            for index in range(count):
                created = service.primary.created + 20 + index * 3.7
                task = self.new_task(service, service.primary, index % 3, created)
                task.started = created + 38
                fresh.append(task)
        callee_tasks = [task for task in fresh if task.service is self.callee]
        # Fault specifications count hosts from 0 in the order of the first tasks.
        for index, task in enumerate(callee_tasks):
            task.slot = index
        self.parallel(lambda task: self.bring_up(task, True), fresh)
        self.publish()
        late = time.time() - (begin - s.warm_up)
        if late > 0:
            print(f"  start took {late:.1f} s longer than planned", file=sys.stderr)
        users = {"authority": f"{s.caller}.example.net", "targets": "targets.json", "port": 8080,
                 "agents": [PHONE, PHONE, DESKTOP],
                 "schedule": [[begin + at, value] for at, value in s.schedule or [[-1000, s.rate]]],
                 "bursts": [[begin + at, count, index, gap] for at, count, index, gap in s.bursts],
                 "routes": [{"method": r["method"], "path": r["path"], "weight": r["weight"],
                             "body": r["inbound_body"]} for r in s.routes]}
        loads = [self.load("users", f"10.{self.second}.12.10", users)]
        if s.other_load:
            others = {"authority": f"{self.callee.alias}:{self.callee.alias_port}", "targets": "others.json",
                      "port": self.callee.listening_port, "agents": ["python-httpx/0.27.2"], "forwarded": False,
                      "schedule": [[begin - 1000, s.other_load]], "bursts": [],
                      "routes": [{"method": r["callee_method"], "path": r["callee_path"], "weight": r["weight"],
                                  "body": r["body"]} for r in s.routes if not r.get("local")]}
            if s.other_client:
                others.update(authority=None, agents=[s.other_client["agent"]], routes=[
                    {"method": "GET", "path": s.other_client["path"], "weight": 1}])
            loads.append(self.load("others", f"10.{self.second}.12.20", others))
        self.spawn(self.watch)
        for at, action, arguments in sorted(s.timeline, key=lambda item: item[0]):
            time.sleep(max(0, begin + at - time.time()))
            self.spawn(getattr(self, action), **arguments)
        time.sleep(max(0, self.window[1] - time.time()))
        for load in loads:
            try:
                load.wait(25)
            except subprocess.TimeoutExpired:
                load.kill()
        # Streams in the background end by themselves or at the timeout, not because the lab is taken down.
        time.sleep(s.request_timeout + 1.5 if any(r.get("detached") for r in s.routes) else 0.3)
        self.window_state()

    def known_address(self):
        """The address that somebody once wrote into the caller's configuration."""
        return next(task.address for task in self.callee.tasks if not task.ghost)

    def dns_zone(self):
        """The private DNS namespace of the callee's service registry."""
        return f"{self.s.cluster}.dns"

    def load(self, name, address, plan):
        path = os.path.join(self.work, name + ".plan")
        with open(path, "w") as out:
            json.dump({"seed": self.s.name + name, "end": self.window[1], "patience": 60, "most": 600, "drain": 18,
                       "spread": self.s.spread if name == "users" else None, **plan,
                       "targets": os.path.join(self.work, plan["targets"])}, out)
        return subprocess.Popen(
            ["ip", "netns", "exec", self.network.add(address), sys.executable, os.path.join(HERE, "load.py"), path],
            stdin=subprocess.DEVNULL, stdout=open(os.path.join(self.work, name + ".log"), "wb"),
            stderr=subprocess.STDOUT)

    def window_state(self):
        """Freezes what the describe calls answer right after the window."""
        self.collected = max(time.time(), self.window[1] + 5)
        self.stopping = True
        for job in self.threads:
            job.join(8)

    def close(self):
        self.stopping = True
        tasks = [task for service in (self.callee, self.caller, self.twin) if service for task in service.tasks]

        def finish(task):
            if task.process and task.process.poll() is None:
                task.process.kill()
                task.process.wait()
            for helper in task.helpers:
                helper.kill()
                helper.wait()
            if task.proxy:
                task.proxy.stop()
            self.ungroup(task)

        self.parallel(finish, tasks)
        self.network.close()

    def clean(self):
        shutil.rmtree(self.work, ignore_errors=True)
