import { createContextKey, type HandlerContext } from '@connectrpc/connect';
import { BusError } from '../bus/bus-error.ts';
import { type Caller, type Principal, requireSpeaker } from '../bus/caller.ts';

/** Knows whose key a key is. */
export interface Keys {
  /** The principal behind a key as a client sent it; undefined if nobody's. */
  find(key: string): Principal | undefined;
}

/** Header fields that say who calls. `Authorization: Bearer <key>` is the other spelling of the first. */
export const KEY_HEADER = 'x-agent-api-key';
export const AGENT_HEADER = 'x-agent-id';

/** Where the plumbing keeps the caller of a call. */
export const callerKey = createContextKey<Caller | undefined>(undefined, { description: 'caller' });

/** Who makes this call. Every call of the bus's own services has a caller. */
export function callerOf(context: Pick<HandlerContext, 'values'>): Caller {
  const caller = context.values.get(callerKey);
  if (caller === undefined) throw new Error('the call was let in without an identity');
  return caller;
}

/** What the contract calls an agent id. A pattern with `*` lets more through: anything could come to stand in events. */
const AGENT_ID = /^(?=.{1,255}$)[a-z0-9][a-z0-9._-]*:\/\/[A-Za-z0-9][A-Za-z0-9._/@-]*$/;

/** The fields of a request's header that say who calls; null and undefined for those that are not there. */
export interface Credentials {
  readonly key: string | null | undefined;
  readonly authorization: string | null | undefined;
  readonly agentId: string | null | undefined;
}

export function credentialsOf(header: Headers): Credentials {
  return {
    key: header.get(KEY_HEADER),
    authorization: header.get('authorization'),
    agentId: header.get(AGENT_HEADER),
  };
}

/**
 * Finds out who calls, whichever protocol the call has.
 * Throws KEY_MISSING, KEY_INVALID, AGENT_NOT_ALLOWED if the agent that the caller names is not the key's, or
 * FIELD_INVALID if it is no agent id.
 */
export function authenticate({ key: given, authorization, agentId }: Credentials, keys: Keys): Caller {
  const key = given ?? bearerToken(authorization);
  if (key === undefined || key === '') {
    throw new BusError('KEY_MISSING', `a key is needed: header ${KEY_HEADER}, or Authorization: Bearer`);
  }
  const principal = keys.find(key);
  if (principal === undefined) throw new BusError('KEY_INVALID', 'the bus does not know this key');
  return actingAs({ principal }, agentId);
}

function actingAs(caller: Caller, agentId: string | null | undefined): Caller {
  if (agentId === null || agentId === undefined || agentId === '') return caller;
  requireSpeaker(caller, agentId);
  if (!AGENT_ID.test(agentId)) {
    throw new BusError('FIELD_INVALID', `header ${AGENT_HEADER} must be an agent id, {framework}://{name}`, {
      field: AGENT_HEADER,
      rule: 'string.pattern',
    });
  }
  return { ...caller, agentId };
}

function bearerToken(authorization: string | null | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}
