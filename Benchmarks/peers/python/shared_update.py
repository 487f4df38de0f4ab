"""How often a thread can change a number that nobody else wants at that time."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
total = 0
lock = threading.Lock()


def add(n):
    global total
    started = perf_counter()
    for i in range(1, n + 1):
        with lock:
            total += i
    return perf_counter() - started


with ThreadPoolExecutor(1) as pool:
    seconds = pool.submit(add, n).result()
print(f"answer={total}")
print(f"seconds={seconds}")
