import type { IncomingHttpHeaders } from 'node:http2';
import { RPC_LIMITS } from '../../limits.ts';

/** What the lane reads of a request's header. */
export interface RequestHead {
  /** Milliseconds; undefined for none. */
  readonly timeoutMs: number | undefined;
}

const TYPES: ReadonlySet<string> = new Set(['application/grpc', 'application/grpc+proto']);
/** Names and addresses as nearly all of them are. */
const AUTHORITY = /^(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/;
const TIMEOUT = /^(\d{1,8})([HMSmun])$/;
const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 };

/**
 * The head of a plain call of native gRPC. Undefined for everything else, which takes the general way: other
 * protocols, compressed requests, browsers, and whatever deserves an error, which is thereby the same for all.
 */
export function readHead(headers: IncomingHttpHeaders): RequestHead | undefined {
  if (!TYPES.has(headers['content-type'] ?? '') || headers[':method'] !== 'POST') return undefined;
  if (!AUTHORITY.test(headers[':authority'] ?? '')) return undefined;
  if (headers.origin !== undefined || headers.expect !== undefined) return undefined;
  const encoding = headers['grpc-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return undefined;
  const timeout = headers['grpc-timeout'];
  if (timeout === undefined) return { timeoutMs: undefined };
  const [, count, unit = ''] = TIMEOUT.exec(String(timeout)) ?? [];
  if (count === undefined) return undefined;
  const timeoutMs = Number(count) * (UNIT_MS[unit] ?? 0);
  // No timer can hold a longer one, and no connection lives for as long.
  return { timeoutMs: timeoutMs > RPC_LIMITS.maxTimeoutMs ? undefined : timeoutMs };
}
