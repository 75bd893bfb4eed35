package io.agentbus;

/** Where a message is on its way. */
public enum MessageState {
  /** A state that this client does not know. */
  UNKNOWN,
  /** On disk, waiting in the recipient's mailbox. */
  QUEUED,
  /** Handed to the recipient, who has not settled it yet. */
  DELIVERED,
  /** Settled by the recipient: done. */
  ACKNOWLEDGED,
  /** Past its expiry before it was settled. */
  EXPIRED,
  /** Given up: rejected for good, or delivered too often without an acknowledgement. */
  DEAD_LETTERED,
  /** Taken back by the bus before it was settled: its task ended, or somebody else is asked. */
  WITHDRAWN;
}
