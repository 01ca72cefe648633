"""Writes the sample of a health bundle: a cluster with an edge in every state, and the run before it.

    python3 src/lab/health.py samples/health-prod

Numbers are made by a fixed rule, so that the sample is the same wherever it is made.
"""

import datetime
import json
import pathlib
import shutil
import sys

REGION, ACCOUNT, CLUSTER = "eu-west-1", "552135669152", "prod"
FROM = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.timezone.utc)
TO = FROM + datetime.timedelta(hours=1)
PERIOD, DAYS = 300, 7
PERIODS = 12

# caller, target, requests per period, failed per period, response ms, the same for an earlier hour; None = no point
EDGES = [
    ("checkout", "payments", 780, lambda i: 0 if i < 7 else 330, 48, (9400, 1, 31)),
    ("checkout", "inventory", 410, lambda i: 9, 22, (5000, 110, 21)),
    ("storefront", "catalog", 2600, lambda i: 1 if i == 4 else 0, 18, (31000, 6, 17)),
    ("storefront", "cart", 900, lambda i: 0, 12, (11000, 0, 12)),
    ("orders", "payments", 120, lambda i: 0, 410, (1400, 0, 64)),
    ("orders", "shipping", None, None, None, (2100, 0, 44)),
    ("admin", "reports", 1, lambda i: 0, 95, (14, 0, 90)),
    ("basket", "loyalty", 300, lambda i: 0, 27, (3600, 2, 26)),
    ("nightly", "archive", None, None, None, None),
]
# Edges that only have bytes and connections.
BYTES_ONLY = [("search", "index")]

SERVICES = [
    # name, endpoints, desired, running, access logs
    ("checkout", ["checkout"], 4, 4, "JSON"),
    ("payments", ["payments"], 3, 3, "JSON"),
    ("inventory", ["inventory"], 2, 2, "JSON"),
    ("storefront", [], 3, 3, "JSON"),
    ("catalog", ["catalog"], 6, 6, "JSON"),
    ("cart", ["cart"], 3, 3, "JSON"),
    ("orders", [], 2, 2, "JSON"),
    ("shipping", ["shipping"], 2, 2, "JSON"),
    ("admin", [], 1, 1, "JSON"),
    ("reports", ["reports"], 1, 1, "JSON"),
    ("basket", [], 2, 2, "JSON"),
    ("loyalty", ["loyalty"], 2, 2, "JSON"),
    ("nightly", [], 0, 0, "JSON"),
    ("archive", ["archive"], 1, 1, "JSON"),
    ("search", [], 2, 2, None),
    ("index", ["index"], 2, 2, "JSON"),
    ("mail", ["mail"], 1, 1, "JSON"),
]


def iso(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def dimensions(caller, target):
    return [
        {"Name": "ClusterName", "Value": CLUSTER},
        {"Name": "ServiceName", "Value": caller},
        {"Name": "TargetDiscoveryName", "Value": target},
    ]


def metric(name, caller, target):
    return {"Namespace": "AWS/ECS", "MetricName": name, "Dimensions": dimensions(caller, target)}


class Series:
    """Queries and the answer to them, as one GetMetricData call has them."""

    def __init__(self, period):
        self.period, self.queries, self.results = period, [], []

    def add(self, name, stat, caller, target, points):
        number = "m%d" % len(self.queries)
        label = "AWS/ECS %s %s %d %s" % (
            name,
            stat,
            self.period,
            ",".join("%s=%s" % (d["Name"], d["Value"]) for d in dimensions(caller, target)),
        )
        self.queries.append(
            {
                "Id": number,
                "MetricStat": {"Metric": metric(name, caller, target), "Period": self.period, "Stat": stat},
                "Label": label,
            }
        )
        points = sorted(points, reverse=True)
        self.results.append(
            {
                "Id": number,
                "Label": label,
                "Timestamps": [iso(at) for at, _ in points],
                "Values": [float(value) for _, value in points],
                "StatusCode": "Complete",
            }
        )

    def write(self, folder, key):
        write(folder / "cloudwatch/metric-data-queries" / (key + ".json"), self.queries)
        write(folder / "cloudwatch/get-metric-data" / (key + ".json"), {"MetricDataResults": self.results, "Messages": []})


def write(path, document):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=4) + "\n")


def service(name, endpoints, desired, running, access_logs):
    arn = "arn:aws:ecs:%s:%s:service/%s/%s" % (REGION, ACCOUNT, CLUSTER, name)
    connect = {
        "enabled": True,
        "namespace": "prod.local",
        "services": [
            {"portName": "http", "discoveryName": e, "clientAliases": [{"port": 8080, "dnsName": e}]} for e in endpoints
        ],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": "/ecs/prod/service-connect", "awslogs-region": REGION, "awslogs-stream-prefix": name},
        },
    }
    if access_logs:
        connect["accessLogConfiguration"] = {"format": access_logs, "includeQueryParameters": "DISABLED"}
    definition = "arn:aws:ecs:%s:%s:task-definition/%s:7" % (REGION, ACCOUNT, name)
    return {
        "serviceArn": arn,
        "serviceName": name,
        "clusterArn": "arn:aws:ecs:%s:%s:cluster/%s" % (REGION, ACCOUNT, CLUSTER),
        "loadBalancers": [],
        "serviceRegistries": [],
        "status": "ACTIVE",
        "desiredCount": desired,
        "runningCount": running,
        "pendingCount": 0,
        "launchType": "FARGATE",
        "taskDefinition": definition,
        "deployments": [
            {
                "id": "ecs-svc/%019d" % (1000 + sum(map(ord, name))),
                "status": "PRIMARY",
                "taskDefinition": definition,
                "desiredCount": desired,
                "pendingCount": 0,
                "runningCount": running,
                "failedTasks": desired - running,
                "createdAt": "2026-11-08T02:11:10.686000+00:00",
                "updatedAt": "2026-11-08T02:15:10.686000+00:00",
                "launchType": "FARGATE",
                "rolloutState": "COMPLETED",
                "rolloutStateReason": "ECS deployment completed.",
                "serviceConnectConfiguration": connect,
            }
        ],
        "events": [],
        "createdAt": "2025-08-04T09:42:19.245000+00:00",
    }


