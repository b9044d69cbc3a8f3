/** The tab "station": MQTT → page and charts; the page's Acknowledge button → MQTT. */
import { type TopicName, topicOf, topics } from "../../edge-agent/contracts/topics.ts";
import { charts } from "../functions/curves.ts";
import { beat, call, type FlowNode, onTab, type Placed, variable } from "./node.ts";

const tab = "station";
/** What the page listens to. Not `sample`: at 64 channels of 10 Hz it is 40 times what a page can show. */
const heard: readonly TopicName[] = ["status", "alarm", "estimate", "event", "chart", "reply"];

export const chartId = (quantity: string): string => `chart-${quantity}`;

/** Node-RED takes site and station from the environment: `offgas/` & site & `/` & station & `/alarm/+`. */
const topicVariable = (name: TopicName) => ({
  name: `TOPIC_${name.toUpperCase()}`,
  type: "jsonata",
  value: topicOf(name, { site: '" & $env("OFFGAS_SITE") & "', station: '" & $env("OFFGAS_STATION") & "' }, "+").replace(/^(.*)$/, '"$1"'),
});

export function stationTab(): FlowNode[] {
  const inputs = heard.map(
    (name, row): Placed => ({
      id: `in-${name}`,
      type: "mqtt in",
      name,
      at: [0, row],
      topic: variable(`TOPIC_${name.toUpperCase()}`),
      qos: String(topics[name].qos),
      datatype: "utf8",
      broker: "broker-config",
      nl: false,
      rap: false,
      rh: 0,
      inputs: 0,
      to: [["hear"]],
    }),
  );
  return [
    { id: tab, type: "tab", label: "station", disabled: false, info: "MQTT → page and charts. It routes; it never decides.", env: heard.map(topicVariable) },
    broker,
    ...onTab(tab, [
      ...inputs,
      { id: "hear", ...call('return global.get("offgas").hear(msg, flow);'), name: "hear", at: [1, 2], to: [["page"]] },
      { id: "broker-state", type: "status", name: "connection", at: [0, 6], scope: ["in-status"], to: [["broker-heard"]] },
      {
        id: "broker-heard",
        ...call('return global.get("offgas").broker(msg.status.fill === "green");'),
        name: "broker up or down",
        at: [1, 6],
        to: [["page"]],
      },
      { id: "beat", ...beat(0.25), name: "beat", at: [0, 9], to: [["draw-page"]] },
      { id: "slow-beat", ...beat(1), name: "every second", at: [0, 14], to: [["draw-looks"]] },
      {
        id: "draw-page",
        ...call('return global.get("offgas").beat();', 1 + charts.length),
        name: "page and charts",
        at: [1, 9],
        to: [["page"], ...charts.map((quantity) => [chartId(quantity)])],
      },
      {
        id: "draw-looks",
        ...call('return global.get("offgas").looks();', charts.length),
        name: "how charts look",
        at: [1, 14],
        to: charts.map((quantity) => [chartId(quantity)]),
      },
      { id: "ask", ...call('return global.get("offgas").acknowledge(msg);', 2), name: "acknowledge", at: [3, 2], to: [["out-command"], ["page"]] },
      {
        id: "out-command",
        type: "mqtt out",
        name: "command/ack",
        at: [4, 2],
        topic: "",
        qos: String(topics.command.qos),
        retain: String(topics.command.retain),
        respTopic: "",
        contentType: "",
        userProps: "",
        correl: "",
        expiry: "",
        broker: "broker-config",
      },
      { id: "root", type: "http in", name: "/", at: [0, 18], url: "/", method: "get", upload: false, swaggerDoc: "", to: [["to-page"]] },
      { id: "to-page", type: "http response", name: "→ page", at: [1, 18], statusCode: "302", headers: { location: "/dashboard/station" } },
    ]),
  ];
}

const broker: FlowNode = {
  id: "broker-config",
  type: "mqtt-broker",
  name: "broker",
  broker: variable("OFFGAS_MQTT_HOST"),
  port: variable("OFFGAS_MQTT_PORT"),
  protocolVersion: variable("OFFGAS_MQTT_PROTOCOL"),
  tls: "",
  clientid: "",
  autoConnect: true,
  usetls: false,
  keepalive: "15",
  cleansession: true,
  autoUnsubscribe: true,
  birthTopic: "",
  birthQos: "0",
  birthPayload: "",
  birthMsg: {},
  closeTopic: "",
  closeQos: "0",
  closePayload: "",
  closeMsg: {},
  willTopic: "",
  willQos: "0",
  willPayload: "",
  willMsg: {},
  userProps: "",
  sessionExpiry: "",
};
