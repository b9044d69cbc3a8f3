/**
 * DFRobot's electrochemical gas sensors over UART: the board of `multigas.ts`, which has the sources, with its switch at UART. 9600 baud.
 * Whether it uploads by itself is heard at the port, so that a power cycle shows with the next upload, a second later.
 */
import type { DriverEntry, Link } from "./driver.ts";
import { type Ask, answerTo, FRAME_bytes, gasOf, holdsUpload, multigasParts, openMultigas, request, uploads } from "./multigas.ts";

const LIMIT_s = 0.2; // 9.4 ms each way at 9600 baud, and what board, port and machine need; below the usual deadline

function overUart({ bus }: Link<"uart">): Ask {
  return async (command, argument) => {
    const { before, reply } = await bus.request(request(command, argument), FRAME_bytes, LIMIT_s);
    if (holdsUpload(before)) throw uploads();
    return answerTo(command, reply);
  };
}

export const multigas_uart: DriverEntry<"uart"> = {
  driver: "multigas_uart",
  title: "DFRobot SEN0465, SEN0466, SEN0473, SEN0475 electrochemical O2, CO, H2, HF over UART",
  bus: "uart",
  ...multigasParts,
  open: (link, { gas }) => openMultigas(overUart(link), link, gasOf(gas)),
};
