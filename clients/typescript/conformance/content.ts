import type { Words } from './command.ts';

/** What a message, a task or an answer says, as the client has it. */
interface Content {
  readonly payload?: unknown;
  readonly data?: Uint8Array | undefined;
  readonly contentType?: string | undefined;
}

/** Content as the lines say it. */
export function contentWords({ payload, data, contentType }: Content): Words {
  if (data === undefined) return { payload };
  return { data_base64: Buffer.from(data).toString('base64'), content_type: contentType };
}

/** The bytes that a line has in base64. */
export function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
