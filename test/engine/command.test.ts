import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describeWith } from "../support/requirements";
import { YamlProject } from "./support/project";

const command = resolve("dist/command/main.js");

describeWith(["pulumi", "pulumi-language-yaml"], "the programs that pulumi-bots prints", () => {
  const project = new YamlProject("services", { ownPlugins: true });
  afterAll(() => project.remove());

  /** What the engine would give to the resource of a printed program. */
  async function preview(resource: string, ...args: string[]): Promise<Record<string, unknown>> {
    const { stdout, stderr } = spawnSync(command, ["new-service", ...args], {
      cwd: project.folder,
      encoding: "utf8",
    });
    if (stdout === "") throw new Error(stderr);
    writeFileSync(join(project.folder, "Pulumi.yaml"), stdout);
    const { stdout: json } = await project.must("preview", "--json");
    const { steps } = JSON.parse(json) as { steps: { urn: string; newState: { inputs: Record<string, unknown> } }[] };
    return steps.find(({ urn }) => urn.endsWith(`::${resource}`))!.newState.inputs;
  }

  beforeAll(async () => {
    await project.write({}).init();
    await project.must("config", "set", "--secret", "TOKEN", "to-ken-4711");
  });

  test("every text reaches the engine as it was given, and the secret as a secret", async () => {
    const argv = [
      "/opt/x",
      "a b",
      '"',
      "'",
      "\\",
      "C:\\x\\",
      "${x}",
      "$${x}",
      "$$",
      "0o17",
      "1_000",
      "2001-01-01",
      "no",
      "",
      "ä\t😀",
    ];
    const variables = ["A=${b.c}", "B=$$", "N=0027"];
    const environment = variables.flatMap((text) => ["--environment", text]);
    const flags = ["--host", "edi1", "--name", "web", ...environment, "--secret", "TOKEN", "--manager", "systemd"];
    const inputs = await preview("web", ...flags, "--", ...argv);
    expect(inputs.command).toEqual(argv);
    expect(inputs.environment).toMatchObject({ A: "${b.c}", B: "$$", N: "0027" });
    expect(JSON.stringify(inputs)).not.toContain("to-ken-4711");
  });

  test("a preset", async () => {
    const flags = [
      "--preset",
      "bots-webserver",
      "--host",
      "edi1",
      "--bots-bin",
      "/opt/bots/bin",
      "--bots-path",
      "/srv/bots",
    ];
    expect(await preview("bots-webserver", ...flags)).toMatchObject({
      command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"],
      ready: { http: { status: 200 } },
    });
  });
});
