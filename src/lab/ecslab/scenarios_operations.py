"""Incidents of running it: proxies short of CPU, crashing proxies, retries, idle timeouts, ports, starts, checks, blind spots."""
from .model import route
from .scenarios import SCENARIOS, incident

# --- the proxies ----------------------------------------------------------------------------------------------------

incident(
    "media-captions", 201, "media", "captions", "video",
    [route("GET", "/clips/{id}", "GET", "/captions/{id}", 6, latency=(14, 0.4), rejects=[(0.02, 404)]),
     route("POST", "/clips", "POST", "/captions", 2, body=(200, 900), latency=(40, 0.4))],
    region="eu-west-1", rate=13, window=60, callees=2, cpu="256", container_cpu=256, request_timeout=2,
    configure_timeout=True, task_limit={"caller": {"app": 1024, "proxy": 2}}, also=(508, 108),
    timeline=[(12, "hog", {"who": "caller", "seconds": 34})],
    done="The caller's tasks have 256 CPU units, all of them reserved by the application's container; from second 12 to 46 "
         "an export in that container computes, and nothing is left for the proxy beside it. The callee is as fast as ever.")

incident(
    "studio-stems", 201, "studio", "stems", "audio",
    [route("GET", "/tracks/{id}", "GET", "/stems/{id}", 6, latency=(12, 0.4)),
     route("POST", "/tracks", "POST", "/stems", 2, body=(200, 900), latency=(30, 0.4))],
    region="us-east-1", rate=13, window=62, callees=2, cpu="256", container_cpu=256, request_timeout=2, holdout=True,
    configure_timeout=True, task_limit={"callee": {"app": 1024, "proxy": 2}}, also=(508, 205),
    timeline=[(14, "hog", {"who": "callee", "seconds": 34})],
    done="The same at the callee: its proxies get no CPU while a job computes in the application's container.")

incident(
    "depot-manifests", 201, "depot", "manifests", "logistics",
    [route("POST", "/loads", "POST", "/wms.v1.Manifests/Create", 5, body=(90, 400), latency=(12, 0.4), size=(20, 80)),
     route("GET", "/loads/{id}", "POST", "/wms.v1.Manifests/Get", 5, body=(8, 20), latency=(6, 0.4), size=(40, 300))],
    region="us-west-2", rate=8, window=60, callees=3, callers=3, cpu="256", container_cpu=250, protocol="grpc", port=9090,
    container_port=9090, agent="grpc-java-netty/1.68.1", holdout=True, log_format="TEXT",
    task_limit={"caller": {"app": 1024, "proxy": 2}}, also=(508, 108),
    timeline=[(10, "hog", {"who": "caller", "hosts": [0, 1], "seconds": 40})],
    done="gRPC; two of three caller tasks starve their proxy; the request timeout of 15 s is never reached.")

incident(
    "atelier-patterns", 201, "atelier", "patterns", "fashion",
    [route("GET", "/looks/{id}", "GET", "/patterns/{id}", 6, latency=(12, 0.4))],
    region="eu-north-1", rate=13, window=60, callees=2, cpu="256", container_cpu=256, request_timeout=2, holdout=True,
    configure_timeout=True, callee_logs="none", task_limit={"caller": {"app": 1024, "proxy": 2}}, also=(508, 405),
    timeline=[(12, "hog", {"who": "caller", "seconds": 34})],
    done="As media-captions, but only the caller logs: nothing shows what the callee took.")

incident(
    "bistro-allergens", None, "bistro", "allergens", "restaurants",
    [route("GET", "/dishes/{id}", "GET", "/allergens/{id}", 6, latency=(12, 0.4), rejects=[(0.02, 404)])],
    region="eu-west-1", rate=8, window=54, callees=2, cpu="256", container_cpu=256,
    task_limit={"caller": {"app": 1024, "proxy": 64}, "callee": {"app": 1024, "proxy": 64}},
    done="Nothing fails. Both services' tasks are as small as those of media-captions, and reserve all of it; they have "
         "little to do.")

incident(
    "marina-berths", 202, "marina", "berths", "harbour",
    [route("GET", "/quays/{id}", "GET", "/berths/{id}", 6, latency=(400, 0.3), rejects=[(0.02, 404)]),
     route("POST", "/quays", "POST", "/berths", 2, body=(150, 400), latency=(700, 0.3))],
    callers=1, region="eu-central-1", rate=11, window=48, callees=2, supervised=True, also=(512,),
    timeline=[(12, "crash_proxy", {"hosts": [0], "times": 3, "every": 9.0})],
    done="Envoy in one of two callee tasks dies of a segmentation fault three times and is started again by its agent. "
         "The task and the application run on.")

