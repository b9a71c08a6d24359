import { shellQuote } from "../base/text.ts";
import type { Seen } from "../model/plan.ts";
import { resourceId, type UnitResource } from "../model/resource.ts";
import type { Difference, Kind } from "./kind.ts";

const properties = "Id,LoadState,ActiveState,UnitFileState,ConditionResult,ConditionTimestampMonotonic";

/** Touched when a unit has taken its files: a file that is newer was put but not taken yet (a crash lay between). */
export function unitMarker(name: string): string {
  return `/var/lib/rampart/units/${name}`;
}

/** The file on the host whose age tells when an input last changed; undefined for inputs that are no file. */
export function inputFile(id: string, releaseRoot: (name: string) => string | undefined): string | undefined {
  const [kind = "", key = ""] = [id.slice(0, id.indexOf(":")), id.slice(id.indexOf(":") + 1)];
  if (kind === "file" || kind === "certificate" || kind === "firewall") return key;
  if (kind === "release") {
    const root = releaseRoot(key);
    return root && `${root}/release.env`;
  }
  return undefined;
}

export const unitKind: Kind<UnitResource> = {
  kind: "unit",
  probe(wanted) {
    const pending = wanted.flatMap((one) =>
      (["restart", "reload"] as const).map((verb) => {
        const files = (verb === "restart" ? one.restartOn : one.reloadOn).flatMap(
          (id) => inputFile(id, serviceRoot) ?? [],
        );
        if (files.length === 0) return "";
        const marker = shellQuote(unitMarker(one.name));
        return `for f in ${files.map(shellQuote).join(" ")}; do { [ ! -e ${marker} ] || [ "$f" -nt ${marker} ]; } && echo "P ${one.name} ${verb} $f"; done`;
      }),
    );
    return [stateProbe(wanted), ...pending.filter((text) => text !== "")].join("\n");
  },
  parse(output, wanted) {
    const blocks = new Map<string, Record<string, string>>();
    for (const block of output.join("\n").split("\n\n")) {
      const facts = Object.fromEntries(
        block
          .split("\n")
          .flatMap((line) =>
            line.includes("=") ? [[line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]] : [],
          ),
      );
      if (facts.Id) blocks.set(facts.Id, facts);
    }
    const seen = new Map<string, Seen>();
    for (const one of wanted) {
      const facts = blocks.get(one.name);
      if (!facts || facts.LoadState === "not-found") continue;
      const pending = (verb: string) =>
        output.find((line) => line.startsWith(`P ${one.name} ${verb} `))?.slice(`P ${one.name} ${verb} `.length) ?? "";
      seen.set(resourceId(one), {
        active: facts.ActiveState ?? "",
        enabled: enabling(facts.UnitFileState ?? ""),
        // A unit that was never started has the result "no", too.
        condition: facts.ConditionTimestampMonotonic === "0" ? "" : (facts.ConditionResult ?? ""),
        restart: pending("restart"),
        reload: pending("reload"),
      });
    }
    return seen;
  },
  diff(wanted, seen) {
    if (wanted.state === "off") return offDifference(seen);
    if (wanted.state === "owned") return ownedDifference(seen);
    if (!seen) return { verb: "create", reason: "not there yet", effect: "start" };
    // A pending restart first: whatever is done to a unit enables it besides.
    return stateDifference(wanted, seen) ?? pendingDifference(seen) ?? bootDifference(seen);
  },
  steps(wanted, difference) {
    const inputs = [...wanted.restartOn, ...wanted.reloadOn].flatMap((id) => inputFile(id, serviceRoot) ?? []);
    const deed = difference.effect === "none" ? "enable" : difference.effect;
    const check = wanted.check === undefined ? {} : { check: wanted.check };
    const owner = wanted.state === "owned" ? { owner: wanted.restart ?? "true" } : {};
    return [{ kind: "unit", name: wanted.name, deed, inputs, ...check, ...owner }];
  },
  removal: (name) => [{ kind: "unit", name, deed: "stop", inputs: [] }],
};

