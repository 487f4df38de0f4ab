//go:build ignore

// The downloads, at most `limit` at once; a limit of 1 is one after the other.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	base := os.Args[1]
	n, _ := strconv.Atoi(os.Args[2])
	limit, _ := strconv.Atoi(os.Args[3])
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: limit}}

	started := time.Now()
	var pages atomic.Int64
	var group sync.WaitGroup
	gate := make(chan struct{}, limit)
	for i := 0; i < n; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			gate <- struct{}{}
			defer func() { <-gate }()
			response, err := client.Get(base + "/delay/1")
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			defer response.Body.Close()
			io.Copy(io.Discard, response.Body)
			if response.StatusCode < 400 {
				pages.Add(1)
			}
		}()
	}
	group.Wait()
	seconds := time.Since(started).Seconds()

	fmt.Printf("answer=%d\n", pages.Load())
	fmt.Printf("seconds=%g\n", seconds)
}
