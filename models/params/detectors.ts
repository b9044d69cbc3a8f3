/**
 * Every number the baseline detectors use, with its unit in the key and where it comes from.
 * "Engineering choice" means: no source; chosen here, tried on the recordings named in models/README.md.
 */
import type { QuantityName } from "../../edge-agent/core/quantities.ts";

/** A channel that gives nothing usable for the longer of the two is lost to its detector, and nothing is "sustained" across the gap. */
export const silenceParams = {
  periods: 3, // engineering choice: as for a stale sample
  least_s: 10, // engineering choice: a bus restart is not a lost sensor
} as const;

/** GB 38031-2025 C.5.3.7: runaway = (a OR b) AND c. */
export const runawayParams = {
  rate_K_per_s: 1, // (c) GB 38031-2025 C.5.3.7
  hold_s: 3, // (c), "more than 3 s"
  span_s: 1, // engineering choice: shortest span over which a rate is taken, so that 10 Hz noise is not a rate
  spanTolerance_s: 0.05, // engineering choice: timer jitter of a 1 Hz sensor
  spansMin: 2, // engineering choice: one jump across one slow sample is not "sustained" …
  jump_share: 0.05, // engineering choice: … and an instrument that went wrong is noisy where it went: what rises by less than this share of its jump …
  jumpLasts_s: 120, // … for so long …
  spansAfterJump: 5, // … must do so in so many spans
  noiseStart_K: 0.1, // engineering choice
  noiseFloor_K: 0.02, // 0.0625 K / sqrt(12): quantisation of the usual thermocouple converters
  noiseMemory_samples: 25, // engineering choice
  rise_sigmas: 6, // engineering choice: 3 K of the slowest runaway pass it up to a noise of 0.5 K, and more noise delays it
  airWarms_s: 6, // engineering choice: a bare bead follows moving air so fast, and no cell does
  airRate_K_per_s: 2.5, // engineering choice: of air that is hardly hotter
  airMost_K_per_s: 4, // engineering choice: no chamber warms a cell faster, whatever its thermometer says
  airMostCold_K_per_s: 7, // engineering choice: of a bead on a cold cell, which runs away only by a short: a slower one without a voltage is told from 80 °C on
  airSlow_s: 180, // engineering choice: air that has just become hot is a vent's
  airOffset_K: 2, // engineering choice: a cell that is hotter than its air by more than most thermometers differ heats itself
  airStale_s: 120, // engineering choice: as for the thermal observer
  aloneRise_K: 10, // engineering choice: more than a thermometer finds that is put back on a cell in use …
  aloneFrom_degC: 80, // … which is not hotter than this
  low_s: 60, // engineering choice
  fall_K: 3, // engineering choice: what makes good a fall of this much is no rise: a spike downwards
  drop_ratio: 0.25, // (a) GB 38031-2025 C.5.3.7
  initialLeast_V: 0.5, // engineering choice: no cell at work is below it; an open or reversed input is
  together_s: 60, // engineering choice: (a) or (b) and (c) count as one when this close
  together_patiences: 2, // engineering choice: and when this close for a slow thermometer, so that its loss is noticed while (c) still counts
  coolBelow_degC: 60, // GB 38031-2025: observation ends with all points at or below 60 °C
  coolHold_s: 600, // engineering choice: shortest time without (c) before runaway is called over (the standard observes for 2 h)
  voltageStale_s: 30, // engineering choice: without a voltage for this long, or for its patience, (a) cannot be judged
  calmRate_K_per_s: 1 / 60, // engineering choice: slower than 1 K/min is calm
  calmSpan_s: 60, // engineering choice
  calmEvery_s: 10, // engineering choice: spacing of the voltages whose median is "initial"
  calmCount: 31, // engineering choice: about 5 min, so that a discharge is followed and a short is not
  calmCountMin: 7, // engineering choice
} as const;

/** A thermometer that jumps and comes back: interference, a loose contact, a converter in trouble. */
export const spikeParams = {
  least_K: 20, // engineering choice: no cold cell moves a thermometer by so much …
  most_readings: 4, // … and back within so many readings …
  most_s: 60, // … and so long, by all but …
  back_share: 0.2, // … this share; all engineering choices
  cold_degC: runawayParams.aloneFrom_degC, // a hotter cell may be venting
  memory_s: 3 * 3600, // engineering choice: bursts come again; as behind any other jump of a thermometer
} as const;

/** Off-gas onset by one-sided CUSUM on whitened innovations. */
export const offGasParams = {
  k_sigma: 0.5, // half of the shift to find, 1 sigma: the usual choice (Page 1954; Siegmund 1985)
  falseAlarmEvery_s: 365.25 * 86_400, // engineering choice: one a channel-year on Gaussian noise; at 1 Hz h = 15.4
  clip_sigma: 5, // engineering choice: a single spike adds at most this, so that no one or two samples can alarm
  cap_h: 1.5, // engineering choice: S stops here, so that a standing alarm can end
  clear_h: 0.5, // engineering choice: the alarm ends below this share of h; learning stops above it
  clear_sigma: 3, // engineering choice: and the value must be within this of the baseline, or within the least rise
  warmUp_samples: 120, // engineering choice: sigma to about 10 %
  memory_samples: 1000, // engineering choice: memory of sigma and of the lag-1 correlation
  baseline_s: 900, // engineering choice: time constant of the baseline; slower than an off-gas onset, faster than a zero's drift
  stood_s: 6 * 3600, // engineering choice: a rise that stands this long without a further one is the new zero or the new room; a vent is over in minutes
  gap_steps: 5, // engineering choice: after a longer gap the last residual says nothing of the next
  phiMax: 0.99, // engineering choice: whitening with more than this would hide a step
  learnClip_sigma: 2.5, // Huber's clipping; the share lost to it is given back by its Gaussian expectation
} as const;

