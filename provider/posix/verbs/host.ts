import type { HostError } from "../../../model/errors";
import type { Host, Inquiry, OperateOptions, Session, Survey } from "../../platform";
import type { ShellHost } from "../host/host";
import type { Answer } from "../host/readings";
import { detection } from "../managers";
import type { Fragment } from "../shell/step";
import { PosixSession } from "./session";
import { driversIn, driversOn, readinessIn, stepOf, surveyOf } from "./survey";

/** A Linux host: implements the lifecycle's interface. */
export class PosixHost implements Host {
  constructor(readonly shell: ShellHost) {}

  get name(): string {
    return this.shell.name;
  }

  whileConnecting(listener: (reason: string) => void): () => void {
    return this.shell.whileConnecting(listener);
  }

  async survey({ name, manager, probe }: Inquiry, signal: AbortSignal): Promise<Survey> {
    if (manager === undefined) return this.#surveyAll(name, signal);
    const [driver] = driversIn([manager]);
    if (driver === undefined) return surveyOf({ name, facts: await this.shell.facts(signal), answers: new Map() });
    const { fragment } = driver;
    const extra = probe && stepOf(driver, name, probe);
    const reading = await this.shell.read(fragment, name, signal, extra).catch(async (error: HostError) => {
      // Every answer includes the facts; after a failure they must be read separately.
      const facts = error.kind === "remote" ? await this.shell.facts(signal) : undefined;
      if (facts === undefined || driver.unavailable(facts) === undefined) throw error;
      return { facts, failure: error };
    });
    const { facts } = reading;
    if ("failure" in reading) return surveyOf({ name, facts, answers: new Map([[fragment, reading.failure]]) });
    const readiness = probe && readinessIn(probe, reading.fields);
    return surveyOf({ name, facts, answers: new Map([[fragment, new Map([[name, reading]])]]), readiness });
  }

  async #surveyAll(name: string, signal: AbortSignal): Promise<Survey> {
    const known = await this.shell.facts(signal);
    const fragments = [...new Set(driversOn(known, []).map(({ fragment }) => fragment))];
    const ask = async (fragment: Fragment): Promise<readonly [Fragment, Answer]> => {
      const answer = this.shell.read(fragment, name, signal).then(
        (reading): Answer => new Map([[name, reading]]),
        (error: HostError): Answer => {
          if (error.kind === "remote") return error;
          throw error;
        },
      );
      return [fragment, await answer];
    };
    const [claims, ...answers] = await Promise.all([this.shell.read(detection, name, signal), ...fragments.map(ask)]);
    return surveyOf({ name, facts: claims.facts, answers: new Map(answers), claims });
  }

  operate<T>(options: OperateOptions, body: (session: Session) => Promise<T>): Promise<T> {
    return this.shell.operate(options, (shell) => body(new PosixSession(this.name, options, shell)));
  }
}
