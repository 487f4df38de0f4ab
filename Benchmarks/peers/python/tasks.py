import asyncio
import sys
import time

n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
pause = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0


async def main():
    started = time.perf_counter()
    done = await asyncio.gather(*(asyncio.sleep(pause) for _ in range(n)))
    seconds = time.perf_counter() - started
    print(f"answer={len(done)}")
    print(f"seconds={seconds}")


asyncio.run(main())
