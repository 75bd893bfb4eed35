import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['agentbus-source', 'module', 'node', 'development|production'] } },
  test: {
    include: ['test/**/*.test.ts'],
    // Real processes and sockets share the machine with each other in the e2e tests.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
