import { type Delivery, RedeliveryReason } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import { laneName, readMessage } from './lane.ts';

/**
 * What senders, receivers and followers saw, and every promise that it breaks. It is kept by the clients: the bus cannot
 * make it right.
 */
export interface Ledger {
  /** Sentences, in the order in which they became true. Empty for a bus that keeps its word. */
  readonly violations: readonly string[];
  readonly counts: Readonly<Counts>;
  /** Messages sent and not delivered yet: how far the receivers are behind. */
  readonly undelivered: number;
  /** A message is on its way for the first time. */
  sent(sender: string, messageId: string): void;
  /** The bus answered a message. */
  answered(sender: string, messageId: string, duplicate: boolean): void;
  /** A delivery arrived on the connection with this number, which counts up for each receiver. */
  delivered(recipient: string, delivery: Delivery, connection: number): void;
  /** The receiver acknowledges these, on the stream that they came on. */
  acknowledged(deliveryIds: readonly string[]): void;
  /** The receiver's stream is over: what it acknowledged and was not confirmed may be settled or come again. */
  lostStream(recipient: string): void;
  /** The bus said that these acknowledgements are on disk. */
  confirmed(deliveryIds: readonly string[]): void;
  /** The bus said that these deliveries were not held any more, on the very stream that they came on. */
  stale(deliveryIds: readonly string[]): void;
  /** A follower of the session got an event. */
  followed(follower: string, sequence: number, sentMessage: string | undefined): void;
  /** Anything else that must not happen. */
  wrong(text: string): void;
  /** Whether every message was answered, delivered and acknowledged, and every follower has seen them all. */
  isComplete(): boolean;
  /** Messages that were answered and never delivered. */
  missing(): { readonly sender: string; readonly messageId: string }[];
  /** Looks for what is missing; the run is over. */
  close(): void;
}

export interface Counts {
  sent: number;
  /** Messages whose first answer was lost, as the second one said. */
  answeredAsDuplicate: number;
  deliveries: number;
  /** Deliveries of a message that its receiver had seen before. */
  duplicates: number;
  /** Deliveries that were the second or later by the count of the bus, seen before or not. */
  redeliveries: number;
  /** Acknowledgements that the bus confirmed. */
  confirmed: number;
  /** Acknowledgements whose confirmation was lost, though they were in force: the message did not come again. */
  unconfirmed: number;
  events: number;
}

interface Message {
  answered: boolean;
  /** The latest delivery. */
  attempt: number;
  connection: number;
  /** `unknown`: acknowledged, and the stream was over before the answer. */
  settled: 'no' | 'asked' | 'unknown' | 'confirmed';
}

const NEW: Message = { answered: false, attempt: 0, connection: -1, settled: 'no' };

