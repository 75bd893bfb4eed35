/** A process that makes load for Redis streams, in RESP over plain TCP, pipelined. See bench/load-process.ts. */
import { numberedContent, readNumber } from '../load/numbered-content.ts';
import { runPairs } from '../load/pairs.ts';
import { bulk, commandOf, connectRedis } from './redis-connection.ts';
import { GROUP, streamOf } from './streams.ts';

/** Most entries of one read: more come with the next one. */
const LARGEST_READ = 1_024;
/** What an entry of a reply consists of: its id, the name of its field, and the content. */
const PARTS = 3;

await runPairs(async ({ port, run, pair, scenario, most, ledger }) => {
  const { bytes, batch } = scenario;
  const stream = streamOf(run, pair);
  const content = numberedContent(bytes);

  // The sender: ids come in the order of the commands, so they need not be read to know which message they are of.
  let accepted = 0;
  const sender = await connectRedis(port, {
    string: () => ledger.accepted(accepted++, performance.now()),
    integer: () => undefined,
    none: () => undefined,
    end: () => undefined,
  });
  const addHead = `*5\r\n${bulk('XADD')}${bulk(stream)}${bulk('*')}${bulk('d')}$${bytes}\r\n`;
  const addTail = Buffer.from(`${content.filler}\r\n`);

  // The receiver: reads what is there, acknowledges all of it, and reads on in the same write. A read that waits holds up whatever is
  // behind it on its connection, so nothing is.
  const read = commandOf([
    ...['XREADGROUP', 'GROUP', GROUP, 'agent', 'COUNT', String(Math.min(most, LARGEST_READ))],
    ...['BLOCK', '0', 'STREAMS', stream, '>'],
  ]);
  /** Numbers that were read and whose acknowledgement is not confirmed, oldest first, and how many of them each command names. */
  const unconfirmed: number[] = [];
  const named: number[] = [];
  let ids: string[] = [];
  let numbers: number[] = [];
  let part = -1;
  const receiver = await connectRedis(port, {
    string(buffer, start, end) {
      // The first string of a read is the name of the stream.
      const role = part++ < 0 ? -1 : (part - 1) % PARTS;
      if (role === 0) ids.push(bulk(buffer.toString('latin1', start, end)));
      if (role !== 2) return;
      const number = readNumber(buffer, start);
      numbers.push(number);
      ledger.delivered(number, performance.now());
    },
    integer(value) {
      const count = named.shift() ?? 0;
      if (value !== count) throw new Error(`${value} of ${count} entries were acknowledged`);
      const now = performance.now();
      for (const number of unconfirmed.splice(0, count)) ledger.acknowledged(number, now);
    },
    none: () => undefined,
    end() {
      // Of an acknowledgement, which has no strings.
      if (part < 0) return;
      part = -1;
      acknowledge();
      receiver.outbox.text(read);
    },
  });

  function acknowledge(): void {
    for (let at = 0; at < ids.length; at += batch) {
      const some = ids.slice(at, at + batch);
      receiver.outbox.text(`*${3 + some.length}\r\n${bulk('XACK')}${bulk(stream)}${bulk(GROUP)}${some.join('')}`);
      named.push(some.length);
    }
    unconfirmed.push(...numbers);
    ids = [];
    numbers = [];
  }
  receiver.outbox.text(read);

  return {
    send(first, count) {
      const { outbox } = sender;
      for (let number = first; number < first + count; number++) {
        outbox.text(addHead + content.number(number));
        outbox.bytes(addTail, 0, addTail.length);
      }
    },
    close() {
      sender.close();
      receiver.close();
    },
  };
});
