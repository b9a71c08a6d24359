import type { Page } from "../../report/page.ts";
import { exits, json, store } from "./common.ts";

/** The key to the secrets. */
export const secretsPages: readonly Page[] = [
  {
    verb: "secrets",
    summary: "give the encrypted secrets a new key",
    synopsis: ["secrets rotate [--confirm] [--json]"],
    description: [
      "Makes a new key and encrypts every store beside the site file with it. The passwords themselves and the site's CA stay what they are, and no host is asked. The old key stays in the key file, below the new one, and in a copy with the ending .old: until you confirm, everything that it opened can still be opened.",
      "Before anything is changed every store is opened: one that cannot be decrypted stops the run. After a crash run it again. Other sites that share the key file are encrypted anew by running it for them as well; no further key is made then.",
      "With --confirm the old key is forgotten, if no store of the site needs it any more.",
    ],
    arguments: [],
    options: [{ flags: "--confirm", text: "Forget the old key." }, json],
    examples: [
      { term: "rampart secrets rotate", text: "After a laptop was lost, or somebody left." },
      { term: "rampart secrets rotate --confirm", text: "When the new key file is copied to a safe place." },
    ],
    exits,
    files: [
      store,
      { term: "~/.config/rampart/key.txt", text: "The key; or the file that RAMPART_KEY_FILE names." },
      { term: "~/.config/rampart/key.txt.old", text: "The key file as it was before, until --confirm." },
    ],
    related: ["up", "down"],
  },
];
