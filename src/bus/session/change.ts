import type { MessageKey, NewMessage, Withdrawal } from '../../engine/engine.ts';
import type { EventBody } from './event-body.ts';

/** What one decision writes about a session: all of it or nothing. */
export interface Change {
  readonly bodies: readonly EventBody[];
  /** Messages to accept together with the events. */
  readonly messages?: readonly NewMessage[];
  /** Mail that nobody needs any more. */
  readonly withdraw?: readonly Withdrawal[];
  /** Messages that nobody will be sent again. */
  readonly forget?: readonly MessageKey[];
}
