import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { SendResult } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { AgentbusError } from '../../../src/client/errors.ts';
import type { Choices } from '../choices.ts';
import type { MessageFacts } from '../ledger/message-facts.ts';
import { type AgentStream, openAgentStream } from './agent-stream.ts';
import { type Actor, type BusRun, openTransport, type Protocol, pause } from './bus-run.ts';
import { envelopeOf } from './message-content.ts';
import type { Sender, Sending } from './sender.ts';

export interface WriterOptions {
  readonly agentId: string;
  readonly protocol: Protocol;
  readonly sender: Sender;
  readonly choices: Choices;
  /** Resolves when all recipients are registered. */
  prepared(bus: BusRun): Promise<void>;
}

/** Messages that may wait for an answer: enough for several frames to share a commit of the bus. */
const WINDOW = 64;
const LARGEST_BATCH = 16;
/** Content of one frame, in bytes; a frame may have 4 MiB. */
const FRAME_BYTES = 1_000_000;

/** Writes over an AgentStream: batches and singles, without waiting for the answers to those before. */
export function createStreamWriter({ agentId, protocol, sender, choices, prepared }: WriterOptions): Actor {
  return {
    name: agentId,
    async run(bus) {
      await prepared(bus);
      const stream = openAgentStream(openTransport(bus, agentId, protocol), {
        agent: { agentId },
        instanceId: 'writer',
        sendOnly: true,
      });
      const pending: Sending[] = [];
      const ended = new AbortController();
      const answers = takeAnswers(stream, pending, sender).finally(() => ended.abort());
      const say = (messages: readonly Pick<Sending, 'message' | 'variant'>[]): void => {
        const sendings = messages.map(({ message, variant }) => sender.begin(message, variant));
        pending.push(...sendings);
        const envelopes = sendings.map(({ message, variant }) => envelopeOf(message, variant));
        stream.say({ case: 'send', value: { messages: envelopes } });
      };
      for (const frame of framesOf(sender.unknown())) say(frame.map((message) => ({ message, variant: 0 })));
      while (bus.mode === 'work' && !ended.signal.aborted && !bus.gone.aborted) {
        if (pending.length < WINDOW) {
          const size = choices.chance(0.5) ? 1 : choices.int(2, LARGEST_BATCH);
          say(Array.from({ length: size }, () => sender.next()));
        }
        await pause(choices.spread(2, 400), bus.gone, ended.signal);
      }
      stream.finish();
      await answers;
      if (pending.length > 0 && bus.mode === 'settle') throw new Error(`${pending.length} messages were not answered`);
    },
  };
}

/** Results come in the order of the messages. */
async function takeAnswers(stream: AgentStream, pending: Sending[], sender: Sender): Promise<void> {
  for await (const frame of stream.frames) {
    // The bus is about to stop: nothing more is said, and what was said is answered.
    if (frame.case === 'drain') stream.finish();
    if (frame.case === 'error') throw new Error(`a frame was refused: ${frame.value.error?.message}`);
    if (frame.case !== 'sendResult') continue;
    for (const result of frame.value.results) answer(pending.shift(), result, sender);
  }
}

function answer(sending: Sending | undefined, { messageId, outcome }: SendResult, sender: Sender): void {
  if (sending?.message.messageId !== messageId)
    throw new Error(`expected the answer to ${sending?.message.messageId}, got that to ${messageId}`);
  if (outcome.case === 'error') sender.refused(sending, AgentbusError.fromStatus(outcome.value));
  else if (outcome.value?.acceptedTime !== undefined) {
    const acceptedAt = timestampMs(outcome.value.acceptedTime);
    sender.accepted(sending, { duplicate: outcome.case === 'duplicate', acceptedAt });
  }
}

/** The messages in their order, in frames of a size that the bus takes. */
function framesOf(messages: readonly MessageFacts[]): MessageFacts[][] {
  const frames: MessageFacts[][] = [];
  let bytes = 0;
  for (const message of messages) {
    bytes += message.size;
    const frame = frames.at(-1);
    if (frame === undefined || frame.length === LARGEST_BATCH || bytes > FRAME_BYTES) {
      frames.push([message]);
      bytes = message.size;
    } else frame.push(message);
  }
  return frames;
}
