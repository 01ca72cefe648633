"""The calling application: sends one request in the way a scenario wants and forgets the answer."""
import asyncio
import struct
import uuid

import h2.config
import h2.connection
import h2.events

from .application import GRPC_PREFIX

AGENTS = {"http": "Apache-HttpClient/5.3.1", "http2": "okhttp/5.1.0", "grpc": "grpc-java-netty/1.68.1"}


class Caller:
    """Keeps the connections of one scenario."""

    def __init__(self, scenario, address, port, ids):
        self.scenario, self.address, self.port, self.ids = scenario, address, port, ids
        self.idle = []

    async def call(self):
        number = str(uuid.uuid4())
        self.ids[number] = self.scenario
        work = {"http": self.http1, "http2": self.http2, "grpc": self.http2, "tcp": self.tcp}[self.scenario.protocol]
        try:
            await work(number)
        except (OSError, EOFError, ValueError, asyncio.TimeoutError, h2.exceptions.ProtocolError):
            pass

    async def within(self, job):
        """Gives up when the scenario's client does."""
        return await asyncio.wait_for(job, self.scenario.patience)

    async def http1(self, number):
        how = self.scenario.client
        reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection(self.address, self.port)
        keep = False
        try:
            if how == "garbage":
                writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n")
                await self.within(reader.read(1000))
                return
            head = [f"{self.scenario.method} {self.scenario.path} HTTP/1.1", f"host: {self.scenario.authority}",
                    f"user-agent: {AGENTS['http']}", f"x-request-id: {number}"]
            if how == "big_head":
                head += [f"x-big-{i}: {'h' * 8000}" for i in range(12)]
            body = b"u" * {"upload": 200_000, "big_body": 3_000_000, "stalled": 5000}.get(how, 0)
            if self.scenario.method == "POST" or body:
                head.append(f"content-length: {len(body)}")
            writer.write(("\r\n".join(head) + "\r\n\r\n").encode() + (body[:1000] if how == "stalled" else body))
            await writer.drain()
            answer = (await self.within(reader.readuntil(b"\r\n\r\n"))).decode("latin-1").lower()
            if self.scenario.method != "HEAD":
                size = answer.partition("content-length: ")[2].partition("\r")[0]
                if size:
                    await self.within(reader.readexactly(int(size)))
                else:
                    while (line := await self.within(reader.readline())) and (count := int(line, 16)):
                        await self.within(reader.readexactly(count + 2))
                    await self.within(reader.readline())
            keep = "connection: close" not in answer
        finally:
            if keep:
                self.idle.append((reader, writer))
            else:
                writer.transport.abort()

    async def http2(self, number):
        reader, writer = await asyncio.open_connection(self.address, self.port)
        try:
            await self.within(self.stream(number, reader, writer))
        finally:
            writer.transport.abort()

    async def stream(self, number, reader, writer):
        peer = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        peer.initiate_connection()
        grpc = self.scenario.protocol == "grpc"
        fields = [(":method", "POST" if grpc else self.scenario.method), (":scheme", "http"),
                  (":authority", self.scenario.authority),
                  (":path", (GRPC_PREFIX if grpc else "") + self.scenario.path),
                  ("user-agent", AGENTS[self.scenario.protocol]), ("x-request-id", number)]
        if grpc:
            fields += [("content-type", "application/grpc"), ("te", "trailers")]
        peer.send_headers(1, fields, end_stream=not grpc)
        if grpc:
            peer.send_data(1, struct.pack(">BI", 0, 32) + b"u" * 32, end_stream=True)
        writer.write(peer.data_to_send())
        while data := await reader.read(65536):
            for event in peer.receive_data(data):
                if isinstance(event, h2.events.DataReceived):
                    peer.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)):
                    return
            writer.write(peer.data_to_send())

    async def tcp(self, _):
        reader, writer = await asyncio.open_connection(self.address, self.port)
        try:
            writer.write(self.scenario.path.strip("/").encode() + b" please")
            await self.within(reader.read(100))
            if self.scenario.path == "/hold":
                await self.within(reader.read(100))
        finally:
            writer.transport.abort() if self.scenario.client == "reset" else writer.close()