incident(
    "dredge-soundings", 202, "dredge", "soundings", "harbour",
    [route("GET", "/lanes/{id}", "GET", "/soundings/{id}", 6, latency=(300, 0.3))],
    region="us-east-2", rate=14, window=66, callees=2, supervised=True, holdout=True, also=(502, 205),
    timeline=[(10, "crash_proxy", {"times": 5, "every": 7.0})],
    done="Envoy dies in both callee tasks every 7 s; after the third restart the agent gives up and the tasks end.")

incident(
    "ferry-manifests", 202, "ferry", "manifests", "harbour",
    [route("GET", "/sailings/{id}", "GET", "/manifests/{id}", 6, latency=(400, 0.3))],
    region="eu-west-2", rate=14, window=56, callers=2, callees=2, supervised=True, holdout=True, log_format="TEXT",
    timeline=[(11, "crash_proxy", {"who": "caller", "hosts": None, "times": 3, "every": 12.0})],
    note="A crashing caller proxy cannot log the calls it lost: the callee's lines end with status 0, or nothing is left.",
    done="The caller's proxies crash; callers logged nothing of the calls in flight.")

incident(
    "tram-timetables", None, "tram", "timetables", "transit",
    [route("GET", "/stops/{id}", "GET", "/departures/{id}", 6, latency=(12, 0.4))],
    callers=1, region="eu-north-1", rate=8, window=46, callees=2, supervised=True,
    timeline=[(12, "deploy", {})],
    done="Nothing fails: a deployment under the real agent, whose log tells of drained and ended proxies.")

# --- retries --------------------------------------------------------------------------------------------------------

incident(
    "box-office", 204, "boxoffice", "seatmap", "venue",
    [route("GET", "/seats/{id}", "GET", "/maps/{id}", 6, latency=(110, 0.15), timeout=0.4, retries=3, backoff=0.02)],
    callers=1, region="eu-west-1", rate=7, window=46, callees=2, callee_app={"slots": 1}, also=(508, 108),
    faults=[{"from": 14, "until": 17, "latency": [2500, 0.1]}],
    done="Two tasks that can serve 18 requests a second get 7 and are well. At second 14 they stall for 3 s. The caller's "
         "client gives up after 400 ms and tries three times more, the callee works on for nobody, and four times the "
         "calls keep it overloaded long after the stall.")

incident(
    "box-lottery", 204, "lottery", "draws", "venue",
    [route("POST", "/tickets", "POST", "/entries", 5, body=(80, 200), latency=(120, 0.15), timeout=0.5, retries=4,
           backoff=0.03),
     route("GET", "/tickets/{id}", "GET", "/entries/{id}", 3, latency=(90, 0.15), timeout=0.5, retries=4, backoff=0.03)],
    region="us-west-2", rate=15, window=66, callees=3, callers=3, holdout=True, log_format="TEXT",
    callee_app={"slots": 2}, also=(508, 108), faults=[{"from": 15, "until": 18, "latency": [2500, 0.1]}],
    done="As box-office with three tasks on each side, and with POST calls: some are executed more than once.")

incident(
    "box-wardrobe", 204, "wardrobe", "hangers", "venue",
    [route("GET", "/coats/{id}", "GET", "/hangers/{id}", 6, latency=(110, 0.15), timeout=0.45, retries=3, backoff=0.02)],
    region="eu-west-2", rate=12, window=60, callees=2, callee_app={"slots": 2}, caller_logs="full", callee_logs="none",
    holdout=True, also=(508, 108), faults=[{"from": 12, "until": 15, "latency": [2500, 0.1]}],
    done="As box-office; only the caller logs.")

incident(
    "box-waitlist", 508, "waitlist", "slots", "venue",
    [route("GET", "/slots/{id}", "GET", "/slots/{id}", 6, latency=(110, 0.15), timeout=0.6)],
    callers=1, region="eu-central-1", rate=10, window=44, callees=2, callee_app={"slots": 1},
    schedule=[[-1000, 6], [14, 24]], also=(108, 204),
    done="Four times the calls come from second 16 on: more than the two tasks can serve. The client gives up after 600 ms "
         "and does not try again.")

