import sys
import time

n = int(sys.argv[1]) if len(sys.argv) > 1 else 32


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


started = time.perf_counter()
result = fib(n)
seconds = time.perf_counter() - started

print(f"answer={result}")
print(f"seconds={seconds}")
