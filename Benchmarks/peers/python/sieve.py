import sys
import time

n = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000


def count_primes(limit):
    prime = [True] * (limit + 1)
    prime[0] = False
    prime[1] = False
    i = 2
    while i * i <= limit:
        if prime[i]:
            for j in range(i * i, limit + 1, i):
                prime[j] = False
        i += 1
    count = 0
    for p in prime:
        if p:
            count += 1
    return count


started = time.perf_counter()
count = count_primes(n)
seconds = time.perf_counter() - started

print(f"answer={count}")
print(f"seconds={seconds}")
