/** The compiled packages of the agent, `epoll` (for `onoff`) and `i2c-bus`, built for 64-bit ARM by npm and Debian's cross compiler. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const LIMIT_ms = 120_000;
const EM_AARCH64 = 0xb7; // ELF header, e_machine

export const addons = ["node_modules/epoll/build/Release/epoll.node", "node_modules/i2c-bus/build/Release/i2c.node"] as const;
/** What they are built from. */
export const addonPackages = ["epoll", "i2c-bus", "nan", "bindings", "file-uri-to-path"] as const;

/** Builds from the packages of `project` against the headers of `runtime`, and puts the results below `target` where a checkout has them. */
export async function buildAddons(project: string, runtime: string, target: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "offgas-pi-addons-"));
  try {
    for (const name of addonPackages) cpSync(join(project, "node_modules", name), join(folder, "node_modules", name), { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: { epoll: "*", "i2c-bus": "*" } }));
    for (const file of addons) rmSync(dirname(dirname(join(folder, file))), { recursive: true, force: true });
    const tool = (name: string) => `aarch64-linux-gnu-${name}`;
    const env = {
      ...process.env,
      ...{ CC: tool("gcc"), CXX: tool("g++"), AR: tool("ar"), LINK: tool("g++") },
      ...{ npm_config_arch: "arm64", npm_package_config_node_gyp_arch: "arm64" },
      // under both names, as deploy/bootstrap.mjs explains
      ...{ npm_config_nodedir: runtime, npm_package_config_node_gyp_nodedir: runtime },
    };
    await promisify(execFile)("npm", ["rebuild", "epoll", "i2c-bus"], { cwd: folder, env, timeout: LIMIT_ms });
    for (const file of addons) {
      const built = join(folder, file);
      if (readFileSync(built).readUInt16LE(18) !== EM_AARCH64) throw new Error(`${file} was not built for 64-bit ARM`);
      mkdirSync(dirname(join(target, file)), { recursive: true });
      cpSync(built, join(target, file));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
