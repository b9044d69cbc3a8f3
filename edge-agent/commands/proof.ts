/** Who sent a command over MQTT: the holder of the key that its MAC was made with, or nobody. What it asks for is judged elsewhere. */
import type { Command } from "../contracts/command.ts";
import { isMac, macOf, type Signed } from "./mac.ts";

export interface CommandKey {
  readonly actor: string;
  readonly role: Command["role"];
  readonly bytes: Uint8Array;
}

/** Undefined where nothing is proven: no JSON, an unknown actor, a MAC that is missing or wrong. Never throws. */
export function provenKey(text: string, root: string, keys: ReadonlyMap<string, CommandKey>): CommandKey | undefined {
  try {
    const input = JSON.parse(text) as Signed & { readonly mac?: unknown };
    const key = keys.get(input.actor as string);
    // left out, `args` are none: so says the envelope
    const command = { ...input, args: input.args ?? {} };
    return key !== undefined && isMac(input.mac, macOf(key.bytes, root, command)) ? key : undefined;
  } catch {
    return undefined; // also of JSON nested so deeply that it cannot be walked
  }
}