# --- timeouts and ports ---------------------------------------------------------------------------------------------

incident(
    "notary-seals", 407, "notary", "seals", "legal",
    [route("POST", "/acts", "POST", "/seals", 3, body=(300, 900), latency=(4200, 0.25), size=(300, 900)),
     route("GET", "/acts/{id}", "GET", "/seals/{id}", 6, latency=(14, 0.4), rejects=[(0.02, 404)])],
    callers=1, region="eu-central-1", rate=9, window=60, callees=2, request_timeout=30, configure_timeout=True, idle_timeout=4,
    also=(405,),
    done="perRequestTimeoutSeconds is 30, but idleTimeoutSeconds is 4: a seal needs about that long, and nothing is sent "
         "meanwhile.")

incident(
    "weather-radar", 407, "weather", "radar", "forecast",
    [route("POST", "/follow", "GET", "/frames", 2, latency=(6, 0.4), detached=True,
           stream={"seconds": [3, 30], "every": 9.0, "bytes": [60, 220]}),
     route("GET", "/maps/{id}", "GET", "/maps/{id}", 7, latency=(9, 0.4))],
    region="us-west-2", rate=9, window=60, callees=2, request_timeout=60, configure_timeout=True, idle_timeout=5,
    holdout=True, also=(406,),
    note="Cut streams keep status 200 and are not counted as failed.",
    done="Server-sent events with 9 s between two of them; idleTimeoutSeconds of 5 cuts every stream after the first event.")

incident(
    "ledger-ticks", 407, "ledger", "ticks", "trading",
    [route("POST", "/watch", "POST", "/md.v1.Ticks/Follow", 1, body=(20, 60), latency=(5, 0.4), detached=True,
           stream={"seconds": [4, 35], "every": 11.0, "bytes": [20, 80]}),
     route("GET", "/ticks/{id}", "POST", "/md.v1.Ticks/Get", 6, body=(10, 30), latency=(6, 0.4), size=(20, 60))],
    region="us-east-1", rate=9, window=58, callees=2, protocol="grpc", port=9090, container_port=9090, holdout=True,
    request_timeout=0, configure_timeout=True, idle_timeout=6, agent="grpc-go/1.67.1", also=(406,),
    done="gRPC streams that are silent for 11 s between two messages; the request timeout is off, the idle timeout 6 s.")

incident(
    "pager-sockets", 407, "pager", "sockets", "alerts",
    [route("GET", "/poll/{id}", "GET", "/poll/{id}", 5, latency=(20, 0.4), pool=4)],
    region="eu-west-1", rate=0.4, spread=0.6, window=84, callees=2, callers=2, protocol="tcp", idle_timeout=3,
    holdout=True, also=(403,),
    done="Plain TCP with an idle timeout of 3 s: the caller's pooled connections are cut while they wait for the next call.")

incident(
    "opera-scores", None, "opera", "scores", "music",
    [route("GET", "/works/{id}", "GET", "/scores/{id}", 6, latency=(14, 0.4), rejects=[(0.02, 404)])],
    region="eu-north-1", rate=6, window=54, callees=2, idle_timeout=8,
    schedule=[[-1000, 8], [12, 0.15], [34, 8]],
    done="Nothing fails: an idle timeout of 8 s closes pooled connections in a quiet half minute, and new ones are opened.")

incident(
    "museum-exhibits", 408, "museum", "exhibits", "culture",
    [route("GET", "/rooms/{id}", "GET", "/exhibits/{id}", 6, latency=(14, 0.4))],
    region="eu-west-1", rate=10, window=54, callees=2, ingress_port=18080, admitted_port=8080, connect_timeout=3, also=(301,),
    done="ingressPortOverride is 18080: the proxies accept there. The callee's security group admits the caller on 8080, the "
         "application's port.")

incident(
    "museum-tickets", 408, "frontdesk", "admissions", "culture",
    [route("POST", "/visits", "POST", "/admissions", 5, body=(100, 300), latency=(30, 0.4), pool=0),
     route("GET", "/visits/{id}", "GET", "/admissions/{id}", 5, latency=(12, 0.4), pool=0)],
    region="us-east-2", rate=10, window=66, callees=2, connect_timeout=3, holdout=True, also=(301, 505),
    timeline=[(12, "deploy", {"connect": {"ingress": 15000}})],
    done="A deployment sets ingressPortOverride 15000; the security group still admits the caller on 8080 alone.")

