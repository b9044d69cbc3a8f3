/** The flow's memory and its words: what the function nodes call. Every function node is one line that delegates here. */
import { type TopicName, topics } from "../../edge-agent/contracts/topics.ts";
import { severities } from "../../edge-agent/core/alarms.ts";
import { Acknowledging } from "./acknowledge.ts";
import { type ChartMessage, Curves, curveNames } from "./curves.ts";
import { read } from "./messages.ts";
import { isTold, type Notice, noticeOf, silenceNotice } from "./notices.ts";
import { asMail, asWebhook, type Delivery, mailRules, Notifier, type Store, webhookRules } from "./notify.ts";
import { type Page, pageOf } from "./page.ts";
import { type Alarm, Watch } from "./watch.ts";
import type { Level } from "./words.ts";

/** A message of Node-RED, as far as these flows use it. */
export interface Message {
  readonly topic?: string;
  readonly payload?: unknown;
  readonly retain?: boolean;
  readonly error?: { readonly message?: string };
  readonly statusCode?: number;
}
type PageMessage = { payload: Page } | null;

const moment_ms = 200;
const second_ms = 950; // beats come 250 ms apart, and not to the millisecond

export function openStation(env: Readonly<Record<string, string | undefined>>) {
  const place = { site: env.OFFGAS_SITE ?? "", station: env.OFFGAS_STATION ?? "" };
  const watch = new Watch();
  const curves = new Curves(watch);
  const acknowledging = new Acknowledging(place, env.OFFGAS_COMMAND_KEY ?? "");
  const missing = (...names: string[]): string | undefined => {
    const absent = names.filter((name) => !env[name]);
    return absent.length === 0 ? undefined : `${absent.join(", ")} not set`;
  };
  const addresses = { to: env.OFFGAS_MAIL_TO, from: env.OFFGAS_MAIL_FROM };
  const mail = new Notifier({
    name: "e-mail",
    off: missing("OFFGAS_MAIL_HOST", "OFFGAS_MAIL_PORT", "OFFGAS_MAIL_FROM", "OFFGAS_MAIL_TO"),
    rules: mailRules,
    message: (notices) => ({ ...asMail(notices), ...addresses }),
  });
  const webhook = new Notifier({ name: "webhook", off: missing("OFFGAS_WEBHOOK_URL"), rules: webhookRules, message: asWebhook });
  const ways = { mail, webhook };
  const tellAll = (notice: Notice, store: Store, now_ms: number): void => {
    for (const way of [mail, webhook]) way.hear(notice, store, now_ms);
  };

  const page = (now_ms: number): { payload: Page } => ({
    payload: pageOf({ station: `${place.site} / ${place.station}`, watch, acknowledging, waiting: [mail.waiting, webhook.waiting] }, now_ms),
  });

  let shown_ms = Number.NEGATIVE_INFINITY;
  let drawn_ms = Number.NEGATIVE_INFINITY;
  let isUrgent = false;
  /** The page at once; of a flood of changes, what comes within a moment of the last page waits for the next beat. */
  function show(now_ms: number): PageMessage {
    isUrgent = now_ms - shown_ms < moment_ms;
    if (isUrgent) return null;
    shown_ms = now_ms;
    return page(now_ms);
  }

  /** The page when an alarm or the link has changed; everything else waits for the next second. */
  function hear(message: Message, store: Store, now_ms = Date.now()): PageMessage {
    const { topic = "", payload: text = "" } = message;
    const name = topic.split("/")[3] as TopicName;
    if (!(name in topics) || typeof text !== "string") return null;
    if (text === "") {
      if (name === "estimate") watch.estimate(topic, undefined);
      return name === "alarm" && watch.alarm(topic, undefined) ? show(now_ms) : null;
    }
    const payload = read(name, text);
    if (payload === undefined) {
      watch.unread++;
      return null;
    }
    return take[name]?.(payload as never, { topic, retained: message.retain === true, store, now_ms }) ? show(now_ms) : null;
  }

  interface Around {
    readonly topic: string;
    readonly retained: boolean;
    readonly store: Store;
    readonly now_ms: number;
  }
  /** True: the page must not wait. */
  const take: { readonly [T in TopicName]?: (payload: never, around: Around) => boolean } = {
    status: (status: Parameters<Watch["status"]>[0], { now_ms, retained }) => {
      watch.status(status, now_ms, retained);
      return true;
    },
    chart: (point: Parameters<Watch["chart"]>[0], { now_ms }) => {
      if (watch.chart(point, now_ms)) curves.take(point.channel, point.value);
      return false;
    },
    estimate: (estimate: Parameters<Watch["estimate"]>[1], { topic }) => {
      watch.estimate(topic, estimate);
      return false;
    },
    alarm: (alarm: Alarm, { topic, store, now_ms }) => {
      const news = watch.alarm(topic, alarm);
      if (!news) return false;
      acknowledging.forget(alarm.occurrence);
      if (isTold(alarm)) tellAll(noticeOf(alarm, place, now_ms), store, now_ms);
      return true;
    },
    event: (event: Parameters<Watch["event"]>[0]) => {
      watch.event(event);
      return false;
    },
    reply: (reply: Parameters<Acknowledging["hear"]>[0]) => acknowledging.hear(reply),
  };

  return {
    hear,

    page,

    /** Called a few times a second: once in a second the page, and after it one message for each chart; between, the page when it is urgent. */
    beat(now_ms = Date.now()): [PageMessage, ...(ChartMessage | null)[]] | null {
      if (now_ms - drawn_ms < second_ms) return isUrgent ? [show(now_ms)] : null;
      drawn_ms = now_ms;
      acknowledging.time(now_ms, new Set(watch.standing.map(({ occurrence }) => occurrence)));
      return [show(now_ms), ...curves.beat(now_ms).map((chart) => chart ?? null)];
    },

    /** How the charts are drawn, when that has changed; null otherwise. */
    looks(now_ms = Date.now()): (ChartMessage | null)[] | null {
      const names = curveNames(watch.channels);
      const levelOf = new Map<string, Level>(page(now_ms).payload.cells.map(({ id, level }) => [id, level]));
      const levels = new Map(
        watch.channels.flatMap(({ id, cell }) => (cell === undefined ? [] : [[names.get(id) ?? id, levelOf.get(cell) ?? "unknown"] as const])),
      );
      return curves.looks(levels)?.map((chart) => chart ?? null) ?? null;
    },

    /** The state of Node-RED's own connection to the broker. */
    broker(connected: boolean, now_ms = Date.now()): PageMessage {
      if (watch.broker === connected) return null;
      watch.broker = connected;
      return show(now_ms);
    },

    /** A click on Acknowledge: the command, and the page that says that it is under way. */
    acknowledge({ payload }: Message, now_ms = Date.now()): [{ topic: string; payload: string } | null, PageMessage] {
      const clicked = (payload ?? {}) as { occurrence?: unknown; severity?: unknown };
      const alarm = watch.standing.find(({ occurrence }) => occurrence === clicked.occurrence);
      // as grave as it was on the page of whoever clicked, which may be a moment behind
      const severity = severities.find((one) => one === clicked.severity);
      return [(alarm && severity && acknowledging.ask({ ...alarm, severity }, now_ms)) ?? null, show(now_ms)];
    },

    /** Deliveries that are due now, for one way. */
    due(way: keyof typeof ways, store: Store, now_ms = Date.now()) {
      const silence = silenceNotice(watch, place, now_ms);
      if (silence !== undefined) tellAll(silence, store, now_ms);
      return ways[way].due(store, now_ms);
    },
    /** A delivery came to its end: by an error, by an answer that is none of success, or well. */
    settle(way: keyof typeof ways, message: Delivery & Message, now_ms = Date.now()): void {
      const { error, statusCode = 200 } = message;
      const answered = statusCode >= 200 && statusCode < 300 ? undefined : `answered ${statusCode}`;
      ways[way].done(message, error === undefined ? answered : (error.message ?? "failed"), now_ms);
    },
  };
}
