/**
 * Goal: whoever follows a trace through many processes sees the bus in it, and a bus without a collector pays nothing.
 * Method: a real bus process, a real OTLP receiver, real agents and calls.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectAgent, connectOrchestrator } from '../../src/client/index.ts';
import { TRACE_LIMITS } from '../../src/limits.ts';
import { callJson } from '../call-json.ts';
import { type BusProcess, type BusProcessOptions, startBusProcess } from '../start-bus-process.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../telemetry/otlp-receiver.ts';

const ORCHESTRATOR = 'claude-code://orchestrator';
const BACKEND = 'opencode://backend';
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const CALLER_SPAN = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE_ID}-${CALLER_SPAN}-01`;

async function startBus(options: BusProcessOptions = {}): Promise<BusProcess> {
  const bus = await startBusProcess({ dataDir: ':memory:', ...options });
  onTestFinished(async () => void (await bus.stop()));
  return bus;
}

/** Waits for spans by `what:message id`, and returns them by that name. */
async function spansBy(receiver: OtlpReceiver, ...names: string[]): Promise<Record<string, ReceivedSpan>> {
  const nameOf = ({ name, attributes }: ReceivedSpan) =>
    `${name}:${attributes['messaging.message.id'] ?? attributes['agentbus.task_id']}`;
  const missing = () => names.filter((name) => !receiver.spans.some((span) => nameOf(span) === name));
  await expect.poll(missing, { timeout: 15_000 }).toEqual([]);
  return Object.fromEntries(receiver.spans.map((span) => [nameOf(span), span]));
}

test('one trace runs from an orchestrator through a message, its delivery, the task and the answer', async () => {
  const receiver = await startOtlpReceiver();
  const { address, apiKey } = await startBus({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=secret',
      OTEL_SERVICE_NAME: 'bus-under-test',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    },
  });
  const agent = connectAgent({ address, apiKey, agentId: BACKEND, onTask: () => ({ payload: { done: true } }) });
  await agent.ready();
  const orchestrator = connectOrchestrator({ address, apiKey, agentId: ORCHESTRATOR });
  const session = await orchestrator.createSession({ participants: [{ agentId: BACKEND, role: 'implementer' }] });
  const metadata = { traceparent: TRACEPARENT };
  await session.delegate({ to: BACKEND, taskId: 'task_1', payload: {}, metadata, replies: 'mailbox' });
  const mail = { agent_id: ORCHESTRATOR, wait: '10s' };
  const received = await callJson({ address, apiKey, method: 'MessageService/ReceiveMessages', body: mail });
  const [answer] = received.body.deliveries;
  const answerId: string = answer.message.message_id;
  expect(answer.message).toMatchObject({ correlation_id: 'task_1', metadata });
  const settle = { agent_id: ORCHESTRATOR, delivery_ids: [answer.delivery_id] };
  await callJson({ address, apiKey, method: 'MessageService/AcknowledgeMessages', body: settle });
  orchestrator.close();
  await agent.close();

  const ofBoth = ['send', 'route', 'deliver', 'acknowledge'].flatMap((name) => [
    `${name}:task_1`,
    `${name}:${answerId}`,
  ]);
  const spans = await spansBy(receiver, ...ofBoth, 'task:task_1');
  expect([...new Set(receiver.spans.map(({ traceId }) => traceId))]).toEqual([TRACE_ID]);
  for (const messageId of ['task_1', answerId]) {
    expect(spans[`send:${messageId}`]?.parentSpanId).toBe(CALLER_SPAN);
    expect(spans[`route:${messageId}`]?.parentSpanId).toBe(spans[`send:${messageId}`]?.spanId);
    expect(spans[`deliver:${messageId}`]?.parentSpanId).toBe(CALLER_SPAN);
    expect(spans[`acknowledge:${messageId}`]?.parentSpanId).toBe(spans[`deliver:${messageId}`]?.spanId);
  }
  expect(spans['task:task_1']?.parentSpanId).toBe(CALLER_SPAN);
  expect(spans['task:task_1']).toMatchObject({
    failed: false,
    attributes: {
      'agentbus.session_id': session.id,
      'agentbus.status': 'COMPLETED',
      'agentbus.attempts': 1,
      'agentbus.assignee': BACKEND,
    },
  });
  expect(spans['deliver:task_1']).toMatchObject({
    attributes: {
      'messaging.system': 'agentbus',
      'messaging.destination.name': BACKEND,
      'agentbus.outcome': 'acknowledged',
    },
    resource: { 'service.name': 'bus-under-test', 'deployment.environment.name': 'test' },
  });
  for (const { startMs, endMs } of receiver.spans) {
    expect(endMs).toBeGreaterThanOrEqual(startMs);
    expect(Math.abs(Date.now() - startMs)).toBeLessThan(60_000);
  }
  expect(receiver.headers()).toMatchObject({ 'x-collector-key': 'secret' });
  expect(receiver.paths()).toEqual(['/v1/traces']);
});

