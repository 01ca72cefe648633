"""Incidents of not reaching the callee: no proxy, other namespaces and names, ways past the proxy, ACLs, routes, zones, TLS."""
from .model import local, route
from .scenarios import incident

# --- the caller's side ----------------------------------------------------------------------------------------------

incident(
    "concierge-itinerary", 101, "concierge", "itinerary", "voyage",
    [route("GET", "/trips/{id}", "GET", "/itineraries/{id}", 5), local("GET", "/faq", 2)],
    region="eu-west-1", callers=2, callees=2, rate=6, window=40, caller_connect="absent", caller_logs="none", other_load=3,
    environment={"ITINERARY_URL": "http://itinerary:8080"},
    done="The caller was created without serviceConnectConfiguration: its tasks have no proxy and do not know the name. Another service calls the callee.")

incident(
    "lobbyscreen-arrivals", 103, "lobbyscreen", "arrivals", "airport",
    [route("GET", "/board", "GET", "/arrivals", 5, size=(900, 4000)), local("GET", "/clock", 2)],
    region="eu-central-1", callers=2, callees=2, rate=6, window=40, caller_namespace="airport-public.local",
    namespace_form="arn", other_load=3, environment={"ARRIVALS_URL": "http://arrivals:8080"},
    done="The caller's namespace is another one (given as ARN, the callee's by name): the alias is unknown in it.")

incident(
    "gallery-exhibits", 105, "gallery", "exhibits", "museum",
    [route("GET", "/rooms/{id}", "GET", "/exhibits/{id}", 5), route("POST", "/tours", "POST", "/bookings", 2, body=(90, 300))],
    region="us-west-2", callers=2, callees=2, rate=7, window=40, twin={"name": "exhibits-next", "tasks": 2, "routes": [
        route("GET", "/", "GET", "/v2/exhibits/{id}")]},
    note="What Service Connect does with two services of one alias is not documented; the lab supposes that the alias's endpoints are those of both.",
    done="A second service of the namespace carries the same alias and port; calls reach its tasks too, which answer 404 to paths they do not know.")

incident(
    "depot-manifests", 106, "depot", "manifests", "freight",
    [route("GET", "/loads/{id}", "GET", "/manifests/{id}", 6, timeout=3), local("GET", "/version", 1)],
    region="eu-north-1", callers=2, callees=3, rate=7, window=56, dial="dns", registry="manifests", dns_ttl=50,
    environment={"MANIFESTS_URL": "http://manifests.freight.dns:8080"},
    timeline=[(14, "deploy", {})],
    note="The caller's own failures (502, 504 on its inbound lines) are calls to addresses of stopped tasks; no proxy saw them.",
    done="The caller dials the name of the callee's service registry (Cloud Map DNS), not the alias. At second 14 the callee is deployed: the client keeps the old addresses for 50 s.")

incident(
    "reception-badges", 107, "reception", "badges", "campus",
    [route("POST", "/visitors", "POST", "/badges", 5, body=(90, 300), timeout=3), local("GET", "/help", 1)],
    region="eu-west-2", callers=2, callees=2, rate=6, window=56, dial="task", forward_id=True,
    environment={"BADGES_ENDPOINT": "http://{address}:8080"},
    timeline=[(16, "deploy", {})],
    done="The caller's configuration holds the address of one of the callee's tasks. At second 16 a deployment replaces that task.")

incident(
    "foyer-seating", 306, "foyer", "seating", "theatre",
    [route("GET", "/plan/{id}", "GET", "/seats/{id}", 5), local("GET", "/news", 2)],
    region="us-east-1", callers=2, callees=2, rate=6, window=40, caller_hosts={"seating": "2600:f0f0:0:0:0:0:0:2"}, other_load=2,
    environment={"JAVA_TOOL_OPTIONS": "-XX:MaxRAMPercentage=75 -Djava.net.preferIPv6Addresses=true",
                 "SEATING_URL": "http://seating:8080"},
    note="The connection fails inside the caller's task (network is unreachable), before its proxy.",
    done="The caller's JVM prefers IPv6 addresses: it picks the alias's 2600:f0f0:: address in tasks without IPv6.")

