/* eslint-disable @typescript-eslint/no-explicit-any -- what mocks are given is of any kind */
import * as pulumi from "@pulumi/pulumi";
import type { BotsServerArgs } from "../../components/types";

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, any>;
}

/** Runs a program against mocks, and returns the services that it registered, by name, and its warnings. */
export async function run(
  args: BotsServerArgs,
  { preview = false }: { preview?: boolean } = {},
): Promise<{ services: Record<string, Record<string, any>>; url: string | undefined; warnings: string[] }> {
  const registered: Registered[] = [];
  const warnings: string[] = [];
  const mocks = {
    newResource: ({ type, name, inputs }: Registered) => {
      registered.push({ type, name, inputs });
      return { id: `${name}-id`, state: { ...inputs, pid: 4711 } };
    },
    call: () => ({}),
  };
  await pulumi.runtime.setMocks(mocks, "edi", "dev", preview);
  const warn = jest.spyOn(pulumi.log, "warn").mockImplementation((text) => {
    warnings.push(text);
    return Promise.resolve();
  });
  try {
    const { BotsServer } = await import("../../components/BotsServer.js");
    const server = new BotsServer("edi1", args);
    const url = await valueOf(server.url);
    for (const service of Object.values(server.services)) await valueOf(service.urn);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const services = registered.filter(({ type }) => type === "bots:index:Service");
    return { services: Object.fromEntries(services.map(({ name, inputs }) => [name, inputs])), url, warnings };
  } finally {
    warn.mockRestore();
  }
}

/** The value of an output; undefined when it is unknown. */
async function valueOf<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  const { promise, isKnown } = output as unknown as { promise: () => Promise<T>; isKnown: Promise<boolean> };
  const value = await promise.call(output);
  return (await isKnown) ? value : undefined;
}
