/** Secrets come from files, read when a sink connects, and stand in no message. */
import { readFileSync } from "node:fs";
import { Fault, type FaultCode } from "../core/faults.ts";

/** The file without the line break that editors put at its end. `key` is how the station file calls it. */
export function readSecret(path: string, key: string, code: FaultCode = "sink/secret-file"): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const reason = (error as { code?: string }).code ?? "unreadable";
    throw new Fault(code, `${key} ${path} cannot be read (${reason}): write it and make it readable for the agent's user`, { cause: error });
  }
  const secret = text.replace(/\r?\n$/, "");
  if (secret === "") throw new Fault(code, `${key} ${path} is empty: write the secret into it`);
  return secret;
}
