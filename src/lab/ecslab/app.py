"""The application of one task: a small server (HTTP/1.1, HTTP/2 or gRPC) that may call another service.

Run as a process of its own: `app.py behaviour.json`. Everything that can go wrong with it is in that file; times are
epoch seconds, so that faults of several tasks start together.
"""
import asyncio
import json
import math
import os
import random
import re
import signal
import struct
import sys
import time

try:
    import h2.config
    import h2.connection
    import h2.events
except ImportError:  # only the HTTP/2 and gRPC incidents need it
    h2 = None

SPEC = json.load(open(sys.argv[1]))
RANDOM = random.Random(SPEC.get("seed"))
STATE = {"busy": 0, "closing": False}
CONNECTIONS = set()
POOL = {}
RESOLVED = {}
LEAK = []
SLOTS = None


def compile_route(path):
    return re.compile("^" + re.sub(r"\\{\w+\\}", r"[^/]+", re.escape(path)) + r"(\?.*)?$")


ROUTES = [(route["method"], compile_route(route["path"]), route) for route in SPEC["routes"]]


def active_fault(path):
    now = time.time()
    for fault in SPEC.get("faults", []):
        wanted = fault.get("path", "/")
        if fault.get("from", 0) <= now < fault.get("until", math.inf) and path.startswith(wanted) and (
                path != "/health" or wanted == path):
            if RANDOM.random() < fault.get("share", 1):
                return fault
    return {}


def latency(spec):
    median, sigma = spec
    return median * math.exp(RANDOM.gauss(0, sigma)) / 1000


def filler(size):
    return b"x" * max(0, size)


def error_body(code, size):
    text = json.dumps({"error": code, "trace": "%032x" % RANDOM.getrandbits(128)}).encode()
    return text + b" " * max(0, size - len(text))


def burn(milliseconds):
    """Real computing: it holds the only thread, as a request of a CPU-bound application holds a core."""
    end = time.process_time() + milliseconds / 1000
    while time.process_time() < end:
        pass


async def answer(method, path, request_id=None):
    """What to reply: a dictionary with status, body and perhaps `reset`, `stream` or `grpc`."""
    if path == "/health":
        ill = active_fault(path)
        if ill.get("kind") == "hang":
            await asyncio.sleep(3600)
        if ill.get("status"):
            return {"status": ill["status"], "body": b'{"status":"DOWN"}'}
        return {"status": 200, "body": b'{"status":"UP"}'}
    for wanted, pattern, route in ROUTES:
        if wanted == method and pattern.match(path):
            break
    else:
        return {"status": 404, "body": error_body("not_found", 40), "grpc": 12}
    fault = active_fault(path)
    if fault.get("kind") == "reset":
        await asyncio.sleep(latency(fault.get("latency", [3, 0.4])))
        return {"reset": True}
    if fault.get("kind") == "hang":
        await asyncio.sleep(3600)
    if SLOTS:
        if "queue" in SPEC and len(SLOTS._waiters or ()) >= SPEC["queue"]:
            # Load shedding is not free: the request was read and parsed.
            burn(SPEC.get("shed", 0))
            return {"status": 503, "body": error_body("overloaded", 72), "grpc": 8}
        await SLOTS.acquire()
    try:
        await asyncio.sleep(latency(fault.get("latency") or route["latency"]))
        cpu = fault.get("cpu") or SPEC.get("cpu")
        if cpu:
            burn(cpu * RANDOM.uniform(0.8, 1.2))
    finally:
        if SLOTS:
            SLOTS.release()
    if fault.get("status"):
        return {"status": fault["status"], "body": error_body(fault.get("code", "internal"), fault.get("bytes", 90)),
                "grpc": fault.get("grpc", 13)}
    if route.get("detached"):
        # Accepted now, done in the background: the user does not wait for a stream to end.
        for call in route["calls"]:
            job = asyncio.ensure_future(call_service(call, path))
            job.add_done_callback(lambda done: done.cancelled() or done.exception())
        return {"status": 202, "body": error_body("accepted", 60)}
    for call in route.get("calls", []):
        try:
            status, grpc = await call_again(call, path, request_id)
        except LookupError as problem:
            return {"status": 500, "body": error_body(f"UnknownHostException: {problem}", 131)}
        except asyncio.TimeoutError:
            return {"status": 504, "body": error_body("upstream read timed out", 118)}
        except (OSError, EOFError, asyncio.IncompleteReadError, ConnectionError):
            return {"status": 502, "body": error_body("upstream connection failed", 126)}
        if status >= 500 or grpc:
            return {"status": 502, "body": error_body("upstream answered with an error", 143)}
        if status >= 400:
            return {"status": status, "body": error_body("rejected", 88)}
    for share, status in route.get("rejects", []):
        if RANDOM.random() < share:
            return {"status": status, "body": error_body("rejected", RANDOM.randint(60, 120)),
                    "grpc": {404: 5, 409: 6}.get(status, 3)}
    if route.get("stream"):
        return {"status": 200, "stream": route["stream"]}
    return {"status": 200, "body": filler(RANDOM.randint(*route["bytes"]))}


