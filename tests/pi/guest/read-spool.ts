/** Run after a power cut: opens the spool as the agent does, and says on the console what is in it. */
import { numbersOf, openSpool, pending } from "../../support/spool.ts";
import { storeStation } from "../../support/store.ts";

const spool = openSpool("/spool", { station: storeStation("/spool", []) });
const numbers = numbersOf(pending(spool, "sample"));
const gaps = numbers.filter((number, at) => number !== at).length;
process.stdout.write(`@@ spool ${JSON.stringify({ boot: spool.boot, samples: numbers.length, gaps, setAside: spool.setAside })}\n`);
spool.close();
