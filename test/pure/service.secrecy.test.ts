import { z } from "zod";
import { formatPath, getAt, SecretPaths, setAt, type Path, type Props, type Values } from "../../model/props";
import type { Live, Marker } from "../../model/service";
import { Connections } from "../../provider/lifecycle/connections";
import { outputsOf } from "../../provider/lifecycle/service/state/outputs";
import { readService } from "../../provider/lifecycle/service/read";
import { hashOf } from "../../model/hash";
import { isNoteOf, KEY, noteOf, triggersOf } from "../../provider/lifecycle/service/state/triggers";
import { MANAGERS } from "../../provider/posix/managers";
import type { Driver } from "../../provider/posix/managers/driver";
import { policyProperties, serviceSchema } from "../../schema/service";
import { lifecycle, props, recordingLog, urn } from "../support/serviceLifecycle";
import { surveyOf } from "../../provider/posix/verbs/survey";
import { facts, live, UNIT } from "../support/systemdUnits";
import { definitionOf } from "../../provider/lifecycle/service/state/inputs";
import { markerOf } from "../../provider/lifecycle/service/state/marker";

/** systemd, that takes any text in any place as it is. */
const systemd: Driver = { ...MANAGERS.get("systemd")!, defaults: (definition) => definition };
const SECRET = "s3cr3t-text";

/** Every path that a value of the schema can have, from its type; `k` for any key. */
function* pathsOf(type: z.core.$ZodType, at: Path = []): Generator<Path> {
  const def = (type as z.ZodType)._zod.def as unknown as {
    type: string;
    shape?: Record<string, z.core.$ZodType>;
    innerType?: z.core.$ZodType;
    valueType?: z.core.$ZodType;
    element?: z.core.$ZodType;
    options?: z.core.$ZodType[];
  };
  if (at.length > 0) yield at;
  if (def.innerType) yield* pathsOf(def.innerType, at);
  for (const [key, inner] of Object.entries(def.shape ?? {})) yield* pathsOf(inner, [...at, key]);
  if (def.valueType) yield* pathsOf(def.valueType, [...at, "k"]);
  if (def.element) yield* pathsOf(def.element, [...at, 0]);
  for (const option of def.options ?? []) yield* pathsOf(option, at);
}

const PATHS = Object.entries(serviceSchema.shape)
  .filter(([property]) => !policyProperties.some((policy) => policy === property))
  .flatMap(([property, type]) => [...pathsOf(type, [property])])
  .filter((path, i, all) => all.findIndex((other) => formatPath(other) === formatPath(path)) === i);

/** Inputs with a value at one path, and what stands there secret. */
function inputsWith(path: Path): Props {
  const values: Values = { name: "web", command: ["/opt/web"] };
  for (const leaf of PATHS.filter((other) => path.every((key, i) => other[i] === key))) {
    if (PATHS.some((other) => other.length > leaf.length && leaf.every((key, i) => other[i] === key))) continue;
    const lists = leaf.flatMap((key, i) => (key === 0 ? [leaf.slice(0, i)] : []));
    for (const list of lists) if (getAt(values, list) === undefined) setAt(values, list, []);
    setAt(values, leaf, SECRET);
  }
  return props(values, path);
}

function sighting(inputs: Props, more: Partial<Live> = {}) {
  const definition = definitionOf(inputs);
  const found: Live = { ...live({ unit: "[Service]\n" }), definition, ...more };
  const triggers = triggersOf(inputs, undefined);
  return {
    ...{ name: String(inputs.values.name), manager: systemd, live: found, facts, ownerId: "o1" },
    ...{ triggers: triggers.values, triggersKey: triggers.key, inputSecrets: inputs.secrets },
  };
}

