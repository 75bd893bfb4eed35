package agentbus

import (
	"context"
	"math/rand/v2"
	"time"
)

// Backoff says how the waits before repeated tries grow. The zero value is what most programs want.
type Backoff struct {
	// First is the upper bound of the first wait. Default 200 ms.
	First time.Duration
	// Last is the upper bound of every wait. Default 10 s.
	Last time.Duration
	// Random draws a number in [0, 1). Default math/rand/v2. It is called by several goroutines at once.
	Random func() float64
}

func (b Backoff) withDefaults() Backoff {
	if b.First <= 0 {
		b.First = defaultFirstBackoff
	}
	if b.Last <= 0 {
		b.Last = defaultLastBackoff
	}
	if b.Random == nil {
		b.Random = rand.Float64
	}
	return b
}

// waits is exponential backoff with full jitter: each wait is drawn evenly between 0 and a bound that doubles, so that
// clients which lost the same bus do not come back in step.
type waits struct {
	backoff Backoff
	bound   time.Duration
}

func newWaits(backoff Backoff) *waits {
	backoff = backoff.withDefaults()
	return &waits{backoff: backoff, bound: min(backoff.First, backoff.Last)}
}

func (w *waits) next() time.Duration {
	wait := time.Duration(w.backoff.Random() * float64(w.bound))
	w.bound = min(2*w.bound, w.backoff.Last)
	return wait
}

// reset starts over, after a success.
func (w *waits) reset() {
	w.bound = min(w.backoff.First, w.backoff.Last)
}

// sleep waits, unless the context ends first; says whether it slept to the end.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