incident(
    "conservatory-concerts", None, "conservatory", "concerts", "opera",
    [route("GET", "/programme", "GET", "/concerts", 5, size=(400, 2000)), route("POST", "/tickets", "POST", "/holds", 2, body=(90, 300))],
    region="eu-central-1", callers=2, callees=2, rate=7, window=44, namespace_form="default", registry="concerts",
    callee_vpc="full", tls={"client": True}, other_load=1,
    other_client={"agent": "Prometheus/2.55.1", "path": "/health"},
    twin={"name": "concerts-archive", "tasks": 0, "namespace": "opera-archive.local", "routes": []},
    environment={"CONCERTS_URL": "http://concerts:8080", "LEGACY_HOST": "archive.opera-archive.local:8080",
                 "JAVA_TOOL_OPTIONS": "-Djava.net.preferIPv6Addresses=true"},
    acls=[{"of": "callee", "zones": [0, 1], "entries": [
        (90, False, "deny", "6", "0.0.0.0/0", 22, 22), (100, False, "allow", "6", "caller:0", 8080, 8080),
        (101, False, "allow", "6", "caller:1", 8080, 8080), (102, False, "allow", "6", "10.0.0.0/8", 8080, 8080),
        (100, True, "allow", "6", "0.0.0.0/0", 1024, 65535)]}],
    done="Nothing wrong: another VPC with a peering and routes both ways, strict but sufficient ACLs, TLS, a service registry that nobody dials, the same alias in another namespace, a scraper that dials tasks, a JVM that prefers IPv6 and yet reaches its proxy.")

# --- network --------------------------------------------------------------------------------------------------------

incident(
    "ledgerview-postings", 302, "ledgerview", "postings", "finance",
    [route("GET", "/accounts/{id}", "GET", "/postings/{id}", 5), route("POST", "/transfers", "POST", "/postings", 2, body=(120, 400))],
    region="eu-west-1", callers=2, callees=3, rate=8, window=44, connect_timeout=3, own_subnets=True, keep_open=False,
    acls=[{"of": "callee", "zones": [1], "entries": [
        (100, False, "allow", "6", "vpc", 8080, 8080), (110, False, "allow", "6", "0.0.0.0/0", 1024, 65535),
        (100, True, "allow", "6", "0.0.0.0/0", 443, 443)]}],
    done="The network ACL of the callee's subnet in zone b lets the port in and nothing but 443 out: answers to the callers' ephemeral ports are dropped.")

incident(
    "branch-statements", 303, "branch", "statements", "bank",
    [route("GET", "/statements", "GET", "/statements/{id}", 5)],
    region="eu-central-1", callers=2, callees=2, rate=7, window=40, connect_timeout=3, callee_vpc="one-way",
    done="The callee lives in another VPC; there is a peering and the caller's route, but no route back.")

incident(
    "arcade-scores", 304, "arcade", "scores", "games",
    [route("GET", "/top", "GET", "/scores", 5, size=(600, 3000)), route("POST", "/play", "POST", "/scores", 3, body=(60, 200))],
    region="us-east-2", callers=2, callees=6, rate=10, window=44, connect_timeout=3,
    timeline=[(14, "zone_fault", {"zone": 1})],
    done="From second 14 all packets to and from the callee's tasks in zone b are lost (two tasks of six); rules, ACLs and routes let them through.")

incident(
    "pharmacy-stock", 305, "pharmacy", "stock", "health",
    [route("GET", "/drugs/{id}", "GET", "/stock/{id}", 6), route("POST", "/orders", "POST", "/reservations", 2, body=(90, 300))],
    region="eu-west-1", callers=2, callees=2, rate=8, window=50, tls={"client": True},
    timeline=[(12, "deploy", {"connect": {"tls": "other"}})],
    done="At second 12 a revision of the callee names another private CA; the callers' proxies do not trust its certificates.")

