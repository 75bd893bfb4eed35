import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PeerFiles } from './cache.ts';
import { PEER_VERSIONS } from './versions.ts';

/** How a peer is had. */
export interface PeerRecipe {
  readonly name: string;
  /** The file that is there if and only if the peer is. */
  file(files: PeerFiles): string;
  /** Gets it. Throws with what went wrong, in a line. */
  install(files: PeerFiles): void;
}

/** The server and those of its libraries that a small system lacks; libssl, libsystemd and libatomic are on any Debian. */
const REDIS_PACKAGES = [
  'redis-tools',
  'libjemalloc2',
  'liblua5.1-0',
  'liblzf1',
  'libhiredis0.14',
  'lua-bitop',
  'lua-cjson',
];

/** A compiler takes minutes on a small machine. */
const LONGEST_MS = 15 * 60_000;

/** All peers that have to be got from somewhere. */
export const PEER_RECIPES: readonly PeerRecipe[] = [
  {
    name: `NATS ${PEER_VERSIONS.nats}`,
    file: ({ natsServer }) => natsServer,
    install: ({ folder }) =>
      run(['go', 'install', `github.com/nats-io/nats-server/v2@v${PEER_VERSIONS.nats}`], {
        env: { GOBIN: join(folder, 'bin') },
      }),
  },
  { name: 'Redis of the distribution', file: ({ redisServer }) => redisServer, install: installRedis },
  {
    name: `AutoGen ${PEER_VERSIONS.autogen}`,
    file: ({ autogenPython }) => autogenPython,
    install: ({ folder }) =>
      installFromPyPI(join(folder, 'autogen'), [
        `autogen-ext[grpc]==${PEER_VERSIONS.autogen}`,
        `grpcio==${PEER_VERSIONS.grpcio}`,
      ]),
  },
  {
    name: `SLIM ${PEER_VERSIONS.slim}`,
    file: ({ slimPython }) => slimPython,
    install: ({ folder }) => installFromPyPI(join(folder, 'slim'), [`slim-bindings==${PEER_VERSIONS.slim}`]),
  },
  {
    name: `ws ${PEER_VERSIONS.ws}`,
    file: ({ ws }) => ws,
    install({ folder }) {
      const target = join(folder, 'ws');
      mkdirSync(target, { recursive: true });
      run(['npm', 'install', '--no-audit', '--no-fund', '--prefix', target, `ws@${PEER_VERSIONS.ws}`]);
    },
  },
];

/** Packages are unpacked, not installed: an installed one starts a server of its own, and needs rights. */
function installRedis({ folder }: PeerFiles): void {
  const packages = join(folder, 'debs');
  mkdirSync(packages, { recursive: true });
  run(['apt-get', 'download', ...REDIS_PACKAGES], { cwd: packages });
  for (const name of readdirSync(packages)) {
    if (name.endsWith('.deb')) run(['dpkg-deb', '-x', join(packages, name), join(folder, 'redis')]);
  }
  // The tools package has the program; `redis-server` of the other package is a link to it.
  const bin = join(folder, 'redis', 'usr', 'bin');
  run(['ln', '-sf', 'redis-check-rdb', join(bin, 'redis-server')]);
}

/** Into an environment of its own, which is there only once everything is in it. */
function installFromPyPI(target: string, packages: readonly string[]): void {
  run(['python3', '-m', 'venv', target]);
  try {
    run([join(target, 'bin', 'python'), '-m', 'pip', 'install', '-q', '--disable-pip-version-check', ...packages]);
  } catch (error) {
    run(['rm', '-rf', target]);
    throw error;
  }
}

function run(command: readonly string[], { cwd, env }: { cwd?: string; env?: Record<string, string> } = {}): void {
  const [program = '', ...args] = command;
  const { status, error, stderr } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: LONGEST_MS,
  });
  if (error !== undefined) throw new Error(`${command.join(' ')}: ${error.message}`);
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${lastLine(stderr)}`);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
