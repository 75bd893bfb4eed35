import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { frame, gzipBomb, type RawRequest } from './request.ts';

/** One thing about a request, beside its message, that is not as a client writes it. */
export interface Oddity {
  readonly name: string;
  /** The protocol itself answers such a request without room for a reason. */
  readonly noReason?: boolean;
  /** It is refused below the level at which there are answers: by HTTP/2, or by Node's parser. */
  readonly noAnswer?: boolean;
  /** More than a connection takes before it is read: an answer that closes HTTP/1.1 at once may be lost under it. */
  readonly isLarge?: boolean;
  apply(request: RawRequest): unknown;
}

/** A header that HTTP/2 or Node's parser refuses by its size. */
const LARGE_HEADER = 4_000;

const header = (name: string, value: string | string[] | undefined): Oddity => ({
  noAnswer: String(value).length >= LARGE_HEADER,
  name: `${name}: ${value === undefined ? 'absent' : JSON.stringify(value).slice(0, 60)}`,
  apply: ({ headers }) => {
    headers[name] = value;
  },
});
/** Another protocol has its deadline in another header, and without one a stream goes on for ever. */
const contentType = (value: string | undefined): Oddity => ({
  ...header('content-type', value),
  apply: ({ headers }) => {
    headers['content-type'] = value;
    headers['grpc-timeout'] ??= '40m';
    headers['connect-timeout-ms'] ??= '40';
  },
});
const anyOf = (name: string, values: readonly (string | string[] | undefined)[]) =>
  values.map((value) => header(name, value));
const timeout = (value: string): Oddity => ({
  name: `timeout ${value}`,
  apply: ({ headers, isStream }) => {
    // A stream that nothing ends is waited for as long as the header says.
    if (isStream && ENDLESS_TIMEOUTS.includes(value)) return;
    const field = 'grpc-timeout' in headers ? 'grpc-timeout' : 'connect-timeout-ms';
    headers[field] = value;
  },
});
const ENDLESS_TIMEOUTS = ['99999999H', '99999999999'];
const encoding = (value: string): Oddity => ({
  name: `encoding ${value}`,
  apply: ({ headers }) => {
    headers[encodingHeader(headers)] = value;
  },
});

function encodingHeader(headers: RawRequest['headers']): string {
  const type = String(headers['content-type'] ?? '');
  if (type.includes('grpc')) return 'grpc-encoding';
  return type.includes('connect') ? 'connect-content-encoding' : 'content-encoding';
}

const body = (name: string, change: (body: Uint8Array) => Uint8Array): Oddity => ({
  isLarge: name.startsWith('5 MiB'),
  name: `body ${name}`,
  apply: (request) => {
    request.body = change(request.body);
  },
});
const reframed = (name: string, options: { flags?: number; length?: number }) =>
  body(name, (bytes) => frame(bytes.subarray(5), options));

/** Frames or the whole body compressed, as the protocol has it. */
const compressed = (name: string, compress: (bytes: Uint8Array) => Uint8Array): Oddity => ({
  name,
  apply: (request) => {
    const field = encodingHeader(request.headers);
    request.headers[field] = 'gzip';
    request.body =
      field === 'content-encoding' ? compress(request.body) : frame(compress(request.body.subarray(5)), { flags: 1 });
  },
});

