"""From what was recorded to the bundle's logs and metrics, the truth file and the expectation."""
import collections
import datetime
import gzip
import json
import math
import os
import re

from .model import HOPS, SLUGS, Ids, iso

BUCKETS = [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000]
STAMP = re.compile(r'"(?:start_time|timestamp)":"([^"]+)"|^\[(\d{4}-\d\d-\d\d[T ][0-9:.]+)Z?\]')


def seconds(text):
    text = text.rstrip("Z").replace(" ", "T")
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc).timestamp()


class Results:
    def __init__(self, simulation, directory):
        self.sim, self.s, self.directory = simulation, simulation.s, directory
        self.ids = Ids(simulation.s.name + "results")
        self.bundle = os.path.join(directory, "bundle")
        self.lines = []               # truth lines from the warm-up on
        for side, service in (("callee", simulation.callee), ("caller", simulation.caller)):
            for task in service.tasks:
                path = os.path.join(task.directory or "", "truth.log")
                if task.directory and os.path.exists(path):
                    for text in open(path, errors="replace"):
                        if text.startswith("{"):
                            line = json.loads(text)
                            line.update({"slot": task.slot, "side": side, "task": task.id})
                            line["_at"] = seconds(line["start_time"])
                            self.lines.append(line)
        begin, end = simulation.window
        self.shown = [line for line in self.lines if begin <= line["_at"] < end]
        self.edge = [line for line in self.lines if line["listener"] == f"egress_{self.s.callee}"]
        self.inbound = [line for line in self.lines if line["listener"] == f"ingress_{self.s.callee}"]
        self.lost = self.choose_lost()
        # A retried call has several lines at the callee: the last one is the one that was relayed.
        self.by_id = {line.get("request_id"): line for line in self.inbound if line.get("request_id")}

    def choose_lost(self):
        """Lines that never reach the log group: the log driver's buffer was full when they were written."""
        lost, begin = set(), self.sim.window[0]
        for side, start, until, share, hosts in self.s.lose:
            for line in self.shown:
                written = line["_at"] + (line["duration"] or 0) / 1000 - begin
                if (line["side"] == side and start <= written < until and (hosts is None or line["slot"] in hosts)
                        and self.ids.random.random() < share):
                    lost.add((line["task"], line["start_time"].rstrip("Z"), line.get("request_id")))
        return lost

    def is_lost(self, line):
        return (line["task"], line["start_time"].rstrip("Z"), line.get("request_id")) in self.lost

    # --- logs --------------------------------------------------------------------------------------------------------

    def logs(self):
        begin, end = self.sim.window
        for side, service in (("callee", self.sim.callee), ("caller", self.sim.caller)):
            if service.logs == "none":
                continue
            folder = os.path.join(self.bundle, "logs", "lines", side)
            for task in service.tasks:
                path = os.path.join(task.directory or "", "stdout.log")
                if not task.proxy or not os.path.exists(path):
                    continue
                kept, keep = [], False
                for line in open(path, errors="replace"):
                    found = STAMP.search(line)
                    if found:  # a line without a time belongs to the one before it
                        keep = begin <= seconds(found[1] or found[2]) < end
                    if keep and not (found and self.lost and self.names_lost(task, (found[1] or found[2]), line)):
                        kept.append(line)
                if not kept:
                    continue
                os.makedirs(folder, exist_ok=True)
                target = os.path.join(folder, f"{service.name}_{service.sidecar}_{task.id}.log")
                text = "".join(kept).encode()
                if len(text) > 120000 or self.ids.random.random() < 0.3:
                    with open(target + ".gz", "wb") as raw, gzip.GzipFile("", "wb", 9, raw, 0) as out:
                        out.write(text)
                else:
                    with open(target, "wb") as out:
                        out.write(text)

    def names_lost(self, task, stamp, line):
        return any(other == task.id and start == stamp.rstrip("Z") and rid and rid in line for other, start, rid in self.lost)

    def truth(self):
        with open(os.path.join(self.directory, "truth.jsonl"), "w") as out:
            for line in self.shown:
                fields = {key: value for key, value in line.items() if key not in ("_at", "slot", "side", "task")}
                ordered = dict(sorted(fields.items()))
                ordered.update({key: line[key] for key in ("slot", "side", "task")})
                out.write(json.dumps(ordered, separators=(",", ":")) + "\n")

    # --- metrics -----------------------------------------------------------------------------------------------------

    def metrics(self):
        s, sim = self.s, self.sim
        begin, end = sim.window
        minutes = range(int(begin // 60) * 60, int(math.ceil(end / 60)) * 60, 60)
        series = []

        def add(name, stat, dimensions, values):
            points = [(minute, value) for minute, value in values.items() if value is not None]
            if name in s.hide_metrics:
                return
            if points:
                series.append((name, stat, dimensions, sorted(points, reverse=True)))

        def bucketed(lines):
            table = collections.defaultdict(list)
            for line in lines:
                # A request counts when it ends.
                minute = int((line["_at"] + (line["duration"] or 0) / 1000) // 60) * 60
                if minute in minutes and line["_at"] < end:
                    table[minute].append(line)
            return table

        target = [("ClusterName", s.cluster), ("ServiceName", s.caller), ("TargetDiscoveryName", sim.callee.discovery)]
        source = [("ClusterName", s.cluster), ("DiscoveryName", sim.callee.discovery), ("ServiceName", s.callee)]
        out, into = bucketed(self.edge), bucketed(self.inbound)
        http = sim.callee.app_protocol is not None
        if http:
            answered = {minute: [line for line in lines if self.by_application(line)] for minute, lines in out.items()}
            for digit in "2345":
                add(f"HTTPCode_Target_{digit}XX_Count", "Sum", target,
                    {m: float(n) for m, lines in answered.items()
                     if (n := sum(str(line["response_code"])[0] == digit for line in lines))})
            add("TargetResponseTime", "Average", target, {
                m: round(sum(x["duration"] for x in lines) / len(lines), 4) for m, lines in answered.items() if lines})
            add("TargetResponseTime", "Maximum", target, {
                m: next(b for b in BUCKETS if b >= max(x["duration"] for x in lines))
                for m, lines in answered.items() if lines})

        def size(lines):
            return float(sum(line["bytes_received"] + line["bytes_sent"] for line in lines))

        # What a proxy answers by itself never was "processed by a target".
        reached = {m: [x for x in lines if not http or x.get("response_code_details") == "via_upstream"]
                   for m, lines in out.items()}
        add("TargetProcessedBytes", "Sum", target, {m: size(lines) for m, lines in reached.items() if size(lines)})
        for column, name, dimensions, service in ((1, "ClientTLSNegotiationErrorCount", source, sim.callee),
                                                  (2, "TargetTLSNegotiationErrorCount", target, sim.caller)):
            failed = collections.Counter()
            for task in service.tasks:
                for before, after in zip(task.handshakes, task.handshakes[1:]):
                    minute = int(after[0] // 60) * 60
                    if minute in minutes and after[0] < end + 5:
                        failed[minute] += after[column] - before[column]
            add(name, "Sum", dimensions, {m: float(n) for m, n in failed.items() if n})
        if http:
            add("RequestCount", "Sum", source, {m: float(len(lines)) for m, lines in into.items()})
            if sim.callee.app_protocol == "grpc":
                add("GrpcRequestCount", "Sum", source, {m: float(len(lines)) for m, lines in into.items()})
        traffic = set(into) | (set(out) if not http else set())

        def sampled(service, column, combine, only=None):
            table = collections.defaultdict(list)
            for task in service.tasks:
                for sample in task.samples:
                    minute = int(sample[0] // 60) * 60
                    if minute in minutes and sample[0] < end and (only is None or minute in only):
                        table[minute].append(sample[column])
            return {minute: combine(values) for minute, values in table.items()}

        def mean(values):
            return round(sum(values) / len(values), 4)

        add("NewConnectionCount", "Sum", source, {
            m: float(v) for m, v in sampled(sim.callee, 4, sum, traffic).items() if v})
        add("ProcessedBytes", "Sum", source, {m: size(lines) for m, lines in into.items() if size(lines)})
        add("ActiveConnectionCount", "Average", source, {
            m: v for m, v in sampled(sim.callee, 3, mean, traffic).items()})
        add("ActiveConnectionCount", "Maximum", source, {m: v for m, v in sampled(sim.callee, 3, max, traffic).items()})
        for service in sorted((sim.callee, sim.caller), key=lambda item: item.name):
            both = [("ClusterName", s.cluster), ("ServiceName", service.name)]
            for column, name in ((1, "CPUUtilization"), (2, "MemoryUtilization")):
                add(name, "Average", both, sampled(service, column, mean))
                add(name, "Maximum", both, sampled(service, column, lambda values: round(max(values), 3)))
        other = self.background(minutes, add) | self.namesakes(minutes, add, into, out, source, target)
        results = [{"Id": f"m{index}",
                    "Label": f"AWS/ECS {name} {stat} 60 " + ",".join(f"{k}={v}" for k, v in dimensions),
                    "Timestamps": [iso(minute) for minute, _ in points], "Values": [value for _, value in points],
                    "StatusCode": "Complete"} for index, (name, stat, dimensions, points) in enumerate(series)]
        self.write("cloudwatch/get-metric-data", {"MetricDataResults": results, "Messages": []})
        names = set()
        for name, _, dimensions, _ in series:
            names.add((name, tuple(dimensions)))
            keys = dict(dimensions)
            for single in ("TargetDiscoveryName", "DiscoveryName"):
                if single in keys and "ServiceName" in keys:
                    names.add((name, ((single, keys[single]),)))
        # ListMetrics knows two weeks: what worked then is still listed.
        if sim.caller.calls and not s.dial and http:
            for name in ("HTTPCode_Target_2XX_Count", "HTTPCode_Target_4XX_Count", "TargetResponseTime",
                         "TargetProcessedBytes"):
                names |= {(name, tuple(target)), (name, (("TargetDiscoveryName", sim.callee.discovery),))}
        for service in (sim.callee, sim.caller):
            protocol = service.app_protocol is not None
            for name in ("ActiveConnectionCount", "NewConnectionCount", "ProcessedBytes") + (
                    ("RequestCount",) if protocol else ()):
                if service is sim.callee and s.stale or service is sim.caller and s.caller_connect != "on":
                    continue
                names |= {(name, (("ClusterName", s.cluster), ("DiscoveryName", service.discovery),
                                  ("ServiceName", service.name))),
                          (name, (("DiscoveryName", service.discovery),))}
        names = {item for item in names | other if item[0] not in s.hide_metrics}
        self.write("cloudwatch/list-metrics", {"Metrics": [{
            "Namespace": "AWS/ECS", "MetricName": name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions]}
            for name, dimensions in sorted(names)]})

    def background(self, minutes, add):
        """Other services of the cluster: they must not be mistaken for the edge."""
        names = set()
        pool = ["audit-log", "mail-out", "scheduler", "thumbnails", "webhooks", "feature-flags"]
        name = self.ids.random.choice([item for item in pool if item not in (self.s.caller, self.s.callee)])
        both = [("ClusterName", self.s.cluster), ("ServiceName", name)]
        base = self.ids.random.uniform(4, 60)
        add("CPUUtilization", "Average", both, {m: round(base * self.ids.random.uniform(0.9, 1.1), 4) for m in minutes})
        names |= {("CPUUtilization", tuple(both)), ("MemoryUtilization", tuple(both))}
        if self.ids.random.random() < 0.5:
            target = [("ClusterName", self.s.cluster), ("ServiceName", name), ("TargetDiscoveryName", "config")]
            rate = self.ids.random.randint(40, 900)
            add("HTTPCode_Target_2XX_Count", "Sum", target, {
                m: float(int(rate * self.ids.random.uniform(0.8, 1.2))) for m in minutes})
            names.add(("HTTPCode_Target_2XX_Count", tuple(target)))
        return names

    def namesakes(self, minutes, add, into, out, source, target):
        """Services of other clusters with the same discovery name: the sets with the name alone sum them up."""
        s, names, name = self.s, set(), self.sim.callee.discovery
        own = {m: float(len(into.get(m, ()))) for m in minutes}
        total = dict(own)
        for cluster, service, factor in s.collisions:
            dimensions = [("ClusterName", cluster), ("DiscoveryName", name), ("ServiceName", service)]
            theirs = {m: float(int((own[m] + 20) * factor * self.ids.random.uniform(0.9, 1.1))) for m in minutes}
            if factor:
                add("RequestCount", "Sum", dimensions, theirs)
                total = {m: total[m] + theirs[m] for m in minutes}
            for metric in ("ActiveConnectionCount", "NewConnectionCount", "ProcessedBytes", "RequestCount"):
                names.add((metric, tuple(dimensions)))
        if s.collisions:
            add("RequestCount", "Sum", [("DiscoveryName", name)], {m: total[m] for m in minutes})
        return names

    def write(self, path, document):
        path = os.path.join(self.bundle, path + ".json")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            json.dump(document, out, indent=4)
            out.write("\n")

    # --- what is true ------------------------------------------------------------------------------------------------

    def by_application(self, line):
        """Did the callee's application answer this call of the caller's?"""
        if line.get("response_code_details") != "via_upstream":
            return False
        inner = self.by_id.get(line.get("request_id"))
        return inner is None or inner.get("response_code_details") == "via_upstream"

    def condition(self, line, depth=0):
        details, flags = line.get("response_code_details") or "", line.get("response_flags") or "-"
        code, grpc = line.get("response_code"), line.get("grpc_status")
        if details.startswith("via_upstream"):
            inner = self.by_id.get(line.get("request_id")) if line["side"] == "caller" else None
            if inner and depth == 0 and (inner.get("response_code_details") or "") != "via_upstream":
                if code >= 500 or (grpc and grpc != "OK"):
                    return self.condition(inner, 1)
            if code >= 500:
                return "application_5xx"
            if grpc and grpc != "OK":
                return "grpc_error"
            return "application_4xx" if code >= 400 else "success"
        reason = line.get("upstream_transport_failure_reason") or ""
        for text, name in (
                ("no_healthy_upstream", "no_healthy_upstream"), ("cluster_not_found", "cluster_not_found"),
                ("route_not_found", "no_route"), ("connection_timeout", "upstream_connection_timeout"),
                ("overflow", "upstream_overflow"), ("protocol_error", "upstream_protocol_error"),
                ("connection_termination", "upstream_connection_termination"),
                ("remote_refused_stream", "upstream_reset"), ("remote_reset", "upstream_reset"),
                ("local_reset", "upstream_reset"), ("connection_failure", "upstream_connection_failure"),
                ("delayed_connect_error", "upstream_connection_failure"),
                ("response_timeout", "upstream_response_timeout"), ("per_try_timeout", "per_try_timeout"),
                ("stream_idle_timeout", "stream_idle_timeout"), ("downstream", "downstream_disconnect")):
            if text in details:
                if name == "upstream_connection_failure" and "TLS" in reason:
                    return "tls_failure"
                return name
        return {"DC": "downstream_disconnect", "UT": "upstream_response_timeout", "UH": "no_healthy_upstream",
                "UF": "upstream_connection_failure", "DPE": "downstream_protocol_error",
                "UC": "upstream_connection_termination"}.get(flags.split(",")[-1], "other" if flags != "-" else "success")

    @staticmethod
    def failed(line):
        code, grpc = line.get("response_code"), line.get("grpc_status")
        if "response_code" not in line:
            return line.get("response_flags") not in (None, "-")
        return (code == 0 or code >= 500 or bool(grpc and grpc != "OK")
                or (code == 404 and line.get("response_code_details") == "route_not_found"))

    def count(self, side):
        lines = [line for line in self.shown
                 if line["listener"] == (f"egress_{self.s.callee}" if side == "caller" else f"ingress_{self.s.callee}")
                 and not self.is_lost(line)]
        conditions = collections.Counter(self.condition(line) for line in lines)
        return len(lines), sum(self.failed(line) for line in lines), dict(sorted(conditions.items()))

    def expected(self):
        s = self.s
        requests, failed, conditions = self.count("caller")
        side = "caller"
        if s.caller_logs != "full":
            side = "callee" if s.callee_logs == "full" else None
        shown = self.count(side) if side else (None, None, {})
        if side == "callee":
            requests_seen, failed_seen, conditions = shown
        else:
            requests_seen, failed_seen = (requests, failed) if side else (None, None)
        document = {
            "cause": f"EW{s.cause}" if s.cause else None, "slug": SLUGS.get(s.cause),
            "hop": HOPS.get(str(s.cause)[0]) if s.cause else None,
            "requests": requests_seen, "failed": failed_seen, "conditions": conditions,
            "alsoAcceptable": [f"EW{code}" for code in s.also], "note": s.note}
        if side != "caller":
            document["callsByTruth"], document["failedByTruth"] = requests, failed
        cut = sum(line.get("response_code") == 200 and "UT" in (line.get("response_flags") or "")
                  for line in self.shown if line["listener"] == f"egress_{s.callee}")
        if cut:
            document["streamsCut"] = cut
        if s.protocol == "tcp":
            # The caller's proxy reached the callee's: its own line knows nothing of what failed behind it.
            document["failedAtCalleeByTruth"] = sum(
                line.get("response_flags") not in (None, "-") for line in self.shown
                if line["listener"] == f"ingress_{s.callee}")
            document["note"] = (s.note + " TCP: requests = connections; failed = connections whose proxy raised a flag, "
                                "which the log does not show.").strip()
        if self.lost:
            document["linesLost"] = len(self.lost)
        document["holdout"] = s.holdout
        document["setUp"] = {"envoy": s.envoy, "format": s.log_format, "protocol": s.protocol,
                             "callerLogs": s.caller_logs, "calleeLogs": s.callee_logs,
                             "windowSeconds": s.window, "requestTimeout": s.request_timeout,
                             "connectTimeout": s.connect_timeout, "retries": s.retries, "retry503": s.retry_503}
        with open(os.path.join(self.directory, "expected.json"), "w") as out:
            json.dump(document, out, indent=2)
            out.write("\n")
        return document
