import * as z from "zod";
import { command, folder, list, matching, text, urlPath, value, whole } from "./schema-words.ts";

const route = z.strictObject({
  host: text("a public name")
    .meta({ description: "Public name; the site's domain when it is left out.", examples: ["api.shop.example"] })
    .optional(),
  path: text('a path that starts with "/"').meta({
    description: "Path prefix; the longest that matches wins.",
    examples: ["/"],
  }),
});

/** One service under `app`. */
export const service = z.strictObject({
  source: folder("a folder, relative to the site file").meta({
    description: "Folder with the service's source, relative to the site file.",
    examples: ["./app"],
  }),
  packages: list(
    matching(/^[a-z0-9][a-z0-9+.-]+$/, "the name of a Debian package"),
    "a list of names of Debian packages",
  )
    .meta({
      description: "Debian packages that the service needs on its hosts, beyond what Rampart installs.",
      examples: [["imagemagick"]],
    })
    .optional(),
  build: command()
    .meta({
      description:
        "Command that is run on your machine in a copy of the source folder; its result is what the hosts get.",
      examples: ["npm ci --omit=dev"],
    })
    .optional(),
  migrate: command()
    .meta({
      description: "Command that is run on one host before a new release starts there: changes of the database schema.",
      examples: ["node migrate.js"],
    })
    .optional(),
  start: command().meta({
    description: "Command that starts the service. It must go on running, and listen on 127.0.0.1 at `port`.",
    examples: ["node server.js"],
  }),
  port: whole(1, 65_535).meta({
    description: "Port at which the service listens, from 1024 up.",
    examples: [3000],
  }),
  health: urlPath('a path that starts with "/", such as "/healthz"')
    .meta({
      description: "Path that answers 200 when the service can serve; visitors are sent only to hosts where it does.",
      examples: ["/healthz"],
    })
    .optional(),
  metrics: urlPath('a path that starts with "/", such as "/metrics"')
    .meta({
      description: "Path of the service's own Prometheus metrics, hidden from visitors.",
      examples: ["/metrics"],
    })
    .optional(),
  push: z
    .boolean({ error: "true or false" })
    .meta({
      description:
        "Whether the service pushes measurements of its own: it gets STATSD_HOST and STATSD_PORT, and what it sends there by StatsD is watched.",
      examples: [true],
    })
    .optional(),
  login: urlPath('a path that starts with "/", such as "/login"')
    .meta({
      description:
        "Path to which visitors send their log-in form. Answers of status 401, 403, 422 or 429 to a POST there, or with the header X-Rampart-Login: failed, count as failed log-ins.",
      examples: ["/login"],
    })
    .optional(),
  concurrency: whole(1, 100_000)
    .meta({
      description:
        "Requests that each web host gives to one host of the service at once, WebSockets among them; further ones wait up to 5 s, then get 503.",
      examples: [500],
    })
    .optional(),
  routes: list(
    z.union([text('a path such as "/api"'), route], { error: 'a path such as "/api", or { host, path }' }),
    'a list of paths, such as ["/"]',
  )
    .meta({
      description:
        'What the service answers: path prefixes such as "/api", with a public name before them if it is not the domain.',
      examples: [["/"]],
    })
    .optional(),
  env: z
    .record(z.string(), value())
    .meta({
      description: "Environment variables. For passwords and keys use `secrets`.",
      examples: [{ LOG_LEVEL: "info" }],
    })
    .optional(),
  secrets: list(
    matching(/^[A-Z_][A-Z0-9_]*$/, "a name of capital letters, digits and _, such as SESSION_KEY"),
    "a list of names of environment variables",
  )
    .meta({
      description: "Environment variables that get a random value each, the same on all hosts of the service.",
      examples: [["SESSION_KEY"]],
    })
    .optional(),
  database: z
    .boolean({ error: "true or false" })
    .meta({
      description:
        "Whether the service gets a database and an account of its own, reached by the DATABASE_* variables.",
      examples: [true],
    })
    .optional(),
  hosts: whole(1, 250)
    .meta({ description: "How many hosts run the service.", examples: [2] })
    .optional(),
});
