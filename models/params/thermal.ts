/**
 * Every number of the thermal observer, with its unit in the key and where it comes from.
 * "Engineering choice" means: no source; chosen here and tried on the recordings named in models/README.md.
 */

export const blockParams = {
  block_s: 10, // engineering choice: short against the minutes that self-heating takes, long against a thermocouple's noise
  noiseFloor_K: 0.02, // 0.0625 K / sqrt(12): quantisation of the usual thermocouple converters
  noiseMemory_samples: 200, // engineering choice
} as const;

export const heatParams = {
  exchange_per_min: 0.08, // hA / (m cp) of a 5 Ah pouch: 0.12 W/K over 90 J/K
  exchangeLeast_per_min: 0.005, // engineering choice: a sixth of the least usual one
  outside_K: 30, // engineering choice: a cell whose air is that much hotter …
  outside_per_min: 0.002, // … warms by this share of it in a minute, less than half of the least exchange, or is elsewhere
  exchangeMost_per_min: 1, // a pouch of 3.5 mm in a gale, 70 W/m²K on both faces
  exchangeSd_ln: 0.6, // 5e-4 to 3e-3 1/s is the usual spread
  exchangeDrift_ln_per_K: 0.006, // radiation grows as T cubed: 1 % for 1 K at 300 K where all exchange is radiation; less where air moves
  exchangeDrift_ln_per_min: 0.002, // engineering choice: filters clog, cells move
  offsetSd_K: 1.5, // type K, class 2: 2.5 K at most
  colder_share: 0.03, // walls lose through 0.5 to 1 W/m²K of insulation what their air gives them at 10 to 20: 3 to 10 % of what it is above the room; …
  colderSd_share: 0.03, // … a calorimeter's, none
  colderLeast_share: -0.05, // engineering choice: walls with heaters of their own
  colderMost_share: 0.3, // engineering choice: a door of glass
  restSd_K_per_min: 0.05, // engineering choice
  restDrift_K_per_min: 0.002, // engineering choice, per square root of a minute
  ohmicAt1C_K_per_min: 0.3, // heat of a current of 1C: 30 mohm and 5 Ah over 90 J/K give 0.5; large cells have less
  heatCapacity_J_per_g_K: 1.1, // 90 J/K of an 82 g pouch
  heatCapacitySd_ln: 0.25, // engineering choice: 0.9 to 1.4 J/gK
  possibleFrom_degC: 75, // accelerating-rate calorimetry of nobody finds 0.02 K/min below 80 °C in a fresh cell; shorts and overcharge are told by voltage
  netNoise_K_per_min: 0.04, // engineering choice: how far net heating wanders in a square root of a minute …
  netNoise_share: 0.25, // … and the share of itself: it doubles in 7 K
  netNoise_K_per_min_per_K: 0.08, // engineering choice: per square root of a kelvin of warming, in which a reaction may begin and solvent may be gone
  lively_degC: 110, // where SEI decomposes by some tenths of a kelvin a minute (Kim and Hatchard); what is colder wanders less, …
  lively_K: 12, // … by a factor e in so much: R T²/Ea at 370 K and 95 kJ/mol, less than any reaction here
  growth_J_per_mol: 180e3, // between the anode's 135 (Kim and Hatchard) and a cathode's 220; too steep is corrected by the next blocks
  growsFrom_sigmas: 1, // engineering choice: less may be nothing, and growing it would be believed block by block
  blindDrift_K_per_min: 0.15, // engineering choice: without the air's temperature, its exchange is part of the rest
  sightSoon_s: 60, // engineering choice: the air's thermometer speaks within a minute of the cell's
  sightChange_K_per_min: 0.3, // engineering choice
  longest_min: 10, // engineering choice: a longer gap tells nothing of the rate
  afterGap_K_per_min: 0.15, // engineering choice
  strainMost: 30, // engineering choice
  strainLearn_share: 0.03, // engineering choice: some 30 blocks
  farAir_K_per_min: 2, // engineering choice: while the air moves so fast …
  farGap_K: 3, // engineering choice: … or draws the cell where it goes, over twice what thermometers differ by, it is the exchange that is not known
  near_K: 1.5, // engineering choice: ten times the noise of the estimated gap
  lean_sigmas: 1.5, // engineering choice: what is further below zero may be boiling; what is not …
  lean_K_per_min: 0.1, // engineering choice: … is held to be zero with this standard deviation …
  lean_min: 30, // engineering choice: … once in so long
  sigmas: 2.33, // 99 % of a normal distribution
  livelySigmas: 1.64, // 95 %: a cell as hot as that is likelier to heat itself than not
  far_ratio: 16, // 4 standard deviations
  airRate_min: 3, // engineering choice
  load_per_h: 0.1, // engineering choice: C/10 heats nobody
  loadLasts_min: 30, // engineering choice: three times the time in which a cell cools
  reversible_V: 0.09, // T dU/dT at 300 K and 0.3 mV/K
  loadDoubt_share: 0.15, // engineering choice: how much the resistance changes with charge, beyond what is learned
  fanDoubt_share: 0.3, // engineering choice: a failed fan takes half to two thirds of the exchange
  temperatureNoise_K: 0.03, // engineering choice: what a lump leaves out, per square root of a minute
  air_share: 0.05, // engineering choice: a taped thermocouple shows some of the air …
  airMost_share: 0.5, // engineering choice: a thermometer that shows more air than cell has come off
  airSd_share: 0.05, // … and the skin leads the lump by a third of the Biot number, 0.03 for 5 mm in moving air
  wall_share: 0.2, // engineering choice: radiation is a third of the exchange in moving air …
  wallMost_share: 0.4, // engineering choice: some air always moves; walls that lag as the cell does cannot be told from a greater exchange
  wallSd_share: 0.08, // engineering choice: none in a gale, a third where air stands
  wall_min: 10, // engineering choice: how slowly a chamber's walls follow its air
  coolingFrom_degC: 95, // from 90 to 110 °C seals open and carbonates boil, polyethylene melts at 130: net heating may be below zero there
  plainRate_min: 2, // engineering choice: a coarse thermometer's noise over it is 0.1 K/min
  slowRate_min: 20, // engineering choice
  still_K_per_min: 0.05, // engineering choice: a cell on its way to runaway does not hold still …
  settle_min: 40, // … for so long
  farWarm_ln: 0.1, // engineering choice
  farCold_ln: 0.5, // engineering choice: nothing is known yet
  restMost_K_per_min: 0.3, // engineering choice
  offsetMost_K: 4, // type K, class 2: 2.5 K, and the air is not the same everywhere
  settleMost_K_per_min: 0.1, // engineering choice
  settleMost_K: 1, // engineering choice
  restMost_share: 0.4, // engineering choice: nothing unknown cools a cell by more than this share of what warms it
  pulledKeep_share: 0.995, // engineering choice, each time
  sunny_degC: 55, // engineering choice: neither the sun nor a neighbour heats a cell of a room further, …
  sunny_K: 20, // … nor so far beyond its air; a short that heats less is told by its voltage
  warmer_K: 2, // engineering choice: nothing but its own heat keeps a resting cell that much above steady air …
  steadyAir_K_per_min: 0.1, // … that has been steady …
  warming_K_per_min: 0.02, // … while it goes on warming
  warmingLone_K_per_min: 0.35, // engineering choice: 21 K/h, faster than thermometers drift, where neither another one nor the voltage speaks for this one
  aloneFor_s: 1800, // engineering choice
  jumped_K: 2, // engineering choice: a step between two blocks of 10 s; what is slower is warmth that comes and goes, or a drift
  airJumped_K: 12, // engineering choice: an open door does less
  jumpBlock_min: 1 / 6, // of such a block; longer ones may step further
  jumpGoesOn_share: 0.25, // engineering choice: what steps on by this much of it, or it by this much of that, …
  jumpSteps: 2, // … so often has not jumped, it rises
  jumpLasts_s: 3 * 3600, // engineering choice: an instrument that jumped is not what tells that a cell warms by itself
  usual_min: 60, // engineering choice
  calmStrain: 2, // engineering choice: the filter's surprise while nothing is amiss
  usualSd_ln: 0.1, // engineering choice
  usualSd_K: 0.3, // engineering choice
  usualSd_K_per_min: 0.03, // engineering choice
  ownUp_share: 0.25, // engineering choice
  absurd_degC: 1500, // type K ends at 1372 °C, and nobody measured a hotter cell
  absurd_K_per_min: 1e4, // engineering choice: 170 K/s; what is left behind the peak of a runaway is a burnt thermometer
  lately_min: 2, // engineering choice
  longer_min: 8, // engineering choice
  heater_min: 5, // engineering choice: controllers switch within less
  unseenHeat_K_per_min: 0.8, // engineering choice
  least_K_per_min: 0.02, // what accelerating-rate calorimetry calls self-heating: nothing here is surer
  lag_min: 1, // L² / alpha of half a pouch, 5 mm: 50 s; and a thermometer's own
  lag_share: 0.5, // engineering choice: how much of a change of drive within that time is still to be shown …
  lagSd_share: 0.5, // engineering choice: from none to all of it
  lagMost_share: 2, // engineering choice: a thick cell in a jig, by half of a change after two minutes
  lagDoubt_share: 0.5, // engineering choice: … beyond what is learned
  exchangeSettles_min: 12, // engineering choice: an exchange that still drifts, since something else warms with the cell, is known no better than by its drift
  drive_share: 0.03, // engineering choice: how well a lump explains what its surroundings do
  lossDoubt_per_K: 0.0007, // engineering choice: how a hot cell loses was learned while it was cold: 7 % in 100 K, half of what the share of radiation may make of it
  fastest_K: 4.4, // R T² / Ea at 400 K and 300 kJ/mol: chemistry needs this much temperature for a factor e
  quiet_K_per_min: 0.1, // engineering choice: what may be there unseen before a jump
  jump_K_per_min: 0.8, // engineering choice
  jumpOver_s: 75, // engineering choice: the filter needs that long to show a step
} as const;

