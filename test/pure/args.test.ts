import type { Unwrap } from "@pulumi/pulumi";
import type { BotsServerArgs } from "../../components/types";
import type { GetServiceArgs } from "../../resources/service";
import type { ProviderArgs } from "../../resources/types/provider";
import type { ServiceArgs } from "../../resources/types/service";
import type { ProviderConfig } from "../../schema/provider";
import type { ServerInputs } from "../../schema/server";
import type { ServiceInputs } from "../../schema/service";

/**
 * A type with "may be missing" said in one way only, and alternatives of an object as one object: the two sides say both
 * differently.
 */
type Plain<T> = PlainValue<T> | PlainObject<T extends unknown[] ? never : T extends object ? T : never>;
type PlainValue<T> = T extends (infer U)[] ? Plain<U>[] : T extends object ? never : T;
type PlainObject<T> = [T] extends [never] ? never : { [K in KeyOf<T>]: [Plain<Given<T, K>>, Presence<T, K>] };
type KeyOf<T> = T extends unknown ? keyof T : never;
type ValueOf<T, K> = T extends unknown ? (K extends keyof T ? T[K] : undefined) : never;
type Given<T, K> = Exclude<ValueOf<T, K>, undefined>;
type Presence<T, K> = undefined extends ValueOf<T, K> ? "optional" : "required";
type Same<A, B> = [Plain<A>, Plain<B>] extends [Plain<B>, Plain<A>] ? true : false;

const same = <A, B>(verdict: Same<A, B>) => expect(verdict).toBe(true);

// The verdicts are the compiler's: a property that is missing or of another type on one side does not compile.
test("the documented args are those of the schema", () => {
  same<Unwrap<ServiceArgs>, ServiceInputs>(true);
  same<Unwrap<GetServiceArgs>, Pick<ServiceInputs, "connection" | "name">>(true);
  same<Unwrap<ProviderArgs>, ProviderConfig>(true);
  same<Unwrap<BotsServerArgs>, ServerInputs>(true);
});

test("an output of another resource may stand wherever a value does", () => {
  const later = <T>(value: T) => Promise.resolve(value);
  const service: ServiceArgs = {
    name: later("web"),
    connection: { host: later("edi1"), become: later({ method: later("sudo" as const) }), jump: { host: later("a") } },
    command: [later("/bin/sleep"), "9"],
    environment: { A: later("x") },
    runAs: later({ user: later("bots") }),
    running: later("unmanaged" as const),
    startMode: later("manual" as const),
    restart: { policy: later("always" as const), delaySeconds: later(5) },
    requires: later([later("queue")]),
    ready: { http: { url: later("http://localhost/"), headers: { Server: later("bots") } } },
    triggers: later({ hash: later(1) }),
    options: {
      systemd: { service: { LimitNOFILE: later("1"), Environment: [later("A=b")] } },
      lsb: { runlevels: [later(3)] },
    },
  };
  const server: BotsServerArgs = {
    bots: { existing: true, bin: later("/opt/bots/bin") },
    environment: later({ path: later("/srv/bots"), config: later(false as const) }),
    daemons: { webserver: true, jobQueue: { existing: true, name: later("queue"), ready: later({ tcp: later(1) }) } },
  };
  // @ts-expect-error which services there are can't wait for an output
  const undecided: BotsServerArgs = { ...server, daemons: { webserver: later(true) } };
  expect([service, server, undecided]).toHaveLength(3);
});

test("at most one of some properties may be given", () => {
  const host = { host: "edi1" };
  const one: ServiceArgs["connection"] = { ...host, privateKey: "x", passphraseEnv: "P", password: "y" };
  const args = { name: "web", command: ["/bin/sleep"] };
  // @ts-expect-error the key and its file
  const keys: ServiceArgs = { ...args, connection: { ...host, privateKey: "x", privateKeyFile: "~/.ssh/id" } };
  // @ts-expect-error a password and a variable with it
  const passwords: ServiceArgs = { ...args, connection: { ...host, become: { password: "x", passwordEnv: "X" } } };
  // @ts-expect-error two probes
  const probes: ServiceArgs = { ...args, ready: { tcp: 8080, http: { url: "http://localhost/" } } };
  // @ts-expect-error a signal and a command
  const reload: ServiceArgs = { ...args, reload: { signal: "SIGHUP", command: ["/bin/true"] } };
  expect([one, keys, passwords, probes, reload]).toHaveLength(5);
});