const ODDITIES: readonly Oddity[] = [
  ...anyOf('x-agent-api-key', [
    undefined,
    '',
    'wrong',
    'test-key, test-key',
    ['test-key', 'test-key'],
    'a'.repeat(9_000),
    '__proto__',
  ]),
  ...anyOf('authorization', [
    'Bearer test-key',
    'Bearer',
    'Basic dGVzdC1rZXk=',
    'bearer  wrong',
    `Bearer ${'x'.repeat(9_000)}`,
  ]),
  ...anyOf('x-agent-id', [
    '',
    '*',
    'fuzz://*',
    'no id',
    'fuzz://nobody',
    '__proto__',
    `fuzz://${'a'.repeat(300)}`,
    ['fuzz://a', 'fuzz://b'],
  ]),
  ...[
    '0m',
    '1n',
    '99999999H',
    '-1S',
    'abc',
    '',
    '1',
    '999999999m',
    '0',
    '-1',
    '1e3',
    '99999999999',
    'NaN',
    '1.5',
    '0x10',
    '5m',
  ].map(timeout),
  ...['gzip', 'br', 'bogus', 'identity', '', 'gzip, gzip'].map(encoding),
  ...anyOf('grpc-accept-encoding', ['bogus', 'gzip', '']),
  ...anyOf('accept-encoding', ['gzip', '*;q=0', 'br']),
  ...anyOf('connect-accept-encoding', ['gzip', 'x']),
  ...anyOf('connect-protocol-version', ['2', '', '1, 1', undefined]),
  ...anyOf('traceparent', [
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'x',
    '00-0-0-0',
    'f'.repeat(5_000),
    '',
  ]),
  ...[
    undefined,
    '',
    'text/plain',
    'application/json; charset=utf-16',
    'application/grpc+xml',
    'application/grpc',
    'application/json',
    'application/connect+json',
    'application/proto',
    'multipart/form-data; boundary=x',
    'application/grpc-web-text',
    'APPLICATION/JSON',
    'application/grpc-web+proto',
    'application/octet-stream',
    'application/json; application/grpc',
  ].map(contentType),
  ...anyOf('origin', ['https://evil.example', 'null', '']),
  ...anyOf('te', ['trailers']),
  ...anyOf('user-agent', ['', 'x'.repeat(4_000)]),
  ...anyOf('x-forwarded-for', ['1.2.3.4', '%0d%0a']),
  ...anyOf('cookie', ['a=b', 'x'.repeat(9_000)]),
  ...anyOf('some-bin', ['!!!', 'AAAA']),
  ...anyOf('grpc-message-type', ['no.Such']),
  ...['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'].map(
    (method): Oddity => ({
      name: method,
      // A response to HEAD has no body to put a reason into.
      noReason: method === 'HEAD',
      apply: (request) => {
        request.method = method;
        if (method === 'HEAD' || method === 'GET') request.body = new Uint8Array();
      },
    }),
  ),
  ...[
    '/',
    '/healthz',
    '/metrics',
    '/messages/send',
    '/no/such/path',
    '//',
    '/%00',
    '/agentbus.v1.MessageService',
    '/agentbus.v1.NoSuch/Call',
    '/agentbus.v1.MessageService/NoSuch',
    '/../../etc/passwd',
    '/__proto__',
    '/constructor',
    '/hasOwnProperty',
    '*',
    '/agentbus.v1.MessageService/SendMessage/',
  ].map(
    (path): Oddity => ({
      name: `path ${path}`,
      noAnswer: !path.startsWith('/'),
      apply: (request) => Object.assign(request, { path: path }),
    }),
  ),
  ...[
    '?',
    '?a=b',
    '?connect=v1',
    '?connect=v1&encoding=json&message=%FF',
    '?message=a&message=b&connect=v2',
    '?connect=v1&encoding=proto&base64=1&message=!!!',
    '?connect=v1&encoding=json&compression=gzip&message=aa',
    '#a',
  ].map(
    (query): Oddity => ({
      name: `query ${query}`,
      apply: (request) => Object.assign(request, { path: `${request.path.split('?')[0]}${query}` }),
    }),
  ),
  reframed('flagged as compressed', { flags: 1 }),
  reframed('flagged as end of stream', { flags: 2 }),
  reframed('flagged as trailer', { flags: 0x80 }),
  reframed('all flags', { flags: 255 }),
  reframed('too long a length', { length: 1_000 }),
  reframed('the largest length', { length: 2 ** 32 - 1 }),
  reframed('no length', { length: 0 }),
  body('nothing', () => new Uint8Array()),
  body('half of a frame head', (bytes) => bytes.subarray(0, 3)),
  body('twice', (bytes) => Buffer.concat([bytes, bytes])),
  body('and more', (bytes) => Buffer.concat([bytes, Buffer.from('more')])),
  body('a thousand empty frames', (bytes) => Buffer.concat([bytes, Buffer.alloc(5_000)])),
  body('5 MiB', () => Buffer.alloc(5 * 1024 * 1024, 0x20)),
  body('5 MiB in a frame', () => frame(Buffer.alloc(5 * 1024 * 1024))),
  compressed('compressed', (bytes) => gzipSync(bytes)),
  compressed('compressed and cut', (bytes) => gzipSync(bytes).subarray(0, 12)),
  compressed('not compressed at all', (bytes) => bytes),
  compressed('a bomb', () => gzipBomb()),
];

/** None for most requests, and no more than two. */
export const oddities: fc.Arbitrary<readonly Oddity[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...ODDITIES), { minLength: 1, maxLength: 2 }) },
);
