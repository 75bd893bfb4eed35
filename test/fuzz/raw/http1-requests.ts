import fc from 'fast-check';

/** A request as text, and what is to be seen in the answer. */
export interface Http1Request {
  readonly text: string;
  /** Its length can be read in two ways: whoever takes it for two requests lets one past whoever is in front. */
  readonly isAmbiguous?: boolean;
}

const SEND = '/agentbus.v1.MessageService/SendMessage';
const KEY = 'x-agent-api-key: test-key\r\ncontent-type: application/json\r\n';
const post = (headers: string, body: string, path = SEND) =>
  `POST ${path} HTTP/1.1\r\nhost: a\r\n${KEY}${headers}\r\n${body}`;
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n';
const chunk = (length: string, text: string) => `${length}\r\n${text}\r\n`;

/** Shapes of request smuggling. */
const AMBIGUOUS = [
  post('content-length: 4\r\ntransfer-encoding: chunked\r\n', `0\r\n\r\n${SMUGGLED}`),
  post(`content-length: ${SMUGGLED.length}\r\ncontent-length: 0\r\n`, SMUGGLED),
  post('content-length: 2, 3\r\n', `{}${SMUGGLED}`),
  post('content-length: 0x2\r\n', `{}${SMUGGLED}`),
  post('content-length: +2\r\n', `{}${SMUGGLED}`),
  post('content-length: -2\r\n', `{}${SMUGGLED}`),
  post('content-length: 18446744073709551618\r\n', `{}${SMUGGLED}`),
  post('transfer-encoding: xchunked\r\n', chunk('2', '{}')),
  post('transfer-encoding: chunked\r\ntransfer-encoding: x\r\n', `${chunk('2', '{}')}0\r\n\r\n${SMUGGLED}`),
  post('transfer-encoding : chunked\r\n', `${chunk('2', '{}')}0\r\n\r\n`),
  post('transfer-encoding:\x0bchunked\r\n', `${chunk('2', '{}')}0\r\n\r\n`),
  post(' transfer-encoding: chunked\r\n', `0\r\n\r\n${SMUGGLED}`),
  post('transfer-encoding: chunked\r\n', `2;a="\n${SMUGGLED}\r\n{}\r\n0\r\n\r\n`),
  post('transfer-encoding: chunked\r\n', `0x2\r\n{}\r\n0\r\n\r\n${SMUGGLED}`),
  post('transfer-encoding: chunked\r\n', `2\n{}\n0\n\n${SMUGGLED}`),
].map((text): Http1Request => ({ text, isAmbiguous: true }));

const ODD = [
  '',
  '\r\n\r\n',
  'GET',
  'GET /',
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'GET / HTTP/0.9\r\n\r\n',
  'GET / HTTP/3.0\r\nhost: a\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n',
  'GET /healthz HTTP/1.1\r\nhost: \0\r\n\r\n',
  'GET /healthz HTTP/1.1\nhost: a\n\n',
  'GET http://other.example/healthz HTTP/1.1\r\nhost: a\r\n\r\n',
  `GET ${SEND} HTTP/1.1\r\nhost: [::\r\n\r\n`,
  'OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n',
  'TRACE / HTTP/1.1\r\nhost: a\r\n\r\n',
  'BREW / HTTP/1.1\r\nhost: a\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n',
  'PRI * HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: a\r\nupgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAAA\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: eA==\r\nsec-websocket-version: 13\r\n\r\n',
  'GET /\x01 HTTP/1.1\r\nhost: a\r\n\r\n',
  'GET /ä HTTP/1.1\r\nhost: a\r\n\r\n',
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: a\r\n${'x: y\r\n'.repeat(2_500)}\r\n`,
  `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(30_000)}\r\n\r\n`,
  'GET / HTTP/1.1\r\nhost: a\r\nx\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: a\r\n: y\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: a\r\nx: a\r\n b\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: a\r\nexpect: 200-ok\r\n\r\n',
  post('expect: 100-continue\r\ncontent-length: 2\r\n', '{}'),
  post('content-length: 1000\r\n', '{}'),
  post('content-length: 2\r\n', '{}more'),
  post('content-length: 99999999999999\r\n', '{}'),
  post('content-length: 2\r\ncontent-encoding: gzip\r\n', '{}'),
  post('connection: close\r\ncontent-length: 0\r\n', ''),
  post('transfer-encoding: chunked\r\n', chunk('2', '{}')),
  post('transfer-encoding: chunked\r\n', `${chunk('2', '{}')}0\r\nx: y\r\n\r\n`),
  post('transfer-encoding: chunked\r\n', `ffffffffffffffff1\r\n{}`),
  post('transfer-encoding: chunked\r\n', `${chunk('3', '{}')}0\r\n\r\n`),
  post('transfer-encoding: chunked\r\n', `zz\r\n{}\r\n`),
  post('transfer-encoding: chunked\r\n', `2;${'a=b;'.repeat(6_000)}\r\n{}\r\n0\r\n\r\n`),
  post('transfer-encoding: chunked\r\n', `0\r\n${'x: y\r\n'.repeat(3_000)}\r\n`),
  post('transfer-encoding: gzip, chunked\r\n', `${chunk('2', '{}')}0\r\n\r\n`),
  post('content-length: 2\r\n', '{}', '/messages/send'),
  post('content-length: 2\r\n', '{}', '/agentbus.v1.AgentService/AgentStream'),
  post('content-length: 7\r\ncontent-type: application/grpc\r\n', '\0\0\0\0\x02{}'),
  `${post('content-length: 2\r\n', '{}')}${post('content-length: 2\r\n', '{}')}`.repeat(50),
  'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(500),
].map((text): Http1Request => ({ text }));

/** Requests of HTTP/1.1 as no client writes them, some of them changed once more. */
export const http1Request: fc.Arbitrary<Http1Request> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...AMBIGUOUS) },
  { weight: 5, arbitrary: fc.constantFrom(...ODD) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...AMBIGUOUS, ...ODD),
        fc.nat(65_535),
        fc.nat(255),
        fc.constantFrom('put', 'drop', 'cut', 'double'),
      )
      .map(([{ text }, at, byte, how]) => ({ text: changed(text, { at, byte, how }) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ minLength: 1, maxLength: 200 })
      .map((bytes) => ({ text: Buffer.from(bytes).toString('latin1') })),
  },
);

function changed(text: string, { at, byte, how }: { at: number; byte: number; how: string }): string {
  const place = Math.floor((at * text.length) / 65_536);
  const [head, tail] = [text.slice(0, place), text.slice(place)];
  switch (how) {
    case 'put':
      return head + String.fromCharCode(byte) + tail;
    case 'drop':
      return head + tail.slice(1);
    case 'cut':
      return head;
    default:
      return head + tail.slice(0, byte) + tail;
  }
}