/** Growth of net self-heating. */
export const growthParams = {
  from_K_per_min: 0.15, // engineering choice: below it, drift and offsets are as large
  from_sigma: 2, // engineering choice
  forget_s: 900, // engineering choice
  leastNoise_ln: 0.05, // engineering choice
  apart_min: 1.5, // the observer's memory
  apart_K: 1.5,
  E_kJ_per_mol: 150, // between the anode's 135 (Kim and Hatchard) and cathodes of 130 to 220
  Esd_kJ_per_mol: 40,
  leastE_kJ_per_mol: 110, // engineering choice: less is what is being used up, and the next reaction waits
  mostE_kJ_per_mol: 230,
  leastEsd_kJ_per_mol: 25, // engineering choice: tomorrow's reaction is not today's
  wander_ln: 0.05, // engineering choice, per square root of a minute: what is used up
  wander_ln_per_K: 0.01, // engineering choice
  wanderE_kJ_per_K: 2, // engineering choice: the next reaction takes over within 20 K
} as const;

/** Time to runaway. */
export const aheadParams = {
  runaway_K_per_min: 60, // 1 K/s: GB 38031-2025 C.5.3.7 (c)
  horizon_min: 8 * 60, // engineering choice
  step_K: 2, // engineering choice: a fifth of what chemistry needs for a factor e
  rampGoesOn_min: 20, // engineering choice: an oven that warms now goes on for so long
  still_K_per_min: 0.01, // engineering choice
  coldest_degC: -100, // engineering choice: no chamber is colder, and a course that cools for ever has no temperature
  uncooled_share: 0.2, // engineering choice
  usedUp_share: 0.45, // engineering choice, below 140 °C; none at 180
  usedUpTo_degC: 180,
  usedUpOver_K: 40,
  usedUp_K: 8, // engineering choice: against growth by a factor e in 8 to 11 K
  next_K_per_min: 0.5, // the common course of cells in an oven: 0.5 K/min near 170 °C …
  next_degC: 170,
  nextE_kJ_per_mol: 150,
  sourceE_kJ_per_mol: 35, // engineering choice: a short or a charge that goes on heats three to thirty times as much by 160 °C
  sourceEsd_kJ_per_mol: 12, // engineering choice
  heater_K_per_min: 0.3, // engineering choice: where a heater alone warms a cell by this, whoever heats it to its end holds its rate: …
  heaterGoesOn_share: 0.7, // engineering choice: … so much of it, as far as the heater can give it
  leastE_kJ_per_mol: 90,
  mostE_kJ_per_mol: 260,
  sooner_factor: 1.7, // engineering choice: what the courses leave out
  waits_min: [8, 30, 90], // engineering choice: an abuse test is over within hours
  collapseFrom_degC: 130, // polyethylene melts at 130, polypropylene at 165 °C; ceramic coatings hold longer
  collapseTo_degC: 230,
  collapseEvery_K: 5,
  collapse_share_per_K: 0.007, // engineering choice: half of the cells by 230 °C
} as const;

