/**
 * Goal: a page in a browser leads a session on a bus of another origin. Method: bundle a page as an application would,
 * open it in headless Chromium against a real bus, and let it report what it saw.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startBusProcess } from '../start-bus-process.ts';
import { type Bundle, bundlePage } from './bundle-page.ts';
import { findChromium } from './find-chromium.ts';
import { servePage } from './serve-page.ts';

const PAGE = join(import.meta.dirname, 'browser-page/page.ts');
const chromium = findChromium();
const reason = chromium === undefined ? ' (skipped: there is none at /usr/bin/chromium or $CHROMIUM)' : '';

let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundlePage(PAGE);
});

test('the client for browsers needs nothing of Node', () => {
  expect(bundle.nodeModules).toEqual([]);
  expect(bundle.code).not.toMatch(/\bnode:/);
  expect(bundle.code).toContain('agentbus.v1');
});

test('the bundler would have noticed: the client for Node does need it', async () => {
  const { nodeModules } = await bundlePage(join(import.meta.dirname, '../../src/client/index.ts'));
  expect(nodeModules.join()).toContain('node:http2');
});

describe.skipIf(chromium === undefined)(`in Chromium${reason}`, () => {
  test.each(['binary', 'json'])('a page leads a session in %s across origins', async (format) => {
    const page = await servePage(bundle.code);
    const bus = await startBusProcess({ dataDir: ':memory:', env: { AGENT_BUS_CORS_ORIGINS: page.address } });
    const close = await openPage(
      `${page.address}/?${new URLSearchParams({ bus: bus.address, key: bus.apiKey, format })}`,
    );
    try {
      expect(await page.findings).toEqual({
        sessionId: expect.stringMatching(/^sess_/),
        taskId: 'task_from_browser',
        events: ['1 sessionCreated', '2 taskDelegated', '3 messageSent', '4 taskCancelled', '5 sessionCompleted'],
        refused: ['ABORTED', 'CONTEXT_REVISION_MISMATCH', '1'],
        isCompleted: true,
        origin: page.address,
      });
    } finally {
      await close();
      page.close();
      await bus.stop();
    }
  });

  test('a page of an origin that the bus does not know is kept out by the browser', async () => {
    const page = await servePage(bundle.code);
    const bus = await startBusProcess({ dataDir: ':memory:' });
    const close = await openPage(`${page.address}/?${new URLSearchParams({ bus: bus.address, key: bus.apiKey })}`);
    try {
      expect(await page.findings).toEqual({
        error: expect.stringMatching(/^AgentbusError: cannot reach the bus at .*: Failed to fetch/),
      });
    } finally {
      await close();
      page.close();
      await bus.stop();
    }
  });
});

/** Opens a page in a browser with a profile of its own; resolves with what closes it. */
async function openPage(url: string): Promise<() => Promise<void>> {
  const profile = await mkdtemp(join(tmpdir(), 'agentbus-chromium-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
  const quiet = ['--disable-background-networking', '--disable-component-update', `--user-data-dir=${profile}`];
  const browser = spawn(chromium ?? '', [...flags, ...quiet, '--remote-debugging-port=0', url], { stdio: 'ignore' });
  return async () => {
    const exited = once(browser, 'exit');
    browser.kill('SIGKILL');
    await exited;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
}
