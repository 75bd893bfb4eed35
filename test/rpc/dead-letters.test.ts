/**
 * Goal: what the bus gives up delivering is not lost: whoever answers for the agent sees it, and why, and decides about it.
 * Method: a real server on a real bus, asked as most clients ask, by gRPC and by JSON, and time in the test's hands.
 */
import { timestampDate, timestampFromMs } from '@bufbuild/protobuf/wkt';
import { createClient } from '@connectrpc/connect';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import { RedeliveryReason } from '../../gen/ts/agentbus/v1/delivery_pb.js';
import { MessageState, Priority } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { STORE_LIMITS } from '../../src/limits.ts';
import { createRoutes } from '../../src/rpc/routes.ts';
import { callJson } from '../call-json.ts';
import { BACKEND, FRONTEND, ORCHESTRATOR, openBus } from '../open-bus.ts';
import { startServer } from '../server/start-server.ts';
import { DROP, startWithDeadLetters } from './dead-letter-rig.ts';
import { headers, refusal, TRANSPORTS } from './start-services.ts';
import { openStream } from './stream-client.ts';

const { QUEUED, ACKNOWLEDGED, EXPIRED, DEAD_LETTERED } = MessageState;

const start = startWithDeadLetters;
const ids = (some: readonly { readonly deadLetterId: string }[]) => some.map(({ deadLetterId }) => deadLetterId);

describe.each(['gRPC', 'JSON'] as const)('by %s, a message', (protocol) => {
  it('that an agent rejects for ever is given up, seen, redelivered and done', async () => {
    const { clock, ...bus } = await start({ protocol });
    const sender = openStream(createClient(AgentService, TRANSPORTS.gRPC(bus.url)), headers);
    onTestFinished(() => sender.abort());
    sender.say({ case: 'hello', value: { agent: { agentId: ORCHESTRATOR }, instanceId: 'i-1' } });
    await sender.nextOf('welcome');
    const receipt = async () => {
      const { state, attempt, reason } = await sender.nextOf('receipt');
      return { state, attempt, reason };
    };
    await bus.send('m-1', { routing: { receipts: [DEAD_LETTERED, ACKNOWLEDGED] } });
    const acceptedAt = clock.now();
    clock.advance(1_000);
    for (let attempt = 1; attempt <= STORE_LIMITS.maxDeliveries; attempt++) {
      const delivery = await bus.receiveOne();
      expect(delivery.attempt).toBe(attempt);
      await bus.reject([delivery.deliveryId]);
    }
    const reason = 'delivery attempts exhausted: the receiver rejected it';
    expect(await bus.receive()).toEqual([]);
    expect(await receipt()).toEqual({ state: DEAD_LETTERED, attempt: 5, reason });
    expect(await bus.statuses('m-1')).toMatchObject([{ state: DEAD_LETTERED, attempt: 5, reason }]);
    const [deadLetter, ...others] = await bus.list();
    expect(others).toEqual([]);
    expect(deadLetter).toMatchObject({ agentId: BACKEND, reason, attempts: 5, message: { messageId: 'm-1' } });
    expect(timestampDate(deadLetter!.acceptedTime!).getTime()).toBe(acceptedAt);
    expect(timestampDate(deadLetter!.time!).getTime()).toBe(clock.now());

    expect(await bus.redeliver([deadLetter!.deadLetterId])).toBe(1);
    expect(await bus.list()).toEqual([]);
    expect(await bus.statuses('m-1')).toMatchObject([{ state: DEAD_LETTERED }, { state: QUEUED, attempt: 0 }]);
    const again = await bus.receiveOne();
    const redeliveredBecause = RedeliveryReason.REJECTED;
    expect(again).toMatchObject({ attempt: 1, redeliveredBecause, message: { messageId: 'm-1' } });
    expect(timestampDate(again.acceptedTime!).getTime()).toBe(clock.now());
    await bus.acknowledge([again.deliveryId]);
    expect(await receipt()).toEqual({ state: ACKNOWLEDGED, attempt: 1, reason: '' });
    expect(await bus.statuses('m-1')).toMatchObject([
      { state: DEAD_LETTERED, attempt: 5, reason },
      { state: ACKNOWLEDGED, attempt: 1, reason: '' },
    ]);
  });

  it('whose leases all run out is given up', async () => {
    const { clock, messages, send, list } = await start({ protocol });
    await send('m-1');
    for (let attempt = 1; attempt <= STORE_LIMITS.maxDeliveries; attempt++) {
      const request = { agentId: BACKEND, lease: { seconds: 1n } };
      expect((await messages.receiveMessages(request, { headers })).deliveries).toMatchObject([{ attempt }]);
      clock.advance(1_000);
    }
    await expect
      .poll(() => list())
      .toMatchObject([
        { attempts: 5, reason: 'delivery attempts exhausted: the lease expired', message: { messageId: 'm-1' } },
      ]);
  });

  it.each([
    { said: 'no such component', reason: 'no such component' },
    { said: '', reason: 'dropped by the recipient' },
  ])('that is dropped with the words "$said" is given up at once', async ({ said, reason }) => {
    const { send, receiveOne, reject, list } = await start({ protocol });
    await send('m-1');
    await reject([(await receiveOne()).deliveryId], { disposition: DROP, reason: said });
    expect(await list()).toMatchObject([{ attempts: 1, reason }]);
  });

  it("that expires is nobody's to decide about", async () => {
    const { clock, send, list, statuses } = await start({ protocol });
    await send('m-1', { routing: { expiresAt: timestampFromMs(clock.now() + 1_000) } });
    clock.advance(1_000);
    await expect.poll(() => statuses('m-1')).toMatchObject([{ state: EXPIRED }]);
    expect(await list()).toEqual([]);
  });

  it('that is purged is gone, and its sender still told what became of it', async () => {
    const { send, giveUpAll, purge, redeliver, list, receive, statuses } = await start({ protocol });
    await send('m-1');
    const given = await giveUpAll();
    expect(await purge(given)).toBe(1);
    expect(await purge(given)).toBe(0);
    expect(await redeliver(given)).toBe(0);
    expect(await list()).toEqual([]);
    expect(await receive()).toEqual([]);
    expect(await statuses('m-1')).toMatchObject([{ state: DEAD_LETTERED }]);
  });
});

