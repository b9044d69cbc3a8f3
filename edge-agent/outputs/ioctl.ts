/**
 * The system call `ioctl` through `koffi`, for lines that are set before the call returns. The only importer of `koffi` in the agent's own process, and
 * a late one, as with onoff; a bus process has its own, `bus/spi-linux.ts`, whose calls wait in another thread.
 */
import { getSystemErrorName } from "node:util";
import { Fault } from "../core/faults.ts";

/** Returns when the kernel has done it; throws an error with `code`, such as EBUSY, when it would not. `argument` is read and written by the kernel. */
export type Ioctl = (fd: number, request: number, argument: Buffer) => void;

export type LoadKoffi = () => Promise<Pick<typeof import("koffi"), "load" | "errno">>;

/** From the C library that Node itself runs on. Fault `output/unavailable` when `koffi` cannot be loaded. */
export async function loadIoctl(load: LoadKoffi = () => import("koffi")): Promise<Ioctl> {
  const koffi = await load().catch((error: unknown) => {
    const [first] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
    throw new Fault("output/unavailable", `the package koffi cannot be loaded (${first}); run \`node deploy/bootstrap.mjs\` again`, { cause: error });
  });
  const call = koffi.load(null).func("int ioctl(int fd, unsigned long request, ...)");
  return (fd, request, argument) => {
    while (call(fd, request, "void *", argument) < 0) {
      const code = getSystemErrorName(-koffi.errno());
      if (code !== "EINTR") throw Object.assign(new Error(`${code}, ioctl`), { code });
    }
  };
}
