/** What a server answers to a websocket's upgrade, with headers that a browser's own API does not let one set. */
import { randomBytes } from "node:crypto";
import { request } from "node:http";

/** 101 when the socket was opened; it is closed again at once. */
export function statusOfUpgrade(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const handshake = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": randomBytes(16).toString("base64") };
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers: { ...handshake, ...headers } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    asking.on("error", reject);
    asking.end();
  });
}
