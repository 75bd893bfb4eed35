/**
 * Goal: a wrong address is one clear error that names it, whatever is there, and never the end of the process.
 * Method: the real clients against real servers that are no bus.
 */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectAgent, connectOrchestrator } from '../../src/client/index.ts';

/** Servers by what they are. */
const servers: Readonly<Record<string, Server>> = {
  'an HTTP/1 server': createHttpServer((_, response) => response.writeHead(404).end('<html>')),
  'an HTTP/2 server without such a page': createHttp2Server((_, response) => {
    response.writeHead(404, { 'content-type': 'text/html' });
    response.end('<html>');
  }),
  'an HTTP/2 server with a page': createHttp2Server((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html>');
  }),
  'a proxy that wants to know who it is': createHttp2Server((_, response) => {
    response.writeHead(401);
    response.end();
  }),
  'a server that hangs up': createServer((socket) => socket.destroy()),
  'nobody any more': createServer(),
};

const addresses = new Map<string, string>();
beforeAll(async () => {
  for (const [what, server] of Object.entries(servers)) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    addresses.set(what, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  servers['nobody any more']?.close();
});
afterAll(() => {
  for (const server of Object.values(servers)) server.close();
});

const backoff = { initialDelayMs: 10, maxDelayMs: 10 };
const caller = { apiKey: 'dev-key', agentId: 'opencode://backend', backoff };

/** All of it but the port of the other side. */
const namesIt = (address: string) => ({
  name: 'AgentbusError',
  reason: undefined,
  message: expect.stringMatching(new RegExp(`^(cannot reach the bus|what answers) at ${address}(:| is no bus)`)),
});

describe.each(Object.keys(servers))('an address with %s', (what) => {
  test('ends an agent with an error that names it', async () => {
    const address = addresses.get(what)!;
    const agent = connectAgent({ ...caller, address, connectTimeoutMs: 300, onStatus() {} });
    await expect(agent.ready()).rejects.toMatchObject(namesIt(address));
    expect(agent.status.state).toBe('failed');
  });

  test('fails the call of an orchestrator with an error that names it', async () => {
    const address = addresses.get(what)!;
    const orchestrator = connectOrchestrator({ ...caller, address });
    const session = orchestrator.openSession('sess_a');
    await expect(session.get()).rejects.toMatchObject(namesIt(address));
    await expect(session.ask({ to: 'codex://frontend' })).rejects.toMatchObject(namesIt(address));
    orchestrator.close();
  });
});

test('followers of a session hear that there is no bus', async () => {
  const address = addresses.get('an HTTP/2 server without such a page')!;
  const orchestrator = connectOrchestrator({ ...caller, address });
  await expect(orchestrator.openSession('sess_a').events().next()).rejects.toMatchObject(namesIt(address));
  orchestrator.close();
});

test.each(['localhost:8080', '', 'ftp://127.0.0.1'])('%j is no address', (address) => {
  const refusal = expect.objectContaining({
    code: 'INVALID_ARGUMENT',
    message: `the address of the bus has to be such as http://127.0.0.1:8080, not ${JSON.stringify(address)}`,
  });
  expect(() => connectAgent({ ...caller, address })).toThrow(refusal);
  expect(() => connectOrchestrator({ ...caller, address })).toThrow(refusal);
});
