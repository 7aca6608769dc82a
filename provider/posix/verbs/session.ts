import { HostError } from "../../../model/errors";
import { parsePath } from "../../../model/propertyPath";
import type { HostFacts } from "../facts";
import type { Definition, Live, ManagerName, Marker } from "../../../model/service";
import type {
  Change,
  Check,
  ExistingChange,
  FullSurvey,
  Observation,
  OperateOptions,
  Probe,
  Rollback,
  RolledBackTo,
  Session,
  Tail,
} from "../../platform";
import {
  copyName,
  dropKeptStep,
  formerThereStep,
  keepStep,
  keptFolder,
  keptThereStep,
  obstaclesStep,
} from "../host/former";
import { answersOf, readingOf, stepsOf } from "../host/readings";
import type { ShellSession } from "../host/session";
import { detection, driverOf } from "../managers";
import type { Driver } from "../managers/driver";
import { calls } from "../shell/library";
import { describeFailure, type HostFile, type RunResult, type Step, type StepResult } from "../shell/step";
import { changeSteps, pathsOf } from "./change";
import { rollBack } from "./rollBack";
import { driversIn, driversOn, fullSurveyOf, readinessIn, stepOf } from "./survey";

/** A session on a Linux host: carries out each method as steps in one remote shell. */
export class PosixSession implements Session {
  /** The name for this run's copy of unmanaged files. */
  readonly #original = copyName("original");

  constructor(
    private readonly host: string,
    private readonly options: OperateOptions,
    private readonly shell: ShellSession,
  ) {}

  get facts(): HostFacts {
    return this.shell.facts;
  }

  async survey(first: readonly (ManagerName | undefined)[]): Promise<FullSurvey> {
    const { name, facts } = this;
    const drivers = driversOn(facts, first);
    const fragments = [...new Set(drivers.map(({ fragment }) => fragment))];
    // A manager that is no longer on the host may have left files.
    const paths = [...drivers, ...driversIn(first)];
    const beside = {
      name: "files",
      script: calls(
        formerThereStep(name).script,
        obstaclesStep([...new Set(paths.flatMap((driver) => driver.paths(name)))]).script,
      ),
    };
    const asked = [beside, detection, ...fragments];
    const [files, claims, ...answers] = await this.shell.ask(asked.map((fragment) => ({ fragment, names: [name] })));
    const known = new Map(fragments.map((fragment, i) => [fragment, answers[i]!]));
    const { shared } = readingOf(files, name);
    return fullSurveyOf({ name, facts, answers: known, claims: readingOf(claims, name) }, shared);
  }

  async check(manager: ManagerName, definition: Definition, marker: Marker): Promise<Check> {
    const driver = driverOf(manager);
    const files = this.#render(driver, definition, marker);
    const looks = { ...driver.preflight(definition), lenient: true };
    const { results, failed } = await this.shell.run([looks, ...driver.verify(this.name, files, this.facts)]);
    const [looked, ...verified] = results;
    if (looked?.failure) throw new HostError("remote", this.host, describeFailure(looked.failure));
    const lines = (looked?.fields.get("missing") ?? "").split("\n").filter(Boolean);
    const missing = lines.map((line) => {
      const [property = "", message = ""] = line.split("\t");
      return { path: parsePath(property), message: `${message} on ${this.host}` };
    });
    const remarks = verified
      .map(({ stderr }) => stderr)
      .join("")
      .trim();
    return failed === undefined ? { missing, remarks } : { missing, remarks, refusal: failed.stderr.trim() };
  }

  apply(change: Change, until?: number): Promise<string | undefined> {
    const { name, host, facts } = this;
    const { write } = change;
    const files = write && this.#render(driverOf(change.manager), write.definition, write.marker);
    const warn = (warning: string) => this.options.onWarning?.(warning);
    return this.#run(changeSteps(change, files, { name, host, facts, original: this.#original, warn }), until);
  }

