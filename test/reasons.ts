import type { Reporter, TestModule } from "vitest/node";

/** Says last, in a line each, which tests failed and why: whoever sees only the end of the output sees that. */
export default class Reasons implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const line of modules.flatMap(reasonsOf)) process.stderr.write(`  ✗ ${line}\n`);
  }
}

function reasonsOf(module: TestModule): readonly string[] {
  const file = module.relativeModuleId;
  return [
    ...module.errors().map(({ message }) => `${file}: ${shortly(message)}`),
    ...[...module.children.allSuites()].flatMap((suite) =>
      suite.errors().map(({ message }) => `${file}: ${shortly(message)}`),
    ),
    ...[...module.children.allTests("failed")].map(
      (one) => `${file}, ${one.name}: ${shortly(one.result().errors?.[0]?.message ?? "")}`,
    ),
  ];
}

function shortly(message: string): string {
  const line = message.replaceAll(/\s+/g, " ");
  return line.length > 300 ? `${line.slice(0, 300)} …` : line;
}
