/** The stages of a cell, in order. The integers are stored; a later stage is the graver one. */
export const stages = ["normal", "gassing", "swelling", "vented", "self-heating", "runaway"] as const;
export type Stage = (typeof stages)[number];
export const stageCode = (stage: Stage): number => stages.indexOf(stage);
