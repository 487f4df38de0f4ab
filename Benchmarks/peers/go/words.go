//go:build ignore

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

var syllables = []string{
	"ka", "re", "mi", "so", "tu", "na", "le", "vi", "do", "pu",
	"za", "be", "hi", "go", "lu", "fa", "ne", "ti", "wo", "ru",
}

func vocabulary() []string {
	words := []string{}
	for i := 0; i < 8000; i++ {
		word := syllables[i%20]
		if i >= 20 {
			word += syllables[i/20%20]
		}
		if i >= 400 {
			word += syllables[i/400]
		}
		words = append(words, word)
	}
	return words
}

func makeText(words []string, size int) string {
	pieces := []string{}
	written := 0
	seed := 42
	for written < size {
		seed = (seed*1103515245 + 12345) % 2147483648
		a := seed / 65536 % 8000
		seed = (seed*1103515245 + 12345) % 2147483648
		b := seed / 65536 % 8000
		word := words[a*b/8000]
		pieces = append(pieces, word)
		written += len(word) + 1
	}
	return strings.Join(pieces, " ")
}

func countWords(text string) map[string]int {
	counts := map[string]int{}
	for _, word := range strings.Fields(text) {
		counts[word]++
	}
	return counts
}

func main() {
	size := 5_000_000
	if len(os.Args) > 1 {
		size, _ = strconv.Atoi(os.Args[1])
	}
	text := makeText(vocabulary(), size)
	started := time.Now()
	counts := countWords(text)
	seconds := time.Since(started).Seconds()

	squares := 0
	for _, times := range counts {
		squares += times * times
	}
	fmt.Printf("answer=%d %d %d\n", len(text), len(counts), squares)
	fmt.Printf("seconds=%g\n", seconds)
}
