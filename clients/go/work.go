package agentbus

import (
	"context"
	"sync"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// work is the messages in the hands of the agent, across streams. It runs one handler for each, however often it is
// delivered meanwhile: the end of the handler settles the newest delivery.
type work struct {
	// handle handles a message to its end, and says what becomes of it.
	handle func(*run) disposition
	// ctx ends when all handlers are to stop.
	ctx    context.Context
	outlet outlet
	// isLeaving says whether new deliveries, sent before the bus knew of it, go back.
	isLeaving func() bool
	// changed says that there is something to say, or less to wait for.
	changed func()

	mu sync.Mutex
	// running counts all handlers, those of withdrawn tasks included, which may take their time to stop.
	running int
	// current are those whose outcome counts.
	current map[messageKey]*run
	// holders are those that hold a delivery, by its id.
	holders map[string]*run
	handled handledMail
	lease   time.Duration
	// extensionDue says that more time is to be asked for.
	extensionDue bool
	settlements  settlements
}

func newWork(ctx context.Context, outlet outlet, handle func(*run) disposition, isLeaving func() bool, changed func()) *work {
	w := &work{
		handle:    handle,
		ctx:       ctx,
		outlet:    outlet,
		isLeaving: isLeaving,
		changed:   changed,
		current:   map[messageKey]*run{},
		holders:   map[string]*run{},
	}
	w.settlements.forget()
	return w
}

// receive takes deliveries; starts a handler for each message that is not in hand already.
func (w *work) receive(deliveries []*agentbusv1.Delivery) {
	w.mu.Lock()
	for _, delivery := range deliveries {
		if delivery.GetMessage() != nil {
			w.receiveOne(delivery)
		}
	}
	w.mu.Unlock()
	w.changed()
}

func (w *work) receiveOne(delivery *agentbusv1.Delivery) {
	if news := readWithdrawal(delivery); news != nil {
		w.obey(news)
		w.settlements.settle(delivery.GetDeliveryId(), disposition{kind: acknowledge}, mailKey{})
		return
	}
	envelope := delivery.GetMessage()
	mail := mailKey{
		message:    messageKey{sender: envelope.GetSender().GetAgentId(), id: envelope.GetMessageId()},
		acceptedAt: timeOf(delivery.GetAcceptedTime()),
	}
	if w.handled.has(mail) {
		w.settlements.settle(delivery.GetDeliveryId(), disposition{kind: acknowledge}, mail)
		return
	}
	w.takeUp(mail, delivery)
}

// obey follows the bus's own news, which are for the agent itself, whatever handlers it has.
func (w *work) obey(news *withdrawal) {
	if run, ok := w.current[news.task]; ok && run.isMeant(news) {
		w.takeAway(run, news.err)
	}
}

func (w *work) takeUp(mail mailKey, delivery *agentbusv1.Delivery) {
	inHand, ok := w.current[mail.message]
	if ok && !inHand.isNewAttempt(mail.acceptedAt) {
		w.hold(inHand, delivery.GetDeliveryId())
		return
	}
	if ok {
		w.takeAway(inHand, takenAwayError(mail.message.id))
	}
	if w.isLeaving() {
		back := disposition{kind: requeue, reason: "the agent is leaving"}
		w.settlements.settle(delivery.GetDeliveryId(), back, mailKey{})
		return
	}
	run := &run{mail: mail, delivery: delivery, outlet: w.outlet}
	run.ctx, run.stop = context.WithCancelCause(w.ctx)
	w.hold(run, delivery.GetDeliveryId())
	w.current[mail.message] = run
	w.running++
	go w.start(run)
}

func (w *work) start(run *run) {
	// Deferred, since a handler may end its goroutine without returning.
	outcome := disposition{kind: requeue, reason: "the handler ended without a result"}
	defer func() { w.end(run, outcome) }()
	outcome = w.handle(run)
}

func (w *work) end(run *run, outcome disposition) {
	run.stop(nil)
	w.mu.Lock()
	w.running--
	if w.current[run.mail.message] == run {
		delete(w.current, run.mail.message)
	}
	deliveryID := run.deliveryID
	w.letGo(run)
	if outcome.kind != leaveAlone && run.withdrawn.Load() == nil {
		w.settle(run, deliveryID, outcome)
	}
	w.mu.Unlock()
	w.changed()
}

// settle settles the newest delivery. A message that was handled while the agent holds no delivery of it is acknowledged
// when it comes again.
func (w *work) settle(run *run, deliveryID string, outcome disposition) {
	handled := mailKey{}
	if outcome.kind == acknowledge {
		handled = run.mail
		w.handled.add(handled)
	}
	if deliveryID != "" {
		w.settlements.settle(deliveryID, outcome, handled)
	}
}

func (w *work) takeAway(run *run, err *Error) {
	w.letGo(run)
	delete(w.current, run.mail.message)
	run.withdrawn.Store(err)
	run.stop(err)
}

func (w *work) hold(run *run, deliveryID string) {
	w.letGo(run)
	run.deliveryID = deliveryID
	run.leasedAt = time.Now()
	w.holders[deliveryID] = run
}

func (w *work) letGo(run *run) {
	if run.deliveryID != "" {
		delete(w.holders, run.deliveryID)
		run.deliveryID = ""
	}
}

// busy is how many handlers run.
func (w *work) busy() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.running
}

// isQuiet says whether nothing is being handled, and everything settled is confirmed.
func (w *work) isQuiet() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.running == 0 && w.settlements.settled == 0
}
