/** Secrets come from files, read when a sink connects, and stand in no message. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { Fault } from "../core/faults.ts";

/** By the fault that a file of this kind makes. A bundle of all common authorities is some 200 KiB. */
const largest_KiB = { "sink/secret-file": 4, "sink/certificate": 1024 } as const;

/** The file without the line break that editors put at its end. `key` is how the station file calls it. */
export function readSecret(path: string, key: string, code: keyof typeof largest_KiB = "sink/secret-file"): string {
  const secret = readFile(path, key, code).replace(/\r?\n$/, "");
  if (secret === "") throw new Fault(code, `${key} ${path} is empty: write the secret into it`);
  return secret;
}

function readFile(path: string, key: string, code: keyof typeof largest_KiB): string {
  let file: number | undefined;
  try {
    // without O_NONBLOCK opening a pipe waits for a writer, and all that shares this thread with it
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = fstatSync(file);
    if (!found.isFile()) throw new Fault(code, `${key} ${path} is no file: write the secret into a file`);
    if (found.size > largest_KiB[code] * 1024) throw new Fault(code, `${key} ${path} is larger than ${largest_KiB[code]} KiB: it holds something else`);
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Fault) throw error;
    const reason = (error as { code?: string }).code ?? "unreadable";
    throw new Fault(code, `${key} ${path} cannot be read (${reason}): write it and make it readable for the agent's user`, { cause: error });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
