"""The incidents. Seconds count from the beginning of the window; `hosts` count the callee's first tasks from 0."""
from .model import Scenario, local, route

SCENARIOS = {}


def incident(name, cause, caller, callee, cluster, routes, **more):
    SCENARIOS[name] = Scenario(name, cause, caller, callee, cluster, routes, **more)


incident(
    "checkout-basket", 507, "checkout", "basket", "shop",
    [route("GET", "/checkout/{id}", "GET", "/baskets/{id}", 6, rejects=[(0.02, 404)]),
     route("POST", "/checkout", "POST", "/baskets", 3, body=(150, 700))],
    region="eu-west-1", callees=4, rate=18, window=54,
    faults=[{"hosts": [2], "from": 15, "status": 500, "bytes": 97, "latency": [6, 0.5]}],
    done="From second 15 on, one of four tasks answers 500 to everything (a corrupt local cache); the others are well.")

incident(
    "storefront-pricing", 510, "storefront", "pricing", "retail",
    [route("GET", "/products/{id}", "GET", "/prices/{id}", 5, rejects=[(0.03, 404)]),
     route("POST", "/quote", "POST", "/quotes", 2, body=(200, 500), latency=(40, 0.5))],
    region="us-east-1", rate=12, window=54, callee_app={"port": 8081},
    also=(408,),
    done="The application listens on port 8081 while the port mapping says 8080; its health check follows the new port.")

incident(
    "booking-payments", 506, "booking", "payments", "travel",
    [route("POST", "/bookings", "POST", "/charges", 4, body=(300, 600), latency=(90, 0.5), rejects=[(0.03, 402)]),
     route("GET", "/bookings/{id}", "GET", "/charges/{id}", 6, latency=(12, 0.4))],
    region="eu-west-2", rate=16, window=54, log_format="TEXT",
    faults=[{"from": 18, "path": "/charges", "share": 0.35, "status": 500, "bytes": 164, "latency": [35, 0.6]}],
    done="From second 18 on, every task answers a third of its requests with 500 (an unhandled exception); no deployment.")

incident(
    "web-recommendations", 505, "web", "recommendations", "media",
    [route("GET", "/home", "GET", "/recommendations", 5, latency=(30, 0.5), size=(900, 9000)),
     route("GET", "/title/{id}", "GET", "/similar/{id}", 4, latency=(22, 0.5), rejects=[(0.02, 404)])],
    region="us-east-2", rate=16, window=68,
    timeline=[(14, "deploy", {"app": {"faults": [{"path": "/similar", "status": 500, "bytes": 211,
                                                  "latency": [5, 0.4]}]}})],
    also=(506,),
    done="At second 14 a new revision is deployed; its tasks answer 500 on /similar, those of the old one never did.")

incident(
    "portal-profiles", None, "portal", "profiles", "accounts",
    [route("GET", "/me", "GET", "/profiles/{id}", 8, rejects=[(0.03, 404)]),
     route("POST", "/me", "PUT", "/profiles/{id}", 2, body=(120, 900), rejects=[(0.05, 422), (0.02, 409)])],
    region="eu-central-1", rate=20, window=54,
    done="Nothing: steady traffic, with the 4xx the application itself answers.")

# --- the caller's side ----------------------------------------------------------------------------------------------

incident(
    "orders-loyalty", 102, "orders", "loyalty", "retail",
    [route("POST", "/orders", "POST", "/points", 4, body=(200, 500)),
     local("GET", "/orders/{id}", 6)],
    region="eu-west-1", rate=12, window=54, stale=True, other_load=4,
    note="No egress line exists: the name does not resolve. The symptom is the caller's own 5xx (131 bytes) on its inbound lines; the callee's lines come from another service.",
    done="The callee is a new service; the caller's deployment is days older, so its tasks do not know the name.")

incident(
    "warehouse-inventory", 104, "warehouse", "inventory", "logistics",
    [route("GET", "/stock/{id}", "GET", "/items/{id}", 5, host="inventory"),
     route("POST", "/pick", "POST", "/reservations", 3, body=(100, 400), host="inventory")],
    region="us-west-2", rate=12, window=54, alias="inventory.stock", other_load=3,
    note="No egress line exists: the name does not resolve. The symptom is the caller's own 5xx (131 bytes) on its inbound lines; the callee's lines come from another service.",
    done="The caller's configuration says http://inventory:8080, the alias is inventory.stock.")

incident(
    "gateway-sessions", 104, "gateway", "sessions", "edge",
    [route("GET", "/whoami", "GET", "/sessions/{id}", 5, authority="sessions.edge.example.net"),
     route("POST", "/login", "POST", "/sessions", 2, body=(100, 300), authority="sessions.edge.example.net")],
    region="eu-north-1", rate=14, window=54, log_format="TEXT", holdout=True,
    note="The caller's egress lines carry the wrong authority, not the alias; they are counted as calls of the edge.",
    done="The caller sends the Host header of the public name to the alias: its own proxy has no route for it (404).")