describe('a dead letter that is redelivered', () => {
  it('goes behind what waits in its priority, and before what is less urgent', async () => {
    const { send, giveUpAll, redeliver, receive } = await start();
    await send('old');
    const given = await giveUpAll();
    await send('low', { priority: Priority.LOW });
    await send('new');
    await redeliver(given);
    const order = (await receive(10)).map(({ message }) => message?.messageId);
    expect(order).toEqual(['new', 'old', 'low']);
  });

  it('has no expiry any more', async () => {
    const { clock, send, giveUpAll, redeliver, receive } = await start();
    await send('m-1', { routing: { expiresAt: timestampFromMs(clock.now() + 1_000) } });
    const given = await giveUpAll();
    clock.advance(5_000);
    await redeliver(given);
    clock.advance(5_000);
    expect(await receive()).toMatchObject([{ message: { messageId: 'm-1' } }]);
  });

  it('wakes an agent that waits for mail', async () => {
    const { agents, send, giveUpAll, redeliver } = await start();
    await send('m-1');
    const given = await giveUpAll();
    const stream = openStream(agents, headers);
    onTestFinished(() => stream.abort());
    stream.say({ case: 'hello', value: { agent: { agentId: BACKEND }, instanceId: 'i-1' } });
    await stream.nextOf('welcome');
    const delivered = stream.nextOf('delivery');
    await redeliver(given);
    expect((await delivered).deliveries).toMatchObject([{ attempt: 1, message: { messageId: 'm-1' } }]);
  });

  it('may be given up again, and is another one then', async () => {
    const { send, giveUpAll, redeliver, list, statuses } = await start();
    await send('m-1');
    const first = await giveUpAll();
    await redeliver(first);
    const second = await giveUpAll();
    expect(second).not.toEqual(first);
    expect(await redeliver(first)).toBe(0);
    expect(ids(await list())).toEqual(second);
    expect(await statuses('m-1')).toMatchObject([{ state: DEAD_LETTERED }, { state: DEAD_LETTERED }]);
  });

  it('is the same message to a sender that repeats it', async () => {
    const { send, giveUpAll, redeliver, receive } = await start();
    const first = await send('m-1');
    await redeliver(await giveUpAll());
    expect(await send('m-1')).toMatchObject({
      duplicate: true,
      recipients: [BACKEND],
      acceptedTime: first.acceptedTime,
    });
    expect(await receive(10)).toHaveLength(1);
  });

  it('finds room with all that were named, or none of them does', async () => {
    const { send, giveUpAll, redeliver, receive, list } = await start({ limits: { maxMailboxMessages: 3 } });
    for (const messageId of ['m-1', 'm-2', 'm-3']) await send(messageId);
    const given = await giveUpAll();
    await send('m-4');
    const error: unknown = await redeliver(given).catch((reason: unknown) => reason);
    expect(refusal(error)).toEqual({ code: 'ResourceExhausted', reason: 'MAILBOX_FULL' });
    expect(ids(await list())).toEqual(given);
    expect(await redeliver(given.slice(0, 2))).toBe(2);
    expect((await receive(10)).map(({ message }) => message?.messageId)).toEqual(['m-4', 'm-1', 'm-2']);
    expect(ids(await list())).toEqual(given.slice(2));
  });

  it('says in its refusal how much room there is', async () => {
    const { url, send, giveUpAll } = await start({ limits: { maxMailboxMessages: 1 } });
    await send('m-1');
    const given = await giveUpAll();
    await send('m-2');
    const call = { address: url, apiKey: 'anybody', method: 'MessageService/RedeliverDeadLetters' };
    const { status, reason, facts } = await callJson({ ...call, body: { agent_id: BACKEND, dead_letter_ids: given } });
    expect({ status, reason, facts }).toEqual({
      status: 429,
      reason: 'MAILBOX_FULL',
      facts: { agent_id: BACKEND, bound: 'messages', limit: '1', actual: '2' },
    });
  });
});