incident(
    "bindery-covers", 507, "bindery", "covers", "books",
    [route("GET", "/covers/{id}", "GET", "/covers/{id}", 6, size=(400, 2500))],
    region="eu-west-2", callers=2, callees=6, rate=9, window=42,
    faults=[{"hosts": [4], "from": 14, "status": 500, "bytes": 88, "latency": [4, 0.4]}],
    done="From second 14 one of the two tasks in zone b answers 500; the other one in that zone is well.")

incident(
    "passport-photos", 305, "passport", "photos", "gov",
    [route("GET", "/photos/{id}", "GET", "/photos/{id}", 5, size=(400, 2500)), route("POST", "/photos", "POST", "/photos", 2, body=(300, 900))],
    region="eu-west-1", callers=2, callees=2, rate=8, window=50, tls={"client": False, "first": None},
    timeline=[(12, "deploy", {"connect": {"tls": "main"}})],
    done="At second 12 a revision of the callee switches TLS on; the callers' proxies, deployed before, still talk plain.")

# --- kept apart while the rules were written ------------------------------------------------------------------------

incident(
    "spa-bookings", 101, "spa", "bookings", "wellness",
    [route("POST", "/book", "POST", "/bookings", 4, body=(90, 300)), local("GET", "/prices", 3)],
    region="us-east-1", callers=3, callees=1, rate=6, window=40, holdout=True, caller_connect="off", caller_logs="none",
    log_format="TEXT",
    done="The caller's serviceConnectConfiguration says enabled false. Nobody else calls the callee.")

incident(
    "planetarium-tickets", 101, "planetarium", "tickets", "museum",
    [route("GET", "/shows", "GET", "/tickets", 4, size=(400, 2000))],
    region="us-west-2", callers=1, callees=3, rate=5, window=40, holdout=True, caller_connect="absent", caller_logs="none",
    callee_logs="none", other_load=5, envoy="1.40.0",
    done="As concierge-itinerary, with a callee whose proxies log nothing either.")

incident(
    "newsroom-archive", 103, "newsroom", "archive", "press",
    [route("GET", "/articles/{id}", "GET", "/articles/{id}", 5)],
    region="eu-north-1", callers=3, callees=2, rate=6, window=40, holdout=True, caller_namespace="press-web.local",
    log_format="TEXT", callee_logs="none",
    done="Two namespaces, each named by its name; only the caller logs.")

incident(
    "harbor-berths", 103, "harbor", "berths", "port",
    [route("GET", "/berths", "GET", "/berths", 5), local("GET", "/tides", 2)],
    region="eu-west-1", callers=2, callees=3, rate=6, window=40, holdout=True, caller_namespace="port-default.local",
    namespace_form="default", caller_logs="none", other_load=4,
    done="The caller names no namespace and has the cluster's default, which is not the callee's. Only the callee logs; its calls are another service's.")

incident(
    "choir-scores", 105, "choir", "scores", "music",
    [route("GET", "/scores/{id}", "GET", "/scores/{id}", 6), route("POST", "/scores", "POST", "/uploads", 1, body=(300, 900))],
    region="us-east-2", callers=2, callees=3, rate=8, window=40, holdout=True, log_format="TEXT",
    twin={"name": "scores-lab", "tasks": 1, "described": False, "routes": [
        route("GET", "/", "GET", "/scores/{id}", size=(50, 90))]},
    done="Another service's single task is behind the alias; the bundle knows it from Cloud Map only. It answers one path and not the other.")

incident(
    "stadium-gates", 105, "stadium", "gates", "arena",
    [route("POST", "/entries", "POST", "/gates/open", 5, body=(60, 200))],
    region="eu-west-2", callers=2, callees=2, rate=7, window=40, holdout=True, callee_logs="none",
    twin={"name": "gates-v2", "tasks": 2, "routes": [route("POST", "/", "POST", "/gates/open")]},
    done="Two services with one alias; both know the path, so every call is answered by either.")

