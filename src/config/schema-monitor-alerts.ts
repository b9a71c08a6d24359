import * as z from "zod";
import { heartbeat } from "./schema-regions.ts";
import { folder, list, matching, oneLine } from "./schema-words.ts";

// Where alerts go.

const address = (must: string) => matching(/^[^\s@"'\\<>(),:;{}]+@[A-Za-z0-9.-]+$/, must);

const email = z.strictObject({
  to: list(address('an e-mail address, such as "ops@shop.example"'), 'a list such as ["ops@shop.example"]').meta({
    description: "Who gets them.",
    examples: [["ops@shop.example"]],
  }),
  from: address('an e-mail address, such as "rampart@shop.example"').meta({
    description: "The sender that they have.",
    examples: ["rampart@shop.example"],
  }),
  server: matching(/^[A-Za-z0-9.-]+:\d{1,5}$/, 'a name and a port, such as "mail.example:587"').meta({
    description:
      "The mail server that takes them, always by TLS: from the first byte at port 465, else by STARTTLS. Its certificate is verified.",
    examples: ["mail.example:587"],
  }),
  user: oneLine('a name, such as "rampart"')
    .meta({ description: "The account there; without one nobody logs in.", examples: ["rampart"] })
    .optional(),
  password: folder('a file, such as "./mail.password"')
    .meta({
      description: "File that holds the account's password, relative to the site file. Keep it out of version control.",
      examples: ["./mail.password"],
    })
    .optional(),
});

export const alerts = z.strictObject({
  webhook: matching(
    /^https?:\/\/[A-Za-z0-9.:@_[\]-]+(\/[^\s"'\\<>{}]*)?$/,
    "a web address that starts with https:// or http://",
  )
    .meta({
      description: "Address that receives alerts as JSON by HTTP POST (Alertmanager's webhook format).",
      examples: ["https://hooks.example/ops"],
    })
    .optional(),
  heartbeat,
  dailyReport: matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of the day, such as "06:00"')
    .meta({
      description:
        'When the day before is told by webhook and mail, as "06:00", UTC: how the site was seen, what was asked of it, what went wrong.',
      examples: ["06:00"],
    })
    .optional(),
  email: email.meta({ description: "E-mail, beside the webhook or without one." }).optional(),
  trust: folder('a file, such as "./company-ca.crt"')
    .meta({
      description:
        "PEM file of authorities that Debian does not know, when one of them vouches for the webhook or the mail server.",
      examples: ["./company-ca.crt"],
    })
    .optional(),
});
