//go:build ignore

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

func fetch(client *http.Client, url string) (int64, error) {
	response, err := client.Get(url)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode >= 400 {
		return 0, fmt.Errorf("%s", response.Status)
	}
	return io.Copy(io.Discard, response.Body)
}

func main() {
	url := os.Args[1]
	n, _ := strconv.Atoi(os.Args[2])
	concurrency, _ := strconv.Atoi(os.Args[3])
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: concurrency}}

	started := time.Now()
	var next, size atomic.Int64
	var group sync.WaitGroup
	for i := 0; i < concurrency; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for next.Add(1) <= int64(n) {
				bytes, err := fetch(client, url)
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				size.Add(bytes)
			}
		}()
	}
	group.Wait()
	seconds := time.Since(started).Seconds()

	fmt.Printf("answer=%d\n", size.Load())
	fmt.Printf("seconds=%g\n", seconds)
}
