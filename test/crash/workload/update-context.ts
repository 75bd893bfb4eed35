import type { Client } from '@connectrpc/connect';
import type { SessionService } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import type { AgentbusError } from '../../../src/client/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { SessionFacts } from '../ledger/session-facts.ts';
import { askForChange, askForSession } from './session-record.ts';

export interface ContextUpdate {
  readonly client: Client<typeof SessionService>;
  readonly ledger: Ledger;
  readonly session: SessionFacts;
  /** The key that the update adds; each is added once. */
  readonly name: string;
}

/**
 * Reads the session and adds a key to its context, for the revision that it read. Returns the error if it was refused, as
 * when somebody else was faster. A key that is there already came from an earlier try, whose answer did not arrive.
 */
export async function updateContext({ client, ledger, session, name }: ContextUpdate): Promise<AgentbusError | 'done'> {
  const { sessionId } = session;
  const now = await askForSession(ledger, session, () => client.getSession({ sessionId }));
  if (now.sharedContext?.[name] !== undefined) return 'done';
  const expectedRevision = Number(now.contextRevision);
  const answer = await askForChange(ledger, session, {
    kind: 'sharedContextUpdated',
    subject: name,
    expectedRevision,
    doneBefore: [],
    call: () =>
      askForSession(ledger, session, () =>
        client.updateSharedContext({
          sessionId,
          change: { case: 'mergePatch', value: { [name]: expectedRevision } },
          expectedRevision: BigInt(expectedRevision),
        }),
      ),
  });
  return answer instanceof Error ? answer : 'done';
}
