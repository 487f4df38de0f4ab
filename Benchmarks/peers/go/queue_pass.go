//go:build ignore

package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func pass(n int) int {
	queue := make(chan int, 1)
	total := 0
	for i := 1; i <= n; i++ {
		queue <- i
		total += <-queue
	}
	return total
}

func main() {
	n := 1_000_000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	started := time.Now()
	total := pass(n)
	seconds := time.Since(started).Seconds()

	fmt.Printf("answer=%d\n", total)
	fmt.Printf("seconds=%g\n", seconds)
}
