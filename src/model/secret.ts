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

/** Where the site's own CA certificate belongs: known when a site is applied, not when it is rendered. */
export const caReference = "{{ca}}";

const reference = /\{\{(?:secret:([A-Za-z0-9_.-]+)|ca)\}\}/g;

/** The text with every reference replaced; `value` gets the name of a secret, or "ca" for the CA certificate. */
export function withReferences(text: string, value: (name: string, kind: "secret" | "ca") => string): string {
  return text.replace(reference, (_, name: string | undefined) => (name ? value(name, "secret") : value("ca", "ca")));
}

/** The names of the secrets that a text refers to. */
export function referencedSecrets(text: string): readonly string[] {
  return [...text.matchAll(reference)].flatMap(([, name]) => (name ? [name] : []));
}
