/**
 * Goal: what npm publishes works where only the package and its dependencies are.
 * Method: pack it, unpack it into an empty project, type-check a program that imports it, run the program, start `agentbus`.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBusProcess } from '../start-bus-process.ts';

const run = promisify(execFile);
const NAME = '@vibes/agent-communication-bus';
const ROOT = join(import.meta.dirname, '../..');

const PROGRAM = `
import { AgentbusError, connectOrchestrator, type Session, type SessionHandle } from '${NAME}';
import { connectOrchestrator as inBrowser } from '${NAME}/browser';

const orchestrator = connectOrchestrator({
  address: process.env.AGENT_BUS_URL ?? '',
  apiKey: process.env.AGENT_BUS_API_KEY ?? '',
  agentId: 'claude-code://orchestrator',
});
const session = await orchestrator.createSession();
const { sessionId }: Session = await session.get();
const refusal: unknown = await session.addParticipant({ agentId: 'nobody', role: 'none' }).catch((error: unknown) => error);
console.log(sessionId === session.id, refusal instanceof AgentbusError && refusal.reason, typeof inBrowser);
orchestrator.close();

// @ts-expect-error: the types are there, and a number is no summary.
export const misuse = (handle: SessionHandle) => handle.complete({ summary: 1 });
`;

let project: string;
let installed: string;
beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'agentbus-package-'));
  installed = join(project, 'node_modules', NAME);
  await run('npm', ['pack', '--silent', '--pack-destination', project], { cwd: ROOT });
  const { name, version, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const tarball = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', join(project, tarball), '--strip-components=1', '-C', installed]);
  for (const dependency of [...Object.keys(dependencies), '@types/node']) link(dependency);
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(project, 'program.ts'), PROGRAM);
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'dom'],
    strict: true,
    types: ['node'],
  };
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, noEmit: true }, include: ['program.ts'] }),
  );
}, 180_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** What npm would install beside the package. */
function link(dependency: string): void {
  const target = join(project, 'node_modules', dependency);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', dependency), target);
}

test('has types that stand on their own', async () => {
  const checked = await run('tsc', ['-p', project]).catch((error: { stdout: string }) => error);
  expect(checked.stdout).toBe('');
}, 60_000);

test('starts the bus by the name agentbus, and a program talks to it', async () => {
  const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const command = join(installed, bin.agentbus);
  expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  const bus = await startBusProcess({ main: command });
  try {
    const env = { ...process.env, AGENT_BUS_URL: bus.address, AGENT_BUS_API_KEY: bus.apiKey };
    const { stdout } = await run(process.execPath, ['program.ts'], { cwd: project, env });
    expect(stdout).toBe('true FIELD_INVALID function\n');
  } finally {
    await bus.stop();
  }
});
