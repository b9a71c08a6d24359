/** One step of the visit that probes make as a customer would. */
export interface VisitStep {
  /** What it is called in figures and alerts: "log in". */
  readonly name: string;
  readonly method: "GET" | "POST";
  /** Path and query; `${NAME}` stands for what an earlier step has taken. */
  readonly path: string;
  /** Fields of the form, of a POST. */
  readonly form: readonly VisitField[];
  /** Status that the answer must have; redirects are answers too. */
  readonly status: number;
  /** Text that it must hold; undefined: any. */
  readonly text: string | undefined;
  /** What later steps use of the answer: by name, a regular expression whose first group is taken. */
  readonly take: Readonly<Record<string, string>>;
}

/** A field's value: a text, in which `${NAME}` stands for what was taken, or the name of a secret of the site. */
export type VisitField = { readonly name: string } & (
  | { readonly value: string }
  | {
      /** `<service>.<variable>`, as in `app.<service>.secrets`. */
      readonly secret: string;
    }
);
