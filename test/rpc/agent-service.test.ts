/**
 * Goal: AgentService does over real sockets what its contract says, in every protocol that can carry it.
 * Method: a real server on a real bus, clients of connect-node, and time in the test's hands.
 */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AgentStatus } from '../../gen/ts/agentbus/v1/agent_pb.js';
import { AgentService, type SubscribeResponse } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import { RedeliveryReason } from '../../gen/ts/agentbus/v1/delivery_pb.js';
import { EnvelopeSchema, MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { STREAM_LIMITS } from '../../src/limits.ts';
import { createRoutes } from '../../src/rpc/routes.ts';
import { openBus } from '../open-bus.ts';
import { startServer } from '../server/start-server.ts';
import { LANES } from './start-services.ts';
import { openStream, type StreamClient } from './stream-client.ts';

const AGENT = 'codex://worker';
const PEER = 'claude-code://peer';
const HELLO = { agent: { agentId: AGENT }, instanceId: 'i-1' };
const headers = { 'x-agent-api-key': 'anybody' };
const keys = { find: () => ({ name: 'tests', agents: ['*'] }) };

async function start(lean = true) {
  const { bus, engine, clock } = await openBus();
  onTestFinished(() => bus.close());
  const { url, server, lines } = await startServer({ routes: createRoutes(bus), keys, clock, lean });
  const grpc = createGrpcTransport({ baseUrl: url });
  const open = async (hello = {}, transport: Transport = grpc): Promise<StreamClient> => {
    const stream = openStream(createClient(AgentService, transport), headers);
    stream.say({ case: 'hello', value: { ...HELLO, ...hello } });
    await stream.nextOf('welcome');
    return stream;
  };
  const agents = createClient(AgentService, grpc);
  const messages = createClient(MessageService, grpc);
  const send = async (messageId: string, fields: MessageInitShape<typeof EnvelopeSchema> = {}) => {
    await messages.sendMessage({ message: envelope(messageId, fields) }, { headers });
  };
  /** A whole turn to the server and back, on a connection of its own. */
  const roundTrip = async () => (await agents.getAgent({ agentId: AGENT }, { headers })).agent!;
  return { url, server, lines, bus, engine, clock, open, agents, messages, send, roundTrip };
}

function envelope(messageId: string, fields: MessageInitShape<typeof EnvelopeSchema> = {}) {
  return create(EnvelopeSchema, {
    messageId,
    sender: { agentId: PEER },
    recipient: { target: { case: 'agentId', value: AGENT } },
    messageType: MessageType.TASK_REQUEST,
    content: { case: 'payload', value: { text: messageId } },
    ...(fields as object),
  });
}

/** Code and reason of an error as a client sees it. */
function refusal(error: unknown): { code: string; reason: string | undefined } {
  const refused = ConnectError.from(error);
  return { code: Code[refused.code], reason: refused.findDetails(ErrorInfoSchema)[0]?.reason };
}

describe.each(LANES)('AgentStream of gRPC carried $lane', ({ lean }) => {
  it.each([
    ['gRPC', (baseUrl: string) => createGrpcTransport({ baseUrl })],
    ['Connect', (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: '2' })],
    [
      'Connect with JSON',
      (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: '2', useBinaryFormat: false }),
    ],
  ])('carries a task and its answer over %s', async (_, transportOf) => {
    const { open, url } = await start(lean);
    const worker = await open({}, transportOf(url));
    const peer = await open({ agent: { agentId: PEER } }, transportOf(url));
    peer.say({ case: 'send', value: { messages: [envelope('task')] } });
    const { results } = await peer.nextOf('sendResult');
    expect(results).toMatchObject([{ messageId: 'task', outcome: { case: 'accepted' } }]);
    const { deliveries } = await worker.nextOf('delivery');
    expect(deliveries).toMatchObject([
      { attempt: 1, message: { messageId: 'task', content: { case: 'payload', value: { text: 'task' } } } },
    ]);
    const answer = create(EnvelopeSchema, {
      messageId: 'answer',
      sender: { agentId: AGENT },
      recipient: { target: { case: 'agentId', value: PEER } },
      messageType: MessageType.TASK_RESPONSE,
      correlationId: 'task',
    });
    worker.say({ case: 'send', value: { messages: [answer] } });
    worker.say({ case: 'ack', value: { deliveryIds: [deliveries[0]!.deliveryId] } });
    expect((await peer.nextOf('delivery')).deliveries).toMatchObject([{ message: { correlationId: 'task' } }]);
    worker.endRequests();
    expect(await worker.end()).toBeUndefined();
  });

  it('delivers again what a stream that broke had not acknowledged, and nothing that it had', async () => {
    const { open, send, engine } = await start(lean);
    const broken = await open({ confirmSettlements: true });
    await send('m-1');
    await send('m-2');
    const [first] = (await broken.nextOf('delivery')).deliveries;
    broken.say({ case: 'ack', value: { deliveryIds: [first!.deliveryId] } });
    await broken.nextOf('settleResult');
    const [records] = await engine.messages.find([{ sender: PEER, messageId: 'm-1' }]);
    expect(records).toMatchObject([{ state: 'acknowledged' }]);
    broken.abort();
    expect(refusal(await broken.end()).code).toBe('Canceled');
    const resumed = await open();
    expect((await resumed.nextOf('delivery')).deliveries).toMatchObject([
      { attempt: 2, redeliveredBecause: RedeliveryReason.STREAM_CLOSED, message: { messageId: 'm-2' } },
    ]);
  });

  it('forgets a client that went away', async () => {
    const { open, roundTrip } = await start(lean);
    const stream = await open();
    expect((await roundTrip()).status).toBe(AgentStatus.ONLINE);
    stream.abort();
    await expect.poll(async () => (await roundTrip()).status).toBe(AgentStatus.OFFLINE);
  });

  it('takes a connection that breaks for an everyday thing', async () => {
    const { open, url, lines, roundTrip } = await start(lean);
    const connection = new Http2SessionManager(url);
    const stream = await open({}, createGrpcTransport({ baseUrl: url, sessionManager: connection }));
    connection.abort();
    expect(await stream.end()).toBeInstanceOf(ConnectError);
    await expect.poll(async () => (await roundTrip()).status).toBe(AgentStatus.OFFLINE);
    const warnings = lines().filter(({ level }) => Number(level) >= 40);
    expect(warnings).toEqual([]);
  });

  it('ends with a status that names the reason', async () => {
    const { agents, open, bus, clock } = await start(lean);
    const notHello = openStream(agents, headers);
    notHello.say({ case: 'drain', value: {} });
    expect(refusal(await notHello.end())).toEqual({ code: 'InvalidArgument', reason: 'HELLO_EXPECTED' });

    const twice = await open();
    twice.say({ case: 'hello', value: HELLO });
    expect(refusal(await twice.end())).toEqual({ code: 'InvalidArgument', reason: 'HELLO_REPEATED' });

    const fenced = await open();
    const newer = await open();
    expect(refusal(await fenced.end())).toEqual({ code: 'Aborted', reason: 'STREAM_FENCED' });

    await agents.unregisterAgent({ agentId: AGENT }, { headers });
    expect(refusal(await newer.end())).toEqual({ code: 'NotFound', reason: 'AGENT_NOT_FOUND' });
    expect(bus.agents.has(AGENT)).toBe(false);

    const quiet = await open();
    clock.advance(30_000);
    expect(refusal(await quiet.end())).toEqual({ code: 'DeadlineExceeded', reason: 'HEARTBEAT_TIMEOUT' });
  });

  it('ends for a client that never says a word', async () => {
    const { agents, clock } = await start(lean);
    const end = openStream(agents, headers).end();
    await untilDone(end, () => clock.advance(100));
    expect(refusal(await end)).toEqual({ code: 'DeadlineExceeded', reason: 'HELLO_TIMEOUT' });
  });

  it('ends when its deadline passes', async () => {
    const { agents } = await start(lean);
    const responses = agents.agentStream(hello(), { headers, timeoutMs: 300 });
    const read = async () => {
      for await (const _ of responses);
    };
    await expect(read()).rejects.toMatchObject({ code: Code.DeadlineExceeded });
    async function* hello() {
      yield { frame: { case: 'hello', value: HELLO } } as const;
      await new Promise((resolve) => setTimeout(resolve, 10_000).unref());
    }
  });

  it('holds little for a client that does not read, and breaks off in the end', async () => {
    const { open, send, bus, clock, roundTrip, server, lines } = await start(lean);
    const stream = await open({ maxInFlight: 10_000 });
    const content = { case: 'data', value: new Uint8Array(200_000) } as const;
    for (let index = 0; index < 40; index++) await send(`m-${index}`, { content });
    const { inFlight } = (await roundTrip()).instances[0]!;
    // What waits in the queue, one lease call beyond it, and what the transport has taken.
    expect(inFlight * 200_000).toBeLessThan(2 * STREAM_LIMITS.maxQueuedBytes + 1_000_000);
    const seen = new Set<AgentStatus>();
    const stepMs = 3_000;
    for (let passed = 0; passed < STREAM_LIMITS.slowConsumerMs + 15_000; passed += stepMs) {
      stream.say({ case: 'heartbeat', value: {} });
      seen.add((await roundTrip()).status);
      clock.advance(stepMs);
    }
    expect(seen).toContain(AgentStatus.SLOW);
    expect(bus.agents.get(AGENT).status).toBe(AgentStatus.OFFLINE);
    clock.advance(STREAM_LIMITS.hangUpAfterMs);
    // Which gRPC clients by the book read as RESOURCE_EXHAUSTED.
    expect(String(await stream.end())).toContain('NGHTTP2_ENHANCE_YOUR_CALM');
    await untilDone(server.drain('the test is over'), () => clock.advance(100));
    expect(lines().filter(({ msg }) => msg === 'calls did not end in time and are cut')).toEqual([]);
  });
});

