/**
 * Goal: every reason of the contract can be met by a client, with the status, the HTTP status and the facts of
 * docs/errors.md; a new reason without a case here fails.
 * Method: each is provoked through a real port: plain JSON, or a gRPC stream for what only streams are told. Time is
 * in the test's hands where it plays a part; the disk fails by closing the engine under the bus.
 */
import { describe, expect, test } from 'vitest';
import { ErrorReason } from '../../gen/ts/agentbus/v1/error_reason_pb.js';
import type { Reason } from '../../src/bus/bus-error.ts';
import { MESSAGE_LIMITS, SESSION_LIMITS, STREAM_LIMITS } from '../../src/limits.ts';
import { documentedReasons } from '../docs/documented-reasons.ts';
import { BACKEND, FRONTEND, ORCHESTRATOR, QA } from '../open-bus.ts';
import {
  endOf,
  HEARTBEAT_MS,
  MAILBOX_MESSAGES,
  NARROW_KEY,
  type ReasonsRig,
  type Refusal,
  SESSION,
  startReasonsRig,
} from './reasons-rig.ts';

const SEND = 'MessageService/SendMessage';
const CONTEXT = 'SessionService/UpdateSharedContext';
const inSession = { session_id: SESSION };
const message = (message_id: string, fields: object = {}) => ({
  message_id,
  sender: { agent_id: ORCHESTRATOR, session_id: SESSION },
  recipient: { agent_id: BACKEND },
  message_type: 'MESSAGE_TYPE_NOTIFICATION',
  ...fields,
});
const task = (message_id: string, fields: object = {}) =>
  message(message_id, { message_type: 'MESSAGE_TYPE_TASK_REQUEST', ...fields });
const SYNC = { delivery_mode: 'DELIVERY_MODE_SYNC' };

/** Asks and waits; resolves with the call when the task is there. */
async function asking({ call, good }: ReasonsRig, routing: object): Promise<{ asked: Promise<Refusal> }> {
  const asked = call(SEND, { message: task('t', { routing: { ...SYNC, ...routing } }) });
  const { events } = await good('SessionService/ListSessionEvents', { ...inSession, after_sequence: 1, wait: '20s' });
  expect(events).toMatchObject([{ task_delegated: { task: { task_id: 't' } } }]);
  return { asked };
}

/** How each reason comes about, and the facts that come with it. */
interface Case {
  readonly facts: Readonly<Record<string, unknown>>;
  provoke(rig: ReasonsRig): Promise<Refusal>;
}

