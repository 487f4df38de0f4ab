import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

kind = sys.argv[1] if len(sys.argv) > 1 else "threads"
trips = int(sys.argv[2]) if len(sys.argv) > 2 else 2_000
executor = ThreadPoolExecutor if kind == "threads" else ProcessPoolExecutor


def same(x):
    return x


def timed(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def start_up():
    with executor(4) as pool:
        list(pool.map(same, range(4)))


def main():
    numbers = [i * 7 for i in range(1_250_000)]
    print(f"answer={len(numbers)}")
    print(f"startup={sorted(timed(start_up) for _ in range(9))[4]}")
    with executor(1) as pool:
        for i in range(10):
            pool.submit(same, i).result()
        print(f"trip={timed(lambda: [pool.submit(same, i).result() for i in range(trips)]) / trips}")
        pool.submit(len, numbers).result()
        print(f"list={sorted(timed(lambda: pool.submit(len, numbers).result()) for _ in range(5))[2]}")
    print("seconds=0.0")


if __name__ == "__main__":
    main()
