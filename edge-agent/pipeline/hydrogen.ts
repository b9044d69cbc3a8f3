/**
 * Hydrogen from the thermal conductivity of air beside the CO2 that it really holds: no cell that it could poison, but no further than the CO2 is known.
 * Infrared sensors end at 4 vol% of CO2 (SCD30, SCD41). Beyond, the result is a lower bound; and once conductivity alone takes the gas for more CO2
 * than that, CO2 of an unknown amount hides the hydrogen: nothing is known, and nothing is said.
 *
 * A thermal-conductivity sensor for CO2 in air takes 1 vol% of H2 for -7.2 vol% of CO2: from the conductivities at 300 K of air 26.2, CO2 16.8
 * and H2 186.6 mW/mK, linearised ((186.6 - 26.2) / (16.8 - 26.2) = -17 of the pure gases; -7.2 with the mixing rule of Wassiljewa in the first
 * per cents). Computed, unverified on hardware; methane does a tenth of it (-0.7), and water vapour too where the sensor is not told of it.
 * In argon (17.7 mW/mK) the sensor's own result means nothing, and `offgas check` refuses it.
 *
 * Uncertainty: STC31-C 1 vol% of CO2 at zero in its wide range over 7.2 is 0.14 vol% of H2, and 10 % of the reading for the factor, an estimate.
 * That is near the limits of flammable-gas: calibrate the zero of the conductivity channel in clean air. Less hydrogen than none, by three times the
 * uncertainty, is a disagreement of the two.
 * Where the two sensors answer at different speed, a fast change of CO2 shows as hydrogen until the slower one has followed.
 */
import { reasons } from "../core/reasons.ts";
import type { Bound, Sample } from "../core/sample.ts";
import type { Calibrated } from "./calibration.ts";

/** ppm of apparent CO2 that one ppm of H2 takes away. */
const CO2_PER_H2 = 7.2;

const AT_ZERO_ppm = 1400;

const unknown: Calibrated = { quality: reasons["no-input"].quality, reason: "no-input", bound: 0 };

/** Both in ppm: what conductivity takes for CO2, and the CO2 by light. */
export function hydrogen(apparent: Sample | undefined, optical: Sample | undefined): Calibrated {
  const usable = (sample: Sample | undefined): sample is Sample & { value: number } => sample?.value !== undefined && sample.quality !== "bad";
  if (!usable(apparent) || !usable(optical)) return unknown;
  const { quality, reason } = apparent.quality === "good" ? optical : apparent;
  if (optical.bound === 1 && apparent.value > optical.value) return unknown;
  const up = optical.bound === 1 || apparent.bound === -1;
  const down = optical.bound === -1 || apparent.bound === 1;
  // "at most" would keep a limit from being reached: such a value is in doubt and stands as it is
  const bound: Bound = up && !down ? 1 : 0;
  const value = (optical.value - apparent.value) / CO2_PER_H2;
  if (value < -3 * AT_ZERO_ppm && bound === 0 && reason === "none") return { value, quality: reasons.disagreement.quality, reason: "disagreement", bound };
  return { value, quality, reason, bound };
}
