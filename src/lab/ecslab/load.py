"""The load: users (through a load balancer) calling the caller's tasks. Run as a process: `load.py plan.json`.

Arrivals are random (exponential gaps) at a bounded rate; the process ends by itself at the plan's end.
"""
import asyncio
import json
import os
import random
import re
import sys
import time

PLAN = json.load(open(sys.argv[1]))
RANDOM = random.Random(PLAN["seed"])
AGENTS = PLAN["agents"]
POOL = {}
OPEN = 0


def targets():
    """The tasks behind the load balancer: re-read, because the caller may be redeployed too."""
    try:
        return json.load(open(PLAN["targets"]))
    except (OSError, ValueError):
        return []


def rate(now):
    value = 0
    for start, per_second in PLAN["schedule"]:
        if now >= start:
            value = per_second
    return value


async def request(address, route):
    global OPEN
    OPEN += 1
    writer = None
    try:
        idle = POOL.setdefault(address, [])
        reader, writer = idle.pop() if idle else await asyncio.wait_for(
            asyncio.open_connection(address, PLAN["port"]), 5)
        path = re.sub(r"\{\w+\}", lambda _: str(RANDOM.randint(1000, 99999)), route["path"])
        target = f"{address}:{PLAN['port']}"
        body = b"x" * RANDOM.randint(*route["body"]) if route.get("body") else b""
        lines = [f"{route['method']} {path} HTTP/1.1", f"host: {PLAN['authority'] or target}",
                 f"user-agent: {RANDOM.choice(AGENTS)}"]
        if PLAN.get("forwarded", True):
            lines.append(f"x-forwarded-for: 203.0.113.{RANDOM.randint(1, 254)}")
        if body:
            lines.append(f"content-length: {len(body)}")
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PLAN["patience"])).decode("latin-1").lower()
        size = re.search(r"content-length: (\d+)", head)
        if size:
            await asyncio.wait_for(reader.readexactly(int(size[1])), PLAN["patience"])
            if "connection: close" not in head:
                idle.append((reader, writer))
                writer = None
        else:
            while await asyncio.wait_for(reader.read(65536), PLAN["patience"]):
                pass
    except (OSError, EOFError, asyncio.TimeoutError, asyncio.IncompleteReadError):
        pass
    finally:
        if writer:
            writer.transport.abort()
        OPEN -= 1


async def burst(at, count, index, gap):
    """Many requests of one kind in a row, as a user hitting reload or a job over a list."""
    await asyncio.sleep(max(0, at - time.time()))
    for turn in range(count):
        hosts = targets()
        if hosts:
            asyncio.ensure_future(request(hosts[turn % len(hosts)], PLAN["routes"][index]))
        await asyncio.sleep(gap)


async def main():
    turn, hosts, read_at = 0, targets(), time.time()
    for item in PLAN.get("bursts", []):
        asyncio.ensure_future(burst(*item))
    weights = [route["weight"] for route in PLAN["routes"]]
    while (now := time.time()) < PLAN["end"]:
        if now - read_at > 0.5:
            hosts, read_at = targets(), now
        per_second = rate(now)
        if per_second and hosts and OPEN < PLAN["most"]:
            turn += 1
            route = RANDOM.choices(PLAN["routes"], weights)[0]
            asyncio.ensure_future(request(hosts[turn % len(hosts)], route))
        gap = 1 / per_second if per_second else 0.2
        spread = PLAN.get("spread")
        await asyncio.sleep(gap * (RANDOM.uniform(1 - spread, 1 + spread) if spread is not None
                                   else min(5, RANDOM.expovariate(1))))
    deadline = time.time() + PLAN["drain"]
    while OPEN and time.time() < deadline:
        await asyncio.sleep(0.05)
    os._exit(0)


asyncio.run(main())
