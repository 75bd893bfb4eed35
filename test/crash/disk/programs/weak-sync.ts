/** To be imported before a bus: its store syncs the log at checkpoints only, which SQLite calls NORMAL. */
import { DatabaseSync } from 'node:sqlite';

const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function weakExec(this: DatabaseSync, sql: string): void {
  exec.call(this, sql.replace('synchronous = FULL', 'synchronous = NORMAL'));
};
