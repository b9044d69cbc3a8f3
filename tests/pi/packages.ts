/**
 * Debian packages without installing them: an apt of our own below a cache folder, on the mirrors that this machine's apt knows. Nothing else of the
 * machine changes.
 */
import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const LIMIT_ms = 180_000;

export interface AptRoot {
  /** Where this apt keeps what it fetched. */
  readonly archives: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Base address of a suite's mirror, as this machine's own apt sources name it. */
function mirrorOf(suite: string): string {
  const lines = execFileSync("apt-get", ["indextargets", "--format", "$(RELEASE) $(SITE)"], { encoding: "utf8" }).split("\n");
  const site = lines.find((line) => line.startsWith(`${suite} `))?.slice(suite.length + 1);
  if (site === undefined) throw new Error(`apt knows no mirror of Debian's ${suite}: this needs Debian 12 with its usual sources`);
  return site;
}

/** `knows`: whether it takes what this machine has installed as given; otherwise it starts from nothing. Its lists are brought up to date. */
export async function aptRoot(folder: string, architecture: string, suites: readonly string[], knows: boolean): Promise<AptRoot> {
  const archives = join(folder, "cache/archives");
  for (const below of ["state/lists/partial", "cache/archives/partial"]) mkdirSync(join(folder, below), { recursive: true });
  const at = (name: string) => join(folder, name);
  if (knows) copyFileSync("/var/lib/dpkg/status", at("status"));
  else writeFileSync(at("status"), "");
  const source = (suite: string) => {
    const mirror = mirrorOf(suite.endsWith("-security") ? suite : "bookworm");
    return `deb [arch=${architecture} signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} ${suite} main\n`;
  };
  writeFileSync(at("sources.list"), suites.map(source).join(""));
  const settings = {
    "APT::Architecture": architecture,
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    "Acquire::Retries": "3",
    "Dir::State": at("state"),
    "Dir::State::status": at("status"),
    "Dir::Cache": at("cache"),
    "Dir::Etc::SourceList": at("sources.list"),
    "Dir::Etc::SourceParts": "/dev/null",
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} "${value}";\n`);
  writeFileSync(at("apt.conf"), `APT::Architectures { "${architecture}"; };\n${lines.join("")}`);
  const root = { archives, env: { ...process.env, APT_CONFIG: at("apt.conf") } };
  await apt(root, "-qq", "update");
  return root;
}

async function apt({ env, archives }: AptRoot, ...args: string[]): Promise<string> {
  return (await run("apt-get", args, { env, cwd: archives, timeout: LIMIT_ms, maxBuffer: 2 ** 26 })).stdout;
}

/** The name of the package that `name`, a package without content, stands for. */
export async function dependencyOf({ env }: AptRoot, name: string, prefix: string): Promise<string> {
  const { stdout } = await run("apt-cache", ["depends", name], { env });
  const found = new RegExp(`Depends: (${prefix}\\S+)`).exec(stdout)?.[1];
  if (found === undefined) throw new Error(`${name} depends on no ${prefix}…: ${stdout}`);
  return found;
}

/** Fetches packages and what they need that is not there already, the newest of `release`. Paths of all of them, in no order. */
export async function fetchWithNeeds(root: AptRoot, release: string, names: readonly string[]): Promise<string[]> {
  const args = ["install", "--no-install-recommends", "-t", release, ...names];
  const planned = [...(await apt(root, "--simulate", ...args)).matchAll(/^Inst (\S+) \((\S+) .*\[(\w+)\]\)/gm)];
  await apt(root, "-qq", "--yes", "--download-only", ...args);
  return planned.map(([, name, version, architecture]) => archiveOf(root, name, version, architecture));
}

/** Fetches these packages and nothing else; their paths in no order. */
export async function fetchAlone(root: AptRoot, names: readonly string[]): Promise<string[]> {
  await apt(root, "-qq", "download", ...names);
  const { stdout } = await run("apt-cache", ["show", "--no-all-versions", ...names], { env: root.env, maxBuffer: 2 ** 26 });
  return stdout
    .trim()
    .split("\n\n")
    .map((about) => {
      const [name, version = "", architecture] = ["Package", "Version", "Architecture"].map((key) => new RegExp(`^${key}: (.*)$`, "m").exec(about)?.[1]);
      return archiveOf(root, name, version, architecture);
    });
}

/** As apt names its files. */
const archiveOf = ({ archives }: AptRoot, name = "", version = "", architecture = "") =>
  join(archives, `${name}_${version.replaceAll(":", "%3a")}_${architecture}.deb`);

export async function unpack(archives: readonly string[], target: string): Promise<void> {
  mkdirSync(target, { recursive: true });
  for (const archive of archives) await run("dpkg-deb", ["--extract", archive, target], { timeout: LIMIT_ms });
}