def main(folder):
    for part in ("cloudwatch", "ecs", "edges"):
        shutil.rmtree(folder / part, ignore_errors=True)
    listed, now, earlier = [], Series(PERIOD), Series(3600)
    for caller, target, requests, failed, millis, usual in EDGES:
        codes = ["2XX", "4XX"] + (["5XX"] if usual and usual[1] or requests and any(map(failed, range(PERIODS))) else [])
        for name in ["HTTPCode_Target_%s_Count" % c for c in codes] + ["TargetResponseTime", "TargetProcessedBytes"]:
            listed.append(metric(name, caller, target))
        times = [FROM + datetime.timedelta(seconds=PERIOD * i) for i in range(PERIODS)]
        days = [FROM - datetime.timedelta(days=d) for d in range(1, DAYS + 1)]
        for code in codes:
            points = []
            if requests is not None:
                for i, at in enumerate(times):
                    wave = requests + (i * 37 % 11) * requests // 100
                    value = {"5XX": failed(i), "4XX": wave // 90, "2XX": wave - failed(i) - wave // 90}[code]
                    if value:
                        points.append((at, value))
            now.add("HTTPCode_Target_%s_Count" % code, "Sum", caller, target, points)
            points = []
            if usual:
                for d, at in enumerate(days):
                    wave = usual[0] + (d * 53 % 13) * usual[0] // 100
                    bad = usual[1] + (d % 3 if usual[1] > 2 else 0)
                    value = {"5XX": bad, "4XX": wave // 90, "2XX": wave - bad - wave // 90}[code]
                    if value:
                        points.append((at, value))
            earlier.add("HTTPCode_Target_%s_Count" % code, "Sum", caller, target, points)
        now.add(
            "TargetResponseTime",
            "Average",
            caller,
            target,
            [] if requests is None else [(at, millis + i % 4) for i, at in enumerate(times)],
        )
        earlier.add(
            "TargetResponseTime",
            "Average",
            caller,
            target,
            [(at, usual[2] + d % 5) for d, at in enumerate(days)] if usual else [],
        )
    for caller, target in BYTES_ONLY:
        listed.append(metric("TargetProcessedBytes", caller, target))
        listed.append(metric("RequestCountPerTarget", caller, target))
    write(folder / "cloudwatch/list-metrics.json", {"Metrics": listed})
    now.write(folder, "now-000")
    earlier.write(folder, "earlier-000")
    write(folder / "ecs/describe-services.json", {"services": [service(*s) for s in SERVICES], "failures": []})
    # The recorded incident of that edge is its closer look.
    shutil.copytree(
        folder.parent / "checkout-payments",
        folder / "edges/checkout--payments",
        ignore=shutil.ignore_patterns("NOTE.md", "expected.json"),
    )
    write(
        folder / "manifest.json",
        {
            "schemaVersion": 1,
            "kind": "health",
            "scope": {"cluster": CLUSTER},
            "window": {"from": "2026-11-21T12:00:00Z", "to": "2026-11-21T13:00:00Z"},
            "periodSeconds": PERIOD,
            "compareDays": DAYS,
            "region": REGION,
            "account": ACCOUNT,
            "collectedAt": "2026-11-21T13:02:00Z",
            "tool": "eastwest lab",
            "diagnosed": [
                {
                    "cluster": CLUSTER,
                    "caller": "checkout",
                    "target": "payments",
                    "callee": "payments",
                    "folder": "edges/checkout--payments",
                }
            ],
            "coverage": [
                {"input": "ecs/describe-services", "state": "complete", "detail": ""},
                {"input": "cloudwatch/list-metrics", "state": "complete", "detail": ""},
                {"input": "cloudwatch/get-metric-data", "state": "complete", "detail": ""},
            ],
        },
    )

    def before(caller, target, state, severity, since):
        return {
            "cluster": CLUSTER,
            "caller": caller,
            "target": target,
            "state": state,
            "severity": severity,
            "since": since,
        }

    quiet = [("storefront", "catalog"), ("storefront", "cart"), ("checkout", "payments"), ("orders", "payments"), ("orders", "shipping")]
    write(
        folder / "previous.json",
        {
            "schemaVersion": 1,
            "kind": "health",
            "scope": {"label": "cluster prod"},
            "window": {"from": "2026-11-21T11:00:00Z", "to": "2026-11-21T12:00:00Z"},
            "edges": [before(c, t, "ok", None, "2026-11-20T08:00:00Z") for c, t in quiet]
            + [
                before("checkout", "inventory", "degraded", "warning", "2026-11-19T07:00:00Z"),
                before("basket", "loyalty", "failing", "error", "2026-11-21T11:00:00Z"),
                before("admin", "reports", "too_few_requests", None, "2026-11-01T00:00:00Z"),
                before("search", "index", "blind", None, "2026-11-01T00:00:00Z"),
                before("nightly", "archive", "no_data", None, "2026-11-21T04:00:00Z"),
                before("legacy", "payments", "ok", None, "2026-11-20T08:00:00Z"),
            ],
        },
    )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
