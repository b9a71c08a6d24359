import * as z from "zod";
import { folder, matching, oneLine } from "./schema-words.ts";

// Where measurements and logs go besides the monitor.

const trust = folder('a file, such as "./company-ca.crt"')
  .meta({
    description: "PEM file of the authorities that vouch for that place; without it those that Debian knows.",
    examples: ["./company-ca.crt"],
  })
  .optional();

const remoteWrite = z.strictObject({
  url: matching(
    /^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[^\s"'\\<>{}]*)?$/,
    "a web address that starts with https://, without a user in it",
  ).meta({
    description: "Address that takes Prometheus' remote write.",
    examples: ["https://metrics.example/api/v1/write"],
  }),
  user: oneLine('a name, such as "shop"')
    .meta({ description: "The account there; without one nobody logs in.", examples: ["shop"] })
    .optional(),
  password: folder('a file, such as "./metrics.password"')
    .meta({
      description: "File that holds the account's password, relative to the site file. Keep it out of version control.",
      examples: ["./metrics.password"],
    })
    .optional(),
  token: folder('a file, such as "./metrics.token"')
    .meta({
      description:
        "File that holds a token, sent as Authorization: Bearer, in place of an account. Keep it out of version control.",
      examples: ["./metrics.token"],
    })
    .optional(),
  trust,
});

const syslog = z.strictObject({
  server: matching(/^[A-Za-z0-9.-]+:\d{1,5}$/, 'a name and a port, such as "logs.example:6514"').meta({
    description: "The place that takes syslog by TLS (RFC 5425). Its certificate is verified.",
    examples: ["logs.example:6514"],
  }),
  trust,
});

export const exported = z.strictObject({
  remoteWrite: remoteWrite
    .meta({ description: "All measurements, as they are taken, by Prometheus' remote write." })
    .optional(),
  syslog: syslog.meta({ description: "The journals of all hosts, line by line, by syslog over TLS." }).optional(),
});
