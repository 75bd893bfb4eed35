package main

import "sync"

// holds are what handlers wait for, by name.
type holds struct {
	mu    sync.Mutex
	gates map[string]chan struct{}
}

func newHolds() *holds {
	return &holds{gates: map[string]chan struct{}{}}
}

// gate is closed when the name was released, before or after it is asked for.
func (h *holds) gate(name string) chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.gates[name] == nil {
		h.gates[name] = make(chan struct{})
	}
	return h.gates[name]
}

func (h *holds) release(name string) {
	gate := h.gate(name)
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-gate:
	default:
		close(gate)
	}
}
