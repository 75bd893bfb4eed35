import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeBlocks, readPage } from './markdown.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const KEY = 'tutorial-key';
const TUTORIAL = readPage('docs/session-management-tutorial.md');

/** Runs the printed shell block in between, as a reader would in another terminal. */
const PRELUDE = `
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
const inTerminal = async (script: string, sessionId: string) => {
  const { stdout } = await promisify(execFile)('bash', ['-euc', script], { env: { ...process.env, sessionId } });
  console.log('curl printed:', stdout);
};
`;

// Goal: the tutorial's code runs as printed. Method: its blocks, in order, become one program that is type-checked and run;
// only whether sessions are kept is varied, and the port if 8080 is taken on this machine.
describe('the tutorial as printed', () => {
  let folder: string;
  let port: number;
  beforeAll(async () => {
    await mkdir(join(root, '.tmp'), { recursive: true });
    folder = await mkdtemp(join(root, '.tmp/tutorial-'));
    port = await freePort(8080).catch(() => freePort(0));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function program(name: string, persistenceEnabled: boolean): Promise<string> {
    const parts = codeBlocks(TUTORIAL).map(({ language, code }) =>
      language === 'ts' ? code : `await inTerminal(${JSON.stringify(code)}, sessionId);\n`,
    );
    const source = [PRELUDE, ...parts]
      .join('\n')
      .replace('persistenceEnabled: false', `persistenceEnabled: ${persistenceEnabled}`)
      .replace('port: 8080', `port: ${port}`)
      .replace('localhost:8080', `localhost:${port}`);
    const file = join(folder, `${name}.ts`);
    await writeFile(file, source);
    return file;
  }

  async function runTutorial(persistenceEnabled: boolean): Promise<string> {
    const file = await program(`run-${persistenceEnabled}`, persistenceEnabled);
    const env = { ...process.env, AGENT_BUS_API_KEY: KEY };
    const { stdout } = await run(process.execPath, ['--conditions=agentbus-source', file], { cwd: folder, env });
    return stdout;
  }

  test('has blocks to run', () => {
    expect(codeBlocks(TUTORIAL).map(({ language }) => language)).toEqual([
      ...Array(5).fill('ts'),
      'bash',
      ...Array(3).fill('ts'),
    ]);
  });

  test('type-checks', async () => {
    const file = await program('checked', false);
    const project = join(folder, 'tsconfig.json');
    await writeFile(project, JSON.stringify({ extends: '../../tsconfig.json', include: [], files: [file] }));
    const tsc = join(root, 'node_modules/.bin/tsc');
    const result = await run(tsc, ['-p', project]).catch((error: { stdout: string }) => error);
    expect(result.stdout).toBe('');
  });

  test.each([false, true])('runs with persistenceEnabled: %s', async (persistenceEnabled) => {
    const stdout = await runTutorial(persistenceEnabled);
    const sessionId = /New session: (\S+)/.exec(stdout)?.[1];
    expect(sessionId).toMatch(/^sess_/);
    expect(stdout).toContain(`Session created ${sessionId}`);
    expect(stdout).toMatch(/Task delegated \{[\s\S]*task_impl_backend/);
    expect(stdout).toMatch(/curl printed: \{"message_id":"task_impl_backend"/);
    expect(stdout).toContain(`Session done ${sessionId}`);
  });
});

/** The port if it is free; any free one for 0. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(wanted, 'localhost', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : wanted));
    });
  });
}
