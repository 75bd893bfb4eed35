import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['agentbus-source', 'module', 'node', 'development|production'] } },
  test: {
    projects: [
      { extends: true, test: { name: 'bus', include: ['test/**/*.test.ts'], exclude: ['test/clients/**'] } },
      {
        extends: true,
        // After the others: building clients in four languages takes the whole machine.
        test: {
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          globalSetup: ['test/clients/announce-skipped.ts'],
          sequence: { groupOrder: 1 },
        },
      },
    ],
    // Real processes and sockets share the machine with each other in the e2e tests.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Node strips types with a module of WebAssembly, one for each of the hundreds of threads that the tests start, and V8
    // may abort ("Check failed: jit_page.has_value()") when it tiers up calls of it in one thread while another ends.
    execArgv: ['--wasm-wrapper-tiering-budget=2000000000'],
  },
});
