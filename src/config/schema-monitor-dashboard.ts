import * as z from "zod";
import { domainPattern } from "./names.ts";
import { folder, text } from "./schema-words.ts";

/** The dashboard for people who do not come by SSH. */
export const dashboard = z.strictObject({
  domain: text('a public name, such as "ops.shop.example"').meta({
    description: "The public name at which the balancers serve it.",
    pattern: domainPattern,
    examples: ["ops.shop.example"],
  }),
  users: folder('a file, such as "./dashboard.users"').meta({
    description:
      "File with who may log in, a line each: a name, a colon, and what `openssl passwd -6` makes of the password. Keep it out of version control.",
    examples: ["./dashboard.users"],
  }),
});