incident(
    "museum-archive", None, "reading", "archive", "culture",
    [route("GET", "/files/{id}", "GET", "/archive/{id}", 6, latency=(14, 0.4), rejects=[(0.02, 404)])],
    region="eu-central-1", rate=8, window=54, callees=2, ingress_port=18080,
    done="Nothing fails: ingressPortOverride is 18080, and the security group admits the caller there.")

# --- starting and staying alive -------------------------------------------------------------------------------------

incident(
    "bakery-recipes", 504, "bakery", "recipes", "food",
    [route("GET", "/cakes/{id}", "GET", "/recipes/{id}", 6, latency=(14, 0.4), rejects=[(0.02, 404)])],
    callers=1, region="eu-west-1", rate=7, window=46, callees=2, also=(501,),
    start_failure={"reason": "CannotPullContainerError: pull image manifest has been retried 7 time(s): image not found: "
                             "manifest unknown: Requested image not found"},
    timeline=[(14, "interrupt", {})],
    done="Both tasks lose their Spot capacity at second 14; no replacement starts, because the image tag was deleted.")

incident(
    "florist-bouquets", 504, "florist", "bouquets", "gifts",
    [route("GET", "/bouquets/{id}", "GET", "/bouquets/{id}", 6, latency=(14, 0.4))],
    region="us-east-1", rate=9, window=64, callees=2, holdout=True, log_format="TEXT", callee_logs="none", also=(501, 505),
    start_failure={"reason": "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
                             "retrieval failed: unable to retrieve secret from asm: AccessDeniedException: User is not "
                             "authorized to perform: secretsmanager:GetSecretValue"},
    timeline=[(12, "deploy", {"first_stop": True})],
    done="A deployment with a minimum of 0 % healthy tasks stops the old ones first; the new ones may not read a secret.")

incident(
    "tailor-fittings", None, "tailor", "fittings", "fashion",
    [route("GET", "/suits/{id}", "GET", "/fittings/{id}", 6, latency=(14, 0.4))],
    callers=1, region="eu-north-1", rate=8, window=46, callees=2, also=(504,),
    start_failure={"reason": "CannotPullContainerError: pull image manifest has been retried 7 time(s): image not found: "
                             "manifest unknown: Requested image not found"},
    timeline=[(14, "deploy", {})],
    note="The callee's new deployment cannot start, which costs no call: worth a note.",
    done="No call fails: the new deployment's tasks cannot start, and the old ones stay.")

incident(
    "pharmacy-labels", 513, "pharmacy", "labels", "health",
    [route("GET", "/drugs/{id}", "GET", "/labels/{id}", 6, latency=(14, 0.4), rejects=[(0.02, 404)]),
     route("POST", "/drugs", "POST", "/labels", 2, body=(100, 400), latency=(40, 0.4))],
    callers=1, region="eu-west-1", rate=9, window=46, callees=2, probe={"interval": 2, "timeout": 1, "retries": 3, "drain": 1.0},
    faults=[{"path": "/health", "from": 12, "status": 503}], also=(501,),
    done="The health check asks a database that is away from second 12 on; the application answers every call. ECS replaces "
         "all tasks, and the new ones too.")

incident(
    "pharmacy-stock", 513, "dispensary", "shelf", "health",
    [route("GET", "/shelf/{id}", "GET", "/shelf/{id}", 6, latency=(14, 0.4))],
    region="us-west-2", rate=9, window=70, callees=3, probe={"interval": 2, "timeout": 1, "retries": 2, "drain": 0.5},
    holdout=True, log_format="TEXT", callee_logs="none",
    faults=[{"path": "/health", "from": 10, "until": 44, "kind": "hang"}], also=(501,),
    done="The health check hangs for half a minute; all three tasks are replaced, twice. Only the caller logs.")

incident(
    "pharmacy-refills", 513, "refills", "prescriptions", "health",
    [route("GET", "/rx/{id}", "GET", "/rx/{id}", 6, latency=(25, 0.4))],
    region="eu-central-1", rate=9, window=70, callees=2, probe={"interval": 2, "timeout": 1, "retries": 2, "drain": 0.5},
    holdout=True, also=(508, 507), callee_app={"term": "abrupt"},
    faults=[{"path": "/health", "from": 12, "hosts": [0], "status": 500}],
    done="One task's health check fails for good; it is stopped at once and abruptly, and its replacement is well.")

