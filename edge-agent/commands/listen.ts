/** A Unix socket that belongs to this process alone. */
import { existsSync, lstatSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { Fault } from "../core/faults.ts";
import { fitting } from "./socket-path.ts";

/** Few may wait, so that accepting all who do costs one turn of the event loop little. */
const BACKLOG = 8;

/**
 * Listens at `path` with mode 0600. A socket that a killed agent left behind is replaced; one that somebody answers on, or a file of another
 * kind, is not. Faults: `config/invalid` (path too long), `spool/in-use`, `spool/unavailable`.
 */
export async function listenAt(path: string, onClient: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, onClient);
  try {
    await bound(server, fitting(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw unavailable(path, error);
    await removeStale(path);
    await bound(server, path).catch((again: unknown) => {
      throw unavailable(path, again);
    });
  }
  return server;
}

function bound(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // the mask rules at the moment of bind(2), which happens inside listen(): never wider than 0600, not even for an instant
    const mask = process.umask(0o177);
    try {
      server.listen({ path, backlog: BACKLOG }, () => {
        server.removeListener("error", reject);
        server.on("error", () => {}); // a client that could not be accepted, as without free file descriptors: it may come again
        resolve();
      });
    } finally {
      process.umask(mask);
    }
  });
}

async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Fault("spool/unavailable", `${path} is in the way and is no socket: move it elsewhere`);
  if (await answers(path)) throw new Fault("spool/in-use", `another agent answers on ${path}: stop it first, or give this station its own spool.directory`);
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw unavailable(path, error);
  }
}

/** Only a refused connection proves that nobody listens; a full queue or a missing right does not. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", ({ code }: NodeJS.ErrnoException) => resolve(code !== "ECONNREFUSED" && code !== "ENOENT"));
  });
}

function unavailable(path: string, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const what = existsSync(dirname(path))
    ? `${(error as Error).message}: the agent's user must be able to write in its folder`
    : "its folder does not exist: create it";
  return new Fault("spool/unavailable", `the command socket ${path} cannot be made; ${what}`, { cause: error });
}
