/**
 * Thrown by a handler that cannot do its work now: the message goes back to the mailbox and comes again, to this or
 * another instance. Each time counts as a delivery, of which a message has five.
 */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  /** How long the message stays away, 0 to 86,400,000 (a day). */
  readonly delayMs: number;

  constructor(delayMs: number, reason = 'the agent asked to retry later') {
    super(reason);
    this.delayMs = delayMs;
  }
}
