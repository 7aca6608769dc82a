import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SecretPaths, type Path, type Values } from "../../model/props";
import { outputsOf } from "../../provider/lifecycle/service/state/outputs";
import { MANAGERS } from "../../provider/posix/managers";
import { lifecycle, recordingLog, urn } from "../support/serviceLifecycle";
import { facts, live } from "../support/systemdUnits";

/** What each release wrote on a host and into the state, as it was: `test/releases/VERSION/`. Never changed afterwards. */
const releases = join(__dirname, "../releases");

interface State {
  inputs: Values;
  outputs: Values;
  secrets: Path[];
}

describe.each(readdirSync(releases))("promise 12: services that version %s made", (version) => {
  const read = (file: string) => readFileSync(join(releases, version, file), "utf8");
  const state = JSON.parse(read("state.json")) as State;
  const props = (values: Values) => ({ values, secrets: new SecretPaths(state.secrets) });
  const diff = (outputs: Values) =>
    lifecycle().diff({
      urn,
      log: recordingLog(),
      id: "edi1/web",
      oldInputs: props(state.inputs),
      oldOutputs: props(outputs),
      news: props(state.inputs),
      ignoreChanges: [],
    });
  const found = live(
    { unit: read("web.service"), environment: read("web.env"), links: "x" },
    { ActiveState: "active", SubState: "running", MainPID: "7" },
  );

  test("the state shows no diff and restarts nothing", () => {
    expect(diff(state.outputs)).toEqual({ properties: [], notes: [] });
  });

  test("the files are ours, and read as they were meant", () => {
    expect(found.marker?.ownerId).toBe(state.outputs.ownerId);
    expect(found.unmapped).toEqual([]);
    const outputs = outputsOf({
      name: "web",
      manager: MANAGERS.get("systemd")!,
      live: found,
      facts,
      ownerId: found.marker?.ownerId,
      triggers: state.inputs.triggers as Values,
    });
    expect(diff(outputs.values)).toEqual({ properties: [], notes: [] });
  });
});
