import * as z from "zod";

const anyObject = z.record(z.string(), z.unknown());

/** What stands in the stack configuration, but for the servers themselves: these are checked with their defaults in them. */
export const stackSchema = z.strictObject({
  servers: z
    .record(
      z
        .string()
        .regex(
          /^[A-Za-z0-9]([\w.-]*\w)?$/,
          'must be named as a machine is, such as edi1: letters, digits, "." "-" "_"',
        ),
      anyObject,
    )
    .describe("The servers of this stack, by name."),
  defaults: anyObject.optional().describe("What holds for every server that does not say otherwise."),
});
