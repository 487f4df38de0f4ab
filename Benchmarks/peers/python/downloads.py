"""The downloads with aiohttp, at most `limit` at once; a limit of 1 is one after the other."""

import asyncio
import sys
import time

import aiohttp

base = sys.argv[1]
n = int(sys.argv[2])
limit = int(sys.argv[3])


async def download(session, gate):
    async with gate:
        async with session.get(f"{base}/delay/1") as response:
            response.raise_for_status()
            return await response.read()


async def main():
    gate = asyncio.Semaphore(limit)
    async with aiohttp.ClientSession() as session:
        started = time.perf_counter()
        pages = await asyncio.gather(*(download(session, gate) for _ in range(n)))
        seconds = time.perf_counter() - started
    print(f"answer={len(pages)}")
    print(f"seconds={seconds}")


asyncio.run(main())
