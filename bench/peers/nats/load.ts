/** A process that makes load for JetStream, in the text protocol of NATS over plain TCP. See bench/load-process.ts. */
import { NUMBER_DIGITS, numberedContent, readNumber } from '../load/numbered-content.ts';
import { runPairs } from '../load/pairs.ts';
import { mailboxOf } from './mailboxes.ts';
import { connectNats } from './nats-connection.ts';
import type { NatsMessage } from './nats-reader.ts';

/** A pull is asked for again when so many of its messages are still to come, so that the server never waits for a request. */
const PULL_LEFT = 0.5;
/** Messages of one pull: a request is dear when it is for few. */
const SMALLEST_PULL = 256;
const LARGEST_PULL = 4_096;
const UNDERSCORE = 95;
/** Where the inbox of the confirmations has its `c`, and that of the deliveries its `d`. */
const KIND_AT = '_INBOX.'.length;
const CONFIRM = 99;

await runPairs(async ({ port, run, pair, scenario, most, ledger }) => {
  const { stream, subject, consumer } = mailboxOf(run, pair);
  const { bytes, batch } = scenario;
  const content = numberedContent(bytes);

  // The sender: each publish names the inbox for its answer, which ends with the number of the message.
  const accepts = `_INBOX.p${pair}`;
  const sender = await connectNats(port, (message) => {
    expectNoStatus(message);
    if (!isPubAck(message)) throw new Error(`JetStream refused: ${textOf(message)}`);
    const end = message.subjectEnd;
    ledger.accepted(readNumber(message.buffer, end - NUMBER_DIGITS, end), performance.now());
  });
  sender.subscribe(`${accepts}.*`);
  await sender.flush();
  const tail = Buffer.from(`${content.filler}\r\n`);

  // The receiver: deliveries, and the answers to its acknowledgements. An acknowledgement stands for a whole batch, which is those
  // before it on the same consumer; it names the inbox for its answer, which ends with the number of the last message.
  const pull = Math.min(Math.max(most, SMALLEST_PULL), LARGEST_PULL);
  const [deliveries, confirms] = [`_INBOX.d${pair}`, `_INBOX.c${pair}`];
  let pulled = 0;
  /** Numbers that were delivered and whose acknowledgement is not confirmed, oldest first, and how many of them each acknowledgement has. */
  const unconfirmed: number[] = [];
  const acknowledged: number[] = [];
  /** Those at its end that no acknowledgement was sent for, and the reply subject of the last one, as it came. */
  let open = 0;
  let lastReply = Buffer.alloc(0) as Buffer;
  const receiver = await connectNats(port, (message) => {
    const { buffer, subjectStart, subjectEnd, replyStart, replyEnd, contentStart } = message;
    // A delivery has the subject that its sender gave; what comes to an inbox begins as inboxes do.
    if (buffer[subjectStart] === UNDERSCORE && buffer[subjectStart + KIND_AT] === CONFIRM) {
      confirm(readNumber(buffer, subjectEnd - NUMBER_DIGITS, subjectEnd));
      return;
    }
    expectNoStatus(message);
    const number = readNumber(buffer, contentStart);
    ledger.delivered(number, performance.now());
    unconfirmed.push(number);
    lastReply = buffer.subarray(replyStart, replyEnd);
    if (open === 0) setImmediate(acknowledge);
    if (++open === batch) acknowledge();
    if (--pulled <= pull * PULL_LEFT) request();
  });

  function acknowledge(): void {
    if (open === 0) return;
    const { outbox } = receiver;
    outbox.text('PUB ');
    outbox.bytes(lastReply, 0, lastReply.length);
    outbox.text(` ${confirms}.${content.number(unconfirmed.at(-1) ?? 0)} 4\r\n+ACK\r\n`);
    acknowledged.push(open);
    open = 0;
  }

  function confirm(number: number): void {
    const numbers = unconfirmed.splice(0, acknowledged.shift() ?? 0);
    if (numbers.at(-1) !== number) throw new Error(`message ${number} was confirmed out of turn`);
    const now = performance.now();
    for (const each of numbers) ledger.acknowledged(each, now);
  }

  const next = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`;
  function request(): void {
    const text = JSON.stringify({ batch: pull });
    receiver.outbox.text(`PUB ${next} ${deliveries} ${text.length}\r\n${text}\r\n`);
    pulled += pull;
  }
  receiver.subscribe(deliveries);
  receiver.subscribe(`${confirms}.*`);
  request();
  await receiver.flush();

  return {
    send(first, count) {
      const { outbox } = sender;
      for (let number = first; number < first + count; number++) {
        const digits = content.number(number);
        outbox.text(`PUB ${subject} ${accepts}.${digits} ${bytes}\r\n${digits}`);
        outbox.bytes(tail, 0, tail.length);
      }
    },
    close() {
      sender.close();
      receiver.close();
    },
  };
});

/** A status, such as that nobody listens or that a pull is over, comes as headers without content. */
function expectNoStatus(message: NatsMessage): void {
  if (message.headersStart !== message.contentStart)
    throw new Error(`NATS says: ${message.buffer.toString('latin1', message.headersStart, message.contentStart)}`);
}

/** `{"stream":…`: an error would begin with `{"error"`. */
function isPubAck({ buffer, contentStart }: NatsMessage): boolean {
  return buffer[contentStart + 2] === 115;
}

function textOf({ buffer, contentStart, contentEnd }: NatsMessage): string {
  return buffer.toString('utf8', contentStart, contentEnd);
}
