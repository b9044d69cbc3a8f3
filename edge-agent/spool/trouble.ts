/** What SQLite's errors mean to a person. Codes: https://sqlite.org/rescode.html */
import { Fault, type FaultCode, isFault } from "../core/faults.ts";

const primary = { busy: 5, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notDatabase: 26 } as const;

/** SQLite's primary result code; undefined where the error is not SQLite's. */
function resultCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

export const isCorruption = (error: unknown): boolean => {
  const code = resultCode(error);
  return code === primary.corrupt || code === primary.notDatabase;
};
export const isFull = (error: unknown): boolean => resultCode(error) === primary.full;

/** One line with what to do; undefined where the error is a bug and no trouble of the disk. */
export function spoolFault(error: unknown, directory: string): Fault | undefined {
  if (isFault(error)) return error;
  const system = (error as { code?: unknown } | null)?.code;
  const named = (code: FaultCode, message: string) => new Fault(code, message, { cause: error });
  const unwritable = `${directory} cannot be written; make it writable for the agent's user or name another folder`;
  switch (resultCode(error)) {
    case primary.full:
      return named("spool/full", `the disk under ${directory} or the spool's budget is full; free space on it or set a smaller budget`);
    case primary.busy:
      return named("spool/in-use", `another agent uses the spool in ${directory}; stop it or give this one a folder of its own`);
    case primary.readOnly:
    case primary.cannotOpen:
      return named("spool/unavailable", unwritable);
    case primary.ioError:
      return named("spool/unavailable", `the disk under ${directory} fails (${(error as Error).message}); check it and its cable`);
    default:
      if (system === "ENOSPC") return named("spool/full", `the disk under ${directory} is full; free space on it or set a smaller budget`);
      if (system === "EROFS" || system === "EACCES" || system === "EPERM") return named("spool/unavailable", unwritable);
      if (typeof system === "string" && /^E[A-Z]+$/.test(system)) return named("spool/unavailable", `${directory} cannot be used (${system}); check it`);
      return undefined;
  }
}
