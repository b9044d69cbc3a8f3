/** The fault library of a real chamber: what it lists, by which scripted faults each is injected, and which layer catches it. */
import type { FaultKind } from "../../edge-agent/bus/scripted-fault.ts";

/**
 * Who tells: the `driver` alone gives a reason and no number; a `rule` of the pipeline marks the number; only a redundant `partner` can tell, by a vote;
 * the `stamper` doubts the clock. Where two are named, the first sees it on some parts or after a while, the last always.
 */
type Layer = "driver" | "rule" | "partner" | "stamper";

interface Entry {
  readonly faults: readonly FaultKind[];
  readonly caughtBy: readonly Layer[];
}

export const library: Readonly<Record<string, Entry>> = {
  "stuck value": { faults: ["stuck"], caughtBy: ["rule", "partner"] },
  "frozen-but-CRC-valid": { faults: ["frozen"], caughtBy: ["rule", "partner"] },
  bias: { faults: ["bias"], caughtBy: ["partner"] },
  "slow drift": { faults: ["drift"], caughtBy: ["partner"] },
  spike: { faults: ["spike"], caughtBy: ["rule", "partner"] },
  saturation: { faults: ["saturation"], caughtBy: ["rule"] },
  "CRC error": { faults: ["checksum"], caughtBy: ["driver"] },
  NACK: { faults: ["nack"], caughtBy: ["driver"] },
  "bus hang": { faults: ["hang", "wedge", "held"], caughtBy: ["driver"] },
  "stretched clock": { faults: ["stretch"], caughtBy: ["driver"] },
  "all-zero/all-one": { faults: ["zeros", "ones"], caughtBy: ["driver"] },
  "sign error": { faults: ["sign"], caughtBy: ["partner"] },
  "unit/decimals change": { faults: ["unit"], caughtBy: ["rule", "partner"] },
  "gas-id swap": { faults: ["gas-id"], caughtBy: ["driver"] },
  "ASC baseline theft": { faults: ["baseline"], caughtBy: ["partner"] },
  "warm-up": { faults: ["warm-up"], caughtBy: ["rule", "partner"] },
  "over-range poisoning": { faults: ["poisoned"], caughtBy: ["rule", "partner"] },
  "delayed T90": { faults: ["slow"], caughtBy: ["partner"] },
  "power-cycle loss of config (STC31-C)": { faults: ["power-cycle"], caughtBy: ["driver"] },
  "timestamp jump": { faults: ["clock-step"], caughtBy: ["stamper"] },
};

/** What the wire can do beyond the library; the driver tells. */
export const beyond: readonly FaultKind[] = ["short", "not-ready", "wrong-device"];

export const caughtBy = (layer: Layer): FaultKind[] => Object.values(library).flatMap((entry) => (entry.caughtBy.includes(layer) ? entry.faults : []));
