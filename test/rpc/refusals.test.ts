import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { describe, expect, it } from 'vitest';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { RPC_LIMITS } from '../../src/limits.ts';
import { echoRoutes, KEY, startServer } from '../server/start-server.ts';

// Goal: whoever uses nothing but HTTP and JSON learns from the answer what was wrong and where.
// Method: real requests of every wrong kind; the status, the reason and the facts of each are written out here.

interface Answer {
  readonly code: string;
  readonly message: string;
  readonly details: readonly { readonly type: string; readonly debug: Record<string, unknown> }[];
}

const GET_SESSION = '/agentbus.v1.SessionService/GetSession';
const SEND = '/agentbus.v1.MessageService/SendMessage';
const tooLarge = JSON.stringify({ session_id: 'x'.repeat(5 * 1024 * 1024) });

describe('a request that cannot be served', () => {
  it.each([
    {
      name: 'an unknown field',
      body: '{"sesion_id": "s"}',
      expected: [400, 'invalid_argument', 'MALFORMED_REQUEST', { field: 'sesion_id' }],
    },
    {
      name: 'a field of the wrong type',
      body: '{"session_id": 5}',
      expected: [400, 'invalid_argument', 'MALFORMED_REQUEST', { field: 'session_id' }],
    },
    {
      name: 'JSON that is none',
      body: '{"session_id": ',
      expected: [400, 'invalid_argument', 'MALFORMED_REQUEST', {}],
    },
    {
      name: 'binary that is none',
      type: 'application/proto',
      body: '\xff\xff\xff',
      expected: [400, 'invalid_argument', 'MALFORMED_REQUEST', {}],
    },
    {
      name: 'a body that is too large',
      body: tooLarge,
      expected: [
        429,
        'resource_exhausted',
        'MESSAGE_TOO_LARGE',
        { limit: String(RPC_LIMITS.maxRequestBytes), actual: String(tooLarge.length) },
      ],
    },
    {
      name: 'a broken rule',
      body: '{"session_id": ""}',
      expected: [400, 'invalid_argument', 'FIELD_INVALID', { field: 'session_id', rule: 'required' }],
    },
    {
      name: 'a wrong content type',
      type: 'text/plain',
      body: '{}',
      expected: [415, 'invalid_argument', 'MALFORMED_REQUEST', {}],
    },
    { name: 'a wrong method', method: 'PUT', body: '{}', expected: [405, 'invalid_argument', 'MALFORMED_REQUEST', {}] },
    {
      name: 'a path that there is not',
      path: '/sessions',
      body: '{}',
      expected: [404, 'unimplemented', 'NOT_IMPLEMENTED', { feature: '/sessions' }],
    },
    {
      name: 'a call that there is not',
      path: '/agentbus.v1.SessionService/Nonsense',
      body: '{}',
      expected: [404, 'unimplemented', 'NOT_IMPLEMENTED', { feature: '/agentbus.v1.SessionService/Nonsense' }],
    },
    {
      name: 'a call that is not served here',
      path: '/agentbus.v1.SessionService/CreateSession',
      body: '{"orchestrator": "claude-code://a"}',
      expected: [501, 'unimplemented', 'NOT_IMPLEMENTED', {}],
    },
    {
      name: 'a bidirectional stream over HTTP/1.1',
      path: '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      type: 'application/connect+json',
      body: '',
      expected: [505, 'unimplemented', 'NOT_IMPLEMENTED', { feature: 'bidirectional streams over HTTP/1.1' }],
    },
    {
      name: 'a deadline that is no number',
      headers: { 'connect-timeout-ms': 'soon' },
      body: '{"session_id": "s"}',
      expected: [400, 'invalid_argument', 'MALFORMED_REQUEST', {}],
    },
    {
      name: 'an unknown compression',
      headers: { 'content-encoding': 'zstd' },
      body: '{"session_id": "s"}',
      expected: [501, 'unimplemented', 'NOT_IMPLEMENTED', {}],
    },
    {
      name: 'no key',
      headers: { 'x-agent-api-key': '' },
      body: tooLarge,
      expected: [401, 'unauthenticated', 'KEY_MISSING', {}],
    },
    {
      name: 'an unknown key',
      headers: { 'x-agent-api-key': 'agentbus_other' },
      body: tooLarge,
      expected: [401, 'unauthenticated', 'KEY_INVALID', {}],
    },
    {
      name: 'an agent that is not the key’s',
      headers: { 'x-agent-id': 'codex://a' },
      body: tooLarge,
      expected: [403, 'permission_denied', 'AGENT_NOT_ALLOWED', { agent_id: 'codex://a' }],
    },
    {
      name: 'an agent that is none, though a pattern of the key’s lets it through',
      headers: { 'x-agent-id': 'claude-code://two words' },
      body: tooLarge,
      expected: [400, 'invalid_argument', 'FIELD_INVALID', { field: 'x-agent-id', rule: 'string.pattern' }],
    },
  ])(
    'answers $name',
    async ({ path = GET_SESSION, method = 'POST', type = 'application/json', headers, body, expected }) => {
      const { url } = await startServer();
      const response = await fetch(url + path, {
        method,
        headers: { 'x-agent-api-key': KEY, 'content-type': type, ...headers },
        body: Buffer.from(body, 'latin1'),
      });
      const { code, details } = (await response.json()) as Answer;
      const info = details.find((detail) => detail.type === 'google.rpc.ErrorInfo')?.debug;
      expect([response.status, code, info?.reason, info?.metadata]).toMatchObject(expected);
    },
  );

  it('says INTERNAL and an id, and logs the rest under it', async () => {
    const { url, lines } = await startServer({ routes: failing(new TypeError('inside story')) });
    const answer = await call(url);
    const info = answer.details[0]?.debug as { reason: string; metadata: { log_id: string } };
    expect(info.reason).toBe('INTERNAL');
    expect(JSON.stringify(answer)).not.toContain('inside story');
    const line = lines().find((each) => each.log_id === info.metadata.log_id);
    expect(line).toMatchObject({ err: { message: 'inside story' } });
  });

  it('names every broken rule in google.rpc.BadRequest', async () => {
    const { url } = await startServer();
    const response = await fetch(url + SEND, {
      method: 'POST',
      headers: { 'x-agent-api-key': KEY, 'content-type': 'application/json' },
      body: '{"message": {"message_id": "m"}}',
    });
    const { details } = (await response.json()) as Answer;
    const violations = details.find((detail) => detail.type === 'google.rpc.BadRequest')?.debug.field_violations;
    expect(violations).toMatchObject([
      { field: 'message.sender' },
      { field: 'message.recipient' },
      { field: 'message.message_type' },
    ]);
  });
});

