import { EngineError } from '../../engine.ts';

/** Why there is no backup, or why one is not restored, in a sentence that names the file. Nothing was left behind. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** Does the work; what the disk or the system refuses in it becomes a BackupError that says what could not be done. */
export async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackupError || error instanceof EngineError) throw error;
    throw new BackupError(`${what}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
