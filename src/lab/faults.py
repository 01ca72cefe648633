#!/usr/bin/env python3
"""Provokes every fault that a pair of Envoys can see, and writes each line with the truth beside it.

    python3 faults.py --envoy /path/to/envoy --out recording.jsonl.gz [--only NAME …]

One JSON object a line: scenario, protocol, provoked, side, listener, truth (all that the proxy knew), sc_json and sc_text
(the same request as Service Connect's access log prints it, byte for byte).
"""
import argparse
import asyncio
import gzip
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from faultlab import application, proxies, scenarios
from faultlab.client import Caller

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST_EGRESS, FIRST_INGRESS = 21000, 22000
# Ports of the application by its kind and host; the mortal one is a process of its own.
PORTS = {"http": 23000, "h2": 23010, "tcp": 23020}
MORTAL_APP, NOBODY, PORT = 23030, 23040, 22990
INSIDE = "FAULTLAB_NETWORK"


def enter_network():
    """Starts this program again in a network namespace of its own, as root or, where the kernel lets users, without."""
    if os.environ.get(INSIDE):
        commands = ["link set lo up", f"route add unreachable {proxies.UNREACHABLE}/32"]
        commands += [f"addr add {address}/32 dev lo" for address in (
            *proxies.CALLEES, proxies.MORTAL, proxies.DRAINING, proxies.SILENT, proxies.CLOSED)]
        for command in commands:
            subprocess.run(["ip", *command.split()], check=True)
        return
    for way in (["unshare", "--net"], ["unshare", "--user", "--map-root-user", "--net"]):
        if shutil.which("unshare") and subprocess.run([*way, "true"], capture_output=True).returncode == 0:
            os.environ[INSIDE] = "1"
            os.execvp(way[0], [*way, sys.executable, *sys.argv])
    raise SystemExit("the lab needs a network namespace: run it as root, or allow user namespaces")


