import fc from "fast-check";
import { describeOver } from "./support/world";

/** Texts that batch files, command lines and the registry could change. An exclamation mark is the fault of Wine 8's cmd.exe. */
const text = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(..."ab \\\"%^&|<>()'`~;,=@#$*?[]{}-/:.") },
      fc.constantFrom("%PATH%", "%%", '\\"', "\\\\", "ünï", "日本", "€", "  "),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => parts.join(""));
/** NSSM replaces %NAME% in variables, and loses what follows an empty one: check refuses both. */
const variable = text.filter((value) => !/%[^%]+%/.test(value));

describeOver(["WinRM", "SSH and bash"], "values on their way to a Windows host", (host) => {
  test("promise 2: any argument, variable and text arrives as it was given, and reads back the same", async () => {
    const world = host();
    const web = world.service("any");
    const given = fc.record({
      args: fc.array(text, { minLength: 1, maxLength: 5 }),
      variables: fc.array(variable, { minLength: 1, maxLength: 3 }),
      description: text,
      displayName: text.map((name) => `any ${name.trim()}.`),
    });
    for (const { args, variables, description, displayName } of fc.sample(given, { numRuns: 4 })) {
      const environment = Object.fromEntries(variables.map((value, i) => [`V${i}`, value]));
      await web.up(web.program({ arguments: args, environment, description, displayName }));
      const started = await web.started();
      expect(started.arguments.slice(2)).toEqual(args);
      expect(started.environment).toMatchObject(environment);
      expect(web.outputs).toMatchObject({ description, displayName, environment });
      expect(await web.refresh()).toEqual([]);
    }
  });
});
