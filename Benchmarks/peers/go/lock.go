//go:build ignore

package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

func count(n int) int {
	var lock sync.Mutex
	total := 0
	for i := 1; i <= n; i++ {
		lock.Lock()
		total += i
		lock.Unlock()
	}
	return total
}

func main() {
	n := 1_000_000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	started := time.Now()
	total := count(n)
	seconds := time.Since(started).Seconds()

	fmt.Printf("answer=%d\n", total)
	fmt.Printf("seconds=%g\n", seconds)
}