incident(
    "lighthouse-lamps", 502, "lighthouse", "lamps", "harbour",
    [route("GET", "/lamps/{id}", "GET", "/lamps/{id}", 6, latency=(20, 0.4))],
    callers=1, region="eu-west-2", rate=9, window=66, callees=3, restart_seconds=4.0, callee_app={"exit": {"after": 21, "code": 1}},
    also=(205,),
    done="The application ends every 21 s with exit code 1; a container restart policy starts it again within the task 4 s "
         "later, so no task stops.")

incident(
    "lighthouse-horns", 502, "coastguard", "horns", "harbour",
    [route("POST", "/horns", "POST", "/nav.v1.Horns/Sound", 5, body=(90, 400), latency=(14, 0.4), size=(20, 80))],
    region="us-east-1", rate=10, window=70, callees=2, restart_seconds=3.0, holdout=True, protocol="grpc", port=9090,
    container_port=9090, agent="grpc-go/1.67.1", callee_app={"exit": {"after": 24, "code": 139}}, also=(205,),
    done="gRPC; the same with two tasks and code 139.")

# --- what is seen of it ---------------------------------------------------------------------------------------------

incident(
    "vineyard-barrels", 603, "vineyard", "barrels", "wine",
    [route("GET", "/cellars/{id}", "GET", "/barrels/{id}", 6, latency=(14, 0.4), rejects=[(0.02, 404)])],
    callers=1, region="eu-west-1", rate=7, window=84, callees=2, lose=[("caller", 18, 40, 0.8, None)],
    done="Nothing fails, but the log driver drops most of the caller's lines for 22 s.")

incident(
    "vineyard-labels", 603, "winery", "bottling", "wine",
    [route("GET", "/bottles/{id}", "GET", "/bottles/{id}", 6, latency=(14, 0.4))],
    region="us-west-2", rate=14, window=84, callees=3, lose=[("callee", 20, 45, 0.7, [1])], holdout=True, log_format="TEXT",
    done="Nothing fails; one callee task's lines are lost for 25 s.")

incident(
    "vineyard-corks", 506, "cellar", "corks", "wine",
    [route("GET", "/corks/{id}", "GET", "/corks/{id}", 6, latency=(14, 0.4))],
    region="us-east-2", rate=14, window=84, callees=2, lose=[("callee", 20, 50, 0.6, None)], holdout=True, also=(603,),
    faults=[{"from": 24, "share": 0.3, "status": 500, "bytes": 120}],
    done="The application answers a third with 500, and in the same half minute most of the callee's lines are lost.")

incident(
    "vineyard-grapes", None, "harvest", "grapes", "wine",
    [route("GET", "/grapes/{id}", "GET", "/grapes/{id}", 6, latency=(14, 0.4))],
    callers=1, region="eu-central-1", rate=7, window=84, callees=2, other_load=6,
    done="Nothing fails and nothing is lost; another service calls the callee under the same alias.")

incident(
    "chapel-hymns", 604, "chapel", "hymns", "music",
    [route("GET", "/hymns/{id}", "GET", "/hymns/{id}", 6, latency=(14, 0.4))],
    callers=1, region="eu-west-1", rate=7, window=84, callees=2,
    hide_metrics=("RequestCount", "HTTPCode_Target_2XX_Count", "HTTPCode_Target_3XX_Count", "HTTPCode_Target_4XX_Count",
                  "HTTPCode_Target_5XX_Count", "TargetResponseTime", "TargetProcessedBytes", "NewConnectionCount",
                  "ActiveConnectionCount", "ProcessedBytes"),
    done="Nothing fails; CloudWatch has no Service Connect metric of either service, though the proxies log calls.")

incident(
    "chapel-organ", None, "organist", "stops", "music",
    [route("GET", "/stops/{id}", "GET", "/stops/{id}", 6, latency=(14, 0.4))],
    region="us-east-1", rate=0, window=84, callees=2, schedule=[[-1000, 0]],
    done="Nobody calls: there is no line and no metric of the edge, and both are right.")

incident(
    "observatory-stars", 605, "observatory", "stars", "prod",
    [route("GET", "/stars/{id}", "GET", "/stars/{id}", 6, latency=(14, 0.4))],
    region="eu-west-1", rate=8, window=64, callees=2, collisions=[("staging", "stars", 0.7)],
    done="Nothing fails; a service of the same discovery name runs in the staging cluster of the same account.")

