import type { ClientHttp2Session } from 'node:http2';
import { type BusAddress, connectLoad, expectOk, openCall } from './load-connection.ts';
import { createMessageSplitter } from './message-splitter.ts';

/** Unary gRPC calls on a connection of their own. */
export interface UnaryCalls {
  /** Makes a call with an encoded request, five bytes included, and hands on the encoded response when it has ended well. */
  call(path: string, request: Buffer, answered: (response: Buffer) => void): void;
  close(): void;
}

/** Connects. A call that is refused ends the process. */
export function openUnaryCalls(options: BusAddress): UnaryCalls {
  const session: ClientHttp2Session = connectLoad(options);
  return {
    call(path, request, answered) {
      const stream = openCall(session, options, path);
      let response: Buffer | undefined;
      const splitter = createMessageSplitter((bytes, start, end) => {
        response = bytes.subarray(start, end);
      });
      stream.on('data', splitter.take);
      // A refusal has its status in the header.
      stream.on('response', (headers) => {
        if (headers['grpc-status'] !== undefined) expectOk(headers);
      });
      stream.on('trailers', (trailers) => {
        expectOk(trailers);
        if (response === undefined) throw new Error(`${path} was answered with nothing`);
        answered(response);
      });
      stream.end(request);
    },
    close: () => session.destroy(),
  };
}
