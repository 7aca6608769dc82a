import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describeWith } from "../support/requirements";
import { ServersProject } from "./support/servers";

// No host is up here: a preview asks none.
describeWith(["pulumi"], "the configuration of a stack", () => {
  let servers: ServersProject;
  beforeAll(async () => {
    servers = await ServersProject.create({});
  });
  afterAll(() => servers.remove());

  test("every mistake is reported at its key, without a stack trace", async () => {
    const edi1 = { connection: { prot: 22 }, bots: { existing: true, bin: "opt" }, environment: { path: "/srv/bots" } };
    await servers.configure({ "edi:servers": { edi1 }, "edi:default": {} });
    const { output } = await servers.failure((stack) => stack.preview());
    expect(output).toContain("The stack configuration is invalid:");
    expect(output).toContain('  edi:default: is not a property; did you mean "defaults"?');
    expect(output).toContain('  edi:servers.edi1.connection.prot: is not a property; did you mean "port"?');
    expect(output).toContain("  edi:servers.edi1.bots.bin: must be an absolute path");
    expect(output).not.toMatch(/^\s+at .*(stacks|components)/m);
  });

  test("an empty configuration: the error says what to set", async () => {
    await servers.configure({});
    const { output } = await servers.failure((stack) => stack.preview());
    expect(output).toContain("  edi:servers: is required");
  });

  test("what a manager can't do is an error at preview too", async () => {
    const edi1 = {
      bots: { existing: true, bin: "/opt/bots/bin" },
      environment: { path: "/srv/bots" },
      daemons: { webserver: { name: "bots/web" } },
    };
    await servers.configure({ "edi:servers": { edi1 } });
    const { output } = await servers.failure((stack) => stack.preview());
    expect(output).toMatch(/edi1-webserver.*name.*may contain only letters, digits and : _ \. @ -/s);
  });

  test("the example is valid", async () => {
    await servers.configureText(readFileSync(resolve(process.cwd(), "Pulumi.example.yaml"), "utf8"));
    const { changeSummary } = await servers.stack.preview();
    expect(changeSummary).toEqual({ create: 9 }); // the stack, three servers, five services
  });

  test("all daemons of a Windows server, with what they can't do there as warnings", async () => {
    const edi3 = {
      connection: { type: "winrm", address: "edi3.example.com", passwordEnv: "EDI3_PASSWORD" },
      bots: { existing: true, bin: "C:\\Python312\\Scripts", flavour: "4.x" },
      environment: { path: "C:\\Bots" },
      daemons: { webserver: true, jobQueue: true, dirMonitor: true },
    };
    await servers.configure({ "edi:servers": { edi3 } });
    let output = "";
    const onOutput = (text: string) => (output += text);
    const { changeSummary } = await servers.stack.preview({ diff: true, onOutput, onError: onOutput });
    expect(changeSummary).toEqual({ create: 5 }); // the stack, the server, three services
    expect(output).toContain("C:\\\\Python312\\\\Scripts\\\\bots-webserver.exe");
    expect(output).toMatch(/edi3: bots-dirmonitor of Bots 4\.0\.0a3 does not notice new files on Windows/);
    expect(output).not.toMatch(/error:/);
  });

  test("secrets stay secret: that of a connection, and that of a variable", async () => {
    await servers.configure({});
    const set = (key: string, value: string, secret = false) =>
      servers.stack.setConfig(`edi:servers.edi1.${key}`, { value, secret }, true);
    await set("bots.existing", "true");
    await set("bots.bin", "/opt/bots/bin");
    await set("environment.path", "/srv/bots");
    await set("environment.web.port", "8081");
    await set("daemons.webserver.environment.TOKEN", "to-ken-4711", true);
    await set("connection.password", "pass-word-4711", true);
    let output = "";
    await servers.stack.preview({ diff: true, onOutput: (text) => (output += text) });
    expect(output).toContain("http://127.0.0.1:8081/login/");
    expect(output).toMatch(/TOKEN *: \[secret\]/);
    expect(output).toMatch(/password *: \[secret\]/);
    expect(output).toMatch(/PATH *: "/);
    expect(output).not.toMatch(/to-ken-4711|pass-word-4711/);
  });
});
