"""The application behind the callee's proxies: what goes wrong is asked for by the path.

Started as a process (`python3 -m faultlab.application KIND PORT HOST_INDEX`) or inside the lab's own. Kinds: `http` (1.1),
`h2` (HTTP/2 and gRPC, without TLS), `tcp`.
"""
import asyncio
import random
import re
import sys

import h2.config
import h2.connection
import h2.events

GRPC_PREFIX = "/pay.v1.Payments"
RANDOM = random.Random(7)
# Lengths that no text of Envoy's has, but for the scenarios that ask for exactly those.
ERROR_BODY = 61
# Reading a request and deciding on it takes an application some milliseconds.
WORK = 0.006


def wanted(path, index):
    """The behaviour that a path asks of the host with that index: its words."""
    path = path.split("?")[0]
    if path.startswith(GRPC_PREFIX):
        path = path[len(GRPC_PREFIX):]
    words = path.strip("/").split("/")
    if words[0] == "bad_replica":
        words = words[1:] if index == 0 else ["ok"]
    return words


async def http1(reader, writer, index):
    served = 0
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, path, _ = head.split(" ", 2)
            words = wanted(path, index) if method != "PRI" else ["preface"]
            size = re.search(r"content-length: (\d+)", head, re.I)
            if words[0] == "early":  # refuses a large body before it was read
                writer.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 4\r\nconnection: close\r\n\r\nlong")
                await writer.drain()
                return
            if size:
                await reader.readexactly(int(size[1]))
            elif re.search(r"transfer-encoding: chunked", head, re.I):
                while count := int((await reader.readline()).split(b";")[0], 16):
                    await reader.readexactly(count + 2)
                await reader.readline()
            served += 1
            if words[0] == "race" and served > 1:
                # Closed as idle in the moment the next request arrives.
                writer.transport.abort()
                return
            await asyncio.sleep(WORK)
            if not await http1_answer(words, method, writer):
                return
    except (EOFError, ConnectionError, ValueError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


async def http1_answer(words, method, writer):
    """Writes one answer; false when the connection is over."""
    kind, *rest = words
    if kind == "preface":
        writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        return False
    if kind == "slow":
        await asyncio.sleep(float(rest[0]) if rest else 3600)
    elif kind in ("rst", "fin"):
        await asyncio.sleep(float(rest[0]) if rest else 0)
        if kind == "rst":
            writer.transport.abort()
        return False
    elif kind == "malformed":
        writer.write(b"NOT HTTP AT ALL\r\n\r\n")
        return False
    elif kind == "bighead":
        writer.write(b"HTTP/1.1 200 OK\r\nx-big: " + b"y" * 90_000 + b"\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        return False
    elif kind in ("cut", "cutchunked"):
        shape = b"content-length: 4000" if kind == "cut" else b"transfer-encoding: chunked"
        piece = b"z" * 900 if kind == "cut" else b"384\r\n" + b"z" * 900 + b"\r\n"
        writer.write(b"HTTP/1.1 200 OK\r\n" + shape + b"\r\n\r\n" + piece)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()
        return False
    elif kind == "stream":  # seconds, silence after the first piece?
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n")
        await writer.drain()
        for _ in range(int(float(rest[0]) / 0.25)):
            await asyncio.sleep(0.25)
            if "silent" not in rest:
                writer.write(b"5\r\nhello\r\n")
        writer.write(b"0\r\n\r\n")
        return True
    status, body = 200, b"b" * RANDOM.randint(100, 300)
    if kind == "app":
        status = int(rest[0])
        body = b"e" * (int(rest[1]) if len(rest) > 1 else ERROR_BODY)
    writer.write(f"HTTP/1.1 {status} Status\r\ncontent-length: {len(body)}\r\n\r\n".encode()
                 + (b"" if method == "HEAD" else body))
    await writer.drain()
    return True


async def http2(reader, writer, index):
    peer = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
    peer.initiate_connection()
    writer.write(peer.data_to_send())
    requests, jobs = {}, {}

    def flush():
        if not writer.is_closing():
            writer.write(peer.data_to_send())

    async def serve(stream, fields):
        grpc = fields.get("content-type", "").startswith("application/grpc")
        kind, *rest = wanted(fields[":path"], index)
        opening = [(":status", "200"), ("content-type", "application/grpc" if grpc else "application/json")]
        ending = [("grpc-status", "0")]
        await asyncio.sleep(WORK)
        if kind == "slow":
            await asyncio.sleep(float(rest[0]) if rest else 3600)
        elif kind in ("rst", "fin"):
            await asyncio.sleep(float(rest[0]) if rest else 0)
            writer.transport.abort() if kind == "rst" else writer.close()
            return
        elif kind in ("rststream", "refusedstream"):
            peer.reset_stream(stream, 7 if kind == "refusedstream" else 2)
            return flush()
        elif kind == "goaway":
            peer.close_connection()
            flush()
            writer.close()
            return
        elif kind in ("cut", "rststreammid"):
            peer.send_headers(stream, opening)
            peer.send_data(stream, b"\0\0\0\0\x05hello")
            flush()
            await asyncio.sleep(0.05)
            if kind == "cut":
                writer.transport.abort()
                return
            peer.reset_stream(stream, 2)
            return flush()
        elif kind == "stream":
            peer.send_headers(stream, opening)
            peer.send_data(stream, b"\0\0\0\0\x05hello")
            flush()
            for _ in range(int(float(rest[0]) / 0.25)):
                await asyncio.sleep(0.25)
                if "silent" not in rest:
                    peer.send_data(stream, b"\0\0\0\0\x05hello")
                    flush()
            if grpc:
                peer.send_headers(stream, ending, end_stream=True)
            else:
                peer.end_stream(stream)
            return flush()
        elif kind == "app":
            if grpc:
                peer.send_headers(stream, [*opening, ("grpc-status", rest[0]), ("grpc-message", "no")], end_stream=True)
            else:
                peer.send_headers(stream, [(":status", rest[0])])
                peer.send_data(stream, b"e" * ERROR_BODY, end_stream=True)
            return flush()
        peer.send_headers(stream, opening)
        peer.send_data(stream, b"\0\0\0\0\x64" + b"b" * 100, end_stream=not grpc)
        if grpc:
            peer.send_headers(stream, ending, end_stream=True)
        flush()

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
                    jobs[event.stream_id] = asyncio.ensure_future(serve(event.stream_id, requests[event.stream_id]))
                    jobs[event.stream_id].add_done_callback(lambda done: done.cancelled() or done.exception())
            flush()
    except Exception:  # not HTTP/2, or broken off: a server closes the connection
        pass
    finally:
        writer.close()


async def tcp(reader, writer, _):
    try:
        asked = await reader.read(100)
        if asked.startswith(b"rst"):
            writer.transport.abort()
            return
        writer.write(b"welcome to the lab")
        await writer.drain()
        if asked.startswith(b"hold"):
            await asyncio.sleep(3600)
    except OSError:
        pass
    finally:
        writer.close()


async def serve(kind, port, index):
    handler = {"http": http1, "h2": http2, "tcp": tcp}[kind]

    async def one(reader, writer):
        await handler(reader, writer, index)

    return await asyncio.start_server(one, "127.0.0.1", port, backlog=512, reuse_address=True)


async def forever(kind, port, index):
    await serve(kind, port, index)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(forever(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
