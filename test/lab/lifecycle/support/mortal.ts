import { Hosts } from "../../../../provider/hosts";
import type { Host } from "../../../../provider/platform";
import { Connections } from "../../../../provider/lifecycle/connections";
import { ServiceLifecycle } from "../../../../provider/lifecycle/service";
import { MANAGERS } from "../../../../provider/posix/managers";
import { startRelay } from "../../../support/relay";
import { Service, type World } from "./world";

/**
 * A provider that can be made to die in the middle of its work: from then on its connections are gone, and it never says or
 * does anything again. That is all that a host sees of a process that was killed, for a tenth of what a process costs.
 * Of each block it tells the first step only: the host runs a block to its end, at whichever step of it the provider dies.
 */
export interface MortalProvider {
  service(name: string): Service;
  die(): void;
  /** Resolves when it has died. */
  dead: Promise<void>;
}

export async function mortalProvider(world: World): Promise<MortalProvider> {
  const relay = await startRelay(world.host);
  const hosts = new Hosts();
  let isDead = false;
  let died: () => void;
  const dead = new Promise<void>((resolve) => (died = resolve));

  const alive = async <T>(work: () => Promise<T>): Promise<T> => {
    const result = isDead ? undefined : await work().catch((error: unknown) => ({ error }));
    if (isDead) return new Promise(() => {});
    if (result !== null && typeof result === "object" && "error" in result) throw result.error;
    return result as T;
  };
  const mortal = (host: Host): Host => ({
    name: host.name,
    whileConnecting: (listener) => host.whileConnecting(listener),
    survey: (...args) => alive(() => host.survey(...args)),
    operate: (options, body) => {
      let isFirst = true;
      const onStep = (step: string) => {
        if (isFirst) options.onStep?.(step);
        isFirst = false;
      };
      const block = () => (isFirst = true);
      return alive(() => host.operate({ ...options, onStep }, (session) => body(telling(session, block))));
    },
  });
  const source = {
    get: (connection: Parameters<Hosts["get"]>[0]) => mortal(hosts.get({ ...connection, port: relay.port })),
  };
  const lifecycle = new ServiceLifecycle({ connections: new Connections({}, source), managers: MANAGERS });
  return {
    dead,
    service: (name) => new Service(world, lifecycle, name),
    die: () => {
      if (isDead) return;
      isDead = true;
      void relay.close();
      hosts.close();
      died();
    },
  };
}

/** The same session, which tells when it is called. */
function telling<T extends object>(session: T, called: () => void): T {
  return new Proxy(session, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        called();
        return value.apply(target, args) as unknown;
      };
    },
  });
}