/**
 * Reports units as `systemctl show` does. To show one costs systemd itself some milliseconds for the hundreds of properties
 * that nobody asked for, a list of all costs no more than that: so it is shown only what is not plainly active and enabled.
 */
function stateProbe(wanted: readonly UnitResource[]): string {
  const names = (units: readonly UnitResource[]) => units.map((one) => shellQuote(one.name)).join(" ");
  const off = wanted.filter((one) => one.state === "off");
  return `linked=" " doubtful=" "
for f in /etc/systemd/system/*.wants/* /etc/systemd/system/*.requires/*; do linked="$linked\${f##*/} "; done
for unit in ${names(wanted.filter((one) => one.state !== "off"))}; do doubtful="$doubtful$unit "; done
for unit in ${names(off)}; do case $linked in *" $unit "*) doubtful="$doubtful$unit " ;; esac; done
has_install() { grep -qs '^\\[Install]' "/etc/systemd/system/$1" "/usr/lib/systemd/system/$1"; }
listed=$(systemctl list-units --all --plain --no-legend -- ${names(wanted)} 2>/dev/null)
while read -r unit load active _; do
  case "$load $active" in "loaded active" | "loaded reloading") ;; *) continue ;; esac
  case $linked in
    *" $unit "*) boot=enabled ;;
    *)
      if ! [ -e "/usr/lib/systemd/system/$unit" ] || has_install "$unit"; then
        case $doubtful in *" $unit "*) ;; *) doubtful="$doubtful$unit " ;; esac
        continue
      fi
      boot=static ;;
  esac
  printf 'Id=%s\nLoadState=loaded\nActiveState=%s\nUnitFileState=%s\n\n' "$unit" "$active" "$boot"
  case $doubtful in *" $unit "*) doubtful="\${doubtful%% "$unit" *} \${doubtful#* "$unit" }" ;; esac
done <<LISTED
$listed
LISTED
[ -z "\${doubtful# }" ] || systemctl show -p ${properties} -- $doubtful`;
}

/** "static": the unit has nothing to be enabled by, so it is neither on nor off at boot. */
function enabling(unitFileState: string): string {
  if (/^(disabled|masked|masked-runtime|)$/.test(unitFileState)) return "false";
  return /^(static|indirect|generated|transient)$/.test(unitFileState) ? "static" : "true";
}

function offDifference(seen: Seen | undefined): Difference | undefined {
  if (!seen || (seen.active !== "active" && seen.enabled !== "true")) return undefined;
  return { verb: "update", reason: "should be off", effect: "stop" };
}

/** A package that is only just installed starts its daemon with options that are not ours: that one is ended. */
function ownedDifference(seen: Seen | undefined): Difference | undefined {
  if (!seen) return { verb: "create", reason: "not there yet", effect: "stop" };
  const atBoot = { verb: "update", reason: "would start at boot by itself", effect: "none" } as const;
  return pendingDifference(seen) ?? (seen.enabled === "true" ? atBoot : undefined);
}

function stateDifference(wanted: UnitResource, seen: Seen): Difference | undefined {
  const passedOver = wanted.state === "settled" && seen.condition === "no";
  if (seen.active !== "active" && seen.active !== "reloading" && !passedOver) {
    return { verb: "update", reason: `is ${seen.active || "unknown"}, not active`, effect: "start" };
  }
  return undefined;
}

function bootDifference(seen: Seen): Difference | undefined {
  return seen.enabled === "false" ? { verb: "update", reason: "would not start at boot", effect: "none" } : undefined;
}

function pendingDifference(seen: Seen): Difference | undefined {
  if (seen.restart) return { verb: "update", reason: `has not taken ${seen.restart} yet`, effect: "restart" };
  if (seen.reload) return { verb: "update", reason: `has not taken ${seen.reload} yet`, effect: "reload" };
  return undefined;
}

/** Where a release lives, by its name (see docs/decisions on the layout of /srv). */
function serviceRoot(name: string): string {
  return `/srv/${name}`;
}