# --- calling another service ---------------------------------------------------------------------------------------

async def resolve(host):
    """An address of that name: a line of /etc/hosts, or a DNS answer that the client keeps for its time to live."""
    known = SPEC.get("hosts", {}).get(host)
    if isinstance(known, dict):
        until, addresses = RESOLVED.get(host, (0, []))
        if time.time() >= until:
            addresses = json.load(open(known["file"]))
            RESOLVED[host] = time.time() + known["ttl"], addresses
        known = RANDOM.choice(addresses) if addresses else None
    if known is None:
        raise LookupError(host)
    return known


async def call_again(call, inbound_path, request_id=None):
    """Calls, and tries again after an error or a timeout, as many clients do."""
    for left in range(call.get("retries", 0), -1, -1):
        try:
            status, grpc = await call_service(call, inbound_path, request_id)
            if left == 0 or status < 500 and not grpc:
                return status, grpc
        except (asyncio.TimeoutError, OSError, EOFError, asyncio.IncompleteReadError):
            if left == 0:
                raise
        await asyncio.sleep(call.get("backoff", 0.05))


async def call_service(call, inbound_path, request_id=None):
    address = await resolve(call["host"])
    call = {**call, "requestId": request_id if call.get("forwardId") else None}
    path = re.sub(r"\{\w+\}", lambda _: str(RANDOM.randint(1000, 99999)), call["path"])
    if call.get("keepPath"):
        path = inbound_path
    body = filler(RANDOM.randint(*call["body"])) if call.get("body") else b""
    authority = call.get("authority") or f"{call['host']}:{call['port']}"
    work = {"grpc": h2_call, "http2": h2_call}.get(call.get("protocol"), http1_call)
    job = work(address, call["port"], authority, call["method"], path, body, call)
    return await asyncio.wait_for(job, call.get("timeout", 60))


async def http1_call(address, port, authority, method, path, body, call):
    idle = POOL.setdefault((address, port), [])
    reader = writer = None
    while idle:
        reader, writer = idle.pop()
        if not (reader.at_eof() or writer.is_closing()):
            break
        reader = None
    if reader is None:
        reader, writer = await asyncio.open_connection(address, port)
    good = False
    try:
        lines = [f"{method} {path} HTTP/1.1", f"host: {authority}", f"user-agent: {call['agent']}", "accept: */*"]
        if call.get("requestId"):
            lines.append(f"x-request-id: {call['requestId']}")
        if body or method in ("POST", "PUT"):
            lines.append(f"content-length: {len(body)}")
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        size = re.search(r"content-length: (\d+)", head)
        if size:
            await reader.readexactly(int(size[1]))
        elif "transfer-encoding: chunked" in head:
            while True:
                count = int((await reader.readline()).split(b";")[0], 16)
                await reader.readexactly(count + 2)
                if count == 0:
                    break
        good = "connection: close" not in head
        return status, 0
    finally:
        # A cancelled or broken exchange leaves the connection in an unknown state: close it, as every client does.
        if good and len(idle) < call.get("pool", 50):
            idle.append((reader, writer))
        else:
            writer.transport.abort() if not good else writer.close()