test('the trace of a call counts for a message that has none, and what is no trace passes through untouched', async () => {
  const receiver = await startOtlpReceiver();
  const { address, apiKey } = await startBus({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
  const headers = { traceparent: TRACEPARENT };
  const call = (method: string, body: object) => callJson({ address, apiKey, method, body, headers });
  await call('AgentService/RegisterAgent', { agent: { agent_id: BACKEND } });
  const notes = { plain: undefined, nonsense: { traceparent: 'nonsense' } };
  for (const [message_id, metadata] of Object.entries(notes)) {
    const parties = { sender: { agent_id: ORCHESTRATOR }, recipient: { agent_id: BACKEND } };
    const sent = await call('/messages/send', { message_id, ...parties, message_type: 'notification', metadata });
    expect(sent.status).toBe(200);
  }
  const { deliveries } = (await call('MessageService/ReceiveMessages', { agent_id: BACKEND, max_messages: 2 })).body;
  expect(deliveries).toHaveLength(2);
  expect(deliveries[1].message.metadata).toEqual(notes.nonsense);
  const delivery_ids = deliveries.map(({ delivery_id }: { delivery_id: string }) => delivery_id);
  await call('MessageService/RejectMessages', { agent_id: BACKEND, delivery_ids, drop: true });

  const spans = await spansBy(receiver, 'send:plain', 'deliver:plain', 'send:nonsense', 'deliver:nonsense');
  for (const messageId of ['plain', 'nonsense']) {
    const send = spans[`send:${messageId}`];
    expect(send).toMatchObject({ traceId: TRACE_ID, parentSpanId: CALLER_SPAN });
    expect(spans[`deliver:${messageId}`]).toMatchObject({
      traceId: TRACE_ID,
      parentSpanId: send?.spanId,
      attributes: { 'agentbus.outcome': 'dead_lettered' },
    });
  }
});

test('spans that wait when the bus stops are sent, and refusals are in them', async () => {
  const receiver = await startOtlpReceiver();
  const bus = await startBusProcess({ dataDir: ':memory:', env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
  const message = {
    message_id: 'm-1',
    sender: { agent_id: ORCHESTRATOR },
    recipient: { agent_id: 'nobody://there' },
    message_type: 'MESSAGE_TYPE_NOTIFICATION',
  };
  const { address, apiKey } = bus;
  await callJson({ address, apiKey, method: 'MessageService/SendMessage', body: { message } });
  expect(await bus.stop()).toBe(0);
  const refused = { failed: true, attributes: { 'error.type': 'RECIPIENT_NOT_FOUND' } };
  expect(receiver.spans).toMatchObject([
    { name: 'route', ...refused },
    { name: 'send', ...refused },
  ]);
});

test('a collector that is not there is worth a line in the log, and costs no message and no exit code', async () => {
  // Port 9 is "discard", which nobody serves; a connection is refused at once.
  const bus = await startBusProcess({
    dataDir: ':memory:',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
  });
  const { address, apiKey } = bus;
  const agents = { sender: { agent_id: ORCHESTRATOR }, recipient: { agent_id: BACKEND } };
  await callJson({ address, apiKey, method: 'AgentService/RegisterAgent', body: { agent: { agent_id: BACKEND } } });
  for (let sent = 0; sent < 600; sent++) {
    const message = { message_id: `m-${sent}`, ...agents, message_type: 'MESSAGE_TYPE_NOTIFICATION' };
    const { status } = await callJson({ address, apiKey, method: 'MessageService/SendMessage', body: { message } });
    expect(status).toBe(200);
  }
  const lines = () =>
    bus
      .stderr()
      .split('\n')
      .filter((line) => line.includes('traces are incomplete'));
  const stoppedAt = performance.now();
  expect(await bus.stop()).toBe(0);
  expect(performance.now() - stoppedAt).toBeLessThan(10_000);
  expect(lines().map((line) => JSON.parse(line).level)).toEqual([40]);
}, 60_000);

test('a collector that never answers holds up no message, and the end of the bus only for seconds', async () => {
  const collector = createServer();
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    collector.closeAllConnections();
    collector.close();
  });
  const { port } = collector.address() as AddressInfo;
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
  const bus = await startBusProcess({ dataDir: ':memory:', env });
  const { address, apiKey } = bus;
  const message = {
    message_id: 'm-1',
    sender: { agent_id: ORCHESTRATOR },
    recipient: { agent_id: ORCHESTRATOR },
    message_type: 'MESSAGE_TYPE_NOTIFICATION',
  };
  await callJson({
    address,
    apiKey,
    method: 'AgentService/RegisterAgent',
    body: { agent: { agent_id: ORCHESTRATOR } },
  });
  const { status } = await callJson({ address, apiKey, method: 'MessageService/SendMessage', body: { message } });
  expect(status).toBe(200);
  const stoppedAt = performance.now();
  expect(await bus.stop()).toBe(0);
  expect(performance.now() - stoppedAt).toBeLessThan(TRACE_LIMITS.stopTimeoutMs + 5_000);
  expect(bus.stderr()).toContain('could not be sent within');
});

const REPORT = join(import.meta.dirname, 'report-telemetry-modules.ts');

test.each([
  { title: 'none is named', env: {}, loads: false },
  {
    title: 'it is switched off',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' },
    loads: false,
  },
  { title: 'one is named', env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, loads: true },
])('a bus loads OpenTelemetry if there is a collector: $title', async ({ env, loads }) => {
  const bus = await startBus({ env: { ...env, NODE_OPTIONS: `--import=${REPORT}` } });
  expect(bus.stderr().includes('telemetry module')).toBe(loads);
});
