"""The two Envoys: the caller's proxy with one egress listener a scenario, and the callee's proxies behind it."""
import json
import os
import subprocess

from ecslab.proxy import FILTERS, HTTP_JSON, HTTP_TEXT, TCP_JSON, TCP_TEXT, TRUTH, TYPE

from .scenarios import AUTHORITY

# Addresses of tasks, in a network of the lab's own: a loopback address would make a callee look like the own application.
CALLER = "127.0.3.1"
CALLEES = [f"10.42.2.{i}" for i in (1, 2, 3)]
MORTAL, DRAINING, SILENT, CLOSED = "10.42.2.11", "10.42.2.12", "10.42.2.13", "10.42.2.14"
UNREACHABLE = "10.42.9.7"
CONNECT_TIMEOUT = 1


def _file_log(path, log_format):
    return {"name": "envoy.access_loggers.file", "typed_config": {
        "@type": TYPE + "envoy.extensions.access_loggers.file.v3.FileAccessLog", "path": path,
        "log_format": log_format}}


def _access_logs(protocol, folder, listener):
    """Service Connect's JSON on stdout as in a task, its TEXT and the truth in files: the same lines in the same order."""
    fields, text = dict(TCP_JSON if protocol == "tcp" else HTTP_JSON), TCP_TEXT
    if protocol != "tcp":
        if protocol != "http":
            fields["stream_id"] = "%STREAM_ID%"
        if protocol == "grpc":
            fields["grpc_status"] = "%GRPC_STATUS%"
        text = HTTP_TEXT.format(grpc=" %GRPC_STATUS%" if protocol == "grpc" else "",
                                stream=' "%STREAM_ID%"' if protocol != "http" else "")
    truth = {**TRUTH, **(TCP_JSON if protocol == "tcp" else {**HTTP_JSON, "grpc_status": "%GRPC_STATUS%"}),
             "listener": listener, "kind": protocol}
    return [_file_log("/dev/stdout", {"json_format": fields}),
            _file_log(os.path.join(folder, "text.log"), {"text_format_source": {"inline_string": text}}),
            _file_log(os.path.join(folder, "truth.log"), {"json_format": truth})]


def _listener(name, address, port, protocol, cluster, folder, domains=("*",), timeout=15, retry="", per_try=0,
              max_stream=0, stream_idle=0, certificate=None):
    logs = _access_logs(protocol, folder, name)
    if protocol == "tcp":
        proxy = {"name": "envoy.filters.network.tcp_proxy", "typed_config": {
            "@type": TYPE + FILTERS + "network.tcp_proxy.v3.TcpProxy", "stat_prefix": name, "cluster": cluster,
            "idle_timeout": f"{stream_idle or 3600}s", "access_log": logs}}
    else:
        route = {"cluster": cluster, "timeout": f"{timeout}s"}
        if max_stream:
            route["max_stream_duration"] = {"max_stream_duration": f"{max_stream}s"}
        if retry:
            route["retry_policy"] = {
                "retry_on": retry, "num_retries": 2, "host_selection_retry_max_attempts": 5,
                "retry_host_predicate": [{"name": "envoy.retry_host_predicates.previous_hosts", "typed_config": {
                    "@type": TYPE + "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"}}]}
            if per_try:
                route["retry_policy"]["per_try_timeout"] = f"{per_try}s"
        proxy = {"name": "envoy.filters.network.http_connection_manager", "typed_config": {
            "@type": TYPE + FILTERS + "network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": name, "codec_type": "AUTO", "access_log": logs, "preserve_external_request_id": True,
            "skip_xff_append": True, "common_http_protocol_options": {"idle_timeout": "300s"},
            "stream_idle_timeout": f"{stream_idle or 300}s",
            "route_config": {"name": name, "validate_clusters": False, "virtual_hosts": [
                {"name": name, "domains": list(domains), "routes": [{"match": {"prefix": "/"}, "route": route}]}]},
            "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {
                "@type": TYPE + FILTERS + "http.router.v3.Router"}}]}}
    chain = {"filters": [proxy]}
    if certificate:
        chain["transport_socket"] = {"name": "envoy.transport_sockets.tls", "typed_config": {
            "@type": TYPE + "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {
                "tls_params": {"tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3"},
                "tls_certificates": [{"certificate_chain": {"filename": certificate + ".crt"},
                                      "private_key": {"filename": certificate + ".key"}}]}}}
    return {"name": name, "address": {"socket_address": {"address": address, "port_value": port}},
            "filter_chains": [chain]}


