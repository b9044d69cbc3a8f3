/** Kernel modules in the order in which they load. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** Files of `names` with all they depend on, each after what it needs. Names as file names have them, without `.ko`. */
export function inLoadingOrder(folder: string, names: readonly string[]): string[] {
  const files = new Map(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ko"))
      .map((file) => [plain(basename(file, ".ko")), join(folder, file)]),
  );
  const ordered = new Set<string>();
  const add = (name: string) => {
    const file = files.get(plain(name));
    if (file === undefined) throw new Error(`the kernel package has no module ${name}`);
    if (ordered.has(file)) return;
    for (const needed of neededBy(file)) add(needed);
    ordered.add(file);
  };
  for (const name of names) add(name);
  return [...ordered];
}

/** The kernel takes `-` and `_` in a module's name for the same. */
const plain = (name: string) => name.replaceAll("-", "_");

const neededBy = (file: string): string[] => (/\0depends=([^\0]*)\0/.exec(readFileSync(file, "latin1"))?.[1] ?? "").split(",").filter((name) => name !== "");
