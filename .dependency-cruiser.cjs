/**
 * The direction of imports: main → server → rpc → bus → engine/engine.ts → lib.
 * Each rule says which part may look where; `npm run lint` holds them.
 */

const { builtinModules } = require('node:module');

/** `limits.ts` is numbers only, so every layer may read it. */
const LIMITS = '^src/limits[.]ts$';
const LIB = '^src/lib/';
const GENERATED = '^gen/ts/';
const ENGINE_CONTRACT = '^src/engine/engine[.]ts$';
const TELEMETRY = '^src/telemetry/';
const CONNECT = '^node_modules/@connectrpc/';
const NODE_BUILT_IN = `^(node:)?(${builtinModules.join('|')})$`;

/** One layer, `path`, and the parts of `src` and `gen` that it may import beside itself. */
function layer({ name, comment, path, mayImport }) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path },
    to: { path: ['^src/', GENERATED], pathNot: [path, ...mayImport] },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    layer({
      name: 'lib-imports-nothing-of-ours',
      comment: 'lib is what everything else stands on.',
      path: LIB,
      mayImport: [],
    }),
    layer({
      name: 'limits-import-nothing',
      comment: 'limits.ts is numbers with reasons.',
      path: LIMITS,
      mayImport: [],
    }),
    layer({
      name: 'engine-contract-imports-nothing',
      comment: 'The contract of the store speaks of bytes and ids; it knows neither messages nor the bus.',
      path: ENGINE_CONTRACT,
      mayImport: [],
    }),
    layer({
      name: 'engines-know-the-contract-only',
      comment: 'An engine that knows what the bytes mean cannot be replaced by another one.',
      path: '^src/engine/',
      mayImport: [LIB, LIMITS],
    }),
    layer({
      name: 'bus-knows-the-engine-contract-only',
      comment: 'The domain decides; it never learns which engine or which transport serves it.',
      path: '^src/bus/',
      mayImport: [ENGINE_CONTRACT, LIB, LIMITS, GENERATED],
    }),
    layer({
      name: 'rpc-stands-on-the-bus',
      comment: 'RPC handlers translate between the contract and the domain; they do not listen, configure or store.',
      path: '^src/rpc/',
      mayImport: ['^src/bus/', ENGINE_CONTRACT, LIB, LIMITS, GENERATED],
    }),
    layer({
      name: 'keys-know-whom-they-identify',
      comment: 'Keys are a way to name a principal; they are read before there is a bus.',
      path: '^src/keys/',
      mayImport: ['^src/bus/caller[.]ts$', '^src/rpc/identity[.]ts$', LIB, LIMITS],
    }),
    layer({
      name: 'server-stands-on-rpc',
      comment: 'The server owns port, pages and shutdown; it is handed its configuration, its keys and its bus.',
      path: '^src/server/',
      mayImport: ['^src/rpc/', '^src/bus/', LIB, LIMITS, GENERATED],
    }),
    layer({
      name: 'telemetry-knows-the-tracer-only',
      comment: "Traces are told to an interface of the bus; how they leave the process is nobody else's business.",
      path: TELEMETRY,
      mayImport: ['^src/bus/tracer[.]ts$', LIB, LIMITS],
    }),
    {
      name: 'opentelemetry-in-telemetry-only',
      comment: 'The bus does not depend on how its traces are exported.',
      severity: 'error',
      from: { path: '^src/', pathNot: [TELEMETRY] },
      to: { path: '^node_modules/@opentelemetry/' },
    },
    {
      name: 'telemetry-is-loaded-on-demand',
      comment: 'A bus without a collector must not pay for loading OpenTelemetry; settings and types cost nothing.',
      severity: 'error',
      from: { path: '^src/', pathNot: [TELEMETRY] },
      to: {
        path: TELEMETRY,
        pathNot: ['^src/telemetry/tracing-settings[.]ts$'],
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    layer({
      name: 'client-speaks-the-contract-only',
      comment: 'A client that reaches into the server would ship it to every agent.',
      path: '^src/client/',
      mayImport: [LIB, GENERATED],
    }),
    {
      name: 'embedded-is-on-top',
      comment: 'The embedded façade puts a node together; what it is made of must work without it.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/embedded/', '^src/index[.]ts$'] },
      to: { path: '^src/embedded/' },
    },
    {
      name: 'connect-at-the-edges-only',
      comment: 'Transport types stay in rpc and client; the server hands requests to the handler that rpc makes.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/rpc/', '^src/client/'] },
      to: { path: CONNECT },
    },
    {
      name: 'browser-client-needs-no-node',
      comment: 'What src/client/browser.ts reaches runs in a browser.',
      severity: 'error',
      from: { path: '^src/client/browser[.]ts$' },
      to: { path: ['^node_modules/@connectrpc/connect-node/', NODE_BUILT_IN], reachable: true },
    },
    {
      name: 'nothing-imports-main',
      comment: 'main.ts starts a process when it is loaded.',
      severity: 'error',
      from: {},
      to: { path: '^src/main[.]ts$' },
    },
    {
      name: 'source-imports-no-test',
      comment: 'Tests may import everything; nothing that ships imports a test.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts|examples|bench|clients)/' },
    },
    {
      name: 'testee-is-a-user-of-the-package',
      comment: 'What clients are held to is what their users have: the package, and nothing that is inside of it.',
      severity: 'error',
      from: { path: '^clients/' },
      to: { path: ['^src/', GENERATED], pathNot: ['^src/index[.]ts$'] },
    },
    {
      name: 'source-needs-no-development-package',
      comment: 'The published package runs with its dependencies alone.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-cycles',
      // Types may name each other: an interface lives with the factory of what it describes, and the parts that
      // the factory puts together name the interface.
      comment: 'Two files that need each other when they are loaded are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports is dead, unless a process or a package starts at it.',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: ['^src/main[.]ts$', '^src/index[.]ts$'] },
      to: {},
    },
    {
      name: 'nothing-unresolved',
      comment: 'An import that leads nowhere fails when it is first run, which may be in production.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: '^node_modules' },
    exclude: { path: '^(dist|proto-deps)/' },
    // Type-only imports count: a layer that needs another's types depends on it.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['agentbus-source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.d.ts', '.json'],
    },
  },
};