incident(
    "app-search", 108, "app", "search", "catalog",
    [route("GET", "/find", "GET", "/search", 6, latency=(260, 0.75), timeout=0.5, size=(500, 9000)),
     route("GET", "/suggest", "GET", "/suggest", 4, latency=(9, 0.4), timeout=0.5)],
    region="eu-central-1", rate=16, window=54,
    done="The caller's HTTP client gives up after 500 ms; a share of the searches takes longer, as always.")

incident(
    "feed-timeline", 203, "feed", "timeline", "social",
    [route("GET", "/feed", "GET", "/timelines/{id}", 1, latency=(160, 0.12), size=(2000, 9000))],
    region="us-east-1", rate=24, window=65, schedule=[[-1000, 9], [15, 26]],
    egress_breakers={"max_connections": 2, "max_pending_requests": 1, "max_retries": 3},
    done="The caller's proxy may open two connections with one request waiting; from second 15 three times the calls come. The callee's latency stays flat.")

incident(
    "backoffice-reports", 205, "backoffice", "reports", "finance",
    [route("GET", "/dashboard", "GET", "/summaries", 6, latency=(14, 0.4)),
     route("GET", "/dashboard/{id}", "GET", "/summaries/{id}", 3, latency=(11, 0.4), rejects=[(0.03, 404)]),
     route("POST", "/export", "POST", "/exports", 0.0001, body=(100, 200))],
    region="eu-west-2", callees=2, rate=14, window=68, bursts=[[12, 44, 2, 0.004], [52, 44, 2, 0.004]],
    faults=[{"path": "/exports", "status": 500, "bytes": 120, "latency": [7, 0.4]}], also=(506,),
    done="One broken export, tried 44 times in a row by a job, makes five 5xx in sequence on both tasks: the proxy ejects every host and half a minute of all other traffic fails.")

# --- network --------------------------------------------------------------------------------------------------------

incident(
    "tickets-events", 301, "tickets", "events", "venue",
    [route("GET", "/shows", "GET", "/events", 5, latency=(25, 0.5), size=(900, 6000)),
     route("POST", "/buy", "POST", "/holds", 2, body=(150, 400), latency=(40, 0.4))],
    region="us-east-2", rate=12, window=54, blocked=True, connect_timeout=3,
    done="The callee's security group admits only the batch group, from before the window.")

incident(
    "clinic-records", 301, "clinic", "records", "health",
    [route("GET", "/patients/{id}", "GET", "/records/{id}", 6, latency=(18, 0.5), rejects=[(0.02, 404)]),
     route("POST", "/visits", "POST", "/records", 2, body=(400, 1500), latency=(45, 0.4))],
    region="eu-central-1", rate=14, window=54, holdout=True, lone_group=True, connect_timeout=2,
    done="One of the callee's three tasks carries another security group that does not admit the caller.")

incident(
    "fleet-telemetry", 301, "fleet", "telemetry", "vehicles",
    [route("POST", "/positions", "POST", "/samples", 6, body=(300, 900), latency=(10, 0.5), pool=0),
     route("GET", "/vehicles/{id}", "GET", "/latest/{id}", 4, latency=(8, 0.5))],
    region="eu-west-1", rate=14, window=68, holdout=True, keep_open=False, connect_timeout=5,
    timeline=[(16, "change_rules", {"remove": {"group": "fleet-sg", "egress": True},
                                    "add": [{"group": "fleet-sg", "egress": True, "protocol": "tcp", "from": 443,
                                             "to": 443, "cidr": "0.0.0.0/0"}]})],
    done="At second 16 the caller's egress rules are tightened to port 443; connections open then go silent too.")

# --- the callee's configuration -------------------------------------------------------------------------------------

incident(
    "mobile-preferences", 401, "mobile", "preferences", "accounts",
    [route("GET", "/settings", "GET", "/preferences/{id}", 5), route("PUT", "/settings", "PUT", "/preferences/{id}", 2, body=(80, 300))],
    region="eu-west-1", rate=12, window=64,
    timeline=[(12, "deploy", {"connect": {"mapping": "web", "listed": False}})], also=(402,),
    note="That ECS accepts such a portName at all is not documented; the lab supposes that the tasks then never become endpoints.",
    done="At second 12 a revision is deployed whose port mapping is named web; the service's portName is still http. Its tasks never become endpoints.")

incident(
    "kiosk-menu", 402, "kiosk", "menu", "restaurants",
    [route("GET", "/menu/{id}", "GET", "/menus/{id}", 5, size=(900, 7000)), route("POST", "/order", "POST", "/orders", 2, body=(200, 700))],
    region="us-west-2", rate=12, window=64,
    timeline=[(14, "deploy", {"advertised": False})], also=(401,),
    done="At second 14 the callee is redeployed as a client only (no services[]): as the old tasks leave, no endpoint is left.")

