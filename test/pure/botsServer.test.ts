import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { BotsServerArgs } from "../../components/types";
import { daemonSchema, serverSchema } from "../../schema/server";
import { run } from "../support/mockedServer";
import { pathsOf } from "../support/schemaPaths";

const later = <T>() => pulumi.output(pulumi.unknown as unknown as T);
const minimal: BotsServerArgs = {
  bots: { existing: true, bin: "/opt/bots/bin" },
  environment: { path: "/srv/bots" },
};
const everything = { webserver: true, jobQueue: true, dirMonitor: true };

describe.each([{ preview: true }, { preview: false }])("$preview", (mode) => {
  test("by default the web interface alone, on the machine of that name, as the user bots", async () => {
    const { services, url, warnings } = await run(minimal, mode);
    expect(Object.keys(services)).toEqual(["edi1-webserver"]);
    expect(services["edi1-webserver"]).toMatchSnapshot();
    expect(url).toBe("http://edi1:8080/");
    expect(warnings).toEqual([]);
  });

  test("three daemons, the monitor after the queue, and a warning of what classic can't do", async () => {
    const { services, warnings } = await run({ ...minimal, daemons: everything }, mode);
    expect(Object.keys(services).sort()).toEqual(["edi1-dirMonitor", "edi1-jobQueue", "edi1-webserver"]);
    expect(services["edi1-dirMonitor"]!.requires).toEqual(["bots-jobqueueserver"]);
    expect(services["edi1-webserver"]!.requires).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/^edi1: bots-jobqueueserver of classic Bots .* never runs them/)]);
  });

  test("the settings of a daemon override its preset: objects are merged, the rest is replaced", async () => {
    const { services } = await run(
      {
        ...minimal,
        umask: "0027",
        triggers: { ini: "abc" },
        adopt: true,
        daemons: {
          webserver: {
            name: "bots-web",
            environment: { TZ: "UTC", PATH: "/bin" },
            restart: { delaySeconds: 10 },
            ready: { timeoutSeconds: 5 },
            runAs: { group: "edi" },
          },
          jobQueue: { name: "bots-queue", ready: { tcp: 28082 }, adopt: false },
          dirMonitor: { requires: ["mount-inbox"], ready: false },
        },
      },
      mode,
    );
    expect(services["edi1-webserver"]).toMatchObject({
      name: "bots-web",
      umask: "0027",
      triggers: { ini: "abc" },
      adopt: true,
      environment: { TZ: "UTC", PATH: "/bin", PYTHONUNBUFFERED: "1" },
      restart: { policy: "always", delaySeconds: 10, maxAttempts: 60 },
      ready: { timeoutSeconds: 5, http: { url: "http://127.0.0.1:8080/login/" } },
      runAs: { user: "bots", group: "edi" },
    });
    expect(services["edi1-jobQueue"]).toMatchObject({ ready: { tcp: 28082 }, adopt: false });
    expect(services["edi1-jobQueue"]!.ready.http).toBeUndefined();
    expect(services["edi1-dirMonitor"]!.requires).toEqual(["bots-queue", "mount-inbox"]);
    expect(services["edi1-dirMonitor"]!.ready).toBeUndefined();
  });

  test.each<[string, BotsServerArgs["connection"] & object, string]>([
    ["a name", { host: "edi1.example.com" }, "http://edi1.example.com:8080/"],
    ["an address", { host: "edi1", address: "10.0.0.5" }, "http://10.0.0.5:8080/"],
    ["IPv6", { address: "2001:db8::5" }, "http://[2001:db8::5]:8080/"],
    ["IPv6 in brackets", { address: "[2001:db8::5]" }, "http://[2001:db8::5]:8080/"],
    ["this machine", { type: "local" }, "http://localhost:8080/"],
  ])("its URL by %s", async (_, connection, url) => {
    expect((await run({ ...minimal, connection }, mode)).url).toBe(url);
  });

  test("with the web interface off there is no URL; https is in it", async () => {
    expect((await run({ ...minimal, daemons: { webserver: false, jobQueue: true } }, mode)).url).toBeUndefined();
    const environment = { path: "/srv/bots", web: { port: 443, tls: true } };
    expect((await run({ ...minimal, environment }, mode)).url).toBe("https://edi1:443/");
  });

  test("a suspended server: the connection of every service is suspended", async () => {
    const { services } = await run({ ...minimal, daemons: everything, suspended: "being rebuilt" }, mode);
    for (const { connection } of Object.values(services)) {
      expect(connection).toEqual({ host: "edi1", suspended: "being rebuilt" });
    }
  });

  test("a secret among the values of a daemon makes neither other values nor the URL secret", async () => {
    const environment = { TOKEN: pulumi.secret("se-cret") };
    const { merge } = await import("../../components/inputs.js");
    const merged = merge({ environment: { PATH: "/bin" } }, { environment }) as { environment: object };
    expect(merged.environment).toEqual({ PATH: "/bin", TOKEN: environment.TOKEN });
    const connection = { password: pulumi.secret("pass-word") };
    const { services, url } = await run({ ...minimal, connection, daemons: { webserver: { environment } } }, mode);
    expect(JSON.stringify(services["edi1-webserver"]!.environment)).toContain("1b47061264138c4ac30d75fd1eb44270");
    expect(services["edi1-webserver"]!.command).toEqual(["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"]);
    expect(url).toBe("http://edi1:8080/");
  });

  test("outputs may stand for everything", async () => {
    const { services, url } = await run(
      {
        connection: pulumi.output({ address: "10.0.0.5" }),
        bots: pulumi.output({ existing: true, bin: "/opt/bots/bin", flavour: "4.x" as const }),
        environment: Promise.resolve({ path: "/srv/bots/", web: { port: 8081 } }),
        daemons: { webserver: true, dirMonitor: { command: [pulumi.output("/x/dirmonitor"), "-c/y"] } },
        runAs: pulumi.output({ user: "edi" }),
      },
      mode,
    );
    expect(services["edi1-webserver"]).toMatchObject({
      command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"],
      environment: { BOTSENV: "default", PYTHONUNBUFFERED: "1" },
      workingDirectory: "/srv/bots",
      connection: { host: "edi1", address: "10.0.0.5" },
      runAs: { user: "edi" },
      ready: { http: { url: "http://127.0.0.1:8081/login/" } },
    });
    expect(services["edi1-dirMonitor"]!.command).toEqual(["/x/dirmonitor", "-c/y"]);
    const classic = await run({ ...minimal, environment: pulumi.output({ path: "/srv/bots" }) }, mode);
    expect(classic.services["edi1-webserver"]!.environment).toEqual({
      PATH: "/opt/bots/bin:/usr/local/bin:/usr/bin:/bin",
      PYTHONUNBUFFERED: "1",
    });
    expect(url).toBe("http://10.0.0.5:8081/");
  });
});

