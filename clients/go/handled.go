package agentbus

import "time"

// handledMessages remembers messages that were handled and whose acknowledgement is not confirmed yet, at most
// maxRememberedMessages of them: the older half is forgotten when the newer half is full.
type handledMessages struct {
	newer map[messageKey]time.Time
	older map[messageKey]time.Time
}

// add remembers a mail by when the bus had it on disk.
func (h *handledMessages) add(key messageKey, acceptedAt time.Time) {
	if h.newer == nil || len(h.newer) >= maxRememberedMessages/2 {
		h.older, h.newer = h.newer, map[messageKey]time.Time{}
	}
	h.newer[key] = acceptedAt
}

// has says whether this very mail was handled; another attempt of the same task is another one.
func (h *handledMessages) has(key messageKey, acceptedAt time.Time) bool {
	at, ok := h.newer[key]
	if !ok {
		at, ok = h.older[key]
	}
	return ok && at.Equal(acceptedAt)
}

func (h *handledMessages) remove(key messageKey) {
	delete(h.newer, key)
	delete(h.older, key)
}
