//go:build ignore

package main

import (
	"fmt"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"
)

func divisors(number int) []int {
	found := []int{}
	last := int(math.Sqrt(float64(number)))
	for i := 1; i <= last; i++ {
		if number%i == 0 {
			found = append(found, i)
			if i != number/i {
				found = append(found, number/i)
			}
		}
	}
	sort.Ints(found)
	return found
}

func main() {
	n := 112272535095293
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	started := time.Now()
	found := divisors(n)
	seconds := time.Since(started).Seconds()

	texts := make([]string, len(found))
	for i, divisor := range found {
		texts[i] = strconv.Itoa(divisor)
	}
	fmt.Printf("answer=[%s]\n", strings.Join(texts, ", "))
	fmt.Printf("seconds=%g\n", seconds)
}
