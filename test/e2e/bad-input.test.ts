import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import { AgentStreamRequestSchema } from '../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { callJson } from '../call-json.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';

// Goal: bad input gets one clear error, changes nothing, and the process lives on.
// Method: one real bus for all cases; after each, the session is as it was and a good call succeeds.
const ORCHESTRATOR = 'claude-code://orchestrator';
const BACKEND = 'opencode://backend';
const BACKEND_KEY = 'the key of the backend alone';

let folder: string;
let bus: BusProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agentbus-bad-input-'));
  const keys = join(folder, 'keys.json');
  const key_sha256 = createHash('sha256').update(BACKEND_KEY).digest('hex');
  await writeFile(keys, JSON.stringify({ principals: [{ name: 'backend', key_sha256, agents: [BACKEND] }] }));
  bus = await startBusProcess({ env: { AGENT_BUS_KEYS_FILE: keys } });
  await good('SessionService/CreateSession', {
    session_id: 'sess_a',
    orchestrator: ORCHESTRATOR,
    participants: [{ agent_id: BACKEND, role: 'implementer' }],
  });
  await good('SessionService/CreateSession', { session_id: 'sess_ended', orchestrator: ORCHESTRATOR });
  await good('SessionService/CompleteSession', { session_id: 'sess_ended', summary: 'done' });
});
afterAll(async () => {
  expect(await bus.stop()).toBe(0);
  expect(bus.stderr()).not.toMatch(/unhandled|uncaught/i);
  await rm(folder, { recursive: true });
});

async function good(method: string, body: unknown): Promise<unknown> {
  const answer = await callJson({ address: bus.address, apiKey: bus.apiKey, method, body });
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}
const sessions = () =>
  Promise.all(['sess_a', 'sess_ended'].map((session_id) => good('SessionService/GetSession', { session_id })));
const envelope = (fields: object = {}) => ({
  message: {
    message_id: 'm',
    sender: { agent_id: ORCHESTRATOR },
    recipient: { agent_id: BACKEND },
    message_type: 'MESSAGE_TYPE_NOTIFICATION',
    ...fields,
  },
});
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const update = (fields: object) => ({ session_id: 'sess_a', ...fields });

interface BadCall {
  readonly name: string;
  readonly method: string;
  readonly body: unknown;
  readonly key?: string | null;
  readonly status: number;
  readonly reason: string;
  readonly facts?: object;
}

const SEND = 'MessageService/SendMessage';
const CONTEXT = 'SessionService/UpdateSharedContext';
const BAD_CALLS: BadCall[] = [
  {
    name: 'an unknown field',
    method: SEND,
    body: { ...envelope(), mesage: {} },
    status: 400,
    reason: 'MALFORMED_REQUEST',
  },
  { name: 'JSON that is none', method: SEND, body: '{"message":', status: 400, reason: 'MALFORMED_REQUEST' },
  {
    name: 'a bad agent id',
    method: SEND,
    body: envelope({ recipient: { agent_id: 'backend' } }),
    status: 400,
    reason: 'FIELD_INVALID',
    facts: { field: 'message.recipient.agent_id', rule: 'string.pattern', bound: expect.stringContaining('://') },
  },
  {
    name: 'a message without an id',
    method: SEND,
    body: envelope({ message_id: '' }),
    status: 400,
    reason: 'FIELD_INVALID',
    facts: { field: 'message.message_id', rule: 'required' },
  },
  {
    name: 'a payload of 5 MiB',
    method: SEND,
    body: envelope({ payload: { text: 'x'.repeat(5 * 1024 * 1024) } }),
    status: 429,
    reason: 'MESSAGE_TOO_LARGE',
    facts: { limit: expect.stringMatching(/^\d+$/) },
  },
  {
    name: 'a payload that is nested deeper than decoders go',
    method: SEND,
    body: JSON.stringify(envelope({ payload: { deep: 0 } })).replace('0', nested(60)),
    status: 400,
    reason: 'FIELD_INVALID',
    facts: { field: 'message.payload', rule: 'json.depth', bound: '30' },
  },
  {
    name: 'a short form that is nested deeper than the stack is',
    method: '/messages/send',
    body: JSON.stringify({ ...envelope({ payload: { deep: 0 } }).message }).replace('0', nested(50_000)),
    status: 400,
    reason: 'MALFORMED_REQUEST',
  },
  { name: 'no key', method: SEND, body: envelope(), key: null, status: 401, reason: 'KEY_MISSING' },
  { name: 'the wrong key', method: SEND, body: envelope(), key: 'wrong', status: 401, reason: 'KEY_INVALID' },
  {
    name: "somebody else's sender",
    method: SEND,
    body: envelope(),
    key: BACKEND_KEY,
    status: 403,
    reason: 'AGENT_NOT_ALLOWED',
    facts: { agent_id: ORCHESTRATOR },
  },
  {
    name: 'an unknown recipient',
    method: SEND,
    body: envelope({ recipient: { agent_id: 'codex://nobody' } }),
    status: 404,
    reason: 'RECIPIENT_NOT_FOUND',
  },
  {
    name: 'an unknown session',
    method: 'SessionService/GetSession',
    body: { session_id: 'sess_none' },
    status: 404,
    reason: 'SESSION_NOT_FOUND',
  },
  {
    name: "somebody else's session",
    method: 'SessionService/GetSession',
    body: { session_id: 'sess_ended' },
    key: BACKEND_KEY,
    status: 404,
    reason: 'SESSION_NOT_FOUND',
  },
  {
    name: 'an update of a completed session',
    method: CONTEXT,
    body: { session_id: 'sess_ended', merge_patch: { a: 1 } },
    status: 400,
    reason: 'SESSION_ENDED',
    facts: { state: 'COMPLETED' },
  },
  {
    name: 'a stale revision',
    method: CONTEXT,
    body: update({ merge_patch: { a: 1 }, expected_revision: '7' }),
    status: 409,
    reason: 'CONTEXT_REVISION_MISMATCH',
    facts: { expected: '7', actual: '1' },
  },
  {
    name: '__proto__ in a merge',
    method: CONTEXT,
    body: '{"session_id":"sess_a","merge_patch":{"a":{"__proto__":{"admin":true}}}}',
    status: 400,
    reason: 'FORBIDDEN_KEY',
    facts: { key: '__proto__' },
  },
  {
    name: 'a page token of another list',
    method: 'SessionService/ListSessions',
    body: { page_token: 'abc' },
    status: 400,
    reason: 'PAGE_TOKEN_INVALID',
  },
  {
    name: 'a forged page token',
    method: 'SessionService/ListSessions',
    body: { page_token: Buffer.from('["sessions","~"]').toString('base64url') },
    status: 400,
    reason: 'PAGE_TOKEN_INVALID',
    facts: { field: 'page_token' },
  },
  { name: 'an unknown method', method: 'SessionService/Nothing', body: {}, status: 404, reason: 'NOT_IMPLEMENTED' },
  {
    name: 'a short form with a word that is none',
    method: '/messages/send',
    body: { ...envelope().message, message_type: 'task_requst' },
    status: 400,
    reason: 'MALFORMED_REQUEST',
  },
];

