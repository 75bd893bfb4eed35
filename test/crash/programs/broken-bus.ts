/**
 * A bus that breaks its word, for the tests of those who watch it: `src/main.ts` with another store in place of the real
 * one. `AGENTBUS_FAULT` says which promise it breaks, see `broken-store.ts`.
 */
import { registerHooks } from 'node:module';

const STORE = new URL('../../../src/engine/open.ts', import.meta.url).href;
const BROKEN_STORE = new URL('./broken-store.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    return resolved.url === STORE && context.parentURL !== BROKEN_STORE ? { ...resolved, url: BROKEN_STORE } : resolved;
  },
});
// By its address: the main program is started here, not used.
await import(new URL('../../../src/main.ts', import.meta.url).href);
