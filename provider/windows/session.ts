import { HostError } from "../../model/errors";
import type { Definition, Live, ManagerName, Marker } from "../../model/service";
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
} from "../platform";
import type { Block, Outcome, Step } from "./block/block";
import type { Account, Carrier } from "./carrier";
import { CLAIMED, holdStep } from "./claim";
import type { WindowsFacts } from "./facts";
import { driverOf } from "./managers";
import { liveOf } from "./managers/live";
import { MARKER_KEY } from "./managers/marker";
import { newNonce } from "./nonce";
import { inHive, keptKey, ownKey, serviceKey, type ServiceRecord } from "./reading/record";
import { deleteKey, failureText } from "./scm/steps";
import { accountFailure, formerAccount, newAccount, passwordStep } from "./verbs/account";
import {
  actionSteps,
  changeSteps,
  keepOriginal,
  removalSteps,
  startModeStep,
  step,
  stopSecondsOf,
} from "./verbs/change";
import { givenWrapper, preflightResult, preflightStep } from "./verbs/preflight";
import { probe } from "./verbs/probe";
import { restoreSteps } from "./verbs/restore";
import { fullSurveyOf } from "./verbs/survey";
import { tailStep } from "./verbs/tail";
import { uploadOf, uploadPath, type Upload } from "./verbs/upload";

interface Parts {
  carrier: Carrier;
  /** The service as it was when the claim was taken. */
  record: ServiceRecord;
  options: OperateOptions;
  /** Of the claim, which every block holds. */
  claim: string;
}

/** How long a block waits for another block of the same service, in seconds. */
const LOCK_SECONDS = 60;

/** A session on a Windows host: reads without a process, and carries out each change as one block. */
export class WindowsSession implements Session {
  /** The name for this run's copy of a service that somebody else made. */
  readonly #original = `original-${new Date().toISOString().replace(/[:.]/g, "-")}`;
  readonly facts: WindowsFacts;
  #record: ServiceRecord | undefined;
  #isSurveyed = false;
  /** The wrapper, as the last check found it. */
  #program: string | undefined;
  /** The wrapper that the host lacks. */
  #upload: Upload | undefined;

  constructor(private readonly parts: Parts) {
    this.facts = parts.record.facts;
    this.#record = parts.record;
  }

  async survey(): Promise<FullSurvey> {
    const record = this.#isSurveyed ? await this.#read() : await this.#known();
    this.#isSurveyed = true;
    return fullSurveyOf(record);
  }

