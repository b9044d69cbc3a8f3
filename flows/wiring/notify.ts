/** The tab "notify": what is owed → e-mail and webhook, and what became of it → back. A further way is one more block like these. */
import { call, everySecond, type FlowNode, onTab, variable } from "./node.ts";

const tab = "notify";
const settings = [
  { name: "MAIL_SECURE", type: "jsonata", value: '$env("OFFGAS_MAIL_SECURE") = "true"' },
  { name: "MAIL_AUTHENTICATION", type: "jsonata", value: '$env("OFFGAS_MAIL_USER") = "" ? "NONE" : "BASIC"' },
];

const fetchDue = (way: string) => call(`return [global.get("offgas").due("${way}", flow)];`);
const settleDone = (way: string) => call(`global.get("offgas").delivered("${way}", msg);`, 0);
const settleFailed = (way: string) => call(`global.get("offgas").failed("${way}", msg);`, 0);

export function notifyTab(): FlowNode[] {
  return [
    { id: tab, type: "tab", label: "notify", disabled: false, info: "Which alarms, and when: flows/functions/notices.ts and outbox.ts.", env: settings },
    ...onTab(tab, [
      { id: "notify-beat", ...everySecond, name: "every second", at: [0, 2], to: [["mail-due", "webhook-due"]] },
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
      { id: "mail-done", type: "complete", name: "mail sent", at: [0, 4], scope: ["mail"], uncaught: false, to: [["mail-settle"]] },
      { id: "mail-settle", ...settleDone("mail"), name: "settle", at: [1, 4] },
      { id: "mail-failed", type: "catch", name: "mail failed", at: [0, 5], scope: ["mail"], uncaught: false, to: [["mail-again"]] },
      { id: "mail-again", ...settleFailed("mail"), name: "later again", at: [1, 5] },
      { id: "webhook-due", ...fetchDue("webhook"), name: "calls that are due", at: [1, 2], to: [["webhook"]] },
      {
        id: "webhook",
        type: "http request",
        name: "webhook",
        at: [2, 2],
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
      { id: "webhook-settle", ...settleDone("webhook"), name: "settle", at: [3, 2] },
      { id: "webhook-failed", type: "catch", name: "call failed", at: [0, 7], scope: ["webhook"], uncaught: false, to: [["webhook-again"]] },
      { id: "webhook-again", ...settleFailed("webhook"), name: "later again", at: [1, 7] },
    ]),
  ];
}
