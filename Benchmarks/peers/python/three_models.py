"""Pages of one second: one after the other, with a thread for each, and with asyncio."""

import asyncio
import concurrent.futures
import sys
import time

import aiohttp
import requests

base = sys.argv[1]
n = int(sys.argv[2])
urls = [f"{base}/delay/1?n={number}" for number in range(n)]


def sequential():
    with requests.Session() as session:
        return [session.get(url).status_code for url in urls]


def threaded():
    with concurrent.futures.ThreadPoolExecutor(n) as pool:
        return list(pool.map(lambda url: requests.get(url).status_code, urls))


async def download(session, url):
    async with session.get(url) as response:
        await response.read()
        return response.status


async def together():
    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*(download(session, url) for url in urls))


times = {}
for name, model in [("sequential", sequential), ("threaded", threaded), ("async", lambda: asyncio.run(together()))]:
    started = time.perf_counter()
    statuses = model()
    times[name] = time.perf_counter() - started
    assert statuses == [200] * n
print(f"answer={3 * n}")
for name, seconds in times.items():
    print(f"{name}={seconds}")
