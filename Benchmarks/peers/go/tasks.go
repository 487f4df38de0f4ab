//go:build ignore

package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	n := 1_000_000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	pause := 10.0
	if len(os.Args) > 2 {
		pause, _ = strconv.ParseFloat(os.Args[2], 64)
	}

	started := time.Now()
	var done atomic.Int64
	var group sync.WaitGroup
	for i := 0; i < n; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			time.Sleep(time.Duration(pause * float64(time.Second)))
			done.Add(1)
		}()
	}
	group.Wait()
	seconds := time.Since(started).Seconds()

	fmt.Printf("answer=%d\n", done.Load())
	fmt.Printf("seconds=%g\n", seconds)
}
