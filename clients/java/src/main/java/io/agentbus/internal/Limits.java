package io.agentbus.internal;

import java.time.Duration;

/** Every bound of the client, with its reason. */
public final class Limits {
  /**
   * Largest encoded envelope in bytes, by the contract. A larger one is refused here, as it would
   * cost the stream.
   */
  public static final int MAX_ENVELOPE_BYTES = 4_128_768;

  /** Largest answer in bytes that is read: a session, a page or a frame is far smaller. */
  public static final int MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

  /** Objects and lists inside each other, by the contract. */
  public static final int MAX_JSON_DEPTH = 30;

  /** Largest whole number that JSON readers, whose numbers are doubles, keep exactly: 2^53. */
  public static final long MAX_EXACT_INTEGER = 1L << 53;

  /** Longest reason in bytes that a rejection may give, by the contract. */
  public static final int MAX_REASON_BYTES = 1_024;

  /** Longest delay of a message that goes back, by the contract. */
  public static final Duration MAX_REQUEUE_DELAY = Duration.ofDays(1);

  /** Most messages that may be worked on at a time, by the contract. */
  public static final int MAX_CREDIT = 10_000;

  /**
   * Messages that are worked on at a time unless the agent says otherwise: enough to be busy, few
   * enough for a model's quota.
   */
  public static final int DEFAULT_CREDIT = 16;

  /** Shortest lease, by the contract. */
  public static final Duration MIN_LEASE = Duration.ofSeconds(1);

  /** Longest lease, by the contract. */
  public static final Duration MAX_LEASE = Duration.ofHours(1);

  /** First wait of a message whose handler threw, doubled with each delivery. */
  public static final Duration FIRST_REQUEUE_DELAY = Duration.ofSeconds(1);

  /** Longest such wait. */
  public static final Duration LAST_REQUEUE_DELAY = Duration.ofSeconds(60);

  /**
   * Bound of the first wait before something is tried again: a restarted process is seldom back
   * sooner.
   */
  public static final Duration FIRST_BACKOFF = Duration.ofMillis(200);

  /** Bound of every such wait: nobody notices a bus that has been back for longer than that. */
  public static final Duration LAST_BACKOFF = Duration.ofSeconds(10);

  /** Time that an agent tries to be welcomed for the first time, unless it says otherwise. */
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

  /** A bus that has not welcomed an agent by then is not going to. */
  public static final Duration WELCOME_TIMEOUT = Duration.ofSeconds(10);

  /** A stream that lived this long was no failed attempt: waiting starts over. */
  public static final Duration HEALTHY_STREAM = Duration.ofSeconds(5);

  /** Time for the bus to end a stream that the agent has ended. */
  public static final Duration FAREWELL_TIMEOUT = Duration.ofSeconds(5);

  /** Time that closing an agent takes at most, unless it is told otherwise. */
  public static final Duration CLOSE_GRACE = Duration.ofSeconds(10);

  /** Heartbeat interval of a bus that does not say one. */
  public static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(15);

  /** Lease of a bus that does not say one. */
  public static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);

  /** Silence after which a connection with open calls is asked whether it lives. */
  public static final Duration PING_INTERVAL = Duration.ofSeconds(20);

  /** Time for the answer to that. */
  public static final Duration PING_TIMEOUT = Duration.ofSeconds(5);

  /**
   * Longest time that is measured: nobody sees the end of a longer one, and not all of those fit a
   * long of nanoseconds.
   */
  public static final Duration LONGEST_DELAY = Duration.ofDays(36_500);

  /**
   * Messages handed to {@code send} that wait for their answer: what a mailbox frees in a second or
   * so.
   */
  public static final int MAX_UNANSWERED_SENDS = 10_000;

  /** The same in bytes, so that large messages do not fill the memory while the bus is away. */
  public static final long MAX_UNANSWERED_BYTES = 64L * 1024 * 1024;

  /** Envelopes in one frame: beyond this a larger frame moves no more of them in a second. */
  public static final int MAX_FRAME_MESSAGES = 64;

  /**
   * Bytes of envelopes in one frame, unless a single one is larger: leaves room for the
   * acknowledgements in between.
   */
  public static final int MAX_FRAME_BYTES = 1024 * 1024;

  /** Delivery ids in one frame, by the contract. */
  public static final int MAX_FRAME_DELIVERY_IDS = 10_000;

  /** Handled messages that are remembered until the bus confirmed it: the largest credit. */
  public static final int MAX_REMEMBERED_MESSAGES = 10_000;

  /** News that a slow listener has not heard of yet: as many as messages may be unanswered. */
  public static final int MAX_UNTOLD_NEWS = 10_000;

  /**
   * Frames that are read ahead of the agent: enough that the connection does not idle between two
   * of them, few enough that large ones do not fill the memory.
   */
  public static final int MAX_FRAMES_AHEAD = 4;

  /**
   * Things that the loop does before it writes: many, so that what they say travels together, and
   * not endlessly many, so that it travels.
   */
  public static final int MAX_TASKS_A_TURN = 1_000;

  /** Time that a thread without work is kept: longer than most pauses between messages. */
  public static final Duration IDLE_THREAD = Duration.ofSeconds(60);

  /** A call that takes longer has lost its connection; only {@code ask} waits on purpose. */
  public static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

  /**
   * Tries of a call that may be repeated: with the waits in between ten to twenty seconds, enough
   * for a restart.
   */
  public static final int MAX_CALL_ATTEMPTS = 8;

  /** Longest wait for the answer to a task in one call, by the contract. */
  public static final Duration MAX_ANSWER_WAIT = Duration.ofHours(1);

  /** Time for the bus to say that such a wait is over, before the call is given up. */
  public static final Duration ANSWER_MARGIN = Duration.ofSeconds(10);

  /**
   * Silence on a followed session after which its connection is dead: the bus says something every
   * half minute at the latest.
   */
  public static final Duration WATCH_SILENCE = Duration.ofSeconds(90);

  private Limits() {}
}
