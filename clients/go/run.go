package agentbus

import (
	"context"
	"sync/atomic"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// messageKey is what a message is known by: its id and its sender together.
type messageKey struct {
	sender string
	id     string
}

// run is a handler at work on a message.
type run struct {
	mail     mailKey
	delivery *agentbusv1.Delivery
	outlet   outlet

	// ctx tells the handler to stop.
	ctx  context.Context
	stop context.CancelCauseFunc
	// withdrawn is what the handler hears when the bus took the task away: nothing is left to settle then, and nobody wants the
	// outcome. Nil while the task is the agent's.
	withdrawn atomic.Pointer[Error]

	// The lock of the work guards these.

	// deliveryID is the newest delivery of the message; empty while this agent holds none.
	deliveryID string
	// leasedAt is when the lease of that delivery last began, as far as this agent knows.
	leasedAt time.Time
}

func (r *run) isTask() bool {
	return r.delivery.GetMessage().GetMessageType() == agentbusv1.MessageType_MESSAGE_TYPE_TASK_REQUEST
}

// isMeant says whether a withdrawal means this run. An attempt may be taken away and the next one be given to the same
// agent under the same id, and the news of the first may come after the second: mail that is not older than the news is
// not meant.
func (r *run) isMeant(w *withdrawal) bool {
	return r.isTask() &&
		r.mail.message == w.task &&
		r.delivery.GetMessage().GetSender().GetSessionId() == w.sessionID &&
		(w.isFinal || isOlder(r.mail.acceptedAt, w.at))
}

// isNewAttempt says whether a mail accepted at that time is another one than the run's, with the same message: a new
// attempt of its task. A redelivery of the same mail was accepted at the same time.
func (r *run) isNewAttempt(acceptedAt time.Time) bool {
	return r.isTask() && !r.mail.acceptedAt.IsZero() && r.mail.acceptedAt.Before(acceptedAt)
}

func isOlder(mail, news time.Time) bool {
	return mail.IsZero() || news.IsZero() || mail.Before(news)
}
