import sys
import time

n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000


def build(n):
    lines = []
    for i in range(n):
        lines.append(f"line {i}\n")
    return "".join(lines)


started = time.perf_counter()
text = build(n)
seconds = time.perf_counter() - started

print(f"answer={len(text)} {len(text.split())}")
print(f"seconds={seconds}")
