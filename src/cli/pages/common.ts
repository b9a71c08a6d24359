import type { PageArgument, PageNote, PageOption } from "../../report/page.ts";

// What several pages say in the same words.

export const json: PageOption = {
  flags: "--json",
  text: "The result as JSON on standard output; problems as JSON, too.",
};

export const hostArgument: PageArgument = {
  name: "HOST",
  text: "A host by its name inside the site: lb1, web1, shop1, db1, mon1. rampart status lists them.",
  completes: "hosts",
};

export const done: PageNote = { term: "0", text: "Done." };
export const failed: PageNote = {
  term: "1",
  text: "It could not be done; the problems say why, where, and what to do.",
};
export const usage: PageNote = { term: "2", text: "A wrong verb, option or argument." };
export const exits: readonly PageNote[] = [done, failed, usage];

export const siteFile: PageNote = {
  term: "rampart.config.ts",
  text: "The site file, or rampart.config.yaml: the one file that says what the site is.",
};

export const store: PageNote = {
  term: ".rampart/lab.age",
  text: "Beside the site file: passwords and the site's CA, encrypted. Made at the first up; without the key it is of no use.",
};

export const caCertificate: PageNote = {
  term: ".rampart/lab-ca.crt",
  text: "The certificate of the site's CA, for curl --cacert and for browsers.",
};

export const labFolder: PageNote = {
  term: "/var/lib/rampart/labs",
  text: "What the hosts of labs hold, and the key to log in with. rampart down removes it.",
};
