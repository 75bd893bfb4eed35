/**
 * Goal: a bus that is stopped need not wait for those who only wait for news, and does not tell them that it is over.
 * Method: a watch, a long poll for mail and one for events are open on a real bus when it gets SIGTERM.
 */
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { expect, test, vi } from 'vitest';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { connectOrchestrator } from '../../src/client/index.ts';
import { startBusProcess } from '../start-bus-process.ts';

test('SIGTERM ends watches and long polls at once', async () => {
  const bus = await startBusProcess();
  const agentId = 'claude-code://orchestrator';
  const orchestrator = connectOrchestrator({ address: bus.address, apiKey: bus.apiKey, agentId });
  const { id: sessionId } = await orchestrator.createSession();
  orchestrator.close();

  const headers = { 'x-agent-api-key': bus.apiKey };
  const poll = (method: string, request: object) =>
    fetch(`${bus.address}/agentbus.v1.${method}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, wait: '60s' }),
    });
  const mail = poll('MessageService/ReceiveMessages', { agent_id: agentId });
  const news = poll('SessionService/ListSessionEvents', { session_id: sessionId, after_sequence: 1 });
  const sessions = createClient(SessionService, createGrpcTransport({ baseUrl: bus.address }));
  const watch = sessions.watchSession({ sessionId }, { headers })[Symbol.asyncIterator]();
  expect(await watch.next()).toMatchObject({ done: false });
  expect(await watch.next()).toMatchObject({ value: { event: { sequence: 1n } } });
  const rest = watch.next().catch((error: unknown) => error);

  await vi.waitFor(async () => {
    expect(await (await fetch(`${bus.address}/metrics`)).text()).toMatch(/^agentbus_open_calls 3$/m);
  });

  expect(await bus.stop()).toBe(0);
  expect(bus.stderr()).toContain('"msg":"draining"');
  expect(bus.stderr()).not.toContain('calls did not end in time');
  expect(await rest).toMatchObject({ rawMessage: expect.stringContaining('shutting down') });
  expect((await mail).status).toBe(503);
  expect(await (await news).json()).toMatchObject({ events: [] });
});
