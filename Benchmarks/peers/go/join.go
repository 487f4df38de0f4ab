//go:build ignore

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

func build(n int) string {
	var text strings.Builder
	for i := 0; i < n; i++ {
		text.WriteString("line ")
		text.WriteString(strconv.Itoa(i))
		text.WriteString("\n")
	}
	return text.String()
}

func main() {
	n := 100_000
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	started := time.Now()
	text := build(n)
	seconds := time.Since(started).Seconds()

	fmt.Printf("answer=%d %d\n", len(text), len(strings.Fields(text)))
	fmt.Printf("seconds=%g\n", seconds)
}
