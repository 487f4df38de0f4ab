import sys
import time

size = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000

syllables = [
    "ka", "re", "mi", "so", "tu", "na", "le", "vi", "do", "pu",
    "za", "be", "hi", "go", "lu", "fa", "ne", "ti", "wo", "ru",
]  # fmt: skip


def vocabulary():
    words = []
    for i in range(8000):
        word = syllables[i % 20]
        if i >= 20:
            word += syllables[i // 20 % 20]
        if i >= 400:
            word += syllables[i // 400]
        words.append(word)
    return words


def make_text(words, size):
    pieces = []
    written = 0
    seed = 42
    while written < size:
        seed = (seed * 1103515245 + 12345) % 2147483648
        a = seed // 65536 % 8000
        seed = (seed * 1103515245 + 12345) % 2147483648
        b = seed // 65536 % 8000
        word = words[a * b // 8000]
        pieces.append(word)
        written += len(word) + 1
    return " ".join(pieces)


def count_words(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


text = make_text(vocabulary(), size)
started = time.perf_counter()
counts = count_words(text)
seconds = time.perf_counter() - started

squares = sum(times * times for times in counts.values())
print(f"answer={len(text)} {len(counts)} {squares}")
print(f"seconds={seconds}")
