/**
 * A disk with a volatile write cache, for power cuts. Each life of the machine writes to a layer of its own in qcow2 with clusters of one sector.
 * QEMU keeps the tables that say which sectors the layer holds in its memory and writes them when the guest flushes: killed in between, a sector
 * that this life had not written before is again what it was, however long ago its write was reported done. A sector whose place had been flushed
 * keeps a later write without a flush, as a drive may. Host memory survives, as only QEMU is killed; how flash chips fail is not modelled.
 */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";
import type { Stage } from "./stage.ts";

const run = promisify(execFile);
const SIZE = "64M";

/** An empty ext4 file system in `file`. */
export async function formatted(file: string): Promise<string> {
  await run("mkfs.ext4", ["-q", "-F", file, SIZE]);
  return file;
}

export function blank(file: string): string {
  writeFileSync(file, Buffer.alloc(1 << 20));
  return file;
}

/** A new layer over `lower`, which is not written to any more. */
export async function layered({ qemu }: Stage, lower: { readonly file: string; readonly format: "raw" | "qcow2" }, file: string): Promise<string> {
  const args = ["create", "-q", "-f", "qcow2", "-o", "cluster_size=512", "-b", lower.file, "-F", lower.format, file];
  await run(qemu.image, args, { env: qemu.env });
  return file;
}

/** Arguments for a virtio disk whose cache the guest must flush. */
export const disk = (file: string): string[] => ["-drive", `if=virtio,format=qcow2,cache=writeback,file=${file}`];
