import { formatPath, UNKNOWN, type Values } from "../../model/props";
import { detected, MANAGERS, usualManager } from "../../provider/posix/managers";
import type { HostFacts } from "../../provider/posix/facts";
import { lifecycle, minimal, props, recordingLog, seen, urn } from "../support/serviceLifecycle";
import { facts as systemdFacts } from "../support/systemdUnits";

const issues = (values: Values) =>
  Object.fromEntries(
    lifecycle()
      .check({ urn, log: recordingLog(), news: props({ ...minimal, ...values }) })
      .failures.map(({ path, message }) => [formatPath(path), message]),
  );

const half = { restart: { policy: "always", delaySeconds: 0.5 } };

describe("promise 1: what a manager can't do is an error at the property, and names both", () => {
  test.each<[string, Values, string, RegExp]>([
    ["a policy", { manager: "openrc", restart: { policy: "onFailure" } }, "restart.policy", /OpenRC/],
    ["half a second", { manager: "openrc", ...half }, "restart.delaySeconds", /OpenRC/],
    ["half a second", { manager: "upstart", ...half }, "restart.delaySeconds", /upstart/],
    ["another's options", { manager: "lsb", options: { systemd: { unit: {} } } }, "options.systemd", /systemd.*lsb/],
    ["another's options", { manager: "systemd", options: { lsb: { runlevels: [3] } } }, "options.lsb", /lsb.*systemd/],
    ["a name of a template", { manager: "lsb", name: "bots@1" }, "name", /./],
    [
      "a facility that is none",
      { manager: "lsb", options: { lsb: { requiredStart: ["a b"] } } },
      "options.lsb.requiredStart[0]",
      /facility/,
    ],
    [
      "a run level that is none",
      { manager: "lsb", options: { lsb: { runlevels: [2, 7] } } },
      "options.lsb.runlevels[1]",
      /1 to 5/,
    ],
    [
      "a run level twice",
      { manager: "lsb", options: { lsb: { runlevels: [2, 2] } } },
      "options.lsb.runlevels",
      /twice/,
    ],
    [
      "a relative pid file",
      { manager: "lsb", options: { lsb: { pidFile: "x.pid" } } },
      "options.lsb.pidFile",
      /absolute/,
    ],
    ["another word", { manager: "systemdd" }, "manager", /did you mean "systemd"/],
  ])("%s: %j", (_, values, path, message) => {
    expect(issues(values)[path]).toMatch(message);
  });

  test("as long as the host is not known, only what no manager can do", () => {
    expect(issues(half)).toEqual({});
    expect(issues({ options: { systemd: { service: { LimitNOFILE: "4096" } } } })).toEqual({});
    expect(issues({ options: { lsb: { runlevels: [3] } } })).toEqual({});
    expect(issues({ name: "a b" })["name"]).toBeDefined();
    expect(issues({ environment: { "A=B": "" } })['environment["A=B"]']).toBeDefined();
  });

  test("a systemd directive that is none is an error all the same: no other manager takes it either", () => {
    expect(Object.keys(issues({ options: { systemd: { service: { "No Name": "x" } } } }))).toEqual([
      'options.systemd.service["No Name"]',
    ]);
  });

  test("what is unset is never an error", () => {
    for (const manager of MANAGERS.keys()) expect(issues({ manager })).toEqual({});
  });
});

describe("promise 1: a preview says that a service is moved", () => {
  const diff = (inputs: Values, outputs: Values = {}) => {
    const answer = lifecycle().diff({
      urn,
      log: recordingLog(),
      id: "edi1/web",
      oldInputs: props(minimal),
      oldOutputs: props({ ...seen, ...outputs }),
      news: props({ ...minimal, ...inputs }),
      ignoreChanges: [],
    });
    return { said: answer.properties.map(({ path, kind }) => `${kind} ${formatPath(path)}`), notes: answer.notes };
  };

  test("to another manager, and how", () => {
    expect(diff({ manager: "systemd" }, { manager: "lsb" })).toEqual({
      said: ["update manager"],
      notes: [
        "moves web on edi1 from lsb to systemd: it is stopped (pid 7) and removed there first, then created and started",
      ],
    });
  });

  test("to one that is not known yet, perhaps", () => {
    const notes = ["may move web on edi1 from lsb to another manager"];
    expect(diff({ manager: UNKNOWN }, { manager: "lsb" })).toEqual({ said: ["update manager"], notes });
  });

  test.each([undefined, "auto", "lsb"])("%p is the one that is recorded", (manager) => {
    const inputs = manager === undefined ? {} : { manager };
    expect(diff(inputs, { manager: "lsb" })).toEqual({ said: [], notes: [] });
  });

  test("what the recorded manager can't do is an error at preview too", () => {
    expect(() => diff(half, { manager: "upstart" })).toThrow(/restart\.delaySeconds.*upstart/);
    expect(() => diff(half, { manager: "systemd" })).not.toThrow();
  });
});

describe("which manager a service has", () => {
  const host = (some: Partial<HostFacts>): HostFacts => ({ ...systemdFacts, systemdVersion: 0, ...some });
  const has = (facts: Partial<HostFacts>, fields: Record<string, string>) =>
    detected({ facts: host(facts), fields: new Map(Object.entries(fields)) });
  const script = "#!/bin/sh\n### BEGIN INIT INFO\n";
  const ours = `${script}# pulumi-bots-manager: startStopDaemon\n`;
  const openrc = "#!/sbin/openrc-run\n";

  test.each<[HostFacts["init"], Record<string, string>, string | undefined]>([
    ["systemd", {}, undefined],
    ["systemd", { unit: "yes" }, "systemd"],
    ["systemd", { unit: "yes", script }, "systemd"],
    ["systemd", { script }, "lsb"],
    ["systemd", { script: ours }, "startStopDaemon"],
    ["systemd", { script: openrc }, undefined],
    ["sysvinit", { unit: "yes", script }, "lsb"],
    ["upstart", { job: "yes", script }, "upstart"],
    ["upstart", { script }, "lsb"],
    ["openrc", { script: openrc }, "openrc"],
    ["openrc", { script }, "lsb"],
  ])("on %s, where there is %j: %s", (init, fields, manager) => {
    expect(has({ init }, fields)).toBe(manager);
  });

  test.each<[Partial<HostFacts>, string | undefined]>([
    [{ init: "systemd", systemdVersion: 252 }, "systemd"],
    [{ init: "sysvinit" }, "lsb"],
    [{ init: "openrc" }, "openrc"],
    [{ init: "upstart", upstartVersion: "1.13.2" }, "upstart"],
    [{ init: "upstart", upstartVersion: "0.6.5" }, "lsb"],
    [{ init: "unknown" }, undefined],
  ])("a new one on %j gets %s", (some, manager) => {
    expect(usualManager(host(some))?.name).toBe(manager);
  });
});
