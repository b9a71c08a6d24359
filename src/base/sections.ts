/** The lines below `== name` of what a script printed in sections, blank ones left out; none when there is no such section. */
export function sectionOf(output: string, name: string): readonly string[] {
  const [section = ""] = (output.split(`== ${name}\n`)[1] ?? "").split(/^== /m);
  return section.split("\n").filter((line) => line.trim() !== "");
}