/** The places of a secret that show it. */
function shown({ values, secrets }: Props): string[] {
  const within = (value: unknown, path: Path): string[] => {
    if (secrets.covers(path)) return [];
    if (typeof value === "string") return value.includes(SECRET) ? [formatPath(path)] : [];
    if (value === null || typeof value !== "object") return [];
    return Object.entries(value).flatMap(([key, inner]) =>
      within(inner, [...path, Array.isArray(value) ? Number(key) : key]),
    );
  };
  return within(values, []);
}

test("the schema's properties are all walked", () => {
  expect(PATHS.map(formatPath)).toEqual(
    expect.arrayContaining([
      "command[0]",
      "environment.k",
      "triggers.k",
      "logs.stdout",
      "options.systemd.service.k[0]",
    ]),
  );
});

describe.each(PATHS.map((path) => [formatPath(path), path] as const))(
  "promise 9: %s, secret in the inputs",
  (_, path) => {
    const inputs = inputsWith(path);

    test("is secret in the outputs of create, update and read, and of one that failed", () => {
      expect(getAt(inputs.values, path)).toBeDefined();
      expect(shown(outputsOf(sighting(inputs)))).toEqual([]);
    });

    test("and in what a preview says", () => {
      expect(shown(lifecycle().planned(inputs))).toEqual([]);
      const outputs = outputsOf(sighting(inputs));
      expect(
        shown(lifecycle().planned(props({ name: "web" }), { outputs, difference: { properties: [], notes: [] } })),
      ).toEqual([]);
    });
  },
);

/** Reads what a host has, as a refresh does. */
async function refresh(fields: Record<string, string>, recorded?: { inputs: Props; outputs: Props }) {
  const show =
    "Id=web.service\nNames=web.service\nLoadState=loaded\nActiveState=active\nSubState=running\nMainPID=7\nFragmentPath=" +
    UNIT;
  const answer = new Map([
    [
      "web",
      {
        facts,
        fields: new Map(Object.entries({ show, unit: "[Service]\nExecStart=/opt/web\n", ...fields })),
        shared: new Map<string, string>(),
      },
    ],
  ]);
  const host = {
    name: "edi1",
    whileConnecting: () => () => undefined,
    survey: () => Promise.resolve(surveyOf({ name: "web", facts, answers: new Map([[systemd.fragment, answer]]) })),
    operate: () => Promise.reject(new Error("no operation")),
  };
  const context = { connections: new Connections({}, { get: () => host as never }), managers: MANAGERS };
  const call = { urn, log: recordingLog(), signal: AbortSignal.timeout(60_000), deadline: Date.now() + 60_000 };
  return (await readService(context, { ...call, id: "edi1/systemd/web", ...recorded }))!;
}

describe("triggers with a secret", () => {
  const inputs = props({ name: "web", command: ["/opt/web"], triggers: { config: "1", token: SECRET } }, [
    "triggers",
    "token",
  ]);
  const triggers = triggersOf(inputs, undefined);
  const marker = (of = triggers): Marker =>
    markerOf({ ownerId: "o1", urn, definition: {}, triggers: of, outdated: undefined });
  const unit = (of?: typeof triggers) => ({
    unit: `# pulumi-bots: ${JSON.stringify(marker(of))}\n[Service]\nExecStart=/opt/web\n`,
  });

  test("the marker has no hash that a secret can be guessed from", () => {
    expect(marker().triggers).not.toContain(hashOf(inputs.values.triggers));
    expect(noteOf(triggersOf(inputs, undefined))).not.toBe(noteOf(triggersOf(inputs, undefined)));
    expect(marker({ values: { config: "1" }, key: undefined }).triggers).toBe(hashOf({ config: "1" }));
  });

  test("are the same with the key of the state, and with the hash of earlier releases; others are not", () => {
    const again = triggersOf(inputs, { [KEY]: triggers.key });
    expect(isNoteOf(noteOf(triggers), again)).toBe(true);
    expect(isNoteOf(hashOf(inputs.values.triggers), triggers)).toBe(true);
    expect(isNoteOf(noteOf(triggers), triggersOf(inputs, undefined))).toBe(false);
    expect(isNoteOf(noteOf(triggers), { ...again, values: { config: "2", token: SECRET } })).toBe(false);
  });

  test.each([
    ["with the key of the state", { [KEY]: triggers.key }, triggers],
    ["of an earlier release", {}, { ...triggers, key: undefined }],
  ])("a refresh finds them unchanged, and secret: %s", async (_, key, noted) => {
    const outputs = props({ manager: "systemd", ownerId: "o1", triggers: inputs.values.triggers, ...key });
    const seen = await refresh(unit(noted), { inputs, outputs });
    expect(seen.outputs.values.triggers).toEqual(inputs.values.triggers);
    expect(shown(seen.outputs)).toEqual([]);
    expect(shown(seen.inputs)).toEqual([]);
    expect(seen.outputs.secrets.covers([KEY])).toBe(KEY in key);
  });

  test("a refresh finds that others count on the host", async () => {
    const outputs = props({ manager: "systemd", ownerId: "o1", [KEY]: triggers.key });
    const other = { ...triggers, values: { config: "2" } };
    expect((await refresh(unit(other), { inputs, outputs })).outputs.values.triggers).toBeUndefined();
  });
});

