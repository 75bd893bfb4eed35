/** A promise that the bus did not keep. */
export interface Violation {
  readonly kind: ViolationKind;
  /** What was seen, and what was promised, in a sentence. */
  readonly text: string;
  /** The message, session or agent that it is about. */
  readonly subject: string;
  /** What the ledger knows of the subject. */
  readonly evidence?: unknown;
}

export type ViolationKind =
  /** An accepted message is neither delivered nor anywhere else. */
  | 'message lost'
  /** A delivery after the bus had confirmed the acknowledgement. */
  | 'acknowledged message redelivered'
  /** A delivery after the bus had confirmed that the message was dropped. */
  | 'dropped message redelivered'
  /** A delivery of a message that nobody sent, or to somebody it was not sent to. */
  | 'message from nowhere'
  /** A delivery of other content than was sent. */
  | 'message altered'
  /** A second delivery that says it is certainly the first. */
  | 'unmarked duplicate'
  /** A delivery that gives a reason which did not happen. */
  | 'redelivered without cause'
  /** A delivery to a second receiver while the first one still had the message. */
  | 'two receivers at once'
  /** A repeat of a message on record that was taken for a new one. */
  | 'repeat not recognized'
  /** Other content under an id that was taken, and the bus accepted it. */
  | 'reused id accepted'
  /** First deliveries of one sender and priority in another order than they were sent in. */
  | 'out of order'
  /** A message that nobody dropped, and that was not delivered too often, among the dead letters, or the other way round. */
  | 'wrong end'
  /** Mail that is still in a mailbox though nobody holds it and receivers wait. */
  | 'message stuck'
  /** A gap or a repeat in the sequence of a session. */
  | 'sequence broken'
  /** An event that is not what it was when it was seen before. */
  | 'event changed'
  /** A confirmed change of a session that is not in its events. */
  | 'change missing'
  /** An event that nobody caused, or that was caused once and is there twice. */
  | 'change from nowhere'
  /** A session that was answered as older than it had been answered before. */
  | 'session went back'
  /** A call that was refused or cut though the bus was up. */
  | 'call failed'
  /** A bus that did not come back after a strike, or that did not stop when asked to. */
  | 'bus failed';