incident(
    "importer-ledger", 403, "importer", "ledger", "finance",
    [route("POST", "/import", "POST", "/entries", 5, body=(300, 900), latency=(12, 0.5), pool=0),
     route("GET", "/import/{id}", "GET", "/entries/{id}", 3, latency=(8, 0.4), pool=0)],
    region="eu-west-1", rate=12, window=54, protocol="tcp",
    faults=[{"from": 20, "share": 0.25, "status": 500, "bytes": 130}],
    also=(602, 506),
    done="The port mapping has no appProtocol: both proxies treat the traffic as TCP. From second 20 the application answers a quarter with 500, which nothing here shows.")

incident(
    "scheduler-workers", 404, "scheduler", "workers", "batch",
    [route("POST", "/jobs", "POST", "/jobs", 4, body=(150, 600)), route("GET", "/jobs/{id}", "GET", "/jobs/{id}", 5)],
    region="us-east-1", rate=12, window=54, protocol="http2", app_protocol="http", client_protocol="http",
    done="appProtocol is http2, the application speaks HTTP/1.1.")

incident(
    "crm-quotes", 405, "crm", "quotes", "sales",
    [route("GET", "/quotes/{id}", "GET", "/quotes/{id}", 6, latency=(12, 0.4), rejects=[(0.02, 404)]),
     route("POST", "/quotes", "POST", "/calculations", 2, body=(300, 900), latency=(3100, 0.3))],
    region="eu-north-1", rate=10, window=64, request_timeout=3, configure_timeout=True, log_format="TEXT",
    done="perRequestTimeoutSeconds is 3; the calculations take about that long, everything else milliseconds.")

incident(
    "console-progress", 406, "console", "progress", "batch",
    [route("POST", "/watch", "GET", "/events", 1, latency=(6, 0.4), detached=True,
           stream={"seconds": [6, 40], "every": 1.0, "bytes": [60, 220]}),
     route("GET", "/tasks/{id}", "GET", "/tasks/{id}", 7, latency=(9, 0.4))],
    region="eu-west-2", rate=9, window=64, also=(405,),
    done="Server-sent events last up to 40 s and are cut at the request timeout of 15 s with status 200.",
    note="Cut streams keep status 200 and are not counted as failed; see streamsCut.")

# --- the callee's application ---------------------------------------------------------------------------------------

incident(
    "shop-giftcards", 501, "shop", "giftcards", "retail",
    [route("GET", "/cards/{id}", "GET", "/cards/{id}", 4), route("POST", "/redeem", "POST", "/redemptions", 2, body=(90, 200))],
    region="us-east-2", rate=11, window=54, callee_desired=0,
    done="The callee's desired count is 0 (someone switched it off for the night).")

incident(
    "intake-ocr", 502, "intake", "ocr", "documents",
    [route("POST", "/scans", "POST", "/pages", 4, body=(2000, 6000), latency=(120, 0.5)),
     route("GET", "/scans/{id}", "GET", "/pages/{id}", 3, latency=(14, 0.4))],
    region="eu-central-1", rate=12, window=85, callee_app={"exit": {"after": 17, "code": 1}},
    done="Every task's application ends with exit code 1 about 17 s after its start; ECS replaces it, again and again.")

incident(
    "player-thumbnails", 503, "player", "thumbnails", "media",
    [route("GET", "/preview/{id}", "GET", "/thumbs/{id}", 5, latency=(35, 0.5), size=(3000, 20000)),
     route("POST", "/upload", "POST", "/thumbs", 2, body=(3000, 9000), latency=(160, 0.5))],
    region="us-east-1", rate=13, window=85, memory="512",
    callee_app={"only": [[[0], {"leak": 14}], [[1], {"leak": 10}], [[2], {"leak": 7.5}]]}, also=(502,),
    done="The application leaks memory until the container's limit kills it (137, OutOfMemoryError), one task after the other.")

incident(
    "travel-availability", 508, "travel", "availability", "hotels",
    [route("GET", "/rooms", "GET", "/availability", 5, latency=(12, 0.4), size=(800, 4000)),
     route("GET", "/rooms/{id}", "GET", "/availability/{id}", 2, latency=(8, 0.4))],
    region="eu-west-1", callees=2, cpu="256", cpu_limit=True, callee_app={"cpu": 36}, window=85,
    schedule=[[-1000, 6], [10, 10], [22, 15], [34, 21]], request_timeout=5, configure_timeout=True, also=(405,),
    done="Each request needs 36 ms of computing and a task has a quarter of a core: from second 34 more calls come than two tasks can serve.")

