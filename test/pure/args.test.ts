import type { Unwrap } from "@pulumi/pulumi";
import type { BotsServerArgs } from "../../components/types";
import type { GetServiceArgs } from "../../resources/service";
import type { ProviderArgs } from "../../resources/types/provider";
import type { ServiceArgs } from "../../resources/types/service";
import type { ProviderConfig } from "../../schema/provider";
import type { ServerInputs } from "../../schema/server";
import type { ServiceInputs } from "../../schema/service";

/** A type with "may be missing" said in one way only: both sides say it differently. */
type Plain<T> = T extends (infer U)[]
  ? Plain<U>[]
  : T extends object
    ? { [K in keyof T]-?: [Plain<Exclude<T[K], undefined>>, undefined extends T[K] ? "optional" : "required"] }
    : T;
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
