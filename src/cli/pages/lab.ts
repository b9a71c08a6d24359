import type { Page } from "../../report/page.ts";
import { exits, hostArgument } from "./common.ts";

/** The lab, and help. */
export const labPages: readonly Page[] = [
  {
    verb: "lab",
    summary: "break things in the lab, or act as a visitor",
    synopsis: [
      "lab outside -- COMMAND [ARGUMENT…]",
      "lab inside -- COMMAND [ARGUMENT…]",
      "lab start|cut|freeze|thaw|unplug|plug HOST",
    ],
    description: [
      "outside runs a command of this machine in the network that visitors come from: it reaches the site's address and nothing else. inside runs one beside the hosts, where operators are.",
      "cut takes a host's power away in the middle of its work; start switches a host on that is off. freeze stops everything on a host while its network stays, as a hung machine does; thaw lets it go on. unplug pulls its inside network cable; plug puts it back. rampart up brings everything back at once.",
    ],
    arguments: [
      {
        name: "DEED",
        text: "outside, inside, start, cut, freeze, thaw, unplug or plug.",
        completes: ["outside", "inside", "start", "cut", "freeze", "thaw", "unplug", "plug"],
      },
      hostArgument,
      { name: "COMMAND", text: "A program of this machine, with its arguments." },
    ],
    options: [],
    examples: [
      { term: "rampart lab outside -- nmap -Pn -p- 198.51.100.10", text: "What a visitor can reach of the site." },
      { term: "rampart lab cut lb1; rampart status", text: "The other balancer holds the address now." },
      { term: "rampart lab start lb1", text: "And back." },
    ],
    exits: [...exits, { term: "(its own)", text: "With outside and inside: the exit code of the command." }],
    files: [],
    related: ["up", "status"],
  },
  {
    verb: "docs",
    summary: "show the manual of a verb",
    synopsis: ["docs [VERB]"],
    description: ["Shows the manual of a verb: the same text as VERB --help. Without VERB, all verbs in a line each."],
    arguments: [{ name: "VERB", text: "A verb of rampart.", completes: "verbs" }],
    options: [
      { flags: "--write", text: "In a checkout of Rampart: write the generated pages of docs/reference anew." },
    ],
    examples: [{ term: "rampart docs plan", text: "The manual of plan." }],
    exits,
    files: [],
    related: ["completion"],
  },
  {
    verb: "completion",
    summary: "print the completion script of a shell",
    synopsis: ["completion bash|zsh|fish", "completion hosts"],
    description: [
      "Prints a script that lets the Tab key complete verbs, options, and the names of the hosts of the site in the working folder. The script asks rampart completion hosts for these names.",
    ],
    arguments: [
      {
        name: "SHELL",
        text: "bash, zsh or fish; or hosts: the names of the site's hosts, a line each.",
        completes: ["bash", "zsh", "fish", "hosts"],
      },
    ],
    options: [],
    examples: [
      { term: "source <(rampart completion bash)", text: "For this shell; in ~/.bashrc for all." },
      { term: "rampart completion zsh > ~/.zfunc/_rampart", text: "With ~/.zfunc in fpath before compinit." },
      { term: "rampart completion fish > ~/.config/fish/completions/rampart.fish", text: "For fish." },
    ],
    exits,
    files: [],
    related: ["docs"],
  },
];
