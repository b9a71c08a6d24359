import type { Page } from "../../report/page.ts";
import { exits, json, usage } from "./common.ts";

/** The web application firewall. */
export const wafPages: readonly Page[] = [
  {
    verb: "waf",
    summary: "what the web application firewall found, and tests of its rules",
    synopsis: ["waf findings [--since TIME] [--json]", "waf test FILE… [--host HOST] [--upstream] [--json]"],
    description: [
      "findings lists the rules that matched on all web hosts: when, for which path and visitor, and whether the request was blocked, would be blocked (web.waf: 'watch'), or was let through because it was too little. Below stand the lines for web.wafExceptions of the site file, for what was no attack. A finding shows up within ten seconds.",
      "test runs tests of a rule set, in the YAML form of go-ftw, in which the OWASP Core Rule Set keeps its own; you bring the files or folders. They are asked of a second nginx on a web host that has the site's module, rules and exceptions but refuses nothing and meets no visitor. Each test passes, fails, or is skipped, with the reason: the host's rule set does not have its rule, or the rule belongs to a higher paranoia level.",
    ],
    arguments: [
      { name: "DEED", text: "findings or test.", completes: ["findings", "test"] },
      { name: "FILE", text: "A YAML file with tests, or a folder: all YAML files below it." },
    ],
    options: [
      { flags: "--since TIME", text: "findings: how far back, such as 30m, 1h or 7d; 1h without it." },
      { flags: "--host HOST", text: "test: the web host; the first one without it." },
      {
        flags: "--upstream",
        text: "test: with the settings that the rule set's own tests ask for (paranoia level 4, limits on parameters), instead of the site's.",
      },
      json,
    ],
    examples: [
      { term: "rampart waf findings --since 1d", text: "What was found since yesterday?" },
      { term: "rampart waf test coreruleset/tests/regression/tests", text: "Does the host find what it should?" },
    ],
    exits: [
      ...exits.slice(0, 1),
      { term: "1", text: "test: at least one test failed. Otherwise: it could not be done." },
      usage,
    ],
    files: [
      { term: "/etc/nginx/waf.conf", text: "On web hosts: settings and exceptions, as rendered from the site file." },
      {
        term: "/var/log/nginx/waf/findings.json",
        text: "On web hosts, for root alone: what rules matched, with the text that did; emptied beyond 32 MiB.",
      },
    ],
    related: ["logs", "config", "firewall"],
  },
];