incident(
    "clinic-labs", 106, "clinic", "labs", "health",
    [route("GET", "/results/{id}", "GET", "/results/{id}", 6, timeout=3)],
    region="us-west-2", callers=2, callees=4, rate=7, window=56, holdout=True, dial="dns", registry="labs-direct", dns_ttl=50,
    callee_logs="none", environment={"LABS_HOST": "labs-direct.health.dns"},
    timeline=[(12, "scale", {"desired": 2, "drain": 2.0})],
    done="The caller dials the service registry's name; at second 12 the callee is scaled from 4 to 2 tasks. Only the caller logs.")

incident(
    "radio-charts", 106, "radio", "charts", "media",
    [route("GET", "/charts", "GET", "/charts", 5, timeout=2, size=(400, 2000)), local("GET", "/live", 2)],
    region="eu-central-1", callers=2, callees=3, rate=7, window=56, holdout=True, dial="dns", registry="charts", dns_ttl=45,
    log_format="TEXT", forward_id=True, timeline=[(11, "deploy", {"style": "all", "drain": 2.0})],
    done="As depot-manifests; the name is inside the image and not in the task definition, and the caller passes request ids on.")

incident(
    "opera-seats", 107, "opera", "seats", "theatre",
    [route("GET", "/plan/{id}", "GET", "/seats/{id}", 5, timeout=3)],
    region="eu-west-1", callers=2, callees=3, rate=6, window=56, holdout=True, dial="task", forward_id=True, log_format="TEXT",
    timeline=[(18, "deploy", {"drain": 2.0})],
    done="The address of a task is inside the image, not in the task definition; a deployment replaces that task.")

incident(
    "gym-classes", 107, "gym", "classes", "fitness",
    [route("POST", "/join", "POST", "/classes/join", 5, body=(60, 200), timeout=3), local("GET", "/hours", 3)],
    region="us-east-1", callers=2, callees=2, rate=6, window=50, holdout=True, dial="task", callee_logs="none",
    environment={"CLASSES_ADDR": "{address}:8080"}, timeline=[(14, "deploy", {"drain": 2.0})],
    done="A task's address in the caller's environment; only the caller logs. A deployment replaces that task.")

incident(
    "bakery-orders", 306, "bakery", "orders", "food",
    [route("POST", "/order", "POST", "/orders", 5, body=(60, 300))],
    region="eu-west-2", callers=2, callees=2, rate=6, window=40, holdout=True, log_format="TEXT", callee_logs="none",
    caller_hosts={"orders": "2600:f0f0:0:0:0:0:0:3"},
    environment={"NODE_OPTIONS": "--max-old-space-size=400 --dns-result-order=ipv6first"},
    done="Node.js told to prefer IPv6 in tasks without it; only the caller logs.")

incident(
    "tramline-fares", 302, "tramline", "fares", "transit",
    [route("GET", "/fares/{id}", "GET", "/fares/{id}", 6), route("POST", "/trips", "POST", "/trips", 2, body=(80, 200))],
    region="us-east-2", callers=2, callees=4, rate=9, window=54, holdout=True, log_format="TEXT", connect_timeout=4,
    acls=[{"of": "both", "zones": [2], "entries": [
        (100, False, "allow", "-1", "0.0.0.0/0", None, None), (100, True, "allow", "-1", "0.0.0.0/0", None, None)]}],
    timeline=[(18, "change_acl", {"index": 0, "entries": [
        (50, False, "deny", "6", "vpc", 8080, 8080),
        (100, False, "allow", "-1", "0.0.0.0/0", None, None), (100, True, "allow", "-1", "0.0.0.0/0", None, None)]})],
    done="At second 18 an entry in front of the others denies port 8080 into zone c's subnet; open connections die as well.")

