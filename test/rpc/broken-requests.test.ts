import { once } from 'node:events';
import { Agent, request as http1Request } from 'node:http';
import { connect } from 'node:http2';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { BusError } from '../../src/bus/bus-error.ts';
import { createDeadline } from '../../src/rpc/interceptors/deadline.ts';
import { frame, headersOf } from '../fuzz/calls/request.ts';
import { createSender } from '../fuzz/calls/send-request.ts';
import { echoRoutes, KEY, startServer } from '../server/start-server.ts';
import { startNode } from './start-node.ts';
import { headers as keyHeaders } from './start-services.ts';

// Goal: requests that cannot be read, or that are refused before they were read to their end, are answered with a reason.
// Method: bytes that no client writes, sent over real connections; each case was found by fuzzing.
const NO_MESSAGE = Buffer.from('0fffffffff', 'hex');
const LARGE = Buffer.alloc(5 * 1024 * 1024, 0x20);

describe('a request that is no message', () => {
  it.each(['connect', 'connect+json'] as const)(
    'ends a stream as malformed and not as canceled (%s)',
    async (protocol) => {
      const { address } = await startNode();
      const sender = createSender(address);
      const headers = { ...keyHeaders, ...headersOf(protocol, true) };
      const body = frame(NO_MESSAGE);
      const answer = await sender.send({
        http: 2,
        method: 'POST',
        path: '/agentbus.v1.AgentService/AgentStream',
        headers,
        body,
      });
      sender.close();
      expect(answer.body.toString('latin1')).toMatch(/"code":"invalid_argument".*MALFORMED_REQUEST/s);
    },
  );

  it('is malformed where the query of a GET is not the base64 that it claims to be', async () => {
    const { address } = await startNode();
    const sender = createSender(address);
    const path = '/agentbus.v1.SessionService/GetSession?connect=v1&encoding=proto&base64=1&message=!!!';
    const answer = await sender.send({ http: 1, method: 'GET', path, headers: keyHeaders, body: new Uint8Array() });
    sender.close();
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toContain('"reason":"MALFORMED_REQUEST"');
  });

  it('has a reason although its deadline passed before it was read', async () => {
    // Keys are looked up when the header is there: for so long nothing else of the request is read.
    const find = () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
      return { name: 'tests', agents: ['*'] };
    };
    const { url } = await startServer({ routes: echoRoutes({}), keys: { find } });
    const sender = createSender(url);
    const headers = {
      'x-agent-api-key': KEY,
      'content-encoding': 'gzip',
      'connect-timeout-ms': '20',
      ...headersOf('connect', false),
    };
    const path = '/agentbus.v1.SessionService/GetSession';
    const answer = await sender.send({ http: 2, method: 'POST', path, headers, body: NO_MESSAGE });
    sender.close();
    expect(answer.body.toString()).toContain('google.rpc.ErrorInfo');
    expect(answer.body.toString()).not.toContain('"internal"');
  });
});

describe('a refusal that quotes its request', () => {
  const ACKNOWLEDGE = '/agentbus.v1.MessageService/AcknowledgeMessages';
  const HEALTH = '/grpc.health.v1.Health/Check';
  const NO_SUCH = 'a'.repeat(70_000);
  const PAIRS = '😀'.repeat(5_000);

  it.each([
    { quoted: 'half of a surrogate pair', protocol: 'grpc', json: String.raw`"\ud800"` },
    { quoted: 'half of a surrogate pair', protocol: 'grpc-web', json: String.raw`{"\ud800":1}` },
    { quoted: 'more than a trailer holds', protocol: 'grpc', json: `{"${NO_SUCH}":1}` },
    { quoted: 'an unknown service', protocol: 'grpc', json: `{"service":"${NO_SUCH}"}`, path: HEALTH, status: '5' },
    // The text is cut where the pair stands, at each of two places that are one apart.
    { quoted: 'pairs that are cut', protocol: 'grpc', json: `{"${PAIRS}":1}` },
    { quoted: 'pairs that are cut in half', protocol: 'grpc', json: `{"a${PAIRS}":1}` },
  ] as const)('was broken off where it quoted $quoted ($protocol)', async ({ protocol, json, ...more }) => {
    const { path, status } = { path: ACKNOWLEDGE, status: '3', ...more };
    const { address } = await startNode();
    const sender = createSender(address);
    const headers = { ...keyHeaders, ...headersOf(`${protocol}+json`, false) };
    const answer = await sender.send({ http: 2, method: 'POST', path, headers, body: frame(Buffer.from(json)) });
    sender.close();
    const inBody = /grpc-status: (\d+)/.exec(answer.body.toString('latin1'))?.[1];
    expect(inBody ?? answer.trailers.get('grpc-status') ?? answer.headers.get('grpc-status')).toBe(status);
  });
});

describe('a request that is too large', () => {
  it.each(['connect', 'grpc-web'] as const)('leaves its HTTP/1.1 connection to the next one (%s)', async (protocol) => {
    const { url } = await startServer();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const post = (body: Uint8Array) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { 'x-agent-api-key': KEY, ...headersOf(protocol, false), 'content-length': body.length };
        const request = http1Request(`${url}/agentbus.v1.SessionService/GetSession`, {
          method: 'POST',
          headers,
          agent,
        });
        request
          .on('error', reject)
          .on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)));
        request.end(body);
      });
    const large = await post(protocol === 'connect' ? LARGE : frame(LARGE));
    expect(large).toBe(protocol === 'connect' ? 429 : 200);
    // The next one names no session, which it can only be told if it is read.
    const next = await post(protocol === 'connect' ? Buffer.alloc(0) : frame(Buffer.alloc(0)));
    expect(next).toBe(protocol === 'connect' ? 400 : 200);
    agent.destroy();
  });

  it('does not keep the window of its HTTP/2 connection', async () => {
    const { url } = await startServer();
    // Node's client refuses streams of its own when so much waits in it.
    const session = connect(url, { maxSessionMemory: 1_000 });
    const headers = { ':method': 'POST', 'x-agent-api-key': KEY, ...headersOf('grpc', false) };
    // The client never says that it is done or that it gives up: only the bus can end these streams.
    for (let call = 0; call < 3; call++) {
      const stream = session.request({ ...headers, ':path': '/agentbus.v1.SessionService/GetSession' });
      let status: unknown;
      for (const event of ['response', 'trailers']) stream.on(event, (fields) => (status ??= fields['grpc-status']));
      stream.resume().write(frame(LARGE));
      await once(stream, 'close');
      expect({ status, code: stream.rstCode }).toEqual({ status: '8', code: 0 });
    }
    session.destroy();
  });
});

it('does not log a refusal as a failure because its call had ended before', async () => {
  const written: string[] = [];
  const log = pino({}, { write: (line) => void written.push(line) });
  const { promise, reject } = Promise.withResolvers<never>();
  const controller = new AbortController();
  // biome-ignore lint/suspicious/noExplicitAny: the interceptor looks at nothing else.
  const call = createDeadline(log)(() => promise)({ stream: false, signal: controller.signal } as any);
  controller.abort(new Error('the client left'));
  await expect(call).rejects.toThrow('the client left');
  reject(new BusError('SESSION_NOT_FOUND', 'there is no such session'));
  await promise.catch(() => undefined);
  expect(written).toEqual([]);
});
