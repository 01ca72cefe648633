#!/usr/bin/env python3
"""Fills an AWS emulator with the edge of a sample bundle: cluster, services, tasks, network, metrics and the proxies' lines.

usage: fill.py ENDPOINT BUNDLE CALLER CALLEE

What the emulator does not take is told on standard error and left out. The emulator chooses task ids and addresses; the
lines are rewritten to them, and their times are moved so that the recording ends a minute ago. Prints a JSON object on
standard output: {"from","to","tasks":{service:[task ids]},"left_out":[…]}.
"""
import datetime
import gzip
import json
import pathlib
import re
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

REGION = "eu-west-1"
CLUSTER = "prod"
GROUP = "/ecs/prod/service-connect"
LINE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


class Filler:
    def __init__(self, endpoint, bundle, caller, callee):
        self.bundle = pathlib.Path(bundle)
        self.caller, self.callee = caller, callee
        self.left_out = []
        session = boto3.session.Session(
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="example", region_name=REGION)
        config = Config(inject_host_prefix=False, retries={"max_attempts": 1}, read_timeout=20)
        for name in ("ecs", "ec2", "logs", "cloudwatch", "servicediscovery"):
            setattr(self, name, session.client(name, endpoint_url=endpoint, config=config))
        manifest = self.json("manifest.json")
        begin, end = (self.time(manifest["window"][key]) for key in ("from", "to"))
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        self.shift = now - datetime.timedelta(minutes=1) - end
        self.window = (begin + self.shift, end + self.shift)
        self.names = {}

    def json(self, path):
        return json.loads((self.bundle / path).read_text())

    @staticmethod
    def time(text):
        if isinstance(text, (int, float)):
            return datetime.datetime.fromtimestamp(text, datetime.timezone.utc)
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))

    def attempt(self, what, action, *args, **kwargs):
        try:
            return action(*args, **kwargs)
        except (ClientError, BotoCoreError) as refused:
            self.left_out.append(what)
            print(f"left out: {what}: {str(refused)[:200]}", file=sys.stderr)
            return None

    def fill(self):
        self.network()
        self.cluster()
        self.tasks()
        self.lines()
        self.metrics()
        begin, end = self.window
        return {
            "from": begin.isoformat().replace("+00:00", "Z"),
            "to": end.isoformat().replace("+00:00", "Z"),
            "tasks": {name: [arn.rsplit("/", 1)[1] for arn in arns] for name, arns in self.arns.items()},
            "left_out": self.left_out,
        }

    def network(self):
        vpc = self.ec2.create_vpc(CidrBlock="10.42.0.0/16")["Vpc"]["VpcId"]
        self.attempt("DNS host names", self.ec2.modify_vpc_attribute, VpcId=vpc, EnableDnsHostnames={"Value": True})
        self.subnets = [
            self.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.42.{number}.0/24", AvailabilityZone=REGION + zone)
            ["Subnet"]["SubnetId"] for number, zone in ((1, "a"), (2, "b"))]
        self.groups = {
            name: self.ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
            for name in (self.caller, self.callee, "operators")}
        # The fault of the sample: the callee admits somebody else.
        self.ec2.authorize_security_group_ingress(
            GroupId=self.groups[self.callee],
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080,
                            "UserIdGroupPairs": [{"GroupId": self.groups["operators"]}]}])

    def cluster(self):
        self.ecs.create_cluster(clusterName=CLUSTER, settings=[{"name": "containerInsights", "value": "disabled"}])
        self.namespace = "prod.local"
        self.attempt("namespace", self.servicediscovery.create_http_namespace, Name="prod.local")
        listed = self.attempt("list-namespaces", self.servicediscovery.list_namespaces)
        for namespace in (listed or {}).get("Namespaces", []):
            self.namespace = namespace["Arn"]
            self.attempt("Cloud Map service", self.servicediscovery.create_service,
                         Name=self.callee, NamespaceId=namespace["Id"])
        self.attempt("log group", self.logs.create_log_group, logGroupName=GROUP)

    def tasks(self):
        recorded = self.json("ecs/describe-tasks.json")["tasks"]
        self.arns = {}
        for service in (self.caller, self.callee):
            log = {"logDriver": "awslogs", "options": {
                "awslogs-group": GROUP, "awslogs-region": REGION, "awslogs-stream-prefix": service}}
            self.ecs.register_task_definition(
                family=service, networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="512", memory="1024",
                containerDefinitions=[{
                    "name": "app", "image": f"example/{service}:1", "cpu": 256, "memory": 512, "essential": True,
                    "portMappings": [{"name": "http", "containerPort": 8080, "appProtocol": "http"}],
                    "logConfiguration": log}])
            connect = {"enabled": True, "namespace": self.namespace, "logConfiguration": log,
                       "accessLogConfiguration": {"format": "JSON"}}
            if service == self.callee:
                connect["services"] = [{"portName": "http", "discoveryName": service,
                                        "clientAliases": [{"port": 8080, "dnsName": service}]}]
            network = {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": [self.groups[service]],
                                               "assignPublicIp": "DISABLED"}}
            mine = [task for task in recorded if task.get("group") == f"service:{service}"
                    and task.get("lastStatus") == "RUNNING"]
            self.ecs.create_service(
                cluster=CLUSTER, serviceName=service, taskDefinition=service, desiredCount=len(mine),
                launchType="FARGATE", networkConfiguration=network, serviceConnectConfiguration=connect)
            listed = self.attempt(f"tasks of {service}", self.ecs.list_tasks, cluster=CLUSTER, serviceName=service)
            arns = (listed or {}).get("taskArns", [])
            # An emulator may start no tasks for a service, or list those of all services.
            arns = [task["taskArn"] for task in self.described(arns) if service in task.get("group", "")]
            if not arns:
                started = self.attempt(
                    f"run-task {service}", self.ecs.run_task, cluster=CLUSTER, taskDefinition=service, count=len(mine),
                    launchType="FARGATE", startedBy="ecs-svc/1", group=f"service:{service}",
                    networkConfiguration=network)
                arns = [task["taskArn"] for task in (started or {}).get("tasks", [])]
            self.arns[service] = arns
            for old, new in zip(mine, self.described(arns)):
                self.names[old["taskArn"].rsplit("/", 1)[1]] = new["taskArn"].rsplit("/", 1)[1]
                for before, after in zip(self.addresses(old), self.addresses(new)):
                    self.names[before] = after

    def described(self, arns):
        return self.ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"] if arns else []

    @staticmethod
    def addresses(task):
        return [detail["value"] for attachment in task.get("attachments", [])
                for detail in attachment.get("details", []) if detail["name"] == "privateIPv4Address"]

    def renamed(self, text):
        for old, new in self.names.items():
            text = text.replace(old, new)
        return text

    def moved(self, match):
        return (self.time(match.group()) + self.shift).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def lines(self):
        for side, service in (("caller", self.caller), ("callee", self.callee)):
            for path in sorted((self.bundle / "logs/lines" / side).iterdir()):
                opened = gzip.open(path, "rt") if path.suffix == ".gz" else path.open()
                with opened as file:
                    lines = [LINE_TIME.sub(self.moved, self.renamed(line.rstrip("\n"))) for line in file]
                stream = self.renamed(path.name.split(".log")[0])
                prefix, container, task = stream.rsplit("_", 2)
                self.put_lines(f"{prefix}/{container}/{task}", lines)

    def put_lines(self, stream, lines):
        if self.attempt("log stream", self.logs.create_log_stream, logGroupName=GROUP, logStreamName=stream) is None:
            return
        events = []
        at = int(self.window[0].timestamp() * 1000)
        for line in lines:
            found = LINE_TIME.search(line)
            at = int(self.time(found.group()).timestamp() * 1000) if found else at
            events.append({"timestamp": at, "message": line})
        # AWS wants them in order of time.
        events.sort(key=lambda event: event["timestamp"])
        for begin in range(0, len(events), 5000):
            self.attempt("log events", self.logs.put_log_events, logGroupName=GROUP, logStreamName=stream,
                         logEvents=events[begin:begin + 5000])

    def metrics(self):
        """The series of the sample, by the label that tells namespace, metric, statistic, period and dimensions."""
        for series in self.json("cloudwatch/get-metric-data.json")["MetricDataResults"]:
            namespace, metric, stat, _, dimensions = series["Label"].split(" ", 4)
            data = [{
                "MetricName": metric,
                "Dimensions": [dict(zip(("Name", "Value"), part.split("=", 1))) for part in dimensions.split(",")],
                "Timestamp": self.time(at) + self.shift,
                "Value": value,
            } for at, value in zip(series["Timestamps"], series["Values"])]
            if data and stat in ("Sum", "Average"):
                self.attempt("metrics", self.cloudwatch.put_metric_data, Namespace=namespace, MetricData=data)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    print(json.dumps(Filler(*sys.argv[1:]).fill()))
