import type { PageArgument } from "../../report/page.ts";
import { type CompletionFacts, type OptionFact, quoted, valueOptions } from "./facts.ts";

/** The completion script for fish. */
export function fishCompletion(facts: CompletionFacts): string {
  const names = facts.verbs.map(({ verb }) => verb).join(" ");
  const noVerb = `not __fish_seen_subcommand_from ${names}`;
  const lines = facts.verbs.flatMap(({ verb, summary, options, places }) => [
    `complete -c rampart -n ${quoted(noVerb)} -a ${verb} -d ${quoted(summary)}`,
    ...options.map((option) => optionLine(option, `__fish_seen_subcommand_from ${verb}`)),
    ...places.flatMap((place, index) => (place === undefined ? [] : [placeLine(verb, index, place, names)])),
  ]);
  return `# Completion of rampart for fish; made by: rampart completion fish
function __rampart_place
    # True when the word at the cursor is word number $argv[2] (from 0) of the verb $argv[1].
    set -l verb ''
    set -l place 0
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word ${valueOptions(facts).join(" ")}
            set skip 1
        else if test "$word" = --
            return 1
        else if string match -q -- '-*' $word
            continue
        else if test -z "$verb"
            set verb $word
        else
            set place (math $place + 1)
        end
    end
    test "$verb" = $argv[1] -a $place = $argv[2]
end

function __rampart_hosts
    set -l words (commandline -opc)
    set -l site
    if set -l at (contains -i -- --site $words)
        set site --site $words[(math $at + 1)]
    end
    $words[1] completion hosts $site 2>/dev/null
end

complete -c rampart -f
${facts.globals.map((option) => optionLine(option)).join("\n")}
${lines.join("\n")}
`;
}

function optionLine({ names, takesValue, text }: OptionFact, condition?: string): string {
  const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const value = !takesValue ? [] : names.includes("--site") ? ["-x", "-a '(__fish_complete_directories)'"] : ["-x"];
  const when = condition === undefined ? [] : [`-n ${quoted(condition)}`];
  const words = ["complete -c rampart", ...when, ...flags, ...value, `-d ${quoted(text.split(/[.;] /)[0] ?? "")}`];
  return words.join(" ");
}

function placeLine(verb: string, index: number, place: NonNullable<PageArgument["completes"]>, verbs: string): string {
  const offers =
    place === "hosts"
      ? "(__rampart_hosts)"
      : place === "verbs"
        ? verbs
        : place === "folders"
          ? "(__fish_complete_directories)"
          : place.join(" ");
  return `complete -c rampart -n ${quoted(`__rampart_place ${verb} ${index}`)} -a ${quoted(offers)}`;
}