test("in a preview, what depends on nothing unknown is shown", async () => {
  const { services, url } = await run(
    {
      connection: { address: later<string>() },
      bots: { existing: true, bin: later<string>() },
      environment: { path: "/srv/bots", web: { port: later<number>() } },
      daemons: { webserver: { name: "bots-web", environment: { TZ: "UTC" } } },
    },
    { preview: true },
  );
  const given = services["edi1-webserver"]!;
  expect(given).toMatchObject({
    name: "bots-web",
    runAs: { user: "bots" },
    restart: { policy: "always" },
    environment: { TZ: "UTC", PYTHONUNBUFFERED: "1" },
    connection: { host: "edi1" },
  });
  expect(pulumi.isUnknown(given.command)).toBe(true);
  expect(url).toBeUndefined();
});

describe("in a preview, any property may be unknown", () => {
  const shape = serverSchema.shape;
  const whole = Object.keys(shape).filter((key) => key !== "daemons");
  const unknown = (schema: z.ZodType) => {
    const keys = new Set(pathsOf(schema).map(([key]) => key!));
    return Object.fromEntries([...keys].map((key) => [key, later()]));
  };

  test.each<[string, object]>([
    ...whole.map((key): [string, object] => [key, { [key]: later() }]),
    ["each of connection", { connection: unknown(shape.connection) }],
    ["each of bots", { bots: unknown(shape.bots) }],
    ["each of environment", { environment: unknown(shape.environment) }],
    ["each of runAs", { runAs: unknown(shape.runAs) }],
    ["each of a daemon", { daemons: { webserver: unknown(daemonSchema.omit({ existing: true })) } }],
  ])("%s", async (_, changes) => {
    const { services } = await run({ ...minimal, ...changes }, { preview: true });
    expect(Object.keys(services)).toEqual(["edi1-webserver"]);
  });
});

describe("wrong args", () => {
  test("what decides which services exist can't be an output", async () => {
    const daemons = { webserver: { existing: later<boolean>() } } as unknown as NonNullable<BotsServerArgs["daemons"]>;
    await expect(run({ ...minimal, daemons })).rejects.toThrow(
      "daemons.webserver.existing: must be true or false, not an output",
    );
  });

  test("all known errors are reported at once, each at its property", async () => {
    const args = {
      bots: { existing: false, bin: "opt/bots" },
      environment: { path: later<string>(), config: "/srv/bots/conf.d/", nme: "prod", web: { port: 70000 } },
      daemons: { webserver: { requirs: [] }, dirMonitor: "yes" },
      suspended: true,
    } as unknown as BotsServerArgs;
    await expect(run(args)).rejects.toThrow(
      [
        "The arguments of edi1 are invalid:",
        "  bots.existing: must be true: this package can't install Bots yet, so Bots must be on the host already",
        "  bots.bin: must be an absolute path",
        "  environment.config: must not have a dot in its last part: Bots imports it as a Python package",
        "  environment.web.port: must be 1 to 65535",
        '  environment.nme: is not a property; did you mean "name"?',
        '  daemons.webserver.requirs: is not a property; did you mean "requires"?',
        "  daemons.dirMonitor: must be true, false or an object",
        "  suspended: must be text, not true: put it in quotes",
      ].join("\n"),
    );
  });
});
