/**
 * The closed list of faults. A code says where and what; `deploy/runbook.md` has one heading per code, and a test keeps the two the same.
 * `Fault` is for expected trouble that a person or a retry can mend; other exceptions are bugs.
 */
export const faults = {
  "config/invalid": "the station file has errors",
  "config/unreadable": "the station file cannot be read",
  "recording/unreadable": "the recording cannot be read",
  "recording/malformed": "the recording is not a table with one time column and the station's columns",
  "case/unreadable": "a case cannot be scored",
  "bus/no-reply": "a chip did not acknowledge",
  "bus/deadline": "a transfer outlived the bus's deadline",
  "bus/unavailable": "the bus device cannot be opened",
  "sensor/checksum": "a reply failed its checksum",
  "sensor/not-ready": "a chip had no result when one was due",
  "sensor/wrong-device": "another part answers at the address",
  "sensor/malformed": "a reply cannot be decoded",
  "sensor/open-circuit": "the thermocouple is open",
  "sensor/short-circuit": "the thermocouple is shorted",
  "sensor/lost-config": "a chip lost its settings",
  "output/unavailable": "an output's line cannot be opened",
  "output/unproven": "an output's read-back differs from what was written",
  "spool/unavailable": "the spool folder cannot be used",
  "spool/full": "the disk or the spool's budget is full",
  "spool/set-aside": "bytes in the spool could not be read and were set aside",
  "spool/newer": "the spool was written by a newer version",
  "spool/in-use": "another agent uses this spool",
  "sink/unreachable": "a sink does not answer",
  "sink/unauthorised": "a sink refuses the credentials",
  "sink/not-found": "the database or bucket does not exist",
  "sink/overloaded": "a sink asks to wait",
  "sink/server-error": "a sink failed on its side",
  "sink/refused": "a sink will never take a line as it is",
  "sink/too-large": "a sink finds a batch too large",
  "sink/certificate": "a sink's certificate cannot be trusted",
  "sink/secret-file": "a password file cannot be read",
  "command/refused": "a command was refused",
  "agent/not-running": "no agent answers on this station's socket",
} as const satisfies Record<string, string>;

export type FaultCode = keyof typeof faults;
export const faultCodes = Object.keys(faults) as FaultCode[];

export class Fault extends Error {
  readonly code: FaultCode;
  constructor(code: FaultCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = "Fault";
    this.code = code;
  }
  /** One line: code, then what was found and what to do. */
  override toString(): string {
    return `${this.code}: ${this.message}`;
  }
}

export const isFault = (error: unknown): error is Fault => error instanceof Fault;

/** Exit codes of the command line. */
export const exitCode = { fine: 0, fault: 1, usage: 2, config: 78 } as const;
