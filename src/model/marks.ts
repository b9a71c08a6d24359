import { shellQuote } from "../base/text.ts";

// What happens to a site on purpose is told to a host's journal, and so stands on the charts of the dashboard.

/** The name under which it is told. */
export const markIdentifier = "rampart-mark";

/** A line of a host's journal, told by a shell; that it cannot be told stops nothing. */
export function markCommand(kind: "deploy" | "drill", text: string): string {
  return `logger -t ${markIdentifier} -- ${shellQuote(`${kind} ${text}`)} 2> /dev/null || true`;
}
