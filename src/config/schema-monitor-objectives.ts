import * as z from "zod";
import { parseAvailability, parseLatency } from "../model/objectives.ts";

const parsed = (parse: (text: string) => unknown, must: string) =>
  z.string({ error: must }).refine((given) => parse(given) !== undefined, { error: must });

/** What the site is to keep. */
export const objectives = z.strictObject({
  availability: parsed(parseAvailability, 'a share from "90%" to "99.999%"')
    .meta({
      description:
        "Share of requests that are answered without a failure of the site's, over 30 days or as long as measurements are kept.",
      examples: ["99.9%"],
    })
    .optional(),
  latency: parsed(parseLatency, 'a share from p90 to p99.9 and a time, such as "p95 < 300ms"')
    .meta({
      description: 'Share of the answered requests that take no longer than a time: "p95 < 300ms" means 95 % of them.',
      examples: ["p95 < 300ms"],
    })
    .optional(),
});
