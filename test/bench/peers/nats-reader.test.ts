// Goal: the load reads what a NATS server says, wherever TCP cuts it, and stops at what is not the protocol.
// Method: frames as the server writes them, whole, byte by byte and cut at every place.
import { describe, expect, it } from 'vitest';
import { createNatsReader } from '../../../bench/peers/nats/nats-reader.ts';

const SAID =
  'INFO {"server_id":"X","max_payload":1048576}\r\n' +
  '+OK\r\n' +
  'PING\r\n' +
  'MSG mail.a 1 $JS.ACK.s.c.1.2.3.4.5 5\r\nhello\r\n' +
  'MSG _INBOX.a.7 2 0\r\n\r\n' +
  'HMSG mail.b 3 back 12 17\r\nNATS/1.0\r\n\r\nworld\r\n' +
  'HMSG _INBOX.d 4 29 29\r\nNATS/1.0 408 Request Time\r\n\r\n\r\n' +
  "-ERR 'Unknown Protocol Operation'\r\n" +
  'PONG\r\n';

const HEARD = [
  'info {"server_id":"X","max_payload":1048576}',
  'ping',
  'mail.a back=$JS.ACK.s.c.1.2.3.4.5 headers= content=hello',
  '_INBOX.a.7 back= headers= content=',
  'mail.b back=back headers=NATS/1.0 content=world',
  '_INBOX.d back= headers=NATS/1.0 408 Request Time content=',
  "error 'Unknown Protocol Operation'",
  'pong',
];

function listen() {
  const heard: string[] = [];
  const read = createNatsReader({
    message({ buffer, ...at }) {
      const part = (start: number, end: number) => buffer.toString('latin1', start, end).trim();
      const words = [
        part(at.subjectStart, at.subjectEnd),
        `back=${part(at.replyStart, at.replyEnd)}`,
        `headers=${part(at.headersStart, at.contentStart)}`,
        `content=${part(at.contentStart, at.contentEnd)}`,
      ];
      heard.push(words.join(' '));
    },
    info: (text) => void heard.push(`info ${text}`),
    ping: () => void heard.push('ping'),
    pong: () => void heard.push('pong'),
    error: (text) => void heard.push(`error ${text}`),
  });
  return { heard, read };
}

describe('reading NATS', () => {
  it('reads all frames of a chunk', () => {
    const { heard, read } = listen();
    read(Buffer.from(SAID));
    expect(heard).toEqual(HEARD);
  });

  it('reads frames that come byte by byte', () => {
    const { heard, read } = listen();
    for (const byte of Buffer.from(SAID)) read(Buffer.from([byte]));
    expect(heard).toEqual(HEARD);
  });

  it('reads frames that are cut in two anywhere', () => {
    const said = Buffer.from(SAID);
    for (let cut = 1; cut < said.length; cut++) {
      const { heard, read } = listen();
      read(said.subarray(0, cut));
      read(said.subarray(cut));
      expect(heard, `cut at ${cut}`).toEqual(HEARD);
    }
  });

  it('takes line ends within a content for content', () => {
    const { heard, read } = listen();
    read(Buffer.from('MSG a 1 9\r\nx\r\nPING\r\n\r\nPONG\r\n'));
    expect(heard).toEqual(['a back= headers= content=x\r\nPING', 'pong']);
  });

  it.each([
    ['a frame of another protocol', 'HTTP/1.1 200 OK\r\n'],
    ['a message without a size', 'MSG a\r\n'],
    ['a size that is no number', 'MSG a 1 five\r\nhello\r\n'],
    ['a message that is longer than it says', 'MSG a 1 2\r\nhello\r\n'],
    ['an unknown verb', 'QUIT now\r\n'],
  ])('refuses %s', (_, said) => {
    expect(() => listen().read(Buffer.from(said))).toThrow(/NATS/);
  });
});