incident(
    "aquarium-feeds", 302, "aquarium", "feeds", "zoo",
    [route("GET", "/feeds", "GET", "/feeds", 5, size=(300, 1500), pool=0)],
    region="eu-central-1", callers=2, callees=2, rate=2, window=70, holdout=True, callee_logs="none", own_subnets=True,
    connect_timeout=2, idle_timeout=1,
    acls=[{"of": "caller", "zones": [0, 1], "entries": [
        (100, False, "allow", "6", "0.0.0.0/0", 8080, 8080), (110, False, "allow", "6", "0.0.0.0/0", 49152, 65535),
        (100, True, "allow", "-1", "0.0.0.0/0", None, None)]}],
    done="The callers' subnets admit answers only to ports from 49152 on (Windows' range); Linux clients use 32768 to 60999. Only the caller logs.")

incident(
    "ferry-boarding", 302, "ferry", "boarding", "port",
    [route("POST", "/board", "POST", "/boardings", 5, body=(60, 200)), route("GET", "/lists/{id}", "GET", "/lists/{id}", 3)],
    region="eu-north-1", callers=3, callees=3, rate=9, window=48, holdout=True, connect_timeout=3, own_subnets=True,
    blackholes=[{"of": "callee", "zones": [0, 1, 2], "to": 2}], envoy="1.40.0",
    done="The callee's route tables have a more specific route to the callers' subnet of zone c, whose firewall interface is gone: callers there get no answer.")

incident(
    "lottery-draws", 303, "lottery", "draws", "games",
    [route("GET", "/draws/{id}", "POST", "/lot.v1.Draws/Get", 5, body=(10, 40), size=(20, 90))],
    region="us-west-2", callers=2, callees=2, rate=6, window=44, holdout=True, callee_vpc="none", protocol="grpc", port=9090,
    container_port=9090, agent="grpc-java-netty/1.68.1", connect_timeout=4, callee_logs="none",
    done="gRPC; two VPCs without any way between them; only the caller logs.")

incident(
    "surgery-slots", None, "surgery", "slots", "health",
    [route("GET", "/slots", "GET", "/slots", 6, size=(300, 1500), rejects=[(0.05, 404)])],
    region="eu-west-1", callers=2, callees=2, rate=8, window=40, holdout=True, callee_vpc="full", log_format="TEXT",
    done="Nothing wrong: the callee lives in a peered VPC with routes both ways.")

incident(
    "velodrome-laps", 304, "velodrome", "laps", "sports",
    [route("POST", "/laps", "POST", "/laps", 6, body=(60, 200)), route("GET", "/riders/{id}", "GET", "/riders/{id}", 3)],
    region="eu-west-2", callers=3, callees=9, rate=16, window=60, holdout=True, log_format="TEXT", connect_timeout=2,
    request_timeout=3, configure_timeout=True, timeline=[(16, "zone_fault", {"zone": 2, "share": 0.6})],
    done="From second 16 on 60 % of the packets to and from the callee's three tasks in zone c are lost.")

incident(
    "orchard-picks", 304, "orchard", "picks", "farm",
    [route("POST", "/picks", "POST", "/picks", 5, body=(60, 200))],
    region="us-east-1", callers=5, callees=3, rate=12, window=54, holdout=True, connect_timeout=3, callee_logs="none",
    timeline=[(15, "zone_fault", {"zone": 0, "who": "caller"})],
    done="From second 15 on the two callers in zone a reach nobody; the other three are well. Only the caller logs.")

incident(
    "printshop-proofs", 304, "printshop", "proofs", "print",
    [route("POST", "/proofs", "POST", "/proofs", 5, body=(200, 900), latency=(40, 0.4))],
    region="eu-central-1", callers=2, callees=6, rate=12, window=54, holdout=True, caller_logs="none",
    faults=[{"hosts": [1, 4], "from": 16, "share": 0.7, "status": 502, "code": "storage unavailable", "bytes": 93,
             "latency": [900, 0.2]}], also=(506,),
    done="From second 16 on the two tasks in zone b lose their zone's storage and answer 502; only the callee logs.")