describe('calls', () => {
  test.each(BAD_CALLS)('$name', async ({ method, body, key, status, reason, facts = {} }) => {
    const before = await sessions();
    const apiKey = key === undefined ? bus.apiKey : key;
    const answer = await callJson({ address: bus.address, method, body, ...(apiKey !== null && { apiKey }) });
    expect(answer).toMatchObject({ status, reason, facts });
    expect(answer.body.message.length).toBeGreaterThan(10);
    expect(await sessions()).toEqual(before);
  });
});

type Frame = MessageInitShape<typeof AgentStreamRequestSchema>['frame'];
const hello = (fields: object = {}): Frame => ({
  case: 'hello',
  value: { agent: { agentId: BACKEND }, instanceId: 'i', ...fields },
});

/** Sends frames, keeps the stream open, and gives the error that ends it. */
async function errorOfStream(frames: Frame[]): Promise<ConnectError> {
  const transport = createGrpcTransport({ baseUrl: bus.address });
  const client = createClient(AgentService, transport);
  const over = new AbortController();
  async function* requests() {
    for (const frame of frames) yield create(AgentStreamRequestSchema, { frame } as never);
    await new Promise((resolve) => over.signal.addEventListener('abort', resolve));
  }
  try {
    const stream = client.agentStream(requests(), { headers: { 'x-agent-api-key': bus.apiKey } });
    for await (const _ of stream);
    throw new Error('the stream ended without an error');
  } catch (error) {
    return ConnectError.from(error);
  } finally {
    over.abort();
  }
}
const reasonOf = (error: ConnectError) => error.findDetails(ErrorInfoSchema)[0]?.reason;

describe('streams', () => {
  test.each([
    [
      'a first frame that is not hello',
      [{ case: 'drain', value: {} } as Frame],
      Code.InvalidArgument,
      'HELLO_EXPECTED',
    ],
    ['a second hello', [hello(), hello()], Code.InvalidArgument, 'HELLO_REPEATED'],
    ['a hello without an instance id', [hello({ instanceId: '' })], Code.InvalidArgument, 'FIELD_INVALID'],
    [
      'a protocol that is too new',
      [hello({ protocolVersion: 2 })],
      Code.FailedPrecondition,
      'PROTOCOL_VERSION_UNSUPPORTED',
    ],
  ])('%s', async (_, frames, ...expected) => {
    const [code, reason] = expected;
    const error = await errorOfStream(frames);
    expect({ code: error.code, reason: reasonOf(error) }).toEqual({ code, reason });
    await sessions();
  });

  test('a stream that never speaks', async () => {
    const error = await errorOfStream([]);
    expect({ code: error.code, reason: reasonOf(error) }).toEqual({
      code: Code.DeadlineExceeded,
      reason: 'HELLO_TIMEOUT',
    });
  });
});

describe('the port', () => {
  const port = () => Number(new URL(bus.address).port);
  const closed = (socket: Socket) =>
    new Promise<void>((resolve) => void socket.once('close', () => resolve()).resume());

  test.each([
    ['bytes of no protocol', Buffer.from([0, 255, 1, 254, 13, 10, 13, 10])],
    [
      'the HTTP/2 preface and then garbage',
      Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.alloc(64, 0xff)]),
    ],
    ['a header line that never ends', Buffer.from(`GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}`)],
  ])('%s', async (_, bytes) => {
    const socket = connect(port(), '127.0.0.1').on('error', () => undefined);
    const isClosed = closed(socket);
    socket.write(bytes);
    await isClosed;
    await sessions();
  });
});