async def h2_call(address, port, authority, method, path, body, call):
    reader, writer = await asyncio.open_connection(address, port)
    try:
        peer = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        peer.initiate_connection()
        headers = [(":method", method), (":scheme", "http"), (":authority", authority), (":path", path),
                   ("user-agent", call["agent"])]
        if call["protocol"] == "grpc":
            headers += [("content-type", "application/grpc"), ("te", "trailers")]
            body = struct.pack(">BI", 0, len(body)) + body
        peer.send_headers(1, headers, end_stream=not body)
        if body:
            peer.send_data(1, body, end_stream=True)
        writer.write(peer.data_to_send())
        status, grpc, done = 0, None, False
        while not done:
            data = await reader.read(65536)
            if not data:
                raise EOFError
            for event in peer.receive_data(data):
                if isinstance(event, (h2.events.ResponseReceived, h2.events.TrailersReceived)):
                    fields = dict(event.headers)
                    status = int(fields.get(":status", status))
                    grpc = int(fields["grpc-status"]) if "grpc-status" in fields else grpc
                elif isinstance(event, h2.events.DataReceived):
                    peer.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamReset):
                    raise EOFError
                elif isinstance(event, h2.events.StreamEnded):
                    done = True
            writer.write(peer.data_to_send())
        return status, (2 if call["protocol"] == "grpc" and grpc is None else grpc or 0)
    finally:
        writer.transport.abort() if not locals().get("done") else writer.close()


# --- serving -------------------------------------------------------------------------------------------------------

class Connection:
    def __init__(self, writer):
        self.writer, self.idle_since = writer, time.monotonic()


async def http1_serve(reader, writer):
    connection = Connection(writer)
    CONNECTIONS.add(connection)
    try:
        while True:
            connection.idle_since = time.monotonic()
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            connection.idle_since = None
            method, path, _ = head.split(" ", 2)
            if method == "PRI":  # the HTTP/2 preface: this server does not speak it
                writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                return
            size = re.search(r"content-length: (\d+)", head, re.I)
            if size:
                await reader.readexactly(int(size[1]))
            elif re.search(r"transfer-encoding: chunked", head, re.I):
                while (count := int((await reader.readline()).split(b";")[0], 16)) or await reader.readexactly(2) == 0:
                    await reader.readexactly(count + 2)
            STATE["busy"] += 1
            try:
                known_as = re.search(r"^x-request-id: (\S+)", head, re.I | re.M)
                reply = await answer(method, path, known_as and known_as[1])
                if reply.get("reset"):
                    writer.transport.abort()
                    return
                if reply.get("stream"):
                    shape = reply["stream"]
                    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                                 b"transfer-encoding: chunked\r\n\r\n")
                    end = time.monotonic() + RANDOM.uniform(*shape["seconds"])
                    while time.monotonic() < end:
                        event = b"data: " + filler(RANDOM.randint(*shape["bytes"])) + b"\n\n"
                        writer.write(b"%x\r\n%s\r\n" % (len(event), event))
                        await writer.drain()
                        await asyncio.sleep(shape["every"])
                    writer.write(b"0\r\n\r\n")
                else:
                    body = reply["body"]
                    last = "connection: close\r\n" if STATE["closing"] else ""
                    writer.write((f"HTTP/1.1 {reply['status']} Status\r\ncontent-type: application/json\r\n"
                                  f"content-length: {len(body)}\r\n{last}\r\n").encode() + body)
                await writer.drain()
            finally:
                STATE["busy"] -= 1
            if STATE["closing"]:
                return
    except (EOFError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        pass
    finally:
        CONNECTIONS.discard(connection)
        if not writer.is_closing():
            writer.close()


async def h2_serve(reader, writer):
    peer = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
    peer.initiate_connection()
    writer.write(peer.data_to_send())
    requests = {}

    def flush():
        if not writer.is_closing():
            writer.write(peer.data_to_send())

    async def send(stream, data):
        while data:
            room = min(peer.local_flow_control_window(stream), peer.max_outbound_frame_size)
            if room <= 0:
                await asyncio.sleep(0.01)
                continue
            peer.send_data(stream, data[:room])
            data = data[room:]
            flush()

    async def serve(stream, fields):
        STATE["busy"] += 1
        grpc = fields.get("content-type", "").startswith("application/grpc")
        try:
            reply = await answer(fields[":method"], fields[":path"])
            if reply.get("reset"):
                peer.reset_stream(stream, 2)
            elif not grpc:
                peer.send_headers(stream, [(":status", str(reply["status"])), ("content-type", "application/json")])
                await send(stream, reply["body"])
                peer.end_stream(stream)
            elif reply["status"] != 200:
                peer.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc"),
                                           ("grpc-status", str(reply["grpc"])), ("grpc-message", "failed")],
                                  end_stream=True)
            else:
                peer.send_headers(stream, [(":status", "200"), ("content-type", "application/grpc")])
                if reply.get("stream"):
                    shape = reply["stream"]
                    end = time.monotonic() + RANDOM.uniform(*shape["seconds"])
                    while time.monotonic() < end:
                        body = filler(RANDOM.randint(*shape["bytes"]))
                        await send(stream, struct.pack(">BI", 0, len(body)) + body)
                        await asyncio.sleep(shape["every"])
                else:
                    await send(stream, struct.pack(">BI", 0, len(reply["body"])) + reply["body"])
                peer.send_headers(stream, [("grpc-status", "0")], end_stream=True)
            flush()
        except Exception:  # the stream is gone: nobody left to tell
            pass
        finally:
            STATE["busy"] -= 1

    jobs = {}
    try:
        while data := await reader.read(65536):
            for event in peer.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    requests[event.stream_id] = dict(event.headers)
                elif isinstance(event, h2.events.DataReceived):
                    peer.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamReset) and event.stream_id in jobs:
                    jobs.pop(event.stream_id).cancel()
                elif isinstance(event, h2.events.StreamEnded):
                    jobs[event.stream_id] = asyncio.ensure_future(
                        serve(event.stream_id, requests.pop(event.stream_id, {})))
            flush()
    except Exception:  # not HTTP/2, or broken off: a server closes the connection
        pass
    finally:
        writer.close()


