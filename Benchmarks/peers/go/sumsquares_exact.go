//go:build ignore

// The sum to 10⁷ does not fit 64 bits, so this one adds up in math/big, as a Go programmer would have to.
package main

import (
	"fmt"
	"math/big"
	"os"
	"strconv"
	"time"
)

func sumOfSquares(limit int64) *big.Int {
	total, term := new(big.Int), new(big.Int)
	for i := int64(0); i < limit; i++ {
		total.Add(total, term.SetInt64(i*i))
	}
	return total
}

func main() {
	n := int64(10_000_000)
	if len(os.Args) > 1 {
		n, _ = strconv.ParseInt(os.Args[1], 10, 64)
	}
	started := time.Now()
	total := sumOfSquares(n)
	seconds := time.Since(started).Seconds()

	fmt.Printf("answer=%s\n", total)
	fmt.Printf("seconds=%g\n", seconds)
}
