/** Every bound of the clients, with its reason. */
export const CLIENT_LIMITS = {
  /** Largest encoded envelope, by the contract. A larger one is refused here, as it would cost the stream. */
  maxEnvelopeBytes: 4_128_768,
  /** Objects and lists inside each other, by the contract. */
  maxJsonDepth: 30,
  /** Largest answer that is read: a session with its shared context, a page of events or a frame is far smaller. */
  maxResponseBytes: 16 * 1024 * 1024,
  /** A call that takes longer has lost its connection; only `ask` waits on purpose, and says for how long. */
  callTimeoutMs: 30_000,
  /** Tries of a call that may be repeated: with the waits in between ten to twenty seconds, enough for a restart. */
  maxCallAttempts: 8,
  /** Largest credit, by the contract. */
  maxInFlight: 10_000,
  /** Longest wait for the answer to a task in one call, by the contract. */
  maxAnswerWaitMs: 3_600_000,
  /** Time for the bus to say that such a wait is over, before the call is given up. */
  answerMarginMs: 10_000,
  /** Messages handed to `send` that wait for their answer: what a mailbox frees in a second or so. */
  maxUnansweredSends: 10_000,
  /** The same in bytes, so that large messages do not fill the memory while the bus is away. */
  maxUnansweredBytes: 64 * 1024 * 1024,
  /** Envelopes in one frame: beyond this a larger frame moves no more of them in a second. */
  maxFrameMessages: 64,
  /** Bytes of envelopes in one frame, unless a single one is larger: leaves room for the acknowledgements in between. */
  maxFrameBytes: 1024 * 1024,
  /** Delivery ids in one frame, by the contract. */
  maxFrameDeliveryIds: 10_000,
  /** Handled messages that are remembered until the bus confirmed it: as many as the largest credit. */
  maxRememberedMessages: 10_000,
  /** Events that wait for a slow reader of a session; beyond it the bus is asked again when the reader is there. */
  maxBufferedEvents: 1_000,
  /** Silence on a followed session after which its connection is dead: the bus says something every half minute at the latest. */
  watchSilenceMs: 90_000,
  /** An address at which no bus was found by then is more likely wrong than that of a bus about to start. */
  connectTimeoutMs: 30_000,
  /** A bus that has not welcomed an agent by then is not going to. */
  welcomeTimeoutMs: 10_000,
  /** What the contract's defaults are, for a bus that leaves them out of its welcome. */
  defaultHeartbeatIntervalMs: 15_000,
  defaultLeaseMs: 30_000,
  /** A stream that lived this long after its welcome, or a wait for an answer, was no failed attempt: waiting starts over. */
  healthyStreamMs: 5_000,
  /** Time for the bus to end a stream that the agent has ended. */
  farewellTimeoutMs: 5_000,
} as const;
