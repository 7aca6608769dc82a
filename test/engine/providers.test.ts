import { describeWith } from "../support/requirements";
import { connectionTo } from "./support/daemons";
import { Scene } from "./support/scene";

describeWith(
  ["lab", "pulumi", "pulumi-language-yaml"],
  "the provider's configuration, getService and ignoreChanges",
  () => {
    const scene = new Scene();
    /** A service that says nothing of the way to its host. */
    const bare = (name: string, properties: object = {}, options: object = {}) => {
      const { properties: all, ...resource } = scene.service(name, properties, options);
      const { connection: _, ...rest } = all;
      return { ...resource, properties: { ...rest, ...properties } };
    };

    test("bots:connection in the stack's configuration is the way for services that say none", async () => {
      const project = await scene.project({ web: bare("configured") });
      const missing = await project.up();
      expect([missing.code, missing.output]).toEqual([1, expect.stringContaining("connection.host")]);
      await project.must("config", "set", "--secret", "bots:connection", JSON.stringify(connectionTo(scene.host)));
      await project.must("up", "--yes", "--skip-preview");
      const { web } = await project.resources();
      expect(web?.id).toBe(`${scene.host.name}/configured`);
      expect(web?.inputs).not.toHaveProperty("connection");
      expect(await project.drifted()).toMatchObject({ code: 0 });
      expect((await project.destroy()).code).toBe(0);
    });

    test("errors in it are reported at their properties, without values", async () => {
      const project = await scene.project({ web: bare("configured") });
      await project.must("config", "set", "--secret", "bots:connection", '{"host":"edi1","passwrod":"s3cret"}');
      const unknown = await project.pulumi("preview");
      expect([unknown.code, unknown.output]).toEqual([
        1,
        expect.stringMatching(/connection\.passwrod.*did you mean "password"/),
      ]);
      await project.must("config", "set", "--secret", "bots:connection", '{"host":"edi1","password":"s3cret"');
      const broken = await project.pulumi("preview");
      expect([broken.code, broken.output]).toEqual([1, expect.stringContaining("connection: must be an object")]);
      expect(unknown.output + broken.output).not.toContain("s3cret");
    });

    test("an explicit provider: connection < hosts by name < the resource's own", async () => {
      const { host, ...way } = connectionTo(scene.host);
      const options = { provider: "${edi}" };
      const program = {
        edi: {
          type: "pulumi:providers:bots",
          properties: {
            connection: { user: "nobody", connectTimeoutSeconds: 5 },
            hosts: { [host as string]: { ...way, user: "ops" } },
          },
        },
        web: bare("explicit", { connection: { host, user: "root" } }, options),
      };
      const project = await scene.running(program, { ownPlugins: true });
      expect((await project.resources())["web"]?.inputs["connection"]).toEqual({ host, user: "root" });
      expect(await project.drifted()).toMatchObject({ code: 0 });
      expect((await project.destroy()).code).toBe(0);
      expect(await scene.host.sshLog()).not.toMatch(/for (nobody|ops)/);
    });

    test("getService: a service as it is now, whoever made it; one that is missing is an error", async () => {
      const connection = connectionTo(scene.host);
      const look = (name: string) => ({
        variables: { found: { "fn::invoke": { function: "bots:index:getService", arguments: { connection, name } } } },
        outputs: { command: "${found.options.systemd.service}", status: "${found.status}", pid: "${found.pid}" },
      });
      const project = await scene.project({});
      project.write({}, look("ssh"));
      await project.must("up", "--yes", "--skip-preview");
      const { stdout } = await project.must("stack", "output", "--json");
      expect(JSON.parse(stdout)).toEqual({
        command: expect.objectContaining({ ExecStart: "/usr/sbin/sshd -D $SSHD_OPTS" }),
        status: "running",
        pid: Number(await scene.pid("ssh")),
      });
      const missing = await project.write({}, look("none")).pulumi("preview");
      expect([missing.code, missing.output]).toEqual([
        1,
        expect.stringContaining(`there is no service "none" on ${scene.host.name}`),
      ]);
    });

    test("ignoreChanges: what is ignored is no drift, and no update undoes it", async () => {
      const ignoreChanges = ["description", "environment.COLOUR"];
      const service = (properties: object) => ({
        web: scene.service("web", { description: "ours", ...properties }, { ignoreChanges }),
      });
      const first = service({ environment: { COLOUR: "red", SIZE: "1" } });
      const project = await scene.running(first);
      await scene.shell(
        "sed -i 's/ours/theirs/; s/red/blue/' /etc/systemd/system/web.service; systemctl daemon-reload",
      );
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
      await scene.shell("sed -i s/SIZE=1/SIZE=9/ /etc/systemd/system/web.service; systemctl daemon-reload");
      expect(await project.drifted()).toMatchObject({ code: 7, found: { web: ["environment.SIZE"] } });

      await project.must("up", "--yes", "--skip-preview", "--refresh");
      const unit = await scene.shell("cat /etc/systemd/system/web.service");
      expect(unit).toContain("SIZE=1");
      expect(unit).toContain("COLOUR=blue");
      expect(unit).toContain("Description=theirs");

      // A change in the program of what is ignored is no change.
      project.write(service({ description: "ours, new", environment: { COLOUR: "green", SIZE: "1" } }));
      await project.must("up", "--yes", "--skip-preview", "--expect-no-changes");
      expect(await scene.shell("cat /etc/systemd/system/web.service")).toBe(unit);
    });
  },
);
