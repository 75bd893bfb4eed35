import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A language that clients are generated for. */
export interface Language {
  readonly name: string;
  /** Programs without which its generators cannot be installed or run. */
  readonly toolchain: readonly string[];
  /** Puts its generators, in pinned versions, into a folder, and returns the folder that has the programs. */
  install(folder: string): string;
}

/** The generators and their versions: what they write needs a runtime that is at least as new, see clients/. */
const VERSIONS = {
  'protoc-gen-go': '1.36.11',
  'protoc-gen-go-grpc': '1.6.1',
  'grpcio-tools': '1.76.0',
  'protoc-gen-prost': '0.5.0',
  'protoc-gen-tonic': '0.5.0',
  // Java's protoc 4.31.1 and Python's in grpcio-tools 1.76.0 are the same release.
  protoc: '4.31.1',
  'protoc-gen-grpc-java': '1.76.0',
  'maven-dependency-plugin': '3.8.1',
} as const;

/** In the order in which they are generated. */
export const LANGUAGES: readonly Language[] = [
  { name: 'go', toolchain: ['go'], install: installGo },
  { name: 'python', toolchain: ['python3'], install: installPython },
  { name: 'rust', toolchain: ['cargo'], install: installRust },
  { name: 'java', toolchain: ['java', 'mvn'], install: installJava },
];

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

function installGo(folder: string): string {
  const env = { ...process.env, GOBIN: resolve(folder), GOFLAGS: '' };
  const packages = {
    'protoc-gen-go': 'google.golang.org/protobuf/cmd/protoc-gen-go',
    'protoc-gen-go-grpc': 'google.golang.org/grpc/cmd/protoc-gen-go-grpc',
  } as const;
  for (const name of ['protoc-gen-go', 'protoc-gen-go-grpc'] as const)
    execFileSync('go', ['install', `${packages[name]}@v${VERSIONS[name]}`], { env, stdio: 'inherit' });
  return folder;
}

function installPython(folder: string): string {
  run('python3', '-m', 'venv', folder);
  const bin = join(folder, 'bin');
  run(join(bin, 'python'), '-m', 'pip', 'install', '--quiet', `grpcio-tools==${VERSIONS['grpcio-tools']}`);
  return bin;
}

function installRust(folder: string): string {
  for (const name of ['protoc-gen-prost', 'protoc-gen-tonic'] as const)
    run('cargo', 'install', '--quiet', '--locked', '--root', folder, '--version', VERSIONS[name], name);
  return join(folder, 'bin');
}

function installJava(folder: string): string {
  const classifier = mavenPlatform();
  const copy = (group: string, name: 'protoc' | 'protoc-gen-grpc-java') => {
    run(
      'mvn',
      '--batch-mode',
      '--quiet',
      `org.apache.maven.plugins:maven-dependency-plugin:${VERSIONS['maven-dependency-plugin']}:copy`,
      `-Dartifact=${group}:${name}:${VERSIONS[name]}:exe:${classifier}`,
      `-DoutputDirectory=${folder}`,
      '-Dmdep.stripVersion',
    );
    const program = join(folder, name);
    renameSync(join(folder, `${name}-${classifier}.exe`), program);
    chmodSync(program, 0o755);
  };
  copy('com.google.protobuf', 'protoc');
  copy('io.grpc', 'protoc-gen-grpc-java');
  return folder;
}

/** This machine's name among the classifiers of Maven artifacts that are programs. */
function mavenPlatform(): string {
  const systems: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'osx', win32: 'windows' };
  const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch_64' };
  const system = systems[process.platform];
  const machine = machines[process.arch];
  if (system === undefined || machine === undefined)
    throw new Error(`there is no protoc for ${process.platform} on ${process.arch}`);
  return `${system}-${machine}`;
}

/** Installs a language's generators, once for each set of versions; returns the folder that has the programs. */
export function installOnce(language: Language): string {
  const folder = resolve('.tools', Object.values(VERSIONS).join('-'), language.name);
  const installed = `${folder}.bin`;
  if (!existsSync(installed)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(installed, language.install(folder));
  }
  return readFileSync(installed, 'utf8');
}
