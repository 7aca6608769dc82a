/** The properties of package.json that the provider uses. */
export interface Manifest {
  version: string;
  /** Where the package is published: an https address. Everything that depends on it is left out while it is unset. */
  repository?: string;
}

/** Addresses that are derived from the repository's. */
export interface Addresses {
  /** The page of the repository. */
  page: string;
  /** The part of the address before the name of the repository. */
  owner: string;
  /** Where Pulumi gets the plugin from: it clones the repository and runs this folder. */
  plugin: string;
  /** The path that Go programs import. */
  goImport: string;
  /** A picture of 64 by 64 pixels. The C# generator downloads it. */
  logo: string;
}

export function addresses({ repository }: Pick<Manifest, "repository">): Addresses | undefined {
  if (repository === undefined) return undefined;
  const found = /^(?:git\+)?https:\/\/([^/\s]+\/(?:[^/\s]+\/)*?([^/\s]+)\/[^/\s]+?)(?:\.git)?$/.exec(repository);
  if (found === null) throw new Error(`package.json: repository must be https://HOST/OWNER/NAME, not ${repository}`);
  const [, path, owner] = found as unknown as [string, string, string];
  return {
    page: `https://${path}`,
    owner,
    plugin: `git://${path}.git/provider`,
    goImport: `${path}/sdk/go/bots`,
    logo: `https://${path}/raw/HEAD/docs/logo.png`,
  };
}
