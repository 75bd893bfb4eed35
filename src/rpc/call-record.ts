import { Code, ConnectError, type ContextValues, createContextKey, type HandlerContext } from '@connectrpc/connect';
import { codeToString } from '@connectrpc/connect/protocol-connect';
import type { Logger } from 'pino';
import type { Caller } from '../bus/caller.ts';
import { reasonOf } from './errors.ts';
import { isOpenService } from './open-services.ts';

/** What is known of a call from its first moment, whether or not it gets as far as a handler. */
export interface CallRecord {
  readonly procedure: string;
  readonly protocol: string;
  /** Address of the other end of the connection. */
  readonly peer: string;
  /** Milliseconds of the monotonic clock. */
  readonly startedAt: number;
  /** Nobody wants a line for every probe of a load balancer. */
  readonly level: 'info' | 'debug';
  /** Undefined until the call was let in. */
  caller: Caller | undefined;
  /** Whether the request could be read: then the interceptors run, and log it. */
  reached: boolean;
  /** A call may end before its request was read and be noticed again when it was: the first line stands. */
  logged: boolean;
  requests: number;
  responses: number;
}

/** What there is to say of a call before it was looked into. */
export interface CallDescription {
  /** Full name of the service. */
  readonly service: string;
  readonly method: string;
  readonly protocol: string;
  readonly peer: string;
}

/** Address of the other end of the connection. */
export const peerKey = createContextKey('', { description: 'peer' });

const recordKey = createContextKey<CallRecord | undefined>(undefined, { description: 'call record' });

/** Begins the record of a call. */
export function startRecord({ service, method, protocol, peer }: CallDescription): CallRecord {
  return {
    procedure: `${service}/${method}`,
    protocol,
    peer,
    startedAt: performance.now(),
    level: isOpenService(service) ? 'debug' : 'info',
    caller: undefined,
    reached: false,
    logged: false,
    requests: 0,
    responses: 0,
  };
}

/** Begins the record of a call of Connect's, and keeps it with the call. */
export function recordCall(context: HandlerContext): CallRecord {
  const record = startRecord({
    service: context.service.typeName,
    method: context.method.name,
    protocol: context.protocolName,
    peer: context.values.get(peerKey),
  });
  context.values.set(recordKey, record);
  return record;
}

/** The record that {@link recordCall} began. */
export function recordOf(values: ContextValues): CallRecord {
  const record = values.get(recordKey);
  if (record === undefined) throw new Error('the call came past the request gate');
  return record;
}

/**
 * Writes the one line that a call leaves in the log: who called what, and how it ended. Never what
 * was said: no payload, no key, no text of an error.
 */
export function logCall(log: Logger, record: CallRecord, error?: unknown): void {
  const { procedure, protocol, peer, caller, level, startedAt, requests, responses } = record;
  if (record.logged || !log.isLevelEnabled(level)) return;
  record.logged = true;
  const line = {
    procedure,
    protocol,
    peer,
    principal: caller?.principal.name,
    agent: caller?.agentId,
    ...outcomeOf(error),
    duration_ms: Math.round((performance.now() - startedAt) * 10) / 10,
    requests,
    responses,
  };
  log[level](line, 'call');
}

function outcomeOf(error: unknown): { code: string; reason?: string | undefined } {
  if (error === undefined) return { code: 'ok' };
  if (!(error instanceof ConnectError)) return { code: codeToString(Code.Canceled) };
  return { code: codeToString(error.code), reason: reasonOf(error) };
}