export function createLedger(): Ledger {
  const violations: string[] = [];
  const counts: Counts = {
    sent: 0,
    answeredAsDuplicate: 0,
    deliveries: 0,
    duplicates: 0,
    redeliveries: 0,
    confirmed: 0,
    unconfirmed: 0,
    events: 0,
  };
  const messages = new Map<string, Message>();
  const messageOf = new Map<string, string>();
  /** What each recipient was given on its latest connection. */
  const held = new Map<string, { connection: number; readonly messages: Map<string, Message> }>();
  /** The place of the newest first delivery in each lane. */
  const firstSeen = new Map<string, number>();
  /** The place of the latest delivery in each lane on each receiver's present connection. */
  const lastOnConnection = new Map<string, { connection: number; place: number }>();
  const cursors = new Map<string, number>();
  const followedMessages = new Map<string, Set<string>>();
  let undelivered = 0;
  const wrong = (text: string): void => void violations.push(text);

  const checkFirst = (name: string, place: number): void => {
    const expected = (firstSeen.get(name) ?? 0) + 1;
    if (place !== expected) wrong(`from ${name} came number ${place} where number ${expected} was next`);
    firstSeen.set(name, Math.max(place, expected));
  };
  const checkOrder = (name: string, place: number, connection: number): void => {
    const last = lastOnConnection.get(name);
    if (last?.connection === connection && last.place >= place)
      wrong(`on one stream, from ${name}, number ${place} came behind number ${last.place}`);
    lastOnConnection.set(name, { connection, place });
  };
  const checkMark = (key: string, before: Message, { attempt, redeliveredBecause }: Delivery): void => {
    const marked = redeliveredBecause !== RedeliveryReason.UNSPECIFIED;
    if (marked !== attempt > 1) wrong(`${key}, attempt ${attempt}, is marked ${RedeliveryReason[redeliveredBecause]}`);
    if (marked && redeliveredBecause !== RedeliveryReason.STREAM_CLOSED)
      wrong(`${key} came again because ${RedeliveryReason[redeliveredBecause]}, though only streams ended`);
    if (attempt <= before.attempt) wrong(`${key} came as attempt ${attempt} after attempt ${before.attempt}`);
  };
  const checkAgain = (key: string, before: Message, connection: number): void => {
    if (before.settled === 'confirmed') wrong(`${key} came again after its acknowledgement was confirmed`);
    if (before.connection === connection) wrong(`${key} came twice on one stream`);
  };
  const heldBy = (recipient: string, connection: number): Map<string, Message> => {
    const latest = held.get(recipient);
    if (latest?.connection === connection) return latest.messages;
    const fresh = { connection, messages: new Map<string, Message>() };
    held.set(recipient, fresh);
    return fresh.messages;
  };
  return {
    violations,
    counts,
    get undelivered() {
      return undelivered;
    },
    sent(sender, messageId) {
      messages.set(`${sender} ${messageId}`, { ...NEW });
      counts.sent++;
      undelivered++;
    },
    answered(sender, messageId, duplicate) {
      const key = `${sender} ${messageId}`;
      const message = messages.get(key);
      if (message === undefined || message.answered) wrong(`${key} was answered, and nobody waited for it`);
      else message.answered = true;
      if (duplicate) counts.answeredAsDuplicate++;
    },
    delivered(recipient, delivery, connection) {
      const { messageId = '', sender } = delivery.message ?? {};
      const lane = readMessage(sender?.agentId ?? '', messageId);
      const key = `${lane.sender} ${messageId}`;
      const before = messages.get(key);
      if (before === undefined || lane.recipient !== recipient) {
        wrong(`${recipient} was given ${key}, which nobody sent there`);
        return;
      }
      counts.deliveries++;
      if (delivery.attempt > 1) counts.redeliveries++;
      checkMark(key, before, delivery);
      checkOrder(laneName(lane), lane.place, connection);
      if (before.attempt === 0) {
        checkFirst(laneName(lane), lane.place);
        undelivered--;
      } else {
        checkAgain(key, before, connection);
        counts.duplicates++;
      }
      before.attempt = delivery.attempt;
      before.connection = connection;
      before.settled = 'no';
      messageOf.set(delivery.deliveryId, key);
      heldBy(recipient, connection).set(key, before);
    },
    acknowledged(deliveryIds) {
      for (const id of deliveryIds) {
        const message = messages.get(messageOf.get(id) ?? '');
        if (message !== undefined) message.settled = 'asked';
      }
    },
    lostStream(recipient) {
      for (const message of held.get(recipient)?.messages.values() ?? [])
        if (message.settled === 'asked') message.settled = 'unknown';
    },
    confirmed(deliveryIds) {
      for (const id of deliveryIds) {
        const key = messageOf.get(id) ?? '';
        const message = messages.get(key);
        if (message?.settled !== 'asked') {
          wrong(`an acknowledgement of ${key || id} was confirmed that nobody waited for`);
          continue;
        }
        message.settled = 'confirmed';
        counts.confirmed++;
        for (const { messages: waiting } of held.values()) waiting.delete(key);
      }
    },
    stale(deliveryIds) {
      for (const id of deliveryIds) wrong(`${messageOf.get(id)} was taken from the stream that held it`);
    },
    followed(follower, sequence, sentMessage) {
      const expected = (cursors.get(follower) ?? 0) + 1;
      if (sequence !== expected) wrong(`${follower} was told of event ${sequence} where ${expected} was next`);
      cursors.set(follower, Math.max(sequence, expected));
      counts.events++;
      if (sentMessage === undefined) return;
      const seen = followedMessages.get(follower) ?? new Set<string>();
      if (seen.has(sentMessage)) wrong(`${follower} was told twice that ${sentMessage} was sent`);
      followedMessages.set(follower, seen.add(sentMessage));
    },
    wrong,
    isComplete() {
      for (const seen of followedMessages.values()) if (seen.size < counts.sent) return false;
      return [...messages.values()].every(({ answered, settled }) => answered && isSettled(settled));
    },
    missing() {
      const never = [...messages].filter(([, { answered, attempt }]) => answered && attempt === 0);
      return never.map(([key]) => {
        const [sender = '', messageId = ''] = key.split(' ');
        return { sender, messageId };
      });
    },
    close() {
      for (const [key, { answered, attempt, settled }] of messages) {
        if (!answered) wrong(`${key} was never answered`);
        if (attempt === 0) wrong(`${key} was never delivered`);
        else if (!isSettled(settled)) wrong(`the acknowledgement of ${key} was never answered`);
        if (settled === 'unknown') counts.unconfirmed++;
      }
      for (const [follower, seen] of followedMessages)
        if (seen.size !== counts.sent) wrong(`${follower} was told of ${seen.size} messages of ${counts.sent}`);
    },
  };
}

/** An acknowledgement whose answer was lost is in force too if its message is not in the mailbox any more, as the run checks. */
function isSettled(settled: Message['settled']): boolean {
  return settled === 'confirmed' || settled === 'unknown';
}
