import asyncio
import random
import sys
import time

n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000


async def main():
    started = time.perf_counter()
    done = await asyncio.gather(*(asyncio.sleep(random.randint(0, 1000) / 1000) for _ in range(n)))
    seconds = time.perf_counter() - started
    print(f"answer={len(done)}")
    print(f"seconds={seconds}")


asyncio.run(main())
