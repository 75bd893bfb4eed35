import { create, equals, type MessageInitShape } from '@bufbuild/protobuf';
import { type Envelope, EnvelopeSchema, MessageType, ReplyMode } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { createSeededRandom } from '../../client/seeded-random.ts';
import { hashOf } from '../choices.ts';
import { type NewMessage, nameOf } from '../ledger/message-facts.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** Large contents repeat a block of this many letters: what matters is that no two messages have the same one. */
const BLOCK = 512;

/**
 * The message as it is sent. Its content follows from its name and size alone, so that it can be sent again with the very
 * same bytes, and compared when it is received, without being kept. `variant` is for other content under the same id.
 */
export function envelopeOf(message: NewMessage, variant = 0): Envelope {
  const { sender, messageId, recipient, priority, sessionId } = message;
  return create(EnvelopeSchema, {
    messageId,
    sender: { agentId: sender, ...(sessionId !== undefined && { sessionId }) },
    recipient: { target: { case: 'agentId', value: recipient } },
    messageType: sessionId === undefined ? MessageType.NOTIFICATION : MessageType.TASK_REQUEST,
    // The answer to a task is an event of its session and nothing else, so that it has to be found there.
    ...(sessionId !== undefined && { routing: { replyMode: ReplyMode.SESSION } }),
    priority,
    content: contentOf(message, variant),
  });
}

/** Whether what arrived is what was sent, field for field. */
export function isWhatWasSent(message: NewMessage, arrived: Envelope): boolean {
  return equals(EnvelopeSchema, envelopeOf(message), arrived);
}

function contentOf(
  message: NewMessage,
  variant: number,
): NonNullable<MessageInitShape<typeof EnvelopeSchema>['content']> {
  const seed = hashOf(`${nameOf(message)}#${variant}`);
  const text = textOf(seed, message.size);
  if (seed % 3 === 0) return { case: 'data', value: new TextEncoder().encode(text) };
  return { case: 'payload', value: { seed, text } };
}

function textOf(seed: number, size: number): string {
  const random = createSeededRandom(seed);
  let block = '';
  while (block.length < Math.min(size, BLOCK)) block += LETTERS[Math.floor(random.next() * LETTERS.length)];
  return block.repeat(Math.ceil(size / Math.max(block.length, 1))).slice(0, size);
}