incident(
    "monitor-geocoder", 509, "monitor", "geocoder", "maps",
    [route("GET", "/where/{id}", "GET", "/lookup/{id}", 1, latency=(5, 0.4))],
    region="eu-north-1", callers=1, rate=2, spread=0.4, window=90,
    callee_app={"keepAlive": 1.5, "pause": {"every": 0.25, "ms": 130}},
    done="The application closes idle connections after 1.5 s, the proxy reuses them for 5 min, and a call reaches each task about every 1.5 s.")

incident(
    "desk-translations", 511, "desk", "translations", "support",
    [route("GET", "/articles/{id}", "GET", "/texts/{id}", 6, latency=(10, 0.5)),
     route("POST", "/translate", "POST", "/translations", 2, body=(300, 1500), latency=(70, 0.5))],
    region="eu-central-1", rate=14, window=78, health_check=False,
    timeline=[(15, "deploy", {"style": "rolling", "app": {"delay": 9}, "drain": 4.0})],
    done="Rolling deployment; the new tasks take traffic 9 s before the application listens: there is no container health check.")

incident(
    "signup-email-validator", 512, "signup", "email-validator", "accounts",
    [route("POST", "/signup", "POST", "/checks", 4, body=(80, 200), latency=(450, 0.5)),
     route("GET", "/domains", "GET", "/domains", 2, latency=(9, 0.4))],
    region="us-west-2", rate=14, window=85, callee_app={"term": "abrupt"},
    timeline=[(12, "deploy", {"style": "rolling", "linger": 5.0})],
    done="Rolling deployment; every old task dies at SIGTERM with requests in flight and stays listed for 5 s.")

# --- blind spots ----------------------------------------------------------------------------------------------------

incident(
    "hub-devices", 601, "hub", "devices", "iot",
    [route("GET", "/devices/{id}", "GET", "/devices/{id}", 5, latency=(9, 0.5)),
     route("POST", "/commands", "POST", "/commands", 3, body=(90, 300), latency=(25, 0.5))],
    region="eu-west-1", rate=14, window=54, caller_logs="none", callee_logs="none",
    faults=[{"from": 10, "path": "/commands", "share": 0.4, "status": 500, "bytes": 140}], also=(506,),
    done="No logConfiguration on either side; the application answers 40 % of the commands with 500, visible in metrics only.")

incident(
    "pos-receipts", 602, "pos", "receipts", "retail",
    [route("POST", "/sales", "POST", "/receipts", 5, body=(200, 900), latency=(18, 0.5)),
     route("GET", "/sales/{id}", "GET", "/receipts/{id}", 3, latency=(9, 0.4))],
    region="us-east-1", rate=14, window=68, caller_logs="app", callee_logs="app",
    timeline=[(12, "deploy", {"app": {"faults": [{"from": 40, "share": 0.7, "status": 500, "bytes": 118}]}})],
    also=(505, 506),
    done="logConfiguration without accessLogConfiguration: only the proxies' own lines and ejection events are there. Deployment at second 12, 500s from second 40.")

# --- healthy --------------------------------------------------------------------------------------------------------

incident(
    "library-catalog", None, "library", "catalog", "campus",
    [route("GET", "/books", "GET", "/search", 5, latency=(25, 0.5), size=(900, 6000)),
     route("GET", "/books/{id}", "GET", "/books/{id}", 5, latency=(8, 0.4), rejects=[(0.02, 404)])],
    region="eu-north-1", rate=16, window=85, log_format="TEXT",
    timeline=[(12, "deploy", {"style": "rolling"})],
    done="A clean rolling deployment: new tasks first, deregistration and draining before SIGTERM.")

incident(
    "forms-validation", None, "forms", "validation", "gov",
    [route("POST", "/applications", "POST", "/validate", 6, body=(500, 3000), latency=(22, 0.5),
           rejects=[(0.22, 422), (0.03, 409)]),
     route("GET", "/applications/{id}", "GET", "/applications/{id}", 3, latency=(8, 0.4), rejects=[(0.18, 404), (0.04, 403)])],
    region="eu-west-2", rate=14, window=54,
    done="Nothing: the application rejects a quarter of the requests itself (422, 409, 404, 403).")

incident(
    "intercom-presence", None, "intercom", "presence", "chat",
    [route("GET", "/status/{id}", "GET", "/presence/{id}", 7, latency=(6, 0.4)),
     route("POST", "/status", "PUT", "/presence/{id}", 3, body=(40, 120), latency=(8, 0.4))],
    region="us-east-1", rate=16, window=68, callees=3,
    timeline=[(12, "scale", {"desired": 5}), (46, "scale", {"desired": 3})],
    done="The callee is scaled from 3 to 5 tasks and back to 3, cleanly.")

