//go:build ignore

package main

import (
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	n := 100_000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}

	started := time.Now()
	var done atomic.Int64
	var group sync.WaitGroup
	for i := 0; i < n; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			time.Sleep(time.Duration(rand.Intn(1001)) * time.Millisecond)
			done.Add(1)
		}()
	}
	group.Wait()
	seconds := time.Since(started).Seconds()

	fmt.Printf("answer=%d\n", done.Load())
	fmt.Printf("seconds=%g\n", seconds)
}