const CASES: Readonly<Record<Reason, Case>> = {
  FIELD_INVALID: {
    facts: { field: 'message.recipient.agent_id', rule: 'string.pattern', bound: expect.stringContaining('://') },
    provoke: ({ call }) => call(SEND, { message: message('m', { recipient: { agent_id: 'nobody' } }) }),
  },
  MALFORMED_REQUEST: {
    facts: { field: 'sesion_id' },
    provoke: ({ call }) => call('SessionService/GetSession', { sesion_id: SESSION }),
  },
  MESSAGE_TOO_LARGE: {
    facts: { limit: String(MESSAGE_LIMITS.maxEnvelopeBytes), actual: expect.stringMatching(/^4128[89]\d{2}$/) },
    provoke: ({ call }) =>
      call(SEND, { message: message('m', { payload: { text: 'x'.repeat(MESSAGE_LIMITS.maxEnvelopeBytes) } }) }),
  },
  SHARED_CONTEXT_TOO_LARGE: {
    facts: {
      limit: String(SESSION_LIMITS.maxSharedContextBytes),
      actual: String(SESSION_LIMITS.maxSharedContextBytes + '{"text":""}'.length),
    },
    provoke: ({ call }) =>
      call(CONTEXT, { ...inSession, shared_context: { text: 'x'.repeat(SESSION_LIMITS.maxSharedContextBytes) } }),
  },
  FORBIDDEN_KEY: {
    facts: { field: 'merge_patch', key: '__proto__' },
    provoke: ({ call }) => call(CONTEXT, `{"session_id": "${SESSION}", "merge_patch": {"a": {"__proto__": 1}}}`),
  },
  WORKFLOW_INVALID: {
    facts: { step: 'review', problem: 'unknown_step' },
    provoke: ({ call }) => call(SEND, { message: message('m', { step: 'review' }) }),
  },
  PAGE_TOKEN_INVALID: {
    facts: { field: 'page_token' },
    provoke: ({ call }) => call('SessionService/ListSessions', { page_token: 'bm9uc2Vuc2U' }),
  },
  KEY_MISSING: {
    facts: {},
    provoke: ({ call }) => call('SessionService/GetSession', inSession, { key: '' }),
  },
  KEY_INVALID: {
    facts: {},
    provoke: ({ call }) => call('SessionService/GetSession', inSession, { key: 'guessed' }),
  },
  AGENT_NOT_ALLOWED: {
    facts: { agent_id: ORCHESTRATOR },
    provoke: ({ call }) => call(SEND, { message: message('m') }, { key: NARROW_KEY }),
  },
  NOT_ORCHESTRATOR: {
    facts: { session_id: SESSION, orchestrator: ORCHESTRATOR },
    provoke: ({ call }) => call('SessionService/CompleteSession', inSession, { key: NARROW_KEY }),
  },
  SESSION_NOT_FOUND: {
    facts: { session_id: 'sess_none' },
    provoke: ({ call }) => call('SessionService/GetSession', { session_id: 'sess_none' }),
  },
  AGENT_NOT_FOUND: {
    facts: { agent_id: 'codex://nobody' },
    provoke: ({ call }) => call('AgentService/GetAgent', { agent_id: 'codex://nobody' }),
  },
  RECIPIENT_NOT_FOUND: {
    facts: { agent_id: 'codex://nobody' },
    provoke: ({ call }) => call(SEND, { message: message('m', { recipient: { agent_id: 'codex://nobody' } }) }),
  },
  PARTICIPANT_NOT_FOUND: {
    facts: { session_id: SESSION, agent_id: QA },
    provoke: ({ call }) => call('SessionService/RemoveParticipant', { ...inSession, agent_id: QA }),
  },
  MESSAGE_NOT_FOUND: {
    facts: { sender: QA, message_id: 'm' },
    provoke: ({ call }) => call('MessageService/GetMessageStatus', { sender: QA, message_id: 'm' }),
  },
  TASK_NOT_FOUND: {
    facts: { task_id: 't' },
    provoke: ({ call }) => call('SessionService/GetTask', { ...inSession, task_id: 't' }),
  },
  SESSION_ALREADY_EXISTS: {
    facts: { session_id: SESSION },
    provoke: ({ call }) => call('SessionService/CreateSession', { ...inSession, orchestrator: QA }),
  },
  MESSAGE_ID_REUSED: {
    facts: { sender: ORCHESTRATOR, message_id: 'm' },
    async provoke({ good, call }) {
      await good(SEND, { message: message('m') });
      return await call(SEND, { message: message('m', { payload: { other: true } }) });
    },
  },
  TASK_ID_TAKEN: {
    facts: { task_id: 't', session_id: SESSION },
    async provoke({ good, call }) {
      await good(SEND, { message: task('t') });
      return await call(SEND, { message: task('t', { sender: { agent_id: FRONTEND, session_id: SESSION } }) });
    },
  },
  PARTICIPANT_ALREADY_EXISTS: {
    facts: { session_id: SESSION, agent_id: BACKEND },
    provoke: ({ call }) =>
      call('SessionService/AddParticipant', { ...inSession, participant: { agent_id: BACKEND, role: 'reviewer' } }),
  },
  SESSION_ENDED: {
    facts: { session_id: SESSION, state: 'TERMINATED' },
    async provoke({ good, call }) {
      await good('SessionService/TerminateSession', { ...inSession, reason: 'bored' });
      return await call(CONTEXT, { ...inSession, merge_patch: { a: 1 } });
    },
  },
  CONTEXT_REVISION_MISMATCH: {
    facts: { expected: '3', actual: '1' },
    provoke: ({ call }) => call(CONTEXT, { ...inSession, merge_patch: { a: 1 }, expected_revision: 3 }),
  },
  // The embedded engine is its data's only writer, so that no other process can be faster: this happens to nobody today.
  // What the journal would say to a bus that was too late is said here to one whose position is made wrong on the way.
  SESSION_CONFLICT: {
    facts: { session_id: SESSION, expected: '7', actual: '1' },
    provoke({ faults, call }) {
      faults.write = (write) =>
        write.append === undefined ? write : { ...write, append: { ...write.append, expectedSequence: 7 } };
      return call(CONTEXT, { ...inSession, merge_patch: { a: 1 } });
    },
  },
  STREAM_FENCED: {
    facts: { agent_id: BACKEND, instance_id: 'i' },
    async provoke({ open }) {
      const older = await open();
      const newer = await open();
      const end = await endOf(older);
      newer.abort();
      return end;
    },
  },
  SEQUENCE_OUT_OF_RANGE: {
    facts: { after_sequence: '90', last_sequence: '1' },
    provoke: ({ call }) => call('SessionService/ListSessionEvents', { ...inSession, after_sequence: 90 }),
  },
  MAILBOX_FULL: {
    facts: {
      agent_id: QA,
      bound: 'messages',
      limit: String(MAILBOX_MESSAGES),
      actual: String(MAILBOX_MESSAGES + 1),
    },
    async provoke({ good, call }) {
      const toQa = (id: string) => ({ message: message(id, { recipient: { agent_id: QA } }) });
      for (let count = 0; count < MAILBOX_MESSAGES; count++) await good(SEND, toQa(`m-${count}`));
      return await call(SEND, toQa('one-more'));
    },
  },
  LIMIT_REACHED: {
    facts: { bound: 'participants of a session', limit: String(SESSION_LIMITS.maxParticipants) },
    async provoke({ good, call }) {
      const { maxParticipants } = SESSION_LIMITS;
      const participants = Array.from({ length: maxParticipants }, (_, n) => ({ agent_id: `codex://${n}`, role: 'r' }));
      await good('SessionService/CreateSession', { session_id: 'crowd', orchestrator: QA, participants });
      const participant = { agent_id: BACKEND, role: 'r' };
      return await call('SessionService/AddParticipant', { session_id: 'crowd', participant });
    },
  },
  // The client is let know if it reads again before the bus breaks the connection off, as here.
  SLOW_CONSUMER: {
    facts: { stalled_seconds: expect.stringMatching(/^6\d$/) },
    async provoke({ open, good, clock }) {
      const stream = await open();
      const payload = { text: 'x'.repeat(1_000_000) };
      for (let count = 0; count < MAILBOX_MESSAGES; count++)
        await good(SEND, { message: message(`m-${count}`, { payload }) });
      const isThere = async () =>
        (await good('AgentService/GetAgent', { agent_id: BACKEND })).agent.instances.length > 0;
      for (let passed = 0; await isThere(); passed += 2_000) {
        expect(passed).toBeLessThan(STREAM_LIMITS.slowConsumerMs * 2);
        stream.say({ case: 'heartbeat', value: { load: 0, note: '' } });
        clock.advance(2_000);
      }
      return await endOf(stream);
    },
  },
  HELLO_EXPECTED: {
    facts: { frame: 'ack' },
    async provoke({ stream }) {
      const silent = stream();
      silent.say({ case: 'ack', value: { deliveryIds: ['d'] } });
      return await endOf(silent);
    },
  },
  HELLO_REPEATED: {
    facts: {},
    async provoke({ open }) {
      const stream = await open();
      stream.say({ case: 'hello', value: { agent: { agentId: BACKEND }, instanceId: 'i' } });
      return await endOf(stream);
    },
  },
  HELLO_TIMEOUT: {
    facts: { limit_seconds: '10' },
    async provoke({ stream, clock }) {
      const before = clock.pending;
      const end = endOf(stream());
      // The stream is there when its timers are.
      await expect.poll(() => clock.pending).toBeGreaterThan(before + 1);
      clock.advance(STREAM_LIMITS.helloTimeoutMs);
      return await end;
    },
  },
  HEARTBEAT_TIMEOUT: {
    facts: { limit_seconds: '30' },
    async provoke({ open, clock }) {
      const stream = await open();
      clock.advance(2 * HEARTBEAT_MS);
      return await endOf(stream);
    },
  },
  PROTOCOL_VERSION_UNSUPPORTED: {
    facts: { requested: '2', supported: '1' },
    async provoke({ stream }) {
      const modern = stream();
      modern.say({ case: 'hello', value: { agent: { agentId: BACKEND }, instanceId: 'i', protocolVersion: 2 } });
      return await endOf(modern);
    },
  },
  DEADLINE_EXCEEDED: {
    facts: {},
    provoke: ({ call }) =>
      call(
        'MessageService/ReceiveMessages',
        { agent_id: QA, wait: '20s' },
        { headers: { 'connect-timeout-ms': '50' } },
      ),
  },
  DRAINING: {
    facts: {},
    async provoke({ call, server, clock }) {
      const before = clock.pending;
      const waiting = call('MessageService/ReceiveMessages', { agent_id: QA, wait: '20s' });
      await expect.poll(() => clock.pending).toBeGreaterThan(before);
      void server.drain('a new version');
      return await waiting;
    },
  },
  // By a process whose disk is full nobody is told so: it ends at once, and the connection with it. A bus in another
  // program lives on, and so do its clients.
  STORE_FAILED: {
    facts: {},
    async provoke({ engine, call }) {
      await engine.close();
      return await call(SEND, { message: message('m') });
    },
  },
  NOT_IMPLEMENTED: {
    facts: { feature: expect.stringContaining('zstd') },
    provoke: ({ call }) => {
      const headers = { 'content-encoding': 'zstd' };
      return call('SessionService/GetSession', { session_id: SESSION }, { headers });
    },
  },
  INTERNAL: {
    facts: { log_id: expect.stringMatching(/^[0-9a-f]{12}$/) },
    async provoke({ faults, call, lines }) {
      faults.list = () => {
        throw new TypeError('the inside story');
      };
      const refusal = await call('SessionService/ListSessions', {});
      const logged = lines().find(({ log_id }) => log_id === refusal.facts.log_id);
      expect(logged).toMatchObject({ err: { message: 'the inside story' } });
      return refusal;
    },
  },
  TASK_ENDED: {
    facts: { task_id: 't', status: 'COMPLETED' },
    async provoke({ good, call }) {
      await good(SEND, { message: task('t') });
      const answer = {
        sender: { agent_id: BACKEND, session_id: SESSION },
        recipient: { agent_id: ORCHESTRATOR },
        message_type: 'MESSAGE_TYPE_TASK_RESPONSE',
        correlation_id: 't',
      };
      await good(SEND, { message: message('answer', answer) });
      return await call('SessionService/CancelTask', { ...inSession, task_id: 't' });
    },
  },
  NOT_DELEGATOR: {
    facts: { task_id: 't', delegator: ORCHESTRATOR },
    async provoke({ good, call }) {
      await good(SEND, { message: task('t') });
      return await call('SessionService/CancelTask', { ...inSession, task_id: 't' }, { key: NARROW_KEY });
    },
  },
  TASK_TIMED_OUT: {
    facts: { task_id: 't', cause: 'ATTEMPT_TIMED_OUT' },
    async provoke(rig) {
      const { asked } = await asking(rig, { timeout: '60s' });
      rig.clock.advance(60_000);
      return await asked;
    },
  },
  TASK_CANCELLED: {
    facts: { task_id: 't', cause: 'CANCELLED' },
    async provoke(rig) {
      const { asked } = await asking(rig, {});
      await rig.good('SessionService/CancelTask', { ...inSession, task_id: 't' });
      return await asked;
    },
  },
};

const documented = documentedReasons();
const provoked = new Set<string>();

describe('a client is told', () => {
  test.each(Object.entries(CASES))('%s', async (reason, { facts, provoke }) => {
    const refusal = await provoke(await startReasonsRig());
    const promised = documented.get(reason);
    expect(refusal).toMatchObject({ reason, status: promised?.status });
    if (refusal.http !== undefined) expect(refusal.http).toBe(promised?.http);
    expect(refusal.facts).toEqual(facts);
    expect(Object.keys(refusal.facts)).toEqual(expect.arrayContaining([...(promised?.facts ?? ['documented'])]));
    provoked.add(reason);
  });

  test('no reason that was not met above', () => {
    const all = Object.keys(ErrorReason).filter((name) => Number.isNaN(Number(name)) && name !== 'UNSPECIFIED');
    expect([...provoked].sort()).toEqual(all.sort());
  });
});
