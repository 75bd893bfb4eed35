import { connectRawPeer } from '../raw-peer.ts';
import type { Frame, FrameInit, RawStream } from '../raw-stream.ts';

/** One client that opens a stream again whenever it has lost one. */
export interface Reconnecting {
  /** The stream that there is; undefined in between. */
  readonly stream: RawStream | undefined;
  /** Number of the connection, from 0. */
  readonly connection: number;
  /** Times that the bus has welcomed it again. */
  readonly resumes: number;
  /** Leaves. Resolves when the last stream is over. */
  stop(): Promise<void>;
}

export interface ReconnectingOptions {
  readonly address: string;
  readonly apiKey: string;
  /** The first frame, made for each stream. */
  hello(): FrameInit;
  welcomed(stream: RawStream): void;
  received(frame: Frame, stream: RawStream): void;
  /** Nothing more has come for now. */
  idle?(stream: RawStream): void;
  /** The bus ended a stream by itself, which it has no reason for. */
  refused(text: string): void;
}

/** Starts the client. It waits for nothing between two connections: the network is what it is tested with. */
export function keepConnected(options: ReconnectingOptions): Reconnecting {
  let stream: RawStream | undefined;
  let connection = -1;
  let welcomes = 0;
  let stopped = false;
  let leave = (): void => {};

  const hear = async (heard: RawStream): Promise<void> => {
    for await (const frame of heard.frames()) {
      if (frame.case === 'welcome') {
        welcomes++;
        stream = heard;
        options.welcomed(heard);
      } else {
        options.received(frame, heard);
      }
      if (heard.unread === 0) options.idle?.(heard);
    }
  };
  const runStream = async (): Promise<void> => {
    connection++;
    const peer = await connectRawPeer(options);
    leave = peer.leave;
    if (stopped) return peer.leave();
    const opened = peer.open();
    opened.say(options.hello());
    await hear(opened);
    stream = undefined;
    const end = await opened.ended;
    if (end.by === 'bus') options.refused(JSON.stringify(end));
    peer.leave();
  };
  const run = async (): Promise<void> => {
    while (!stopped) {
      // A connection that breaks before it is one is the network's doing, like every other break.
      await runStream().catch((error: unknown) => {
        if (!isBrokenConnection(error)) throw error;
      });
    }
  };
  const running = run();
  return {
    get stream() {
      return stream;
    },
    get connection() {
      return connection;
    },
    get resumes() {
      return Math.max(0, welcomes - 1);
    },
    async stop() {
      stopped = true;
      leave();
      await running;
    },
  };
}

function isBrokenConnection(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? '';
  return ['ECONNRESET', 'EPIPE', 'ECONNREFUSED', 'ERR_HTTP2_INVALID_SESSION'].includes(code);
}
