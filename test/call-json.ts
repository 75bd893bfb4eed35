/** A call as `curl` makes it. */
export interface JsonAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
  /** Reason and facts of an error's google.rpc.ErrorInfo, read from the debug form of its details. */
  readonly reason: string | undefined;
  readonly facts: Readonly<Record<string, string>>;
}

export interface JsonCall {
  readonly address: string;
  readonly apiKey?: string;
  /** `SessionService/CreateSession`, or a path that starts with `/`. */
  readonly method: string;
  /** An object, or the text itself. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes one JSON call. */
export async function callJson({ address, apiKey, method, body, headers }: JsonCall): Promise<JsonAnswer> {
  const path = method.startsWith('/') ? method : `/agentbus.v1.${method}`;
  const response = await fetch(`${address}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(apiKey !== undefined && { 'x-agent-api-key': apiKey }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as { details?: { type: string; debug?: ErrorInfoJson }[] };
  const info = answer.details?.find(({ type }) => type === 'google.rpc.ErrorInfo')?.debug;
  return { status: response.status, body: answer, reason: info?.reason, facts: info?.metadata ?? {} };
}

interface ErrorInfoJson {
  readonly reason: string;
  readonly metadata?: Record<string, string>;
}
