import * as z from "zod";

const anyObject = z.record(z.string(), z.unknown());

/** The stack configuration. Its servers are checked later (serverIssues.ts), when the defaults are merged into them. */
export const stackSchema = z.strictObject({
  servers: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9]([\w.-]*\w)?$/, 'must be a machine name, such as edi1: letters, digits, ".", "-" and "_"'),
      anyObject,
    )
    .describe("The servers of this stack, by name."),
  defaults: anyObject.optional().describe("Settings for every server that does not override them."),
});
