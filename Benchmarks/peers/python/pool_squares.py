import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
kind = sys.argv[2] if len(sys.argv) > 2 else "none"
workers = int(sys.argv[3]) if len(sys.argv) > 3 else 2


def squares(limit):
    total = 0
    for i in range(limit):
        total += i * i
    return total


def main():
    started = time.perf_counter()
    if kind == "none":
        answers = [squares(n) for _ in range(4)]
    else:
        executor = ThreadPoolExecutor if kind == "threads" else ProcessPoolExecutor
        with executor(workers) as pool:
            answers = list(pool.map(squares, [n] * 4))
    seconds = time.perf_counter() - started
    print(f"answer={answers[0]}")
    print(f"seconds={seconds}")


if __name__ == "__main__":
    main()
