import asyncio
import sys
import time

import aiohttp

url = sys.argv[1]
n = int(sys.argv[2])
concurrency = int(sys.argv[3])


async def size(session, gate):
    async with gate:
        async with session.get(url) as response:
            response.raise_for_status()
            return len(await response.read())


async def main():
    gate = asyncio.Semaphore(concurrency)
    connector = aiohttp.TCPConnector(limit=concurrency)
    async with aiohttp.ClientSession(connector=connector) as session:
        started = time.perf_counter()
        sizes = await asyncio.gather(*(size(session, gate) for _ in range(n)))
        seconds = time.perf_counter() - started
    print(f"answer={sum(sizes)}")
    print(f"seconds={seconds}")


asyncio.run(main())
