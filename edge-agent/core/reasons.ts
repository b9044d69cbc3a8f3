/**
 * Why a sample is not `good`: a closed list. The integers are stored in InfluxDB and in spools, so a line is never renumbered or reused.
 * `quality` is what the reason makes of a sample.
 */
export const reasons = {
  none: { code: 0, quality: "good", means: "nothing to say against it" },
  "out-of-range": { code: 1, quality: "bad", means: "outside what any sensor of this quantity can read" },
  rate: { code: 2, quality: "uncertain", means: "changed faster than the fastest physics" },
  stuck: { code: 3, quality: "uncertain", means: "bit-identical for longer than its noise allows" },
  stale: { code: 4, quality: "bad", means: "no reading for three periods" },
  sentinel: { code: 5, quality: "bad", means: "a value that makers use for 'nothing measured'" },
  "warming-up": { code: 6, quality: "uncertain", means: "inside the maker's warm-up time" },
  saturated: { code: 7, quality: "uncertain", means: "at the end of the sensor's range: the truth lies beyond" },
  "no-reply": { code: 8, quality: "bad", means: "the chip did not acknowledge" },
  checksum: { code: 9, quality: "bad", means: "the reply failed its checksum" },
  "bus-deadline": { code: 10, quality: "bad", means: "a transfer on this bus outlived its deadline; the bus process was ended" },
  "not-ready": { code: 11, quality: "bad", means: "the chip had no new result when one was due" },
  "wrong-device": { code: 12, quality: "bad", means: "another part answers at this address" },
  "open-circuit": { code: 13, quality: "bad", means: "the thermocouple or loop is open" },
  "short-circuit": { code: 14, quality: "bad", means: "the thermocouple or loop is shorted" },
  "calibration-expired": { code: 15, quality: "uncertain", means: "past the certificate's expiry" },
  "operating-range": { code: 16, quality: "uncertain", means: "the part is used outside its maker's operating range" },
  disagreement: { code: 17, quality: "uncertain", means: "redundant channels disagree" },
  malformed: { code: 18, quality: "bad", means: "the source sent something that is not a number" },
  "lost-config": { code: 19, quality: "bad", means: "the chip lost its settings, as after a power cycle, and is being set up again" },
  "not-measuring": { code: 20, quality: "bad", means: "the instrument says that it does not measure: a fault, a test, a calibration, or inhibited" },
  gaps: { code: 21, quality: "uncertain", means: "part of the interval was not measured: the truth may lie beyond" },
  "calibrated-range": { code: 22, quality: "uncertain", means: "outside the range that the calibration's certificate covers" },
  "partner-unsure": { code: 23, quality: "uncertain", means: "a channel that corrects this one is missing, bad, in doubt or too old" },
  "no-input": { code: 24, quality: "bad", means: "none of the channels that this one is calculated from says enough" },
  "no-flow": { code: 25, quality: "bad", means: "the flow of its sample line is below its minimum, bad or missing" },
} as const;

export type Reason = keyof typeof reasons;

const ofAccuracy: readonly Reason[] = ["calibrated-range", "calibration-expired", "partner-unsure", "operating-range"];
/** Measured, and perhaps not as near to the truth as the sensor could: a rise of it is still a rise. */
export const doubtsAccuracy = (reason: Reason): boolean => ofAccuracy.includes(reason);

export const reasonNames = Object.keys(reasons) as Reason[];
export const reasonCode = (reason: Reason): number => reasons[reason].code;
export const reasonOfCode = (code: number): Reason | undefined => reasonNames.find((name) => reasons[name].code === code);
