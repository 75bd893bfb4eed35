import { base64Decode } from '@bufbuild/protobuf/wire';
import type { HandlerContext } from '@connectrpc/connect';
import { BusError } from '../bus/bus-error.ts';

/**
 * Throws MALFORMED_REQUEST if the message of a Connect GET says that it is base64, and is not. Connect would answer that
 * the server failed. https://connectrpc.com/docs/protocol#unary-get-request
 */
export function requireReadableQuery({ requestMethod, url }: HandlerContext): void {
  if (requestMethod !== 'GET') return;
  const query = new URL(url).searchParams;
  if (query.get('base64') !== '1') return;
  try {
    base64Decode(query.get('message') ?? '');
  } catch {
    throw new BusError('MALFORMED_REQUEST', 'message is not base64', { field: 'message' });
  }
}