describe.each(LANES)('a shutdown of streams carried $lane', ({ lean }) => {
  it('lets agents settle what they hold, and ends their streams', async () => {
    const { open, send, server, bus, clock } = await start(lean);
    const stream = await open({ confirmSettlements: true });
    await send('m-1');
    const [first] = (await stream.nextOf('delivery')).deliveries;
    const drained = server.drain('update');
    expect(await stream.nextOf('drain')).toMatchObject({ reason: 'update' });
    stream.say({ case: 'ack', value: { deliveryIds: [first!.deliveryId] } });
    expect(await stream.nextOf('settleResult')).toMatchObject({ deliveryIds: [first!.deliveryId] });
    const end = stream.end();
    clock.advance(STREAM_LIMITS.drainQuietMs);
    expect(refusal(await end)).toEqual({ code: 'Unavailable', reason: 'DRAINING' });
    expect(bus.agents.get(AGENT)).toMatchObject({ status: AgentStatus.OFFLINE, queuedMessages: 0n });
    await untilDone(drained, () => clock.advance(100));
  });

  it('goes quickly when agents leave by themselves', async () => {
    const { open, server, clock } = await start(lean);
    const stream = await open();
    const drained = server.drain('update');
    await stream.nextOf('drain');
    stream.endRequests();
    expect(await stream.end()).toBeUndefined();
    await untilDone(drained, () => clock.advance(100));
  });
});

