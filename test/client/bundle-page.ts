import { isBuiltin } from 'node:module';
import { build, type Plugin, type Rolldown } from 'vite';

/** One script that a browser runs, and what went into it. */
export interface Bundle {
  readonly code: string;
  /** Modules of Node that something imports, as `importer -> module`. */
  readonly nodeModules: readonly string[];
}

/** Bundles a program for browsers as an application's build would. */
export async function bundlePage(entry: string): Promise<Bundle> {
  const nodeModules: string[] = [];
  // The bundler puts an empty module in the place of those, which fails only when it is used.
  const findNodeModules: Plugin = {
    name: 'find-node-modules',
    enforce: 'pre',
    resolveId(source, importer) {
      if (isBuiltin(source)) nodeModules.push(`${importer} -> ${source}`);
      return null;
    },
  };
  const results = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [findNodeModules],
    build: {
      ssr: false,
      write: false,
      minify: false,
      target: 'esnext',
      lib: { entry, formats: ['es'], fileName: 'page' },
    },
  });
  const parts = (results as Rolldown.RolldownOutput[]).flatMap((result) => result.output);
  return { code: parts.flatMap((part) => (part.type === 'chunk' ? part.code : [])).join('\n'), nodeModules };
}
