/** A usual chamber of 100 L, to draw chambers around, and what the world takes for every chamber. */
import type { ChamberSetup } from "../setup.ts";

export const usualChamber: ChamberSetup = {
  volume_L: 100,
  atmosphere: "air",
  sealed: false,
  ventilation_per_h: 1, // engineering choice; 0 to 20
  leak_per_h: 0.05, // engineering choice
  wall_J_per_K: 8000, // 16 kg of steel; engineering choice
  airToWall_W_per_K: 8, // 1.3 m² at 6 W/(m² K); engineering choice
  wallToRoom_W_per_K: 1, // insulated; engineering choice
  heater_W: 1000, // engineering choice
  cooler_W: 500, // engineering choice
  control_s: 120, // engineering choice
  start_degC: 25,
  roomHumidity_pct: 45,
};

export const chamberParams = {
  oxygen: 0.2095, // of dry air
  equalises_s: 2, // engineering choice: pressure of a chamber that is not sealed goes out this fast
  integral_s: 600, // engineering choice: reset time of the controller
  metal_J_per_K: 200, // fan, shelf and what else follows the air at once: engineering choice
  freeLeast: 0.05, // share of the volume that swelling cells never take
  humidityMost_pct: 100,
} as const;
