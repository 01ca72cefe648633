"""The lab's VPC: one network namespace per task, all joined by a router namespace with packet filters.

Every task needs a namespace of its own because a Service Connect proxy forwards to 127.0.0.1:<containerPort>: only
with a private loopback does each task really have such an address. Nothing outside the lab's own namespaces is touched.
"""
import os
import subprocess

GATEWAY = "169.254.1.1"


def _run(*command, check=True):
    return subprocess.run(command, check=check, capture_output=True, text=True)


def _batch(namespace, *lines):
    """Several ip commands in one process: starting a task takes a fraction of the time."""
    subprocess.run(["ip", "-n", namespace, "-batch", "-"], input="\n".join(lines), check=True, capture_output=True,
                   text=True)


class Network:
    def __init__(self):
        # The process id keeps two labs on one machine apart and lets close() find everything this one made.
        self.prefix = f"lab{os.getpid()}"
        self.router = f"{self.prefix}r"
        self.count = 0
        self.tasks = {}
        _run("ip", "netns", "add", self.router)
        self.at_router("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0",
                       "net.ipv4.conf.default.rp_filter=0")

    def at_router(self, *command, check=True):
        return _run("ip", "netns", "exec", self.router, *command, check=check)

    def add(self, address):
        """A namespace with this one address; returns its name."""
        self.count += 1
        name, wire, peer = f"{self.prefix}t{self.count}", f"v{self.count}", f"w{self.count}"
        _run("ip", "netns", "add", name)
        _batch(self.router, f"link add {wire} type veth peer name {peer}", f"link set {peer} netns {name}",
               f"addr add {GATEWAY}/32 dev {wire}", f"link set {wire} up",
               f"route replace {address}/32 dev {wire}")
        _batch(name, f"link set {peer} name eth0", "link set lo up", f"addr add {address}/32 dev eth0",
               "link set eth0 up", f"route add default via {GATEWAY} dev eth0 onlink")
        self.tasks[address] = name
        return name

    def remove(self, address):
        """The interface goes away. In a VPC packets to it then vanish without an answer, hence the blackhole."""
        name = self.tasks.pop(address, None)
        if name:
            _run("ip", "netns", "del", name, check=False)
            _run("ip", "-n", self.router, "route", "replace", "blackhole", f"{address}/32", check=False)

    def filter(self, source, target, port, keep_open=True, on=True):
        """Drops packets source -> target:port. A security group tracks connections, so open ones go on by default."""
        verb = "-A" if on else "-D"
        state = ["-m", "conntrack", "--ctstate", "NEW"] if keep_open else []
        self.at_router("iptables", verb, "FORWARD", "-s", source, "-d", target, "-p", "tcp", "--dport", str(port),
                       *state, "-j", "DROP", check=False)

    def drop(self, *match, on=True):
        """Drops packets that match, whatever connection they belong to."""
        self.at_router("iptables", "-A" if on else "-D", "FORWARD", *match, "-j", "DROP", check=False)

    def acl(self, name, blocks, entries):
        """A network ACL around some subnets: no connection tracking, entries in order, the rest is denied. Packets within
        a subnet never meet it. `entries`: (number, egress, action, protocol, block, first port, last port)."""
        for egress in (True, False):
            chain = f"{name}{'o' if egress else 'i'}"
            self.at_router("iptables", "-N", chain, check=False)
            self.at_router("iptables", "-F", chain)
            for number, out, action, protocol, block, first, last in sorted(entries):
                if out != egress:
                    continue
                ports = [] if protocol == "-1" else ["-p", "tcp", "--dport", f"{first}:{last}"]
                self.at_router("iptables", "-A", chain, "-d" if egress else "-s", block, *ports, "-j",
                               "RETURN" if action == "allow" else "DROP")
            self.at_router("iptables", "-A", chain, "-j", "DROP")
            for block in blocks:
                rule = (["-s", block, "!", "-d", block] if egress else ["!", "-s", block, "-d", block]) + ["-j", chain]
                if self.at_router("iptables", "-C", "FORWARD", *rule, check=False).returncode:
                    self.at_router("iptables", "-I", "FORWARD", *rule)

    def close(self):
        for line in _run("ip", "netns", "list").stdout.split("\n"):
            name = line.split(" ")[0]
            if name.startswith(self.prefix + "t") or name == self.router:
                _run("ip", "netns", "del", name, check=False)
