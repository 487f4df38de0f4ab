//go:build ignore

package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func sumOfSquares(limit int) int {
	total := 0
	for i := 0; i < limit; i++ {
		total += i * i
	}
	return total
}

func main() {
	n := 3_000_000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	started := time.Now()
	total := sumOfSquares(n)
	seconds := time.Since(started).Seconds()

	fmt.Printf("answer=%d\n", total)
	fmt.Printf("seconds=%g\n", seconds)
}
