import * as z from "zod";
import { folder, list, matching, one, oneLine, urlPath, whole } from "./schema-words.ts";

const wafException = z.strictObject({
  rule: z
    .union([z.int().min(1), z.string().regex(/^\d+-\d+$/)], {
      error: 'the number of a rule, such as 942100, or a range, such as "942100-942199"',
    })
    .meta({
      description: 'The rule that is not to apply, such as 942100, or a range of them, such as "942100-942199".',
      examples: [942100],
    }),
  path: urlPath('a path that starts with "/"')
    .meta({ description: "Only at this path and below it; everywhere if it is left out.", examples: ["/search"] })
    .optional(),
  parameter: matching(
    /^(?:(?:cookie|header):)?[A-Za-z0-9_.[\]-]{1,80}$/,
    'the name of a parameter, such as "q", "cookie:theme" or "header:Referer"',
  )
    .meta({
      description:
        'Only in this parameter of a query, a form or JSON, or in "cookie:NAME" or "header:NAME"; in the whole request if it is left out.',
      examples: ["q"],
    })
    .optional(),
  why: oneLine("a sentence on one line").meta({
    description: "Why it is no attack.",
    examples: ["visitors look for quotes in it"],
  }),
});

/** The keys of `web`. */
export const web = z.strictObject({
  hosts: whole(1, 250)
    .meta({ description: "How many web hosts.", examples: [2] })
    .optional(),
  files: folder("a folder, relative to the site file")
    .meta({ description: "Folder of static files, relative to the site file.", examples: ["./public"] })
    .optional(),
  maxBodyMiB: whole(1, 10_240)
    .meta({ description: "Largest request that visitors may send (an upload, say), in MiB.", examples: [16] })
    .optional(),
  waf: one(["off", "watch", "block"])
    .meta({
      description:
        'The web application firewall: "watch" tells of attacks, "block" refuses them too, "off" looks at nothing.',
    })
    .optional(),
  wafExceptions: list(wafException, "a list of groups with rule, path, parameter and why")
    .meta({
      description:
        "What the web application firewall objects to although it is no attack; `rampart waf findings` prints these lines.",
      examples: [[{ rule: 942100, path: "/search", parameter: "q", why: "visitors look for quotes in it" }]],
    })
    .optional(),
  beacon: z
    .boolean({ error: "true or false" })
    .meta({
      description:
        "Whether a small script is added to HTML pages that tells how fast they were for real visitors, and which errors scripts had. It keeps neither cookies nor addresses.",
      examples: [true],
    })
    .optional(),
});
