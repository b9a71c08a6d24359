import type { Page } from "../../report/page.ts";
import { caCertificate, exits, json, labFolder, siteFile, store } from "./common.ts";

/** Making a site and bringing it to what its file says. */
export const sitePages: readonly Page[] = [
  {
    verb: "init",
    summary: "write a new site: a site file and a small program",
    synopsis: ["init [--yaml] [--domain DOMAIN] [NAME]"],
    description: [
      "Writes what a site needs to start: the site file with its types for editors, a program that answers every request, and a .gitignore. With NAME all of that goes into a new folder of this name, otherwise into the working folder. Nothing is asked, and nothing that exists is overwritten.",
      "The ten lines it writes are a whole site already: two balancers, two web hosts, two hosts for the program, a monitor, with HTTPS, firewalls and alerts. rampart config shows all that the file does not say.",
    ],
    arguments: [{ name: "NAME", text: "Folder and name of the site.", completes: "folders" }],
    options: [
      { flags: "--yaml", text: "The site file as YAML, with the schema for editors beside it." },
      { flags: "--domain DOMAIN", text: "The public name that visitors type; www.NAME.example without it." },
    ],
    examples: [
      { term: "rampart init", text: "A site in the working folder, named like it." },
      { term: "rampart init --domain www.shop.example shop", text: "A site in the new folder shop." },
    ],
    exits,
    files: [siteFile],
    related: ["config", "up"],
  },
  {
    verb: "up",
    summary: "start what is missing and bring the site to what its file says",
    synopsis: ["up [--json]"],
    description: [
      "Builds the image of the hosts if there is none (once, about two minutes), starts the hosts that are missing or off, builds the services, makes every change that rampart plan would show, and tries from outside whether all that the site promises holds. At the end it prints the address to open.",
      "It may be run at any time and as often as you like: what is as it should be is left alone. After a crash, a Ctrl-C or a power cut the next up goes on from there. Ctrl-C lets every host finish what it has begun; a second one ends at once, which is safe as well.",
      "Needs root, because it makes network namespaces and containers.",
    ],
    arguments: [],
    options: [json],
    examples: [
      { term: "rampart up --site examples/shop", text: "The shop of the examples, on twelve hosts." },
      { term: "rampart up --json | jq -r .status.url", text: "Its address, for a script." },
    ],
    exits,
    files: [
      siteFile,
      store,
      caCertificate,
      labFolder,
      { term: "/var/lib/rampart/images", text: "Images of hosts, kept for next time." },
    ],
    related: ["plan", "status", "down"],
  },
  {
    verb: "plan",
    summary: "show what apply would change, and change nothing",
    synopsis: ["plan [-v] [--exit-code] [--json]"],
    description: [
      "Looks at every host and compares it with what the site file asks for. Shows new hosts (+), changes (~), removals (-), what each does to running programs (reload, restart), whether connections are dropped, and the order in which it would be done.",
      "A host that does not answer is named as unknown; nothing is said of it, and the exit code is 1.",
    ],
    arguments: [],
    options: [
      {
        flags: "-v, --verbose",
        text: "Also why each thing should be there, and the differences of files line by line.",
      },
      { flags: "--exit-code", text: "Exit with 3 when there are changes, with 0 when there are none." },
      json,
    ],
    examples: [
      { term: "rampart plan", text: "What would be done." },
      { term: "rampart plan --exit-code || echo drift", text: "Tells whether the hosts are still what the file says." },
    ],
    exits: [...exits, { term: "3", text: "There are changes (only with --exit-code)." }],
    files: [siteFile],
    related: ["apply", "explain"],
  },
  {
    verb: "apply",
    summary: "make the changes that plan shows, and verify them",
    synopsis: ["apply [--json]"],
    description: [
      "Takes the site lock, makes exactly the changes that rampart plan shows, and then tries whether all that the site promises holds. New connections are allowed before traffic moves, old ones are closed after. Hosts that serve are changed one after another, drained first where something restarts, and the next is begun only when the one before is well.",
      "Every new file is looked at by the program that will read it before it takes effect. What a program refuses is put back, the run stops before the next host, and says which hosts were not touched.",
      "An alert whose cause was there before the run does not hold it up: the change may be its remedy. rampart status and rampart verify still tell of it.",
      "Only one run at a time changes a site: a second one is told who holds the lock and for how long. The lock goes with the run that holds it.",
    ],
    arguments: [],
    options: [json],
    examples: [{ term: "rampart plan && rampart apply", text: "Read, then do." }],
    exits,
    files: [siteFile, store],
    related: ["plan", "verify"],
  },
  {
    verb: "down",
    summary: "stop the site's hosts and leave nothing behind",
    synopsis: ["down [--json]"],
    description: [
      "Ends the hosts of the lab with all their data, their networks, ports and keys, and the secrets that belonged to them. The site file and the image of the hosts stay. When nothing is up, nothing happens.",
      "The data of the database goes, too: there is no way back.",
    ],
    arguments: [],
    options: [json],
    examples: [{ term: "rampart down && rampart up", text: "The same site anew, with an empty database." }],
    exits,
    files: [labFolder],
    related: ["up"],
  },
];
