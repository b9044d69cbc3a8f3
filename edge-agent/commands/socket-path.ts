/** Where the door's socket lies. */
import { join } from "node:path";
import { Fault } from "../core/faults.ts";

/** sun_path of unix(7) has 108 bytes with its closing zero; a longer path would be cut and bound somewhere else. */
const LONGEST_Bytes = 107;

/** The socket of a station, in its spool folder. Fault `config/invalid` when the folder's path is too long for one. */
export function doorPath(spoolDirectory: string): string {
  return fitting(join(spoolDirectory, "offgas.sock"));
}

export function fitting(path: string): string {
  const length_Bytes = Buffer.byteLength(path);
  if (length_Bytes <= LONGEST_Bytes) return path;
  throw new Fault(
    "config/invalid",
    `the command socket ${path} has a path of ${length_Bytes} Bytes and Linux allows ${LONGEST_Bytes}: choose a shorter spool.directory`,
  );
}