describe('ids', () => {
  it('that name no dead letter of the agent are passed over, and those that are named twice count once', async () => {
    const { send, giveUpAll, redeliver, purge, list } = await start();
    await send('m-1');
    await send('m-2');
    await send('theirs', { recipient: { target: { case: 'agentId', value: FRONTEND } } });
    const [first = '', second = ''] = await giveUpAll();
    const [theirs = ''] = await giveUpAll(FRONTEND);
    const unknown = ['x', 'dl_0', `${first}0`, '🙂', theirs];
    expect(await redeliver(unknown)).toBe(0);
    expect(await purge(unknown)).toBe(0);
    expect(await redeliver([first, 'x', first])).toBe(1);
    expect(await purge([second, second, 'x'])).toBe(1);
    expect(await list()).toEqual([]);
    expect(ids(await list(FRONTEND))).toEqual([theirs]);
  });

  it.each([
    { what: 'none', deadLetterIds: [] },
    { what: 'more than 1,000', deadLetterIds: Array.from({ length: 1_001 }, String) },
    { what: 'an empty one', deadLetterIds: [''] },
    { what: 'one that is too long', deadLetterIds: ['x'.repeat(65)] },
  ])('are refused if they are $what', async ({ deadLetterIds }) => {
    const { redeliver, purge } = await start();
    for (const call of [redeliver, purge]) {
      const error: unknown = await call(deadLetterIds).catch((reason: unknown) => reason);
      expect(refusal(error)).toEqual({ code: 'InvalidArgument', reason: 'FIELD_INVALID' });
    }
  });
});

describe('a key that may not speak as the agent', () => {
  it('sees and changes nothing', async () => {
    const { bus, clock } = await openBus();
    onTestFinished(() => bus.close());
    const keys = { find: (key: string) => ({ name: key, agents: [key] }) };
    const { url } = await startServer({ routes: createRoutes(bus), keys, clock });
    const messages = createClient(MessageService, TRANSPORTS.gRPC(url));
    const as = (agentId: string) => ({ headers: { 'x-agent-api-key': agentId } });
    const mail = { agentId: BACKEND, deadLetterIds: ['x'] };
    for (const call of [
      () => messages.listDeadLetters({ agentId: BACKEND }, as(FRONTEND)),
      () => messages.redeliverDeadLetters(mail, as(FRONTEND)),
      () => messages.purgeDeadLetters(mail, as(FRONTEND)),
    ]) {
      const error: unknown = await call().catch((reason: unknown) => reason);
      expect(refusal(error)).toEqual({ code: 'PermissionDenied', reason: 'AGENT_NOT_ALLOWED' });
    }
    expect(await messages.listDeadLetters({ agentId: BACKEND }, as(BACKEND))).toMatchObject({ deadLetters: [] });
  });
});
