/** The tab "notify": what is owed → e-mail and webhook, and what became of it → back. A further way is one more block like these. */
import { beat, call, type FlowNode, onTab, variable } from "./node.ts";

const tab = "notify";
const settings = [
  { name: "MAIL_SECURE", type: "jsonata", value: '$env("OFFGAS_MAIL_SECURE") = "true"' },
  { name: "MAIL_AUTHENTICATION", type: "jsonata", value: '$env("OFFGAS_MAIL_USER") = "" ? "NONE" : "BASIC"' },
];

const fetchDue = (way: string) => call(`return [global.get("offgas").due("${way}", flow)];`);
const settle = (way: string) => call(`global.get("offgas").settle("${way}", msg);`, 0);

export function notifyTab(): FlowNode[] {
  return [
    { id: tab, type: "tab", label: "notify", disabled: false, info: "Which alarms, and when: flows/functions/notices.ts and outbox.ts.", env: settings },
    ...onTab(tab, [
      { id: "notify-beat", ...beat(1), name: "every second", at: [0, 2], to: [["mail-due", "webhook-due"]] },
      { id: "mail-due", ...fetchDue("mail"), name: "mail that is due", at: [1, 0], to: [["mail"]] },
      {
        id: "mail",
        type: "e-mail",
        at: [2, 0],
        server: variable("OFFGAS_MAIL_HOST"),
        port: variable("OFFGAS_MAIL_PORT"),
        secure: variable("MAIL_SECURE"),
        tls: true,
        authtype: variable("MAIL_AUTHENTICATION"),
        saslformat: true,
        token: "oauth2Response.access_token",
        dname: "",
      },
      { id: "mail-done", type: "complete", name: "mail sent", at: [2, 1], scope: ["mail"], uncaught: false, to: [["mail-settle"]] },
      { id: "mail-settle", ...settle("mail"), name: "settle", at: [3, 1] },
      { id: "mail-failed", type: "catch", name: "mail failed", at: [2, 2], scope: ["mail"], uncaught: false, to: [["mail-settle"]] },
      { id: "webhook-due", ...fetchDue("webhook"), name: "calls that are due", at: [1, 4], to: [["webhook"]] },
      {
        id: "webhook",
        type: "http request",
        name: "webhook",
        at: [2, 4],
        method: "POST",
        ret: "txt",
        paytoqs: "ignore",
        url: variable("OFFGAS_WEBHOOK_URL"),
        tls: "",
        persist: false,
        proxy: "",
        insecureHTTPParser: false,
        authType: "",
        senderr: true,
        headers: [],
        to: [["webhook-settle"]],
      },
      { id: "webhook-settle", ...settle("webhook"), name: "settle", at: [3, 4] },
      { id: "webhook-failed", type: "catch", name: "call failed", at: [2, 5], scope: ["webhook"], uncaught: false, to: [["webhook-settle"]] },
    ]),
  ];
}