  drive({ manager, live, startMode, action, releases = false }: ExistingChange): Promise<string | undefined> {
    const driver = driverOf(manager);
    const change = { name: this.name, action, ...(startMode === undefined ? {} : { startMode }) };
    return this.#run([
      ...(releases ? driver.releaseSteps(this.name, this.facts) : []),
      ...driver.existingSteps(change, live, this.facts),
    ]);
  }

  async observe(manager: ManagerName, probe?: Probe): Promise<Observation> {
    const driver = driverOf(manager);
    if (probe === undefined) return { live: (await this.#look(driver)).live };
    const { live, results } = await this.#look(driver, [{ ...stepOf(driver, this.name, probe), quiet: true }]);
    return { live, readiness: readinessIn(probe, results[0]?.fields ?? new Map<string, string>()) };
  }

  async settled(manager: ManagerName): Promise<Live> {
    return (await this.#look(driverOf(manager), [dropKeptStep(this.name, ["former"])])).live;
  }

  rollBack(rollback: Rollback): Promise<RolledBackTo> {
    const { name, facts } = this;
    const look = async (driver: Driver) => (await this.#look(driver)).live;
    return rollBack(rollback, { name, facts, look, run: (steps) => this.#run(steps) });
  }

  async undone(): Promise<void> {
    await this.#must([dropKeptStep(this.name, ["former", this.#original])]);
  }

  async tail(manager: ManagerName, definition: Definition, lines: number): Promise<Tail> {
    const { fields, failed } = await this.shell.run([driverOf(manager).logStep(this.name, definition, lines)]);
    const late = fields.get("log_late");
    const problem = failed ? describeFailure(failed) : late && `it took longer than ${late} seconds`;
    return { lines: (fields.get("log") ?? "").trimEnd(), ...(problem === undefined ? {} : { problem }) };
  }

  async remove(removal: Parameters<Session["remove"]>[0]): Promise<{ leftovers?: string; kept?: string }> {
    const { live, keeps, foreign } = removal;
    const { name, facts } = this;
    const driver = driverOf(removal.manager);
    const { fields } = await this.#must([
      ...(keeps ? [keepStep(name, this.#original, pathsOf(driver, name, live))] : []),
      ...(foreign ? driver.existingSteps({ name, action: "stop" }, live, facts) : []),
      ...driver.removal(name, live, facts),
      keptThereStep(name),
      dropKeptStep(name, ["former"]),
    ]);
    const leftovers = fields.get("leftovers");
    return { ...(leftovers ? { leftovers } : {}), ...(fields.has("kept") ? { kept: keptFolder(name) } : {}) };
  }

  private get name(): string {
    return this.options.name;
  }

  /** Renders the files. Throws, naming the property, if this version of the manager does not support it. */
  #render(driver: Driver, definition: Definition, marker: Marker): HostFile[] {
    try {
      return driver.render(this.name, definition, marker, this.facts);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new HostError("remote", this.host, words, { cause: error });
    }
  }

  /** Runs steps that must succeed, and then reads the service. */
  async #look(driver: Driver, before: readonly Step[] = []): Promise<{ live: Live; results: StepResult[] }> {
    const { name, host, facts } = this;
    const inquiries = [{ fragment: driver.fragment, names: [name] }];
    const { results } = await this.#must([...before, ...stepsOf(inquiries)]);
    const [answer] = answersOf(host, inquiries, facts, results.slice(before.length));
    return { live: driver.parse(name, readingOf(answer, name)), results };
  }

  async #run(steps: readonly Step[], until?: number): Promise<string | undefined> {
    const { failed } = await this.shell.run(steps, until);
    return failed && describeFailure(failed);
  }

  /** Runs steps; throws with the host's error message if one fails. */
  async #must(steps: readonly Step[]): Promise<RunResult> {
    const result = await this.shell.run(steps);
    if (result.failed) throw new HostError("remote", this.host, describeFailure(result.failed));
    return result;
  }
}
