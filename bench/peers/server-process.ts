import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { pinned } from '../load-process.ts';
import type { Place } from '../peer.ts';

/** A server of a peer, in a process of its own. */
export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  /** Asks it to end, and makes it end if it does not. Never rejects: what a peer does at its end is not measured. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** The command for a port. */
  command(port: number): readonly string[];
  readonly place: Place;
  readonly env?: Readonly<Record<string, string>>;
}

const LONGEST_START_MS = 30_000;
const LONGEST_STOP_MS = 10_000;
const LOOK_MS = 50;

/**
 * Starts a server on the cores that are for servers, and waits until its port answers. Rejects with its output if it ends before. It
 * does not outlive this process.
 */
export async function startServer({ command, place, env }: ServerOptions): Promise<ServerProcess> {
  const port = await freePort();
  const [program = '', ...args] = pinned(command(port), place.serverCores);
  const child = spawn(program, args, {
    cwd: place.dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-4_000)));
  // Rejects if there is no such program.
  await once(child, 'spawn');
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const limit = performance.now() + LONGEST_START_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}:\n${output}`);
    if (performance.now() > limit) {
      kill();
      throw new Error(`${program} does not answer on its port:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return { pid: child.pid ?? 0, port, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_STOP_MS);
  await gone;
  clearTimeout(timer);
}

/** A port that nobody has right now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
