import { pathToFileURL } from 'node:url';

/** What is used of `ws`, which the project does not depend on and so has no types of. */
export interface WsSocket {
  on(event: 'message', listener: (data: Buffer) => void): void;
  on(event: 'open' | 'close', listener: () => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  send(text: string): void;
  terminate(): void;
}

export interface WsLibrary {
  readonly WebSocket: new (address: string, options: { perMessageDeflate: boolean }) => WsSocket;
  readonly WebSocketServer: new (options: {
    host: string;
    port: number;
  }) => { on(event: 'connection', listener: (socket: WsSocket) => void): void };
}

/** Loads it from its main file. */
export async function loadWs(path: string): Promise<WsLibrary> {
  return (await import(pathToFileURL(path).href)) as WsLibrary;
}