  async check(manager: ManagerName, definition: Definition, _marker: Marker): Promise<Check> {
    const driver = driverOf(manager);
    const { failed, output } = await this.#run([preflightStep(driver, definition)]);
    if (failed) throw new HostError("remote", this.#host, failed);
    const { missing, program } = preflightResult({ driver, definition, host: this.#host }, output);
    const { wrapper } = driver;
    if (wrapper === undefined) return { missing, remarks: "" };
    this.#program = program?.path;
    const there = wrapper.of(await this.#known());
    const isThere = program !== undefined || there !== undefined;
    const upload = isThere ? undefined : uploadOf(wrapper, definition, this.parts.carrier);
    if (upload && "issue" in upload) return { missing: [...missing, upload.issue], remarks: "" };
    this.#upload = upload;
    const used = givenWrapper(driver, definition) === undefined && there !== undefined ? undefined : program;
    const size = used?.size ?? upload?.data.length;
    const remarks = (size === undefined ? undefined : wrapper.doubtful(size, this.facts)) ?? "";
    const isFound = isThere || upload !== undefined || missing.length > 0;
    return { missing, remarks, ...(!isFound && { refusal: wrapper.missing }) };
  }

  async apply(change: Change, until?: number): Promise<string | undefined> {
    const record = await this.#known();
    const driver = driverOf(change.manager);
    const { definition } = change.write ?? {};
    const given = definition && givenWrapper(driver, definition);
    const path = given ?? driver.wrapper?.of(record) ?? this.#program ?? (definition && (await this.#uploaded()));
    const { define, run } = changeSteps(change, {
      ...{ name: this.#name, record, driver, original: this.#original },
      wrapper: path === undefined ? undefined : { path, isGiven: given !== undefined },
      stopSeconds: stopSecondsOf(change.live, until ?? this.parts.options.deadline),
    });
    this.#record = undefined;
    const account = change.write && newAccount(record, change.write.definition, change.write.marker);
    if (change.write === undefined || account === undefined) return (await this.#run([...define, ...run])).failed;
    const failed = (await this.#run(define)).failed ?? (await this.#setAccount(account));
    return failed ?? (await this.#run([passwordStep(this.#name, change.write.marker), ...run])).failed;
  }

  /** Uploads the wrapper that the last check wants there: its path. */
  async #uploaded(): Promise<string | undefined> {
    const { carrier, options } = this.parts;
    const upload = this.#upload;
    if (upload === undefined) return undefined;
    options.onStep?.(`upload ${upload.name}`);
    await carrier.upload?.(upload, options.signal);
    return uploadPath(upload);
  }

  async drive({ live, startMode, action, releases = false }: ExistingChange): Promise<string | undefined> {
    const { failed } = await this.#run([
      ...(releases ? [step("remove the marker", [deleteKey(`${serviceKey(this.#name)}\\${MARKER_KEY}`)])] : []),
      ...(startMode === undefined ? [] : [startModeStep(this.#name, startMode)]),
      ...actionSteps(action, { name: this.#name, stopSeconds: this.#stopSeconds(live), record: await this.#known() }),
    ]);
    return failed;
  }

  async observe(manager: ManagerName, wanted?: Probe): Promise<Observation> {
    const { carrier, options } = this.parts;
    const driver = driverOf(manager);
    const record = await this.#read();
    const live = liveOf(driver, record);
    if (wanted === undefined) return { live };
    const asked = { ready: wanted.ready, record, own: driver.processes(record) };
    return { live, readiness: await probe(asked, { carrier, nonce: newNonce(), signal: options.signal }) };
  }

  async settled(manager: ManagerName): Promise<Live> {
    const record = await this.#read();
    await this.undone();
    return liveOf(driverOf(manager), record);
  }

  async rollBack({ manager, to, before, ran, password }: Rollback): Promise<RolledBackTo> {
    const record = await this.#read();
    const seconds = this.#stopSeconds(before);
    const driver = driverOf(manager);
    const now = liveOf(driver, record);
    const isUntouched = now.state.status === "running" && now.state.incarnation === before.state.incarnation;
    const stop = isUntouched ? [] : actionSteps("stop", { name: this.#name, stopSeconds: seconds });
    const start = ran && !isUntouched ? actionSteps("start", { name: this.#name, stopSeconds: seconds }) : [];
    const user = formerAccount(record);
    if (user !== undefined && password === undefined)
      return { failure: `the state has no password of the account ${user} that the service had before` };
    const account = user === undefined || password === undefined ? undefined : { service: this.#name, user, password };
    const { failed } = await this.#run([...stop, ...restoreSteps(record, seconds), ...(account ? [] : start)]);
    const failure = failed ?? (account && ((await this.#setAccount(account)) ?? (await this.#run(start)).failed));
    if (failure !== undefined) return { failure };
    const restored = liveOf(driverOf(to), await this.#read());
    return { definition: restored.definition, existing: restored.marker === undefined };
  }

  async undone(): Promise<void> {
    const record = await this.#known();
    if (record.own.size > 0) await this.#must([step("drop the backup", [deleteKey(ownKey(this.#name))])]);
  }

  async tail(_manager: ManagerName, definition: Definition, lines: number): Promise<Tail> {
    const { failed, output } = await this.#run([tailStep(this.#name, definition)]);
    const last = output.split("\n").slice(-lines).join("\n").trimEnd();
    return { lines: last, ...(failed !== undefined && { problem: failed }) };
  }

  async remove({ live, keeps, foreign }: Parameters<Session["remove"]>[0]): Promise<{ kept?: string }> {
    const record = await this.#known();
    const name = this.#name;
    await this.#must([
      ...(keeps || foreign ? [step("keep the original", keepOriginal(name, this.#original))] : []),
      ...removalSteps({ name, record, stopSeconds: this.#stopSeconds(live) }),
    ]);
    const kept = await this.parts.carrier.reader.subkeys(keptKey(name), this.parts.options.signal);
    return kept.length > 0 ? { kept: inHive(keptKey(name)) } : {};
  }

  /** Sets an account with its password. Returns why that failed. */
  async #setAccount(account: Account): Promise<string | undefined> {
    const { carrier, options } = this.parts;
    options.onStep?.("set the account");
    if (carrier.setAccount === undefined) throw new Error("Check lets no password pass that can't be set");
    try {
      const code = await carrier.setAccount(account, options.signal);
      return code === 0 ? undefined : accountFailure(account.user, code);
    } catch (error) {
      // The host refuses WMI.
      if (!(error instanceof HostError) || error.kind !== "remote") throw error;
      return `the account ${account.user} could not be set: ${error.reason}`;
    }
  }

  get #name(): string {
    return this.parts.options.name;
  }

  get #host(): string {
    return this.parts.carrier.host;
  }

  #stopSeconds(live: Live): number {
    return stopSecondsOf(live, this.parts.options.deadline);
  }

  async #read(): Promise<ServiceRecord> {
    const { carrier, options } = this.parts;
    const [record] = await carrier.reader.services([this.#name], options.signal);
    this.#record = record;
    return record!;
  }

  /** The service as last read. */
  async #known(): Promise<ServiceRecord> {
    return this.#record ?? this.#read();
  }

  /** Carries out steps as one block. A failed step is a result, not an exception. */
  async #run(steps: readonly Step[]): Promise<{ failed?: string; output: string }> {
    const { carrier, options, claim } = this.parts;
    if (steps.length === 0) return { output: "" };
    for (const { name } of steps) options.onStep?.(name);
    const all = [holdStep(this.#name, claim), ...steps];
    const block: Block = { nonce: newNonce(), lock: this.#name, lockSeconds: LOCK_SECONDS, steps: all };
    const outcome = await carrier.run(block, options.signal);
    const failed = this.#failure(outcome, all);
    return { output: outcome.output, ...(failed !== undefined && { failed }) };
  }

  #failure({ busy, failed, output }: Outcome, steps: readonly Step[]): string | undefined {
    if (busy) throw new HostError("remote", this.#host, "another operation holds the lock of this service");
    if (failed === undefined) return undefined;
    if (failed.step === 0 && failed.code === CLAIMED)
      throw new HostError(
        "remote",
        this.#host,
        "another operation took this service over, because this one did not answer",
      );
    return failureText(steps[failed.step], failed.code, output);
  }

  /** Carries out steps that must succeed. */
  async #must(steps: readonly Step[]): Promise<void> {
    const { failed } = await this.#run(steps);
    if (failed !== undefined) throw new HostError("remote", this.#host, failed);
  }
}