it('refuses a stream whose request breaks a rule, in the words of its protocol', async () => {
  const { url, lines } = await startServer();
  const client = createClient(SessionService, createGrpcTransport({ baseUrl: url }));
  const stream = client.watchSession({ sessionId: ' ' }, { headers: { 'x-agent-api-key': KEY } });
  const error = await stream[Symbol.asyncIterator]()
    .next()
    .then(() => undefined, ConnectError.from);
  expect(error?.code).toBe(Code.InvalidArgument);
  expect(error?.findDetails(ErrorInfoSchema)[0]).toMatchObject({
    reason: 'FIELD_INVALID',
    metadata: { field: 'session_id' },
  });
  expect(lines()).toMatchObject([{ protocol: 'grpc', reason: 'FIELD_INVALID', requests: 1, responses: 0 }]);
});

it('blames the sender for bytes that are no message, in gRPC too', async () => {
  const { url } = await startServer();
  const session = connectHttp2(url);
  const call = session.request({
    ':method': 'POST',
    ':path': GET_SESSION,
    'content-type': 'application/grpc',
    'x-agent-api-key': KEY,
  });
  call.end(Buffer.from([0, 0, 0, 0, 2, 0xff, 0xff]));
  const [trailers] = (await once(call.resume(), 'trailers')) as [Record<string, string>];
  session.destroy();
  expect(trailers['grpc-status']).toBe(String(Code.InvalidArgument));
  expect(Buffer.from(trailers['grpc-status-details-bin'] ?? '', 'base64').toString('latin1')).toContain(
    'MALFORMED_REQUEST',
  );
});

describe('the log', () => {
  it('has one line a call, with the reason, and neither key nor payload', async () => {
    const { url, lines, raw } = await startServer();
    const headers = {
      authorization: `Bearer ${KEY}`,
      'x-agent-id': 'claude-code://qa',
      'content-type': 'application/json',
    };
    for (const body of [
      '{"session_id": "secret-1"}',
      '{"session_id": " secret-2"}',
      '{"secret_3": true}',
      'secret-4',
    ]) {
      await fetch(url + GET_SESSION, { method: 'POST', headers, body });
    }
    const procedure = 'agentbus.v1.SessionService/GetSession';
    const common = { procedure, protocol: 'connect', peer: '127.0.0.1', principal: 'tests', agent: 'claude-code://qa' };
    expect(lines().filter((line) => line.msg === 'call')).toMatchObject([
      { ...common, code: 'ok', requests: 1, responses: 1 },
      { ...common, code: 'invalid_argument', reason: 'FIELD_INVALID' },
      { ...common, code: 'invalid_argument', reason: 'MALFORMED_REQUEST' },
      { ...common, code: 'invalid_argument', reason: 'MALFORMED_REQUEST' },
    ]);
    expect(raw()).not.toMatch(/secret/);
    expect(raw()).not.toContain(KEY);
  });

  it('has a line for a caller that was not let in', async () => {
    const { url, lines } = await startServer();
    await fetch(url + GET_SESSION, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    expect(lines()).toMatchObject([{ msg: 'call', code: 'unauthenticated', reason: 'KEY_MISSING', requests: 0 }]);
  });
});

function failing(error: Error) {
  return echoRoutes({
    sessions: {
      getSession() {
        throw error;
      },
    },
  });
}

async function call(url: string): Promise<Answer> {
  const headers = { 'x-agent-api-key': KEY, 'content-type': 'application/json' };
  const response = await fetch(url + GET_SESSION, { method: 'POST', headers, body: '{"session_id": "s"}' });
  return (await response.json()) as Answer;
}
