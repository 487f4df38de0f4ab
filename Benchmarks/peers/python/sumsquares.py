import sys
import time

n = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000_000


def sum_of_squares(limit):
    total = 0
    for i in range(limit):
        total += i * i
    return total


started = time.perf_counter()
total = sum_of_squares(n)
seconds = time.perf_counter() - started

print(f"answer={total}")
print(f"seconds={seconds}")
