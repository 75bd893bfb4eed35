/**
 * Thrown by a handler that gives its message up for good: it becomes a dead letter with this reason, and a task's attempt has
 * failed, which its retries and fallback agents make good if it has any. For what no repetition could mend, such as a message
 * that makes no sense.
 */
export class Reject extends Error {
  override readonly name = 'Reject';

  constructor(reason = 'the agent rejected the message') {
    super(reason);
  }
}
