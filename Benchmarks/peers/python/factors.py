import sys
import time

n = int(sys.argv[1]) if len(sys.argv) > 1 else 112272535095293


def divisors(number):
    found = []
    for i in range(1, int(number**0.5) + 1):
        if number % i == 0:
            found.append(i)
            if i != number // i:
                found.append(number // i)
    return sorted(found)


started = time.perf_counter()
found = divisors(n)
seconds = time.perf_counter() - started

print(f"answer={found}")
print(f"seconds={seconds}")
