import fc from "fast-check";
import type { Cases } from "../support/cases";
import { anyText } from "../../../support/definitions";
import { secret } from "../support/resource";

const rounds = 2;

export const escaping: Cases = {
  name: "escaping",
  together: (_, test) => {
    test("arguments and variables arrive exactly as given, and are read back so", async (world) => {
      const web = world.service("escaping");
      const seed = Date.now();
      const names = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}_X$/);
      const model = fc.record({
        words: fc.array(anyText, { minLength: 40, maxLength: 80, size: "max" }),
        plain: fc.dictionary(names, anyText, { minKeys: 20, maxKeys: 40, size: "max" }),
        hidden: fc.dictionary(
          names.map((name) => `S_${name}`),
          anyText,
          { minKeys: 10, maxKeys: 20, size: "max" },
        ),
      });
      for (const { words, plain, hidden } of fc.sample(model, { numRuns: rounds, seed })) {
        const environment = { ...plain, ...hidden };
        const program = web.program(
          { arguments: words, environment, settleSeconds: 0 },
          ...secret(...Object.keys(hidden)),
        );
        const known = world.manager.validate({ command: ["/bin/true", ...words], environment });
        expect({ seed, known }).toEqual({ seed, known: [] });
        await web.up(program);
        const started = await web.probe.started();
        expect({ seed, words: started.arguments.slice(2) }).toEqual({ seed, words });
        expect(started.environment).toMatchObject(environment);
        expect({ seed, found: await web.refresh() }).toEqual({ seed, found: [] });
      }
    });
  },
};
