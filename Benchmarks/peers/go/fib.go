//go:build ignore

package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func main() {
	n := 32
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	started := time.Now()
	result := fib(n)
	seconds := time.Since(started).Seconds()

	fmt.Printf("answer=%d\n", result)
	fmt.Printf("seconds=%g\n", seconds)
}
