package io.agentbus.internal.agent;

import java.time.Duration;

/** What becomes of a delivery. */
sealed interface Disposition {
  /** It is done. */
  Disposition ACKNOWLEDGE = new Acknowledge();

  /** It is done. */
  record Acknowledge() implements Disposition {}

  /** It goes back to the mailbox, for as long as the delay. */
  record Requeue(Duration delay, String reason) implements Disposition {}

  /** It becomes a dead letter. */
  record Drop(String reason) implements Disposition {}
}
