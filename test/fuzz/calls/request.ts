import { gzipSync } from 'node:zlib';
import type { DescMethod } from '@bufbuild/protobuf';
import type { Specimen } from '../input/arbitrary-message.ts';
import type { Resolve } from '../input/references.ts';

/** The protocols of the port, each in both of its forms. */
export const PROTOCOLS = [
  'grpc',
  'grpc+json',
  'grpc-web',
  'grpc-web+json',
  'connect',
  'connect+json',
  'connect-get',
] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** A request as bytes; what follows may still spoil it. */
export interface RawRequest {
  readonly http: 1 | 2;
  /** Whether the bus may go on answering until the time of the call is over; false by default. */
  readonly isStream?: boolean;
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Uint8Array;
}

export interface WriteOptions {
  readonly method: DescMethod;
  readonly protocol: Protocol;
  readonly http: 1 | 2;
  readonly messages: readonly Specimen[];
  readonly apiKey: string;
  /** The call ends by itself after this long, in milliseconds, so that no run has to guess how long to wait. */
  readonly timeoutMs: number;
}

const MOST_QUERY_CHARACTERS = 4_000;

/** Writes a call as a client of the protocol does. */
export function writeRequest(options: WriteOptions, resolve: Resolve): RawRequest {
  const { method, protocol, http, apiKey, timeoutMs } = options;
  const path = `/${method.parent.typeName}/${method.name}`;
  const isStream = method.methodKind !== 'unary';
  const parts = options.messages.map((specimen) =>
    isJson(protocol) ? specimen.json(resolve) : specimen.binary(resolve),
  );
  const timeout = protocol.startsWith('grpc')
    ? { 'grpc-timeout': `${timeoutMs}m` }
    : { 'connect-timeout-ms': String(timeoutMs) };
  const headers = { 'x-agent-api-key': apiKey, ...timeout };
  const message = Buffer.from(parts[0] ?? []).toString('base64url');
  // What does not fit into a path is refused below the level at which there are reasons.
  if (protocol === 'connect-get' && message.length <= MOST_QUERY_CHARACTERS) {
    const query = `?connect=v1&encoding=json&base64=1&message=${message}`;
    return { http, isStream, method: 'GET', path: path + query, headers, body: new Uint8Array() };
  }
  const body =
    isStream || protocol.startsWith('grpc')
      ? Buffer.concat(parts.map((part) => frame(part)))
      : Buffer.concat(parts.slice(0, 1));
  return { http, isStream, method: 'POST', path, headers: { ...headers, ...headersOf(protocol, isStream) }, body };
}

/** Whether messages are JSON. */
export function isJson(protocol: Protocol): boolean {
  return protocol.endsWith('json') || protocol === 'connect-get';
}

/** The headers that make a request one of its protocol. */
export function headersOf(protocol: Protocol, isStream: boolean): Record<string, string> {
  switch (protocol) {
    case 'grpc':
    case 'grpc+json':
      return { 'content-type': `application/${protocol}`, te: 'trailers' };
    case 'grpc-web':
    case 'grpc-web+json':
      return { 'content-type': `application/${protocol}` };
    default: {
      const form = protocol === 'connect' ? 'proto' : 'json';
      return {
        'content-type': isStream ? `application/connect+${form}` : `application/${form}`,
        'connect-protocol-version': '1',
      };
    }
  }
}

/** A message in the five bytes that gRPC and Connect put around it. */
export function frame(message: Uint8Array, { flags = 0, length = message.length } = {}): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

/** Some kilobytes that become 64 MiB. */
let bomb: Buffer | undefined;
export function gzipBomb(): Buffer {
  bomb ??= gzipSync(Buffer.alloc(64 * 1024 * 1024));
  return bomb;
}
