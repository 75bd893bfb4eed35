import { callJson, type JsonAnswer } from '../../call-json.ts';
import type { BusProcess } from '../../start-bus-process.ts';

/** What agents did to a bus and what it answered, kept outside of it. */
export interface SmallWork {
  /** Works until the bus stops answering or `signal` says so. Resolves when all agents have stopped. */
  run(bus: BusProcess, signal?: AbortSignal): Promise<void>;
  /** Drains the bus and compares: the first violation in words, or undefined. */
  check(bus: BusProcess): Promise<string | undefined>;
  /** Requests that were answered, each with the moment in which it was sent, in milliseconds since the epoch. */
  readonly answeredSentAt: readonly number[];
  readonly accepted: number;
  readonly answered: Answered;
  /** Resolves when so many more messages were accepted, or when the work has ended. */
  waitForMore(messages: number): Promise<void>;
}

export const LANES = 8;
export const SESSION = 'sess_of_small_work';
const LEAD = 'test://lead';
export const agentOf = (lane: number): string => `test://worker-${lane}`;

/** What was answered, of messages by their ids and of changes of the session by their numbers. */
export interface Answered {
  readonly accepted: Set<string>;
  readonly settled: Set<string>;
  /** Those of which an acknowledgement was sent, whether or not it was answered. */
  readonly perhapsSettled: Set<string>;
  readonly changes: number[];
}

/** `known` is what earlier work was answered; it is not changed. */
export function createSmallWork(known?: Answered): SmallWork {
  const answered: Answered = known
    ? structuredClone(known)
    : { accepted: new Set(), settled: new Set(), perhapsSettled: new Set(), changes: [] };
  const { accepted, settled, perhapsSettled, changes } = answered;
  const answeredSentAt: number[] = [];
  let tried = 0;
  let serial = 0;
  let awaited = Number.POSITIVE_INFINITY;
  let wake = (): void => {};

  const call = async (bus: BusProcess, method: string, body: unknown): Promise<JsonAnswer> => {
    const sentAt = Date.now();
    const answer = await callJson({ address: bus.address, apiKey: bus.apiKey, method, body });
    if (answer.status !== 200) throw new Error(`${method}: ${answer.status} ${JSON.stringify(answer.body)}`);
    answeredSentAt.push(sentAt);
    return answer;
  };
  const receive = async (bus: BusProcess, lane: number, most: number): Promise<Delivery[]> => {
    const body = { agent_id: agentOf(lane), max_messages: most };
    return (await call(bus, 'MessageService/ReceiveMessages', body)).body.deliveries ?? [];
  };
  const settle = async (bus: BusProcess, lane: number, deliveries: readonly Delivery[]): Promise<void> => {
    if (deliveries.length === 0) return;
    const ids = deliveries.map(({ message }) => message.message_id);
    for (const id of ids) perhapsSettled.add(id);
    const delivery_ids = deliveries.map(({ delivery_id }) => delivery_id);
    await call(bus, 'MessageService/AcknowledgeMessages', { agent_id: agentOf(lane), delivery_ids });
    for (const id of ids) settled.add(id);
  };
  const mailLane = async (bus: BusProcess, lane: number, signal: AbortSignal): Promise<void> => {
    const agent = { agent_id: agentOf(lane) };
    await call(bus, 'AgentService/RegisterAgent', { agent });
    for (let count = 0; !signal.aborted; count++) {
      const message_id = `m-${++serial}-${lane}`;
      await call(bus, 'MessageService/SendMessage', { message: messageOf(message_id, agentOf(lane)) });
      accepted.add(message_id);
      if (accepted.size >= awaited) wake();
      if (count % 3 === 0) await settle(bus, lane, await receive(bus, lane, 1));
    }
  };
  const sessionLane = async (bus: BusProcess, signal: AbortSignal): Promise<void> => {
    if (changes.length === 0) {
      const { address, apiKey } = bus;
      const made = await callJson({ address, apiKey, method: 'SessionService/CreateSession', body: sessionOf() });
      if (made.status !== 200 && made.status !== 409) throw new Error(`no session: ${made.status}`);
    }
    while (!signal.aborted) {
      const change = ++tried;
      const merge_patch = { count: change, text: filler(`${change}`) };
      await call(bus, 'SessionService/UpdateSharedContext', { session_id: SESSION, merge_patch });
      changes.push(change);
    }
  };
  const checkLane = async (bus: BusProcess, lane: number, seen: Set<string>): Promise<string | undefined> => {
    for (;;) {
      const deliveries = await receive(bus, lane, 500);
      if (deliveries.length === 0) return undefined;
      for (const { message } of deliveries) {
        const id = message.message_id;
        const expected = filler(id);
        if (message.recipient.agent_id !== agentOf(lane)) return `${id} came to the wrong agent`;
        if (message.payload.text !== expected) return `the content of ${id} is not what was sent`;
        if (seen.has(id)) return `${id} was delivered twice`;
        if (settled.has(id)) return `${id} was delivered again after it was acknowledged`;
        seen.add(id);
      }
      await settle(bus, lane, deliveries);
    }
  };
  return {
    answered,
    answeredSentAt,
    get accepted() {
      return accepted.size;
    },
    async run(bus, signal = new AbortController().signal) {
      const lanes = Array.from({ length: LANES }, (_, lane) => mailLane(bus, lane, signal));
      await Promise.allSettled([...lanes, sessionLane(bus, signal)]);
      wake();
    },
    waitForMore(messages) {
      awaited = accepted.size + messages;
      return new Promise((resolve) => (wake = resolve));
    },
    async check(bus) {
      const due = [...accepted].filter((id) => !perhapsSettled.has(id));
      const seen = new Set<string>();
      for (let lane = 0; lane < LANES; lane++) {
        const violation = await checkLane(bus, lane, seen);
        if (violation !== undefined) return violation;
      }
      const lost = due.filter((id) => !seen.has(id));
      if (lost.length > 0) return `${lost.length} accepted messages are lost, such as ${lost[0]}`;
      return changes.length === 0 ? undefined : await checkSession(bus, changes);
    },
  };
}

