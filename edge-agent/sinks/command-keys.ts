/** The keys of those who may command, from their files. */
import type { CommandKey } from "../commands/proof.ts";
import type { CommanderConfig } from "../contracts/station.ts";
import { Fault, isFault } from "../core/faults.ts";
import { readSecret } from "./secret.ts";

const shortest_Bytes = 32;

export interface CommandKeys {
  /** By actor. */
  readonly keys: ReadonlyMap<string, CommandKey>;
  /** Of those who may not command as long as their file holds no key: `sink/secret-file`, one each. */
  readonly faults: ReadonlyMap<string, Fault>;
}

export function readCommandKeys(commanders: readonly CommanderConfig[]): CommandKeys {
  const keys = new Map<string, CommandKey>();
  const faults = new Map<string, Fault>();
  for (const { actor, role, key_file } of commanders) {
    try {
      keys.set(actor, { actor, role, bytes: readKey(key_file) });
    } catch (error) {
      if (!isFault(error)) throw error;
      faults.set(actor, error);
    }
  }
  return { keys, faults };
}

function readKey(path: string): Uint8Array {
  const text = readSecret(path, "key_file").trim();
  if (!/^([0-9a-f]{2})+$/i.test(text) || text.length < 2 * shortest_Bytes) {
    const fix = `write at least ${2 * shortest_Bytes} hex digits into it, as \`openssl rand -hex ${shortest_Bytes}\` makes them`;
    throw new Fault("sink/secret-file", `key_file ${path} holds no key: ${fix}`);
  }
  return Buffer.from(text, "hex");
}
