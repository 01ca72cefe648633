"""What is provoked, one scenario a fault: declarative."""
from dataclasses import dataclass, field

# Service Connect's default per-request timeout, in seconds.
REQUEST_TIMEOUT = 15
AUTHORITY = "payments:8080"


@dataclass(frozen=True)
class Scenario:
    """One fault. Times in seconds.

    `behind`: what is behind the callee's proxies: `app`, `refused` (nobody listens), `other` (an application of the other
    HTTP version), `mortal` (a process of its own). `ingress`: how the callee's proxies serve: `plain`, `tls`, `wrong_ca`,
    `expired`. `endpoints`: `proxies`, `none`, `refused` (no proxy listens), `dropped` (silence), `unreachable`, `one_dropped`,
    `mortal` (a proxy process of its own).
    """
    name: str
    protocol: str
    provoked: str
    path: str = "/ok"
    count: int = 24
    parallel: int = 4
    pause: float = 0
    method: str = "GET"
    client: str = "normal"
    patience: float = 60
    authority: str = AUTHORITY
    behind: str = "app"
    ingress: str = "plain"
    tls: bool = False
    endpoints: str = "proxies"
    hosts: int = 3
    retry: str = "connect-failure,refused-stream"
    outlier: bool = False
    timeout: float = REQUEST_TIMEOUT
    per_try: float = 0
    max_stream: float = 0
    stream_idle: float = 0
    breakers: dict = field(default_factory=dict, hash=False)
    cluster: bool = True
    happens: str = ""


RETRY_ALL = "connect-failure,refused-stream,5xx,reset"


def http_like(protocol, prefix):
    """The faults of HTTP/1.1, HTTP/2 and gRPC alike."""
    method = "POST" if protocol == "grpc" else "GET"

    def make(name, provoked, **options):
        return Scenario(prefix + name, protocol, provoked, **{"method": method, **options})

    made = [
        make("ok", "ok", count=120, parallel=8),
        make("slow_under", "ok", path="/slow/3", count=16, parallel=16),
        make("slow", "slow", path="/slow", count=16, parallel=16),
        make("stream_cut", "slow", path="/stream/60", count=8, parallel=8),
        make("stream_ok", "ok", path="/stream/2", count=8, parallel=8),
        make("idle_stream", "stream_idle", path="/stream/30/silent", count=8, parallel=8, timeout=0, stream_idle=3),
        make("max_stream", "max_duration", path="/stream/30", count=8, parallel=8, timeout=0, max_stream=3),
        make("reset", "app_reset", path="/rst"),
        make("reset_late", "app_reset", path="/rst/0.4", parallel=12),
        make("reset_retried", "app_reset", path="/rst", retry=RETRY_ALL),
        make("closed", "app_reset", path="/fin"),
        make("cut", "cut", path="/cut"),
        make("client_gone", "client_gone", path="/slow", patience=1, parallel=12),
        make("app_refused", "app_refused", behind="refused", count=32),
        make("app_refused_no_retry", "app_refused", behind="refused", retry=""),
        make("proxy_refused", "proxy_refused", endpoints="refused"),
        make("proxy_refused_no_retry", "proxy_refused", endpoints="refused", retry=""),
        make("dropped", "dropped", endpoints="dropped", count=8, parallel=2),
        make("dropped_no_retry", "dropped", endpoints="dropped", count=8, parallel=2, retry=""),
        make("unreachable", "unreachable", endpoints="unreachable", count=12),
        make("no_endpoints", "no_endpoints", endpoints="none"),
        make("no_route", "no_route", authority="paymets:8080", count=12),
        make("no_cluster", "no_cluster", cluster=False, count=12),
        make("bad_replica", "bad_replica", path="/bad_replica/app/13" if protocol == "grpc" else "/bad_replica/app/503",
             count=90),
        make("ejected", "ejected", path="/app/14" if protocol == "grpc" else "/app/503",
             count=48 if protocol == "grpc" else 160, pause=0.2 if protocol == "grpc" else 0.08, outlier=True),
        make("overflow_requests", "overflow", path="/slow/0.5", count=36, parallel=12, pause=0.2,
             breakers={"max_requests": 2}),
        make("tls_to_plain", "tls", count=8, tls=True),
        make("tls_wrong_ca", "tls", count=8, tls=True, ingress="wrong_ca"),
        make("tls_expired", "tls", count=8, tls=True, ingress="expired"),
        make("tls_ok", "ok", tls=True, ingress="tls"),
        make("protocol_mismatch", "proto_mismatch", behind="other"),
    ]
    if protocol != "http":
        made += [
            make("reset_stream", "app_reset_stream", path="/rststream"),
            make("refused_stream", "app_reset_stream", path="/refusedstream"),
            make("reset_stream_late", "cut", path="/rststreammid"),
            make("goaway", "app_reset", path="/goaway"),
        ]
    return made


