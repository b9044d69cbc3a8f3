/** Archives in the format of the kernel's initial file system, and what of the product goes into one. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, createWriteStream, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";

/** Writes `names`, paths below `folder`, to `file`. Every name's parents must stand before it: the kernel makes none by itself. */
export async function archive(folder: string, names: readonly string[], file: string): Promise<void> {
  const cpio = spawn("cpio", ["--null", "--create", "--format=newc", "--owner=0:0", "--quiet"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(cpio, "exit");
  cpio.stdin.end(names.map((name) => `${name}\0`).join(""));
  await pipeline(cpio.stdout, createWriteStream(file));
  const [code] = await ended;
  if (code !== 0) throw new Error(`cpio ended with ${code} while it wrote ${file}`);
}

/** `name` and all that is `wanted` below it, a folder before what it holds. */
export function below(folder: string, name: string, wanted: (path: string) => boolean = () => true): string[] {
  const inside = readdirSync(join(folder, name), { withFileTypes: true }).flatMap((entry) => {
    const path = join(name, entry.name);
    if (!wanted(path)) return [];
    return entry.isDirectory() ? below(folder, path, wanted) : [path];
  });
  return [name, ...inside];
}

const folders = ["edge-agent", "models", "tests/support", "tests/pi/guest"];
/** What was compiled for this machine, and what no running program reads. A package inside another's node_modules is named by itself. */
const unwanted = /^node_modules\/((epoll|i2c-bus)\/build|@koromix|@types|nan|undici-types)(\/|$)|\.(md|map|d\.[cm]?ts)$|.\/node_modules$/;
const wanted = (path: string) => !unwanted.test(path);

/** The product as a machine needs it: its sources without types, and the packages that `npm install` for the agent alone would bring. */
export async function archiveProduct(project: string, folder: string, file: string): Promise<void> {
  const names = await productFiles(project);
  mkdirSync(folder);
  for (const name of names) {
    const [from, to] = [join(project, name), join(folder, name)];
    if (lstatSync(from).isDirectory()) mkdirSync(to, { recursive: true });
    else if (name.endsWith(".ts") && !name.startsWith("node_modules/")) writeFileSync(to, stripTypeScriptTypes(readFileSync(from, "utf8")));
    else copyFileSync(from, to);
  }
  await archive(folder, names, file);
}

async function productFiles(project: string): Promise<string[]> {
  const args = ["ls", "--workspace", "@offgas/edge-agent", "--omit=dev", "--all", "--parseable"];
  const { stdout } = await promisify(execFile)("npm", args, { cwd: project });
  const packages = stdout
    .split("\n")
    .map((path) => relative(project, path))
    .filter((path) => path.startsWith("node_modules/") && !path.startsWith("node_modules/@offgas/"));
  const files = [...folders.flatMap((folder) => below(project, folder)), ...packages.filter(wanted).flatMap((path) => below(project, path, wanted))];
  const parents = (path: string): string[] => (path.includes("/") ? [...parents(path.slice(0, path.lastIndexOf("/"))), path] : [path]);
  return [...new Set(["package.json", ...files.flatMap(parents)])];
}
