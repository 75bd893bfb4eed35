package agentbus

import "time"

// mailKey is what one mail of a message is known by: each attempt of a task is another mail.
type mailKey struct {
	message messageKey
	// acceptedAt is when the bus had it on disk. Times of the contract are all in UTC, and equal if they compare as equal.
	acceptedAt time.Time
}

// handledMail remembers what was handled and whose acknowledgement is not confirmed yet: the newest maxRememberedMessages of
// it at least, and at most twice as many. The older ones are forgotten when there are as many newer ones.
type handledMail struct {
	newer map[mailKey]struct{}
	older map[mailKey]struct{}
}

func (h *handledMail) add(mail mailKey) {
	if h.newer == nil || len(h.newer) >= maxRememberedMessages {
		h.older, h.newer = h.newer, map[mailKey]struct{}{}
	}
	h.newer[mail] = struct{}{}
}

func (h *handledMail) has(mail mailKey) bool {
	if _, ok := h.newer[mail]; ok {
		return true
	}
	_, ok := h.older[mail]
	return ok
}

func (h *handledMail) remove(mail mailKey) {
	delete(h.newer, mail)
	delete(h.older, mail)
}
