import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the programs of the peers are. Nothing of this is in the repository, and nothing is installed for the whole machine. */
export interface PeerFiles {
  readonly folder: string;
  readonly natsServer: string;
  /** A server taken out of its package, with the libraries that it needs beside it. */
  readonly redisServer: string;
  readonly redisLibraries: string;
  /** Interpreters of the virtual environments that the packages were installed into. */
  readonly autogenPython: string;
  readonly slimPython: string;
  /** The main file of `ws`. */
  readonly ws: string;
}

/** The files in a folder; without one in `AGENTBUS_BENCH_CACHE`, or else in `~/.cache/agentbus-bench`. They need not exist. */
export function peerFiles(
  folder = process.env.AGENTBUS_BENCH_CACHE ?? join(homedir(), '.cache', 'agentbus-bench'),
): PeerFiles {
  return {
    folder,
    natsServer: join(folder, 'bin', 'nats-server'),
    redisServer: join(folder, 'redis', 'usr', 'bin', 'redis-server'),
    redisLibraries: join(folder, 'redis', 'usr', 'lib', `${debianCpu()}-linux-gnu`),
    autogenPython: join(folder, 'autogen', 'bin', 'python'),
    slimPython: join(folder, 'slim', 'bin', 'python'),
    ws: join(folder, 'ws', 'node_modules', 'ws', 'wrapper.mjs'),
  };
}

function debianCpu(): string {
  return process.arch === 'arm64' ? 'aarch64' : 'x86_64';
}