incident(
    "notary-deeds", 305, "notary", "deeds", "legal",
    [route("GET", "/deeds/{id}", "GET", "/deeds/{id}", 5)],
    region="eu-west-1", callers=2, callees=3, rate=5, window=54, holdout=True, envoy="1.40.0", tls={"client": True, "until": 16},
    idle_timeout=1, log_format="TEXT",
    done="The callee's certificate expires at second 16; connections open then go on until they are idle for a second.")

incident(
    "embassy-visas", 305, "embassy", "visas", "gov",
    [route("POST", "/visas", "POST", "/applications", 5, body=(300, 900))],
    region="us-east-2", callers=2, callees=2, rate=7, window=54, holdout=True, envoy="1.40.0", tls={"client": True},
    callee_logs="none", timeline=[(10, "deploy", {"connect": {"tls": None}, "style": "rolling"})],
    done="A revision of the callee without TLS is rolled out; the callers' proxies speak TLS to its tasks. Only the caller logs.")


def admits(group, port, peer=None, cidr=None, egress=False):
    """A security-group rule."""
    return {"group": group, "egress": egress, "protocol": "tcp", "from": port, "to": port,
            **({"peer": peer} if peer else {"cidr": cidr})}


incident(
    "parcel-customs", 301, "parcel", "customs", "freight",
    [route("POST", "/parcels", "POST", "/declarations", 3, body=(200, 800), latency=(35, 0.5), rejects=[(0.03, 422)]),
     route("GET", "/parcels/{id}", "GET", "/declarations/{id}", 5, latency=(9, 0.4))],
    region="eu-west-3", callers=2, callees=3, rate=8, window=185, connect_timeout=3,
    timeline=[(10, "change_rules", {"remove": {"group": "customs-sg", "peer": "parcel-sg"}, "tracked": True}),
              (122, "deploy", {}),
              (165, "change_rules", {"add": [admits("customs-sg", 80, "parcel-sg")]})],
    trail=[{"at": -700, "name": "AuthorizeSecurityGroupIngress", "group": "customs-sg",
            "rules": [admits("customs-sg", 9901, "batch-sg")]},
           {"at": 95, "name": "RevokeSecurityGroupIngress", "group": "batch-sg",
            "rules": [admits("batch-sg", 8080, "parcel-sg")]},
           {"at": 118, "name": "RevokeSecurityGroupIngress", "group": "customs-sg",
            "rules": [admits("customs-sg", 22, cidr="10.0.0.0/8")]}],
    done="At second 10 the rule that admits the caller is removed from the callee's security group. Open connections go on; two "
         "minutes later a deployment replaces the callee's tasks, and no connection to the new ones comes about. At second 165 "
         "somebody admits the caller on port 80, which helps nobody. CloudTrail was read; an unrelated group changed, too.")

incident(
    "herald-editions", 506, "herald", "editions", "press",
    [route("GET", "/front", "GET", "/editions/{id}", 6, latency=(12, 0.4), size=(800, 6000)),
     route("POST", "/front", "PUT", "/editions/{id}", 2, body=(500, 2000), latency=(40, 0.4))],
    region="eu-north-1", callers=2, callees=3, rate=12, window=75,
    faults=[{"from": 30, "path": "/editions", "share": 0.45, "status": 503, "bytes": 57, "latency": [3, 0.4]}],
    trail=[{"at": -35, "name": "RevokeSecurityGroupIngress", "group": "batch-sg",
            "rules": [admits("batch-sg", 8080, "herald-sg")]},
           {"at": 12, "name": "RevokeSecurityGroupIngress", "group": "editions-sg",
            "rules": [admits("editions-sg", 22, cidr="10.0.0.0/8")]},
           {"at": 52, "name": "RevokeSecurityGroupIngress", "group": "editions-sg",
            "rules": [admits("editions-sg", 8080, cidr="10.0.0.0/8")]}],
    done="From second 30 on every task answers nearly half of its requests with 503 (a lock in its store); no deployment. CloudTrail "
         "was read: rules of an unrelated group and of another port were removed before, and after the failures began a rule that "
         "admitted the caller's whole network was, while the one for its group stays.")
