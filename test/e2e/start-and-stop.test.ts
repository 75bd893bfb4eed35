import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Code, type ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';

// Goal: an operator starts, tries, and stops the bus with nothing but what it prints.
// Method: the real program; what it prints is pasted into a real shell.

const run = promisify(execFile);
const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const { AGENT_BUS_API_KEY: _, ...env } = process.env;

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-start-'));
  return () => rm(dataDir, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly output: string;
  readonly address: string;
  /** Ends with the code. */
  readonly exit: Promise<number | null>;
  errors(): string;
}

/** Starts the program and waits for all that it says at the start. */
async function start(...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--data-dir', dataDir, ...args], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  let output = '';
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => {
      output += text;
      if (/^ {2}curl .*$/m.test(output)) resolve();
    });
    void exit.then((code) => reject(new Error(`ended with ${code}: ${errors}`)));
  });
  const address = /https?:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '';
  return { child, output, address, exit, errors: () => errors };
}

/** Runs the program to its end, which is an error. */
async function failure(...args: string[]): Promise<{ code: number; stderr: string }> {
  return await run(process.execPath, [MAIN, ...args], { env }).then(
    () => Promise.reject(new Error('the program did not fail')),
    (error: { code: number; stderr: string }) => error,
  );
}

function pastedCurl(output: string): string {
  return /^ {2}(curl .*)$/m.exec(output)?.[1] ?? '';
}

describe('the first start', () => {
  it('prints a key once, and a curl that works', async () => {
    const first = await start();
    const key = /agentbus_[\w-]{43}/.exec(first.output)?.[0] ?? '';
    const { stdout } = await run('sh', ['-c', pastedCurl(first.output)]);
    expect(JSON.parse(stdout)).toEqual({ agents: [], next_page_token: '' });
    first.child.kill('SIGTERM');
    expect(await first.exit).toBe(0);
    expect(first.errors()).not.toContain(key);

    const second = await start();
    expect(second.output).not.toContain('agentbus_');
    const again = await run('sh', ['-c', pastedCurl(second.output)], { env: { ...env, AGENT_BUS_API_KEY: key } });
    expect(JSON.parse(again.stdout)).toEqual({ agents: [], next_page_token: '' });
  });

  it('makes its key anew after a start that failed before the key was shown', async () => {
    const other = await start('--data-dir', ':memory:');
    const { port } = new URL(other.address);
    await failure('--port', port, '--data-dir', dataDir);
    const { output } = await start();
    expect(output).toMatch(/^ {2}key {4}agentbus_[\w-]{43}$/m);
  });

  it('works with a key of keys add, for the agents it names', async () => {
    const file = join(dataDir, 'principals.json');
    const { stdout } = await run(process.execPath, [
      MAIN,
      'keys',
      'add',
      '--name',
      'ops',
      '--agent',
      'codex://*',
      '--file',
      file,
    ]);
    const { address } = await start('--keys-file', file);
    const receive = async (agent_id: string) => {
      const response = await fetch(`${address}/agentbus.v1.MessageService/ReceiveMessages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${stdout.trim()}` },
        body: JSON.stringify({ agent_id }),
      });
      return response.status;
    };
    expect(await receive('codex://a')).toBe(200);
    expect(await receive('claude-code://a')).toBe(403);
  });
});

describe('a stop', () => {
  it('tells agents to go elsewhere, and ends with 0', async () => {
    const bus = await start('--api-key', 'dev-key');
    const client = createClient(AgentService, createGrpcTransport({ baseUrl: bus.address }));
    const leave = Promise.withResolvers<void>();
    const frames = client.agentStream(
      (async function* () {
        yield { frame: { case: 'hello', value: { agent: { agentId: 'codex://a' }, instanceId: 'i' } } } as const;
        await leave.promise;
      })(),
      { headers: { 'x-agent-api-key': 'dev-key' } },
    );
    const seen: (string | undefined)[] = [];
    const read = async () => {
      for await (const { frame } of frames) {
        seen.push(frame.case);
        if (frame.case === 'welcome') bus.child.kill('SIGTERM');
        if (frame.case === 'drain') leave.resolve();
      }
    };
    // A stream on which nothing is owed is ended soon after it was told; on a busy machine that is before it has left.
    await read().catch((error: ConnectError) => expect(error.code).toBe(Code.Unavailable));
    expect(seen).toEqual(['welcome', 'drain']);
    expect(await bus.exit).toBe(0);
  });

  it('ends at once with 1 at the second signal', async () => {
    const bus = await start('--api-key', 'dev-key');
    const client = createClient(AgentService, createGrpcTransport({ baseUrl: bus.address }));
    const frames = client.agentStream(
      (async function* () {
        yield { frame: { case: 'hello', value: { agent: { agentId: 'codex://a' }, instanceId: 'i' } } } as const;
        await new Promise(() => undefined);
      })(),
      { headers: { 'x-agent-api-key': 'dev-key' } },
    );
    const iterator = frames[Symbol.asyncIterator]();
    await iterator.next();
    bus.child.kill('SIGTERM');
    // An agent that stays after it was told to go.
    await iterator.next();
    bus.child.kill('SIGTERM');
    expect(await bus.exit).toBe(1);
  });
});

describe('what an operator can mend', () => {
  it('is told in one line: the port is taken', async () => {
    const { address } = await start();
    const { port } = new URL(address);
    const { code, stderr } = await failure('--port', port, '--data-dir', ':memory:', '--log-level', 'silent');
    expect([code, stderr]).toEqual([1, `agentbus: port ${port} of 127.0.0.1 is taken; choose another with --port\n`]);
  });

  it('is told in one line: the data is in use', async () => {
    await start();
    const { code, stderr } = await failure('--port', '0', '--data-dir', dataDir);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^agentbus: .*\n$/);
    expect(stderr).toContain(dataDir);
  });

  it.each([
    [['--prot', '1'], "Unknown option '--prot'; see --help"],
    [['--port', '99999'], '--port: "99999" is not a whole number from 0 to 65535'],
    [['--tls-cert', '/no/such', '--tls-key', '/no/such'], '--tls-cert: ENOENT'],
    [['--engine', 'paper', '--data-dir', ':memory:'], '"paper" is not an engine; use "sqlite"'],
    [['keys', 'list'], 'usage: agentbus keys add'],
  ])('is told in one line: %j', async (args, message) => {
    const { code, stderr } = await failure(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^agentbus: [^\n]*\n$/);
    expect(stderr).toContain(message);
  });
});

it('warns whoever opens the port to other machines without TLS', async () => {
  const { output } = await start('--host', '0.0.0.0');
  expect(output.match(/other machines can reach this address/g)).toHaveLength(1);
});
