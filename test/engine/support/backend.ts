import { createDecipheriv } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A resource as it stands in the state. */
export interface ResourceState {
  urn: string;
  type: string;
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  parent?: string;
  provider?: string;
  initErrors?: string[];
}

interface Deployment {
  resources?: ResourceState[];
}

/**
 * What encrypts the secrets of a stack. The CLI derives a key from a passphrase in 0.6 s of CPU at every run, so that most
 * tests give it the key instead: by Vault's protocol, from a server in this process.
 */
const KEY = Buffer.alloc(32, "lab");

/** The settings that name the key, as `stack init --secrets-provider` writes them to `Pulumi.STACK.yaml`. */
export const keySettings = { secretsProvider: "hashivault://lab", encryptedKey: "bGFi" };

let keyServer: Promise<string> | undefined;

/** The environment in which the CLI finds the key. */
export async function keyEnvironment(): Promise<Record<string, string>> {
  keyServer ??= new Promise((resolve) => {
    const answer = JSON.stringify({ data: { plaintext: KEY.toString("base64") } });
    const server = createServer(
      (_, response) => void response.setHeader("content-type", "application/json").end(answer),
    );
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    server.unref();
  });
  return { VAULT_SERVER_URL: await keyServer, VAULT_SERVER_TOKEN: "lab" };
}

const stateFile = (folder: string, project: string, stack: string) =>
  join(folder, "state", ".pulumi", "stacks", project, `${stack}.json`);

/** Makes an empty stack, as `pulumi stack init` of the local backend does. */
export function makeStack(folder: string, project: string, stack: string): void {
  const file = stateFile(folder, project, stack);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(join(folder, "state", ".pulumi", "meta.yaml"), "version: 1\n");
  const { secretsProvider: url, encryptedKey: encryptedkey } = keySettings;
  const latest = { secrets_providers: { type: "cloud", state: { url, encryptedkey } }, metadata: {} };
  writeFileSync(
    file,
    JSON.stringify({ version: 3, checkpoint: { stack: `organization/${project}/${stack}`, latest } }),
  );
}

/** What `pulumi stack export --show-secrets` prints. */
export function readStack(folder: string, project: string, stack: string): Deployment {
  const { checkpoint } = JSON.parse(readFileSync(stateFile(folder, project, stack), "utf8"), decrypted) as {
    checkpoint: { latest: Deployment };
  };
  return checkpoint.latest;
}

/** The resources of our own types, by name. */
export function ownResources({ resources = [] }: Deployment): Record<string, ResourceState> {
  const ours = resources.filter(({ type }) => type.startsWith("bots:"));
  return Object.fromEntries<ResourceState>(
    ours.map((resource) => [resource.urn.split("::").at(-1)!, resource] as const),
  );
}

/** A secret is an object with a `ciphertext`: `v1:NONCE:TEXT AND TAG`, AES-256-GCM. */
function decrypted(_: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || !("ciphertext" in value)) return value;
  const { ciphertext, ...rest } = value;
  const [nonce, text] = String(ciphertext)
    .split(":")
    .slice(1)
    .map((part) => Buffer.from(part, "base64"));
  const decipher = createDecipheriv("aes-256-gcm", KEY, nonce!).setAuthTag(text!.subarray(-16));
  return { ...rest, plaintext: decipher.update(text!.subarray(0, -16), undefined, "utf8") + decipher.final("utf8") };
}
