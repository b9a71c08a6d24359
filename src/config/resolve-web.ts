import type { Site, WafMode } from "../model/site.ts";
import { ruleRange } from "./check-waf.ts";
import { defaults } from "./defaults.ts";
import type { SiteInput } from "./input.ts";

/** Takes what the site file says or the default, and notes which, and why. */
export type Choose = <T>(path: string, given: T | undefined, fallback: T, why: string) => T;

/** The web tier with every default. */
export function webTier(input: SiteInput, choose: Choose): Site["web"] {
  return {
    hosts: choose(
      "web.hosts",
      input.web?.hosts,
      defaults.web.hosts,
      "one can be lost or updated while the other serves",
    ),
    files: choose("web.files", input.web?.files, undefined, "the site has no static files of its own"),
    maxBodyMiB: choose(
      "web.maxBodyMiB",
      input.web?.maxBodyMiB,
      defaults.web.maxBodyMiB,
      "enough for forms and photos, too little to fill a disk with a few requests",
    ),
    ...waf(input, choose),
    beacon: choose("web.beacon", input.web?.beacon, false, "pages are sent as they are unless you want them changed"),
  };
}

function waf({ web }: SiteInput, choose: Choose): Pick<Site["web"], "waf" | "wafExceptions"> {
  const given = choose(
    "web.wafExceptions",
    web?.wafExceptions,
    [],
    "nothing is let off before somebody has looked at what was found",
  );
  return {
    waf: choose<WafMode>(
      "web.waf",
      web?.waf,
      defaults.web.waf,
      "it reads every request, which costs time, and wants somebody to look at what it finds: begin with watch",
    ),
    wafExceptions: given.map(({ rule, path, parameter, why }) => ({ ...ruleRange(rule), path, parameter, why })),
  };
}
