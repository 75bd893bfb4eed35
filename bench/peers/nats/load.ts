/** A process that makes load for JetStream, in the text protocol of NATS over plain TCP. See bench/load-process.ts. */
import { NUMBER_DIGITS, numberedContent, readNumber } from '../load/numbered-content.ts';
import { runPairs } from '../load/pairs.ts';
import { mailboxOf } from './mailboxes.ts';
import { connectNats } from './nats-connection.ts';
import type { NatsMessage } from './nats-reader.ts';

/** A pull is asked for again when so many of its messages are still to come, so that the server never waits for a request. */
const PULL_LEFT = 0.5;
/** Most messages of one pull. */
const LARGEST_PULL = 4_096;
const UNDERSCORE = 95;
/** Where the inbox of the confirmations has its `c`, and that of the deliveries its `d`. */
const KIND_AT = '_INBOX.'.length;
const CONFIRM = 99;

await runPairs(async ({ port, run, pair, scenario, most, ledger }) => {
  const { stream, subject, consumer } = mailboxOf(run, pair);
  const { bytes } = scenario;
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

  // The receiver: deliveries, and the answers to its acknowledgements.
  const pull = Math.min(most, LARGEST_PULL);
  const [deliveries, confirms] = [`_INBOX.d${pair}`, `_INBOX.c${pair}`];
  let pulled = 0;
  const receiver = await connectNats(port, (message) => {
    const { buffer, subjectStart, subjectEnd, replyStart, replyEnd, contentStart } = message;
    // A delivery has the subject that its sender gave; what comes to an inbox begins as inboxes do.
    if (buffer[subjectStart] === UNDERSCORE && buffer[subjectStart + KIND_AT] === CONFIRM) {
      ledger.acknowledged(readNumber(buffer, subjectEnd - NUMBER_DIGITS, subjectEnd), performance.now());
      return;
    }
    expectNoStatus(message);
    const number = readNumber(buffer, contentStart);
    ledger.delivered(number, performance.now());
    const { outbox } = receiver;
    outbox.text('PUB ');
    outbox.bytes(buffer, replyStart, replyEnd);
    outbox.text(` ${confirms}.${content.number(number)} 4\r\n+ACK\r\n`);
    if (--pulled <= pull * PULL_LEFT) request();
  });
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
