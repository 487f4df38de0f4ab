import asyncio
import sys
import time

n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000


async def transfer(n):
    q = asyncio.Queue(1)
    total = 0
    for i in range(1, n + 1):
        await q.put(i)
        total += await q.get()
    return total


async def main():
    started = time.perf_counter()
    total = await transfer(n)
    seconds = time.perf_counter() - started
    print(f"answer={total}")
    print(f"seconds={seconds}")


asyncio.run(main())