describe('Subscribe', () => {
  it('brings deliveries over HTTP/1.1, which single calls settle', async () => {
    const { url, messages, agents, send, clock, roundTrip } = await start();
    const transport = createConnectTransport({ baseUrl: url, httpVersion: '1.1' });
    const controller = new AbortController();
    const frames = createClient(AgentService, transport)
      .subscribe({ hello: { ...HELLO, maxInFlight: 1 } }, { headers, signal: controller.signal })
      [Symbol.asyncIterator]();
    const next = async () => ((await frames.next()) as IteratorYieldResult<SubscribeResponse>).value.frame?.frame;
    expect(await next()).toMatchObject({ case: 'welcome', value: { limits: { maxInFlight: 1 } } });
    await send('m-1');
    await send('m-2');
    const first = await next();
    expect(first).toMatchObject({ case: 'delivery', value: { deliveries: [{ message: { messageId: 'm-1' } }] } });
    const deliveryIds = first?.case === 'delivery' ? first.value.deliveries.map((delivery) => delivery.deliveryId) : [];
    await messages.acknowledgeMessages({ agentId: AGENT, deliveryIds }, { headers });
    expect(await next()).toMatchObject({
      case: 'delivery',
      value: { deliveries: [{ message: { messageId: 'm-2' } }] },
    });

    clock.advance(20_000);
    const beat = await agents.heartbeat({ agentId: AGENT, instanceId: 'i-1', heartbeat: { load: 1 } }, { headers });
    expect(beat.heartbeatInterval).toMatchObject({ seconds: 15n });
    clock.advance(20_000);
    expect((await roundTrip()).instances).toMatchObject([{ connected: true, load: 1, inFlight: 1 }]);
    expect(await next()).toMatchObject({ case: 'heartbeat' });
    controller.abort();
    await expect.poll(async () => (await roundTrip()).instances).toMatchObject([{ connected: false }]);
  });

  it('refuses a hello that breaks a rule before anything is sent', async () => {
    const { agents } = await start();
    const responses = agents.subscribe({ hello: { agent: { agentId: 'nobody' }, instanceId: 'i' } }, { headers });
    const read = async () => {
      for await (const _ of responses);
    };
    const error = await read().catch((reason: unknown) => reason);
    expect(refusal(error)).toEqual({ code: 'InvalidArgument', reason: 'FIELD_INVALID' });
  });
});

