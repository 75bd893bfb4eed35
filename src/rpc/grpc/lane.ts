import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { DescMethod } from '@bufbuild/protobuf';
import type { Logger } from 'pino';
import { TRACEPARENT } from '../../bus/valid-traceparent.ts';
import type { Clock } from '../../lib/clock.ts';
import type { HeldBytes } from '../bodies/held-bytes.ts';
import { startRecord } from '../call-record.ts';
import type { DrainSignal } from '../drain-signal.ts';
import { AGENT_HEADER, type Credentials, KEY_HEADER, type Keys } from '../identity.ts';
import type { OpenCalls } from '../open-calls.ts';
import { admit } from '../request-gate.ts';
import { LeanCall } from './lean-call.ts';
import { readHead } from './request-head.ts';

/** Serves a call that was let in: reads its request from the call's stream, and ends it. */
export type LeanHandler = (call: LeanCall) => void;

/** Where services put the calls that can be carried without Connect. */
export interface LaneRoutes {
  add(method: DescMethod, handler: LeanHandler): void;
}

/**
 * The busiest calls of native gRPC, on the streams of HTTP/2 themselves. The same calls in any other protocol, and all others,
 * are Connect's; what a call is promised is the same on both ways.
 *
 * Answers are never compressed, which gRPC leaves to the server whatever a client accepts: gzip of a full page of mail takes a fifth
 * of a second of a core, and saves time only on lines below 100 Mbit/s. A client that compresses its requests is Connect's, which
 * compresses large answers too.
 */
export interface Lane extends LaneRoutes {
  /** Takes a stream of HTTP/2 that has just begun. False, having done nothing, if it is not for the lane. */
  take(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean;
  /** Ends every call, each with an error of its own. */
  abortCalls(newError: () => unknown): void;
}

export interface LaneOptions {
  readonly keys: Keys;
  readonly drain: DrainSignal;
  readonly log: Logger;
  readonly clock: Clock;
  readonly held: HeldBytes;
  readonly openCalls: OpenCalls;
}

interface Route {
  readonly service: string;
  readonly method: string;
  readonly kind: 'unary' | 'stream';
  readonly handler: LeanHandler;
}

/** A lane without calls. */
export function createLane(options: LaneOptions): Lane {
  const { log, clock, held, openCalls } = options;
  const routes = new Map<string, Route>();
  const open = new Set<LeanCall>();
  const context = { log, clock, held, open };
  const peerOf = createPeers();
  return {
    add(method, handler) {
      const service = method.parent.typeName;
      const kind = method.methodKind === 'unary' ? 'unary' : 'stream';
      routes.set(`/${service}/${method.name}`, { service, method: method.name, kind, handler });
    },
    take(stream, headers) {
      const route = routes.get(headers[':path'] ?? '');
      const head = route && readHead(headers);
      if (head === undefined || route === undefined) return false;
      const { service, method, kind, handler } = route;
      const record = startRecord({ service, method, protocol: 'grpc', peer: peerOf(stream.session) });
      const traceparent = fieldOf(headers, TRACEPARENT);
      const call = new LeanCall({ ...head, stream, traceparent, record, ended: openCalls.begin(kind) }, context);
      try {
        record.caller = admit(credentialsOf(headers), options);
        call.requireTime();
        handler(call);
      } catch (error) {
        call.fail(error);
      }
      return true;
    },
    abortCalls(newError) {
      for (const call of [...open]) call.abort(newError());
    },
  };
}

function credentialsOf(headers: IncomingHttpHeaders): Credentials {
  return {
    key: fieldOf(headers, KEY_HEADER),
    authorization: headers.authorization,
    agentId: fieldOf(headers, AGENT_HEADER),
  };
}

/** A field that is no list by its definition: Node has joined it if it was sent more than once. */
function fieldOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Remembers the addresses of connections: asking a session for its socket costs as much as the rest of a record. */
function createPeers(): (session: Http2Session | undefined) => string {
  const peers = new WeakMap<Http2Session, string>();
  return (session) => {
    if (session === undefined) return '';
    let peer = peers.get(session);
    if (peer === undefined) {
      peer = session.destroyed ? '' : (session.socket.remoteAddress ?? '');
      peers.set(session, peer);
    }
    return peer;
  };
}
