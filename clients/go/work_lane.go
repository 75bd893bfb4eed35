package agentbus

import (
	"maps"
	"slices"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// leased notes for how long the bus leases deliveries on this stream.
func (w *work) leased(lease time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lease = lease
}

// extend asks for more time for all that is being handled when the frame is written.
func (w *work) extend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.extensionDue = true
}

// confirm takes what the bus says to settlements and extensions.
func (w *work) confirm(result *agentbusv1.SettleResultFrame) {
	w.mu.Lock()
	w.settlements.frameAnswered()
	for _, deliveryID := range result.GetDeliveryIds() {
		w.answered(deliveryID, false)
	}
	for _, deliveryID := range result.GetStaleDeliveryIds() {
		w.answered(deliveryID, true)
	}
	w.mu.Unlock()
	w.changed()
}

// refused takes an error that stands in the place of a confirmation: nothing is settled or extended, and nothing more is said
// about it. What the bus goes on to hold is delivered again when its lease runs out.
func (w *work) refused() {
	w.mu.Lock()
	for _, deliveryID := range w.settlements.frameAnswered() {
		w.settlements.answered(deliveryID)
	}
	w.mu.Unlock()
	w.changed()
}

func (w *work) answered(deliveryID string, isStale bool) {
	entry, isLast := w.settlements.answered(deliveryID)
	switch {
	case !isLast:
	case entry.settled && !isStale:
		w.handled.remove(entry.handled)
	case entry.settled:
	case isStale:
		w.lost(deliveryID)
	default:
		w.kept(deliveryID, entry.askedAt)
	}
}

func (w *work) kept(deliveryID string, askedAt time.Time) {
	if run, ok := w.holders[deliveryID]; ok {
		run.leasedAt = askedAt
	}
}

// lost is for a delivery that the bus does not know as this stream's any more. A lease that cannot have run out was ended by
// the bus: it took the task away, and the news went to another process of this agent, or to none. After one that may
// have run out the work goes on: the first answer counts.
func (w *work) lost(deliveryID string) {
	run, ok := w.holders[deliveryID]
	if !ok {
		return
	}
	w.letGo(run)
	if run.isTask() && time.Since(run.leasedAt) < w.lease {
		w.takeAway(run, takenAwayError(run.mail.message.id))
	}
}

func (w *work) online() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settlements.forget()
	w.extensionDue = false
}

// offline: the deliveries are gone with their stream. What is running is settled by the next delivery of its message.
func (w *work) offline() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settlements.forget()
	for _, run := range w.holders {
		run.deliveryID = ""
	}
	clear(w.holders)
}

func (w *work) next() *agentbusv1.AgentStreamRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	if frame := w.settlements.next(); frame != nil {
		return frame
	}
	if !w.extensionDue {
		return nil
	}
	w.extensionDue = false
	if len(w.holders) == 0 {
		return nil
	}
	ids := slices.Collect(maps.Keys(w.holders))
	w.settlements.extending(ids)
	extend := &agentbusv1.ExtendFrame{DeliveryIds: ids}
	return &agentbusv1.AgentStreamRequest{Frame: &agentbusv1.AgentStreamRequest_Extend{Extend: extend}}
}