describe.each(LANES)('single calls of gRPC carried $lane', ({ lean }) => {
  it('register, show, list by page and forget agents', async () => {
    const { agents } = await start(lean);
    for (const name of ['c', 'a', 'b']) {
      await agents.registerAgent({ agent: { agentId: `codex://${name}`, capabilities: ['review'] } }, { headers });
    }
    const first = await agents.listAgents({ pageSize: 2, capability: 'review' }, { headers });
    expect(first.agents.map(({ descriptor }) => descriptor?.agentId)).toEqual(['codex://a', 'codex://b']);
    const second = await agents.listAgents({ pageSize: 9_999, pageToken: first.nextPageToken }, { headers });
    expect(second.agents.map(({ descriptor }) => descriptor?.agentId)).toEqual(['codex://c']);
    expect(second.nextPageToken).toBe('');
    await agents.unregisterAgent({ agentId: 'codex://c' }, { headers });
    const missing = agents.getAgent({ agentId: 'codex://c' }, { headers }).catch(refusal);
    expect(await missing).toEqual({ code: 'NotFound', reason: 'AGENT_NOT_FOUND' });
    const foreign = agents.listAgents({ pageToken: 'c2Vzc2lvbnM' }, { headers }).catch(refusal);
    expect(await foreign).toEqual({ code: 'InvalidArgument', reason: 'PAGE_TOKEN_INVALID' });
  });

  it('keep an instance alive that has no stream', async () => {
    const { agents, clock, roundTrip } = await start(lean);
    await agents.registerAgent({ agent: { agentId: AGENT } }, { headers });
    await agents.heartbeat({ agentId: AGENT }, { headers });
    clock.advance(30_000);
    expect(await roundTrip()).toMatchObject({
      status: AgentStatus.ONLINE,
      instances: [{ instanceId: 'default', connected: false }],
    });
    clock.advance(1);
    expect((await roundTrip()).status).toBe(AgentStatus.OFFLINE);
  });
});

/** Moves time while real sockets take theirs. */
async function untilDone(work: Promise<unknown>, step: () => void): Promise<void> {
  let done = false;
  const finished = work.finally(() => {
    done = true;
  });
  while (!done) {
    step();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await finished;
}
