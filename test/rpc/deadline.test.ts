import { Code, ConnectError, createClient, type UnaryRequest } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport } from '@connectrpc/connect-node';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { createDeadline } from '../../src/rpc/interceptors/deadline.ts';
import type { Routes } from '../../src/rpc/routes.ts';
import { echoRoutes, KEY, startServer } from '../server/start-server.ts';

// Goal: a call ends when its deadline passes or its client leaves, whatever its handler does.
// Method: handlers that look at nothing, over real connections.

const headers = { 'x-agent-api-key': KEY };
const never = new Promise<never>(() => undefined);
const hello = { frame: { case: 'hello', value: { agent: { agentId: 'claude-code://a' }, instanceId: 'i' } } } as const;

describe('a handler that ignores its signal', () => {
  it.each([
    ['gRPC', (baseUrl: string) => createGrpcTransport({ baseUrl })],
    ['Connect', (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: '1.1' })],
  ])('does not hold a unary call past its deadline (%s)', async (_, transport) => {
    const { url, lines } = await startServer({ routes: echoRoutes({ sessions: { getSession: () => never } }) });
    const client = createClient(SessionService, transport(url));
    // The header alone: a client that knows the deadline would not wait for the server.
    const timeout = { 'connect-timeout-ms': '60', 'grpc-timeout': '60m' };
    const error = await rejection(client.getSession({ sessionId: 's' }, { headers: { ...headers, ...timeout } }));
    expect(error.code).toBe(Code.DeadlineExceeded);
    expect(error.findDetails(ErrorInfoSchema)[0]?.reason).toBe('DEADLINE_EXCEEDED');
    expect(lines()).toMatchObject([{ code: 'deadline_exceeded', reason: 'DEADLINE_EXCEEDED' }]);
  });

  it('leaves one line when the deadline passed before the request was read', async () => {
    // Keys are looked up when the header is there: for so long nothing else of the request is read.
    const find = () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
      return { name: 'tests', agents: ['*'] };
    };
    const routes = echoRoutes({ sessions: { getSession: () => never } });
    const { url, lines } = await startServer({ routes, keys: { find } });
    const client = createClient(SessionService, createGrpcTransport({ baseUrl: url }));
    const call = client.getSession({ sessionId: 's' }, { headers: { ...headers, 'grpc-timeout': '20m' } });
    expect((await rejection(call)).code).toBe(Code.DeadlineExceeded);
    expect(lines()).toHaveLength(1);
  });

  it('is not even started when its call ended before the request was read', async () => {
    let started = false;
    const next = () => {
      started = true;
      return never;
    };
    const ended = new ConnectError('too late', Code.DeadlineExceeded);
    const request = { stream: false, signal: AbortSignal.abort(ended) };
    const call = createDeadline(pino({ level: 'silent' }))(next)(request as UnaryRequest);
    await expect(call).rejects.toBe(ended);
    expect(started).toBe(false);
  });

  it('does not hold a server stream past its deadline', async () => {
    const { url } = await startServer({
      routes: echoRoutes({
        sessions: {
          async *watchSession() {
            yield {};
            await never;
          },
        },
      }),
    });
    const client = createClient(SessionService, createGrpcTransport({ baseUrl: url }));
    const stream = client.watchSession({ sessionId: 's' }, { headers: { ...headers, 'grpc-timeout': '500m' } });
    expect((await rejection(readAll(stream))).code).toBe(Code.DeadlineExceeded);
  });
});

describe('a bidirectional handler that waits for the next request', () => {
  it('wakes at the deadline and cleans up', async () => {
    const ended = Promise.withResolvers<unknown>();
    const { url } = await startServer({ routes: waiting(ended.resolve) });
    const client = createClient(AgentService, createGrpcTransport({ baseUrl: url }));
    const stream = client.agentStream(
      (async function* () {
        yield hello;
        await never;
      })(),
      { headers: { ...headers, 'grpc-timeout': '500m' } },
    );
    expect((await rejection(readAll(stream))).code).toBe(Code.DeadlineExceeded);
    expect(await ended.promise).toMatchObject({ code: Code.DeadlineExceeded });
  });

  it('wakes when its client leaves', async () => {
    const ended = Promise.withResolvers<unknown>();
    const { url, lines } = await startServer({ routes: waiting(ended.resolve) });
    const client = createClient(AgentService, createGrpcTransport({ baseUrl: url }));
    const leave = new AbortController();
    const stream = client.agentStream(
      (async function* () {
        yield hello;
        await never;
      })(),
      { headers, signal: leave.signal },
    );
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    leave.abort();
    await iterator.next().catch(() => undefined);
    await ended.promise;
    await expect.poll(lines).toMatchObject([{ msg: 'call', requests: 1, responses: 1 }]);
  });
});

it('takes a deadline that no timer can hold for none', async () => {
  const { url } = await startServer();
  const client = createClient(SessionService, createGrpcTransport({ baseUrl: url }));
  const { session } = await client.getSession(
    { sessionId: 's' },
    { headers: { ...headers, 'grpc-timeout': '99999999H' } },
  );
  expect(session?.sessionId).toBe('s');
});

/** An AgentStream that answers each frame and tells what woke it at the end. */
function waiting(ended: (reason: unknown) => void): Routes {
  return (router) => {
    router.rpc(AgentService.method.agentStream, async function* (requests) {
      try {
        for await (const _ of requests) yield { frame: { case: 'heartbeat', value: {} } } as const;
      } catch (error) {
        ended(error);
        throw error;
      } finally {
        ended(undefined);
      }
    });
  };
}

async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

async function rejection(promise: Promise<unknown>): Promise<ConnectError> {
  try {
    await promise;
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error('nothing was thrown');
}
