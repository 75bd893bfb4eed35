// Goal: the load reads the replies of a Redis server, wherever TCP cuts them, and stops at what is not the protocol.
// Method: replies as the server writes them, whole, byte by byte and cut at every place.
import { describe, expect, it } from 'vitest';
import { createRespReader } from '../../../bench/peers/redis/resp-reader.ts';

const SAID =
  '+OK\r\n' +
  '$15\r\n1700000000000-0\r\n' +
  ':42\r\n' +
  ':-1\r\n' +
  '*-1\r\n' +
  '$-1\r\n' +
  '*0\r\n' +
  '*1\r\n*2\r\n$4\r\nmail\r\n*2\r\n*2\r\n$3\r\n1-0\r\n*2\r\n$1\r\nd\r\n$5\r\nhel\r\n\r\n*2\r\n$3\r\n2-0\r\n*2\r\n$1\r\nd\r\n$0\r\n\r\n' +
  '*2\r\n:3\r\n*0\r\n' +
  '-ERR unknown command\r\n';

const HEARD = [
  ...['OK', 'end'],
  ...['1700000000000-0', 'end'],
  ...['42', 'end'],
  ...['-1', 'end'],
  ...['none', 'end'],
  ...['none', 'end'],
  'end',
  ...['mail', '1-0', 'd', 'hel\r\n', '2-0', 'd', '', 'end'],
  ...['3', 'end'],
  ...['error ERR unknown command', 'end'],
];

function listen() {
  const heard: string[] = [];
  const read = createRespReader({
    string: (buffer, start, end) => void heard.push(buffer.toString('latin1', start, end)),
    integer: (value) => void heard.push(String(value)),
    none: () => void heard.push('none'),
    end: () => void heard.push('end'),
    error: (text) => void heard.push(`error ${text}`),
  });
  return { heard, read };
}

describe('reading RESP', () => {
  it('reads all replies of a chunk', () => {
    const { heard, read } = listen();
    read(Buffer.from(SAID));
    expect(heard).toEqual(HEARD);
  });

  it('reads replies that come byte by byte', () => {
    const { heard, read } = listen();
    for (const byte of Buffer.from(SAID)) read(Buffer.from([byte]));
    expect(heard).toEqual(HEARD);
  });

  it('reads replies that are cut in two anywhere', () => {
    const said = Buffer.from(SAID);
    for (let cut = 1; cut < said.length; cut++) {
      const { heard, read } = listen();
      read(said.subarray(0, cut));
      read(said.subarray(cut));
      expect(heard, `cut at ${cut}`).toEqual(HEARD);
    }
  });

  it.each([
    ['a reply of another protocol', 'HTTP/1.1 200 OK\r\n', /Redis/],
    ['a size that is no number', '$five\r\nhello\r\n', /RESP/],
    ['a string that is longer than it says', '$2\r\nhello\r\n', /RESP/],
    ['a line without an end', 'x'.repeat(70_000), /no end/],
  ])('refuses %s', (_, said, error) => {
    expect(() => listen().read(Buffer.from(said))).toThrow(error);
  });
});
