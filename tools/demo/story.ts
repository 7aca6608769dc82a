import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Interruption } from "./interruption";
import { DemoProject } from "./project";
import { say, showConfiguration } from "./say";

/** A throw-away host that runs Bots, for the demo. */
export interface Stage {
  /** The server in the stack configuration. */
  server: object;
  /** What the host itself says of the daemons, without the provider. */
  show(): Promise<string>;
  /** Somebody stops the job queue by hand: how, in words, and doing it. */
  stopByHand: { command: string; run(): Promise<unknown> };
  /** What is left on the host after a destroy; empty when nothing is. */
  left(): Promise<string>;
  /** What was looked for, for people. */
  nothingLeft: string;
  stop(): Promise<void>;
}

/** The demo on a throw-away host: up, up without changes, a change by hand that is detected and repaired, and destroy. */
export async function story(start: () => Promise<Stage>): Promise<void> {
  const stage = await start();
  const folder = mkdtempSync(join(tmpdir(), "pulumi-bots-demo-"));
  try {
    await tell(stage, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await stage.stop();
  }
}

async function tell(stage: Stage, folder: string): Promise<void> {
  const show = async () => console.log(`\n  On edi1 itself:\n${(await stage.show()).trimEnd().replace(/^/gm, "    ")}`);
  const interruption = new Interruption();
  const servers = { edi1: stage.server };
  say("The stack configuration", "all that you write: which servers there are, and which daemons they run");
  showConfiguration(servers);
  const project = await DemoProject.create(folder, servers, interruption);

  say("pulumi up", "the daemons become services; a start counts when they answer, from their own process");
  await project.up();
  await show();

  say("pulumi up", "again: nothing has changed, so nothing is done");
  await project.up();

  say(stage.stopByHand.command, "somebody stops a daemon by hand");
  await stage.stopByHand.run();

  say("pulumi refresh --preview-only --expect-no-changes", "finds it; changes nothing");
  const code = await project.drift();
  console.log(`\n  exit code ${code}: this is how a pipeline sees it`);
  if (code !== 7) throw new Error("the drift was not found");

  say("pulumi up --refresh", "repairs it, and touches nothing else");
  await project.repair();
  await show();

  say("pulumi destroy", "nothing of ours is left behind");
  await project.destroy();
  const left = await stage.left();
  if (left !== "") throw new Error(`left behind:\n${left}`);
  console.log(`\n  ${stage.nothingLeft}`);
}
