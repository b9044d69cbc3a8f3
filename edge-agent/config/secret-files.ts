/** Whether the files that hold secrets and certificates are there and closed to others. They are not read. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { quote } from "../contracts/explain.ts";
import { doubtful, type Path, type Remark } from "./problem.ts";
import { type Check, items } from "./view.ts";

/** Permission bits "others": read, write, execute. */
const others = 0o007;

/** A check for `readStation`; `folder` is the station file's. */
export function secretFiles(folder: string): Check {
  return function* (view): Generator<Remark> {
    for (const [sink, path] of items(view, "sinks")) {
      const files: (readonly [Path, string | undefined])[] = [
        [["password_file"], sink.password_file],
        [["token_file"], "token_file" in sink ? sink.token_file : undefined],
        [["ca_file"], sink.ca_file],
        ...(sink.kind === "mqtt" ? (sink.commands ?? []) : []).map((commander, index) => [["commands", index, "key_file"], commander?.key_file] as const),
      ];
      for (const [key, file] of files) {
        if (file === undefined) continue;
        const trouble = troubleOf(resolve(folder, file), key[0] !== "ca_file");
        if (trouble !== undefined) yield doubtful([...path, ...key], `${quote(file)}: ${trouble}`);
      }
    }
  };
}

function troubleOf(path: string, isSecret: boolean): string | undefined {
  try {
    const found = statSync(path);
    if (!found.isFile()) return "this is not a file";
    return isSecret && (found.mode & others) !== 0 ? "every user of this machine can open it; take that away with chmod o=" : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "there is no such file yet; the sink waits until it can be read" : `it cannot be looked at (${code})`;
  }
}