/** When net self-heating is an alarm. */
export const heatingAlarmParams = {
  least_K_per_min: 0.12, // the stated rate: six times what accelerating-rate calorimetry calls self-heating; 50 min from runaway at 127 °C and 220 kJ/mol by R T²/(Ea dT/dt) …
  sigmas: heatParams.sigmas, // … is passed with 99 % of a normal distribution, from 110 °C on with 95 (livelySigmas) …
  blocks: 4, // … in so many blocks more than were not sure: engineering choice, since neighbours repeat each other
  sighted_s: 300, // engineering choice: the air's temperature has been known for so long
  endsBelow_K_per_min: 0.1, // engineering choice, with 99 %
  imminent_s: 300, // five minutes: the warning that GB 38031-2020 asked for before a hazard to people
  imminent_K_per_min: 1, // engineering choice: below, nothing is imminent
  lost_s: 60, // engineering choice: a shorter silence, such as a restart of a bus, ends no count
  leapHolds_s: 600, // engineering choice: a short is not over because the filter has not seen it
  partner_s: 60, // engineering choice: a thermometer that spoke within this can contradict
  partner_sigmas: 1.28, // 90 % of a normal distribution
  partner_share: 0.5, // engineering choice: less than half of what the one sees is the contrary
  partnerColder_K: 15, // engineering choice: a hot spot may be that far from the other thermometer
  stuck_s: 60, // engineering choice: the same reading for this long, …
  stuck_readings: 20, // … this often, …
  stuck_times: 4, // … and this many times longer than ever before, …
  held_s: 120, // engineering choice: two minutes …
  held_K: 5, // … in which it should have moved by more than any thermometer is coarse
  moved_changes: 10, // engineering choice: it has noise
  stuckLongest_readings: 100, // … as far as that tells its noise from a night without change
  lone_degC: 100, // engineering choice: below it a lone thermometer that drifts by 10 K/h is likelier than a cell that heats itself as slowly
  signLasts_s: 3600, // engineering choice: a charge that was too much, or a short, is not over because its sign is
  used_degC: 130, // engineering choice: nobody stores or cycles a cell in hotter air
  cooling_K_per_min: 0.1, // engineering choice: the noise of a coarse thermometer over two minutes
  settles_degC: 130, // engineering choice: below, a cell that warms slower and slower towards its air is likelier to be between plates than to heat itself …
  settlesLeast_K_per_min: 0.24, // … by less than twice the stated rate
  fallen_K: 3, // engineering choice: a thermometer that much colder than the other and nearer to the air than to it has come loose
  blind_degC: 90, // engineering choice: without the air's temperature, no healthy cell here is hotter
  blind_K_per_min: 0.4, // engineering choice
  blindOver_K: 8, // engineering choice: over so much temperature …
  blindGrowth: 1.5, // … Arrhenius' law multiplies the rate by 1.5 (80 kJ/mol, 430 K) …
  blindGrowthMost: 6.2, // … to 6.2 (300 kJ/mol); an oven that begins to warm does more, one that goes on does less
  boilingLeast_share: 0.4, // engineering choice: what boils warms at some half of its former rate or more, what nears the temperature of its oven does not …
  boilingMost_share: 0.9, // … and by noise alone falls by less
  boiledBeyond: 1.3, // engineering choice: behind boiling it has fallen behind its oven, and catches up by some quarter faster than before
  boiledLasts_s: 900, // engineering choice: a seal that opens lets the rest of its solvent go within so long
  growing_sigmas: 1.28, // 90 % of a normal distribution, where growth is the other sign
  rising_K_per_min: 0.15, // engineering choice: it warms …
  rising_share: 0.85, // … about as fast as in the minutes before …
  risingExchange_share: 0.5, // engineering choice: … though so much of what the exchange would take has gone …
  risingAir_K_per_min: 0.5, // engineering choice: an oven that goes on as it did; a step of one changes by several
  rise_K_per_min: 0.15, // engineering choice: … by this
  hotter_K: 10, // engineering choice: heat flows out of it, so that what warms it is a heater or its own
  fell_K: 2, // engineering choice: a climb that falls by more than its noise begins anew …
  leapt_K_per_min: 120, // … and one that leaps by twice GB 38031-2025 C.5.3.7 (c)
  formerStretch_K: 10, // engineering choice: the highest rates of so many kelvins each are kept, …
  former_stretches: 2, // engineering choice: … which a rate must pass that grows: more hides a reaction under a heater, whose rate falls; fewer let the end of boiling through
  heatedGrowth: 1.1, // engineering choice: with an unmeasured heater, whose rate falls, it must have grown by so much over the same stretch …
  heatedGrowthHalf: 1.05, // … and by so much over its second half …
  heatedLeast_K_per_min: 0.25, // … and by more than three times the noise of a coarse thermometer over two minutes
  rest_s: 1800, // engineering choice: a cell without current for so long has cooled
} as const;

