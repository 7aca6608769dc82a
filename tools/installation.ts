import { addresses, type Manifest } from "../schema/manifest";

interface Installation {
  typescript: string;
  languages: string;
  /** The import path for Go programs. */
  goImport: string;
}

/** The instructions for getting the package: from its address, or from a clone while it has none. */
export function installation(manifest: Manifest): Installation {
  const { version } = manifest;
  const found = addresses(manifest);
  if (found === undefined) {
    const archive = `pulumi-bots-${version}.tgz`;
    return {
      typescript: [
        `Run \`npm pack\` in a clone, which writes \`${archive}\`, and install that file in your project:`,
        block("sh", `npm install /path/to/${archive}`),
        "Name the plugin in `Pulumi.yaml`. Without these lines, Pulumi looks for it on GitHub and fails:",
        block("yaml", "packages:\n  bots: ./node_modules/pulumi-bots/provider"),
      ].join("\n\n"),
      languages: [
        "Run `npm ci` in a clone. Then, in your project:",
        block("sh", "pulumi package add /path/to/pulumi-bots/provider"),
      ].join("\n\n"),
      goImport: "example.com/pulumi-bots/sdk/go/bots", // what the generator writes
    };
  }
  return {
    typescript: [
      "Install the package. Pulumi gets the plugin of the same version by itself:",
      block("sh", `npm install git+${found.page}.git#v${version}`),
    ].join("\n\n"),
    languages: [
      "In your project:",
      block("sh", `pulumi package add ${found.plugin.replace("git://", "")}@${version}`),
    ].join("\n\n"),
    goImport: found.goImport,
  };
}

/** package.json with the address of the plugin, which Pulumi's Node host reads. Without an address, the entry must be missing. */
export function withPlugin(text: string): string {
  const { pulumi: _, ...manifest } = JSON.parse(text) as Manifest & { pulumi?: object };
  const found = addresses(manifest);
  const plugin = found ? { pulumi: { resource: true, name: "bots", server: found.plugin } } : {};
  return `${JSON.stringify({ ...manifest, ...plugin }, undefined, 2)}\n`;
}

const block = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;
