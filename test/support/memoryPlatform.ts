import { HostError } from "../../model/errors";
import type { Definition, Live, ManagerName, Marker, RunState, StartMode } from "../../model/service";
import type {
  Change,
  Check,
  Facts,
  FullSurvey,
  Host,
  Observation,
  OperateOptions,
  Rollback,
  RolledBackTo,
  Session,
  Survey,
  Tail,
} from "../../provider/platform";
import type { ManagerRules } from "../../provider/rules";

/** Not the name of a real manager, because the lifecycle must know none by name. */
const MANAGER = "memory" as ManagerName;

export const rules: ManagerRules = {
  name: MANAGER,
  platform: "posix",
  startModes: ["automatic", "manual"],
  validateName: () => undefined,
  validate: () => [],
  defaults: (definition) => definition,
  impact: ([property]) => (property === "description" ? "reload" : "restart"),
  exitedWithZero: () => "the program exited with code 0",
  logHint: (name) => `log of ${name}`,
};

/** A service that is defined there. */
interface Entry {
  definition: Definition;
  marker?: Marker;
  startMode: StartMode;
  state: RunState;
}

const STOPPED: RunState = { status: "stopped", restartCount: 0, inTransit: false };

/** A fake of a platform: its services are entries of a map, and it has no files, no shell and no transport. */
export class MemoryHost implements Host {
  readonly name = "edi1";
  readonly services = new Map<string, Entry>();
  /** The verbs of the last operation, in order. */
  verbs: string[] = [];
  /** The entries from before a change that has not settled yet. */
  readonly backups = new Map<string, Entry>();
  readonly facts: Facts = { machineId: "m1", uptime: 1000, initText: "the memory of a test" };
  #pids = 100;

  whileConnecting(): () => void {
    return () => {};
  }

  survey({ name }: { name: string }): Promise<Survey> {
    return Promise.resolve(this.surveyOf(name));
  }

  operate<T>(options: OperateOptions, body: (session: Session) => Promise<T>): Promise<T> {
    this.verbs = [];
    return body(new MemorySession(this, options.name));
  }

  surveyOf(name: string): Survey {
    return {
      facts: this.facts,
      usual: MANAGER,
      claimedBy: this.services.has(name) ? MANAGER : undefined,
      unavailable: () => undefined,
      live: () => this.live(name),
    };
  }

  live(name: string): Live {
    const entry = this.services.get(name);
    const nothing = { masked: false, files: [], unmapped: [], overrides: [], warnings: [] };
    if (entry === undefined)
      return { ...nothing, installed: false, definition: {}, startMode: "manual", state: STOPPED };
    return { ...nothing, installed: true, ...structuredClone(entry) };
  }

  /** `/opt/broken` ends at once. */
  start(entry: Entry): void {
    const pid = this.#pids++;
    entry.state =
      entry.definition.command?.[0] === "/opt/broken"
        ? { status: "failed", reason: "exit code 1", restartCount: 0, inTransit: false }
        : { status: "running", pid, incarnation: String(pid), restartCount: 0, inTransit: false };
  }
}

class MemorySession implements Session {
  constructor(
    private readonly host: MemoryHost,
    private readonly name: string,
  ) {}

  get facts(): Facts {
    return this.host.facts;
  }

  survey(): Promise<FullSurvey> {
    return this.#did("survey", {
      ...this.host.surveyOf(this.name),
      unfinished: this.host.backups.has(this.name) ? { manager: MANAGER } : undefined,
      obstacles: () => [],
      isSamePlace: () => false,
    });
  }

  check(_: ManagerName, { command }: Definition): Promise<Check> {
    const isMissing = command?.[0] === "/opt/missing";
    const missing = isMissing ? [{ path: ["command", 0], message: "does not exist" }] : [];
    return this.#did("check", { missing, remarks: "" });
  }

  apply({ write, startMode, action, backsUp = false }: Change): Promise<string | undefined> {
    const { services, backups } = this.host;
    const there = services.get(this.name);
    if (backsUp && there) backups.set(this.name, structuredClone(there));
    const entry = { startMode: "manual" as const, state: STOPPED, ...there, ...write };
    if (entry.definition === undefined) return this.#did("apply", `there is no ${this.name}`);
    const now: Entry = { ...entry, definition: entry.definition, ...(startMode && { startMode }) };
    services.set(this.name, now);
    if (action === "stop") now.state = STOPPED;
    if (action === "start" || action === "restart") this.host.start(now);
    return this.#did("apply", undefined);
  }

  drive(): Promise<string | undefined> {
    throw new HostError("remote", this.host.name, "nobody else defines services here");
  }

  observe(): Promise<Observation> {
    return this.#did("observe", { live: this.host.live(this.name) });
  }

  settled(): Promise<Live> {
    this.host.backups.delete(this.name);
    return this.#did("settled", this.host.live(this.name));
  }

  rollBack({ ran }: Rollback): Promise<RolledBackTo> {
    const entry = this.host.backups.get(this.name);
    if (entry === undefined) return this.#did("rollBack", { failure: "there is no backup" });
    this.host.services.set(this.name, entry);
    if (ran) this.host.start(entry);
    return this.#did("rollBack", { definition: entry.definition, existing: false });
  }

  undone(): Promise<void> {
    this.host.backups.delete(this.name);
    return this.#did("undone", undefined);
  }

  tail(): Promise<Tail> {
    return this.#did("tail", { lines: "the last words" });
  }

  remove(): Promise<object> {
    this.host.services.delete(this.name);
    return this.#did("remove", {});
  }

  #did<T>(verb: string, answer: T): Promise<T> {
    this.host.verbs.push(verb);
    return Promise.resolve(answer);
  }
}
