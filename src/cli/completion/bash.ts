import type { PageArgument } from "../../report/page.ts";
import { type CompletionFacts, valueOptions } from "./facts.ts";

/** The completion script for bash 4 or newer; needs no bash-completion package. */
export function bashCompletion(facts: CompletionFacts): string {
  const names = (options: CompletionFacts["globals"]) => options.flatMap((option) => option.names);
  const globals = names(facts.globals).join(" ");
  const verbs = facts.verbs.map(({ verb }) => verb).join(" ");
  const options = facts.verbs.map(
    ({ verb, options: own }) => `    ${verb}) words="${[...names(own), globals].join(" ")}" ;;`,
  );
  const places = facts.verbs.flatMap(({ verb, places: all }) =>
    all.flatMap((place, index) => (place === undefined ? [] : [`    ${verb}:${index}) ${offer(place, verbs)} ;;`])),
  );
  return `# Completion of rampart for bash; made by: rampart completion bash
_rampart_hosts() {
  "\${COMP_WORDS[0]}" completion hosts \${1:+--site "$1"} 2>/dev/null
}

_rampart() {
  local cur=\${COMP_WORDS[COMP_CWORD]} verb= site= place=0 words= i word
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
    --) return ;;
    ${valueOptions(facts).join(" | ")})
      i=$((i + 1))
      if [[ $word == --site ]]; then site=\${COMP_WORDS[i]}; fi
      ;;
    -*) ;;
    *) if [[ -z $verb ]]; then verb=$word; else place=$((place + 1)); fi ;;
    esac
  done
  case \${COMP_WORDS[COMP_CWORD - 1]} in
  --site) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); compopt -o filenames; return ;;
  --env) words="lab" ;;
  ${valueOptions(facts)
    .filter((name) => name !== "--site" && name !== "--env")
    .join(" | ")}) return ;;
  esac
  if [[ -n $words ]]; then
    :
  elif [[ $cur == -* ]]; then
    case $verb in
${options.join("\n")}
    *) words="${globals} --version" ;;
    esac
  elif [[ -z $verb ]]; then
    words="${verbs}"
  else
    case $verb:$place in
${places.join("\n")}
    esac
  fi
  if [[ -n $words ]]; then mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur"); fi
}

complete -F _rampart rampart ./rampart
`;
}

function offer(place: NonNullable<PageArgument["completes"]>, verbs: string): string {
  if (place === "hosts") return 'words=$(_rampart_hosts "$site")';
  if (place === "verbs") return `words="${verbs}"`;
  if (place === "folders") return 'mapfile -t COMPREPLY < <(compgen -d -- "$cur"); compopt -o filenames';
  return `words="${place.join(" ")}"`;
}
