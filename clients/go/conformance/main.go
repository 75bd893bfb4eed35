// Command conformance does with the Go client what it is told on standard input, as test/clients/README.md says.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
)

// command is one line of the input.
type command struct {
	ID      int             `json:"id"`
	Command string          `json:"command"`
	With    json.RawMessage `json:"with"`
}

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve does commands side by side until the input ends.
func serve(input io.Reader, output io.Writer) error {
	ctx, cancel := context.WithCancel(context.Background())
	testee := newTestee(ctx, newTeller(output))
	testee.teller.tell(map[string]any{"event": "started"})
	var running sync.WaitGroup
	lines := bufio.NewReader(input)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 1 {
			var command command
			if err := json.Unmarshal(line, &command); err != nil {
				cancel()
				return fmt.Errorf("cannot read the command %.200s: %w", line, err)
			}
			running.Go(func() { testee.answer(command) })
		}
		if err != nil {
			testee.end()
			cancel()
			running.Wait()
			if err == io.EOF {
				return nil
			}
			return err
		}
	}
}