def _cluster(name, protocol, endpoints, connect_timeout, breakers=None, outlier=False, authority=None):
    cluster = {"name": name, "connect_timeout": f"{connect_timeout}s", "type": "STATIC", "lb_policy": "ROUND_ROBIN",
               "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
               "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [
                   {"endpoint": {"address": {"socket_address": {"address": address, "port_value": port}}}}
                   for address, port in endpoints]}]}}
    if breakers:
        cluster["circuit_breakers"] = {"thresholds": [breakers]}
    if outlier:
        # The ejection is short, so that hosts come back within a scenario.
        cluster["outlier_detection"] = {"consecutive_5xx": 5, "interval": "1s", "base_ejection_time": "2s",
                                        "max_ejection_percent": 100, "success_rate_minimum_hosts": 100}
    if protocol != "tcp":
        version = "http2_protocol_options" if protocol in ("grpc", "http2") else "http_protocol_options"
        cluster["typed_extension_protocol_options"] = {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": TYPE + "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "common_http_protocol_options": {"idle_timeout": "300s"},
                "explicit_http_config": {version: {}}}}
    if authority:
        cluster["transport_socket"] = {"name": "envoy.transport_sockets.tls", "typed_config": {
            "@type": TYPE + "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", "sni": "payments.lab",
            "common_tls_context": {
                "tls_params": {"tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3"},
                "validation_context": {
                    "trusted_ca": {"filename": authority},
                    "match_typed_subject_alt_names": [
                        {"san_type": "DNS", "matcher": {"exact": "payments.lab"}}]}}}}
    return cluster


def caller(scenarios, folder, endpoints, first_port, authority):
    """The caller's proxy: `endpoints(scenario)` says where the callee is. Ports count up from the first one."""
    listeners, clusters = [], []
    for number, scenario in enumerate(scenarios):
        name = f"egress_{scenario.name}"
        listeners.append(_listener(
            name, CALLER, first_port + number, scenario.protocol, name, folder, (AUTHORITY,), scenario.timeout,
            scenario.retry, scenario.per_try, scenario.max_stream, scenario.stream_idle))
        if scenario.cluster:
            clusters.append(_cluster(name, scenario.protocol, endpoints(scenario), CONNECT_TIMEOUT, scenario.breakers,
                                     scenario.outlier, authority if scenario.tls else None))
    return _bootstrap("caller", listeners, clusters)


def callee(name, places, folder):
    """A process with several callee proxies; each place is (address, port, protocol, application's port, timeout,
    certificate)."""
    listeners, clusters = [], []
    for address, port, protocol, application, timeout, certificate in places:
        label = f"callee.{address}.{port}"
        listeners.append(_listener(label, address, port, protocol, label, folder, timeout=timeout,
                                   certificate=certificate))
        clusters.append(_cluster(label, protocol, [("127.0.0.1", application)], 5))
    return _bootstrap(name, listeners, clusters)


def _bootstrap(name, listeners, clusters):
    return {"node": {"id": name, "cluster": name},
            "cluster_manager": {"outlier_detection": {"event_log_path": "/dev/stdout"}},
            "static_resources": {"listeners": listeners, "clusters": clusters}}


class Proxy:
    """An Envoy process; `folder` holds its configuration and its logs."""

    def __init__(self, binary, folder, configuration):
        self.binary, self.folder = binary, folder
        os.makedirs(folder, exist_ok=True)
        configuration = {**configuration,
                         "admin": {"address": {"pipe": {"path": os.path.join(folder, "admin.sock"), "mode": 0o600}}}}
        with open(os.path.join(folder, "envoy.json"), "w") as out:
            json.dump(configuration, out)
        self.start()

    def start(self):
        self.output = open(os.path.join(self.folder, "stdout.log"), "ab")
        self.errors = open(os.path.join(self.folder, "stderr.log"), "ab")
        # One worker, so that the three logs have one order.
        self.process = subprocess.Popen(
            [self.binary, "-c", os.path.join(self.folder, "envoy.json"), "--concurrency", "1",
             "--disable-hot-restart", "--log-level", "info", "--file-flush-interval-msec", "200", "--drain-time-s", "2"],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.errors)

    def admin(self, path):
        answer = subprocess.run(
            ["curl", "-s", "-X", "POST" if "drain" in path else "GET", "--unix-socket",
             os.path.join(self.folder, "admin.sock"), "http://unix" + path], capture_output=True, text=True, timeout=5)
        return answer.stdout

    def stop(self, hard=False):
        if self.process.poll() is None:
            self.process.kill() if hard else self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.output.close()
        self.errors.close()
