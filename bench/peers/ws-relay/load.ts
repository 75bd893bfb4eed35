/** A process that makes load for the relay, with `ws` on this side as well. See bench/load-process.ts. */
import { numberedContent } from '../load/numbered-content.ts';
import { runPairs } from '../load/pairs.ts';
import type { FromRelay, ToRelay } from './relay-frames.ts';
import { loadWs } from './ws-library.ts';

await runPairs(async ({ port, run, pair, scenario, library = '', ledger }) => {
  const { WebSocket } = await loadWs(library);
  const { number, filler } = numberedContent(scenario.bytes);
  const { batch } = scenario;
  const [from, to] = [`from-${run}-${pair}`, `to-${run}-${pair}`];
  const prefix = `${run}-${pair}-`;
  const numberOf = (id: string) => Number(id.slice(prefix.length));

  async function connect(agent: string, heard: (frame: FromRelay) => void) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
    const welcome = Promise.withResolvers<void>();
    const send = (frame: ToRelay) => socket.send(JSON.stringify(frame));
    socket.on('open', () => send({ type: 'hello', agent }));
    socket.on('error', (error) => {
      throw error;
    });
    socket.on('message', (data) => {
      const frame = JSON.parse(data.toString()) as FromRelay;
      if (frame.type === 'hello') welcome.resolve();
      else heard(frame);
    });
    await welcome.promise;
    return { send, close: () => socket.terminate() };
  }

  const receiver = await connect(to, (frame) => {
    const now = performance.now();
    if (frame.type === 'deliver') {
      const ids = frame.messages.map(({ id }) => id);
      for (const { id, content } of frame.messages) {
        if (content.length !== scenario.bytes) throw new Error(`a message of ${content.length} bytes came`);
        ledger.delivered(numberOf(id), now);
      }
      for (let at = 0; at < ids.length; at += batch) receiver.send({ type: 'ack', ids: ids.slice(at, at + batch) });
    } else if (frame.type === 'acked') {
      for (const id of frame.ids) ledger.acknowledged(numberOf(id), now);
    }
  });
  const sender = await connect(from, (frame) => {
    if (frame.type !== 'accepted') return;
    const now = performance.now();
    for (const id of frame.ids) ledger.accepted(numberOf(id), now);
  });
  return {
    send(first, count) {
      const messages = Array.from({ length: count }, (_, index) => {
        const digits = number(first + index);
        return { id: prefix + digits, from, to, content: digits + filler };
      });
      sender.send({ type: 'send', messages });
    },
    close() {
      sender.close();
      receiver.close();
    },
  };
});
