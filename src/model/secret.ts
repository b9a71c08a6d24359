/**
 * A value that must never be shown. It prints as `[secret]` wherever it is printed by mistake: in a template, in JSON and in
 * Node's inspector. Only `reveal()` gives the value, so every use of one can be found by that word.
 */
export interface Secret {
  readonly reveal: () => string;
  readonly toString: () => string;
  readonly toJSON: () => string;
}

const shown = "[secret]";

export function secret(value: string): Secret {
  const hidden = {
    reveal: () => value,
    toString: () => shown,
    toJSON: () => shown,
    [Symbol.for("nodejs.util.inspect.custom")]: () => shown,
  };
  return hidden;
}

/**
 * Roles write a reference where a secret belongs; the value is put in at the last moment, on the way to the host. So rendered
 * files, plans, differences and golden trees hold the name of a secret and never its value.
 */
export function secretReference(name: string): string {
  return `{{secret:${name}}}`;
}

/**
 * Where the certificates belong that the site trusts: its own CA's, and while that is rotated the next one's too. Known when a
 * site is applied, not when it is rendered.
 */
export const caReference = "{{ca}}";
/** The certificate of the CA that issues now. */
export const issuerReference = "{{issuer}}";
/** CAs by which the site's public certificate can be verified from inside, beyond those that Debian knows. */
export const trustReference = "{{trust}}";

/** Where the whole of one of Rampart's own programs belongs, a bundle that comes with the command line. */
export function programReference(name: string): string {
  return `{{program:${name}}}`;
}

type NamedReference = "secret" | "program";
type CaReference = "ca" | "issuer" | "trust";

const reference = /\{\{(?:(secret|program):([A-Za-z0-9_.-]+)|(ca|issuer|trust))\}\}/g;

/** The text with every reference replaced; `value` gets the name of a secret or program, or which certificates are meant. */
export function withReferences(
  text: string,
  value: (name: string, kind: NamedReference | CaReference) => string,
): string {
  return text.replace(
    reference,
    (_, kind: NamedReference | undefined, name: string | undefined, certificates: CaReference | undefined) =>
      kind && name ? value(name, kind) : value(certificates ?? "ca", certificates ?? "ca"),
  );
}

/** The names of the secrets that a text refers to. */
export function referencedSecrets(text: string): readonly string[] {
  return referenced(text, "secret");
}

/** The names of the programs that a text refers to. */
export function referencedPrograms(text: string): readonly string[] {
  return referenced(text, "program");
}

function referenced(text: string, wanted: NamedReference): readonly string[] {
  return [...text.matchAll(reference)].flatMap(([, kind, name]) => (kind === wanted && name ? [name] : []));
}