interface Delivery {
  readonly delivery_id: string;
  readonly message: ReturnType<typeof messageOf>;
}

export function messageOf(message_id: string, recipient: string) {
  return {
    message_id,
    sender: { agent_id: recipient },
    recipient: { agent_id: recipient },
    message_type: 'MESSAGE_TYPE_NOTIFICATION',
    payload: { text: filler(message_id) },
  };
}

function sessionOf() {
  return { session_id: SESSION, orchestrator: LEAD, participants: [{ agent_id: agentOf(0), role: 'worker' }] };
}

/** Some hundred bytes that follow from a name, so that whoever reads them knows what they should be. */
function filler(name: string): string {
  return `${name} `.repeat(40);
}

/** Every change that was answered is an event, in order, once, and the log has no gap. */
async function checkSession({ address, apiKey }: BusProcess, changes: readonly number[]): Promise<string | undefined> {
  const found: number[] = [];
  for (let next = 1; ; ) {
    const body = { session_id: SESSION, after_sequence: next - 1, page_size: 1_000 };
    const answer = await callJson({ address, apiKey, method: 'SessionService/ListSessionEvents', body });
    if (answer.status !== 200) return `events of the session: ${answer.status} ${JSON.stringify(answer.body)}`;
    const events: SessionEvent[] = answer.body.events ?? [];
    if (events.length === 0) break;
    for (const { sequence, shared_context_updated: updated } of events) {
      if (Number(sequence) !== next) return `event ${next} of the session is missing: ${sequence} follows`;
      next++;
      if (updated === undefined) continue;
      const { count, text } = updated.merge_patch;
      if (text !== filler(`${count}`)) return `event ${sequence} of the session is not what was sent`;
      found.push(count);
    }
  }
  if (found.some((change, index) => index > 0 && change <= (found[index - 1] as number))) return 'a change came twice';
  const foundSet = new Set(found);
  const lost = changes.filter((change) => !foundSet.has(change));
  return lost.length === 0 ? undefined : `${lost.length} answered changes of the session are lost, such as ${lost[0]}`;
}

interface SessionEvent {
  readonly sequence: string;
  readonly shared_context_updated?: { readonly merge_patch: { readonly count: number; readonly text: string } };
}
