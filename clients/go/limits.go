package agentbus

import "time"

// Every bound of the client, with its reason.
const (
	// Largest encoded envelope, by the contract. A larger one is refused here, as it would cost the stream.
	maxEnvelopeBytes = 4_128_768
	// Largest answer that is read: a session with its shared context, a page of events or a frame is far smaller.
	maxResponseBytes = 16 << 20
	// Messages in hand at a time unless the agent says otherwise: enough to be busy, few enough for a model's quota.
	defaultMaxInFlight = 16
	// The most of them, by the contract.
	mostInFlight = 10_000
	// Messages handed to Send that wait for their answer: what a mailbox frees in a second or so.
	maxUnansweredSends = 10_000
	// The same in bytes, so that large messages do not fill the memory while the bus is away.
	maxUnansweredBytes = 64 << 20
	// Envelopes in one frame: beyond this a larger frame moves no more of them in a second.
	maxFrameMessages = 64
	// Bytes of envelopes in one frame, unless a single one is larger: leaves room for acknowledgements in between.
	maxFrameBytes = 1 << 20
	// Delivery ids in one frame, by the contract.
	maxFrameDeliveryIDs = 10_000
	// Handled messages that are remembered until the bus confirmed it, at least: as many as the largest credit.
	maxRememberedMessages = 10_000
	// Events that wait for a slow reader of a session; beyond it the bus is asked again when the reader is there.
	maxBufferedEvents = 1_000
	// Receipts that wait for their handler. More are dropped, as the bus itself does for whoever does not keep up.
	maxBufferedReceipts = 1_000
	// Text that the bus takes for the reason of a rejection, in bytes.
	maxReasonBytes = 1_024
	// Text of a handler's error that its task fails with, in bytes: enough for people, and no envelope of its own.
	maxFailureBytes = 64 << 10
	// Objects and lists inside each other, by the contract. The bus may not be able to decode the frame that holds deeper
	// ones, and would end the stream for it.
	maxPayloadDepth = 30

	// Time to be welcomed for the first time, unless the agent says otherwise: a bus that is being started is there by then.
	defaultConnectTimeout = 30 * time.Second
	// A bus that has not welcomed an agent by then is not going to on this stream.
	welcomeTimeout = 10 * time.Second
	// What the contract's defaults are, for a bus that leaves them out of its welcome.
	defaultHeartbeatInterval = 15 * time.Second
	defaultLease             = 30 * time.Second
	// A stream, or a wait for an answer, that held this long was no failed attempt: waiting starts over.
	healthyStream = 5 * time.Second
	// Time for the bus to end a stream that the agent has ended.
	farewellTimeout = 5 * time.Second
	// Time in which an agent that closes says what it has left to say.
	defaultCloseTimeout = 10 * time.Second
	// First wait of a message whose handler failed, doubled with each delivery up to the last one.
	firstRequeue = time.Second
	lastRequeue  = time.Minute
	// Longest time that a message can be put back for, by the contract.
	maxRequeueDelay = 24 * time.Hour

	// A call that takes longer has lost its connection; only Ask waits on purpose, and says for how long.
	callTimeout = 30 * time.Second
	// Tries of a call that may be repeated: with the waits in between ten to twenty seconds, enough for a restart.
	maxCallAttempts = 8
	// Longest wait for the answer to a task in one call, by the contract.
	maxAnswerWait = time.Hour
	// Time for the bus to say that such a wait is over, before the call is given up.
	answerMargin = 10 * time.Second
	// Silence on a followed session after which its connection is dead: the bus speaks every half minute at the latest.
	watchSilence = 90 * time.Second

	// Pings find a connection that died without a word; only while calls are open.
	pingInterval = 20 * time.Second
	pingTimeout  = 5 * time.Second
	// What may be on its way to the client unread: several of the largest envelopes, so that a slow link stays full.
	connectionWindow = 16 << 20
	streamWindow     = 8 << 20

	// Upper bound of the first wait after a failure: a process that is started again is seldom back sooner.
	defaultFirstBackoff = 200 * time.Millisecond
	// Upper bound of every wait: nobody notices a bus that has been back for longer than that.
	defaultLastBackoff = 10 * time.Second
)
