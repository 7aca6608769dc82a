import { readFileSync } from "node:fs";

// Draws the output of a demo run as a picture for the README:
//   npm run --silent demo >run.txt && node dist/tools/picture.js run.txt >docs/demo.svg

const columns = 104;
const [width, height] = [8.43, 18];

/** The lines worth showing in a picture: without the configuration and repetitions. */
function shorten(text: string): string[] {
  const sections = text.split(/^(?=━━ )/m).filter((section) => /^━━ (pulumi|ssh)/.test(section));
  const lines = sections.slice(0, 5).flatMap((section) =>
    section
      .replace(/^ {2}Outputs:\n(?: {6}.*\n)*/gm, "")
      .replace(/^ {2}Diagnostics:\n(?: {4}.*\n)*/gm, "")
      .split("\n")
      .filter((line) => line.trim() !== "" && !/Stack edi-demo|BotsServer|Duration|Resources:/.test(line)),
  );
  return lines.flatMap((line, i) => (line.startsWith("━━") && i > 0 ? ["", line] : [line]));
}

function svg(lines: string[]): string {
  const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const colour = (line: string) => {
    if (line.startsWith("━━")) return "#e5c07b";
    if (/^ +\+/.test(line)) return "#98c379";
    if (/^ +~|exit code 7/.test(line)) return "#e5a05b";
    return "#abb2bf";
  };
  const rows = lines.map((line, i) => {
    const text = line.length > columns ? `${line.slice(0, columns - 1)}…` : line;
    return `<text x="16" y="${30 + i * height}" fill="${colour(line)}" xml:space="preserve">${escape(text)}</text>`;
  });
  const size = `width="${Math.ceil(columns * width + 32)}" height="${lines.length * height + 34}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14">`,
    `<rect width="100%" height="100%" rx="8" fill="#1e2127"/>`,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

process.stdout.write(svg(shorten(readFileSync(process.argv[2] ?? "/dev/stdin", "utf8"))));
