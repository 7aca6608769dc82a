import { deviations } from "../../model/compare";
import { getAt, setAt } from "../../model/props";
import { parseJobFile } from "../../provider/posix/managers/upstart/jobFile";
import { parseJob } from "../../provider/posix/managers/upstart/parse";
import { parseEnvironmentFile } from "../../provider/posix/managers/systemd/environmentFile";
import { serviceSchema } from "../../schema/service";
import { validate } from "../../schema/validate";
import { live } from "../support/systemdUnits";

const PROTO = '{"__proto__":"x"}';
const variables = (definition: { environment?: object }) => JSON.stringify(definition.environment);

test("a path with __proto__ sets an own property, and reads no other", () => {
  const values = {};
  setAt(values, ["environment", "__proto__"], "x");
  setAt(values, ["__proto__", "polluted"], "x");
  expect(JSON.stringify(values)).toBe(`{"environment":${PROTO},"__proto__":{"polluted":"x"}}`);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(getAt({}, ["__proto__", "toString"])).toBeUndefined();
  expect(getAt({}, ["constructor"])).toBeUndefined();
});

test("a variable of a host with this name is read like any other", () => {
  expect(variables(live({ unit: "[Service]\nExecStart=/a\nEnvironment=__proto__=x\n" }).definition)).toBe(PROTO);
  expect(JSON.stringify(parseEnvironmentFile('__proto__="x"\n').variables)).toBe(PROTO);
  const file = parseJobFile("env __proto__=x\nexec /a\n");
  expect(variables(parseJob("web", [{ path: "/j", file }], { ours: false }).definition)).toBe(PROTO);
  expect(deviations(JSON.parse(PROTO), {})).toEqual([{ path: ["__proto__"], kind: "delete" }]);
});

test("in the inputs the name is refused at its place", () => {
  const inputs = {
    name: "web",
    command: ["/a"],
    environment: JSON.parse(PROTO) as object,
    triggers: { a: [JSON.parse(PROTO)] },
  };
  const message = "is a reserved name; choose another one";
  expect(validate(serviceSchema, inputs)).toEqual([
    { path: ["environment", "__proto__"], message },
    { path: ["triggers", "a", 0, "__proto__"], message },
  ]);
});