incident(
    "observatory-moons", None, "planetarium", "moons", "prod",
    [route("GET", "/moons/{id}", "GET", "/moons/{id}", 6, latency=(14, 0.4))],
    region="us-west-2", rate=8, window=64, callees=2, collisions=[("staging", "moons", 0)],
    done="Nothing fails; a service of that discovery name ran in staging a week ago and has no data any more.")

# --- a second look: variants of the above -----------------------------------------------------------------------------

incident(
    "quarry-hauls", 201, "quarry", "hauls", "mining",
    [route("GET", "/pits/{id}", "GET", "/hauls/{id}", 6, latency=(14, 0.4)),
     route("POST", "/pits", "POST", "/hauls", 2, body=(100, 400), latency=(30, 0.4))],
    region="eu-west-1", rate=12, window=60, callees=3, cpu="256", container_cpu=256, holdout=True, log_format="TEXT",
    task_limit={"callee": {"app": 1024, "proxy": 2}}, also=(507, 508),
    timeline=[(12, "hog", {"who": "callee", "hosts": [0], "seconds": 30})],
    done="One of three callee tasks starves its proxy for half a minute; the request timeout is the default of 15 s.")

incident(
    "quarry-blasts", 201, "foreman", "blasts", "mining",
    [route("GET", "/plans/{id}", "GET", "/blasts/{id}", 6, latency=(14, 0.4))],
    region="us-east-1", rate=12, window=60, callees=2, callers=1, cpu="256", container_cpu=192, holdout=True,
    task_limit={"caller": {"app": 1024, "proxy": 2}}, also=(508,),
    timeline=[(12, "hog", {"who": "caller", "seconds": 34, "count": 2})],
    done="The caller's only task starves its proxy, less than elsewhere: calls come late, hardly one fails.")

incident(
    "quarry-ledger", None, "clerk", "weighings", "mining",
    [route("GET", "/tons/{id}", "GET", "/weighings/{id}", 6, latency=(14, 0.4))],
    region="eu-north-1", rate=8, window=54, callees=2, cpu="512", container_cpu=256, holdout=True,
    task_limit={"caller": {"app": 256, "proxy": 8192}},
    timeline=[(12, "hog", {"who": "caller", "seconds": 30, "count": 1})],
    done="Nothing fails: the caller's CPU is used up by a job, but its proxy has its share.")

incident(
    "harbour-pilots", 202, "pilots", "tides", "harbour",
    [route("POST", "/plans", "POST", "/sea.v1.Tides/Plan", 5, body=(90, 400), latency=(300, 0.3), size=(20, 80))],
    region="eu-west-2", rate=11, window=54, callees=2, callers=1, supervised=True, holdout=True, protocol="grpc", port=9090,
    container_port=9090, agent="grpc-java-netty/1.68.1",
    timeline=[(12, "crash_proxy", {"times": 2, "every": 14.0})],
    done="gRPC; Envoy dies twice in both callee tasks.")

incident(
    "harbour-tugs", 202, "dispatch", "tugs", "harbour",
    [route("GET", "/jobs/{id}", "GET", "/tugs/{id}", 6, latency=(300, 0.3))],
    region="us-west-2", rate=11, window=60, callees=2, callers=1, supervised=True, holdout=True, callee_logs="none",
    log_format="TEXT", also=(502, 205), timeline=[(8, "crash_proxy", {"times": 5, "every": 6.0})],
    done="Envoy dies in both callee tasks until the agent gives up; only the caller logs.")

incident(
    "box-cloakroom", 204, "cloakroom", "tags", "venue",
    [route("GET", "/tags/{id}", "POST", "/venue.v1.Tags/Get", 6, body=(8, 20), latency=(110, 0.15), size=(20, 80),
           timeout=0.4, retries=3, backoff=0.02)],
    region="eu-central-1", rate=8, window=56, callees=2, callers=2, holdout=True, protocol="grpc", port=9090,
    container_port=9090, agent="grpc-go/1.67.1", callee_app={"slots": 1}, also=(508, 108),
    faults=[{"from": 14, "until": 17, "latency": [2500, 0.1]}],
    done="gRPC; as box-office.")

