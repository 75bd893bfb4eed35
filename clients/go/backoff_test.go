package agentbus

import (
	"testing"
	"time"
)

// Goal: waits are drawn below a bound that doubles from the first to the last one. Method: the largest draws.
func TestWaitsGrowToTheirBound(t *testing.T) {
	waits := newWaits(Backoff{Random: func() float64 { return 1 }})
	want := []time.Duration{200, 400, 800, 1600, 3200, 6400, 10_000, 10_000}
	for i, milliseconds := range want {
		if got := waits.next(); got != milliseconds*time.Millisecond {
			t.Errorf("wait %d is %v, want %v ms", i, got, milliseconds)
		}
	}
	waits.reset()
	if got := waits.next(); got != 200*time.Millisecond {
		t.Errorf("after a success the wait is %v, want 200ms", got)
	}
}

// Goal: jitter is full. Method: the smallest draw is no wait at all, and one in the middle is the middle.
func TestWaitsAreDrawnFromZero(t *testing.T) {
	draws := []float64{0, 0.5}
	waits := newWaits(Backoff{First: time.Second, Random: func() float64 {
		draw := draws[0]
		draws = draws[1:]
		return draw
	}})
	if first, second := waits.next(), waits.next(); first != 0 || second != time.Second {
		t.Errorf("the waits are %v and %v, want 0s and 1s", first, second)
	}
}
