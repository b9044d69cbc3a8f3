/** Bytes → lines, with a bound on what one line may hold in memory. */
import { Fault } from "../core/faults.ts";

const NEWLINE = 10;

/** Lines without their "\n". Throws Fault `command/refused` on a longer line or on an end in the middle of one. */
export async function* lines(chunks: AsyncIterable<Buffer>, longest_Bytes: number): AsyncGenerator<string> {
  let held = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = joined(held, chunk.subarray(from, end), longest_Bytes);
      from = end + 1;
      held = Buffer.alloc(0);
      yield line.toString("utf8");
    }
    held = joined(held, chunk.subarray(from), longest_Bytes);
  }
  if (held.length > 0) throw new Fault("command/refused", `half a command of ${held.length} Bytes: it must end with a newline`);
}

function joined(held: Buffer<ArrayBuffer>, more: Buffer, longest_Bytes: number): Buffer<ArrayBuffer> {
  if (held.length + more.length > longest_Bytes) throw new Fault("command/refused", `a command is one line of at most ${longest_Bytes} Bytes`);
  return Buffer.concat([held, more]);
}
