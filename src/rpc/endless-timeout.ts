import { RPC_LIMITS } from '../limits.ts';

const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 };

/**
 * Takes a deadline out of a request's header if no timer can hold it: Node would let it pass at once, with a warning
 * on the console. No connection lives for 24 days, so without it the caller waits just as long.
 */
export function dropEndlessTimeout(header: Headers): void {
  if (Number(header.get('connect-timeout-ms')) > RPC_LIMITS.maxTimeoutMs) header.delete('connect-timeout-ms');
  const [, count, unit] = /^(\d{1,8})([HMSmun])$/.exec(header.get('grpc-timeout') ?? '') ?? [];
  if (Number(count) * (UNIT_MS[unit ?? ''] ?? 0) > RPC_LIMITS.maxTimeoutMs) header.delete('grpc-timeout');
}
