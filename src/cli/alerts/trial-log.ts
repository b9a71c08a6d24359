import { trialLabel } from "../../model/alerts.ts";

// What Alertmanager says of its deliveries. No counter and no answer of its API tells which alert was taken; its log does
// (v0.28, notify/notify.go and dispatch/dispatch.go), in slog's text form: time=… level=DEBUG msg="Notify success" …

/** A message that the other side has taken, and an alert in it. */
export interface Delivered {
  readonly channel: string;
  readonly name: string;
  /** The first seven digits of the alert's fingerprint. */
  readonly fingerprint: string;
  readonly ended: boolean;
  /** Milliseconds since 1970, by the monitor's clock. */
  readonly at: number;
}

/** A message that the other side has not taken. */
export interface Refused {
  readonly channel: string;
  /** The alert's name; "" when it is not said. */
  readonly name: string;
  readonly why: string;
}

type Fields = Readonly<Record<string, string>>;

/** The deliveries of one run of trials, in the order in which they were made. */
export function deliveriesIn(log: string, id: string): readonly Delivered[] {
  // One that was taken at a later attempt names its alerts no more: its group's flush, just before, did.
  const flushed = new Map<string, string>();
  return log.split("\n").flatMap((line) => {
    const { msg, aggrGroup = "", alerts, integration = "", time = "" } = fieldsOf(line);
    if (!aggrGroup.includes(`${trialLabel}="${id}"`)) return [];
    if (msg === "flushing") flushed.set(aggrGroup, alerts ?? "");
    if (msg !== "Notify success") return [];
    const named = [...(alerts ?? flushed.get(aggrGroup) ?? "").matchAll(/([^\s[\]]+)\[([0-9a-f]{7})\]\[(\w+)\]/g)];
    return named.map(([, name = "", fingerprint = "", state]) => ({
      ...{ channel: channelOf(integration), name, fingerprint },
      ...{ ended: state === "resolved", at: Date.parse(time) },
    }));
  });
}

/** Why messages were not taken, as far as it is said. */
export function refusalsIn(log: string, id: string): readonly Refused[] {
  return log.split("\n").flatMap((line) => {
    const { msg = "", aggrGroup = "", integration, err = "" } = fieldsOf(line);
    if (msg.startsWith("Notify attempt failed") && aggrGroup.includes(`${trialLabel}="${id}"`)) {
      const [, name = ""] = /alertname="([^"]*)"/.exec(aggrGroup) ?? [];
      return [{ channel: channelOf(integration ?? ""), name, why: err }];
    }
    // It does not say of what, and begins with the receiver: webhook/webhook[0]: notify retry canceled …
    const [, receiver, why = ""] = /^(\w+)\/\S+: (.*)$/.exec(err) ?? [];
    return msg === "Notify for alerts failed" && receiver !== undefined ? [{ channel: receiver, name: "", why }] : [];
  });
}

function channelOf(integration: string): string {
  return integration.replace(/\[\d+\]$/, "");
}

function fieldsOf(line: string): Fields {
  const pairs = [...line.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|\S+)/g)];
  return Object.fromEntries(pairs.map(([, key = "", value = ""]) => [key, unquoted(value)]));
}

/** Go's strconv.Quote: JSON's, but for a few control characters. */
function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return value.slice(1, -1);
  }
}
