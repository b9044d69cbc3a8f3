/** What the operating system said when a line could not be opened, and what a person does about it. */
import { Fault } from "../core/faults.ts";

const remedies: Readonly<Record<string, string>> = {
  EACCES: "the agent's user may not use GPIO: add it to the group gpio",
  EPERM: "the agent's user may not use GPIO: add it to the group gpio",
  EBUSY: "the kernel or another program holds the line: free it or choose another",
  EINVAL: "the kernel refuses this line: choose another",
  ENOTTY: "this is no GPIO chip, or the kernel is older than 5.10: choose another or boot a newer one",
};

/** `remedy` where the caller knows better than the code alone. */
export function openFault(error: unknown, where: string, remedy?: string): Fault {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return new Fault("output/unavailable", `${where} cannot be opened (${message}); ${remedy ?? remedies[code] ?? "run `offgas doctor`"}`, { cause: error });
}
