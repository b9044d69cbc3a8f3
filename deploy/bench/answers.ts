/** Whether something answers on a port of this machine. */
import { connect } from "node:net";

/** A TCP connection, for servers whose protocol has no cheaper question. */
export const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      resolve(true);
      socket.destroy();
    });
    socket.once("error", () => resolve(false));
  });

/** An HTTP answer with one of these codes. */
export const answers = (url: string, ...codes: readonly number[]): Promise<boolean> =>
  fetch(url, { redirect: "manual" }).then(
    ({ status }) => codes.includes(status),
    () => false,
  );
