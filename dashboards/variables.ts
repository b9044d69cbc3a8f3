/** What a person chooses above the panels. */
import { QueryVariableBuilder, VariableRefresh, VariableSort } from "@grafana/grafana-foundation-sdk/dashboard";
import { dataSource, ofStation } from "./influxql.ts";

const chosen = (name: string, query: string) =>
  new QueryVariableBuilder(name)
    .label(name)
    .datasource(dataSource)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .allowCustomValue(false);

export const variables = () => [
  chosen("site", `SHOW TAG VALUES FROM "agent" WITH KEY = "site"`),
  chosen("station", `SHOW TAG VALUES FROM "agent" WITH KEY = "station" WHERE "site" =~ /^$site$/`),
  chosen("cell", `SHOW TAG VALUES FROM "estimate" WITH KEY = "cell" WHERE ${ofStation}`)
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ text: ["All"], value: ["$__all"] }),
];