/** What an observer is given. */
export const sightParams = {
  stale_s: 120, // engineering choice: an older chamber temperature or current (and older than the patience with it) is not used
  massUnknown_g: 50, // engineering choice: a small cell, so that its heat of current is not underrated
  capacityUnknown_Ah: 3, // engineering choice
  leastSpread_ln: 0.08, // engineering choice
} as const;

/** Electric signs of a cell that heats itself though it is cold. */
export const signParams = {
  rest_per_h: 0.02, // engineering choice: C/50 is no load
  settled_s: 3600, // engineering choice: after a load the voltage relaxes for about so long
  restEvery_s: 30, // engineering choice
  restOver_s: 900, // engineering choice
  restLeast: 10, // engineering choice
  restFall_V_per_min: 0.5e-3, // a 5 Ah cell that heats by 0.3 K/min through a short loses some 0.7 mV/min; warming by it takes 0.1 at 0.3 mV/K
  restFall_V_per_K: 0.6e-3, // engineering choice: twice the 0.3 mV/K by which entropy moves a voltage
  restFalls_V_per_min: 0.1e-3, // engineering choice: a fifth of it speaks for a thermometer that warms
  loadSlope_V_per_min: 4e-3, // engineering choice: a 1C discharge of an 18650 (ARTS Laboratory's Samsung 30Q cycles) falls by at least 9 mV/min
  overcharge_V: 4.65, // engineering choice: lithium-rich cells are charged to 4.6 V, and to 4.8 against lithium in their first cycle, which heats them little
  highest_V: 0.02, // engineering choice: beyond the noise of a voltage
  overchargeFresh_s: sightParams.stale_s, // recorders of a value a minute
  overchargeLasts_s: heatingAlarmParams.signLasts_s, // a charge that was too much is not over because its current is
  fresh_s: 30, // engineering choice
  aliveLeast_V: 1, // engineering choice: an open input is no cell
  drop_share: 0.25, // GB 38031-2025 C.5.3.7 (a)
  drop_s: 120, // engineering choice: a drop is of this minute, not of this hour
} as const;

