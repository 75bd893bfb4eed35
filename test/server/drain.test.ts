import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { describe, expect, it } from 'vitest';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { Health, HealthCheckResponse_ServingStatus as Status } from '../../gen/ts/grpc/health/v1/health_pb.js';
import { echoRoutes, KEY, startServer } from './start-server.ts';

// Goal: a stop loses no answer, tells everybody, and still ends when somebody does not listen.
// Method: drain a real server with calls of every kind under way.

const headers = { 'x-agent-api-key': KEY };

describe('drain', () => {
  it('lets calls end, and resolves soon after', async () => {
    const call = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const routes = echoRoutes({
      sessions: {
        async getSession() {
          begun.resolve();
          await call.promise;
          return {};
        },
      },
    });
    const { server, url } = await startServer({ routes, limits: { drainTimeoutMs: 60_000 } });
    const client = createClient(SessionService, createGrpcTransport({ baseUrl: url }));
    const answer = client.getSession({ sessionId: 's' }, { headers });
    await begun.promise;
    const drained = server.drain('test');
    call.resolve();
    expect(await answer).toMatchObject({});
    await drained;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it('tells streams, and gives UNAVAILABLE to those that stay', async () => {
    const told = Promise.withResolvers<string>();
    const { server, url } = await startServer({
      limits: { drainTimeoutMs: 100 },
      routes: (router, context, lane) => {
        echoRoutes({
          sessions: {
            async *watchSession() {
              context.drain.onDrain(told.resolve);
              yield {};
              await new Promise(() => undefined);
            },
          },
        })(router, context, lane);
      },
    });
    const client = createClient(SessionService, createGrpcTransport({ baseUrl: url }));
    const iterator = client.watchSession({ sessionId: 's' }, { headers })[Symbol.asyncIterator]();
    await iterator.next();
    const ended = iterator.next().then(
      () => undefined,
      (error: unknown) => ConnectError.from(error),
    );
    const drained = server.drain('a new version');
    expect(await told.promise).toBe('a new version');
    const error = await ended;
    expect(error?.code).toBe(Code.Unavailable);
    expect(error?.findDetails(ErrorInfoSchema)[0]?.reason).toBe('DRAINING');
    await drained;
  });

  it('says so in health, and refuses new calls on open connections', async () => {
    const call = Promise.withResolvers<void>();
    const routes = echoRoutes({
      sessions: {
        async getSession() {
          await call.promise;
          return {};
        },
      },
    });
    const { server, url, port } = await startServer({ routes });
    // A connection that ignores GOAWAY, as one does whose request crossed it.
    const agent = connectHttp2(url);
    const request = (path: string) => {
      const stream = agent.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/json',
        'x-agent-api-key': KEY,
      });
      stream.end('{"session_id": "s"}');
      return stream;
    };
    const open = request('/agentbus.v1.SessionService/GetSession');
    const watch = createClient(Health, createGrpcTransport({ baseUrl: url }))
      .watch({})
      [Symbol.asyncIterator]();
    expect((await watch.next()).value).toMatchObject({ status: Status.SERVING });
    const drained = server.drain('test');
    expect((await watch.next()).value).toMatchObject({ status: Status.NOT_SERVING });
    await once(agent, 'goaway');
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    call.resolve();
    const [response] = (await once(open, 'response')) as [Record<string, unknown>];
    expect(response[':status']).toBe(200);
    await drained;
  });

  it('cuts connections that are silent', async () => {
    const { server, url } = await startServer();
    const idle = connectHttp2(url);
    await once(idle, 'connect');
    const closed = once(idle, 'close');
    await Promise.all([server.drain('test'), closed]);
  });
});

describe('the pages', () => {
  it('say what this is, that it serves, and numbers', async () => {
    const { url } = await startServer();
    expect(await (await fetch(url)).text()).toMatch(/^Agentbus 0\.0\.0-test/);
    expect(await (await fetch(`${url}/healthz?verbose`)).text()).toBe('ok\n');
    expect((await fetch(`${url}/healthz`, { method: 'POST' })).status).toBe(405);
    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await metrics.text()).toMatch(/^agentbus_open_calls 0$/m);
  });

  it('show what is under way', async () => {
    const call = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const routes = echoRoutes({
      sessions: {
        async *watchSession() {
          yield {};
          begun.resolve();
          await call.promise;
        },
      },
    });
    const { url } = await startServer({ routes });
    const client = createClient(SessionService, createGrpcTransport({ baseUrl: url }));
    const iterator = client.watchSession({ sessionId: 's' }, { headers })[Symbol.asyncIterator]();
    await iterator.next();
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^agentbus_open_streams 1$/m);
    call.resolve();
    await iterator.next();
    await expect.poll(async () => (await fetch(`${url}/metrics`)).text()).toMatch(/^agentbus_open_streams 0$/m);
  });
});

describe('scripts in browsers', () => {
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
  };

  it.each([
    ['a listed origin', ['https://a.example'], 'https://a.example'],
    ['any origin', ['*'], 'https://a.example'],
    ['no origin', [], null],
    ['another origin', ['https://b.example'], null],
  ])('are let in from %s only', async (_, corsOrigins, allowed) => {
    const { url } = await startServer({ corsOrigins });
    const response = await fetch(`${url}/agentbus.v1.SessionService/GetSession`, preflight);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(allowed);
    const names = response.headers.get('access-control-allow-headers')?.toLowerCase() ?? '';
    expect(names.includes('x-agent-api-key') && names.includes('connect-protocol-version')).toBe(allowed !== null);
  });

  it('may read the answer', async () => {
    const { url } = await startServer({ corsOrigins: ['https://a.example'] });
    const response = await fetch(`${url}/healthz`, { headers: { origin: 'https://a.example' } });
    expect(response.headers.get('access-control-allow-origin')).toBe('https://a.example');
    expect(response.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('grpc-status');
  });
});
