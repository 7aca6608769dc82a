import { describeWith } from "../support/requirements";
import { Scene, traces } from "./support/scene";

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "promise 6, destroy: what we made, and nothing else", () => {
  const scene = new Scene();

  test("nothing is left: no unit, link, environment file, kept file, lock, or memory of a failure", async () => {
    const untouched = await traces(scene.host);
    const environment = { TOKEN: { "fn::secret": "s3cret" } };
    const project = await scene.running({
      secret: scene.service("secret", { environment }),
      failed: scene.service("failed", { restart: { policy: "never" } }),
      masked: scene.service("masked"),
      gone: scene.service("gone"),
      half: scene.service("half"),
    });
    await scene.shell("kill -9 $(systemctl show -p MainPID --value failed)");
    await scene.shell("rm /etc/systemd/system/masked.service; systemctl daemon-reload; systemctl mask masked");
    await scene.shell("systemctl disable --now gone; rm /etc/systemd/system/gone.service; systemctl daemon-reload");
    await scene.shell("rm /etc/systemd/system/half.service"); // its process and its link are there
    await project.must("destroy", "--yes", "--skip-preview");
    expect(await traces(scene.host)).toEqual(untouched);
  });

  test("a drop-in of somebody else stays, and is named in a warning", async () => {
    const project = await scene.running({ web: scene.service("web") });
    const folder = "/etc/systemd/system/web.service.d";
    await scene.shell(`mkdir ${folder}; printf '[Service]\\nNice=5\\n' >${folder}/site.conf`);
    const destroy = await project.must("destroy", "--yes", "--skip-preview");
    expect(destroy.output).toMatch(new RegExp(`warning: .*${folder}/site.conf`));
    expect(await scene.shell(`ls ${folder}; ls /etc/systemd/system/web.service 2>/dev/null`)).toBe("site.conf");
  });

  test("retainOnDelete leaves the service in place, and running", async () => {
    const project = await scene.running({ web: scene.service("stays", {}, { retainOnDelete: true }) });
    const pid = await scene.pid("stays");
    await project.must("destroy", "--yes", "--skip-preview");
    expect(await scene.pid("stays")).toBe(pid);
  });
});
