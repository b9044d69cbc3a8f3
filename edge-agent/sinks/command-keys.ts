/** The keys of those who may command, from their files. */
import type { CommandKey } from "../commands/proof.ts";
import type { CommanderConfig } from "../contracts/station.ts";
import { Fault } from "../core/faults.ts";
import { readSecret } from "./secret.ts";

const shortest_Bytes = 32;

/** By actor. Fault `sink/secret-file`. */
export function readCommandKeys(commanders: readonly CommanderConfig[]): ReadonlyMap<string, CommandKey> {
  return new Map(commanders.map(({ actor, role, key_file }) => [actor, { actor, role, bytes: readKey(key_file) }]));
}

function readKey(path: string): Uint8Array {
  const text = readSecret(path, "key_file").trim();
  if (!/^([0-9a-f]{2})+$/i.test(text) || text.length < 2 * shortest_Bytes) {
    const fix = `write at least ${2 * shortest_Bytes} hex digits into it, as \`openssl rand -hex ${shortest_Bytes}\` makes them`;
    throw new Fault("sink/secret-file", `key_file ${path} holds no key: ${fix}`);
  }
  return Buffer.from(text, "hex");
}
