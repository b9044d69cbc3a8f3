/** Whether this process may use a device of the machine, asked before a library that would not say it as well. */
import { accessSync, constants } from "node:fs";
import { Fault } from "../core/faults.ts";

/** Throws Fault `bus/unavailable`: join `group` where the device may not be opened, and do what `appears` says where it is not there. */
export function checkDevice(path: string, group: string, appears: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    const denied = (error as NodeJS.ErrnoException).code === "EACCES";
    const remedy = denied ? `add the agent's user to the group ${group} and log in again` : appears;
    throw new Fault("bus/unavailable", `${path} ${denied ? "may not be opened" : "does not exist"}: ${remedy}`, { cause: error });
  }
}