incident(
    "planner-calendar", None, "planner", "calendar", "office",
    [route("GET", "/week", "GET", "/events", 6, latency=(14, 0.4), size=(900, 5000)),
     route("POST", "/plan", "POST", "/optimise", 1, body=(900, 3000), latency=(4200, 0.25))],
    region="eu-central-1", rate=12, window=56,
    timeline=[(15, "change_rules", {"add": [{"group": "batch-sg", "egress": False, "protocol": "tcp", "from": 5432,
                                             "to": 5432, "peer": "load-balancer-sg", "text": "reporting db"}]})],
    done="Nothing wrong: one path takes 3 to 8 s, as it always does, well under the timeout; a rule of an unrelated security group changes.")

incident(
    "broker-rates", None, "broker", "rates", "trading",
    [route("GET", "/rate/{id}", "GET", "/rates/{id}", 9, latency=(4, 0.4), size=(90, 300), rejects=[(0.01, 404)]),
     route("POST", "/rates", "POST", "/subscriptions", 1, body=(40, 100), latency=(6, 0.4))],
    region="us-east-2", rate=54, window=84, log_format="TEXT",
    faults=[{"hosts": [1], "from": 48, "until": 48.35, "kind": "reset", "share": 0.3}],
    done="One or two connections break among thousands of calls (a single process hiccup): the noise floor.")

# --- second variants ------------------------------------------------------------------------------------------------

incident(
    "lobby-matchmaker", 507, "lobby", "matchmaker", "games",
    [route("POST", "/play", "POST", "/matches", 5, body=(90, 300), latency=(25, 0.5)),
     route("GET", "/match/{id}", "GET", "/matches/{id}", 4, latency=(9, 0.4), rejects=[(0.02, 404)])],
    region="ap-southeast-2", callees=5, rate=18, window=54, log_format="TEXT", holdout=True,
    callee_app={"only": [[[3], {"port": 9191}]]}, connect_timeout=2, also=(510,),
    done="One of five tasks has no listener on its container port (its application came up with another configuration).")

incident(
    "invoicing-tax", 507, "invoicing", "tax", "finance",
    [route("POST", "/invoices", "POST", "/rates/calculate", 4, body=(300, 900), latency=(30, 0.5)),
     route("GET", "/tax/{id}", "GET", "/rates/{id}", 4, latency=(9, 0.4))],
    region="eu-west-1", callees=3, rate=12, window=54, holdout=True, caller_logs="none", request_timeout=2,
    configure_timeout=True,
    faults=[{"hosts": [0], "from": 12, "share": 0.85, "latency": [3500, 0.35]}], also=(405,),
    note="Counted on the callee's lines: a status 0 there is the caller's proxy giving up at the same timeout.",
    done="One of three tasks is slow (3.5 s instead of 30 ms) and runs into the configured timeout of 2 s. The caller's proxy logs nothing.")

incident(
    "wallet-fraud", 510, "wallet", "fraud", "payments",
    [route("POST", "/transfer", "POST", "/pay.v1.Fraud/Score", 5, body=(120, 400), latency=(20, 0.5), size=(30, 90)),
     route("GET", "/limits/{id}", "POST", "/pay.v1.Fraud/Limits", 3, body=(10, 40), latency=(8, 0.4), size=(20, 60))],
    region="eu-west-2", rate=12, window=54, protocol="grpc", container_port=9090, port=9090, holdout=True,
    callee_app={"port": 50051}, health_check=False, agent="grpc-java-netty/1.68.1", also=(408,),
    done="gRPC; the application listens on 50051, the port mapping says 9090.")

incident(
    "frontdesk-rooms", 506, "frontdesk", "rooms", "hotels",
    [route("GET", "/rooms/{id}", "GET", "/rooms/{id}", 5, latency=(9, 0.4)),
     route("POST", "/checkin", "POST", "/stays", 3, body=(300, 800), latency=(45, 0.4), rejects=[(0.04, 409)])],
    region="us-west-2", rate=14, window=54, holdout=True, envoy="1.40.0", callee_logs="none",
    faults=[{"from": 22, "until": 58, "path": "/stays", "share": 0.75, "status": 502, "code": "database unavailable", "bytes": 95,
             "latency": [2050, 0.05]}],
    done="A dependency of the callee (its database) fails: /stays answers 502 after 2 s on every task, with a body of 95 bytes. Only the caller logs.")

incident(
    "studio-render", 506, "studio", "render", "media",
    [route("POST", "/clips", "POST", "/media.v1.Render/Submit", 4, body=(300, 900), latency=(40, 0.5), size=(30, 80)),
     route("GET", "/clips/{id}", "POST", "/media.v1.Render/Status", 5, body=(10, 40), latency=(7, 0.4), size=(20, 200),
           rejects=[(0.02, 404)])],
    region="us-east-1", rate=14, window=54, holdout=True, protocol="grpc", port=9000, container_port=9000,
    agent="grpc-go/1.67.1",
    faults=[{"from": 15, "path": "/media.v1.Render/Submit", "share": 0.5, "status": 500, "grpc": 13}],
    done="gRPC; half of the Submit calls end INTERNAL on every task from second 15.")

