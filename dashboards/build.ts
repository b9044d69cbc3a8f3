/** `npm run dashboards`: writes what Grafana loads. A test fails while a committed file differs from it. */
import { writeFileSync } from "node:fs";
import { generated } from "./generated.ts";

for (const [name, text] of Object.entries(generated())) writeFileSync(new URL(`generated/${name}`, import.meta.url), text);
