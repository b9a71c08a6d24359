import { defaultExport, type Program, type Syntax, valueBehind } from "./typescript-syntax.ts";

/** Thrown inside this file only: the site file computes something, so it must be run. */
const computed = Symbol("computed");

/**
 * The value of a site file that only states values, as nearly all do: read off the syntax tree, it is had without
 * starting the bundler, which would cost every verb some 70 ms. Undefined when the file computes or imports anything.
 */
export function statedSite(program: Program): Readonly<Record<string, unknown>> | undefined {
  const site = defaultExport(program);
  if (site === undefined) return undefined;
  try {
    if (!program.body.every((statement) => onlyStates(statement, program))) return undefined;
    const value = dataOf(site.declaration, program);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch (thrown) {
    if (thrown === computed) return undefined;
    throw thrown;
  }
}

function onlyStates(statement: Program["body"][number], program: Program): boolean {
  switch (statement.type) {
    case "ImportDeclaration":
      return statement.source.value === "rampart" || statement.importKind === "type";
    case "ExportDefaultDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      return true;
    case "VariableDeclaration":
      // Also those that nobody uses: running the file would run them.
      for (const { id, init } of statement.declarations) {
        if (statement.kind !== "const" || id.type !== "Identifier" || !init) return false;
        dataOf(init, program);
      }
      return true;
    default:
      return false;
  }
}

function dataOf(wrapped: Syntax, program: Program, depth = 0): unknown {
  if (depth > 50) throw computed;
  if (wrapped.type === "Identifier" && wrapped.name === "undefined") return undefined;
  const node = valueBehind(wrapped, program);
  switch (node?.type) {
    case "StringLiteral":
    case "NumericLiteral":
    case "BooleanLiteral":
      return node.value;
    case "NullLiteral":
      return null;
    case "TemplateLiteral":
      if (node.expressions.length > 0) throw computed;
      return node.quasis[0]?.value.cooked;
    case "ArrayExpression":
      return node.elements.map((item) => {
        if (item === null || item.type === "SpreadElement") throw computed;
        return dataOf(item, program, depth + 1);
      });
    case "ObjectExpression":
      return Object.fromEntries(node.properties.map((property) => entryOf(property, program, depth)));
    default:
      throw computed;
  }
}

function entryOf(
  property: Extract<Syntax, { type: "ObjectExpression" }>["properties"][number],
  program: Program,
  depth: number,
) {
  if (property.type !== "ObjectProperty" || property.computed) throw computed;
  const { key } = property;
  const name = key.type === "Identifier" ? key.name : key.type === "StringLiteral" ? key.value : undefined;
  if (name === undefined || name === "__proto__") throw computed;
  return [name, dataOf(property.value as Syntax, program, depth + 1)] as const;
}