incident(
    "cms-assets", 505, "cms", "assets", "media",
    [route("GET", "/pages/{id}", "GET", "/assets/{id}", 6, latency=(10, 0.5), size=(900, 12000)),
     route("POST", "/pages", "POST", "/assets", 2, body=(2000, 9000), latency=(60, 0.4))],
    region="eu-north-1", callees=4, rate=15, window=76, holdout=True, log_format="TEXT", caller_logs="none",
    timeline=[(8, "deploy", {"style": "rolling", "drain": 3.0, "app": {"faults": [
        {"path": "/assets", "share": 0.6, "status": 503, "bytes": 61, "latency": [4, 0.4]}]}})], also=(506,),
    done="A rolling deployment brings a revision that answers 60 % with 503; the caller's proxy logs nothing.")

incident(
    "intake-router", 102, "intake", "router", "claims",
    [route("POST", "/claims", "POST", "/routes", 5, body=(300, 900))],
    region="us-east-2", rate=9, window=54, stale=True, log_format="TEXT", holdout=True, health_check=False,
    done="As orders-loyalty, with every request of the caller depending on the new service and nobody else calling it.")

incident(
    "courier-tracking", 108, "courier", "tracking", "parcels",
    [route("GET", "/track/{id}", "GET", "/shipments/{id}", 5, latency=(11, 0.4)),
     route("POST", "/scan", "POST", "/scans", 3, body=(90, 300), latency=(700, 0.8), timeout=1.0)],
    region="eu-west-1", rate=14, window=54, holdout=True, log_format="TEXT", caller_logs="none", envoy="1.40.0",
    done="The caller gives up after 1 s on a path whose median is 0.7 s; only the callee's proxies log.")

incident(
    "ads-bidder", 203, "ads", "bidder", "ads",
    [route("POST", "/bid", "POST", "/bids", 1, body=(200, 600), latency=(120, 0.15), size=(80, 300))],
    region="us-east-1", rate=26, window=60, holdout=True, log_format="TEXT", callee_logs="none",
    egress_breakers={"max_connections": 2, "max_pending_requests": 1, "max_retries": 3},
    schedule=[[-1000, 24], [30, 32], [45, 10]],
    done="As feed-timeline, overflowing from the start of the window; only the caller logs.")

incident(
    "audit-archive", 205, "audit", "archive", "legal",
    [route("GET", "/records", "GET", "/entries", 6, latency=(14, 0.4)),
     route("GET", "/records/{id}", "GET", "/entries/{id}", 3, latency=(11, 0.4)),
     route("POST", "/reindex", "POST", "/index", 0.0001, body=(100, 200))],
    region="eu-central-1", callees=3, rate=12, window=70, holdout=True, log_format="TEXT", callee_logs="none",
    bursts=[[16, 64, 2, 0.004]],
    faults=[{"path": "/index", "status": 500, "bytes": 77, "latency": [9, 0.4]}], also=(506,),
    done="A job's burst of 70 calls to one broken path ejects all three hosts once; only the caller logs.")

incident(
    "cart-stock", 401, "cart", "stock", "shop",
    [route("GET", "/cart/{id}", "GET", "/stock/{id}", 6), route("POST", "/cart", "POST", "/reservations", 3, body=(90, 300))],
    region="us-east-1", rate=10, window=54, holdout=True, log_format="TEXT", listed=False, mapping_name="main", envoy="1.40.0",
    also=(402,),
    note="That ECS accepts such a portName at all is not documented; the lab supposes that the tasks then never become endpoints.",
    done="portName http does not exist in the task definition (its mapping is called main): no task is an endpoint, from before the window.")

incident(
    "lms-grades", 402, "lms", "grades", "campus",
    [route("GET", "/grades/{id}", "GET", "/grades/{id}", 6), route("POST", "/grades", "PUT", "/grades/{id}", 2, body=(50, 200))],
    region="eu-west-2", rate=10, window=64, holdout=True, log_format="TEXT", callee_logs="none", envoy="1.40.0",
    timeline=[(9, "deploy", {"advertised": False, "style": "rolling", "drain": 3.0})], also=(401,),
    done="A rolling redeployment as a client only; endpoints vanish one by one. Only the caller logs.")

incident(
    "sync-mailbox", 403, "sync", "mailbox", "office",
    [route("GET", "/inbox", "GET", "/messages", 5, latency=(15, 0.5), size=(900, 5000), pool=3),
     route("POST", "/send", "POST", "/messages", 2, body=(300, 2000), latency=(30, 0.4), pool=3)],
    region="eu-north-1", rate=12, window=54, holdout=True, protocol="tcp", log_format="TEXT", idle_timeout=20,
    callee_app={"port": 8082}, callees=2, also=(510,),
    done="No appProtocol; the application does not listen on its port, so every connection ends at once with nothing sent.")