/**
 * Per gas quantity: the noise floor (a common resolution) and the smallest rise that is called gas.
 * All engineering choices; "tens of ppm over baseline" is the usual early-warning range. Flow rises are of the hood kind, in L/min.
 */
export const gasFloors: Readonly<Partial<Record<QuantityName, { readonly noise: number; readonly rise: number }>>> = {
  co2: { noise: 1, rise: 30 }, // ppm; SCD30, SCD41 show 1 ppm
  h2: { noise: 1, rise: 5 }, // ppm; common electrochemical breakouts show 1 ppm
  hf: { noise: 0.1, rise: 0.3 }, // ppm; common electrochemical breakouts show 0.1 ppm
  co: { noise: 0.5, rise: 5 }, // ppm
  voc: { noise: 0.01, rise: 0.5 }, // ppm; flame ionisation
  voc_signal: { noise: 10, rise: 300 }, // ticks; 870 are twice the ethanol (data sheet of the SGP40), so that 300 are a quarter more of it
  flow: { noise: 0.005, rise: 0.05 }, // L/min
};

/** Net self-heating, judged block by block. */
export const selfHeatingParams = {
  block_s: 60, // engineering choice: OLS error 0.028 K/min at 0.0625 K noise and 1 Hz, sigma × sqrt(12 / (N³ - N))
  blockSamplesMin: 6, // engineering choice: a slow sensor gets longer blocks
  gap_s: 300, // engineering choice: a block with a longer gap (and longer than the patience with its channel) is thrown away
  stale_s: 120, // engineering choice: an older chamber temperature or current (and older than the patience with it) is not used
  noiseFloor_K: 0.02, // 0.0625 K / sqrt(12): quantisation of the usual thermocouple converters
  k_sigma: 0.5, // as for gas
  falseAlarmEvery_s: 365.25 * 86_400, // engineering choice: one a thermometer-year on Gaussian noise
  clip_sigma: 5, // engineering choice: at least three blocks
  cap_h: 1.5, // engineering choice
  clear_h: 0.5, // engineering choice
  leastBlind_K_per_min: 1, // engineering choice: without a chamber temperature; a 1C charge alone warms a 18650 by 0.5 K/min
  least_K_per_min: 0.2, // engineering choice: at 127 °C and Ea 220 kJ/mol about half an hour from runaway by R T²/(Ea dT/dt)
  calm_K_per_min: 0, // engineering choice: a calm cell neither warms nor cools
  calmSd_K_per_min: 0.05, // engineering choice
  calmMost_K_per_min: 0.1, // engineering choice: 1 K between the two thermometers times the exchange; more is never learned as calm
  exchange_per_min: 0.08, // hA/(m cp) of a 5 Ah pouch: 0.12 W/K over 90 J/K
  exchangeSd_per_min: 0.05, // engineering choice: 5e-4 to 3e-3 1/s is the usual spread
  ohmic_K_per_min_A2: 0.02, // R/(m cp): engineering choice, 30 mohm over 90 J/K
  ohmicSd_K_per_min_A2: 0.03, // engineering choice
  reversible_V: 0.09, // T dU/dT at 300 K and 0.3 mV/K: entropic heat of unknown sign; also covers the lag of the surface behind the core
  heatCapacity_J_per_g_K: 1.1, // 90 J/K of an 82 g pouch
  massUnknown_g: 50, // engineering choice: a small cell, so that its heat of current is not underrated
  repeating_sigma: 2, // engineering choice: errors of the balance's parameters are forgiven up to this
  share: 0.2, // engineering choice: what one block teaches, since neighbouring blocks repeat each other
  drift_per_block: 1e-4, // engineering choice: share of the prior variance that exchange and ohmic heat regain per block
  modelSd_K_per_min: 0.05, // engineering choice: what the balance leaves out, before it is learned
  modelSdLeast_K_per_min: 0.02, // 0.02 K/min is the self-heating criterion of accelerating-rate calorimetry
  modelMemory_blocks: 100, // engineering choice
  learnBelow_sigma: 3, // engineering choice: a block further out teaches nothing
} as const;

/** The cells of one pack. */
export const packParams = {
  stillHot_s: 3600, // engineering choice: a cell that ran away warms the next one for so long
  atOnce_s: 180, // engineering choice: what they share reaches all of them within this; reactions of cells that are heated alike do as well
} as const;

/** The contract of estimates: on every change of stage and at least this often. */
export const estimateEvery_s = 10;
