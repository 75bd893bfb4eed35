/**
 * Goal: a sender that asks for receipts hears on its streams what GetMessageStatus says afterwards.
 * Method: a real server on a real bus, real streams of both sides, and time in the test's hands.
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { type EnvelopeSchema, MessageState, MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { BACKEND, FRONTEND, ORCHESTRATOR, QA } from '../open-bus.ts';
import { headers, sessionId, startServices } from './start-services.ts';
import { openStream, type StreamClient } from './stream-client.ts';

const { QUEUED, DELIVERED, ACKNOWLEDGED, EXPIRED, DEAD_LETTERED, WITHDRAWN } = MessageState;
const ALL = [QUEUED, DELIVERED, ACKNOWLEDGED, EXPIRED, DEAD_LETTERED, WITHDRAWN];
type Fields = MessageInitShape<typeof EnvelopeSchema> & { $typeName?: never };

async function start() {
  const { clock, messages, sessions, agents, bus } = await startServices();
  const open = async (agentId: string, instanceId = 'i-1'): Promise<StreamClient> => {
    const stream = openStream(agents, headers);
    stream.say({ case: 'hello', value: { agent: { agentId }, instanceId, confirmSettlements: true } });
    await stream.nextOf('welcome');
    return stream;
  };
  const message = (fields: Fields = {}) => ({
    messageId: 'm-1',
    sender: { agentId: ORCHESTRATOR, sessionId },
    recipient: { target: { case: 'agentId' as const, value: BACKEND } },
    messageType: MessageType.NOTIFICATION,
    routing: { receipts: ALL },
    ...fields,
  });
  const status = async (messageId = 'm-1') =>
    (await messages.getMessageStatus({ sender: ORCHESTRATOR, messageId }, { headers })).statuses;
  return { bus, clock, sessions, messages, open, message, status };
}

/** The next receipts, as far as a test compares them. */
async function receipts(stream: StreamClient, count: number) {
  const all = [];
  while (all.length < count) {
    const { messageId, recipient, state, attempt, reason } = await stream.nextOf('receipt');
    all.push({ messageId, recipient, state: MessageState[state], attempt, reason });
  }
  return all;
}

async function delivery(stream: StreamClient) {
  const [first] = (await stream.nextOf('delivery')).deliveries;
  return first!;
}

