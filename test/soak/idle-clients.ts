/** Agents that say their heartbeats and nothing else, a connection each, without a library: their process is not what is measured. */
import { hello, streamFrame } from '../hostile/rig/grpc-call.ts';
import { FRAME, frame } from '../hostile/rig/http2-frames.ts';
import { callHeaders, connectRawHttp2, openCall, type RawHttp2 } from '../hostile/rig/raw-http2.ts';

export interface IdleClientsOptions {
  readonly port: number;
  readonly apiKey: string;
  readonly from: number;
  readonly count: number;
  readonly heartbeatMs: number;
}

export type IdleNews =
  | { readonly is: 'open'; readonly streams: number }
  /** A delivery came to `idle://<agent>`. */
  | { readonly is: 'delivered'; readonly agent: number }
  /** The bus said why it ends, to this many. */
  | { readonly is: 'drained'; readonly streams: number };

const options = JSON.parse(process.argv[2] ?? '{}') as IdleClientsOptions;
const tell = (news: IdleNews) => process.send?.(news);
/** Opened at a time: a storm of connections is another test. */
const TOGETHER = 50;
const path = '/agentbus.v1.AgentService/AgentStream';
const call = openCall(1, callHeaders({ path, apiKey: options.apiKey }));
const heartbeat = frame({
  type: FRAME.data,
  stream: 1,
  payload: streamFrame({ case: 'heartbeat', value: { load: 0 } as never }),
});
let drained = 0;

async function open(agent: number): Promise<RawHttp2> {
  const connection = await connectRawHttp2(options.port);
  const welcomed = Promise.withResolvers<void>();
  connection.socket.on('data', (chunk: Buffer) => {
    if (chunk.includes('conn_')) welcomed.resolve();
    if (chunk.includes('for-the-idle')) tell({ is: 'delivered', agent });
    if (chunk.includes('SIGTERM')) tell({ is: 'drained', streams: ++drained });
  });
  connection.socket.on('close', () => welcomed.reject(new Error(`stream ${agent} was refused`)));
  const first = frame({ type: FRAME.data, stream: 1, payload: hello(`idle://${agent}`) });
  await connection.write(call, first);
  await welcomed.promise;
  const beat = () => void connection.write(heartbeat);
  // Spread over the interval, as agents that started at different times are.
  setTimeout(() => setInterval(beat, options.heartbeatMs), Math.random() * options.heartbeatMs);
  return connection;
}

/** A machine that is busy may take longer over a connection than the bus gives it; it is tried again, and told if it never works. */
async function openAgain(agent: number, triesLeft = 5): Promise<RawHttp2> {
  try {
    return await open(agent);
  } catch (error) {
    if (triesLeft === 0) throw error;
    return openAgain(agent, triesLeft - 1);
  }
}

let opened = 0;
for (let next = options.from; next < options.from + options.count; next += TOGETHER) {
  const group = Math.min(TOGETHER, options.from + options.count - next);
  await Promise.all(Array.from({ length: group }, (_, index) => openAgain(next + index)));
  opened += group;
}
process.on('disconnect', () => process.exit());
tell({ is: 'open', streams: opened });
