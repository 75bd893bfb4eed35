import type { EndedMessage, Lease, TaggedMessage } from '../../engine/engine.ts';

/**
 * Whoever has to know what becomes of messages that carry a tag. Called on the path of messages: what takes
 * time is begun and not waited for, unless it says otherwise.
 */
export interface MailFollower {
  /** These were handed to an agent. */
  delivered(agentId: string, leases: readonly Lease[]): void;
  /** An agent is done with these, durably. The agent is answered when the promise has resolved. */
  acknowledged(agentId: string, messages: readonly TaggedMessage[]): Promise<void>;
  /** This one ended otherwise, durably. */
  ended(message: EndedMessage): void;
}
