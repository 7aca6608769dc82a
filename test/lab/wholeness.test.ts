import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostKind, LabHost } from "../../lab";
import { HostError } from "../../model/errors";
import type { HostFacts } from "../../provider/posix/facts";
import type { Definition } from "../../model/service";
import type { Fragment } from "../../provider/posix/shell/step";
import { Hosts } from "../../provider/hosts";
import type { ShellHost } from "../../provider/posix/host/host";
import { probeResult, probeStep } from "../../provider/posix/host/probes";
import { detected, detection, MANAGERS } from "../../provider/posix/managers";
import { facts as anyFacts } from "../support/initScripts";
import { managerOnHost } from "../support/managerOnHost";
import { describeWith } from "../support/requirements";
import { labHost } from "../support/hosts";
import { marker } from "../support/definitions";

/** Everything that a reading or a probe could run. */
const TOOLS = [
  ...[
    "awk",
    "base64",
    "cat",
    "curl",
    "cut",
    "date",
    "find",
    "getent",
    "grep",
    "head",
    "id",
    "ls",
    "mv",
    "ps",
    "python3",
  ],
  ...[
    "readlink",
    "rm",
    "sed",
    "sleep",
    "sort",
    "stat",
    "start-stop-daemon",
    "systemctl",
    "tail",
    "timeout",
    "tr",
    "wc",
  ],
];
const FATES = ["kill -KILL $$", "exit 127"];
const definition: Definition = {
  command: ["/bin/sleep", "100000"],
  environment: { PLAIN: "ä", SECRET: "s3cret" },
  secretEnvironment: ["SECRET"],
};

describeWith(["lab"], "a read is right or an error", () => {
  describe.each<[string, HostKind]>([
    ["systemd", "systemd"],
    ["lsb", "sysvinit"],
    ["openrc", "openrc"],
  ])("%s", (name, kind) => {
    const manager = MANAGERS.get(name)!;
    let lab: LabHost;
    let hosts: Hosts;
    let host: ShellHost;
    let facts: HostFacts;
    let right: unknown;

    beforeAll(async () => {
      lab = await labHost({ kind });
      hosts = new Hosts();
      const { name: machine, address, port, privateKey, hostKey } = lab;
      host = hosts.posix({ host: machine, address, port, privateKey, hostKey }).shell;
      facts = { ...anyFacts, ...(await host.facts(AbortSignal.timeout(60_000))) };
      const { apply } = managerOnHost({ manager, host: () => lab, facts: () => facts, marker });
      for (const service of ["one", "two"]) {
        const change = { action: "start", startMode: "automatic" } as const;
        expect((await apply(service, definition, change)).failed).toBeUndefined();
      }
      // Long enough that it does not fit where there is only little room.
      await lab.run(
        `[ ! -e /etc/systemd/system/two.service ] || { yes '# a comment' | head -c 300000 >>/etc/systemd/system/two.service; systemctl daemon-reload; }`,
      );
      right = await everything();
      expect(right).toMatchObject({ one: { installed: true, state: { status: "running" }, found: name } });
    });
    afterAll(async () => {
      hosts?.close();
      await lab?.stop();
    });

    /** All that can be read of the services, a probe too. */
    async function everything(): Promise<Record<string, unknown>> {
      const all: Record<string, unknown> = {};
      const signal = AbortSignal.timeout(120_000);
      const ready = { tcp: lab.port };
      const listeners = { name: "processes", script: "processes=$(cat /run/sshd.pid)" };
      const read = (fragment: Fragment, service: string) =>
        host.read(fragment, service, signal, fragment === detection ? undefined : probeStep(ready, listeners));
      // At the same time: the reads share one remote shell for each fragment.
      const answers = ["one", "two", "none"].map(
        async (service) =>
          [service, await Promise.all([read(manager.fragment, service), read(detection, service)])] as const,
      );
      for (const [service, [reading, detection]] of await Promise.all(answers)) {
        const { uptime: _, ...seenFacts } = reading.facts;
        all[service] = {
          ...manager.parse(service, reading),
          found: detected(detection),
          facts: { ...seenFacts, tools: undefined },
          probe: probeResult(ready, reading.fields),
        };
      }
      return JSON.parse(JSON.stringify(all)) as Record<string, unknown>;
    }

    /** What a fault leads to: the right answer, or an error with these words. */
    async function judge(fault: string, words: RegExp): Promise<"right" | "error"> {
      try {
        expect({ fault, seen: await everything() }).toEqual({ fault, seen: right });
        return "right";
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        expect(error.message).toMatch(words);
        expect(error.kind).toBe("remote");
        return "error";
      }
    }

    test("whichever tool of the host is killed, or missing", async () => {
      const outcomes: string[] = [];
      const bin = join(lab.root, "usr/local/sbin");
      mkdirSync(bin, { recursive: true });
      for (const tool of TOOLS) {
        for (const fate of FATES) {
          writeFileSync(join(bin, tool), `#!/bin/dash\n${fate}\n`, { mode: 0o755 });
          try {
            outcomes.push(
              `${tool}: ${await judge(`${tool}: ${fate}`, /whole|could not be read|failed|can't be run|killed/)}`,
            );
          } finally {
            rmSync(join(bin, tool));
          }
        }
      }
      for (const tool of ["base64", "cat", "id", "stat"]) expect(outcomes).toContain(`${tool}: error`);
      expect(await everything()).toEqual(right);
    });

    test("however little space there is for the answer", async () => {
      const outcomes: string[] = [];
      /** So many KiB are free in each of them. */
      const shrink = (size: number) =>
        lab.run(`set -e
          for folder in /dev/shm /tmp /var/tmp; do mount -t tmpfs -o size=${size}k,mode=1777 small $folder; done
          used=$(df -k /run | awk 'END { print $3 }')
          mount -o remount,size=$((used + ${size}))k /run`);
      const restore = () =>
        lab.run(
          "umount -l /dev/shm /tmp /var/tmp; mount -o remount,size=64m /run; df -k /run | awk 'END { print $2 }'",
        );
      for (const size of [4, 16, 68, 72, 80, 96, 128, 256, 400, 440, 1024]) {
        const shrunk = await shrink(size);
        try {
          expect(shrunk).toMatchObject({ code: 0, stderr: "" });
          outcomes.push(await judge(`${size} KiB`, /is that file system full\?|no space left in|full\?/));
        } finally {
          expect((await restore()).stdout.trim()).toBe("65536");
        }
      }
      expect(outcomes).toContain("error");
      expect(outcomes.at(-1)).toBe("right");
      expect(await everything()).toEqual(right);
    });

    test("an empty definition, as a full disk leaves it, is neither gone nor masked", async () => {
      const [path = ""] = manager.paths("one");
      await lab.run(`cp -a ${path} /root/kept && : >${path}`);
      try {
        const reading = await host.read(manager.fragment, "one", AbortSignal.timeout(60_000));
        expect(manager.parse("one", reading)).toMatchObject({ masked: false });
        expect(reading.fields.has(name === "systemd" ? "unit" : "script")).toBe(true);
      } finally {
        await lab.run(`cp -a /root/kept ${path}`);
      }
    });
  });
});
