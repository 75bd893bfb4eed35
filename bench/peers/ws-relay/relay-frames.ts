/** What goes through the relay, as JSON: everything that a beginner's relay would have, and batches so that it is not slow for want of them. */
export type ToRelay =
  | { readonly type: 'hello'; readonly agent: string }
  | { readonly type: 'send'; readonly messages: readonly RelayMessage[] }
  | { readonly type: 'ack'; readonly ids: readonly string[] }
  | { readonly type: 'depth' };

export type FromRelay =
  | { readonly type: 'hello' }
  | { readonly type: 'accepted'; readonly ids: readonly string[] }
  | { readonly type: 'deliver'; readonly messages: readonly RelayMessage[] }
  | { readonly type: 'acked'; readonly ids: readonly string[] }
  | { readonly type: 'depth'; readonly messages: number };

export interface RelayMessage {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly content: string;
}