incident(
    "notary-deeds", 407, "registry", "deeds", "legal",
    [route("POST", "/deeds", "POST", "/deeds", 3, body=(300, 900), latency=(6200, 0.2), size=(300, 900)),
     route("GET", "/deeds/{id}", "GET", "/deeds/{id}", 6, latency=(14, 0.4))],
    region="us-east-2", rate=7, window=60, callees=2, callers=1, request_timeout=60, configure_timeout=True, idle_timeout=6,
    holdout=True, log_format="TEXT", caller_logs="none", also=(405,),
    done="As notary-seals with 6 s; only the callee logs.")

incident(
    "museum-guides", 408, "guides", "tours", "culture",
    [route("POST", "/tours", "POST", "/art.v1.Tours/Book", 5, body=(90, 400), latency=(14, 0.4), size=(20, 80))],
    region="ap-southeast-2", rate=9, window=54, callees=2, protocol="grpc", port=9090, container_port=9091, ingress_port=15001,
    admitted_port=9090, connect_timeout=2, holdout=True, agent="grpc-python/1.66.0", also=(301,),
    done="gRPC; ingressPortOverride is 15001, and the rule admits the caller on the alias port 9090.")

incident(
    "bakery-flour", 504, "mill", "flour", "food",
    [route("GET", "/sacks/{id}", "GET", "/flour/{id}", 6, latency=(14, 0.4))],
    region="eu-central-1", rate=8, window=54, callees=2, holdout=True, caller_logs="full", also=(501,),
    start_failure={"reason": "Timeout waiting for network interface provisioning to complete."},
    timeline=[(13, "interrupt", {"code": "UserInitiated", "reason": "Task stopped by operator"})],
    done="Somebody stops both tasks; no network interface can be had for new ones.")

incident(
    "pharmacy-night", 513, "night", "emergency", "health",
    [route("GET", "/calls/{id}", "GET", "/emergencies/{id}", 6, latency=(20, 0.4))],
    region="us-east-1", rate=9, window=60, callees=2, holdout=True, also=(501, 512),
    probe={"interval": 2, "timeout": 1, "retries": 2, "drain": 0.5, "reason":
           "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:111122223333:"
           "targetgroup/emergency/0f1e2d3c4b5a6978)"},
    faults=[{"path": "/health", "from": 12, "until": 40, "status": 401}],
    done="The load balancer's check needs a login since a change of configuration; both tasks are replaced again and again.")

incident(
    "vineyard-casks", 603, "cooper", "casks", "wine",
    [route("GET", "/casks/{id}", "GET", "/casks/{id}", 6, latency=(14, 0.4))],
    region="eu-north-1", rate=12, window=130, callees=2, callers=2, lose=[("caller", 0, 130, 0.5, [0])], holdout=True,
    log_format="TEXT", done="Nothing fails; one of two caller tasks loses half of its lines all the time.")

incident(
    "vineyard-press", 603, "press", "must", "wine",
    [route("GET", "/must/{id}", "GET", "/must/{id}", 6, latency=(14, 0.4))],
    region="us-west-2", rate=12, window=84, callees=2, callers=1, lose=[("callee", 30, 40, 0.4, None)], holdout=True,
    done="Nothing fails; both callee tasks lose two fifths of their lines for 10 s.")

incident(
    "chapel-choir", 604, "choir", "psalms", "music",
    [route("GET", "/psalms/{id}", "GET", "/psalms/{id}", 6, latency=(14, 0.4))],
    region="eu-west-2", rate=8, window=84, callees=2, callers=1, holdout=True,
    hide_metrics=("HTTPCode_Target_2XX_Count", "HTTPCode_Target_3XX_Count", "HTTPCode_Target_4XX_Count",
                  "HTTPCode_Target_5XX_Count", "TargetResponseTime", "TargetProcessedBytes"),
    done="Nothing fails; the metrics as seen by the caller are missing, the callee's own are there.")

incident(
    "lighthouse-fog", 502, "keeper", "foghorns", "harbour",
    [route("GET", "/fog/{id}", "GET", "/foghorns/{id}", 6, latency=(20, 0.4))],
    region="eu-west-1", rate=12, window=70, callees=3, restart_seconds=5.0, holdout=True, log_format="TEXT",
    callee_app={"only": [[[1], {"exit": {"after": 16, "code": 134}}]]}, also=(507, 205),
    done="One of three tasks ends and restarts within the task every 16 s.")
