import * as z from "zod";
import { list, matching, oneLine, text, value, whole } from "./schema-words.ts";

/** Names of regions: "probe-" and this is a host's name. */
export const regionPattern = "^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$";

const secretValue = z.strictObject({
  secret: text('a secret of a service, such as "shop.VISIT_PASSWORD"').meta({
    description: "A secret of a service, as service.VARIABLE: one of `app.<name>.secrets`.",
    examples: ["shop.VISIT_PASSWORD"],
  }),
});

const step = z.strictObject({
  step: matching(/^[A-Za-z0-9][A-Za-z0-9 _-]{0,39}$/, 'a short name, such as "log in"').meta({
    description: "What the step is called in figures and alerts.",
    examples: ["log in"],
  }),
  get: path("Path that is asked for.", "/search?q=lamp"),
  post: path("Path to which the form is sent.", "/login"),
  form: z
    .record(z.string(), z.union([value(), secretValue], { error: 'a text, or { secret: "service.VARIABLE" }' }))
    .meta({
      description:
        'Fields of the form. A value is a text, in which ${name} stands for what an earlier step took, or { secret: "service.VARIABLE" }.',
      examples: [{ email: "visit@shop.example", password: { secret: "shop.VISIT_PASSWORD" } }],
    })
    .optional(),
  status: whole(200, 599)
    .meta({
      description: "Status that the answer must have: redirects are answers, and are not followed.",
      examples: [303],
    })
    .optional(),
  text: oneLine("a text on one line")
    .meta({ description: "Text that the answer must hold.", examples: ["Your orders"] })
    .optional(),
  take: z
    .record(z.string(), oneLine("a regular expression with one group"))
    .meta({
      description: "What later steps need of the answer: by name, a regular expression whose group is taken.",
      examples: [{ order_key: 'name="order_key" value="([^"]+)"' }],
    })
    .optional(),
});

function path(description: string, example: string) {
  return matching(/^\/[^\s"'\\<>#]*$/, 'a path that starts with "/"')
    .meta({ description, examples: [example] })
    .optional();
}

/** Keys of `monitor` about regions. */
export const regionKeys = {
  regions: list(
    text('a region, such as "eu"').meta({ pattern: regionPattern }),
    'a list of regions, such as ["eu", "us", "asia"]',
  )
    .meta({
      description:
        "Places outside the site from which it is looked at, by names of yours. A host called probe-<region> stands for each.",
      examples: [["eu", "us", "asia"]],
    })
    .optional(),
  visit: list(step, "a list of steps")
    .meta({
      description:
        "What every region does once a minute as a customer would: steps in order, with cookies kept from one to the next.",
      examples: [[{ step: "front page", get: "/", text: "Welcome" }]],
    })
    .optional(),
};

/** Of `monitor.alerts`. */
export const heartbeat = matching(
  /^https?:\/\/[A-Za-z0-9.:@_[\]-]+(\/[^\s"'\\<>{}]*)?$/,
  "a web address that starts with https:// or http://",
)
  .meta({
    description:
      "Address that the monitor asks for every 15 s while it is well: a dead man's switch elsewhere, which tells you when it was not asked for long.",
    examples: ["https://heartbeat.example/ping/5f2b"],
  })
  .optional();
