import { setTimeout as sleep } from "node:timers/promises";
import type { HostOptions, LabHost } from "../../../lab";
import { HostError } from "../../../model/errors";
import type { Fragment, Step } from "../../../provider/posix/shell/step";
import { Hosts, type PoolLimits } from "../../../provider/hosts";
import type { OperateOptions } from "../../../provider/platform";
import type { ShellHost } from "../../../provider/posix/host/host";
import type { ShellSession } from "../../../provider/posix/host/session";
import type { Connection } from "../../../schema/connection";
import { startRelay, type Relay } from "../../support/relay";
import { labHost } from "../../support/hosts";

export const PROBE: Fragment = { name: "probe", script: 'for n; do emit "$n/pid" "$$"; done; emit uid "$(id -u)"' };
export const step = (script: string, name = "step"): Step => ({ name, script });
export type Changes = Partial<Omit<Connection, "host">>;
export const nothing = () => Promise.resolve();
export const live = (): AbortSignal => new AbortController().signal;

/** A host for all tests of a block, with connections that end with each. */
export function hostOverSsh(options: HostOptions = { kind: "systemd" }) {
  let lab: LabHost;
  const opened: Hosts[] = [];
  const relays: Relay[] = [];

  beforeAll(async () => {
    lab = await labHost(options);
  });
  afterAll(() => lab?.stop());
  afterEach(async () => {
    opened.splice(0).forEach((hosts) => hosts.close());
    await Promise.all(relays.splice(0).map((relay) => relay.close()));
  });

  const hostsOf = (limits?: PoolLimits) => {
    const hosts = new Hosts(limits);
    opened.push(hosts);
    return hosts;
  };
  const to = (changes: Changes = {}): Connection & { host: string } => ({
    host: lab.name,
    address: lab.address,
    port: lab.port,
    privateKey: lab.privateKey,
    hostKey: lab.hostKey,
    ...changes,
  });
  const open = (changes: Changes = {}): ShellHost => hostsOf().posix(to(changes)).shell;
  const sudoer = () => ({ method: "sudo" as const, password: lab.deployPassword });
  const relayed = async () => {
    const relay = await startRelay(lab);
    relays.push(relay);
    return relay;
  };
  const operate = <T>(
    host: ShellHost,
    body: (session: ShellSession) => Promise<T>,
    options: Partial<OperateOptions> = {},
  ) => host.operate({ name: "web", holder: "urn:test", signal: live(), ...options }, body);
  const fails = async (work: Promise<unknown>): Promise<HostError> => {
    const error = await work.then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(HostError);
    return error as HostError;
  };
  const run = async (command: string) => (await lab.run(command)).stdout.trim();
  /** Nothing of ours is left: no shell, no watchdog, no lock, no temporary file. */
  const traces = () =>
    run(
      `pgrep -a -f '^(sudo.*|sh) -[s]|pulumi-bots-begi[n]'; pgrep -a -x sleep; ls -A /run/lock | grep pulumi; ls -A /run/pulumi-bots/.lock 2>/dev/null; ls -A /run /etc /tmp /dev/shm | grep '^\\.pulumi'; true`,
    );
  const eventually = async (ask: () => Promise<unknown>, wanted: unknown, seconds = 10) => {
    const end = performance.now() + seconds * 1000;
    let answer = await ask();
    while (answer !== wanted && performance.now() < end) {
      await sleep(100);
      answer = await ask();
    }
    expect(answer).toBe(wanted);
  };

  return {
    hostsOf,
    to,
    open,
    sudoer,
    relayed,
    operate,
    fails,
    run,
    traces,
    eventually,
    get lab() {
      return lab;
    },
  };
}
