import { connectNats } from './nats-connection.ts';

/** Calls of the JetStream API: JSON in, JSON out. */
export interface JetStreamAdmin {
  /** `what` without its `$JS.API.`. Rejects with what the server says when it refuses. */
  call(what: string, request?: object): Promise<Record<string, unknown>>;
  close(): void;
}

/** Connects for administration: one call after the other, nothing of it in a measured stretch. */
export async function connectAdmin(port: number): Promise<JetStreamAdmin> {
  const inbox = '_INBOX.admin';
  let answer: PromiseWithResolvers<string> | undefined;
  const connection = await connectNats(port, ({ buffer, contentStart, contentEnd }) =>
    answer?.resolve(buffer.toString('utf8', contentStart, contentEnd)),
  );
  connection.subscribe(inbox);
  return {
    async call(what, request) {
      const text = request === undefined ? '' : JSON.stringify(request);
      answer = Promise.withResolvers();
      connection.outbox.text(`PUB $JS.API.${what} ${inbox} ${text.length}\r\n${text}\r\n`);
      const reply = JSON.parse(await answer.promise) as Record<string, unknown>;
      if (reply.error !== undefined) throw new Error(`${what}: ${JSON.stringify(reply.error)}`);
      return reply;
    },
    close: connection.close,
  };
}
