import { callJson, type JsonAnswer } from '../../../call-json.ts';
import type { BusProcess } from '../../../start-bus-process.ts';
import type { CrashOrder } from '../crash-order.ts';

/** A course of events that passes points which the workload of the crash loop does not pass, on data of its own. */
export interface Scenario {
  readonly env?: Readonly<Record<string, string>>;
  /** Called before there is a bus. */
  writeData?(dataDir: string): void;
  /** Called before the bus gets its order. */
  prepare?(bus: BusProcess): Promise<void>;
  /** Brings the bus to its point; its calls may fail there. */
  provoke?(bus: BusProcess): Promise<void>;
  /** Throws what is wrong with a bus that was started again after the crash. */
  check(bus: BusProcess, order: CrashOrder): Promise<void>;
  /** Throws what is wrong with the data when that bus was stopped. */
  checkData?(dataDir: string): void;
}

export const AGENT = 'crash://desk';

/** A call that may be refused, or cut. */
export function tryCall({ address, apiKey }: BusProcess, method: string, body: object): Promise<JsonAnswer> {
  return callJson({ address, apiKey, method, body, headers: { 'x-agent-id': AGENT } });
}

/** A call that must be answered. */
// biome-ignore lint/suspicious/noExplicitAny: answers have every shape.
export async function call(bus: BusProcess, method: string, body: object): Promise<any> {
  const { status, body: answer } = await tryCall(bus, method, body);
  if (status !== 200) throw new Error(`${method} was answered with ${status}: ${JSON.stringify(answer)}`);
  return answer;
}

/** Sends messages from the agent to itself. */
export async function sendAll(bus: BusProcess, messageIds: readonly string[]): Promise<void> {
  await call(bus, 'AgentService/RegisterAgent', { agent: { agent_id: AGENT } });
  for (const message_id of messageIds) {
    const self = { agent_id: AGENT };
    const message = {
      message_id,
      sender: self,
      recipient: self,
      message_type: 'MESSAGE_TYPE_NOTIFICATION',
      payload: {},
    };
    await call(bus, 'MessageService/SendMessage', { message });
  }
}

export interface Delivered {
  readonly delivery_id: string;
  readonly message: { readonly message_id: string };
}

/** All that waits; it stays leased. */
export async function receiveAll(bus: BusProcess): Promise<Delivered[]> {
  const answer = await call(bus, 'MessageService/ReceiveMessages', {
    agent_id: AGENT,
    max_messages: 1_000,
    lease: '600s',
  });
  return answer.deliveries ?? [];
}

/** Makes dead letters of these deliveries. */
export async function dropAll(bus: BusProcess, deliveries: readonly Delivered[]): Promise<void> {
  const delivery_ids = deliveries.map(({ delivery_id }) => delivery_id);
  await call(bus, 'MessageService/RejectMessages', { agent_id: AGENT, delivery_ids, drop: true });
}

export interface DeadLetter {
  readonly dead_letter_id: string;
  readonly message: { readonly message_id: string };
}

export async function listDeadLetters(bus: BusProcess): Promise<DeadLetter[]> {
  const answer = await call(bus, 'MessageService/ListDeadLetters', { agent_id: AGENT, page_size: 500 });
  return answer.dead_letters ?? [];
}