# --- the life of the process ---------------------------------------------------------------------------------------

def sweep(timeout):
    for connection in list(CONNECTIONS):
        if connection.idle_since and time.monotonic() - connection.idle_since >= timeout:
            CONNECTIONS.discard(connection)
            connection.writer.transport.abort()


async def close_idle(timeout, pause):
    """The keep-alive timeout. With `pause` the process stops now and then (garbage collection, a noisy neighbour)
    and closes, on waking, a connection whose next request is already in the socket: the keep-alive race."""
    last = time.monotonic()
    while True:
        await asyncio.sleep(0.05)
        if pause and time.monotonic() - last >= pause["every"]:
            last = time.monotonic()
            time.sleep(pause["ms"] / 1000)
        sweep(timeout)


async def leak(per_second):
    while True:
        LEAK.append(bytearray(b"x" * int(per_second * 262144)))
        await asyncio.sleep(0.25)


async def finish():
    STATE["closing"] = True
    deadline = time.monotonic() + 20
    while STATE["busy"] and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    os._exit(0)


async def main():
    global SLOTS
    loop = asyncio.get_running_loop()
    if SPEC.get("slots"):
        SLOTS = asyncio.Semaphore(SPEC["slots"])
    ending = SPEC.get("term", "graceful")
    server = None

    def terminate():
        if ending == "abrupt":
            os._exit(143)
        elif ending == "graceful":
            if server:
                server.close()
            loop.create_task(finish())

    loop.add_signal_handler(signal.SIGTERM, terminate)
    if SPEC.get("exit"):
        # Dies after so many seconds of life, or at a moment.
        delay = SPEC["exit"].get("after", 0) or max(0, SPEC["exit"]["at"] - time.time())
        loop.call_later(delay * RANDOM.uniform(0.9, 1.1), os._exit, SPEC["exit"]["code"])
    await asyncio.sleep(SPEC.get("delay", 0))
    if h2 is None and (SPEC["protocol"] != "http" or "grpc" in json.dumps(SPEC)):
        raise SystemExit("this incident needs the h2 package")
    serve = h2_serve if SPEC["protocol"] in ("grpc", "http2") else http1_serve
    server = await asyncio.start_server(serve, SPEC.get("host", "127.0.0.1"), SPEC["port"], backlog=512)
    open(SPEC["readyFile"], "w").close()
    if SPEC.get("leak"):
        loop.create_task(leak(SPEC["leak"]))
    await close_idle(SPEC.get("keepAlive", 3600), SPEC.get("pause"))


asyncio.run(main())
