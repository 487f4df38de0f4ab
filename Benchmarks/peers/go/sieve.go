//go:build ignore

package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func countPrimes(limit int) int {
	prime := make([]bool, limit+1)
	for i := 2; i <= limit; i++ {
		prime[i] = true
	}
	for i := 2; i*i <= limit; i++ {
		if prime[i] {
			for j := i * i; j <= limit; j += i {
				prime[j] = false
			}
		}
	}
	count := 0
	for _, p := range prime {
		if p {
			count++
		}
	}
	return count
}

func main() {
	n := 2_000_000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	started := time.Now()
	count := countPrimes(n)
	seconds := time.Since(started).Seconds()

	fmt.Printf("answer=%d\n", count)
	fmt.Printf("seconds=%g\n", seconds)
}
