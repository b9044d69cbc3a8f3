/** Every chip that a station file may name. A new sensor is one line here, its driver, its simulated chip and its test. */
import { abp2 } from "./abp2.ts";
import { ads1115 } from "./ads1115.ts";
import { ads1115Burst } from "./ads1115-burst.ts";
import { bmp3xx } from "./bmp3xx.ts";
import type { AnyDriver } from "./driver.ts";
import { ds18b20 } from "./ds18b20.ts";
import { hsc } from "./hsc.ts";
import { max31855 } from "./max31855.ts";
import { max31856 } from "./max31856.ts";
import { max31865 } from "./max31865.ts";
import { mcp9601 } from "./mcp9601.ts";
import { midas } from "./midas.ts";
import { modbus } from "./modbus.ts";
import { mprls } from "./mprls.ts";
import { multigas } from "./multigas.ts";
import { multigas_uart } from "./multigas-uart.ts";
import { nau7802 } from "./nau7802.ts";
import { scd30 } from "./scd30.ts";
import { scd41 } from "./scd41.ts";
import { sgp41 } from "./sgp41.ts";
import { sht4x } from "./sht4x.ts";
import { stc31c } from "./stc31c.ts";
import { stcc4 } from "./stcc4.ts";
import { tmp105 } from "./tmp105.ts";

export const catalogue: Readonly<Record<string, AnyDriver>> = {
  abp2,
  ads1115,
  "ads1115-burst": ads1115Burst,
  bmp3xx,
  ds18b20,
  hsc,
  max31855,
  max31856,
  max31865,
  mcp9601,
  midas,
  modbus,
  mprls,
  multigas,
  multigas_uart,
  nau7802,
  scd30,
  scd41,
  sgp41,
  sht4x,
  stc31c,
  stcc4,
  tmp105,
};
