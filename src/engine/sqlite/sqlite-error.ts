const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;
/** Extended codes carry the primary one in their lowest byte. */
const PRIMARY = 0xff;

/** SQLite's primary result code; 0 for an error that is not SQLite's. */
export function sqliteCode(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return 0;
  return typeof error.errcode === 'number' ? error.errcode & PRIMARY : 0;
}

/** Whether the file, and not the disk under it, is at fault. */
export function isBrokenFile(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}
