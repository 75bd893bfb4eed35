import { once } from 'node:events';
import { Agent, request as http1Request } from 'node:http';
import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { request as https1Request, Agent as TlsAgent } from 'node:https';
import type { RawRequest } from './request.ts';

/** What came back, as it was on the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly trailers: Headers;
  readonly body: Buffer;
  /** The bus broke the stream off with this HTTP/2 error code; 0 if not. */
  readonly resetCode: number;
  /** The connection went away before the answer was whole. */
  readonly cut: boolean;
}

/** Sends requests to one address, on connections that are kept. */
export interface Sender {
  /** Rejects only if the bus says nothing at all for longer than any call of a run may take. */
  send(request: RawRequest): Promise<RawAnswer>;
  /** The connection that streams are opened on. */
  session(): Promise<ClientHttp2Session>;
  close(): void;
}

/** Longer than any call of a run takes on a machine that is busy with other things. */
export const PATIENCE_MS = 20_000;

/**
 * Makes a sender; it connects when it is needed and again after a connection is lost. `ca` is the authority to trust, in PEM,
 * where the address is one of TLS.
 */
export function createSender(address: string, ca?: string): Sender {
  const pool = { keepAlive: true, maxSockets: 16 };
  const agent = ca === undefined ? new Agent(pool) : new TlsAgent({ ...pool, ca });
  let current: ClientHttp2Session | undefined;
  const session = async () => {
    if (current === undefined || current.closed || current.destroyed) {
      // Node refuses requests of its own when large ones wait, which would look as if the bus had.
      current = connect(address, { maxSessionMemory: 1_000, ...(ca !== undefined && { ca }) });
      // What becomes of it is seen in its streams.
      current.on('error', () => undefined);
      await Promise.race([once(current, 'connect'), once(current, 'close')]);
    }
    return current;
  };
  return {
    async send(request) {
      return request.http === 2 ? await sendHttp2(await session(), request) : await sendHttp1(address, agent, request);
    },
    session,
    close() {
      current?.destroy();
      agent.destroy();
    },
  };
}

function sendHttp2(session: ClientHttp2Session, { method, path, headers, body }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const stream = session.request(
      { ...definedOf(headers), ':method': method, ':path': path },
      { endStream: body.length === 0 },
    );
    const chunks: Buffer[] = [];
    let status = 0;
    let head = new Headers();
    let trailers = new Headers();
    let whole = false;
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${PATIENCE_MS} ms`));
      stream.close(constants.NGHTTP2_CANCEL);
    }, PATIENCE_MS);
    stream.on('response', (fields) => {
      status = Number(fields[':status']);
      head = headersFrom(fields);
    });
    stream.on('trailers', (fields) => {
      trailers = headersFrom(fields);
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      whole = true;
      // An answer may come before all of a request was sent, and there is no use in the rest of it then. A stream that
      // the bus has closed without an error would otherwise wait for ever to send it.
      if (!stream.writableFinished) stream.destroy();
    });
    // Told by the code of the reset.
    stream.on('error', () => undefined);
    stream.on('close', () => {
      clearTimeout(timer);
      resolve({
        status,
        headers: head,
        trailers,
        body: Buffer.concat(chunks),
        resetCode: whole ? 0 : (stream.rstCode ?? 0),
        cut: !whole,
      });
    });
    if (body.length > 0) stream.end(body);
  });
}

function sendHttp1(address: string, agent: Agent, { method, path, headers, body }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    // Node leaves the length out where a method has no body as a rule, and what follows would be taken for a request.
    const sized = { ...definedOf(headers), ...(body.length > 0 && { 'content-length': String(body.length) }) };
    const open = address.startsWith('https:') ? https1Request : http1Request;
    const request = open(address, { method, path, headers: sized, agent });
    const nothing = {
      status: 0,
      headers: new Headers(),
      trailers: new Headers(),
      body: Buffer.alloc(0),
      resetCode: 0,
      cut: true,
    };
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${PATIENCE_MS} ms`));
      request.destroy();
    }, PATIENCE_MS);
    const finish = (answer: RawAnswer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    request.on('error', () => finish(nothing));
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => undefined);
      response.on('close', () =>
        finish({
          status: response.statusCode ?? 0,
          headers: headersFrom(response.headers),
          trailers: headersFrom(response.trailers),
          body: Buffer.concat(chunks),
          resetCode: 0,
          cut: !response.complete,
        }),
      );
    });
    request.end(body);
  });
}

function definedOf(headers: RawRequest['headers']): Record<string, string | string[]> {
  const defined = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] => entry[1] !== undefined,
  );
  return Object.fromEntries(defined);
}

/** Fields as `fetch` has them; those of HTTP/2 that begin with a colon are none. */
export function headersFrom(fields: Readonly<Record<string, unknown>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(':')) continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one));
  }
  return headers;
}
