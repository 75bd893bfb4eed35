package agentbus

import (
	"slices"
	"testing"
)

// Goal: an agent that leaves is not said to be online again. Method: what the stream says in the same moment as the program
// has it leave.
func TestStatusOfAnAgentThatLeaves(t *testing.T) {
	var told []State
	life := newLifecycle(func(status Status) { told = append(told, status.State) })
	life.set(Status{State: StateOnline})
	life.set(Status{State: StateDraining})
	life.set(Status{State: StateOnline})
	life.refused(leftError())
	life.set(Status{State: StateWaiting})
	if state := life.current().State; state != StateDraining {
		t.Errorf("is %s", state)
	}
	life.finish(nil)
	life.set(Status{State: StateDraining})
	if want := []State{StateOnline, StateDraining, StateClosed}; !slices.Equal(told, want) {
		t.Errorf("told %v", told)
	}
}
