package agentbus

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Sent is what the bus said to a message.
type Sent struct {
	MessageID string
	// Duplicate says whether it was on disk already, under the same id and with the same content.
	Duplicate bool
	// AcceptedAt is since when it is on disk, by the clock of the bus.
	AcceptedAt time.Time
	// Recipients are the agents whose mailboxes it went to, in the order of the roster.
	Recipients []string
}

// sends keeps every message until the bus has answered it, and says all of them again, with the same bytes and in the same
// order, on each new stream: what was on disk already comes back as a duplicate.
type sends struct {
	backoff *waits
	// changed says that there is something to say, or less to wait for.
	changed func()

	mu      sync.Mutex
	pending map[string]*pendingSend
	// bytes counts those of all pending messages.
	bytes int
	// sequence numbers the messages in the order in which they were sent.
	sequence uint64
	// queue has those that this stream has not taken yet.
	queue []*pendingSend
	// postponed has those that the bus could not take just then.
	postponed []*pendingSend
	timer     *time.Timer
	over      *Error
}

type pendingSend struct {
	encodedMessage
	sequence uint64
	answer   chan sendAnswer
}

type sendAnswer struct {
	sent *Sent
	err  *Error
}

func newSends(backoff Backoff, changed func()) *sends {
	return &sends{backoff: newWaits(backoff), changed: changed, pending: map[string]*pendingSend{}}
}

// send returns when the bus has the message on disk. When the context ends first, the message may be sent all the same.
func (s *sends) send(ctx context.Context, message encodedMessage) (*Sent, error) {
	entry := &pendingSend{encodedMessage: message, answer: make(chan sendAnswer, 1)}
	if err := s.add(entry); err != nil {
		return nil, err
	}
	s.changed()
	select {
	case answer := <-entry.answer:
		if answer.err != nil {
			return nil, answer.err
		}
		return answer.sent, nil
	case <-ctx.Done():
		return nil, contextError(ctx)
	}
}

func (s *sends) add(entry *pendingSend) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over != nil {
		return s.over
	}
	if _, ok := s.pending[entry.id]; ok {
		return &Error{Code: AlreadyExists, Message: fmt.Sprintf("message %s is being sent already", entry.id)}
	}
	if len(s.pending) >= maxUnansweredSends || s.bytes+len(entry.field) > maxUnansweredBytes {
		return &Error{Code: ResourceExhausted, Message: fmt.Sprintf(
			"%d messages wait for the answer of the bus: wait for some before sending more", len(s.pending))}
	}
	s.sequence++
	entry.sequence = s.sequence
	s.pending[entry.id] = entry
	s.bytes += len(entry.field)
	s.queue = append(s.queue, entry)
	return nil
}

// settle takes answers of the bus.
func (s *sends) settle(results []*agentbusv1.SendResult) {
	s.mu.Lock()
	for _, result := range results {
		s.settleOne(result)
	}
	s.mu.Unlock()
	s.changed()
}

func (s *sends) settleOne(result *agentbusv1.SendResult) {
	entry, ok := s.pending[result.GetMessageId()]
	if !ok {
		return
	}
	switch outcome := result.GetOutcome().(type) {
	case *agentbusv1.SendResult_Accepted:
		s.accept(entry, false, outcome.Accepted.GetAcceptedTime(), outcome.Accepted.GetRecipients())
	case *agentbusv1.SendResult_Duplicate:
		s.accept(entry, true, outcome.Duplicate.GetAcceptedTime(), outcome.Duplicate.GetRecipients())
	default:
		err := errorOfFrame(result.GetError())
		if err.Code == Unavailable {
			s.repeatLater(entry)
			return
		}
		s.answer(entry, sendAnswer{err: err})
	}
}

func (s *sends) accept(entry *pendingSend, duplicate bool, at *timestamppb.Timestamp, recipients []string) {
	s.backoff.reset()
	s.answer(entry, sendAnswer{sent: &Sent{
		MessageID:  entry.id,
		Duplicate:  duplicate,
		AcceptedAt: timeOf(at),
		Recipients: recipients,
	}})
}

func (s *sends) answer(entry *pendingSend, answer sendAnswer) {
	delete(s.pending, entry.id)
	s.bytes -= len(entry.field)
	entry.answer <- answer
}

// repeatLater has one timer for all that the bus could not take.
func (s *sends) repeatLater(entry *pendingSend) {
	s.postponed = append(s.postponed, entry)
	if s.timer != nil {
		return
	}
	s.timer = time.AfterFunc(s.backoff.next(), func() {
		s.mu.Lock()
		s.timer = nil
		s.queue = append(s.queue, s.postponed...)
		s.postponed = nil
		s.mu.Unlock()
		s.changed()
	})
}

// online says everything again that is unanswered.
func (s *sends) online() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetQueues()
	for _, entry := range s.pending {
		s.queue = append(s.queue, entry)
	}
	slices.SortFunc(s.queue, func(a, b *pendingSend) int { return cmp.Compare(a.sequence, b.sequence) })
}

func (s *sends) offline() {}

func (s *sends) forgetQueues() {
	// A timer that fires all the same finds nothing postponed.
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	s.postponed = nil
	s.queue = nil
}

func (s *sends) next() *agentbusv1.AgentStreamRequest {
	s.mu.Lock()
	entries := s.takeFrame()
	s.mu.Unlock()
	if len(entries) == 0 {
		return nil
	}
	size := 0
	for _, entry := range entries {
		size += len(entry.field)
	}
	fields := make([]byte, 0, size)
	for _, entry := range entries {
		fields = append(fields, entry.field...)
	}
	frame := &agentbusv1.SendFrame{}
	// The envelopes are encoded already. Fields that the codec does not know it writes as they are.
	frame.ProtoReflect().SetUnknown(fields)
	return &agentbusv1.AgentStreamRequest{Frame: &agentbusv1.AgentStreamRequest_Send{Send: frame}}
}

// takeFrame takes as many messages out of the queue as one frame may have.
func (s *sends) takeFrame() []*pendingSend {
	bytes, count := 0, 0
	for count < len(s.queue) && count < maxFrameMessages {
		bytes += len(s.queue[count].field)
		if count > 0 && bytes > maxFrameBytes {
			break
		}
		count++
	}
	entries := s.queue[:count:count]
	s.queue = s.queue[count:]
	if len(s.queue) == 0 {
		s.queue = nil
	}
	return entries
}

// isEmpty says whether everything is answered.
func (s *sends) isEmpty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pending) == 0
}

// fail says that the agent has left for good: nobody will answer, and nothing more is sent.
func (s *sends) fail(err *Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = err
	s.forgetQueues()
	for _, entry := range s.pending {
		s.answer(entry, sendAnswer{err: err})
	}
}
