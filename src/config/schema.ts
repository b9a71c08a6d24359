import * as z from "zod";
import type { SiteInput } from "./input.ts";
import { domainPattern, namePattern } from "./names.ts";
import { backup } from "./schema-backup.ts";
import { alerts } from "./schema-monitor-alerts.ts";
import { dashboard } from "./schema-monitor-dashboard.ts";
import { exported } from "./schema-monitor-export.ts";
import { objectives } from "./schema-monitor-objectives.ts";
import { regionKeys } from "./schema-regions.ts";
import { service } from "./schema-service.ts";
import { web } from "./schema-web.ts";
import { folder, lasting, list, matching, one, oneLine, rate, text, whole } from "./schema-words.ts";

const certificateFiles = z.strictObject({
  certificate: folder('a file, such as "./www.crt"').meta({
    description: "PEM file: the certificate, then the chain to an authority that browsers know.",
    examples: ["./www.crt"],
  }),
  key: folder('a file, such as "./www.key"').meta({
    description: "PEM file of its private key, not encrypted. Keep it out of version control.",
    examples: ["./www.key"],
  }),
});

const tls = z.strictObject({
  certificate: z
    .union([z.enum(["own", "acme"]), certificateFiles], {
      error: '"own", "acme", or the files { certificate, key }',
    })
    .meta({
      description: `The certificate that visitors see. "own": issued by the site's own certificate authority. "acme": fetched from a public one such as Let's Encrypt, and renewed. Or files of yours, { certificate, key }, relative to the site file.`,
      examples: ["acme"],
    })
    .optional(),
  email: matching(/^[^\s@"'\\]+@[^\s@"'\\]+$/, "an e-mail address")
    .meta({
      description: `With "acme": where the authority writes to when something is wrong.`,
      examples: ["ops@shop.example"],
    })
    .optional(),
  directory: matching(/^https:\/\/[A-Za-z0-9.:_-]+(\/[^\s"'\\<>{}]*)?$/, "a web address that starts with https://")
    .meta({
      description: `With "acme": the address of the authority's directory; Let's Encrypt's if it is left out.`,
      examples: ["https://acme-v02.api.letsencrypt.org/directory"],
    })
    .optional(),
  trust: folder('a file, such as "./company-ca.crt"')
    .meta({
      description:
        "PEM file of authorities that Debian does not know, when one of them issues the public certificate: a company's, or an ACME server of your own.",
      examples: ["./company-ca.crt"],
    })
    .optional(),
  terminate: one(["balancer", "web"])
    .meta({
      description:
        'Where the encryption of visitors ends: at the "balancer", which encrypts anew towards the web tier, or at the "web" hosts: the balancers then pass it through and never hold the key.',
    })
    .optional(),
});

const balancer = z.strictObject({
  hosts: whole(1, 2)
    .meta({
      description: "How many balancers; with two, one takes over the address when the other is lost.",
      examples: [2],
    })
    .optional(),
});

const database = z.strictObject({
  hosts: whole(1, 250)
    .meta({
      description: 'How many database hosts: one primary and its replicas; with mode "galera", members.',
      examples: [3],
    })
    .optional(),
  mode: one(["replicated", "galera"])
    .meta({
      description:
        'How copies are kept: "replicated" is one primary that takes writes, and replicas that follow it: the mode that promises no loss. "galera" is a Galera cluster, in which any member can take writes; what it does not promise stands in the guide.',
    })
    .optional(),
  arbiter: one(["none", "monitor"])
    .meta({
      description:
        'With mode "galera" and an even number of hosts: where a further vote without data runs, so that one side of a split is the larger one. "monitor": on the monitor host.',
    })
    .optional(),
  promise: one(["no-loss", "no-loss-unless-all-lose-power"])
    .meta({
      description:
        'What an acknowledged write survives. "no-loss": any single fault, and a power cut of all hosts together. "no-loss-unless-all-lose-power": any single fault, about twice as fast.',
    })
    .optional(),
  bufferPoolMiB: whole(32, 1_048_576)
    .meta({
      description: "Memory of each database host for cached data (the InnoDB buffer pool), in MiB.",
      examples: [128],
    })
    .optional(),
  backup: backup
    .meta({ description: "Nightly backups and continuous binary logs, from which any second can be restored." })
    .optional(),
});

const monitor = z.strictObject({
  hosts: whole(1, 2)
    .meta({
      description:
        "How many monitor hosts, 1 or 2. Two watch each other: when one is lost the other goes on telling, and each alert is told once.",
      examples: [2],
    })
    .optional(),
  retentionDays: whole(1, 3650)
    .meta({ description: "How long measurements are kept, in days.", examples: [15] })
    .optional(),
  alerts: alerts.meta({ description: "Where alerts go." }).optional(),
  export: exported.meta({ description: "Where measurements and logs go besides the monitor." }).optional(),
  dashboard: dashboard
    .meta({
      description:
        "The dashboard on a public name of its own, behind a log-in. Without it: `rampart dashboard`, through SSH.",
    })
    .optional(),
  statusPage: matching(/^\/[a-z0-9][a-z0-9/_-]{0,60}$/, 'a path such as "/status"')
    .meta({
      description:
        "Path of a public page that says how the site is and was; made by the monitor, and served by the web tier also when the application is down.",
      examples: ["/status"],
    })
    .optional(),
  objectives: objectives
    .meta({ description: "What the site is to keep: alerts tell when it is about to miss it." })
    .optional(),
  ...regionKeys,
});

const extraAccess = z.strictObject({
  from: list(text("an IPv4 address or network"), 'a list of IPv4 addresses or networks, such as ["192.0.2.7"]').meta({
    description: "IPv4 addresses or networks.",
    examples: [["192.0.2.7"]],
  }),
  to: text('"database", or the name of a service').meta({
    description: 'What they may reach: "database", or the name of a service.',
    examples: ["database"],
  }),
  until: matching(/^\d{4}-\d{2}-\d{2}$/, 'a day such as "2026-12-31"').meta({
    description: 'The last day on which it is open, such as "2026-12-31".',
    examples: ["2026-12-31"],
  }),
  why: oneLine("a sentence on one line").meta({
    description: "Who needs it and what for: the comment of the rule.",
    examples: ["the auditors read the accounts"],
  }),
});

const firewall = z.strictObject({
  admin: list(text('an IPv4 network, such as "192.0.2.0/24"'), 'a list of IPv4 networks, such as ["192.0.2.0/24"]')
    .meta({ description: "IPv4 networks from which operators come by SSH.", examples: [["192.0.2.0/24"]] })
    .optional(),
  block: list(
    text('an IPv4 address or network, or a file such as "./blocked.txt"'),
    'a list such as ["203.0.113.0/24", "./blocked.txt"]',
  )
    .meta({
      description: "IPv4 addresses, networks, and files of them (one a line) that no balancer answers.",
      examples: [["203.0.113.0/24", "./blocked.txt"]],
    })
    .optional(),
  extra: list(extraAccess, "a list of groups with from, to, until and why")
    .meta({
      description: "Outside access to a service inside the site: from where, to what, until when, and why.",
      examples: [[{ from: ["192.0.2.7"], to: "database", until: "2026-12-31", why: "the auditors read the accounts" }]],
    })
    .optional(),
});

const limits = z.strictObject({
  requests: rate()
    .meta({
      description: "Requests of one visitor; further ones get 429. A rate by the second is counted over ten seconds.",
      examples: ["200/s"],
    })
    .optional(),
  connections: rate()
    .meta({ description: "New connections of one visitor; further ones are closed.", examples: ["100/s"] })
    .optional(),
  open: z
    .union([whole(1, 8000), z.literal(false)], { error: "a whole number from 1 to 8,000, or false" })
    .meta({ description: "Connections of one visitor at the same time; further ones are closed.", examples: [200] })
    .optional(),
  errors: rate()
    .meta({
      description: "Answers of status 400 to 499 for one visitor, as scanners collect them; then 429.",
      examples: ["10/s"],
    })
    .optional(),
  logins: rate()
    .meta({
      description: "Failed log-ins of one visitor, at the `login` paths of the services; then a ban.",
      examples: ["10/5m"],
    })
    .optional(),
  ban: lasting("14d")
    .meta({ description: "How long a ban lasts, 14 days at most.", examples: ["1h"] })
    .optional(),
});

const lab = z.strictObject({
  httpsPort: whole(1, 65_535)
    .meta({
      description: "Port of this machine (127.0.0.1) at which the site is published by HTTPS.",
      examples: [8443],
    })
    .optional(),
  httpPort: whole(1, 65_535)
    .meta({
      description: "Port of this machine (127.0.0.1) at which the redirect from HTTP is published.",
      examples: [8080],
    })
    .optional(),
});

const environments = z.strictObject({
  lab: lab.meta({ description: "Hosts made on this machine." }).optional(),
});

/** The site file. The descriptions are the reference manual; the order of keys is the order of `rampart config`. */
export const siteSchema = z.strictObject({
  name: text('a short name, such as "shop"').meta({
    description:
      'Short name of the site: hosts are called web1.<name>.internal inside. Small letters, digits and "-"; at most 20.',
    pattern: namePattern,
    maxLength: 20,
    examples: ["shop"],
  }),
  domain: text('a public name, such as "www.shop.example"').meta({
    description: "The public name that visitors type.",
    pattern: domainPattern,
    examples: ["www.shop.example"],
  }),
  aliases: list(
    text("a public name").meta({ pattern: domainPattern }),
    'a list of public names, such as ["shop.example"]',
  )
    .meta({
      description: "Further public names: visitors who type them are redirected to the domain.",
      examples: [["shop.example"]],
    })
    .optional(),
  tls: tls.meta({ description: "How visitors' connections are encrypted." }).optional(),
  balancer: balancer
    .meta({
      description: "The tier that visitors reach: hosts that share one address and pass requests on to the web tier.",
    })
    .optional(),
  web: web
    .meta({ description: "The tier that serves static files and passes everything else on to the services." })
    .optional(),
  app: z
    .record(z.string().meta({ pattern: namePattern, maxLength: 20 }), service)
    .meta({
      description:
        "The services that make up the application, by name. Each has hosts of its own, called <name>1, <name>2 …",
    })
    .optional(),
  database: database
    .meta({ description: "The replicated MariaDB database. Made as soon as one service says `database: true`." })
    .optional(),
  monitor: monitor.meta({ description: "The tier that watches all others and raises alerts." }).optional(),
  limits: limits
    .meta({
      description:
        "What one visitor may do, counted by address. The site's own hosts and operators' networks are never limited.",
    })
    .optional(),
  firewall: firewall.meta({ description: "Who may reach the hosts, beyond what the site itself needs." }).optional(),
  environments: environments
    .meta({
      description:
        "Where the site runs. Each environment may later override keys of the site; this version knows `lab` only.",
    })
    .optional(),
});

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;
// Mutual assignability would not notice an optional key that only one side has; comparing inside a generic does.
type Alike<A, B> = (<T>() => T extends A ? true : false) extends <T>() => T extends B ? true : false ? true : never;

/** Does not compile when the schema and the hand-written SiteInput disagree. */
export const schemaMatchesInput: Alike<Frozen<z.input<typeof siteSchema>>, Frozen<SiteInput>> = true;
