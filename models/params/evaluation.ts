/**
 * Every number of the score, with its unit in the key and where it comes from.
 * "Engineering choice" means: no source; chosen here.
 */
export const evaluationParams = {
  grace_s: 300, // engineering choice: who says "self-heating" this long before 0.2 K/min has seen a slower rate, which is no false alarm
  availableLeast_s: 300, // engineering choice: from 0.5 K/min to runaway; the five minutes that GB 38031-2020 asked for
  gap_s: 600, // engineering choice: across a longer hole in a recording, or one of ten periods of its slowest channel, nobody was there to be alarmed
  gap_periods: 10, // engineering choice
  confidence: 0.95, // of every bound and interval: the usual choice
  resamples: 1000, // engineering choice: the ends of a 95 % interval then rest on 25 resamples each
  seed: 1, // engineering choice: the same recordings give the same score, to the last digit
  lowerDecile: 0.1,
  alpha: 0.1, // [p05, p95] leaves out a tenth (Gneiting and Raftery 2007, J. Am. Stat. Assoc. 102, 359: interval score)
  z95: 1.6449, // standard normal quantile at 0.95
  plainEnergy_J_per_mol: 135_000, // TMR with a fixed activation energy: the usual value, 0.86 to 1.65 of the true time in seven simulated cells
  plainSigma_ln: 0.22, // of ln TMR: rate to 10 %, activation energy to 20 % (the spread of lithium-rich oxides)
  knee_share: 0.1, // engineering choice: of the time until then; a knee is told in time where it is told no more than this before or after
  swellingEvery_s: 600, // engineering choice: of forecasts of swelling, which takes days, one of each cell in this time is scored
} as const;