incident(
    "chat-moderation", 404, "chat", "moderation", "social",
    [route("POST", "/messages", "POST", "/mod.v1.Moderation/Check", 5, body=(60, 300), latency=(15, 0.5), size=(20, 60))],
    region="us-west-2", rate=11, window=54, holdout=True, protocol="http", app_protocol="grpc", client_protocol="grpc",
    port=9090, container_port=9090, agent="grpc-python/1.66.0 grpc-c/43.0.0", envoy="1.40.0",
    done="appProtocol is http (HTTP/1.1 between the proxies and to the application), the application speaks gRPC only.")

incident(
    "maps-routing", 405, "maps", "routing", "mobility",
    [route("GET", "/eta/{id}", "GET", "/eta/{id}", 6, latency=(15, 0.4)),
     route("POST", "/matrix", "POST", "/matrices", 1, body=(900, 4000), latency=(14500, 0.25), size=(2000, 9000))],
    region="eu-central-1", rate=8, window=70, holdout=True, caller_logs="none",
    done="The default of 15 s is too short for one path; only the callee logs.")

incident(
    "terminal-quotes", 406, "terminal", "quotes", "trading",
    [route("POST", "/subscribe", "POST", "/quotes.v1.Quotes/Stream", 1, body=(20, 60), latency=(5, 0.4), detached=True,
           stream={"seconds": [4, 35], "every": 0.8, "bytes": [20, 80]}),
     route("GET", "/quote/{id}", "POST", "/quotes.v1.Quotes/Get", 6, body=(10, 30), latency=(6, 0.4), size=(20, 60))],
    region="us-east-1", rate=9, window=56, holdout=True, protocol="grpc", port=9090, container_port=9090,
    agent="grpc-go/1.67.1", also=(405,),
    note="A stream whose end came from the callee's proxy (its timer fired first) is an HTTP/2 reset for the caller's: upstream_reset there is the same cut.",
    done="gRPC server streams are cut at 15 s; short calls are well.")

incident(
    "survey-export", 501, "survey", "export", "research",
    [route("POST", "/export", "POST", "/exports", 4, body=(90, 300), latency=(60, 0.5)),
     route("GET", "/export/{id}", "GET", "/exports/{id}", 3)],
    region="eu-west-1", callees=2, rate=10, window=65, holdout=True, log_format="TEXT", envoy="1.40.0",
    timeline=[(15, "scale", {"desired": 0})],
    done="Scaled to zero at second 15.")

incident(
    "inbox-classifier", 502, "inbox", "classifier", "support",
    [route("POST", "/mail", "POST", "/ml.v1.Classifier/Classify", 5, body=(900, 3000), latency=(60, 0.4), size=(20, 60))],
    region="us-east-2", callees=2, rate=10, window=74, holdout=True, protocol="grpc", port=9090, container_port=9090,
    agent="grpc-java-netty/1.68.1", callee_app={"exit": {"after": 22, "code": 139}}, callee_logs="none",
    done="gRPC; both tasks crash with code 139 every 20 s or so. Only the caller logs.")

incident(
    "photos-faces", 503, "photos", "faces", "media",
    [route("POST", "/photos", "POST", "/detect", 5, body=(3000, 9000), latency=(150, 0.4)),
     route("GET", "/photos/{id}", "GET", "/faces/{id}", 3, latency=(10, 0.4))],
    region="ap-northeast-1", callees=2, rate=10, window=74, memory="512", holdout=True, log_format="TEXT", caller_logs="none",
    callee_app={"only": [[[0], {"leak": 22}], [[1], {"leak": 12}]]}, also=(502,),
    done="Out of memory, one task after the other; only the callee logs.")

incident(
    "desk-search", 508, "desk", "search", "support",
    [route("GET", "/tickets", "GET", "/search", 6, latency=(10, 0.4), size=(900, 4000))],
    region="eu-west-1", callees=3, cpu="256", callee_app={"cpu": 45}, rate=8, window=74, holdout=True,
    schedule=[[-1000, 6], [15, 20], [60, 6]], request_timeout=4, configure_timeout=True, also=(405,), cpu_limit=True,
    done="A peak of calls between seconds 15 and 60; each needs 45 ms of a quarter of a core. The backlog outlives the peak.")

incident(
    "cron-quota", 509, "cron", "quota", "billing",
    [route("POST", "/run", "POST", "/usage", 1, body=(60, 200), latency=(7, 0.4))],
    region="us-west-2", callers=1, callees=2, rate=1.0, spread=0.25, window=84, holdout=True, log_format="TEXT", envoy="1.40.0",
    callee_app={"keepAlive": 1.99, "pause": {"every": 0.12, "ms": 190}},
    done="As monitor-geocoder, with POST calls of a job.")