def certificates(folder):
    """A private authority, another one nobody trusts, and certificates: good, by the other authority, expired."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    for ca in ("main-ca", "other-ca"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={ca}",
                "-keyout", f"{ca}.key", "-out", f"{ca}.crt")
    with open(os.path.join(folder, "san.cnf"), "w") as out:
        out.write("subjectAltName=DNS:payments.lab\n")
    with open(os.path.join(folder, "ca.cnf"), "w") as out:
        out.write("[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index.txt\nserial=serial\ndefault_md=sha256\n"
                  "policy=p\n[p]\ncommonName=supplied\n")
    for name, ca, start, end in (("tls", "main-ca", "250101000000Z", "491231000000Z"),
                                 ("wrong_ca", "other-ca", "250101000000Z", "491231000000Z"),
                                 ("expired", "main-ca", "240101000000Z", "250101000000Z")):
        open(os.path.join(folder, "index.txt"), "w").close()
        with open(os.path.join(folder, "serial"), "w") as out:
            out.write("01\n")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=payments", "-keyout", f"{name}.key",
                "-out", f"{name}.csr")
        openssl("ca", "-batch", "-config", "ca.cnf", "-cert", f"{ca}.crt", "-keyfile", f"{ca}.key",
                "-startdate", start, "-enddate", end, "-extfile", "san.cnf", "-in", f"{name}.csr",
                "-out", f"{name}.crt", "-notext")


def silence(address, port):
    """A listening socket whose queue is full: the kernel drops every further connection attempt without an answer."""
    listener = socket.socket()
    listener.bind((address, port))
    listener.listen(0)
    held = [listener]
    for _ in range(3):
        link = socket.socket()
        link.setblocking(False)
        link.connect_ex((address, port))
        held.append(link)
    return held


class Lab:
    def __init__(self, binary, chosen, folder):
        self.binary, self.chosen, self.folder = binary, chosen, folder
        self.ids = {}
        self.places = {}
        certificates(folder)
        self.silent = silence(proxies.SILENT, PORT)
        self.mortal_app = None
        for scenario in chosen:
            self.endpoints(scenario)
        self.processes = {}

    def kind(self, scenario):
        kind = {"http": "http", "tcp": "tcp"}.get(scenario.protocol, "h2")
        if scenario.behind == "other":
            kind = "h2" if kind == "http" else "http"
        return kind

    def endpoints(self, scenario):
        """Where the caller's proxy finds the callee; makes the callee's proxies known."""
        fixed = {"none": [], "refused": [(proxies.CLOSED, PORT), (proxies.CLOSED, PORT + 1)],
                 "dropped": [(proxies.SILENT, PORT)], "unreachable": [(proxies.UNREACHABLE, PORT)]}
        if scenario.endpoints in fixed:
            return fixed[scenario.endpoints]
        addresses = {"mortal": [proxies.MORTAL], "draining": [proxies.DRAINING]}.get(
            scenario.endpoints, proxies.CALLEES[:scenario.hosts])
        found = []
        for index, address in enumerate(addresses):
            application_port = {"refused": NOBODY, "mortal": MORTAL_APP}.get(
                scenario.behind, PORTS[self.kind(scenario)] + index)
            # The callee's proxy has the same timer: both read the callee's configuration.
            wanted = (scenario.protocol, application_port, scenario.timeout,
                      None if scenario.ingress == "plain" else os.path.join(self.folder, scenario.ingress))
            ports = self.places.setdefault(address, {})
            port = ports.setdefault(wanted, FIRST_INGRESS + len(ports))
            found.append((address, port))
        if scenario.endpoints == "one_dropped":
            found[-1] = (proxies.SILENT, PORT)
        return found

    def start(self):
        by_process = {"callee": proxies.CALLEES, "mortal": [proxies.MORTAL], "draining": [proxies.DRAINING]}
        for name, addresses in by_process.items():
            places = [(address, port, protocol, application_port, timeout, certificate)
                      for address in addresses
                      for (protocol, application_port, timeout, certificate), port
                      in self.places.get(address, {}).items()]
            if places:
                folder = os.path.join(self.folder, name)
                self.processes[name] = proxies.Proxy(self.binary, folder, proxies.callee(name, places, folder))
        folder = os.path.join(self.folder, "caller")
        self.processes["caller"] = proxies.Proxy(self.binary, folder, proxies.caller(
            self.chosen, folder, self.endpoints, FIRST_EGRESS, os.path.join(self.folder, "main-ca.crt")))

    def start_mortal_app(self):
        self.mortal_app = subprocess.Popen(
            [sys.executable, "-m", "faultlab.application", "http", str(MORTAL_APP), "0"], cwd=HERE)

    async def ready(self):
        deadline = time.monotonic() + 30
        for proxy in self.processes.values():
            while "LIVE" not in await asyncio.to_thread(proxy.admin, "/ready"):
                if time.monotonic() > deadline or proxy.process.poll() is not None:
                    with open(os.path.join(proxy.folder, "stderr.log")) as errors:
                        raise SystemExit(f"Envoy is not ready:\n{errors.read()[-3000:]}")
                await asyncio.sleep(0.1)

    async def happen(self, what):
        await asyncio.sleep(1)
        if what == "kill_app":
            self.mortal_app.kill()
            self.mortal_app.wait()
            await asyncio.sleep(0.7)
            self.start_mortal_app()
        elif what == "kill_proxy":
            self.processes["mortal"].stop(hard=True)
            await asyncio.sleep(0.7)
            self.processes["mortal"].start()
        elif what == "drain_proxy":
            await asyncio.to_thread(self.processes["draining"].admin, "/drain_listeners?inboundonly")
            await asyncio.sleep(0.5)
            self.processes["draining"].process.send_signal(signal.SIGTERM)

    async def provoke(self, number, scenario):
        caller = Caller(scenario, proxies.CALLER, FIRST_EGRESS + number, self.ids)
        left = [scenario.count]

        async def worker():
            while left[0] > 0:
                left[0] -= 1
                await caller.call()
                await asyncio.sleep(scenario.pause)

        event = asyncio.create_task(self.happen(scenario.happens)) if scenario.happens else None
        await asyncio.gather(*(worker() for _ in range(scenario.parallel)))
        if event:
            await event

    async def run(self):
        # Connections that are cut are what this is about: nothing to complain of.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        for kind, first in PORTS.items():
            for index in range(len(proxies.CALLEES)):
                await application.serve(kind, first + index, index)
        self.start_mortal_app()
        self.start()
        await self.ready()
        numbered = list(enumerate(self.chosen))

        def waits(scenario):
            """Whether most of its time is waiting: such scenarios run side by side."""
            return (scenario.path.startswith(("/slow", "/stream", "/hold")) or scenario.endpoints == "dropped"
                    or scenario.endpoints == "one_dropped" or scenario.client == "stalled" or scenario.pause > 0)

        waiting = [asyncio.create_task(self.provoke(n, s)) for n, s in numbered if waits(s)]
        # Handshakes that the callee takes for broken HTTP would explain refusals of the same second.
        for tls in (False, True):
            for number, scenario in numbered:
                if scenario.tls == tls and not waits(scenario):
                    await self.provoke(number, scenario)
            await asyncio.sleep(2.5)
        await asyncio.gather(*waiting)
        # Callees may still hold requests that their callers gave up.
        await asyncio.sleep(1.5)

    def stop(self):
        for proxy in self.processes.values():
            proxy.stop()
        if self.mortal_app:
            self.mortal_app.kill()
            self.mortal_app.wait()
        for held in self.silent:
            held.close()

    def lines(self):
        by_name = {scenario.name: scenario for scenario in self.chosen}
        for name, proxy in self.processes.items():
            def read(file, wanted=lambda line: True):
                with open(os.path.join(proxy.folder, file)) as source:
                    return [line.rstrip("\n") for line in source if wanted(line)]

            shown = read("stdout.log", lambda line: '"start_time"' in line)
            # A proxy that was killed has lost what it had not flushed, of each log another rest: what all three have, counts.
            for sc_json, sc_text, truth in zip(shown, read("text.log"), read("truth.log")):
                truth = json.loads(truth)
                listener, protocol = truth.pop("listener"), truth.pop("kind")
                scenario = by_name[listener[len("egress_"):]] if name == "caller" else self.ids.get(
                    truth.get("request_id"))
                yield {"scenario": scenario.name if scenario else "tcp" if protocol == "tcp" else "unknown",
                       "protocol": protocol, "provoked": scenario.provoked if scenario else "unknown",
                       "side": "caller" if name == "caller" else "callee", "listener": listener, "truth": truth,
                       "sc_json": sc_json, "sc_text": sc_text}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--envoy", required=True, help="the Envoy binary")
    options.add_argument("--out", required=True, help="the recording, .jsonl.gz")
    options.add_argument("--only", nargs="*", help="scenarios to run")
    given = options.parse_args()
    enter_network()
    chosen = [s for s in scenarios.SCENARIOS if not given.only or s.name in given.only]
    folder = tempfile.mkdtemp(prefix="faultlab-")
    lab = Lab(given.envoy, chosen, folder)
    try:
        asyncio.run(lab.run())
    finally:
        lab.stop()
    count = 0
    with gzip.open(given.out + ".new", "wt") as out:
        for line in lab.lines():
            out.write(json.dumps(line, separators=(",", ":")) + "\n")
            count += 1
    os.rename(given.out + ".new", given.out)
    shutil.rmtree(folder)
    print(f"{count} lines of {len(chosen)} scenarios in {given.out}")


if __name__ == "__main__":
    main()
