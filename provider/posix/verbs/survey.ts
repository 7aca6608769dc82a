import type { HostFacts, Reading } from "../facts";
import type { ManagerName } from "../../../model/service";
import type { FullSurvey, Obstacle, Probe, Readiness, Survey } from "../../platform";
import { obstaclesIn } from "../host/former";
import { probeResult, probeStep } from "../host/probes";
import { readingOf, type Answer } from "../host/readings";
import { detected, driverOf, MANAGERS, usualManager } from "../managers";
import type { Driver } from "../managers/driver";
import type { Fields, Fragment, Step } from "../shell/step";

/** The answers about one service, by query: two managers may share one. */
export interface Asked {
  name: string;
  facts: HostFacts;
  answers: ReadonlyMap<Fragment, Answer>;
  claims?: Pick<Reading, "fields">;
  readiness?: Readiness | undefined;
}

export function surveyOf({ name, facts, answers, claims, readiness }: Asked): Survey {
  return {
    facts,
    usual: usualManager(facts)?.name,
    claimedBy: claims && detected({ fields: claims.fields, facts }),
    unavailable: (manager) =>
      MANAGERS.has(manager)
        ? driverOf(manager).unavailable(facts)
        : "it is a service manager of Windows, and the host runs Linux",
    live: (manager) => {
      const driver = driverOf(manager);
      return driver.parse(name, readingOf(answers.get(driver.fragment), name));
    },
    readiness,
  };
}

/** The survey with the backup and the obstacles, from the fields about the service's files. */
export function fullSurveyOf(asked: Asked, fields: Fields): FullSurvey {
  const former = fields.get("former");
  const all: Obstacle[] = obstaclesIn(fields);
  return {
    ...surveyOf(asked),
    unfinished: former === undefined ? undefined : { manager: MANAGERS.get(former)?.name },
    obstacles: (managers) => {
      const paths = new Set(driversIn(managers).flatMap((driver) => driver.paths(asked.name)));
      return all.filter(({ path }) => paths.has(path));
    },
    isSamePlace: (one, other) => {
      const [place, otherPlace] = [one, other].map((manager) => MANAGERS.get(manager)?.paths(asked.name)[0]);
      return place !== undefined && place === otherPlace;
    },
  };
}

/** The drivers of those managers that Linux hosts have. */
export function driversIn(managers: readonly (ManagerName | undefined)[]): Driver[] {
  return managers.flatMap((name) => MANAGERS.get(name ?? "") ?? []);
}

/** The drivers of a host: those of `first` and the usual one come first. */
export function driversOn(facts: HostFacts, first: readonly (ManagerName | undefined)[]): Driver[] {
  const usual = usualManager(facts)?.name;
  return [...new Set([...driversIn([...first, usual]), ...MANAGERS.values()])].filter(
    (driver) => driver.unavailable(facts) === undefined,
  );
}

/** The step that runs a probe, with the processes that it checks. */
export function stepOf(driver: Driver, name: string, { ready, of }: Probe): Step {
  const processes =
    "definition" in of ? driver.processesStep(name, of.definition) : driver.existingProcessesStep(name, of.process);
  return probeStep(ready, processes);
}

export const readinessIn = ({ ready }: Probe, fields: Fields): Readiness => probeResult(ready, fields);