incident(
    "helpdesk-autofill", 511, "helpdesk", "autofill", "support",
    [route("GET", "/form/{id}", "GET", "/fields/{id}", 5, latency=(10, 0.5))],
    region="us-east-1", callees=2, rate=12, window=64, health_check=False, holdout=True, log_format="TEXT", caller_logs="none",
    timeline=[(14, "scale", {"desired": 4})], callee_app={"only": [[[2, 3, 4, 5, 6], {"delay": 11}]]},
    done="Scale-out: the two new tasks take traffic 11 s before they listen; no container health check. Only the callee logs.")

incident(
    "donations-receipts", 512, "donations", "receipts", "charity",
    [route("POST", "/donate", "POST", "/receipts", 5, body=(120, 300), latency=(600, 0.4)),
     route("GET", "/donations/{id}", "GET", "/receipts/{id}", 3, latency=(9, 0.4))],
    region="eu-central-1", callees=4, rate=16, window=78, holdout=True, log_format="TEXT", callee_app={"term": "abrupt"}, callee_logs="none",
    retry_503=True, timeline=[(10, "deploy", {"style": "rolling", "linger": 4.0})],
    done="Abrupt ends at SIGTERM in a rolling deployment; the caller's proxy also retries on 503, which hides a part.")

incident(
    "market-sellers", 601, "market", "sellers", "shop",
    [route("GET", "/sellers/{id}", "GET", "/sellers/{id}", 5, latency=(9, 0.5))],
    region="us-east-2", rate=12, window=54, caller_logs="none", callee_logs="none", holdout=True, callee_app={"port": 8099},
    also=(510,),
    done="No logs on either side, and the callee's application does not listen: no answer reaches the caller at all.")

incident(
    "radio-playlists", 602, "radio", "playlists", "media",
    [route("GET", "/play/{id}", "GET", "/lists/{id}", 5, latency=(9, 0.5))],
    region="eu-west-2", rate=12, window=54, caller_logs="app", callee_logs="none", holdout=True,
    faults=[{"from": 15, "hosts": [0], "status": 500, "bytes": 99}], also=(507, 601),
    done="The caller logs no access lines, the callee nothing at all; one replica answers 500 and is ejected (events are there).")

incident(
    "kitchen-tickets", None, "kitchen", "tickets", "restaurants",
    [route("POST", "/orders", "POST", "/rest.v1.Tickets/Create", 4, body=(90, 400), latency=(14, 0.5), size=(20, 80)),
     route("GET", "/orders/{id}", "POST", "/rest.v1.Tickets/Get", 6, body=(8, 20), latency=(6, 0.4), size=(40, 300))],
    region="us-west-2", rate=13, window=54, holdout=True, protocol="grpc", port=9090, container_port=9090,
    agent="grpc-java-netty/1.68.1", done="Nothing: steady gRPC traffic.")

incident(
    "atlas-tiles", None, "atlas", "tiles", "maps",
    [route("GET", "/map/{id}", "GET", "/tiles/{id}", 8, latency=(9, 0.5), size=(3000, 20000), rejects=[(0.1, 404)])],
    region="eu-west-1", rate=16, window=68, holdout=True, log_format="TEXT", caller_logs="none", envoy="1.40.0",
    timeline=[(20, "scale", {"desired": 2})],
    done="A clean scale-in from 3 to 2 tasks; only the callee logs; the application's own 404.")

incident(
    "tutor-quizzes", None, "tutor", "quizzes", "campus",
    [route("GET", "/quiz/{id}", "GET", "/quizzes/{id}", 5, latency=(12, 0.4)),
     route("POST", "/answers", "POST", "/answers", 3, body=(60, 300), latency=(20, 0.4), rejects=[(0.08, 422)])],
    region="eu-north-1", callees=4, rate=14, window=60, holdout=True, callee_logs="none",
    timeline=[(12, "deploy", {"who": "caller"})],
    done="The caller itself is deployed cleanly; its own 422s. Only the caller logs.")

# Healthy ones first: they are what a false alarm is measured on.
SCENARIOS = dict(sorted(SCENARIOS.items(), key=lambda item: item[1].cause is not None))

incident(
    "checkout-payments", 301, "checkout", "payments", "prod",
    [route("POST", "/checkout", "POST", "/charges", 5, body=(180, 600), latency=(42, 0.4), rejects=[(0.02, 402)]),
     route("GET", "/orders/{id}", "GET", "/charges/{id}", 4, latency=(14, 0.5))],
    region="eu-west-1", rate=18, window=90, keep_open=False, connect_timeout=5,
    timeline=[(30, "change_rules", {"remove": {"group": "payments-sg", "egress": False}, "add": []})],
    done="At second 30 a template change removes the rule that admits the caller from the callee's security group.")
