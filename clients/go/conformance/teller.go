package main

import (
	"encoding/json"
	"errors"
	"io"
	"sync"

	agentbus "github.com/vibes/agent-communication-bus/clients/go"
)

// teller writes lines of JSON, each whole.
type teller struct {
	mu     sync.Mutex
	output *json.Encoder
}

func newTeller(output io.Writer) *teller {
	encoder := json.NewEncoder(output)
	encoder.SetEscapeHTML(false)
	return &teller{output: encoder}
}

func (t *teller) tell(line any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.output.Encode(line); err != nil {
		// Whoever listened is gone, and with it the reason to be here.
		panic(err)
	}
}

// said is an error as the driver reads it.
type said struct {
	Code    string            `json:"code"`
	Reason  *string           `json:"reason"`
	Message string            `json:"message"`
	Facts   map[string]string `json:"facts"`
}

func newSaid(err error) *said {
	var known *agentbus.Error
	if !errors.As(err, &known) {
		return &said{Code: string(agentbus.Unknown), Message: err.Error(), Facts: map[string]string{}}
	}
	facts := known.Facts
	if facts == nil {
		facts = map[string]string{}
	}
	return &said{Code: string(known.Code), Reason: orNull(string(known.Reason)), Message: known.Message, Facts: facts}
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