/** A rate of warming that grows by one factor again and again. */
export const upturnParams = {
  spans_s: [120, 300, 600], // engineering choice
  leastBlocks: 8, // engineering choice: the mean of fewer is little better known than a reading
  means: 5, // engineering choice: four rates in turn
  gap_s: 120, // engineering choice
  first_K: 0.3, // engineering choice: in the first span; several times what means are wrong by, and a rate already, not the moment at which a heater is switched on
  growth: 2, // engineering choice: heat that grows e-fold in 9, 22 or 43 min makes this of three spans
  kept_share: 0.75, // engineering choice: a warmth that grows as time, its square or its cube loses from half to three tenths of that proportion meanwhile
  mostGrowth: 2.5, // engineering choice: of one span, e-fold in 2 min or more; what begins at once does more
} as const;

/** A leap of a thermometer. */
export const leapParams = {
  apart_s: 0.4, // engineering choice
  over_s: 4, // engineering choice
  rise_K: 3, // engineering choice: 12 sigmas of a coarse thermometer
  rate_K_per_s: 0.5, // half of GB 38031-2025 C.5.3.7 (c)
  coldRate_K_per_s: 1, // GB 38031-2025 C.5.3.7 (c), where only another thermometer confirms it and the cell is too cold for chemistry: a heater's edge rises by half of that
  noise_sigmas: 4, // engineering choice: and what its own noise is not
  partner_K: 0.5, // engineering choice: what the other thermometer must have risen by, …
  partner_share: 0.03, // … and this much of the leap …
  partnerFresh_s: 12, // … within this, …
  airHotter_K: 5, // … unless air that is so much hotter warms both
} as const;
