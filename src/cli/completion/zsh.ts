import type { PageArgument } from "../../report/page.ts";
import { type CompletionFacts, type OptionFact, quoted, valueOptions } from "./facts.ts";

/** The completion script for zsh: for a folder of fpath, or to be sourced after compinit. */
export function zshCompletion(facts: CompletionFacts): string {
  const globals = optionWords(facts.globals);
  const verbs = facts.verbs.map(({ verb, summary }) => described(verb, summary)).join(" ");
  const options = facts.verbs.map(
    ({ verb, options: own }) => `    ${verb}) offers=(${[...optionWords(own), ...globals].join(" ")}) ;;`,
  );
  const places = facts.verbs.flatMap(({ verb, places: all }) =>
    all.flatMap((place, index) => (place === undefined ? [] : [`    ${verb}:${index}) ${offer(place)} ;;`])),
  );
  return `#compdef rampart
# Completion of rampart for zsh; made by: rampart completion zsh
_rampart() {
  local verb= site= word
  local -i place=0 i
  local -a verbs offers hosts
  verbs=(${verbs})
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    case $word in
    --) _default; return ;;
    ${valueOptions(facts).join(" | ")})
      i=$((i + 1))
      if [[ $word == --site ]]; then site=\${words[i]}; fi
      ;;
    -*) ;;
    *) if [[ -z $verb ]]; then verb=$word; else place=$((place + 1)); fi ;;
    esac
  done
  case \${words[CURRENT - 1]} in
  --site) _files -/; return ;;
  --env) compadd lab; return ;;
  ${valueOptions(facts)
    .filter((name) => name !== "--site" && name !== "--env")
    .join(" | ")}) return ;;
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    case $verb in
${options.join("\n")}
    *) offers=(${globals.join(" ")}) ;;
    esac
    _describe option offers
  elif [[ -z $verb ]]; then
    _describe verb verbs
  else
    case $verb:$place in
${places.join("\n")}
    esac
  fi
}

_rampart_hosts() {
  hosts=(\${(f)"$(\${words[1]} completion hosts \${1:+--site "$1"} 2>/dev/null)"})
  compadd -a hosts
}

if [[ \${funcstack[1]} == _rampart ]]; then _rampart "$@"; else compdef _rampart rampart; fi
`;
}

function optionWords(options: readonly OptionFact[]): readonly string[] {
  return options.flatMap(({ names, text }) => names.map((name) => described(name, text)));
}

function described(word: string, text: string): string {
  return quoted(`${word}:${text.split(/[.;] /)[0]?.replace(/\.$/, "") ?? ""}`.replaceAll("\n", " "));
}

function offer(place: NonNullable<PageArgument["completes"]>): string {
  if (place === "hosts") return '_rampart_hosts "$site"';
  if (place === "verbs") return "_describe verb verbs";
  if (place === "folders") return "_files -/";
  return `compadd ${place.join(" ")}`;
}
