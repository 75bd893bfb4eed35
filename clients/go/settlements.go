package agentbus

import (
	"time"
	"unicode/utf8"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// disposition is what becomes of a delivery.
type disposition struct {
	kind dispositionKind
	// delay and reason are for those that are not acknowledged.
	delay  time.Duration
	reason string
}

type dispositionKind int

const (
	// acknowledge settles it for good.
	acknowledge dispositionKind = iota
	// requeue puts it back into the mailbox.
	requeue
	// drop gives it up.
	drop
	// leaveAlone is for what the bus took away.
	leaveAlone
)

// settlements are the deliveries of one stream that were settled or extended and whose answer is still to come. The
// bus answers every frame once, in their order, and in it every id, which tells the answers to extensions and to settlements
// apart.
//
// They are guarded by the lock of the work that they belong to.
type settlements struct {
	unanswered map[string]unanswered
	// frames has the ids of each frame that was written, the oldest first.
	frames [][]string
	// settled counts those of them that were settled.
	settled         int
	acknowledgments []string
	rejections      []rejection
}

type unanswered struct {
	// frames with this id that the bus has not answered; an extension may be among them.
	frames  int
	settled bool
	// askedAt is when more time was last asked for: the bus extends no lease from an earlier moment.
	askedAt time.Time
	// handled is the mail whose acknowledgement it is.
	handled mailKey
}

type rejection struct {
	deliveryID string
	disposition
}

func (s *settlements) settle(deliveryID string, what disposition, handled mailKey) {
	entry := s.unanswered[deliveryID]
	if !entry.settled {
		s.settled++
	}
	entry.frames++
	entry.settled = true
	entry.handled = handled
	s.unanswered[deliveryID] = entry
	if what.kind == acknowledge {
		s.acknowledgments = append(s.acknowledgments, deliveryID)
	} else {
		s.rejections = append(s.rejections, rejection{deliveryID: deliveryID, disposition: what})
	}
}

// extending notes that more time is asked for by one frame.
func (s *settlements) extending(deliveryIDs []string) {
	s.frames = append(s.frames, deliveryIDs)
	for _, deliveryID := range deliveryIDs {
		entry := s.unanswered[deliveryID]
		entry.frames++
		entry.askedAt = time.Now()
		s.unanswered[deliveryID] = entry
	}
}

// frameAnswered says which ids are in the frame that is answered.
func (s *settlements) frameAnswered() []string {
	if len(s.frames) == 0 {
		return nil
	}
	ids := s.frames[0]
	s.frames = s.frames[1:]
	return ids
}

// answered takes the answer to an id in one frame; says whether it was the last one, and what had been asked for.
func (s *settlements) answered(deliveryID string) (entry unanswered, isLast bool) {
	entry, ok := s.unanswered[deliveryID]
	if !ok {
		return entry, false
	}
	entry.frames--
	if entry.frames > 0 {
		s.unanswered[deliveryID] = entry
		return entry, false
	}
	delete(s.unanswered, deliveryID)
	if entry.settled {
		s.settled--
	}
	return entry, true
}

// forget is for a stream that is gone: nothing can be settled on it any more.
func (s *settlements) forget() {
	*s = settlements{unanswered: map[string]unanswered{}}
}

func (s *settlements) next() *agentbusv1.AgentStreamRequest {
	if count := min(len(s.acknowledgments), maxFrameDeliveryIDs); count > 0 {
		ids := s.acknowledgments[:count:count]
		s.acknowledgments = s.acknowledgments[count:]
		if len(s.acknowledgments) == 0 {
			s.acknowledgments = nil
		}
		s.frames = append(s.frames, ids)
		ack := &agentbusv1.AckFrame{DeliveryIds: ids}
		return &agentbusv1.AgentStreamRequest{Frame: &agentbusv1.AgentStreamRequest_Ack{Ack: ack}}
	}
	if len(s.rejections) == 0 {
		return nil
	}
	first := s.rejections[0]
	count := 1
	for count < min(len(s.rejections), maxFrameDeliveryIDs) && s.rejections[count].disposition == first.disposition {
		count++
	}
	reject := rejectFrame(s.rejections[:count])
	s.rejections = s.rejections[count:]
	s.frames = append(s.frames, reject.GetDeliveryIds())
	return &agentbusv1.AgentStreamRequest{Frame: &agentbusv1.AgentStreamRequest_Reject{Reject: reject}}
}

// rejectFrame rejects deliveries with which the same is to happen.
func rejectFrame(rejections []rejection) *agentbusv1.RejectFrame {
	what := rejections[0].disposition
	reject := &agentbusv1.RejectFrame{Reason: withinBytes(what.reason, maxReasonBytes)}
	for _, rejection := range rejections {
		reject.DeliveryIds = append(reject.DeliveryIds, rejection.deliveryID)
	}
	if what.kind == drop {
		reject.Disposition = &agentbusv1.RejectFrame_Drop{Drop: true}
	} else {
		reject.Disposition = &agentbusv1.RejectFrame_RequeueDelay{RequeueDelay: durationpb.New(what.delay)}
	}
	return reject
}

// withinBytes cuts a text to what the contract allows, and mends what is no UTF-8.
func withinBytes(text string, bytes int) string {
	end := 0
	valid := make([]byte, 0, min(len(text), bytes))
	for _, char := range text {
		width := utf8.RuneLen(char)
		if end+width > bytes {
			break
		}
		valid = utf8.AppendRune(valid, char)
		end += width
	}
	return string(valid)
}