describe('receipts', () => {
  it('follow a message from the mailbox to the acknowledgement', async () => {
    const { open, message, status } = await start();
    const [sender, recipient] = [await open(ORCHESTRATOR), await open(BACKEND)];
    sender.say({ case: 'send', value: { messages: [message()] } });
    const { deliveryId } = await delivery(recipient);
    recipient.say({ case: 'ack', value: { deliveryIds: [deliveryId] } });
    const about = { messageId: 'm-1', recipient: BACKEND, reason: '' };
    expect(await receipts(sender, 3)).toEqual([
      { ...about, state: 'QUEUED', attempt: 0 },
      { ...about, state: 'DELIVERED', attempt: 1 },
      { ...about, state: 'ACKNOWLEDGED', attempt: 1 },
    ]);
    expect(await status()).toMatchObject([{ recipient: BACKEND, state: ACKNOWLEDGED, attempt: 1 }]);
  });

  it('tell of a message that lost its use', async () => {
    const { open, message, status, clock, messages } = await start();
    const sender = await open(ORCHESTRATOR);
    const expiresAt = timestampFromMs(clock.now() + 5_000);
    await messages.sendMessage({ message: message({ routing: { receipts: [EXPIRED], expiresAt } }) }, { headers });
    clock.advance(5_000);
    expect(await receipts(sender, 1)).toMatchObject([{ recipient: BACKEND, state: 'EXPIRED', attempt: 0 }]);
    expect(await status()).toMatchObject([{ recipient: BACKEND, state: EXPIRED }]);
  });

  it('tell of a message that the recipient gave up, and why', async () => {
    const { open, message, status, messages } = await start();
    const [sender, recipient] = [await open(ORCHESTRATOR), await open(BACKEND)];
    await messages.sendMessage({ message: message({ routing: { receipts: [DEAD_LETTERED] } }) }, { headers });
    const { deliveryId } = await delivery(recipient);
    const drop = {
      deliveryIds: [deliveryId],
      disposition: { case: 'drop' as const, value: true },
      reason: 'no screen',
    };
    recipient.say({ case: 'reject', value: drop });
    const given = { recipient: BACKEND, attempt: 1, reason: 'no screen' };
    expect(await receipts(sender, 1)).toMatchObject([{ ...given, state: 'DEAD_LETTERED' }]);
    expect(await status()).toMatchObject([{ ...given, state: DEAD_LETTERED }]);
  });

  it('tell of a message that comes again, each time', async () => {
    const { open, message, messages } = await start();
    const [sender, recipient] = [await open(ORCHESTRATOR), await open(BACKEND)];
    await messages.sendMessage({ message: message({ routing: { receipts: [DELIVERED] } }) }, { headers });
    const { deliveryId } = await delivery(recipient);
    recipient.say({ case: 'reject', value: { deliveryIds: [deliveryId] } });
    expect(await receipts(sender, 2)).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
  });

  it('tell of a task that is called off before anybody took it', async () => {
    const { open, message, status, messages, sessions } = await start();
    const sender = await open(ORCHESTRATOR);
    const task = message({ messageType: MessageType.TASK_REQUEST, routing: { receipts: [WITHDRAWN] } });
    await messages.sendMessage({ message: task }, { headers });
    await sessions.cancelTask({ sessionId, taskId: 'm-1', reason: 'not needed' }, { headers });
    const [receipt] = await receipts(sender, 1);
    expect(receipt).toMatchObject({ recipient: BACKEND, state: 'WITHDRAWN' });
    expect(await status()).toMatchObject([{ recipient: BACKEND, state: WITHDRAWN, reason: receipt?.reason }]);
  });

  it('tell of each copy of a message to many', async () => {
    const { open, message, status } = await start();
    const sender = await open(ORCHESTRATOR);
    const recipient = { target: { case: 'role' as const, value: 'implementer' } };
    sender.say({ case: 'send', value: { messages: [message({ recipient, routing: { receipts: [QUEUED] } })] } });
    const both = [{ recipient: BACKEND }, { recipient: FRONTEND }];
    expect(await receipts(sender, 2)).toMatchObject(both);
    expect((await sender.nextOf('sendResult')).results).toMatchObject([
      { outcome: { case: 'accepted', value: { recipients: [BACKEND, FRONTEND] } } },
    ]);
    expect(await status()).toMatchObject(both);
  });

  it('go to every stream of the sender, and to nobody else', async () => {
    const { open, message, messages } = await start();
    const streams = [await open(ORCHESTRATOR), await open(ORCHESTRATOR, 'i-2')];
    const others = [await open(BACKEND), await open(QA)];
    await messages.sendMessage({ message: message({ routing: { receipts: [QUEUED] } }) }, { headers });
    for (const stream of streams) expect(await receipts(stream, 1)).toMatchObject([{ state: 'QUEUED' }]);
    for (const stream of others) {
      stream.endRequests();
      const frames: string[] = [];
      await expect(
        (async () => {
          for (;;) frames.push((await stream.next()).case);
        })(),
      ).rejects.toThrow('the stream ended well');
      expect(frames).not.toContain('receipt');
    }
  });

  it('are not sent for states that nobody asked about', async () => {
    const { open, message } = await start();
    const [sender, recipient] = [await open(ORCHESTRATOR), await open(BACKEND)];
    const messages = [message({ routing: { receipts: [ACKNOWLEDGED] } }), message({ messageId: 'm-2', routing: {} })];
    sender.say({ case: 'send', value: { messages } });
    for (let acknowledged = 0; acknowledged < 2; ) {
      const { deliveries } = await recipient.nextOf('delivery');
      acknowledged += deliveries.length;
      recipient.say({ case: 'ack', value: { deliveryIds: deliveries.map(({ deliveryId }) => deliveryId) } });
    }
    expect(await receipts(sender, 1)).toMatchObject([{ messageId: 'm-1', state: 'ACKNOWLEDGED' }]);
  });
});

describe('the results of a repeated send', () => {
  it('name the same recipients, and no second receipt comes', async () => {
    const { open, message, messages } = await start();
    const sender = await open(ORCHESTRATOR);
    const toMany = message({ recipient: { target: { case: 'allParticipants', value: true } } });
    const first = await messages.sendMessage({ message: toMany }, { headers });
    const again = await messages.sendMessage({ message: toMany }, { headers });
    const recipients = [BACKEND, FRONTEND, QA];
    expect([first, again]).toMatchObject([
      { duplicate: false, recipients },
      { duplicate: true, recipients },
    ]);
    await messages.sendMessage({ message: message({ messageId: 'last' }) }, { headers });
    expect((await receipts(sender, 4)).map(({ messageId }) => messageId)).toEqual(['m-1', 'm-1', 'm-1', 'last']);
  });
});