def statuses(protocol, prefix, codes):
    return [Scenario(f"{prefix}app{code}", protocol, f"app{code}", path=f"/app/{code}", count=16,
                     method="POST" if protocol == "grpc" else "GET") for code in codes]


def lookalikes():
    """Applications whose own error body has the length of a text of Envoy's."""
    return [Scenario(f"lookalike{status}_{size}", "http", f"app{status}", path=f"/app/{status}/{size}", count=16)
            for status, size in ((503, 19), (504, 24), (503, 91), (503, 95), (503, 98), (502, 87))]


SCENARIOS = [
    *http_like("http", ""),
    *http_like("http2", "h2_"),
    *http_like("grpc", "grpc_"),
    *statuses("http", "", (400, 401, 404, 429, 500, 502, 503, 504)),
    *statuses("http2", "h2_", (400, 404, 500, 503)),
    *statuses("grpc", "grpc_", (1, 3, 4, 5, 8, 12, 13, 14)),
    *lookalikes(),
    # Service Connect has no such timer; other meshes do.
    Scenario("slow_per_try", "http", "slow", path="/slow", count=8, parallel=8, per_try=2, retry=RETRY_ALL),
    Scenario("cut_chunked", "http", "cut", path="/cutchunked"),
    Scenario("keepalive_race", "http", "keepalive_race", path="/race", count=40),
    Scenario("malformed", "http", "malformed", path="/malformed"),
    Scenario("big_head", "http", "malformed", path="/bighead"),
    Scenario("early_refused_body", "http", "early_close", path="/early", method="POST", client="big_body"),
    Scenario("upload_ok", "http", "ok", method="POST", client="upload"),
    Scenario("upload_stalled", "http", "client_stalled", method="POST", client="stalled", count=8, parallel=8,
             stream_idle=3, timeout=0),
    Scenario("bad_client", "http", "bad_client", client="garbage", count=12),
    Scenario("big_request_head", "http", "bad_client", client="big_head", count=8),
    Scenario("head_ok", "http", "ok", method="HEAD"),
    Scenario("head_slow", "http", "slow", method="HEAD", path="/slow", count=8, parallel=8),
    Scenario("head_refused", "http", "app_refused", method="HEAD", behind="refused"),
    Scenario("head_no_endpoints", "http", "no_endpoints", method="HEAD", endpoints="none"),
    Scenario("one_dropped", "http", "one_dropped", endpoints="one_dropped", count=45, parallel=3),
    Scenario("overflow_connections", "http", "overflow", path="/slow/0.5", count=36, parallel=12, pause=0.2,
             breakers={"max_connections": 1, "max_pending_requests": 1}),
    Scenario("retry_overflow", "http", "app_refused", behind="refused", count=60, parallel=20, retry=RETRY_ALL,
             breakers={"max_retries": 1}),
    Scenario("app_killed", "http", "app_killed", path="/slow/0.2", behind="mortal", hosts=1, count=150, parallel=10,
             happens="kill_app"),
    Scenario("proxy_killed", "http", "proxy_killed", path="/slow/0.2", endpoints="mortal", count=150, parallel=10,
             happens="kill_proxy"),
    Scenario("drained", "http", "drained", path="/slow/0.2", endpoints="draining", count=150, parallel=10,
             happens="drain_proxy"),
    Scenario("tcp_ok", "tcp", "ok"),
    Scenario("tcp_reset", "tcp", "app_reset", path="/rst"),
    Scenario("tcp_idle_cut", "tcp", "idle_cut", path="/hold", count=8, parallel=8, stream_idle=3),
    Scenario("tcp_client_gone", "tcp", "client_gone", client="reset"),
    Scenario("tcp_app_refused", "tcp", "app_refused", behind="refused"),
    Scenario("tcp_proxy_refused", "tcp", "proxy_refused", endpoints="refused"),
    Scenario("tcp_no_endpoints", "tcp", "no_endpoints", endpoints="none"),
    Scenario("tcp_dropped", "tcp", "dropped", endpoints="dropped", count=6, parallel=2),
]