describe("what only root may read on the host", () => {
  const text = `[Service]\nExecStart=/opt/web --key ${SECRET}\nEnvironment="TOKEN=${SECRET}"\n[X\nfoo ${SECRET}\n`;
  const modes = (mode: string) => ({ modes: `root:root ${mode} ${UNIT}` });

  test("is secret in the outputs, without a hash, and its variables in imported inputs", async () => {
    const { inputs, outputs } = await refresh({ unit: text, ...modes("600") });
    expect(shown(outputs)).toEqual([]);
    expect(outputs.values).toMatchObject({ environment: { TOKEN: SECRET }, files: [{ path: UNIT }] });
    expect(JSON.stringify(outputs.values)).not.toMatch(/sha256|"secret"/);
    expect(inputs.secrets.covers(["environment", "TOKEN"])).toBe(true);
  });

  test("a file that everybody may read is none", async () => {
    const { outputs } = await refresh({ unit: text, ...modes("644") });
    expect([...outputs.secrets]).toEqual([]);
  });

  test("a drop-in of that kind over a unit of ours", async () => {
    const path = "/etc/systemd/system/web.service.d/a.conf";
    const { outputs } = await refresh({
      unit: `# pulumi-bots: ${JSON.stringify({ ownerId: "o1", urn, definition: "d", triggers: hashOf({}) })}\n[Service]\nExecStart=/opt/web\n`,
      "drop-in.0.path": path,
      "drop-in.0.text": `[Service]\nEnvironment=TOKEN=${SECRET}\n`,
      modes: `root:root 644 ${UNIT}\nroot:root 640 ${path}`,
    });
    expect(outputs.values.unmapped).toEqual([{ file: path, line: `Environment=TOKEN=${SECRET}` }]);
    expect(shown(outputs)).toEqual([]);
  });
});

test("a secret variable that stands where others can read it is drift", async () => {
  const inputs = props({ name: "web", command: ["/opt/web"], environment: { TOKEN: SECRET } }, [
    "environment",
    "TOKEN",
  ]);
  const outputs = props({ manager: "systemd" });
  const seen = await refresh(
    { unit: `[Service]\nExecStart=/opt/web\nEnvironment=TOKEN=${SECRET}\n` },
    { inputs, outputs },
  );
  expect(seen.outputs.values.unmapped).toEqual([
    { file: UNIT, line: "(environment.TOKEN is secret, and others can read it here)" },
  ]);
  expect(shown(seen.outputs)).toEqual([]);
  expect(new SecretPaths(seen.inputs.secrets).covers(["environment", "TOKEN"])).toBe(true);
});
